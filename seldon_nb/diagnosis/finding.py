"""The form of a cause: one small function over a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from seldon_nb.diagnosis.case import Case
from seldon_nb.domain.deployment import Stage
from seldon_nb.domain.workflow import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What a rule found: the code, its facts beside those of every cause, where it stands, and whether it is final.

    Attributes:
        stage: where the deployment stands; None if the workflow alone is concerned.
        lines: key of the log that shows it (``pod/container``).
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    stage: Stage | None = None
    final: bool = False
    step: Step | None = None
    lines: str = ""


Rule = Callable[[Case], "Cause | None"]
