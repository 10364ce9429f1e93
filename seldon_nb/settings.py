"""Settings and where each came from.  Order: argument, environment, the place's own file, default."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from seldon_nb.domain.classification import Classification


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a workspace needs to know.

    Attributes:
        home: directory of this machine's place; None for the user's data directory.
        tracking_uri: MLflow's address; empty for the place's own SQLite file.
        server_python: the Python of the model servers; the notebook's own unless an administrator says otherwise.
        classification: of the data that this workspace holds; None asks the place, which says unclassified unless told otherwise.
        origin: for each setting, ``argument``, the name of a variable, or ``default``.
    """

    home: Path | None = None
    tracking_uri: str = ""
    server_python: Path = field(default_factory=lambda: Path(sys.executable))
    classification: Classification | None = None
    origin: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, *, home: str | Path | None = None, tracking_uri: str = "", classification: str = "") -> Settings:
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
        return cls(
            home=Path(chosen_home).expanduser().resolve() if chosen_home else None,
            tracking_uri=uri,
            server_python=Path(python) if python else Path(sys.executable),
            classification=Classification.parse(level) if level else None,
            origin=tuple(sorted(origin.items())),
        )
