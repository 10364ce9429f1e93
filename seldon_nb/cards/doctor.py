"""What works here and what does not, as a card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from seldon_nb.cards.card import Card, Line, Lines, Step, Text, Tone
from seldon_nb.cards.skin import Skin
from seldon_nb.words import tr, trn


class Inspected(Protocol):
    """One thing that was looked at."""

    @property
    def subject(self) -> str:
        """What it is, the same word in every language."""

    @property
    def ok(self) -> bool:
        """Whether it works."""

    @property
    def text(self) -> str:
        """A translated sentence."""

    @property
    def code(self) -> str:
        """What explains it if it does not work; may be empty."""

    @property
    def warn(self) -> bool:
        """Whether it deserves a look although it works."""


def doctor_card(inspected: Iterable[Inspected], *, skin: Skin = Skin.NOTEBOOK) -> Card:
    """One line per thing; those that do not work come with the code that explains them."""
    seen = tuple(inspected)
    bad = sum(not item.ok for item in seen)
    warned = sum(item.ok and item.warn for item in seen)
    tone = Tone.BAD if bad else Tone.WARN if warned else Tone.GOOD
    if bad:
        state = trn("{n} problem", "{n} problems", bad)
    else:
        state = trn("{n} warning", "{n} warnings", warned) if warned else tr("All is well")
    lines = Lines(tuple(_line(item) for item in seen))
    return Card(
        kind="doctor",
        title=tr("What works here"),
        tone=tone,
        state=state,
        blocks=(lines,) if seen else (Text(tr("Nothing was looked at.")),),
        data={
            "ok": not bad,
            "checks": [
                {"subject": item.subject, "ok": item.ok, "warn": item.warn, "code": item.code, "text": item.text} for item in seen
            ],
        },
    )


def _line(item: Inspected) -> Line:
    tone = Tone.BAD if not item.ok else Tone.WARN if item.warn else Tone.GOOD
    steps = (Step(command=f"explain {item.code}"),) if item.code and tone is not Tone.GOOD else ()
    return Line(tone, item.text, item.code if tone is not Tone.GOOD else "", steps)
