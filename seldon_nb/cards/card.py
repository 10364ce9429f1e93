"""A card: what is shown, described once.  HTML, plain text and JSON are renderings of this value.

Text in a card is already translated.  ``data`` is for machines: stable English keys, plain JSON values, never translated.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Tone(enum.Enum):
    """The mood of a card or a line; always shown as an icon and a word, never by colour alone."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value, one row each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption for screen readers; ``right`` names the columns that are numbers."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """A next step: a sentence and at most one command.

    ``kind`` is ``python`` or ``shell`` (the command is complete), or ``verb``: a line of the common grammar, to which the renderer puts the
    prefix of the place where the card is shown.
    """

    say: str = ""
    command: str = ""
    kind: str = "verb"


@dataclass(frozen=True, slots=True)
class Line:
    """One checked thing: tone (icon and word), an optional code, a sentence, and steps."""

    tone: Tone
    text: str
    code: str = ""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """A list of checked things."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Preformatted text (a document, a diff), folded under its title in HTML; ``language`` is ``yaml``, ``diff``, ``text`` or ``python``."""

    title: str
    text: str
    language: str = "text"
    folded: bool = True


@dataclass(frozen=True, slots=True)
class Timeline:
    """Stages with a tone each and a short note (``0.2 s``)."""

    stages: tuple[tuple[str, Tone, str], ...]


@dataclass(frozen=True, slots=True)
class Meter:
    """A part of a whole, now and afterwards, as shares of 0 to 1 (more, if it does not fit); ``text`` says the same in words."""

    label: str
    now: float
    after: float
    text: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Meters:
    """Meters below each other, with a caption."""

    meters: tuple[Meter, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Spark:
    """One number and its former values, as a small line with a dot at its end.

    Attributes:
        label: what it is (``auc``).
        values: finite numbers, oldest first, this one last; None where a former run has none.  At most six are drawn.
        text: this value as it is read (``0.941``).
        note: how it compares, in words (``0.003 higher than the last run``); with ``text`` it says all that the picture does.
        tone: ``GOOD`` or ``BAD`` only where it is known which way is better.
    """

    label: str
    values: tuple[float | None, ...]
    text: str
    note: str = ""
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Sparklines:
    """Numbers below each other, each with its small line, and a caption."""

    sparks: tuple[Spark, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One part: ``share`` of 0 to 1 drawn as a bar, ``text`` the same in words (``92 %``); ``strong`` marks the one that counts (the answer)."""

    label: str
    share: float
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Parts below each other (the classes of one answer, the shares of a column), with a caption."""

    bars: tuple[Bar, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """One station of a lineage.

    Attributes:
        kind: ``notebook``, ``run``, ``version``, ``workflow`` or ``deployment``; stable, never translated.
        label: the kind in words; text: its name (``fraud@3``); empty if nothing is known of it, which is drawn as a gap.
        note: one short remark (``Tuesday 14:02``).
        tone: how it is, with its icon; ``NEUTRAL`` draws none.
    """

    kind: str
    label: str
    text: str
    note: str = ""
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Strip:
    """Where something comes from and went, left to right: notebook → run → version → workflow → deployment."""

    stops: tuple[Stop, ...]
    caption: str = ""


Block = Text | Facts | Table | Lines | Listing | Timeline | Meters | Sparklines | Bars | Strip


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One thing shown.

    Attributes:
        kind: what it is (``plan``, ``deployment``, ``error``…), stable.
        title: one line; badge: the classification in capitals, or empty.
        state: one word with the tone's icon, at the right of the title.
        steps: what to do next; who: who can help.
        python: the one line of Python that does the same.
        data: plain JSON for ``--json``.
    """

    kind: str
    title: str
    badge: str = ""
    tone: Tone = Tone.NEUTRAL
    state: str = ""
    blocks: tuple[Block, ...] = ()
    steps: tuple[Step, ...] = ()
    who: str = ""
    python: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
