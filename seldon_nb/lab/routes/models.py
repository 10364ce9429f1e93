"""``models``: versions of all models, newest first; and one of them."""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import TYPE_CHECKING

from tornado import web

from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import NAME, Resource
from seldon_nb.words import tr

if TYPE_CHECKING:
    from seldon_nb.domain.deployment import DeploymentStatus
    from seldon_nb.domain.model import ModelVersion
    from seldon_nb.domain.training import TrainingRun
    from seldon_nb.lab.schema import ModelDetail, ModelsPage
    from seldon_nb.workspace import Workspace

#: As many versions are read of the catalogue at a time, and as many times at most for one answer.
_READ, _PAGES = 100, 20
_MOST = 200
#: Stands in no token of the catalogue's, which are base 64.
_MARK = "~"


class ModelsResource(Resource):
    """GET: versions, a page at a time."""

    auth_resource = "seldon_nb:models"

    @web.authenticated
    async def get(self) -> None:
        """List them."""
        await self.answer(listed)


class ModelResource(Resource):
    """GET: one version in full."""

    auth_resource = "seldon_nb:models"

    @web.authenticated
    async def get(self, *path: str) -> None:
        """Show one."""
        await self.answer(shown, *path)


def listed(asked: Asked) -> ModelsPage:
    """Versions newest first; with a filter, those whose reference (``fraud@3``) holds its words."""
    from seldon_nb.lab.schema import ModelsPage
    from seldon_nb.lab.views.rows import model_row

    found, following = _page(
        asked.workspace,
        asked.text("filter").casefold().split(),
        asked.text("page"),
        asked.number("limit", 50, least=1, most=_MOST),
    )
    serving = _serving(asked.workspace) if found else ()
    return ModelsPage(items=tuple(model_row(version, _names(serving, version)) for version in found), next=following)


def _page(workspace: Workspace, words: list[str], begin: str, limit: int) -> tuple[list[ModelVersion], str]:
    """(``limit`` versions, fewer only at the end or after much searching; where to go on, empty at the end).

    A token is the catalogue's own and how many rows of its page were told already, so that pages of ours are full whatever is left out.
    """
    names = tuple(name for word in words if (name := word.partition("@")[0]))
    page, _, told = begin.partition(_MARK)
    skip = int(told) if told.isascii() and told.isdigit() else 0
    found: list[ModelVersion] = []
    for _ in range(_PAGES):
        read = workspace.models(page=page, limit=_READ, holding=names)
        for index, version in enumerate(read.items[skip:], skip):
            if all(word in version.ref.casefold() for word in words):
                found.append(version)
            if len(found) == limit:
                rest = f"{page}{_MARK}{index + 1}" if index + 1 < len(read.items) else read.next
                return found, rest
        page, skip = read.next, 0
        if not page:
            break
    return found, page


def shown(asked: Asked) -> ModelDetail:
    """One version: its card, and its way from a notebook to its deployments.

    Raises:
        SNB-130, SNB-131, SNB-133: there is none of that name and number.
    """
    from seldon_nb.cards.run import run_card
    from seldon_nb.lab.schema import ModelDetail
    from seldon_nb.lab.views.cards import card_view
    from seldon_nb.lab.views.lineage import lineage_of_model
    from seldon_nb.lab.views.rows import model_row

    name, number = asked.path
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise fail("SNB-711", field="version", reason=tr("A number is expected."))
    model = asked.workspace.model(f"{name}@{number}")
    run = _run(asked.workspace, model.value)
    serving = tuple(status for status in _serving(asked.workspace) if status.revision.model == model.ref)
    return ModelDetail(
        row=model_row(model.value, _names(serving, model.value)),
        card=card_view(model.card(), line=shlex.join(["show", model.ref])),
        lineage=lineage_of_model(model.value, serving, asked.app.notebooks, run),
        run=card_view(run_card(run)) if run is not None else None,
    )


def _run(workspace: Workspace, version: ModelVersion) -> TrainingRun | None:
    """The run that it came out of; what MLflow does not tell now is a gap, and the version is shown all the same."""
    with suppress(SeldonNbError):
        return workspace.ports.catalog.run(version)
    return None


def _serving(workspace: Workspace) -> tuple[DeploymentStatus, ...]:
    """What is deployed; a place that is silent says so in its own list, not here."""
    found: list[DeploymentStatus] = []
    for place in workspace.places:
        with suppress(SeldonNbError):
            found += workspace.seen_at(place)
    return tuple(found)


def _names(serving: tuple[DeploymentStatus, ...], version: ModelVersion) -> tuple[str, ...]:
    return tuple(f"{status.target.place}/{status.target}" for status in serving if status.revision.model == version.ref)


ROUTES = ((r"models", ModelsResource), (rf"models/{NAME}/{NAME}", ModelResource))
