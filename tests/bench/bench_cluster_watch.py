"""Watching 5,000 SeldonDeployments of a real API server: the time of the first list, the memory it takes, and how soon a change is heard.

The objects lie in a namespace of their own that is removed afterwards; no operator looks after them.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psutil

from seldon_nb.cluster import kinds
from seldon_nb.cluster.watching import Feed, Watch, slim
from tests.cluster import node as nodes
from tests.cluster.reach import reach, revision

MANY = int(os.environ.get("SELDON_NB_BENCH_DEPLOYMENTS", "5000"))
_SELECTOR = "seldon-nb.io/kind=bench"


def run() -> list[str]:
    """Lines for the report."""
    node = nodes.running()
    if node is None:
        return ["No node is up (`make cluster`): not measured."]
    namespace = f"bench-{uuid.uuid4().hex[:6]}"
    with reach(node.kubeconfig) as api:
        api.create(kinds.NAMESPACE, "", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        try:
            size = _fill(api, namespace)
            return _measure(api, namespace, size)
        finally:
            for page in api.pages(kinds.SELDON, namespace, metadata_only=True):
                with ThreadPoolExecutor(8) as pool:
                    list(pool.map(lambda item: api.delete(kinds.SELDON, namespace, item["metadata"]["name"]), page.items))
            api.delete(kinds.NAMESPACE, "", namespace)


def _fill(api, namespace):
    document = json.loads(json.dumps(dict(revision(namespace, "nowhere.invalid/none:1").document)))
    document["metadata"]["labels"]["seldon-nb.io/kind"] = "bench"

    def make(number):
        body = {**document, "metadata": {**document["metadata"], "name": f"model-{number}"}}
        return len(json.dumps(api.create(kinds.SELDON, namespace, body, repeatable=True)))

    with ThreadPoolExecutor(8) as pool:
        return statistics.mean(pool.map(make, range(MANY)))


def _measure(api, namespace, size):
    heard: dict[tuple[str, str], float] = {}
    told = threading.Condition()

    def listener(change):
        with told:
            heard[change.key[1], change.object["metadata"]["annotations"].get("seldon-nb.io/mark", "")] = time.monotonic()
            told.notify_all()

    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    began = time.monotonic()
    requests = api.requests
    delays = []
    with Watch(api, (Feed(kind=kinds.SELDON, labels=_SELECTOR, reduce=slim),), listener) as watch:
        assert watch.synced(120)
        listed, asked = time.monotonic() - began, api.requests - requests
        assert len(watch.items(kinds.SELDON)) == MANY
        for number in range(50):
            mark = {"metadata": {"annotations": {"seldon-nb.io/mark": str(number)}}}
            api.patch(kinds.SELDON, namespace, f"model-{number * 7 % MANY}", mark)
            answered = time.monotonic()
            with told:
                assert told.wait_for(lambda n=number: (f"model-{n * 7 % MANY}", str(n)) in heard, 5)
            delays.append(max(0.0, heard[f"model-{number * 7 % MANY}", str(number)] - answered))
        gc.collect()
        grown = (process.memory_info().rss - before) / 2**20
    return [
        f"{MANY:,} objects of {size:,.0f} bytes each; the listener is told in the same process.",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| memory | {grown:.0f} MB | ≤ 100 MB |",
        f"| list once | {listed:.1f} s, {asked} requests of {500} objects | – |",
        f"| a change heard after the server's answer, median | {statistics.median(delays) * 1000:.1f} ms | ≤ 100 ms |",
        f"| the slowest of {len(delays)} | {max(delays) * 1000:.1f} ms | ≤ 100 ms |",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
