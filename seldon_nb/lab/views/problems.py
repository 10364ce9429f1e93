"""Errors as problems: the sentences that a card would say, and the HTTP status."""

from __future__ import annotations

from collections.abc import Mapping

from seldon_nb.cards.card import Step
from seldon_nb.cards.clean import visible
from seldon_nb.cards.error import sentence, steps_of
from seldon_nb.cards.skin import Skin
from seldon_nb.domain.code import Code
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.errors import BackendUnavailableError, SeldonNbError
from seldon_nb.lab.schema import NextStep, Problem
from seldon_nb.lab.views.steps import next_steps

_STATUS = {
    "SNB-130": 404,
    "SNB-131": 404,
    "SNB-132": 404,
    "SNB-134": 404,
    "SNB-212": 404,
    "SNB-301": 404,
    "SNB-364": 404,
    "SNB-565": 404,
    "SNB-710": 404,
    "SNB-714": 404,
    "SNB-712": 413,
    "SNB-713": 415,
    "SNB-307": 504,
}


def status_of(error: SeldonNbError) -> int:
    """The HTTP status: 400 and 422 invalid, 403 refused, 404 not there, 409 changed meanwhile, 502 and 504 not reached, 500 a fault of ours."""
    if error.code_id in _STATUS:
        return _STATUS[error.code_id]
    return 502 if isinstance(error, BackendUnavailableError) else error.http_status


def as_ours(error: BaseException) -> SeldonNbError:
    """The error itself if it is one of ours, else SNB-900 with its type and place."""
    if isinstance(error, SeldonNbError):
        return error
    from seldon_nb.parser import as_fault

    return as_fault(error, "doctor")


def problem(error: SeldonNbError) -> Problem:
    """What happened, what was seen, what to do, who can help; and the input that is meant, if one is."""
    return problem_of(error.code, error.facts)


def problem_of(code: Code | str, facts: Mapping[str, object]) -> Problem:
    """The same for a code and the facts of a case, as a diagnosis has them."""
    known = lookup(code) if isinstance(code, str) else code
    return Problem(
        code=known.id,
        what=visible(sentence(known.what, facts)),
        saw=visible(sentence(known.saw, facts), lines=True),
        next=_next(known, facts),
        who=visible(sentence(known.who, facts)),
        field=visible(str(facts.get("field") or facts.get("column") or "")),
        row=row if isinstance(row := facts.get("row"), int) else None,
    )


def _next(code: Code, facts: Mapping[str, object]) -> tuple[NextStep, ...]:
    steps: tuple[Step, ...] = steps_of(code, facts)
    return next_steps(steps, Skin.NOTEBOOK)
