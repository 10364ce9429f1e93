"""``places``: this machine and the cluster, with their namespaces; and this machine's place started or stopped.

Looking starts nothing.  A place that cannot be reached is a place with a problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado import web

from seldon_nb.cards.clean import visible
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import Resource
from seldon_nb.words import tr, trn

if TYPE_CHECKING:
    from seldon_nb.lab.schema import Done, Places, PlaceView
    from seldon_nb.workspace import Workspace


class PlacesResource(Resource):
    """GET: all places of this workspace."""

    auth_resource = "seldon_nb:places"

    @web.authenticated
    async def get(self) -> None:
        """Tell the places."""
        await self.answer(places)


class HereResource(Resource):
    """POST: start or stop this machine's place."""

    auth_resource = "seldon_nb:places"

    @web.authenticated
    async def post(self) -> None:
        """Start it, or stop it."""
        await self.answer(act)


def places(asked: Asked) -> Places:
    """Every place with its namespaces, or with the reason why they cannot be seen."""
    from seldon_nb.lab.schema import Places

    workspace = asked.workspace
    return Places(items=tuple(_place(workspace, name) for name in workspace.places))


def _place(workspace: Workspace, name: str) -> PlaceView:
    from seldon_nb.lab.schema import NamespaceView, PlaceView
    from seldon_nb.lab.views.levels import level
    from seldon_nb.lab.views.places import place_label, place_name, servers
    from seldon_nb.lab.views.problems import problem

    place = place_name(name)
    try:
        running = workspace.place.status().running if place == "here" else True
        known = tuple(
            NamespaceView(place=place, name=namespace, level=level(ceiling))
            for namespace, ceiling in workspace.at(place).serving.levels()
        )
        return PlaceView(
            name=place,
            label=place_label(place),
            running=running,
            namespaces=known,
            servers=servers(place),
            identity=visible(workspace.at(place).access.whoami().name),
        )
    except SeldonNbError as error:
        return PlaceView(name=place, label=place_label(place), running=False, problem=problem(error))


def act(asked: Asked) -> Done:
    """Start or stop this machine's place; deployments come back with the next start."""
    from seldon_nb.lab.schema import Done, PlaceAct

    if asked.body(PlaceAct).act == "down":
        asked.workspace.down()
        return Done(text=tr("This machine's place is down. Its deployments are kept and come back when it is started."))
    count = len(asked.workspace.up().deployments)
    return Done(
        text=trn("This machine's place is up, with {n} deployment.", "This machine's place is up, with {n} deployments.", count)
    )


ROUTES = ((r"places", PlacesResource), (r"places/here", HereResource))
