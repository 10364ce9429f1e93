"""The initializer in a real pod of a strict namespace: from a real S3 server, a volume, MLflow's artifact proxy and archives.

The pods are those that a plan renders, without the server: the initializer of the SeldonDeployment, and then a look at what it brought.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
import threading
import time
import urllib.request
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seldon_nb.checks.samples import spec, version
from seldon_nb.digests import tree_digest
from seldon_nb.domain.artifact import ArtifactSource, source_of
from seldon_nb.render.seldon import render
from tests.cluster import images
from tests.cluster.node.place import here
from tests.cluster.object_store import Store, secret
from tests.cluster.stage import mlflow_server

pytestmark = pytest.mark.timeout(1500)  # images are built from nothing the first time

FILES = {"MLmodel": b"flavors: {}\n", "model.pkl": os.urandom(300_000), "data/deep/a b.txt": b"x", "empty": b""}
BUCKET = "snb-models"
CLAIM = "models"
LOOK = (
    "import json, pathlib, seldon_nb.digests as d; r = pathlib.Path('/mnt/models');"
    "print(json.dumps({'files': sorted(str(p.relative_to(r)) for p in r.rglob('*') if p.is_file()), 'digest': d.tree_digest(r)}))"
)


def ended(seen: dict, which: str = "containerStatuses", *, failed: bool = False) -> dict | None:
    """How a pod's one container of a kind ended, the last time; None if it did not, or with ``failed`` if it ended well."""
    for status in seen.get("status", {}).get(which) or ():
        for state in (status["state"], status.get("lastState") or {}):
            if done := state.get("terminated"):
                return None if failed and not done["exitCode"] else done
    return None


class Pods:
    """A strict namespace, the image on the node, and a model whose digest is known."""

    def __init__(self, node, namespace: str, planned: Path) -> None:
        self.node, self.namespace, self.planned = node, namespace, planned
        self.digest = tree_digest(planned)

    def run(self, source: ArtifactSource, *, digest: str = "", **changes: str) -> tuple[dict, dict, list[str]]:
        """Bring from a source: what the container left as its last word, what was then seen, the paths that are left in the target."""
        asked = spec(
            version=version(digest=digest or self.digest),
            place="cluster",
            source=source,
            step_image=images.reference("step"),
            image=images.reference("step"),
        )
        document = render(asked).to_document()
        pod = document["spec"]["predictors"][0]["componentSpecs"][0]["spec"]
        (first,) = pod["initContainers"]
        first["env"] += [{"name": name, "value": value} for name, value in changes.items()]
        mounts = [item for item in pod["containers"][0]["volumeMounts"] if item["mountPath"] == "/mnt/models"]
        look = {"name": "look", "image": images.reference("step"), "command": ["python", "-c", LOOK], "volumeMounts": mounts}
        pod["containers"] = [{**look, "securityContext": first["securityContext"]}]
        name = f"bring-{time.monotonic_ns()}"
        metadata = {"name": name, "namespace": self.namespace}
        api = self.node.api()
        api.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod})
        path = f"/api/v1/namespaces/{self.namespace}/pods/{name}"
        try:
            now = api.wait(path, lambda seen: ended(seen, "initContainerStatuses", failed=True) or ended(seen), timeout=90)
            done = ended(now, "initContainerStatuses") or {}
            said = self.node.kubectl("logs", "-n", self.namespace, name, "-c", first["name"])
            assert self.node.s3.secret_key not in said + json.dumps(now["status"])
            told = json.loads(done.get("message") or "{}")
            looked = done.get("exitCode") == 0
            seen = json.loads(self.node.kubectl("logs", "-n", self.namespace, name, "-c", "look")) if looked else {}
            if not looked:
                assert json.loads(said.strip().splitlines()[-1]) == told, "its word on standard output and its last word are one"
            return told, seen, self._left(now["metadata"]["uid"])
        finally:
            api.ask("DELETE", f"{path}?gracePeriodSeconds=0")

    def _left(self, uid: str) -> list[str]:
        """What lies in the volume that the server would have read, as the host sees it while the pod waits for its next try."""
        root = here().data / f"kubelet/pods/{uid}/volumes/kubernetes.io~empty-dir/model-provision-location"
        assert root.is_dir()
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())

    def brings(self, source: ArtifactSource, **more: str) -> None:
        """The planned files arrive, those and no others."""
        told, seen, _ = self.run(source, **more)
        assert seen == {"files": sorted(FILES), "digest": self.digest}, told

    def refuses(self, source: ArtifactSource, **more: str) -> dict:
        """Nothing arrives; the word that is left."""
        told, seen, left = self.run(source, **more)
        assert (seen, left) == ({}, []), told
        return told


@pytest.fixture(scope="module")
def planned(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("planned")
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest.fixture(scope="module")
def store(node, planned) -> Store:
    made = Store(node.s3)
    made.bucket(BUCKET)
    made.put_tree(planned, f"{BUCKET}/fraud/3")
    return made


@pytest.fixture(scope="module")
def pods(node, store, planned, tmp_path_factory):
    if images.missing_tools():
        pytest.skip(f"images cannot be built here: {images.missing_tools()}")
    node.import_image(images.build("step").archive)
    api, name = node.api(), f"t-bring-{os.getpid()}"
    strict = {"pod-security.kubernetes.io/enforce": "restricted"}
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": strict}})
    api.wait(f"/api/v1/namespaces/{name}/serviceaccounts/default", lambda _: True)
    api.apply(secret(node.s3, name))
    api.apply(secret(node.s3, name, "for-another", remote="gcs"))
    api.apply(secret(node.s3, name, "refused", secret_access_key="wrong-word-of-the-store"))
    yield Pods(node, name, planned)
    api.ask("DELETE", f"/api/v1/namespaces/{name}")


S3 = ArtifactSource(uri=f"s3://{BUCKET}/fraud/3", secret="models-s3")


# --- a real S3 server ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uri", [S3.uri, f"s3:{BUCKET}/fraud/3", f"s3://{BUCKET}/fraud/3/"])
def test_from_a_bucket(pods, uri):
    pods.brings(replace(S3, uri=uri))


def test_files_that_were_changed_behind_its_back_are_refused(pods, store, planned):
    store.put_tree(planned, f"{BUCKET}/fraud/4")
    store.put(f"{BUCKET}/fraud/4/model.pkl", b"something else")
    told = pods.refuses(replace(S3, uri=f"s3://{BUCKET}/fraud/4"))
    assert told["code"] == "SNB-337"
    assert told["facts"]["planned"] == pods.digest != told["facts"]["found"]


def test_a_file_too_many_is_refused_and_compiled_code_is_never_brought(pods, store, planned):
    store.put_tree(planned, f"{BUCKET}/fraud/5")
    store.put(f"{BUCKET}/fraud/5/data/__pycache__/features.cpython-311.pyc", b"not what anybody planned")
    pods.brings(replace(S3, uri=f"s3://{BUCKET}/fraud/5"))
    store.put(f"{BUCKET}/fraud/5/sitecustomize.py", b"print()")
    assert pods.refuses(replace(S3, uri=f"s3://{BUCKET}/fraud/5"))["code"] == "SNB-337"


@pytest.mark.parametrize("uri", [f"s3://{BUCKET}/fraud/99", "s3://no-such-bucket-of-ours/fraud/3"])
def test_where_nothing_lies(pods, uri):
    told = pods.refuses(replace(S3, uri=uri))
    assert (told["code"], told["facts"]["source"]) == ("SNB-336", uri)


def test_no_secret_is_told_apart_from_one_for_another_remote_and_from_one_that_the_store_refuses(pods):
    none = pods.refuses(replace(S3, secret=""))
    other = pods.refuses(replace(S3, secret="for-another"))
    wrong = pods.refuses(replace(S3, secret="refused"))
    assert [told["code"] for told in (none, other, wrong)] == ["SNB-338"] * 3
    assert "gcs" in other["facts"]["reason"]
    assert wrong["facts"]["secret"] == "refused"
    assert len({told["facts"]["reason"] for told in (none, other, wrong)}) == 3
    for told in (none, other, wrong):
        assert not {"wrong-word-of-the-store", pods.node.s3.access_key, pods.node.s3.secret_key} & set(
            json.dumps(told).split('"')
        )


# --- a volume ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def volume(pods, planned):
    """A claim on a directory of the node that nobody else has."""
    root = here().data / f"volume-{pods.namespace}"
    for name, content in FILES.items():
        (root / "fraud/3" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "fraud/3" / name).write_bytes(content)
    api, size = pods.node.api(), {"storage": "1Gi"}
    about = {"name": pods.namespace}
    disk = {"capacity": size, "accessModes": ["ReadOnlyMany"], "hostPath": {"path": str(root)}, "storageClassName": ""}
    claim = {
        "accessModes": ["ReadOnlyMany"],
        "resources": {"requests": size},
        "storageClassName": "",
        "volumeName": pods.namespace,
    }
    answer = api.ask(
        "POST", "/api/v1/persistentvolumes", {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": about, "spec": disk}
    )
    assert answer.status == 201, answer.message
    where = f"/api/v1/namespaces/{pods.namespace}/persistentvolumeclaims"
    answer = api.ask(
        "POST", where, {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": CLAIM}, "spec": claim}
    )
    assert answer.status == 201, answer.message
    api.wait(f"{where}/{CLAIM}", lambda seen: seen["status"]["phase"] == "Bound")
    yield root
    api.ask("DELETE", f"{where}/{CLAIM}")
    api.ask("DELETE", f"/api/v1/persistentvolumes/{pods.namespace}")


def test_from_a_volume(pods, volume):
    pods.brings(ArtifactSource(uri=f"pvc://{CLAIM}/fraud/3"))
    (volume / "fraud/3/model.pkl").write_bytes(b"something else")
    assert pods.refuses(ArtifactSource(uri=f"pvc://{CLAIM}/fraud/3"))["code"] == "SNB-337"
    (volume / "fraud/3/model.pkl").unlink()
    (volume / "fraud/3/model.pkl").symlink_to("/etc/passwd")
    assert pods.refuses(ArtifactSource(uri=f"pvc://{CLAIM}/fraud/3"))["code"] == "SNB-150"
    assert pods.refuses(ArtifactSource(uri=f"pvc://{CLAIM}/fraud/99"))["code"] == "SNB-336"


# --- MLflow's artifact proxy, and archives -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tracking(node, tmp_path_factory):
    with mlflow_server(node.host_ip, tmp_path_factory.mktemp("mlflow")) as uri:
        yield uri


def test_from_mlflows_artifact_proxy(pods, tracking):
    source = source_of("mlflow-artifacts:/1/models/m-1/artifacts", tracking)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def put(name: str, content: bytes) -> None:
        asked = urllib.request.Request(f"{source.uri}/{name.replace(' ', '%20')}", content, method="PUT")
        opener.open(asked, timeout=30).close()

    for name, content in FILES.items():
        put(name, content)
    pods.brings(source)
    put("model.pkl", b"something else")
    assert pods.refuses(source)["code"] == "SNB-337"
    assert pods.refuses(source_of("mlflow-artifacts:/1/models/m-2/artifacts", tracking))["code"] == "SNB-336"
    nobody = source_of("mlflow-artifacts:/1/models/m-1/artifacts", f"http://{pods.node.host_ip}:9")
    assert pods.refuses(nobody, SNB_DEADLINE_SECONDS="3")["code"] == "SNB-152"


@pytest.fixture
def archives(node, tmp_path):
    """Somebody's web server with archives."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((node.host_ip, 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://{node.host_ip}:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_from_an_archive_on_the_web(pods, archives):
    folder, url = archives
    with tarfile.open(folder / "model.tar.gz", "w:gz") as tar:
        tar.add(pods.planned, ".")
    pods.brings(ArtifactSource(uri=f"{url}/model.tar.gz"))
    with tarfile.open(folder / "evil.tar.gz", "w:gz") as tar:
        about = tarfile.TarInfo("../outside")
        about.size = 1
        tar.addfile(about, io.BytesIO(b"x"))
    assert pods.refuses(ArtifactSource(uri=f"{url}/evil.tar.gz"))["code"] == "SNB-150"
    assert pods.refuses(ArtifactSource(uri=f"{url}/nothing.tar.gz"))["code"] == "SNB-336"
