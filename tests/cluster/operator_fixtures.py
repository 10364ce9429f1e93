"""Who looks after SeldonDeployments in the cluster tests: the stand-in, or with SELDON_OPERATOR=real the cluster's own operator."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
DEFINITION = CHECKOUT / "tests" / "data" / "seldon" / "crd.yaml"
REAL = os.environ.get("SELDON_OPERATOR") == "real"


_RUNNING: dict[str, subprocess.Popen[bytes]] = {}


@contextlib.contextmanager
def stand_in(
    kubeconfig: Path | str, webhook_host: str, log: Path, *, lead_time: float = 0.3
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the stand-in operator on a cluster; ends by its pid. Raises RuntimeError with its log where it does not come up.

    There is one of it in a cluster, as there is one operator: while one of ours runs there, it is the one that is given.

    Args:
        kubeconfig: the cluster, as somebody who may do everything.
        webhook_host: an address of this machine that the API server reaches.
        log: where its output goes.
        lead_time: seconds that a change lies before it is read; 0.3 is as long as the real one was seen to take.
    """
    if (there := _RUNNING.get(str(kubeconfig))) is not None and there.poll() is None:
        yield there
        return
    words = [
        "--kubeconfig",
        str(kubeconfig),
        "--definition",
        str(DEFINITION),
        "--webhook-host",
        webhook_host,
        "--lead-time",
        str(lead_time),
    ]
    with log.open("wb") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", "tests.cluster.operator", *words], cwd=CHECKOUT, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        end = time.monotonic() + 30
        while b"ready" not in log.read_bytes().split():
            if running.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the stand-in operator did not come up: {log.read_text('utf-8')[-2000:]}")
            time.sleep(0.05)
        _RUNNING[str(kubeconfig)] = running
        yield running
    finally:
        if _RUNNING.get(str(kubeconfig)) is running:
            del _RUNNING[str(kubeconfig)]
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@pytest.fixture(scope="session")
def seldon_operator(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SeldonDeployments are looked after while tests run. With SELDON_OPERATOR=real nothing is started or changed.

    Returns ``"stand-in"`` or ``"real"``.
    """
    if REAL:
        yield "real"
        return
    with stand_in(cluster.kubeconfig, cluster.host_ip, tmp_path_factory.mktemp("operator") / "log"):
        yield "stand-in"


@pytest.fixture
def operator_namespace(cluster: Any, seldon_operator: str) -> Iterator[str]:
    """A namespace of one test; removed afterwards with all that is in it."""
    name = f"snb-operator-{uuid.uuid4().hex[:8]}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")
