"""From a snapshot to one diagnosis.

The order decides: what a workflow's step said in a code of ours was found out on the spot and goes first; then whatever stands in the way of the
deployment itself, from the first stage to the last; then the workflow's own troubles, of which a deadline is only the last symptom.
"""

from __future__ import annotations

from seldon_nb.diagnosis import accepting, fetching, starting, working
from seldon_nb.diagnosis.case import Case
from seldon_nb.diagnosis.finding import Cause, Rule
from seldon_nb.diagnosis.lines import telling
from seldon_nb.diagnosis.reading import text
from seldon_nb.diagnosis.refusals import explain_refusal
from seldon_nb.diagnosis.snapshot import Diagnosis, Snapshot
from seldon_nb.diagnosis.stages import WAITS, current, stages
from seldon_nb.domain.code import fill
from seldon_nb.domain.codes import ALL
from seldon_nb.domain.deployment import Stage

__all__ = ["RULES", "diagnose", "explain_refusal"]

#: Every cause, in the order in which it is asked for.
RULES: tuple[Rule, ...] = (*working.FIRST, *accepting.RULES, *fetching.RULES, *starting.RULES, *working.LAST)


def diagnose(snapshot: Snapshot) -> Diagnosis:
    """The six stages, and the cause if one is seen; never raises for an object that lacks a field."""
    case = Case(snapshot)
    answers = case.ready and snapshot.answering is not False
    cause = None if answers and _work_is_well(case) else _cause(case)
    found = stages(case, cause.stage if cause else None)
    serving = "" if case.ready else case.serving
    if cause is None:
        return _without_cause(case, Diagnosis(stages=found, serving=serving, step=working.standing(case)))
    facts = {**case.facts, "serving": serving or "-", **cause.facts}
    return Diagnosis(
        stages=found,
        code=cause.code,
        facts=_complete(cause.code, facts),
        final=cause.final,
        step=cause.step or working.standing(case),
        serving=serving,
        log=telling(snapshot.logs.get(cause.lines, ())) if cause.lines else (),
    )


def _cause(case: Case) -> Cause | None:
    for rule in RULES:
        cause = rule(case)
        if cause is not None:
            return cause
    return None


def _without_cause(case: Case, seen: Diagnosis) -> Diagnosis:
    """SNB-346 while something is still to come, nothing once it answers."""
    stage = current(seen.stages)
    if case.seen.answering or (stage is Stage.ANSWERING and case.seen.answering is None):
        return seen
    facts = {**case.facts, "serving": seen.serving or "-", "seconds": case.waited, "reason": WAITS[stage]}
    return Diagnosis(stages=seen.stages, code="SNB-346", facts=facts, step=seen.step, serving=seen.serving)


def _work_is_well(case: Case) -> bool:
    """Whether the workflow, if there is one, has not failed: a ready server does not undo a failed step."""
    phase = text(case.seen.workflow, "status", "phase") if case.seen.workflow is not None else ""
    return phase not in ("Failed", "Error")


def _complete(code: str, facts: dict[str, object]) -> dict[str, object]:
    """Facts for every field of the code's templates: what nobody said is told as ``-``, which leaves out steps that need it."""
    missing = {name: "-" for name in ALL[code].fields() if name not in facts} if code in ALL else {}
    return {**missing, **{name: fact if isinstance(fact, (str, int)) else str(fact) for name, fact in facts.items()}}


def sentence(diagnosis: Diagnosis) -> str:
    """The diagnosis in one English line, for logs of ours; empty if there is nothing to say."""
    if not diagnosis.code:
        return ""
    code = ALL[diagnosis.code]
    return f"{code.id} {fill(code.what, diagnosis.facts)} {fill(code.saw, diagnosis.facts)}"
