"""The JupyterLab server extension: what the side panel asks, answered by the same verbs as the magics and the shell.

What lives here: requests and answers (``schema``), one handler per resource, the watchers that tell open panels of changes.
What must not: rules, wording of cards, or anything that the shell could not say as well.
"""

from __future__ import annotations

from typing import Any

#: The name of the panel's package, and of its directory below ``share/jupyter/labextensions``.
LABEXTENSION = "seldon-nb-lab"


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Where Jupyter finds our app."""
    from seldon_nb.lab.app import SeldonNbApp

    return [{"module": "seldon_nb.lab", "app": SeldonNbApp}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where Jupyter finds the panel."""
    return [{"src": "labextension", "dest": LABEXTENSION}]
