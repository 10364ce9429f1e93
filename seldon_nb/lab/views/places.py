"""Places and their namespaces."""

from __future__ import annotations

from seldon_nb.lab.schema import PlaceName
from seldon_nb.words import N_, tr_with

_LABELS: dict[str, str] = {"here": N_("This machine"), "cluster": N_("The cluster")}


def place_name(text: str) -> PlaceName:
    """A place's name as the contract knows it."""
    return "cluster" if text == "cluster" else "here"


def place_label(name: str) -> str:
    """What people call it."""
    return tr_with(_LABELS[name], {})
