"""The names of models at a glance: for the completion of a line, which must not wait for MLflow to be imported.

A SQLite catalogue is read as the file it is, a server is asked by MLflow's REST API.  Nothing is written or made, nothing is raised.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

#: No list that somebody completes from is longer.
MOST = 500

_VERSIONS = "SELECT name, version FROM model_versions WHERE current_stage <> 'Deleted_Internal' ORDER BY creation_time DESC, version DESC LIMIT ?"
_ALIASES = "SELECT name, alias FROM registered_model_aliases ORDER BY name, alias LIMIT ?"


def references(tracking_uri: str, *, timeout_s: float = 2.0) -> tuple[tuple[str, str], ...]:
    """(name, version or alias) of models, versions newest first, then aliases; empty if they cannot be read this way."""
    with contextlib.suppress(Exception):
        if tracking_uri.startswith("sqlite:///"):
            return _of_file(Path(tracking_uri.removeprefix("sqlite:///")))
        if tracking_uri.startswith(("http://", "https://")):
            return _of_server(tracking_uri, timeout_s)
    return ()


def _of_file(database: Path) -> tuple[tuple[str, str], ...]:
    import sqlite3

    if not database.exists():
        return ()
    with contextlib.closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=0.05)) as opened:
        found = [*opened.execute(_VERSIONS, (MOST,)), *opened.execute(_ALIASES, (MOST,))]
    return tuple((str(name), str(rest)) for name, rest in found)


def _of_server(uri: str, timeout_s: float) -> tuple[tuple[str, str], ...]:
    import httpx

    token = os.environ.get("MLFLOW_TRACKING_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    base = uri.rstrip("/") + "/api/2.0/mlflow/"
    with httpx.Client(timeout=timeout_s, headers=headers) as client:
        versions: list[dict[str, Any]] = (
            client.get(base + "model-versions/search", params={"max_results": MOST})
            .raise_for_status()
            .json()
            .get("model_versions", [])
        )
        models: list[dict[str, Any]] = (
            client.get(base + "registered-models/search", params={"max_results": MOST})
            .raise_for_status()
            .json()
            .get("registered_models", [])
        )
    newest = sorted(versions, key=lambda item: int(item.get("creation_timestamp", 0)), reverse=True)
    aliases = [(str(model["name"]), str(alias["alias"])) for model in models for alias in model.get("aliases", ())]
    return (*((str(item["name"]), str(item["version"])) for item in newest), *aliases)
