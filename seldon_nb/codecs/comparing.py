"""Whether two answers are the same, and answers of any form as rows of plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seldon_nb.codecs.cells import Scalar, cell


def same(one: Scalar, other: Scalar, tolerance: float) -> bool:
    """Whether two values are the same: numbers that differ by at most ``tolerance``, or by that share of themselves where they are larger than 1."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= tolerance * max(1.0, abs(one), abs(other))
    return one == other


def same_row(one: Sequence[Scalar], other: Sequence[Scalar], tolerance: float) -> bool:
    """Whether two rows of answers are the same, value by value in their order."""
    return len(one) == len(other) and all(same(left, right, tolerance) for left, right in zip(one, other, strict=True))


def rows_of(answers: Any, outputs: Sequence[str]) -> tuple[tuple[Scalar, ...], ...]:
    """A process's answers as rows.

    Args:
        answers: one value, one list, or one mapping per row, as :func:`seldon_nb.catalog.clean_room_main.plain` gives them.
        outputs: the names in the order that is wanted; mappings of other names keep their own order.

    Raises:
        ValueError: it is no list.
    """
    if not isinstance(answers, list):
        raise ValueError("not a list of answers")  # noqa: TRY004 - the contract of reading
    return tuple(_row(answer, outputs) for answer in answers)


def _row(answer: Any, outputs: Sequence[str]) -> tuple[Scalar, ...]:
    if isinstance(answer, Mapping):
        names = outputs if set(outputs) == set(answer) else tuple(answer)
        return tuple(cell(answer[name]) for name in names)
    if isinstance(answer, list):
        return tuple(cell(item) for item in answer)
    return (cell(answer),)


def shares(columns: Sequence[str], data: Sequence[Sequence[Scalar]]) -> tuple[tuple[tuple[str, float], ...], ...]:
    """Per row, (column, share), where the answers look like shares of a whole: two columns or more, none negative, each row together 1; else nothing."""
    if len(columns) < 2 or not data:
        return ()
    for row in data:
        if not all(isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1 for value in row):
            return ()
        if abs(sum(float(value) for value in row if value is not None) - 1) > 1e-3:
            return ()
    return tuple(tuple((name, float(value or 0)) for name, value in zip(columns, row, strict=True)) for row in data)
