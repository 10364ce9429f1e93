"""A bare MLServer over TCP, and the few ports that ``flows.predict`` needs to ask it: no gateway, no tokens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from seldon_nb.domain.canonical import digest_bytes
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.plan import Document
from seldon_nb.domain.principal import Principal, SecretToken
from seldon_nb.domain.signature import Signature
from seldon_nb.ports import HttpAnswer
from tests.conftest import free_port

RUNTIMES = {
    "MLFLOW_SERVER": "mlserver_mlflow.MLflowRuntime",
    "SKLEARN_SERVER": "mlserver_sklearn.SKLearnModel",
    "XGBOOST_SERVER": "mlserver_xgboost.XGBoostModel",
    "LIGHTGBM": "mlserver_lightgbm.LightGBMModel",
}


@contextmanager
def mlserver(root: Path, models: dict[str, tuple[str, Path]]) -> Iterator[str]:
    """Serve models (name → server and file) from one process; yields its address and stops it by its id."""
    for name, (server, uri) in models.items():
        folder = root / "served" / name
        folder.mkdir(parents=True)
        settings = {"name": name, "implementation": RUNTIMES[server], "parameters": {"uri": str(uri)}}
        (folder / "model-settings.json").write_text(json.dumps(settings))
    port = free_port()
    settings = {
        "host": "127.0.0.1",
        "http_port": port,
        "grpc_port": free_port(),
        "metrics_port": free_port(),
        "metrics_dir": str(root),
        "parallel_workers": 0,
    }
    (root / "served" / "settings.json").write_text(json.dumps(settings | {"debug": False}))
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with (root / "mlserver.log").open("wb") as log:
        command = [str(Path(sys.executable).parent / "mlserver"), "start", str(root / "served")]
        process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        _until_ready(address, process, root / "mlserver.log")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{address}/v2/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-3000:])


class Direct:
    """An endpoint without a gateway in front."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.Client(trust_env=False, headers={"Accept-Encoding": "identity"})

    def url(self, target: Target) -> str:
        return self.address

    def ask(self, target: Target, path: str, body: bytes | None, token: SecretToken | None, *, timeout_s: float) -> HttpAnswer:
        began = time.perf_counter()
        try:
            method = "GET" if body is None else "POST"
            answer = self.client.request(
                method, self.address + path, content=body, headers={"Content-Type": "application/json"}, timeout=timeout_s
            )
        except httpx.TransportError as error:
            raise fail("SNB-302", name=str(target), url=self.address) from error
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        return HttpAnswer(answer.status_code, media_type, answer.content, time.perf_counter() - began)


def ports(endpoint: Any, grpc: Any = None) -> Any:
    """What ``flows.predict`` and the live check use of the ports."""
    access = SimpleNamespace(
        token=lambda target, minutes=10: SecretToken("none", str(target), "ana", int(time.time()) + 600),
        whoami=lambda: Principal("ana"),
        probe_identities=lambda target: (Principal("ana"), None),
        token_for_probe=lambda who, target: SecretToken("", str(target), who.name, int(time.time()) + 60),
    )
    return SimpleNamespace(
        endpoint=endpoint, grpc=grpc, access=access, clock=SimpleNamespace(now=time.time, monotonic=time.monotonic)
    )


def revision(node: str, server: str, signature: Signature | None, *, timeout_s: int = 60, protocol: str = "v2") -> Revision:
    """A revision whose document names the node and its server."""
    graph: dict[str, Any] = {"name": node, "implementation": server}
    predictor: dict[str, Any] = {"name": "default", "graph": graph}
    if server not in ("MLFLOW_SERVER", "SKLEARN_SERVER", "XGBOOST_SERVER"):
        graph.pop("implementation")
        env = [{"name": "MLSERVER_MODEL_IMPLEMENTATION", "value": RUNTIMES[server]}]
        predictor["componentSpecs"] = [{"spec": {"containers": [{"name": node, "env": env}]}}]
    digest = digest_bytes(b"")
    return Revision(
        target=Target("dev", node),
        number=1,
        plan_digest=digest,
        documents_digest=digest,
        model=f"{node}@1",
        model_digest=digest,
        classification=Classification.UNCLASSIFIED,
        applied_by=Principal("ana"),
        applied_at="2026-11-21T09:30:00.000Z",
        callers=(),
        documents=(Document("SeldonDeployment", {"spec": {"protocol": protocol, "predictors": [predictor]}}),),
        signature=signature,
        timeout_s=timeout_s,
    )
