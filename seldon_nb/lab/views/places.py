"""Places, and what can answer there."""

from __future__ import annotations

from seldon_nb.cards.servers import server_name
from seldon_nb.lab.schema import PlaceName, ServerView
from seldon_nb.render.runtimes import RUNTIMES
from seldon_nb.words import N_, tr_with

_LABELS: dict[str, str] = {"here": N_("This machine"), "cluster": N_("The cluster")}


def place_name(text: str) -> PlaceName:
    """A place's name as the contract knows it."""
    return "cluster" if text == "cluster" else "here"


def place_label(name: str) -> str:
    """What people call it."""
    return tr_with(_LABELS[name], {})


def servers(place: PlaceName) -> tuple[ServerView, ...]:
    """What a plan can ask for: one machine has MLServer's own runtimes, with its packages; a cluster brings the images of all."""
    return tuple(
        ServerView(value=server.value, label=server_name(server), protocols=runtime.protocols)
        for server, runtime in RUNTIMES.items()
        if runtime.ours or place == "cluster"
    )
