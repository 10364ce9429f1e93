"""An image with somebody's own MLServer runtime: built by a workflow in a namespace for building, and served by its digest."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest

from seldon_nb.packaging.image import ImageWish, build_name, build_workflow, built_reference, containerfile, context_map
from seldon_nb.render.argo.step import pod_security
from tests.cluster import images
from tests.cluster.mirror import mirror
from tests.cluster.registry import registry

pytestmark = pytest.mark.timeout(1500)  # images are built from nothing the first time

MANIFESTS = Path(__file__).resolve().parents[2] / "manifests"
RUNTIME = """
import humanize
from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceResponse

from words.numbers import DOUBLE


class Doubles(MLModel):
    async def load(self):
        return True

    async def predict(self, payload):
        numbers = [DOUBLE * value for value in payload.inputs[0].data]
        said = [humanize.intcomma(int(value)) for value in numbers]
        return InferenceResponse(model_name=self.name, outputs=[StringCodec.encode_output("said", said)])
"""
FILES = (("doubles.py", RUNTIME), ("words/__init__.py", ""), ("words/numbers.py", "DOUBLE = 2\n"))
QUESTION = {"inputs": [{"name": "x", "shape": [2], "datatype": "FP64", "data": [1, 600]}]}


@pytest.fixture(scope="module")
def built():
    if images.missing_tools():
        pytest.skip(f"images cannot be built here: {images.missing_tools()}")
    return {name: images.build(name) for name in ("model-server", "step", "builder")}


def wish(base: str, repository: str, **changes) -> ImageWish:
    asked = {"name": "doubles", "implementation": "doubles.Doubles", "files": FILES, "requirements": ("humanize==4.12.1",)}
    return ImageWish(base=base, repository=repository, **{**asked, **changes})


def test_the_containerfile_is_built_over_the_servers_image(built, tmp_path):
    asked = wish(built["model-server"].reference, "docker.io/seldon-nb/test-own", requirements=())
    for name, text in FILES:
        (tmp_path / "code" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "code" / name).write_text(text)
    (tmp_path / "Containerfile").write_text(containerfile(asked))
    try:
        words = ["build", "--isolation", "chroot", "--pull-never", "--tag", asked.reference]
        images.buildah(*words, "--file", str(tmp_path / "Containerfile"), str(tmp_path))
        told = json.loads(images.buildah("inspect", "--type", "image", asked.reference))["OCIv1"]["config"]
        env = dict(item.split("=", 1) for item in told["Env"])
        assert env["MLSERVER_MODEL_IMPLEMENTATION"] == "doubles.Doubles"
        assert env["PYTHONPATH"].split(":")[0] == "/opt/seldon-nb/own"
        assert told["User"] == "8888:8888"
        assert told["Entrypoint"] == ["/opt/seldon-nb/bin/python", "-m", "seldon_nb.server"]
        assert told["Labels"]["seldon-nb.io/build"] == asked.key
    finally:
        images.buildah("rmi", asked.reference)


def test_a_workflow_builds_it_under_the_rules_of_baseline_and_it_serves_by_its_digest(node, built, own_namespace, tmp_path):
    for name in ("step", "builder"):
        node.import_image(built[name].archive)
    folder = tmp_path / "overlay"
    folder.mkdir()
    namespace = f"t-build-{os.getpid()}"
    base = os.path.relpath(MANIFESTS / "building", folder.resolve())
    (folder / "kustomization.yaml").write_text(f"namespace: {namespace}\nresources: [{base}]\n")
    node.kubectl("apply", "--server-side", "--kustomize", str(folder))
    api = node.api()
    try:
        with registry(node.host_ip, tmp_path / "registry") as (kept, host), mirror(node.host_ip) as index:
            node.allow_plain_registry(host)
            digest = kept.bring(images.layout(built["model-server"].reference), "seldon-nb/model-server", "0.1.0")
            about = {"name": "snb-packages", "namespace": namespace}
            api.apply({"apiVersion": "v1", "kind": "Secret", "metadata": about, "stringData": {"UV_DEFAULT_INDEX": index}})
            asked = wish(f"{host}/seldon-nb/model-server@{digest}", f"{host}/ml/doubles")
            workflow = build_workflow(
                asked, namespace, builder=built["builder"].reference, step_image=built["step"].reference, plain_registry=True
            )
            where = f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/workflows"
            for path, body in ((f"/api/v1/namespaces/{namespace}/configmaps", context_map(asked, namespace)), (where, workflow)):
                answer = api.ask("POST", path, body)
                assert answer.status == 201, answer.message
            done = api.wait(f"{where}/{build_name(asked)}", lambda seen: seen.get("status", {}).get("finishedAt"), timeout=240)
            assert done["status"]["phase"] == "Succeeded", logs(node, namespace, done)
            image = built_reference(asked, done)
            assert image == f"{host}/ml/doubles@{kept.tags['ml/doubles', asked.reference.rpartition(':')[2]]}"
            print("built in", done["status"]["startedAt"], done["status"]["finishedAt"])
            assert answers(node, own_namespace, image) == ["2", "1,200"]
    finally:
        api.ask("DELETE", f"/api/v1/namespaces/{namespace}")


def logs(node, namespace: str, done: dict) -> str:
    """What a build said that did not succeed."""
    said = {part["displayName"]: part.get("message") for part in done["status"].get("nodes", {}).values()}
    try:
        return f"{said}\n" + node.kubectl(
            "logs", "-n", namespace, "-l", "seldon-nb.io/kind=build", "--all-containers", "--tail=20"
        )
    except subprocess.CalledProcessError as error:
        return f"{said}\n{error.stderr}"


def answers(node, namespace: str, image: str) -> list[str]:
    """What a pod of the image says."""
    container = {
        "name": "model",
        "image": image,
        "env": [{"name": "MLSERVER_MODEL_NAME", "value": "model"}, {"name": "MLSERVER_HTTP_PORT", "value": "9000"}],
        "readinessProbe": {"httpGet": {"path": "/v2/health/ready", "port": 9000}, "periodSeconds": 1},
        "securityContext": {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, {"name": "files", "mountPath": "/mnt/models"}],
    }
    spec = {
        "containers": [container],
        "securityContext": pod_security(),
        "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "files", "emptyDir": {}}],
    }
    api = node.api()
    api.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "doubles", "namespace": namespace}, "spec": spec})

    def ready(seen: dict) -> bool:
        return all(item["ready"] for item in seen.get("status", {}).get("containerStatuses") or [{"ready": False}])

    pod = api.wait(f"/api/v1/namespaces/{namespace}/pods/doubles", ready, timeout=90)
    asked = urllib.request.Request(
        f"http://{pod['status']['podIP']}:9000/v2/models/model/infer",
        json.dumps(QUESTION).encode(),
        {"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(asked, timeout=20) as answer:
        return json.load(answer)["outputs"][0]["data"]
