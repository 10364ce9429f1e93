"""Settings and where each came from.  Order: argument, environment, the place's own file, default."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seldon_nb.domain.classification import Classification
from seldon_nb.domain.errors import fail
from seldon_nb.domain.namespace import PlaceSettings

#: The two places.
PLACES = ("here", "cluster")

_CLUSTER = {
    "server_image": "SELDON_NB_SERVER_IMAGE",
    "step_image": "SELDON_NB_STEP_IMAGE",
    "tracking_uri": "SELDON_NB_POD_TRACKING_URI",
    "gateway": "SELDON_NB_GATEWAY",
    "storage_secret": "SELDON_NB_STORAGE_SECRET",
    "service_account": "SELDON_NB_SERVICE_ACCOUNT",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a workspace needs to know.

    Attributes:
        home: directory of this machine's place; None for the user's data directory.
        tracking_uri: MLflow's address; empty for the place's own SQLite file.
        server_python: the Python of the model servers; the notebook's own unless an administrator says otherwise.
        classification: of the data that this workspace holds; None asks the place, which says unclassified unless told otherwise.
        place: ``here``, ``cluster``, or empty: this machine, and a cluster too if one was chosen or this is a pod of it.
        context: of the kubeconfig; empty for the current one.
        cluster: what the platform team's word in a namespace is replaced by; empty values leave it.
        origin: for each setting, ``argument``, the name of a variable, or ``default``.
    """

    home: Path | None = None
    tracking_uri: str = ""
    server_python: Path = field(default_factory=lambda: Path(sys.executable))
    classification: Classification | None = None
    place: str = ""
    context: str = ""
    cluster: PlaceSettings = field(default_factory=PlaceSettings)
    origin: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(
        cls,
        *,
        home: str | Path | None = None,
        tracking_uri: str = "",
        classification: str = "",
        place: str = "",
        context: str = "",
    ) -> Settings:
        """From arguments and the environment."""
        origin: dict[str, str] = {}

        def choose(name: str, argument: str, variable: str) -> str:
            value = argument or os.environ.get(variable, "")
            origin[name] = "argument" if argument else variable if value else "default"
            return value

        chosen_home = choose("home", str(home or ""), "SELDON_NB_HOME")
        uri = choose("tracking_uri", tracking_uri, "MLFLOW_TRACKING_URI")
        python = choose("server_python", "", "SELDON_NB_SERVER_PYTHON")
        level = choose("classification", classification, "SELDON_NB_CLASSIFICATION")
        where = choose("place", place, "SELDON_NB_PLACE")
        if where not in ("", *PLACES):
            raise fail("SNB-706", place=where, known=", ".join(PLACES))
        chosen_context = choose("context", context, "SELDON_NB_CONTEXT")
        chosen: dict[str, Any] = {name: choose(f"cluster.{name}", "", variable) for name, variable in _CLUSTER.items()}
        return cls(
            home=Path(chosen_home).expanduser().resolve() if chosen_home else None,
            tracking_uri=uri,
            server_python=Path(python) if python else Path(sys.executable),
            classification=Classification.parse(level) if level else None,
            place=where,
            context=chosen_context,
            cluster=PlaceSettings(**chosen),
            origin=tuple(sorted(origin.items())),
        )
