"""A run: one plan on its way through the steps of a workflow."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from seldon_nb.domain.deployment import Progress, Revision, StageStatus, Target


class Step(enum.Enum):
    """The steps of an apply, in order; the last one runs whatever became of the others."""

    CHECK = "check"
    PACKAGE = "package"
    DEPLOY = "deploy"
    SMOKE_TEST = "smoke-test"
    REPORT = "report"


class Phase(enum.Enum):
    """What a run is doing."""

    WAITING = "waiting"  # accepted by the cluster, not yet taken up
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"  # by somebody


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStatus:
    """One step: its progress, how long it took in whole milliseconds, and the code and facts it ended with if it failed."""

    step: Step
    progress: Progress = Progress.WAITING
    took_ms: int = 0
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A plan's way through its workflow.

    Attributes:
        name: of the Workflow object, or of the run on one machine; the same plan has the same name.
        plan_digest: of the plan that it applies.
        model: ``fraud@3``.
        revision: what the plan becomes if all goes well; None where the plan can no longer be read.
        code, facts: of the one sentence, if it failed.
        stages: the six stages as far as whoever carries the plan tells them itself; empty where they are read off the deployment.
        started_at, finished_at: RFC 3339; empty if not yet.
    """

    target: Target
    name: str
    plan_digest: str
    phase: Phase = Phase.WAITING
    steps: tuple[StepStatus, ...] = ()
    model: str = ""
    revision: Revision | None = None
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    stages: tuple[StageStatus, ...] = ()
    started_at: str = ""
    finished_at: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.phase in (Phase.SUCCEEDED, Phase.FAILED, Phase.STOPPED)
