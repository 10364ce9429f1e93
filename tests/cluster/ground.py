"""One place with people in it, as tests of the whole journey want it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from seldon_nb.workspace import Settings, Workspace


@dataclass(frozen=True)
class Ground:
    """One place, and what its tests need to know of it.

    Attributes:
        workspace: of ``you``.
        ports: the place's seams.
        open: a namespace without protected data.
        protected: one that may hold it.
        as_: the same place seen by ``colleague``, ``stranger`` or ``auditor``.
    """

    place: str
    workspace: Workspace
    ports: Any
    open: str
    protected: str
    as_: Callable[[str], Workspace]


@contextlib.contextmanager
def in_a_cluster(directory: Path, open_: str, protected: str) -> Iterator[Ground]:
    """Two strict namespaces of the cluster under test, set up and removed again; ``KUBECONFIG`` names the cluster meanwhile.

    Args:
        directory: an empty one, for MLflow's files and everybody's homes.
    """
    from tests.cluster.foreign import chosen
    from tests.cluster.stage import prepare, stage

    made: list[Workspace] = []

    def of(persona: str) -> Workspace:
        home = directory / persona
        made.append(Workspace(Settings(home=home, tracking_uri=ready.tracking_uri, place="cluster", context=persona)))
        return made[-1]

    with stage(directory, open_, cluster=chosen()) as ready, pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", str(ready.kubeconfig))
        prepare(ready.cluster, protected, ready.tracking_uri, classification="protected-b")
        workspace = of("you")
        try:
            yield Ground("cluster", workspace, workspace.cluster, open_, protected, of)
        finally:
            for one in made:
                one.close()
            for name in (open_, protected):
                ready.cluster.kubectl("delete", "namespace", name, "--wait=false")
