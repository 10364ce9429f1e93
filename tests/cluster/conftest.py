"""The cluster that the tests of this directory use: this checkout's own node, or the user's."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from tests.cluster import node as nodes
from tests.cluster.operator_fixtures import operator_namespace, seldon_operator  # noqa: F401


def foreign_kubeconfig() -> Path | None:
    """The user's own cluster, where a variable names one; the kubeconfig of our node does not count."""
    for variable in ("SELDON_NB_TEST_KUBECONFIG", "KUBECONFIG_FOR_TESTS", "KUBECONFIG"):
        named = os.environ.get(variable)
        if named:
            ours = nodes.running()
            return None if ours is not None and Path(named) == ours.kubeconfig else Path(named)
    return None


@pytest.fixture(scope="session")
def node():
    """This checkout's node, up; for tests that look into it or stop parts of it."""
    if foreign_kubeconfig() is not None:
        pytest.skip("the cluster of your KUBECONFIG is used, and this test needs a node of its own")
    try:
        return nodes.ensure()
    except nodes.CannotError as error:
        if os.environ.get("SELDON_NB_REQUIRE_CLUSTER"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def kubeconfig(request):
    """The path of the kubeconfig of the cluster under test."""
    return foreign_kubeconfig() or request.getfixturevalue("node").kubeconfig


@pytest.fixture
def own_namespace(node):
    """A namespace for one test; its removal is asked for at the end and not waited for."""
    name = f"t-{uuid.uuid4().hex[:8]}"
    api = node.api()
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    api.wait(f"/api/v1/namespaces/{name}/serviceaccounts/default", lambda found: True)
    yield name
    api.ask("DELETE", f"/api/v1/namespaces/{name}")
