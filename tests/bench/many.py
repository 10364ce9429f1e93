"""A place with thousands of deployments for the panel's server: real rows, real inventory, real events; only what is watched is made up.

The server's configuration says ``c.SeldonNbApp.workspace_factory = tests.bench.many.workspace``.  Writing a number and a state into ``<home>/poke``
changes that deployment.
"""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path
from typing import Any

from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import DeploymentStatus, Revision, State, Target
from seldon_nb.domain.principal import Principal
from seldon_nb.ports import Glimpse, Told
from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace

MANY = 5000
CONFIG = "from tests.bench.many import workspace\nc = get_config()\nc.SeldonNbApp.workspace_factory = workspace\n"


def status(number: int, owner: str, state: State = State.ANSWERING) -> DeploymentStatus:
    """Deployment ``number`` of them all; ``model-0000`` comes first in a list."""
    revision = Revision(
        target=Target("dev", f"model-{number:04}", "here"),
        number=1,
        plan_digest=f"sha256:{number:064x}",
        documents_digest="",
        model=f"fraud@{number % 7 + 1}",
        model_digest="",
        classification=Classification.UNCLASSIFIED,
        applied_by=Principal(owner),
        applied_at=f"2026-11-{number % 20 + 1:02}T12:00:00.000Z",
        callers=(),
        documents=(),
    )
    return DeploymentStatus(revision=revision, state=state, calls=number, p50_ms=number % 90 + 2)


class ManyWatch:
    """What is seen of them, and what changes when somebody writes into the file ``poke``."""

    def __init__(self, home: Path, owner: str) -> None:
        self._poke = home / "poke"
        self._statuses = {one.target: one for one in (status(number, owner) for number in range(MANY))}
        self._owner = owner
        self._end = threading.Event()

    def start(self, told: Told) -> None:
        """Look at the file every two milliseconds."""

        def follow() -> None:
            seen = ""
            while not self._end.wait(0.002):
                said = self._poke.read_text(encoding="utf-8") if self._poke.is_file() else ""
                if said not in ("", seen):
                    seen = said
                    number, _, word = said.partition(" ")
                    one = status(int(number), self._owner, State(word))
                    self._statuses[one.target] = one
                    told(frozenset({one.target}))

        threading.Thread(target=follow, daemon=True).start()

    def look(self, targets: frozenset[Target] | None = None) -> Glimpse:
        """All, or some."""
        if targets is None:
            return Glimpse(tuple(self._statuses.values()))
        return Glimpse(tuple(self._statuses[target] for target in targets if target in self._statuses))

    def check(self) -> None:
        """Nothing keeps it from seeing."""

    def stop(self) -> None:
        """No more looking."""
        self._end.set()


def workspace(settings: Settings) -> Any:
    """A workspace whose *here* shows them all."""
    made = Workspace(settings)
    owner = made.ports.access.whoami().name
    vars(made)["ports"] = dataclasses.replace(made.ports, watch=lambda: ManyWatch(made.home.root, owner))
    return made
