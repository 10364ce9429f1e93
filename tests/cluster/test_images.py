"""The images as they are: what they hold, who they run as, and how soon the model server answers."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.cluster import images

pytestmark = pytest.mark.skipif(bool(images.missing_tools()) or os.getuid() != 0, reason="needs root, buildah and debootstrap")
IMPORTS = (
    "import mlflow, pandas, kubernetes, httpx, orjson, seldon_nb.job, seldon_nb.initializer.bring; print(mlflow.__version__)"
)


@pytest.fixture(scope="module", params=["model-server", "step"])
def built(request):
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
    assert found["Entrypoint"][0] == "/opt/seldon-nb/bin/python"


def test_the_bill_of_materials_names_what_is_inside(built):
    bill = json.loads(built.bill.read_text())
    purls = {part["purl"].partition("@")[0] for part in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX"
    assert {"pkg:deb/debian/libc6", "pkg:pypi/numpy"} <= purls
    assert ("pkg:pypi/mlserver" in purls) == ("model-server" in built.reference)


def test_a_second_build_does_nothing(built):
    assert images.build(built.reference.partition("/seldon-nb/")[2].partition(":")[0]) == built


def test_the_steps_find_what_they_need():
    done = run(images.build("step").reference, "/opt/seldon-nb/bin/python", "-c", IMPORTS)
    assert done.returncode == 0, done.stderr


def test_the_initializer_refuses_in_its_image():
    done = run(images.build("step").reference, "/opt/seldon-nb/bin/python", "-m", "seldon_nb.initializer")
    assert json.loads(done.stdout)["code"] == "SNB-153"
