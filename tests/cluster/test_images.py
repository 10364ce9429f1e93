"""The images as they are: what they hold, who they run as, and how soon the model server answers."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from seldon_nb.render.argo.step import pod_security
from tests.cluster import images
from tests.cluster.stage import wait_for

pytestmark = pytest.mark.timeout(1500)  # images are built from nothing the first time

IMPORTS = (
    "import mlflow, pandas, kubernetes, httpx, orjson, seldon_nb.job, seldon_nb.initializer.bring; print(mlflow.__version__)"
)


@pytest.fixture(scope="module", autouse=True)
def tools():
    """What building needs; where a cluster is required, a machine without it fails."""
    missing = images.missing_tools() + ([] if os.getuid() == 0 else ["root"])
    if missing:
        (pytest.fail if os.environ.get("SELDON_NB_REQUIRE_CLUSTER") else pytest.skip)(f"images need {', '.join(missing)}")


@pytest.fixture(scope="module", params=["model-server", "step", "notebook"])
def built(request, tools):
    return images.build(request.param)


def run(image: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a container of an image as its own user."""
    container = images.buildah("from", "--pull-never", image)
    store = ["--root", str(images.cache() / "store"), "--runroot", str(images.cache() / "run"), "--storage-driver", "overlay"]
    try:
        command = ["buildah", *store, "run", "--isolation", "chroot", "--user", "8888:8888", container, "--", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)
    finally:
        images.buildah("rm", container)


def config(archive: Path) -> dict:
    """The image's configuration, read from the archive itself."""
    with tarfile.open(archive) as tar:

        def blob(digest: str) -> dict:
            return json.load(tar.extractfile(f"blobs/{digest.replace(':', '/')}"))

        index = json.load(tar.extractfile("index.json"))
        return blob(blob(index["manifests"][0]["digest"])["config"]["digest"])["config"]


def test_the_archive_says_whose_it_is_and_who_it_runs_as(built):
    found = config(built.archive)
    assert found["User"] == "8888:8888"
    assert found["Entrypoint"][0] in ("/opt/seldon-nb/bin/python", "/opt/seldon-nb/bin/jupyter")


def test_the_bill_of_materials_names_what_is_inside(built):
    bill = json.loads(built.bill.read_text())
    purls = {part["purl"].partition("@")[0] for part in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX"
    assert {"pkg:deb/debian/libc6", "pkg:pypi/numpy", "pkg:pypi/seldon-nb"} <= purls
    assert ("pkg:pypi/mlserver" in purls) == ("step" not in built.reference)


def test_a_second_build_does_nothing(built):
    assert images.build(built.reference.partition("/seldon-nb/")[2].partition(":")[0]) == built


def test_the_steps_find_what_they_need():
    done = run(images.build("step").reference, "/opt/seldon-nb/bin/python", "-c", IMPORTS)
    assert done.returncode == 0, done.stderr


def test_the_initializer_refuses_in_its_image():
    done = run(images.build("step").reference, "/opt/seldon-nb/bin/python", "-m", "seldon_nb.initializer")
    assert json.loads(done.stdout)["code"] == "SNB-153"


def test_every_kernel_of_the_notebook_has_the_magics_and_the_shell_the_verbs():
    image = images.build("notebook").reference
    listed = run(image, "/opt/seldon-nb/bin/ipython", "--no-banner", "-c", "%lsmagic")
    assert "%seldon" in listed.stdout, listed.stdout + listed.stderr
    assert "deploy" in run(image, "/opt/seldon-nb/bin/seldon-nb", "--help").stdout


def test_a_notebook_server_answers_below_its_path_with_a_root_that_is_read_only(node, own_namespace):
    node.import_image(images.build("notebook").archive)
    container = {
        "name": "notebook",
        "image": images.reference("notebook"),
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": "NB_PREFIX", "value": "/notebook/team-a/mine"}],
        "securityContext": {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "home", "mountPath": "/home/analyst"}, {"name": "tmp", "mountPath": "/tmp"}],
    }
    spec = {
        "containers": [container],
        "securityContext": pod_security(),
        "volumes": [{"name": "home", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}],
    }
    api = node.api()
    about = {"name": "mine", "namespace": own_namespace}
    api.apply({"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": spec})
    path = f"/api/v1/namespaces/{own_namespace}/pods/mine"
    seen = api.wait(path, lambda pod: pod.get("status", {}).get("phase") == "Running", timeout=90)
    try:
        wait_for(f"http://{seen['status']['podIP']}:8888/notebook/team-a/mine/api", 60)
    except TimeoutError:
        pytest.fail(node.kubectl("logs", "-n", own_namespace, "mine"))
