"""Cases: questions whose right answers are known, kept by name, so that they can be asked again and that a later version can be held to them."""

from __future__ import annotations

import re
from dataclasses import dataclass

Scalar = str | int | float | bool | None

#: A name as people give it; no character of it has a meaning for a shell, a path or a query.
NAME = re.compile(r"[A-Za-z0-9À-ÿ][A-Za-z0-9À-ÿ ._-]{0,63}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """What is known of a set without its rows.

    Attributes:
        name: unique per model.
        model: the registered name; version: the one that gave the right answers (``3``).
        rows: how many cases.
        author, created_at: who kept it, and when (RFC 3339).
        id: of the store; empty before it is kept.
    """

    name: str
    model: str
    version: str
    rows: int
    author: str = ""
    created_at: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        if not NAME.match(self.name):
            raise ValueError("not a name for cases")
        if self.rows < 1:
            raise ValueError("a set holds at least one case")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTensor:
    """One tensor of the questions: its values flat, in row-major order; the first dimension of ``shape`` counts the cases."""

    name: str
    shape: tuple[int, ...]
    data: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRows:
    """The cases themselves, as plain values; a missing one is None.

    Attributes:
        columns, data: the questions; or ``tensors``, for models of tensors.
        outputs, expected: the right answers, one row per case.
        tolerance: how far a number may be from the right one.
    """

    columns: tuple[str, ...] = ()
    data: tuple[tuple[Scalar, ...], ...] = ()
    tensors: tuple[CaseTensor, ...] = ()
    outputs: tuple[str, ...] = ()
    expected: tuple[tuple[Scalar, ...], ...] = ()
    tolerance: float = 1e-6

    @property
    def rows(self) -> int:
        """How many cases."""
        return len(self.expected)

    def part(self, start: int, stop: int) -> CaseRows:
        """Cases ``start`` to ``stop`` (not included)."""
        return CaseRows(
            columns=self.columns,
            data=self.data[start:stop],
            tensors=tuple(_cut(tensor, start, stop) for tensor in self.tensors),
            outputs=self.outputs,
            expected=self.expected[start:stop],
            tolerance=self.tolerance,
        )


def _cut(tensor: CaseTensor, start: int, stop: int) -> CaseTensor:
    size = 1
    for side in tensor.shape[1:]:
        size *= side
    data = tensor.data[start * size : stop * size]
    return CaseTensor(name=tensor.name, shape=(len(data) // size if size else 0, *tensor.shape[1:]), data=data)
