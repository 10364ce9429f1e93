"""From a plan to the first answer through the route, in a cluster: the workflow's part and the rollout's part, image cached."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.cluster.serving import ClusterServing
from seldon_nb.steps.deploy import becoming
from tests.cluster import node as nodes
from tests.cluster.ground import in_a_cluster
from tests.cluster.reach import Clock, reach

ROUNDS = 5


def run() -> list[str]:
    """Lines for the report."""
    if nodes.running() is None:
        return ["No node is up (`make cluster`): not measured."]
    with (
        tempfile.TemporaryDirectory(prefix="snb-", dir="/tmp") as folder,
        in_a_cluster(Path(folder), "snb-bench", "snb-bench-b") as ground,
    ):
        _log(ground)
        counted = _requests(ground)
        ground.workspace.deploy("steady@1", to=ground.open, name="warm").delete()
        seen = [_once(ground, number) for number in range(ROUNDS)]
    rollout, whole = (statistics.median(column) for column in zip(*seen, strict=True))
    return [
        f"The median of {ROUNDS} deployments, one after the other, under the stand-in operator; two cores carry the node, the pods and the client.",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| requests of one plan to the API server | {counted[0]} | ≤ 8 |",
        f"| a plan against it, without the catalogue and the clean room | {counted[1] * 1000:.0f} ms | ≤ 300 ms |",
        f"| SeldonDeployment created → it answers through the route | {rollout:.1f} s | ≤ 6 s |",
        f"| apply() until it returns | {whole:.1f} s | – |",
        f"| so the workflow adds | {whole - rollout:.1f} s | ≤ 15 s |",
    ]


def _log(ground) -> None:
    import pandas as pd
    from sklearn.dummy import DummyClassifier

    rows = pd.DataFrame({"amount": [1.0, 2.0, 3.0]})
    ground.workspace.log(DummyClassifier(strategy="constant", constant=1).fit(rows, [1, 2, 1]), name="steady", sample=rows)


def _requests(ground) -> tuple[int, float]:
    """(requests, seconds) of a plan's part in the cluster: facts, rights and what lives."""
    api = ground.ports.serving._api
    ground.workspace.plan("steady@1", to=ground.open, name="counted")
    fresh = ground.as_("you")
    api = fresh.cluster.serving._api
    api.credentials  # noqa: B018 - connects
    before = api.requests
    fresh.plan("steady@1", to=ground.open, name="counted")
    number = api.requests - before
    times = []
    for _ in range(20):
        began = time.perf_counter()
        fresh.cluster.serving.namespace(ground.open, deployment="counted")
        times.append(time.perf_counter() - began)
    return number, statistics.median(times)


def _once(ground, number: int) -> tuple[float, float]:
    """Seconds: (the same document created by hand until it answers through the route, apply() until it returns)."""
    ready = ground.workspace.plan("steady@1", to=ground.open, name=f"by-hand-{number}")
    by_hand = timed(lambda: _by_hand(ready.value))
    deployment = None

    def whole() -> None:
        nonlocal deployment
        deployment = plan.apply()

    plan = ground.workspace.plan("steady@1", to=ground.open, name=f"timed-{number}")
    took = timed(whole)
    deployment.delete()
    return by_hand, took


def _by_hand(plan) -> None:
    """The rollout alone: no workflow, no files brought beforehand."""
    node = nodes.running()
    with reach(node.kubeconfig) as api:
        serving = ClusterServing(api, ClusterEndpoint(api), Clock())
        revision = becoming(plan, by=plan.spec.requested_by, at="2026-11-21T12:00:00.000Z")
        serving.apply(revision, Path("/nonexistent"), lambda _: None)
        serving.delete(revision.target)


def timed(act) -> float:
    """Seconds that it took."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    print("\n".join(run()))
