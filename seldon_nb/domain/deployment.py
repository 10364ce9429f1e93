"""A deployment as it lives: revisions, the six stages, and one word for its state."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from seldon_nb.domain.classification import Classification
from seldon_nb.domain.plan import Document, Override
from seldon_nb.domain.principal import Principal
from seldon_nb.domain.signature import Signature


@dataclass(frozen=True, slots=True)
class Target:
    """A deployment by place, namespace and name."""

    namespace: str
    name: str
    place: str = "here"

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One apply, kept: who, when, which bytes, which documents.

    Attributes:
        number: 1, 2, 3… per deployment.
        plan_digest: of the plan that was applied.
        model: ``fraud@3``; model_digest: its bytes.
        documents: as they were applied.
        sample_from: whether the live check asked with the logged sample (``sample``) or with none (``ready``).
    """

    target: Target
    number: int
    plan_digest: str
    documents_digest: str
    model: str
    model_digest: str
    classification: Classification
    applied_by: Principal
    applied_at: str
    callers: tuple[Principal, ...]
    documents: tuple[Document, ...]
    signature: Signature | None = None
    timeout_s: int = 60
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError("revisions start at 1")

    @property
    def document(self) -> Mapping[str, object]:
        """The SeldonDeployment that was applied."""
        return next(item.body for item in self.documents if item.name == "SeldonDeployment")


class Stage(enum.Enum):
    """The six stages from a plan to an answer, in order."""

    ACCEPTED = "accepted"
    PLACED = "placed"
    IMAGE = "image"
    WEIGHTS = "weights"
    LOADED = "model loaded"
    ANSWERING = "answering"


class Progress(enum.Enum):
    """Where one stage is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StageStatus:
    """One stage: its progress and how long it took, in whole milliseconds."""

    stage: Stage
    progress: Progress = Progress.WAITING
    took_ms: int = 0


class State(enum.Enum):
    """One word for a deployment; shown as icon and word, never by colour alone."""

    STARTING = "starting"
    ANSWERING = "answering"
    UPDATING = "updating"  # the former revision answers meanwhile
    STUCK = "stuck"
    STOPPED = "stopped"
    RESTORING = "restoring"  # the place brings it back after a stop


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentStatus:
    """What is seen of a deployment now.

    Attributes:
        revision: what serves (or should).
        state: one word.
        timeline: six stages of the latest apply.
        diagnosis: the code and facts of the one sentence, if it is stuck.
        url: where it answers.
        calls: calls seen since it was deployed; p50_ms: their median, None if unknown.
    """

    revision: Revision
    state: State
    timeline: tuple[StageStatus, ...] = ()
    diagnosis: str = ""
    diagnosis_facts: Mapping[str, object] = field(default_factory=dict)
    url: str = ""
    calls: int = 0
    p50_ms: int | None = None
    note: str = ""

    @property
    def target(self) -> Target:
        """Which deployment this is."""
        return self.revision.target
