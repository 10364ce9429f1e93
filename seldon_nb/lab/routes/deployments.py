"""``deployments``: the list, one of them in full, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado import web

from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import NAME, Resource
from seldon_nb.words import tr

if TYPE_CHECKING:
    from seldon_nb.lab.schema import CardView, DeploymentDetail, DeploymentsPage, Done


class DeploymentsResource(Resource):
    """GET: those that you may see, a page at a time."""

    auth_resource = "seldon_nb:deployments"

    @web.authenticated
    async def get(self) -> None:
        """List them."""
        await self.answer(listed)


class DeploymentResource(Resource):
    """GET: one in full.  DELETE: stop and forget it."""

    auth_resource = "seldon_nb:deployments"

    @web.authenticated
    async def get(self, *path: str) -> None:
        """Show one."""
        await self.answer(shown, *path)

    @web.authenticated
    async def delete(self, *path: str) -> None:
        """Stop and forget one."""
        await self.answer(deleted, *path)


class DriftResource(Resource):
    """GET: what lives against what the revision that serves says, as a card."""

    auth_resource = "seldon_nb:deployments"

    @web.authenticated
    async def get(self, *path: str) -> None:
        """Compare."""
        await self.answer(drifted, *path)


def listed(asked: Asked) -> DeploymentsPage:
    """The deployments that you may see, from what the watchers know; nothing is started."""
    from seldon_nb.lab.live import live

    return live(asked).deployments(asked)


def shown(asked: Asked) -> DeploymentDetail:
    """One deployment, looked at closely; nothing is started."""
    from seldon_nb.lab.views.deployments import deployment_detail

    return deployment_detail(asked.workspace, asked.target, may_act=asked.app.allow_actions, notebooks=asked.app.notebooks)


def drifted(asked: Asked) -> CardView:
    """What lives against what the revision that serves says; nothing is started."""
    from seldon_nb.cards.drift import drift_card
    from seldon_nb.lab.views.cards import card_view
    from seldon_nb.lab.views.deployments import spoken

    workspace, target = asked.workspace, asked.target
    return card_view(drift_card(workspace.drift(target)), line=f"show {spoken(workspace, target)} --drift")


def deleted(asked: Asked) -> Done:
    """Stop and forget one; the model, the revisions and the records stay."""
    from seldon_nb.lab.schema import Done

    target = asked.workspace.delete(asked.target)
    return Done(text=tr("{target} is deleted. The model version, the revisions and the records stay.", target=str(target)))


ROUTES = (
    (r"deployments", DeploymentsResource),
    (rf"deployments/{NAME}/{NAME}/{NAME}", DeploymentResource),
    (rf"deployments/{NAME}/{NAME}/{NAME}/drift", DriftResource),
)
