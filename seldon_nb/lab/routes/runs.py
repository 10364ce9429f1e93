"""``runs``: plans on their way and where they ended, one of them in full, and the way to stop one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado import web

from seldon_nb.lab.asked import Asked, known_place
from seldon_nb.lab.handler import NAME, Resource

if TYPE_CHECKING:
    from seldon_nb.lab.schema import RunDetail, RunsPage


class RunsResource(Resource):
    """GET: the runs that you may see, newest first, a page at a time."""

    auth_resource = "seldon_nb:runs"
    _track_activity = False

    @web.authenticated
    async def get(self) -> None:
        """List them."""
        await self.answer(listed)


class RunResource(Resource):
    """GET: one in full."""

    auth_resource = "seldon_nb:runs"
    _track_activity = False

    @web.authenticated
    async def get(self, *path: str) -> None:
        """Show one."""
        await self.answer(shown, *path)


class StopResource(Resource):
    """POST: end one."""

    auth_resource = "seldon_nb:runs"

    @web.authenticated
    async def post(self, *path: str) -> None:
        """Stop one; what served before serves on."""
        await self.answer(stopped, *path)


def listed(asked: Asked) -> RunsPage:
    """The runs that the watchers know of."""
    from seldon_nb.lab.inventory import MOST, fold
    from seldon_nb.lab.live import live
    from seldon_nb.lab.schema import RunsPage
    from seldon_nb.lab.views.problems import problem
    from seldon_nb.lab.views.runs import rows

    offset, limit = asked.number("offset", 0), asked.number("limit", 50, least=1, most=MOST)
    place, words = asked.choice("place", ("here", "cluster")), fold(asked.text("filter")).split()
    found, problems = live(asked).runs(place, asked.text("namespace"))
    if words:
        found = tuple(
            run for run in found if all(word in fold(f"{run.target} {run.model} {run.phase.value} {run.name}") for word in words)
        )
    return RunsPage(
        items=rows(found[offset : offset + limit]), offset=offset, total=len(found), problems=tuple(map(problem, problems))
    )


def shown(asked: Asked) -> RunDetail:
    """One run, as it is now."""
    from seldon_nb.lab.views.runs import run_detail

    place, namespace, name = asked.path[:3]
    run = asked.workspace.run(known_place(place), namespace, name)
    return run_detail(asked.workspace, run, may_act=asked.app.allow_actions)


def stopped(asked: Asked) -> RunDetail:
    """Stop one, and show what became of it."""
    from seldon_nb.lab.views.runs import run_detail

    place, namespace, name = asked.path[:3]
    run = asked.workspace.stop(asked.workspace.run(known_place(place), namespace, name))
    return run_detail(asked.workspace, run, may_act=asked.app.allow_actions)


ROUTES = (
    (r"runs", RunsResource),
    (rf"runs/{NAME}/{NAME}/{NAME}", RunResource),
    (rf"runs/{NAME}/{NAME}/{NAME}/stop", StopResource),
)
