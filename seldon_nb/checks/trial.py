"""A trial: a candidate, what was asked of it, and what a clean process saw.

The facts are read through protocols, so that the rules stay free of the adapters and of the ports that carry them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any, Protocol

from seldon_nb.checks.answers import Comparison, compare
from seldon_nb.domain.model import Answer, Environment, Flavor
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature

#: What a rule's sentence says when it does not know the model's name.
UNNAMED = "my-model"
MAIN = "__main__"
MEGABYTE = 1_000_000


class CandidateFacts(Protocol):
    """What the rules read of a candidate; see ``ports.Candidate``."""

    @property
    def flavor(self) -> Flavor: ...  # noqa: D102
    @property
    def serialization(self) -> str: ...  # noqa: D102
    @property
    def signature(self) -> Signature | None: ...  # noqa: D102
    @property
    def environment(self) -> Environment: ...  # noqa: D102
    @property
    def sample(self) -> Any: ...  # noqa: D102
    @property
    def expected(self) -> Any: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def referenced(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def local_modules(self) -> tuple[tuple[str, str], ...]: ...  # noqa: D102
    @property
    def fitted_columns(self) -> tuple[str, ...]: ...  # noqa: D102


class RequestFacts(Protocol):
    """What the rules read of a request; see ``ports.PackRequest``."""

    @property
    def include(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def integers(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102


class ReplayFacts(Protocol):
    """What the rules read of a replay; see ``ports.Replay``."""

    @property
    def loaded(self) -> bool: ...  # noqa: D102
    @property
    def environment(self) -> Environment: ...  # noqa: D102
    @property
    def load_ms(self) -> int: ...  # noqa: D102
    @property
    def predict_ms(self) -> int: ...  # noqa: D102
    @property
    def error_type(self) -> str: ...  # noqa: D102
    @property
    def error_hint(self) -> str: ...  # noqa: D102
    @property
    def failed_at(self) -> str: ...  # noqa: D102
    @property
    def answers(self) -> Any: ...  # noqa: D102
    @property
    def permuted_equal(self) -> bool | None: ...  # noqa: D102
    @property
    def nan(self) -> tuple[tuple[str, Answer], ...]: ...  # noqa: D102
    @property
    def missing(self) -> tuple[tuple[str, str, str], ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A candidate, the request it answers, and the replay; no replay for flavours that are passed through."""

    candidate: CandidateFacts
    request: RequestFacts
    replay: ReplayFacts | None = None

    @property
    def name(self) -> str:
        """The name for sentences and commands."""
        return self.request.name or UNNAMED

    @property
    def sample_columns(self) -> tuple[str, ...]:
        """The sample's columns; empty for arrays."""
        return tuple(str(column) for column in getattr(self.candidate.sample, "columns", ()))

    @property
    def rows(self) -> int:
        """Rows of the sample that were replayed."""
        return len(self.candidate.sample) if self.candidate.sample is not None else 0

    def compared(self) -> Comparison | None:
        """The kernel's answers against the clean process's; None if there are none to compare."""
        if self.replay is None or self.replay.answers is None or self.candidate.expected is None:
            return None
        return compare(self.candidate.expected, self.replay.answers)

    def uncovered(self) -> tuple[tuple[str, str], ...]:
        """Local modules (name, file) that the user has not agreed to send along."""
        return tuple(item for item in self.candidate.local_modules if not covers(self.request.include, item[0]))

    def conflicts(self) -> tuple[tuple[str, str, str], ...]:
        """(package, wanted, found) for what the server does not hold in the wanted version, the most telling first."""
        if self.replay is None:
            return ()
        return by_weight(self.replay.missing, self.replay.error_hint, self.candidate.flavor)


def covers(include: Iterable[str], module: str) -> bool:
    """Whether one of the included files or directories brings the top-level ``module``; ``__main__`` is agreed to by its name."""
    if module == MAIN:
        return MAIN in include
    return any(item != MAIN and PurePath(item).stem == module for item in include)


def by_weight(conflicts: Iterable[tuple[str, str, str]], hint: str, flavor: Flavor) -> tuple[tuple[str, str, str], ...]:
    """The packages named by the error first, then the flavour's own, then the rest by name."""
    imports = {"scikit-learn": "sklearn"}
    own = {Flavor.SKLEARN: "scikit-learn", Flavor.XGBOOST: "xgboost", Flavor.LIGHTGBM: "lightgbm"}.get(flavor, "cloudpickle")

    def weight(conflict: tuple[str, str, str]) -> tuple[int, str]:
        package = conflict[0]
        module = imports.get(package, package.replace("-", "_"))
        return (0 if module in hint.replace("'", " ").replace(".", " ").split() else 1 if package == own else 2, package)

    return tuple(sorted(conflicts, key=weight))


# --- samples that the rules share -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """Stands for a DataFrame in samples of rules: named columns and a number of rows."""

    columns: tuple[str, ...] = ("age", "income")
    rows: int = 2

    def __len__(self) -> int:
        return self.rows


_SAMPLE = _Sample()
_ENVIRONMENT = Environment("3.11.7", (("scikit-learn", "1.9.1"),))
_SIGNATURE = Signature(
    inputs=Schema(columns=(Column("age", ColumnType.DOUBLE), Column("income", ColumnType.DOUBLE))),
    outputs=Schema(columns=(Column("answer", ColumnType.DOUBLE),)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    flavor: Flavor = Flavor.SKLEARN
    serialization: str = "cloudpickle"
    signature: Signature | None = _SIGNATURE
    environment: Environment = _ENVIRONMENT
    sample: Any = _SAMPLE
    expected: Any = (0.25, 0.75)
    size: int = 2 * MEGABYTE
    referenced: tuple[str, ...] = ("numpy", "sklearn")
    local_modules: tuple[tuple[str, str], ...] = ()
    fitted_columns: tuple[str, ...] = ("age", "income")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    include: tuple[str, ...] = ()
    integers: str = "keep"
    name: str = "fraud"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Replay:
    loaded: bool = True
    environment: Environment = _ENVIRONMENT
    load_ms: int = 20
    predict_ms: int = 3
    error_type: str = ""
    error_hint: str = ""
    failed_at: str = ""
    answers: Any = (0.25, 0.75)
    permuted_equal: bool | None = True
    nan: tuple[tuple[str, Answer], ...] = field(default=(("age", Answer.SAME_KIND), ("income", Answer.SAME_KIND)))
    missing: tuple[tuple[str, str, str], ...] = ()


def sample_trial(
    *, candidate: dict[str, Any] | None = None, request: dict[str, Any] | None = None, replay: dict[str, Any] | None = None
) -> Trial:
    """A trial that every rule is content with, changed as said."""
    return Trial(
        candidate=replace(_Candidate(), **(candidate or {})),
        request=replace(_Request(), **(request or {})),
        replay=replace(_Replay(), **(replay or {})),
    )
