"""The live part of the panel's server: pages of 5,000 deployments, how soon a change is told, and what watching costs while nothing happens.

The deployments are values and files; no place is started.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
import tracemalloc
from pathlib import Path

import psutil

from seldon_nb.here.records import Live
from seldon_nb.lab.inventory import Inventory, Query
from seldon_nb.lab.schema import DeploymentsPage
from seldon_nb.lab.views.rows import deployment_row
from seldon_nb.lab.watching import Watching
from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace
from tests.lab.test_inventory import MANY, status

_IDLE_S = 20.0


def run() -> list[str]:
    """Lines for the report."""
    lines = ["| what | measured | goal |", "|---|---|---|"]
    lines += _pages()
    with tempfile.TemporaryDirectory(prefix="snb-") as directory:
        lines += _changes(Path(directory) / "home")
    return lines


def _pages() -> list[str]:
    many = [
        status(
            f"model-{number:04}", namespace=f"team-{number % 40}", place="cluster", calls=number % 700, p50=number % 90 or None
        )
        for number in range(MANY)
    ]
    tracemalloc.start()
    inventory = Inventory(deployment_row)
    inventory.put("cluster", "you", many)
    room = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    told = [f"| memory of {MANY:,} deployments | {room:.1f} MB | small |"]
    for what, query in {
        "100 of them by name": Query(limit=100),
        "500 of them by calls": Query(limit=500, sort="calls", descending=True),
        "found by two words": Query(limit=100, text="fraud team-7", sort="age"),
    }.items():
        times = []
        for _ in range(20):
            began = time.perf_counter()
            inventory.page(query)
            times.append((time.perf_counter() - began) * 1000)
        told.append(f"| a page: {what}, median (first) | {statistics.median(times):.1f} ms ({times[0]:.1f} ms) | ≤ 30 ms |")
    wire = []
    for _ in range(20):
        began = time.perf_counter()
        found = inventory.page(Query(limit=100))
        page = DeploymentsPage(items=found.rows, offset=0, total=found.total, version=found.version, mine=found.mine, shared=0)
        page.model_dump_json(by_alias=True)
        wire.append((time.perf_counter() - began) * 1000)
    told.append(f"| 100 of them as the answer's JSON, median | {statistics.median(wire):.1f} ms | ≤ 100 ms, all the way |")
    return told


def _changes(home: Path) -> list[str]:
    workspace = Workspace(Settings(home=home))
    heard, more = {}, threading.Condition()

    def tell(changes):
        with more:
            heard.update({change.revision: time.monotonic() for change in changes})
            more.notify_all()

    watching = Watching(workspace, Inventory(deployment_row), tell, idle_s=600.0)
    try:
        for number in range(20):
            workspace.place.records.commit(Live(revision=status(f"model-{number}").revision, slot="none"))
        watching.attend(10.0)
        delays = []
        for number in range(2, 32):
            workspace.place.records.commit(Live(revision=status("model-7", number=number).revision, slot="none"))
            began = time.monotonic()
            with more:
                assert more.wait_for(lambda n=number: n in heard, 5.0)
            delays.append((heard[number] - began) * 1000)
            time.sleep(0.11)
        time.sleep(2.0)
        process = psutil.Process()
        before = process.cpu_times()
        time.sleep(_IDLE_S)
        after = process.cpu_times()
        used = (after.user + after.system - before.user - before.system) / _IDLE_S * 100
    finally:
        watching.close()
        workspace.close()
    return [
        f"| a file replaced → the change told, median | {statistics.median(delays):.0f} ms | ≤ 200 ms |",
        f"| the slowest of {len(delays)} | {max(delays):.0f} ms | – |",
        f"| watching 20 deployments while nothing happens | {used:.2f} % of a core | < 1 % |",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
