"""Next steps with their commands written for a notebook, or for a shell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from seldon_nb.cards.card import Step
from seldon_nb.cards.clean import visible
from seldon_nb.cards.skin import Skin, command
from seldon_nb.lab.schema import NextStep

Kind = Literal["", "magic", "python", "shell"]


def next_steps(steps: Iterable[Step], skin: Skin = Skin.NOTEBOOK) -> tuple[NextStep, ...]:
    """Steps as the panel shows them."""
    return tuple(
        NextStep(say=visible(step.say, lines=True), command=visible(command(step, skin)), kind=_kind(step, skin))
        for step in steps
    )


def _kind(step: Step, skin: Skin) -> Kind:
    if not step.command:
        return ""
    if step.kind == "verb":
        return "magic" if skin is Skin.NOTEBOOK else "shell"
    return "python" if step.kind == "python" else "shell"
