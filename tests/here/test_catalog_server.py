"""The catalogue against a real MLflow server: the same promises over HTTP, with files that are not on a path of ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

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


def test_a_version_knows_the_run_that_it_came_out_of_and_its_page(server, candidate):
    from mlflow import MlflowClient

    _, uri = server
    version = MlflowCatalog(uri).register(candidate(MlflowCatalog(uri), "run"), "ran", tags={}, lineage=Lineage())
    client = MlflowClient(uri, uri)
    run_id = version.lineage.run_id
    client.log_param(run_id, "depth", 4)
    client.log_metric(run_id, "auc", 0.91)
    catalog = MlflowCatalog(uri.replace("//", "//ana:hunter2@"))
    found = catalog.run(version)
    assert found is not None
    assert (found.id, found.name, found.experiment) == (run_id, "log ran", "seldon_nb")
    assert (dict(found.parameters), dict(found.metrics)) == ({"depth": "4"}, {"auc": 0.91})
    experiment = client.get_run(run_id).info.experiment_id
    assert found.address == f"{uri}/#/experiments/{experiment}/runs/{run_id}"
    assert catalog.run(replace(version, lineage=Lineage(run_id="0" * 32))) is None
    assert catalog.run(replace(version, lineage=Lineage())) is None


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


def test_a_server_that_goes_away_is_told_without_minutes_of_retries(server, candidate, monkeypatch):
    paused: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.Retry.sleep", lambda retry, response=None: paused.append(retry.get_backoff_time()))
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
        paused.clear()
        with pytest.raises(SeldonNbError) as told:
            act()
        assert sum(paused) < 5, paused  # MLflow by itself would take four minutes
        assert (told.value.code_id, told.value.facts["uri"]) == ("SNB-140", uri)
