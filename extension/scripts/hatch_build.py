"""What a wheel of ours holds beside the Python package: the built panel, and the line that switches on its server part.

The panel is built by ``make extension``; nothing here needs Node.  A wheel from a tree without it is a wheel without the panel (the images of the
workflow's steps want none), unless ``SELDON_NB_REQUIRE_PANEL=1`` says that this is an error.  An editable install takes the panel from the tree
through a link that the Makefile makes, so it never goes stale.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PANEL = "seldon_nb/lab/labextension"
SERVER = "seldon_nb/lab/server_config.json"


class PanelHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the shared data of JupyterLab to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Say which files go where below the environment's prefix.  Raises RuntimeError if a panel is required and missing, or of another version."""
        if self.target_name != "wheel":
            return
        shared = build_data["shared_data"]
        if (Path(self.root) / SERVER).is_file():
            shared[SERVER] = "etc/jupyter/jupyter_server_config.d/seldon_nb.json"
        package = Path(self.root) / PANEL / "package.json"
        if version == "editable":
            return
        if package.is_file():
            built = json.loads(package.read_text(encoding="utf-8"))["version"]
            if built != self.metadata.version:
                raise RuntimeError(f"The built panel is {built}, the package {self.metadata.version}: run `make extension`.")
            shared[PANEL] = "share/jupyter/labextensions/seldon-nb-lab"
            shared["extension/install.json"] = "share/jupyter/labextensions/seldon-nb-lab/install.json"
        elif os.environ.get("SELDON_NB_REQUIRE_PANEL") == "1":
            raise RuntimeError("The panel is not built: run `make extension`.")
