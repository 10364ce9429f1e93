"""Comparing answers: the kernel's with those of a clean process.

Both sides are plain lists and dictionaries (see ``plain`` of the clean room): numbers, text, truth values and None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Relative difference that two orders of summation may make; what is larger has another cause.
TOLERANCE = 1e-9
#: Below this two numbers count as equal whatever their ratio: sums that cancel leave noise of this size.
NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many rows differ, of how many, and by how much at most: a power of ten (``1e-2``), ``text``, ``kind`` or ``rows``."""

    rows: int
    differing: int
    how: str = ""

    @property
    def equal(self) -> bool:
        """Whether all rows are the same."""
        return self.differing == 0


def compare(expected: Any, answers: Any) -> Comparison:
    """Compare row by row; a single answer counts as one row."""
    left, right = _rows(expected), _rows(answers)
    if len(left) != len(right):
        return Comparison(len(left), max(len(left), len(right)), "rows")
    worst, text, kind, differing = 0.0, False, False, 0
    for one, other in zip(left, right, strict=True):
        gap = _gap(one, other)
        if gap is None:
            continue
        differing += 1
        text |= gap == "text"
        kind |= gap == "kind"
        worst = max(worst, gap) if isinstance(gap, float) else worst
    how = "kind" if kind else "text" if text else _power_of_ten(worst) if differing else ""
    return Comparison(len(left), differing, how)


def _rows(answers: Any) -> Sequence[Any]:
    return answers if isinstance(answers, (list, tuple)) else [answers]


def _gap(one: Any, other: Any) -> float | str | None:
    """None if equal; else the relative difference of numbers, ``text`` or ``kind``."""
    if _is_number(one) and _is_number(other):
        return _number_gap(float(one), float(other))
    if isinstance(one, (Mapping, list, tuple)):
        return _gap_inside(one, other)
    if _is_missing(one) and _is_missing(other):
        return None
    if type(one) is not type(other):
        return "kind"
    return None if one == other else "text"


def _gap_inside(one: Any, other: Any) -> float | str | None:
    if isinstance(one, Mapping):
        return (
            _worst(_gap(one[key], other[key]) for key in one)
            if isinstance(other, Mapping) and list(one) == list(other)
            else "kind"
        )
    if not isinstance(other, (list, tuple)) or len(one) != len(other):
        return "kind"
    return _worst(_gap(left, right) for left, right in zip(one, other, strict=True))


def _worst(gaps: Any) -> float | str | None:
    found = [gap for gap in gaps if gap is not None]
    for word in ("kind", "text"):
        if word in found:
            return word
    return max(found) if found else None


def _number_gap(one: float, other: float) -> float | None:
    if math.isnan(one) or math.isnan(other):
        return None if math.isnan(one) and math.isnan(other) else math.inf
    if one == other or abs(one - other) <= NOISE:
        return None
    if math.isinf(one) or math.isinf(other):
        return math.inf
    gap = abs(one - other) / max(abs(one), abs(other))
    return None if gap <= TOLERANCE else gap


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _power_of_ten(gap: float) -> str:
    return "inf" if math.isinf(gap) else f"1e{math.floor(math.log10(gap))}"
