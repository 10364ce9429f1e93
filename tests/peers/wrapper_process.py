"""The real wrapper of Seldon Core 1.17.1, serving a model of the tests over REST and gRPC; stopped by its id."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conftest import free_port
from tests.peers.environment import HERE, python_of


@contextmanager
def wrapper(root: Path, model: str = "Peer") -> Iterator[tuple[str, str]]:
    """Yields the address for REST and the authority for gRPC."""
    python = python_of("seldon-wrapper")
    http, grpc, metrics = free_port(), free_port(), free_port()
    ports = ["--http-port", str(http), "--grpc-port", str(grpc), "--metrics-port", str(metrics)]
    command = [str(python.parent / "seldon-core-microservice"), model, "--service-type", "MODEL", *ports, "--workers", "1"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "JAEGER"))}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # the model's folder is in the checkout
    log = root / "wrapper.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=HERE / "wrapper", stdout=out, stderr=out, env=environment, start_new_session=True)
    try:
        _until_ready(http, grpc, process, log)
        yield f"http://127.0.0.1:{http}", f"127.0.0.1:{grpc}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # the session that was started above: gunicorn and its children
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _until_ready(http: int, grpc: int, process: subprocess.Popen[bytes], log: Path) -> None:
    import socket

    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", grpc), 1).close()
            if httpx.get(f"http://127.0.0.1:{http}/health/ping", trust_env=False).status_code == 200:
                return
        except (OSError, httpx.TransportError):
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-3000:])
