"""A model with packages of its own, from a real S3 store: packed by the workflow once, served for real, refused if somebody touches the archive."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import sysconfig
import urllib.request
from importlib import metadata
from pathlib import Path

import pytest

from seldon_nb.domain.environment import SHELF, own_environment
from seldon_nb.packaging.environment import Packed, write
from seldon_nb.packaging.shelf import Whose, own_digest
from tests.cluster import images
from tests.cluster.mirror import mirror
from tests.cluster.object_store import Store, secret
from tests.cluster.stage import CHECKOUT, mlflow_server, stage

pytestmark = pytest.mark.timeout(1500)  # images are built from nothing the first time

BUCKET = f"snb-own-packages-{os.getpid()}"
#: One patch version beside the server's.
OTHER = "1.9.0"
MAPS = "print(sorted({line.split()[-1] for line in open('/proc/1/maps') if 'sklearn' in line}))"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory) -> Path:
    """The packages of a kernel that has another scikit-learn, and the client of S3 that MLflow asks for."""
    into = tmp_path_factory.mktemp("kernel") / "venv"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(into)], check=True, timeout=60)
    python = into / "bin/python"
    for words in (["--no-deps", f"scikit-learn=={OTHER}"], ["boto3"]):
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), *words], check=True, timeout=300)
    (own,) = into.glob("lib/python3*/site-packages")
    (own / "also.pth").write_text(sysconfig.get_path("purelib") + "\n")  # everything else is this environment's
    return python


@pytest.fixture(scope="module")
def ready(node, tmp_path_factory):
    """The stage, with a tracking server whose models lie in the node's S3 server, and a mirror of packages that pods reach."""
    if images.missing_tools():
        pytest.skip(f"images cannot be built here: {images.missing_tools()}")
    namespace = f"t-own-{os.getpid()}"
    with contextlib.ExitStack() as ends:
        made = ends.enter_context(stage(tmp_path_factory.mktemp("stage"), namespace, tell=lambda _: None, cluster=node))
        ends.callback(made.cluster.api().ask, "DELETE", f"/api/v1/namespaces/{namespace}")
        store = Store(made.cluster.s3)
        store.bucket(BUCKET)
        index = ends.enter_context(mirror(made.cluster.host_ip))
        api = made.cluster.api()
        api.apply(secret(made.cluster.s3, namespace))
        api.apply(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "snb-packages", "namespace": namespace},
                "stringData": {"UV_DEFAULT_INDEX": index},
            }
        )
        where = f"s3://{BUCKET}/mlflow-{os.getpid()}"
        uri = ends.enter_context(mlflow_server(made.cluster.host_ip, tmp_path_factory.mktemp("mlflow"), root=where))
        settings = f"/api/v1/namespaces/{namespace}/configmaps/seldon-nb"
        data = {"data": {"storageSecret": "models-s3", "trackingUri": uri}}
        assert api.ask("PATCH", settings, data, kind="application/merge-patch+json").status == 200
        yield made, store, uri, namespace


@pytest.fixture(scope="module")
def person(ready, kernel, tmp_path_factory):
    """Runs the person's program; what it printed."""
    made, _, uri, namespace = ready
    home = tmp_path_factory.mktemp("home")

    def run(*doings: str) -> dict:
        env = {
            **os.environ,
            "SELDON_NB_SERVER_PYTHON": sys.executable,
            "KUBECONFIG": str(made.kubeconfig),
            "MLFLOW_TRACKING_URI": uri,
            "MLFLOW_S3_ENDPOINT_URL": made.cluster.s3.url,
            "AWS_ACCESS_KEY_ID": made.cluster.s3.access_key,
            "AWS_SECRET_ACCESS_KEY": made.cluster.s3.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "SELDON_NB_HOME": str(home),
            "SELDON_NB_PLACE": "cluster",
        }
        command = [str(kernel), "-m", "tests.cluster.own_packages", namespace, "+".join(doings)]
        done = subprocess.run(command, env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=280)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run


def initializer(document: dict) -> dict:
    (container,) = document["spec"]["predictors"][0]["componentSpecs"][0]["spec"]["initContainers"]
    return {item["name"]: item.get("value", "") for item in container["env"]} | {"from": container["envFrom"]}


def packing(cluster, namespace: str, deployment: str) -> str:
    """What the package step of a deployment's workflow said last."""
    chosen = f"seldon-nb.io/deployment={deployment},seldon-nb.io/kind=apply"
    names = cluster.kubectl("get", "pods", "-n", namespace, "-l", chosen, "-o", "name").split()
    said = [cluster.kubectl("logs", "-n", namespace, name, "-c", "package") for name in names if "-report" not in name]
    return " ".join(line for text in said for line in text.splitlines() if "  package  " in line)


def test_a_model_runs_with_the_packages_it_was_logged_with(ready, person):
    made, store, _, namespace = ready
    server = metadata.version("scikit-learn")
    first = person("log", "deploy")
    assert first["sklearn"] == OTHER != server
    assert f"scikit-learn {OTHER} → {server}" in first["without"]["SNB-124"]
    assert "SNB-159" in first["findings"]
    assert not {"SNB-124", "SNB-250", "SNB-251", "SNB-252", "SNB-253"} & set(first["findings"])
    planned, live = initializer(first["document"]), initializer(first["live"])
    assert planned["SNB_SOURCE"].startswith(f"s3://{BUCKET}/mlflow-")
    assert planned["from"] == [{"secretRef": {"name": "models-s3"}}]
    assert planned["SNB_ENVIRONMENT"].startswith(f"s3://{BUCKET}/{SHELF}/")
    assert "SNB_ENVIRONMENT_DIGEST" not in planned
    assert first["same"] is True
    key = planned["SNB_ENVIRONMENT"].partition(f"{BUCKET}/")[2]
    index = json.loads(store.get(f"{BUCKET}/{key}/index.json"))
    assert index["packages"] == [["scikit-learn", OTHER]]
    assert live["SNB_ENVIRONMENT_DIGEST"] == index["digest"]
    pods = f"/api/v1/namespaces/{namespace}/pods?labelSelector=seldon-deployment-id%3Dfraud"
    (pod,) = made.cluster.api().ask("GET", pods).body["items"]
    name = pod["metadata"]["name"]
    loaded = made.cluster.kubectl("exec", "-n", namespace, name, "-c", "model", "--", "python", "-c", MAPS)
    assert "/mnt/models/.snb/environment/sklearn/" in loaded
    assert "site-packages/sklearn/" not in loaded

    second = person("second")
    assert initializer(second["live"])["SNB_ENVIRONMENT_DIGEST"] == index["digest"]
    said = [packing(made.cluster, namespace, which) for which in ("fraud", "second")]
    assert "Packed in " in said[0]
    assert "packed before" in said[1]
    print(f"first {first['seconds']} s, second {second['seconds']} s; {said[0]}")

    again = person("plan")
    assert again["pinned"] == index["digest"], "what lives is pinned in the next plan"
    assert not again["blocked"]

    archive = f"{BUCKET}/{key}/{index['digest'].removeprefix('sha256:')}.tar.gz"
    store.put(archive, store.get(archive)[:-1] + b"x")
    made.cluster.api().ask("DELETE", f"/api/v1/namespaces/{namespace}/pods/{name}")

    def refused(seen: dict) -> bool:
        return any("SNB-337" in json.dumps(item.get("status", {})) for item in seen["items"])

    seen = made.cluster.api().wait(pods, refused, timeout=60)
    assert not any(item["status"]["containerStatuses"][0]["ready"] for item in seen["items"] if "SNB-337" in json.dumps(item))


def test_an_mlflow_server_keeps_packed_packages_too(node, tmp_path):
    from seldon_nb.checks.samples import version
    from seldon_nb.domain.artifact import source_of

    (tmp_path / "overlay/thing").mkdir(parents=True)
    (tmp_path / "overlay/thing/__init__.py").write_text("VALUE = 1\n")
    packed = []

    def pack(into: Path) -> Packed:
        packed.append(into)
        digest = write(tmp_path / "overlay", into / "packed.tar.gz")
        return Packed(key="", archive=into / "packed.tar.gz", digest=digest, packages=(("thing", "1"),))

    folder = tmp_path / "mlflow"
    folder.mkdir()
    with mlflow_server(node.host_ip, folder) as uri:
        source = source_of("mlflow-artifacts:/7/models/m-1/artifacts", uri)
        asked = own_environment(version(), source, server="image")
        first = own_digest(asked, Whose("fraud@3", "team-a"), pack)
        again = own_digest(asked, Whose("fraud@3", "team-a"), pack)
        assert (first[0], first[1], again) == (again[0], False, (first[0], True))
        assert len(packed) == 1
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{asked.uri}/{first[0].removeprefix('sha256:')}.tar.gz", timeout=30) as answer:
            assert answer.read(2) == b"\x1f\x8b"
