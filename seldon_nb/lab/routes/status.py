"""``status``: who answers, for whom, where.  Starts no process and asks no cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado import web

from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import Resource

if TYPE_CHECKING:
    from seldon_nb.lab.schema import Status
    from seldon_nb.workspace import Workspace


#: Seconds between the first question of a page and the opening of the catalogue: the page is drawn first.
PAUSE_S = 1.5


class StatusResource(Resource):
    """GET: the version, the language, the identity, the classification, the places."""

    auth_resource = "seldon_nb:status"

    @web.authenticated
    async def get(self) -> None:
        """Tell who answers."""
        await self.answer(status)


def status(asked: Asked) -> Status:
    """Who answers, for whom, where."""
    from seldon_nb import __version__
    from seldon_nb.lab.schema import Status
    from seldon_nb.lab.views.levels import level
    from seldon_nb.words import language

    workspace = asked.workspace
    asked.work.part("ahead", lambda: Ahead(workspace))
    return Status(
        version=__version__,
        language=language(),
        identity=workspace.ports.access.whoami().name if workspace.uses_here else "",
        level=level(workspace.classification),
        places=workspace.places,
    )


class Ahead:
    """Opens the catalogue behind everybody's back, once the page stands: its library takes seconds to import, and whoever has deployments will ask.

    Where nothing was ever logged or deployed nobody pays for it.
    """

    def __init__(self, workspace: Workspace) -> None:
        import threading

        used = workspace.uses_cluster or (workspace.uses_here and workspace.place.exists)
        self._timer = threading.Timer(PAUSE_S, workspace.ports.catalog.open_ahead)
        self._timer.daemon = True
        if used:
            self._timer.start()

    def close(self) -> None:
        """Not any more, if it has not begun."""
        self._timer.cancel()


ROUTES = ((r"status", StatusResource),)
