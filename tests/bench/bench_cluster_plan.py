"""What a plan costs at a real API server: requests and time for all facts of a namespace, empty and with a thousand objects in it."""

from __future__ import annotations

import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from seldon_nb.cluster import kinds
from seldon_nb.cluster.facts import MOST, Facts
from seldon_nb.cluster.rights import Rights
from tests.cluster import node as nodes
from tests.cluster.reach import reach

ROUNDS = 20
OBJECTS = 1000


def run() -> list[str]:
    """Lines for the report."""
    node = nodes.running()
    if node is None:
        return ["No node is up (`make cluster`): not measured."]
    namespace = f"bench-{uuid.uuid4().hex[:6]}"
    with reach(node.kubeconfig) as api:
        api.create(kinds.NAMESPACE, "", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        try:
            _once(api, namespace)
            empty = [_once(api, namespace) for _ in range(ROUNDS)]
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda number: api.create(kinds.CONFIG_MAP, namespace, _object(number)), range(OBJECTS)))
            full = [_once(api, namespace) for _ in range(ROUNDS)]
            began = time.perf_counter()
            api.get(kinds.NAMESPACE, "", namespace)
            one = time.perf_counter() - began
        finally:
            api.delete(kinds.NAMESPACE, "", namespace)
    return [
        f"One request takes {one * 1000:.1f} ms here, server's work included.",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| requests | {max(count for _, count in (*empty, *full))} | ≤ {MOST} |",
        f"| an empty namespace, median | {statistics.median(taken for taken, _ in empty) * 1000:.0f} ms | ≤ 300 ms |",
        f"| with {OBJECTS:,} objects in it, median | {statistics.median(taken for taken, _ in full) * 1000:.0f} ms | ≤ 300 ms |",
    ]


def _once(api, namespace):
    facts = Facts(api, Rights(api, time.monotonic), storage_secret="store")  # nothing kept from the former round
    before, began = api.requests, time.perf_counter()
    facts.of(namespace, deployment="fraud")
    return time.perf_counter() - began, api.requests - before


def _object(number):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"o{number}"}, "data": {"text": "x" * 1000}}


if __name__ == "__main__":
    print("\n".join(run()))
