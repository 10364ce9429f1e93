"""``test``: what a deployment takes, the same question in four languages, the answer, and answers side by side.

A deployment is named by place, namespace and name, never by an address; nothing of a question or an answer is kept or logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from tornado import web

from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import NAME, Resource

if TYPE_CHECKING:
    from seldon_nb.domain.cases import CaseSet
    from seldon_nb.domain.deployment import Target
    from seldon_nb.flows import compare as flow
    from seldon_nb.flows import form as forms
    from seldon_nb.flows import try_out
    from seldon_nb.lab import schema
    from seldon_nb.ports import Ports


class FormResource(Resource):
    """GET: the form of one deployment."""

    auth_resource = "seldon_nb:test"

    @web.authenticated
    async def get(self, *path: str) -> None:
        """Tell what to draw."""
        await self.answer(form, *path)


class _Question(Resource):
    """A POST that asks and changes nothing."""

    auth_resource = "seldon_nb:test"
    actions: ClassVar[Mapping[str, str]] = {"POST": "execute"}
    changes: ClassVar[frozenset[str]] = frozenset()


class SnippetsResource(_Question):
    """POST: a question in four languages; nothing is sent."""

    @web.authenticated
    async def post(self) -> None:
        """Write the question down."""
        await self.answer(snippets)


class AskResource(_Question):
    """POST: a question and its answer."""

    @web.authenticated
    async def post(self) -> None:
        """Ask the deployment."""
        await self.answer(ask)


class CompareResource(_Question):
    """POST: a question and the answers of several."""

    @web.authenticated
    async def post(self) -> None:
        """Ask the deployment and the others."""
        await self.answer(compare)


# --- what they do ------------------------------------------------------------------------------------------------------------------------


def form(asked: Asked) -> schema.TestForm:
    """The form of one deployment."""
    from seldon_nb.flows import form as forms
    from seldon_nb.lab import schema
    from seldon_nb.lab.views.levels import level
    from seldon_nb.lab.views.problems import problem

    target = asked.target
    found = forms.form(ports(asked, target), target, asked.text("predictor"))
    return schema.TestForm(
        place="here" if target.place == "here" else "cluster",
        namespace=target.namespace,
        name=target.name,
        predictor=found.predictor,
        model=found.status.revision.model,
        level=level(found.status.revision.classification),
        keep=found.keep,
        notice=found.notice,
        answering=found.answering,
        problem=problem(found.problem) if found.problem is not None else None,
        fields=tuple(_field(field) for field in found.fields),
        tensors=tuple(schema.TensorView(name=item.name, dtype=item.dtype, shape=item.shape) for item in found.tensors),
        outputs=shown_names(found.outputs),
        sample=found.sample.data if found.sample is not None else None,
        why_no_sample=found.why_no_sample,
        versions=found.versions,
        cases=tuple(case_set(about) for about in found.cases),
        most_rows=min(found.most_rows, asked.app.most_rows),
    )


def _field(field: forms.Field) -> schema.FieldView:
    from seldon_nb.lab import schema

    return schema.FieldView.model_validate({name: getattr(field, name) for name in schema.FieldView.model_fields})


def case_set(about: CaseSet) -> schema.CaseSetView:
    """What is known of a set of cases."""
    from seldon_nb.lab import schema

    return schema.CaseSetView(
        name=about.name,
        model=about.model,
        rows=about.rows,
        created_at=about.created_at,
        who=about.author,
        from_version=about.version,
    )


def snippets(asked: Asked) -> schema.Snippets:
    """A question in four languages, or everything that does not fit."""
    from seldon_nb.flows.snippets import snippets as written
    from seldon_nb.lab import schema
    from seldon_nb.lab.views.problems import problem

    question = question_of(asked.body(schema.Question))
    found = written(ports(asked, question.target), question)
    lines = found.lines
    return schema.Snippets(
        json=lines.json if lines is not None else "",
        curl=lines.curl if lines is not None else "",
        python=lines.python if lines is not None else "",
        r=lines.r if lines is not None else "",
        problems=tuple(problem(error) for error in found.problems),
        note=found.note,
    )


def ask(asked: Asked) -> schema.AnswerView:
    """The answer to a question."""
    from seldon_nb.cards.amounts import decimal
    from seldon_nb.flows.try_out import ask as asking
    from seldon_nb.lab import schema
    from seldon_nb.words import tr

    question = question_of(asked.body(schema.Question))
    target = question.target
    tokens = asked.workspace.tokens_at(target.place)
    reply = asking(ports(asked, target), question, tokens=tokens, most=asked.app.most_rows)
    return schema.AnswerView(
        columns=shown_names(reply.columns),
        data=shown(reply.data),
        bars=tuple(
            tuple(
                schema.BarView(label=shown_text(label), share=share, text=tr("{share} %", share=decimal(100 * share)))
                for label, share in row
            )
            for row in reply.shares
        ),
        took_ms=reply.took_ms,
        requests=reply.requests,
        model=reply.model,
        notes=shown_names(reply.notes),
    )


def compare(asked: Asked) -> schema.ComparisonView:
    """The answers of several to one question, side by side."""
    from seldon_nb.flows import compare as flow
    from seldon_nb.lab import schema

    wish = asked.body(schema.Comparison)
    question = question_of(wish.question)
    others = [
        flow.Other(
            version=other.version,
            label=other.label[:100],
            columns=other.answers.columns if other.answers is not None else (),
            answers=other.answers.data if other.answers is not None else None,
        )
        for other in wish.others
    ]
    target = question.target
    tokens = asked.workspace.tokens_at(target.place)
    found = flow.compare(ports(asked, target), question, others, tolerance=wish.tolerance, tokens=tokens)
    return _compared(found)


def _compared(found: flow.Compared) -> schema.ComparisonView:
    from seldon_nb.lab import schema
    from seldon_nb.lab.views.problems import problem

    differing = set(found.differing)
    count = len(found.parties[0].rows or ())
    return schema.ComparisonView(
        outputs=shown_names(found.outputs),
        columns=tuple(
            schema.ComparedColumn(
                label=shown_text(party.label),
                how=party.how,
                took_ms=party.took_ms,
                problem=problem(party.error) if party.error is not None else None,
            )
            for party in found.parties
        ),
        rows=tuple(
            schema.ComparedRow(
                row=row,
                answers=tuple(shown_row(party.rows[row]) if party.rows is not None else () for party in found.parties),
                differs=row in differing,
            )
            for row in range(count)
        ),
        differing=len(differing),
        text=found.text,
    )


# --- what they share -----------------------------------------------------------------------------------------------------------------


def ports(asked: Asked, target: Target) -> Ports:
    """The seams of the target's place."""
    return asked.workspace.at(target.place)


def question_of(body: schema.Question) -> try_out.Question:
    """A question of the contract as the flow knows it. Raises: SNB-711 if it asks nothing, or twice."""
    from seldon_nb.codecs.cells import TensorCells
    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.errors import fail
    from seldon_nb.flows.try_out import Question
    from seldon_nb.words import tr

    if body.rows.data and body.tensors:
        raise fail("SNB-711", field="rows", reason=tr("Rows or tensors are expected, not both."))
    return Question(
        target=Target(body.namespace, body.name, body.place),
        predictor=body.predictor,
        columns=body.rows.columns,
        data=body.rows.data,
        tensors=tuple(TensorCells(item.name, item.shape, item.data) for item in body.tensors),
    )


def shown(data: Iterable[Iterable[schema.Scalar]]) -> tuple[tuple[schema.Scalar, ...], ...]:
    """Answers as they are looked at: text in which every character can be seen."""
    return tuple(shown_row(row) for row in data)


def shown_row(row: Iterable[schema.Scalar]) -> tuple[schema.Scalar, ...]:
    """One row of them."""
    return tuple(shown_text(value) if isinstance(value, str) else value for value in row)


def shown_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names and sentences in the same form."""
    return tuple(shown_text(name) for name in names)


def shown_text(text: str) -> str:
    """A model's text with nothing taken away: an escape is shown as a character, so what follows it does nothing."""
    from seldon_nb.cards.clean import visible

    return visible(text.replace("\x1b", "␛").replace("\x9b", "⟨9B⟩"), lines=True)


ROUTES: tuple[tuple[str, type[Resource]], ...] = (
    (r"test/snippets", SnippetsResource),
    (r"test/ask", AskResource),
    (r"test/compare", CompareResource),
    (rf"test/{NAME}/{NAME}/{NAME}", FormResource),
)
