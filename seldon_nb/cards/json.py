"""Cards for scripts: plain JSON with stable keys."""

from __future__ import annotations

from typing import Any

from seldon_nb.cards.card import Card, Step
from seldon_nb.cards.skin import Skin, command


def to_json(card: Card, skin: Skin = Skin.SHELL) -> dict[str, Any]:
    """The card's data beside ``kind``, ``title``, ``tone``, ``state``, ``badge``, ``steps`` and ``who``.

    Keys, codes and names are the same in every language; ``title``, ``say`` and ``who`` are sentences for people.  Where the data has a key of
    the same name (``state``: ``answering``), the data's stable value stands.
    """
    steps = [_step(step, skin) for step in card.steps]
    head: dict[str, Any] = {"kind": card.kind, "title": card.title, "tone": card.tone.value, "steps": steps}
    marks = {"state": card.state, "badge": card.badge, "who": card.who}
    return {**head, **{key: value for key, value in marks.items() if value}, **_plain(card.data)}


def _step(step: Step, skin: Skin) -> dict[str, str]:
    if not step.command:
        return {"say": step.say}
    line = command(step, skin)
    kind = step.kind
    if kind == "verb":
        kind = "magic" if skin is Skin.NOTEBOOK else "shell" if line.startswith("seldon-nb ") else "python"
    return {"say": step.say, "command": line, "kind": kind}


def _plain(value: Any) -> Any:
    """Mappings as dicts and tuples as lists, all the way down."""
    if hasattr(value, "items"):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    return value
