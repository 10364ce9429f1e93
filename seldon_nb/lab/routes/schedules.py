"""``schedules``: none can be made yet, and the answer says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado import web

from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import Resource
from seldon_nb.words import tr

if TYPE_CHECKING:
    from seldon_nb.lab.schema import SchedulesPage


class SchedulesResource(Resource):
    """GET: an empty page with a note."""

    auth_resource = "seldon_nb:schedules"

    @web.authenticated
    async def get(self) -> None:
        """Tell that there is none."""
        await self.answer(listed)


def listed(asked: Asked) -> SchedulesPage:
    """An empty page that says what there will be."""
    from seldon_nb.lab.schema import SchedulesPage

    return SchedulesPage(
        items=(),
        offset=asked.number("offset", 0),
        note=tr(
            "Nothing is scheduled. Plans that repeat by themselves are not part of this version; what was applied stands under Workflows."
        ),
    )


ROUTES = ((r"schedules", SchedulesResource),)
