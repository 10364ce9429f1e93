"""Gateways to ask: one for the tests of a module, and one of a test's own for those that stop it."""

from __future__ import annotations

import pytest

from tests.here.gateway_place import a_place


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with a_place(tmp_path_factory.mktemp("place")) as place:
        yield place


@pytest.fixture
def place(shared):
    """The shared place as it was published, with nothing seen yet."""
    shared.publish()
    shared.one.seen.clear()
    shared.two.seen.clear()
    return shared


@pytest.fixture
def own(tmp_path):
    with a_place(tmp_path) as place:
        yield place
