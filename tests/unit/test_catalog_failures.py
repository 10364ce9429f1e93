"""MLflow that is full, gone, silent or unwilling: told within seconds, and nothing is left behind."""

from __future__ import annotations

import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from seldon_nb.catalog import connection
from seldon_nb.catalog.connection import without_secrets
from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import Lineage, ModelRef

FRAUD = ModelRef.parse("fraud@1")


def told(uri):
    with pytest.raises(SeldonNbError) as error:
        MlflowCatalog(uri).find(FRAUD)
    return error.value


@pytest.fixture
def looked_at_only(monkeypatch):
    """MLflow's own client would try for minutes, so it must not be reached."""
    monkeypatch.setattr(connection.Connection, "_open", lambda self: pytest.fail("MLflow itself was asked"))


def test_a_closed_port_is_told_at_the_first_look_and_secrets_are_not_shown(looked_at_only):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    error = told(f"http://ana:hunter2@127.0.0.1:{port}/?token=hunter2")
    assert (error.code_id, error.facts["uri"]) == ("SNB-140", f"http://127.0.0.1:{port}/")
    assert "hunter2" not in str(error)
    assert str(error).startswith("SNB-140 Your models cannot be reached: MLflow does not answer. Nothing was changed.")


@pytest.mark.timeout(60)
def test_a_server_that_accepts_and_stays_silent_is_asked_once_and_given_up(looked_at_only):
    assert connection.CONNECT_TIMEOUT_S + connection.READ_TIMEOUT_S < 5
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        error = told(f"http://127.0.0.1:{silent.getsockname()[1]}")
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert (error.code_id, error.facts["reason"]) == ("SNB-140", "ReadTimeout")


class _Unwilling(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        healthy = self.path == "/health" and self.server.polite
        self.send_response(200 if healthy else self.server.status)
        self.end_headers()
        self.wfile.write(b"OK" if healthy else b"you are user-a and may not")

    do_POST = do_GET  # noqa: N815 - the base class asks for these names

    def log_message(self, *arguments):
        pass


@pytest.mark.parametrize("polite", [True, False], ids=["refuses the question", "refuses the look"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_refuses_is_told_with_its_number(status, polite):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Unwilling) as server:
        server.status, server.polite = status, polite
        threading.Thread(target=server.serve_forever, daemon=True).start()
        error = told(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert (error.code_id, error.facts["status"]) == ("SNB-142", str(status))
    assert "user-a" not in str(error)


def test_a_database_that_cannot_be_opened_is_told_at_the_first_look(tmp_path, looked_at_only):
    (tmp_path / "mlflow.db").mkdir()
    error = told(f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert error.code_id == "SNB-140"


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://ana:pw@mlflow.example/x?token=1", "https://mlflow.example/x"),
        ("postgresql://ana:pw@db/mlflow", "postgresql://db/mlflow"),
        ("sqlite:////home/ana/mlflow.db?x=1", "sqlite:////home/ana/mlflow.db"),
    ],
)
def test_an_address_is_shown_without_its_secrets(uri, shown):
    assert without_secrets(uri) == shown


# --- a disk that is really full ------------------------------------------------------------------------------------------------------

FULL_DISK = """
import json, sys, os
from pathlib import Path
import numpy as np, pandas as pd
from sklearn.neighbors import KNeighborsRegressor
from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import Lineage, ModelRef
from seldon_nb.ports import PackRequest
from seldon_nb.words import use_language
use_language("en")
small, roomy = Path(sys.argv[1]), Path(sys.argv[2])
catalog = MlflowCatalog(f"sqlite:///{small / 'mlflow.db'}", small / "artifacts")
frame = pd.DataFrame({"a": np.random.default_rng(0).random(400_000)})
model = KNeighborsRegressor().fit(frame, frame["a"])
candidate = catalog.pack(PackRequest(model=model, sample=frame.head()), roomy / "packed")
told = {}
try:
    catalog.register(candidate, "fraud", tags={}, lineage=Lineage())
except SeldonNbError as error:
    told = {"code": error.code_id, "facts": error.facts, "text": str(error)}
try:
    catalog.pack(PackRequest(model=model, sample=frame.head()), small / "packed")
except SeldonNbError as error:
    told["pack"] = error.code_id
import shutil
shutil.rmtree(small / "packed")
try:
    catalog.find(ModelRef.parse("fraud"))
except SeldonNbError as error:
    told["find"] = error.code_id
from mlflow import MlflowClient
client = MlflowClient(f"sqlite:///{small / 'mlflow.db'}")
experiment = client.get_experiment_by_name("seldon_nb").experiment_id
told["runs"] = len(client.search_runs([experiment]))
told["files"] = [str(path) for path in (small / "artifacts").rglob("*") if path.is_file()]
model = KNeighborsRegressor().fit(frame.head(50), frame["a"].head(50))
again = catalog.pack(PackRequest(model=model, sample=frame.head()), roomy / "again")
told["then"] = catalog.register(again, "fraud", tags={}, lineage=Lineage()).ref
print(json.dumps(told))
"""


@pytest.fixture
def small_disk(tmp_path):
    """Six megabytes of memory as a disk: mounted here if that is allowed, else for the child alone in a namespace of its own."""
    path = tmp_path / "small"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "snb-small", str(path)]
    if shutil.which("mount") and subprocess.run(mount, capture_output=True, check=False).returncode == 0:
        yield path, []
        subprocess.run(["umount", str(path)], check=True)
        return
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{" ".join(mount)} && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("neither mount nor unshare is permitted here, so there is no small disk to fill")
    yield path, inside


def test_a_full_disk_takes_everything_back(small_disk, tmp_path):
    import json

    path, inside = small_disk
    room = tmp_path / "roomy"
    room.mkdir()
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [*inside, sys.executable, "-c", FULL_DISK, str(path), str(room)],
        capture_output=True,
        text=True,
        env=environ,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["code"] == "SNB-141", seen
    assert seen["facts"]["name"] == "fraud"
    assert seen["facts"]["needed_mb"] > 6
    assert seen["text"].startswith(
        "SNB-141 Your model was not logged: the disk is full. Everything that had been written was removed again."
    )
    assert (seen["pack"], seen["find"], seen["runs"], seen["files"]) == ("SNB-141", "SNB-130", 0, [])
    assert seen["then"] == "fraud@1"


def test_mlflow_that_goes_away_between_two_questions_is_told(tmp_path):
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    catalog = MlflowCatalog(f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path / "artifacts")
    from seldon_nb.ports import PackRequest

    candidate = catalog.pack(PackRequest(model=LinearRegression().fit(frame, [1, 2]), sample=frame), tmp_path / "m")
    catalog.register(candidate, "fraud", tags={}, lineage=Lineage())
    for name in ("mlflow.db", "mlflow.db-wal", "mlflow.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "mlflow.db").mkdir()
    with pytest.raises(SeldonNbError) as error:
        MlflowCatalog(f"sqlite:///{tmp_path / 'mlflow.db'}").find(FRAUD)
    assert error.value.code_id == "SNB-140"
