"""The ground that the contract is tested on: this machine's place, or with ``--place cluster`` a Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.ground import Ground


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is promised of one place only is not collected for another."""
    place = config.getoption("--place")
    others = [item for item in items if (mark := item.get_closest_marker("only")) is not None and place not in mark.args]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="module")
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """The place that was asked for."""
    if request.config.getoption("--place") == "here":
        workspace = request.getfixturevalue("workspace")
        yield Ground("here", workspace, workspace.ports, "dev", "protb", workspace.as_)
        return
    from tests.cluster.ground import in_a_cluster

    with in_a_cluster(request.getfixturevalue("short_tmp"), "snb-dev", "snb-protb") as made:
        yield made
