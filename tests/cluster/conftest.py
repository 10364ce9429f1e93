"""The cluster that the tests of this directory use: this checkout's own node, or the user's."""

from __future__ import annotations

import os
import uuid

import pytest

from tests.cluster import foreign
from tests.cluster import node as nodes
from tests.cluster.operator_fixtures import operator_namespace, seldon_operator  # noqa: F401
from tests.lab.conftest import browser, built_panel, chromium  # noqa: F401


@pytest.fixture(scope="session")
def node():
    """This checkout's node, up; for tests that look into it or stop parts of it."""
    if foreign.chosen() is not None:
        pytest.skip("the cluster of your KUBECONFIG is used, and this test needs a node of its own")
    try:
        return nodes.ensure()
    except nodes.CannotError as error:
        if os.environ.get("SELDON_NB_REQUIRE_CLUSTER"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def cluster(request):
    """The cluster under test: this checkout's node, or the user's own."""
    return foreign.chosen() or request.getfixturevalue("node")


@pytest.fixture(scope="session")
def kubeconfig(cluster):
    """The path of its kubeconfig, with one context for each persona."""
    return cluster.kubeconfig


@pytest.fixture
def own_namespace(cluster):
    """A namespace for one test; its removal is asked for at the end and not waited for."""
    name = f"t-{uuid.uuid4().hex[:8]}"
    api = cluster.api()
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    api.wait(f"/api/v1/namespaces/{name}/serviceaccounts/default", lambda found: True)
    yield name
    api.ask("DELETE", f"/api/v1/namespaces/{name}")
