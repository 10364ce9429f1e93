"""The catalogue against a real MLflow server: the same promises over HTTP, with files that are not on a path of ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import httpx
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
from seldon_nb.digests import tree_digest
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import Lineage, ModelRef
from seldon_nb.ports import PackRequest
from tests.conftest import free_port

FRAME = pd.DataFrame({"age": [20.0, 30.0, 40.0], "income": [1.0, 2.0, 4.0]})


@pytest.fixture(scope="module")
def server(short_tmp):
    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
         "--backend-store-uri", f"sqlite:///{short_tmp / 'server.db'}", "--artifacts-destination", str(short_tmp / "files")],
        env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        cwd=short_tmp,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{uri}/health", timeout=1).status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield process, uri
    stop(process)


def stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def candidate(short_tmp):
    model = LinearRegression().fit(FRAME, [1.0, 2.0, 3.0])
    return lambda catalog, name: catalog.pack(PackRequest(model=model, sample=FRAME), short_tmp / name)


def test_the_journey_over_http(server, candidate):
    _, uri = server
    catalog = MlflowCatalog(uri)
    first = catalog.register(
        candidate(catalog, "one"), "fraud", tags={"seldon_nb.classification": "protected-a"}, lineage=Lineage(author="ana")
    )
    second = catalog.register(candidate(catalog, "two"), "fraud", tags={}, lineage=Lineage())
    assert (first.ref, second.ref) == ("fraud@1", "fraud@2")
    assert first.uri.startswith("mlflow-artifacts:")
    catalog.annotate(first, alias="champion")

    elsewhere = MlflowCatalog(uri)
    found = elsewhere.find(ModelRef.parse("fraud@champion"))
    assert (found.ref, found.digest, found.signature) == ("fraud@1", first.digest, first.signature)
    assert found.classification.value == "protected-a"
    assert tree_digest(elsewhere.files(found)) == first.digest
    assert elsewhere.find(ModelRef.parse(f"runs:/{second.lineage.run_id}/model")).ref == "fraud@2"
    page = elsewhere.versions("fraud", limit=1)
    assert [version.ref for version in page.items] == ["fraud@2"]
    assert [version.ref for version in elsewhere.versions("fraud", page=page.next, limit=1).items] == ["fraud@1"]
    with pytest.raises(SeldonNbError) as told:
        elsewhere.find(ModelRef.parse("froud"))
    assert told.value.facts["nearest"] == "fraud"


def test_a_failure_half_way_leaves_nothing_on_the_server(server, candidate, short_tmp, monkeypatch):
    from mlflow import MlflowClient

    _, uri = server
    catalog = MlflowCatalog(uri)
    packed = candidate(catalog, "three")
    catalog.versions()
    client = MlflowClient(uri, uri)
    experiment = client.get_experiment_by_name("seldon_nb")
    runs = len(client.search_runs([experiment.experiment_id])) if experiment else 0
    before = {path for path in (short_tmp / "files").rglob("*") if path.is_file()}

    def failing(*arguments, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, "set_terminated", failing)
        with pytest.raises(KeyboardInterrupt):
            catalog.register(packed, "half", tags={}, lineage=Lineage())
    with pytest.raises(SeldonNbError) as told:
        catalog.find(ModelRef.parse("half"))
    assert told.value.code_id == "SNB-130"
    assert {path for path in (short_tmp / "files").rglob("*") if path.is_file()} == before
    assert len(client.search_runs([client.get_experiment_by_name("seldon_nb").experiment_id])) == runs


def test_a_server_that_goes_away_is_told_within_seconds(server, candidate):
    process, uri = server
    catalog = MlflowCatalog(uri)
    packed = candidate(catalog, "four")
    catalog.versions()
    stop(process)
    for act in (
        lambda: catalog.register(packed, "late", tags={}, lineage=Lineage()),
        lambda: catalog.find(ModelRef.parse("fraud")),
        catalog.versions,
    ):
        began = time.perf_counter()
        with pytest.raises(SeldonNbError) as told:
            act()
        assert time.perf_counter() - began < 6
        assert (told.value.code_id, told.value.facts["uri"]) == ("SNB-140", uri)
