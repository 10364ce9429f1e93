"""``cases``: named sets of questions with the answers that are right for them, kept and asked again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from tornado import web

from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import NAME, Resource

if TYPE_CHECKING:
    from seldon_nb.lab import schema


#: Nobody looks through more.
_MOST_SETS = 200


class CasesResource(Resource):
    """GET: the sets of a model.  POST: keep one."""

    auth_resource = "seldon_nb:cases"

    @web.authenticated
    async def get(self) -> None:
        """List the sets of a model, or of all."""
        await self.answer(listed)

    @web.authenticated
    async def post(self) -> None:
        """Ask now, and keep the question with its answers."""
        await self.answer(save)


class CaseSetResource(Resource):
    """DELETE: forget a set."""

    auth_resource = "seldon_nb:cases"

    @web.authenticated
    async def delete(self, *path: str) -> None:
        """Forget it."""
        await self.answer(delete, *path)


class ReplayResource(Resource):
    """POST: ask a part of a set again; nothing is changed."""

    auth_resource = "seldon_nb:test"
    actions: ClassVar[Mapping[str, str]] = {"POST": "execute"}
    changes: ClassVar[frozenset[str]] = frozenset()

    @web.authenticated
    async def post(self) -> None:
        """Ask again."""
        await self.answer(replay)


def listed(asked: Asked) -> schema.CaseSets:
    """The sets of a model, or of all."""
    return _sets(asked, asked.text("model"))


def _sets(asked: Asked, model: str) -> schema.CaseSets:
    from seldon_nb.flows.cases import sets
    from seldon_nb.lab import schema
    from seldon_nb.lab.routes.test import case_set

    found = sets(asked.workspace.ports, model)
    return schema.CaseSets(items=tuple(case_set(about) for about in found[:_MOST_SETS]), total=len(found))


def save(asked: Asked) -> schema.CaseSets:
    """Keep a set; the sets of its model then."""
    from seldon_nb.flows import cases
    from seldon_nb.lab import schema
    from seldon_nb.lab.routes.test import ports, question_of

    wish = asked.body(schema.SaveCases)
    question = question_of(wish.question)
    target = question.target
    tokens = asked.workspace.tokens_at(target.place)
    kept = cases.save(ports(asked, target), question, wish.name, replace=wish.replace, tokens=tokens)
    return _sets(asked, kept.model)


def delete(asked: Asked) -> schema.CaseSets:
    """Forget a set; what is left of its model's."""
    from seldon_nb.flows import cases

    model, name = asked.path[:2]
    cases.delete(asked.workspace.ports, model, name)
    return _sets(asked, model)


def replay(asked: Asked) -> schema.ReplayPart:
    """One part of a set, asked again."""
    from seldon_nb.domain.deployment import Target
    from seldon_nb.flows import cases
    from seldon_nb.lab import schema
    from seldon_nb.lab.routes.test import ports, shown_names, shown_row

    wish = asked.body(schema.Replay)
    target = Target(wish.namespace, wish.name, wish.place)
    part = cases.replay(
        ports(asked, target),
        target,
        wish.model,
        wish.cases,
        predictor=wish.predictor,
        start=wish.start,
        stop=wish.stop,
        tolerance=wish.tolerance,
        tokens=asked.workspace.tokens_at(target.place),
    )
    return schema.ReplayPart(
        start=part.start,
        stop=part.stop,
        total=part.total,
        same=part.same,
        differing=tuple(
            schema.ReplayedRow(row=item.row, expected=shown_row(item.expected), got=shown_row(item.got))
            for item in part.differing
        ),
        outputs=shown_names(part.outputs),
        took_ms=part.took_ms,
    )


ROUTES: tuple[tuple[str, type[Resource]], ...] = (
    (r"cases", CasesResource),
    (r"cases/replay", ReplayResource),
    (rf"cases/{NAME}/{NAME}", CaseSetResource),
)
