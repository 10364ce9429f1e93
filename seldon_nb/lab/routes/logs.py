"""``deployments/…/logs``: the last lines of what serves, without values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado import web

from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import NAME, Resource
from seldon_nb.words import tr, trn

if TYPE_CHECKING:
    from seldon_nb.lab.schema import Logs


class LogsResource(Resource):
    """GET: the last ``lines`` of a deployment."""

    auth_resource = "seldon_nb:logs"
    _track_activity = False

    @web.authenticated
    async def get(self, *path: str) -> None:
        """Show them."""
        await self.answer(shown, *path)


def shown(asked: Asked) -> Logs:
    """The last lines, and what was left out and why."""
    from seldon_nb.cards.clean import visible
    from seldon_nb.flows.logs import MOST
    from seldon_nb.lab.schema import Logs

    found = asked.workspace.logs(asked.target, lines=asked.number("lines", 200, least=1, most=MOST))
    if found.protected:
        note = tr("This deployment is protected: only lines whose form is known to hold no value are shown.")
        if found.left_out:
            note += " " + trn("{n} line was left out.", "{n} lines were left out.", found.left_out)
    else:
        note = "" if found.lines else tr("Nothing was written yet.")
    return Logs(lines=tuple(visible(line) for line in found.lines), note=note)


ROUTES = ((rf"deployments/{NAME}/{NAME}/{NAME}/logs", LogsResource),)
