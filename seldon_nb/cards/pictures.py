"""Small pictures as inline SVG: a line of former values, a bar, a meter, a station on a line.

Each is a function of numbers, shares and tones.  No text of anybody's is drawn, no script, no reference to anything outside: the words stand beside
the picture in the card and say all that it says, so the picture itself is hidden from those who have it read to them.  Colours are the card's
variables (``seldon_nb.cards.style``), which follow the reader's theme.
"""

from __future__ import annotations

from collections.abc import Sequence

from seldon_nb.cards.card import Tone
from seldon_nb.cards.tones import ICONS

MOST_VALUES = 6  # this one and the last five
_WIDTH, _HEIGHT, _EDGE = 96.0, 22.0, 4.0


def points(values: Sequence[float | None]) -> list[tuple[float, float] | None]:
    """Where the last values stand in a field of 96 x 22, the lowest at the bottom; None for a gap; in the middle if all are the same."""
    drawn = list(values)[-MOST_VALUES:]
    known = [value for value in drawn if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    stride = (_WIDTH - 2 * _EDGE) / (MOST_VALUES - 1)
    first = MOST_VALUES - len(drawn)  # the newest stands at the right, however few there are
    return [
        None if value is None else (_EDGE + stride * (first + index), _level(value, low, high))
        for index, value in enumerate(drawn)
    ]


def _level(value: float, low: float, high: float) -> float:
    span = high - low
    share = 0.5 if not span else value / span - low / span  # divided first: the difference of huge numbers has no room
    return _HEIGHT - _EDGE - min(1.0, max(0.0, share)) * (_HEIGHT - 2 * _EDGE)


def sparkline(values: Sequence[float | None]) -> str:
    """The last six values as a line with small dots, the newest with a large one; nothing is drawn of no value."""
    places = points(values)
    lines, run = [], list[tuple[float, float]]()
    for place in [*places, None]:
        if place is not None:
            run.append(place)
        elif run:
            lines += [f'<polyline points="{" ".join(f"{x:g},{y:.4g}" for x, y in run)}"></polyline>'] if len(run) > 1 else []
            run = []
    dots = [f'<circle cx="{place[0]:g}" cy="{place[1]:.4g}" r="1.6"></circle>' for place in places[:-1] if place]
    if places and places[-1]:
        x, y = places[-1]
        dots.append(f'<circle class="no" cx="{x:g}" cy="{y:.4g}" r="3"></circle>')
    return f'<svg class="sp" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" aria-hidden="true">{"".join((*lines, *dots))}</svg>'


def bar(share: float) -> str:
    """A share of 0 to 1 as a bar over its whole."""
    return _shares(_percent(share), _percent(share))


def meter(now: float, after: float) -> str:
    """What is used now and what comes in addition; what is given back looks free."""
    return _shares(_percent(min(now, after)), _percent(after))


def _percent(share: float) -> int:
    return round(max(0.0, min(1.0, share)) * 100) if share == share else 0  # noqa: PLR0124 - not a number equals nothing


def _shares(kept: int, end: int) -> str:
    more = f'<rect class="ne" x="{kept}" width="{end - kept}" height="8"></rect>' if end > kept else ""
    return (
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="us" width="{kept}" height="8"></rect>{more}</svg>'
    )


def station(tone: Tone, *, first: bool, last: bool, reached: bool = True, onward: bool = False, icon: bool = True) -> str:
    """One station of a line of stations of equal width: the way before it, a round sign, the way behind it.

    Args:
        first, last: the line begins or ends here.
        reached: false draws the sign and the way to it hollow: not there yet, or not known.
        onward: the next one is reached.
        icon: the tone's icon in the sign; a plain dot if false.
    """
    state, next_state = ("on" if known else "of" for known in (reached, onward))
    ways = "" if first else f'<line class="{state}" x1="0" x2="50%" y1="10" y2="10"></line>'
    ways += "" if last else f'<line class="{next_state}" x1="50%" x2="100%" y1="10" y2="10"></line>'
    sign = ICONS[tone] if icon and reached else ""
    text = f'<text x="50%" y="14" text-anchor="middle">{sign}</text>' if sign else ""
    size = 9 if icon else 5
    return f'<svg class="sg" width="100%" height="20" aria-hidden="true">{ways}<circle class="{state}" cx="50%" cy="10" r="{size}"></circle>{text}</svg>'
