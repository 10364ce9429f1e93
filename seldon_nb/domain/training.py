"""Training: what a cell of a notebook fitted, and how it compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seldon_nb.domain.classification import Classification


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRun:
    """One fit as the catalogue of runs has it.

    Attributes:
        metrics: finite numbers by name.
        estimator: the class's name; empty if nobody wrote it down.
        at: RFC 3339.
        fingerprint: of the data that it saw; empty if nobody took it.
        parameters: as text, by name.
        address: of its page in MLflow; empty where MLflow has no pages.
    """

    id: str
    name: str
    experiment: str
    finished: bool = True
    metrics: Mapping[str, float] = field(default_factory=dict)
    estimator: str = ""
    at: str = ""
    fingerprint: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What tells two tables apart without showing either.

    Attributes:
        rows, columns: how many; columns is 0 for what has none.
        digest: ``sha256:…`` over the names and types of the columns, the number of rows, and the content.
        every: the content is that of one row in so many; 1 for all, 0 if only names, types and counts could be read.
    """

    rows: int
    columns: int
    digest: str
    every: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What a cell left.

    Attributes:
        runs: those of this cell, oldest first; the last one is what is told of.
        former: up to five runs of the same experiment before them, oldest first.
        fingerprint: of what the last model was fitted to, with its target; None if it was not seen.
        level: the highest of the workspace's classification and of those that the directories of its data declare.
        declared: the directory that raised the level; empty if it is the workspace's.
        model, data: the notebook's names for them; empty if they have none.
        stopped: the cell ended with an error after the fit.
    """

    runs: tuple[TrainingRun, ...]
    former: tuple[TrainingRun, ...] = ()
    fingerprint: Fingerprint | None = None
    level: Classification = Classification.UNKNOWN
    declared: str = ""
    model: str = ""
    data: str = ""
    stopped: bool = False

    @property
    def run(self) -> TrainingRun:
        """The last one."""
        return self.runs[-1]
