"""The gateway with token, list of callers and access log, against bare MLServer over TCP: throughput and added latency, interleaved."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.bench_journey import ENVIRONMENT, stop, until
from tests.bench.load import Load, in_turn, over_tcp, request
from tests.conftest import free_port

if TYPE_CHECKING:
    from seldon_nb.domain.deployment import Target
    from seldon_nb.workspace import Workspace

REQUESTS = 1600


def model() -> tuple[object, object]:
    """A cheap model, so that what is measured is the way and not the answer."""
    from sklearn.linear_model import LogisticRegression

    from seldon_nb.data import phishing

    features, target = phishing()
    features = features.astype("float64")
    return LogisticRegression(max_iter=500).fit(features, target), features


def changes(workspace: Workspace, target: Target, rounds: int = 20) -> tuple[float, float]:
    """Milliseconds, medians: routes taken away and given back in turn; then ``up`` where everything runs."""
    published, found = [], []
    for number in range(rounds):
        began = time.perf_counter()
        workspace.place.publish(without=target if number % 2 == 0 else None)
        published.append((time.perf_counter() - began) * 1000)
    workspace.place.up()
    for _ in range(rounds):
        began = time.perf_counter()
        workspace.place.up()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(published), statistics.median(found)


def run(rounds: int = 5) -> list[str]:
    """Lines for the report."""
    from seldon_nb.codecs.v2 import encode, layout_of
    from seldon_nb.settings import Settings
    from seldon_nb.workspace import Workspace

    room = Path(tempfile.mkdtemp(prefix="snbg-"))
    workspace = Workspace(Settings(home=room / "home"))
    bare = None
    try:
        workspace.up(port=free_port())
        estimator, features = model()
        workspace.log(estimator, name="cheap", sample=features.head())
        deployment = workspace.deploy("cheap@1", to="dev", server="sklearn")
        revision = deployment.revision
        body = encode(features.head(1), revision.signature, layout=layout_of(revision.document))
        gateway = int(deployment.url.split(":")[2].split("/")[0])
        guarded = request("/seldon/dev/cheap/v2/models/model/infer", body, token=deployment.token(60).reveal())

        bare_port = free_port()
        files = workspace.ports.catalog.files(workspace.model("cheap@1").value)
        server = room / "bare"
        server.mkdir()
        settings = {
            "host": "127.0.0.1",
            "http_port": bare_port,
            "grpc_port": free_port(),
            "metrics_port": free_port(),
            "parallel_workers": 0,
        }
        (server / "settings.json").write_text(json.dumps(settings))
        (server / "model-settings.json").write_text(
            json.dumps(
                {
                    "name": "model",
                    "implementation": "mlserver_sklearn.SKLearnModel",
                    "parameters": {"uri": str(files / "model.pkl")},
                }
            )
        )
        bare = subprocess.Popen(
            [str(Path(sys.executable).parent / "mlserver"), "start", str(server)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            start_new_session=True,
        )
        until(f"http://127.0.0.1:{bare_port}/v2/models/model/ready", None)
        plain = request("/v2/models/model/infer", body)

        for port, payload in ((gateway, guarded), (bare_port, plain)):
            over_tcp(port, payload, concurrency=8, total=400)
        added = statistics.median(
            ours - theirs for ours, theirs in (in_turn([(gateway, guarded), (bare_port, plain)], turns=300) for _ in range(5))
        )
        pairs: list[tuple[Load, Load]] = []
        for _ in range(rounds):
            pairs.append(
                tuple(
                    over_tcp(port, payload, concurrency=8, total=REQUESTS)
                    for port, payload in ((gateway, guarded), (bare_port, plain))
                )
            )
        failed = sum(load.failed for pair in pairs for load in pair)
        change, up = changes(workspace, deployment.target)
        ratio = statistics.median(a.rps / b.rps for a, b in pairs)
        ours, theirs = (statistics.median(pair[side].rps for pair in pairs) for side in (0, 1))
        return [
            "| what | measured | goal |",
            "|---|---|---|",
            f"| throughput at 8 connections: gateway ÷ bare MLServer | {ratio:.2f} ({ours:.0f} ÷ {theirs:.0f} requests/s) | ≥ 0.95 |",
            f"| median latency added at 1 connection, asked in turn | {added:.2f} ms | ≤ 0.4 ms |",
            f"| answers that were not 200 | {failed} | 0 |",
            f"| a change of routes, until Envoy works by it | {change:.0f} ms | ≤ 50 ms |",
            f"| `up` of a place that runs | {up:.0f} ms | ≤ 100 ms |",
            "",
            "Bare MLServer listens on TCP without any check; the gateway verifies the token, the endpoint it is for, the list of callers, the path and the size, and writes its log. Behind it MLServer listens on a Unix socket.",
        ]
    finally:
        if bare is not None:
            stop(bare)
        workspace.down()
        shutil.rmtree(room, ignore_errors=True)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print("\n".join(run()))
