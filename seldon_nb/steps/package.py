"""Step 2, package: the files that were planned, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seldon_nb.digests import tree_digest
from seldon_nb.domain.errors import fail
from seldon_nb.domain.plan import Plan
from seldon_nb.ports import Ports

#: Brings a plan's files and says where they lie.
Bring = Callable[[Plan], Path]


def package(ports: Ports, plan: Plan, *, bring: Bring | None = None) -> Path:
    """A local directory with exactly the bytes of the plan's model digest.

    Args:
        bring: how the files are brought; the catalogue's own way if None.

    Raises:
        SNB-128: the files are not the ones that were planned.
        SNB-140: the catalogue cannot be reached.
    """
    path = bring(plan) if bring is not None else ports.catalog.files(plan.spec.version)
    found = tree_digest(path)
    if found != plan.spec.version.digest:
        raise fail("SNB-128", ref=plan.spec.version.ref, planned=plan.spec.version.digest, found=found)
    return path
