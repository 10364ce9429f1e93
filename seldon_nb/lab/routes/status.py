"""``status``: who answers, for whom, where.  Starts nothing and asks no cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado import web

from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import Resource

if TYPE_CHECKING:
    from seldon_nb.lab.schema import Status


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
    return Status(
        version=__version__,
        language=language(),
        identity=workspace.ports.access.whoami().name if workspace.uses_here else "",
        level=level(workspace.classification),
        places=workspace.places,
    )


ROUTES = ((r"status", StatusResource),)
