"""What a place is and what was found there, as values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seldon_nb.domain.classification import Classification
from seldon_nb.words import tr

GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """``place.json``: what this place is.

    Attributes:
        port: of the gateway, kept once it is chosen.
        classification: of the data that the workspace holds.
        namespaces: (name, ceiling); an empty ceiling is the workspace's classification.
    """

    port: int
    classification: Classification = Classification.UNCLASSIFIED
    namespaces: tuple[tuple[str, str], ...] = (("dev", ""), ("protb", Classification.PROTECTED_B.value))

    def ceiling(self, namespace: str) -> Classification:
        """The highest classification that may live in a namespace; ``KeyError`` if there is none of that name."""
        own = dict(self.namespaces)[namespace]
        return Classification.parse(own) if own else self.classification


@dataclass(frozen=True, slots=True)
class Restored:
    """Something that had stopped and is back: ``gateway``, ``supervisor``, a program's name, or a deployment; and how it had ended."""

    what: str
    reason: str = ""

    def sentence(self) -> str:
        """For people, in their language."""
        if self.what == "supervisor":
            return tr("The supervisor of this place had stopped and is back.")
        if self.what == GATEWAY:
            return tr("The gateway had stopped ({reason}) and is back.", reason=self.reason)
        return tr("The model server of {name} had stopped ({reason}) and is back.", name=self.what, reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReport:
    """What ``up`` or ``down`` found and did.

    Attributes:
        running: whether the place runs now.
        started: names of what was started.
        restored: what had stopped without being told to.
        spare: whether a warm model server is in reserve.
        processes: how many processes belong to the place now.
    """

    running: bool
    home: Path
    port: int
    url: str
    classification: Classification
    namespaces: tuple[str, ...] = ()
    deployments: tuple[str, ...] = ()
    started: tuple[str, ...] = ()
    restored: tuple[Restored, ...] = ()
    spare: bool = False
    processes: int = 0
