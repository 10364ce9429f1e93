"""Plans on their way, as rows and in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from seldon_nb.cards.amounts import duration
from seldon_nb.cards.card import Tone as CardTone
from seldon_nb.cards.clean import visible
from seldon_nb.cards.deployment import timeline
from seldon_nb.cards.error import sentence
from seldon_nb.cards.tones import progress_tone, progress_word
from seldon_nb.domain.codes import ALL, lookup
from seldon_nb.domain.deployment import Progress, Stage, StageStatus
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.workflow import Phase, Run, Step, StepStatus
from seldon_nb.lab import schema
from seldon_nb.lab.views.cards import timeline_view
from seldon_nb.lab.views.places import place_name
from seldon_nb.lab.views.problems import problem_of
from seldon_nb.words import N_, tr_with

if TYPE_CHECKING:
    from seldon_nb.workspace import Workspace

_PHASES: dict[Phase, tuple[CardTone, str]] = {
    Phase.WAITING: (CardTone.BUSY, N_("Waiting")),
    Phase.RUNNING: (CardTone.BUSY, N_("Running")),
    Phase.SUCCEEDED: (CardTone.GOOD, N_("Done")),
    Phase.FAILED: (CardTone.BAD, N_("Failed")),
    Phase.STOPPED: (CardTone.WARN, N_("Stopped")),
}
_STEPS: dict[Step, str] = {
    Step.CHECK: N_("check"),
    Step.PACKAGE: N_("package"),
    Step.DEPLOY: N_("deploy"),
    Step.SMOKE_TEST: N_("live check"),
    Step.REPORT: N_("report"),
}


def run_row(run: Run) -> schema.RunRow:
    """A run."""
    tone, word = _PHASES[run.phase]
    at = next((item.step for item in run.steps if item.progress in (Progress.RUNNING, Progress.FAILED)), None)
    code = run.code if run.code in ALL else ""
    return schema.RunRow(
        id=run.name,
        place=place_name(run.target.place),
        namespace=run.target.namespace,
        deployment=run.target.name,
        model=visible(run.model),
        phase=run.phase.value,
        word=tr_with(word, {}),
        tone=tone.value,
        step=tr_with(_STEPS[at], {}) if at is not None else "",
        done=sum(item.progress is Progress.DONE for item in run.steps),
        of=len(run.steps),
        started_at=run.started_at,
        finished_at=run.finished_at,
        code=code,
        what=visible(sentence(lookup(code).what, run.facts)) if code else "",
        digest=run.plan_digest,
    )


def run_detail(workspace: Workspace, run: Run, *, may_act: bool = True) -> schema.RunDetail:
    """A run with its steps, the six stages, and why it failed.

    Args:
        may_act: whether this server's panel may change anything.
    """
    run, stages = _stages(workspace, run)
    may = may_act and not run.ended and workspace.at(run.target.place).access.may("apply", run.target)
    return schema.RunDetail(
        row=run_row(run),
        steps=schema.CardTimeline(stages=tuple(map(_step, run.steps))),
        timeline=timeline_view(timeline(stages, whole_seconds=run.target.place == "cluster")),
        problem=problem_of(run.code, run.facts) if run.code in ALL else None,
        may_stop=may,
    )


def _stages(workspace: Workspace, run: Run) -> tuple[Run, tuple[StageStatus, ...]]:
    """The six stages, and the run with its diagnosis: as the run itself tells them, else as they are read off the deployment."""
    if run.stages or run.target.place == "here":
        return run, run.stages or _waiting()
    try:
        if run.ended:
            told: list[tuple[StageStatus, ...]] = []
            run = workspace.follow(run, told.append)  # it ends at once, and says why
            return run, told[-1] if told else _waiting()
        return run, workspace.look_at(run.target).timeline or _waiting()
    except SeldonNbError:
        return run, _waiting()


def _waiting() -> tuple[StageStatus, ...]:
    return tuple(StageStatus(stage) for stage in Stage)


def _step(item: StepStatus) -> schema.StageView:
    note = duration(item.took_ms) if item.took_ms else ""
    return schema.StageView(
        name=tr_with(_STEPS[item.step], {}),
        tone=progress_tone(item.progress).value,
        word=progress_word(item.progress),
        note=note,
    )


def rows(runs: Iterable[Run]) -> tuple[schema.RunRow, ...]:
    """Several."""
    return tuple(map(run_row, runs))
