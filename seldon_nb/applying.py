"""The skin of an apply that goes on by itself: ``python -m seldon_nb.applying <id>``, begun by :mod:`seldon_nb.here.applies`.

It takes the plan of that id from the home that ``SELDON_NB_HOME`` names, applies it as whoever asked for it, and writes each step and stage as it
goes.  Asked to end (SIGTERM), it stops where nothing is half done: before the new version takes the place of the former one, or after the live check,
which then counts as failed.  Either way what served before serves.  Exit codes: 0 applied · 1 refused, failed or stopped.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.deployment import Progress, Stage, StageStatus
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.workflow import Phase, Step, StepStatus

if TYPE_CHECKING:
    from seldon_nb.domain.plan import Plan
    from seldon_nb.here.applies import Applies, Kept

#: Stages in which nothing has changed yet for those who ask the former version.
_BEFORE = frozenset({Stage.ACCEPTED, Stage.PLACED, Stage.IMAGE, Stage.WEIGHTS, Stage.LOADED})


def main() -> None:
    """The program's entry."""
    sys.exit(run(sys.argv[1]) if len(sys.argv) == 2 else 2)


def run(name: str) -> int:
    """Carry one plan to its end; returns the exit code."""
    from seldon_nb.here.applies import Applies
    from seldon_nb.here.home import Home

    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    applies = Applies(Home.default().prepare())
    kept, plan = applies.take_up(name)
    told = Told(applies, kept)
    signal.signal(signal.SIGTERM, told.asked_to_end)
    try:
        _apply(plan, told)
    except SeldonNbError as error:
        told.ended(error)
        return 1
    except Exception as error:
        if os.environ.get("SELDON_NB_DEBUG"):
            raise
        from seldon_nb.parser import as_fault

        told.ended(as_fault(error, "deploy"))
        return 1
    told.ended(None)
    return 0


def _apply(plan: Plan, told: Told) -> None:
    from seldon_nb.handles import Plan as Handle
    from seldon_nb.workspace import Workspace

    workspace = Workspace(acting_as=plan.spec.requested_by.name)
    workspace.tell, workspace.doing = told.stages, told.doing
    try:
        workspace.apply(Handle(workspace, plan))
    finally:
        workspace.close()


class Told:
    """Writes how far it is, and decides whether it may be stopped now."""

    def __init__(self, applies: Applies, kept: Kept) -> None:
        self._applies = applies
        self._kept = kept
        self._began = time.monotonic()
        self._step: Step | None = None
        self._asked = False
        self._open = False

    # --- how far ---------------------------------------------------------------------------------------------------------------

    def doing(self, step: Step) -> None:
        """A step begins; the one before it is done."""
        self._closed()
        self._close(Progress.DONE)
        self._step, self._began = step, time.monotonic()
        self._set(StepStatus(step=step, progress=Progress.RUNNING))
        self._open = step in (Step.CHECK, Step.PACKAGE, Step.DEPLOY)

    def stages(self, stages: tuple[StageStatus, ...]) -> None:
        """A stage changed."""
        running = {item.stage for item in stages if item.progress is Progress.RUNNING}
        before = bool(running & _BEFORE)
        self._closed(stop=before)
        self._write(stages=stages)
        self._open = before

    def ended(self, error: SeldonNbError | None) -> None:
        """Nothing more will happen, or why it went wrong."""
        self._open = False
        if error is None:
            self._close(Progress.DONE)
            self._write(phase=Phase.SUCCEEDED, finished_at=timestamp(time.time()))
            return
        self._close(Progress.FAILED, error)
        phase = Phase.STOPPED if error.code_id == "SNB-540" else Phase.FAILED
        facts = {key: value if isinstance(value, int) else str(value) for key, value in error.facts.items()}
        self._write(phase=phase, code=error.code_id, facts=facts, finished_at=timestamp(time.time()))

    def _close(self, progress: Progress, error: SeldonNbError | None = None) -> None:
        if self._step is not None:
            took = round((time.monotonic() - self._began) * 1000)
            self._set(StepStatus(step=self._step, progress=progress, took_ms=took, code=error.code_id if error else ""))
            self._step = None

    def _set(self, status: StepStatus) -> None:
        steps = tuple(status if item.step is status.step else item for item in self._kept.run.steps)
        self._write(steps=steps)

    def _write(self, **changes: Any) -> None:
        self._kept = replace(self._kept, run=replace(self._kept.run, **changes))
        self._applies.keep(self._kept)

    # --- being stopped ---------------------------------------------------------------------------------------------------------

    def asked_to_end(self, *_: object) -> None:
        """SIGTERM: at once where that leaves nothing half done, else at the next such place."""
        self._asked = True
        if self._open:
            self._open = False
            raise self._stopped()

    def _closed(self, *, stop: bool = True) -> None:
        """Not to be interrupted from here on; if somebody asked meanwhile and nothing is half done, now is the time."""
        self._open = False
        if self._asked and stop:
            raise self._stopped()

    def _stopped(self) -> SeldonNbError:
        run = self._kept.run
        step = self._step.value if self._step else Step.CHECK.value
        facts = {"name": str(run.target), "namespace": run.target.namespace, "model": run.model}
        return fail("SNB-540", **facts, workflow=run.name, step=step)


if __name__ == "__main__":
    main()
