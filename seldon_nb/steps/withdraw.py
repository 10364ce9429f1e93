"""After a live check that failed: what served before serves again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.model import ModelRef
from seldon_nb.ports import Ports


def withdraw(ports: Ports, failed: Revision, former: Revision | None, *, files: Path | None = None) -> None:
    """Put back what served before a revision that did not pass its live check; delete it if nothing did.

    Args:
        files: given where the place brings the former model's files by itself; else the catalogue is asked for them.
    """
    if former is None:
        ports.serving.delete(failed.target)
        return
    if files is None:
        files = ports.catalog.files(ports.catalog.find(ModelRef.parse(former.model)))
    again = replace(former, number=failed.number + 1, applied_at=timestamp(ports.clock.now()))
    ports.serving.apply(again, files, lambda _: None)
