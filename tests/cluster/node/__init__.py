"""A real Kubernetes of one node for the tests: built from Go modules, run in namespaces of its own, left without a trace."""

from __future__ import annotations

from tests.cluster.node.machine import Node, ObjectStore
from tests.cluster.node.requirements import CannotError

__all__ = ["CannotError", "Node", "ObjectStore", "ensure", "leftovers", "running"]


def running() -> Node | None:
    """This checkout's node, where it is up."""
    from tests.cluster.node import machine, place

    return machine.read(place.here())


def ensure() -> Node:
    """This checkout's node, built and started where need be. Raises CannotError, in one sentence, where this machine cannot."""
    from tests.cluster.node import life

    return life.up(lambda line: print(line, flush=True))


def leftovers() -> list[str]:
    """What exists of this checkout's node on the host, each as one line; empty after `down`."""
    from tests.cluster.node import life

    return life.leftovers()
