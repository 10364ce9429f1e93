"""The pictures of a card where only characters can be shown: bars of squares, small lines of blocks."""

from __future__ import annotations

from collections.abc import Sequence

from seldon_nb.cards.pictures import MOST_VALUES

SQUARES = 20
_BLOCKS = "▁▂▃▄▅▆▇█"


def meter(now: float, after: float) -> str:
    """What is used, what comes and what is left, in twenty squares; what is given back looks free."""
    kept, end = (_squares(share) for share in (min(now, after), after))
    return "█" * kept + "▓" * (end - kept) + "░" * (SQUARES - end)


def bar(share: float) -> str:
    """A share of 0 to 1 in twenty squares."""
    full = _squares(share)
    return "█" * full + "░" * (SQUARES - full)


def _squares(share: float) -> int:
    return round(max(0.0, min(1.0, share)) * SQUARES) if share == share else 0  # noqa: PLR0124 - not a number equals nothing


def sparkline(values: Sequence[float | None]) -> str:
    """The last six values as blocks of eight heights, the newest at the right; a dot for a gap, an empty place for a run that never was."""
    drawn = list(values)[-MOST_VALUES:]
    known = [value for value in drawn if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return "".join("·" if value is None else _block(value, low, high) for value in drawn).rjust(MOST_VALUES)


def _block(value: float, low: float, high: float) -> str:
    span = high - low
    share = 0.5 if not span else value / span - low / span
    return _BLOCKS[round(min(1.0, max(0.0, share)) * (len(_BLOCKS) - 1))]
