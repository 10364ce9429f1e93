"""The page of all codes, as Markdown."""

from __future__ import annotations

from seldon_nb.cards.clean import visible
from seldon_nb.cards.error import sentence, steps_of
from seldon_nb.cards.skin import Skin, command
from seldon_nb.domain.code import N_, Code
from seldon_nb.domain.codes import ALL
from seldon_nb.words import tr

_HUNDREDS = {
    "1": N_("The model and its contract"),
    "2": N_("The plan and its documents"),
    "3": N_("The deployment and its answers"),
    "4": N_("Access and classification"),
    "5": N_("The place it runs in"),
    "6": N_("The record of acts"),
    "7": N_("How it was asked"),
    "9": N_("Faults of ours"),
}


def codes_page() -> str:
    """One table per hundred: code, what it says (with example facts), and what to do."""
    parts = [
        "# " + tr("All codes"),
        tr("Codes stay the same in every release and in every language. `explain SNB-…` tells one in full, offline."),
    ]
    for digit, title in _HUNDREDS.items():
        codes = [code for code in sorted(ALL.values(), key=lambda code: code.id) if code.id[4] == digit]
        if codes:
            parts += [f"## {digit}xx · " + tr(title), "\n".join((*_head(), *map(_row, codes)))]
    return "\n\n".join(parts) + "\n"


def _head() -> tuple[str, str]:
    names = (tr("Code"), tr("In a plan"), tr("What it says, for example"), tr("What to do"))
    return f"| {' | '.join(names)} |", "|---|---|---|---|"


def _row(code: Code) -> str:
    says = " ".join(part for part in (sentence(code.what, code.example), sentence(code.saw, code.example)) if part)
    weight = {"block": tr("stops it"), "warn": tr("warning"), "info": tr("note")}[code.severity.value] if code.severity else ""
    if code.overridable:
        weight += ", " + tr("can be taken on")
    todo = "<br>".join(
        _cell(step.say) + (f" `{command(step, Skin.SHELL)}`" if step.command else "") for step in steps_of(code, code.example)
    )
    return f"| {code.id} | {weight} | {_cell(says)} | {todo.replace('|', chr(92) + '|')} |"


def _cell(text: str) -> str:
    return visible(text).replace("|", "\\|").replace("<", "&lt;")
