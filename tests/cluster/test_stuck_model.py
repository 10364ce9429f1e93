"""Models that do not come to life behind our own initializer and server: in real pods of a strict namespace, by the documents that we render."""

from __future__ import annotations

import contextlib
import http.server
import io
import json
import tarfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from seldon_nb.checks.samples import revision as applied
from seldon_nb.checks.samples import spec, version
from seldon_nb.digests import tree_digest
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.deployment import Revision, Stage
from seldon_nb.domain.plan import Server
from seldon_nb.render.seldon import render
from tests.cluster import images, stuck
from tests.cluster.object_store import secret
from tests.cluster.stuck import ROW, Ended, bent, ended

#: A pickle that asks for a class where an old scikit-learn had it.
OLD = b"csklearn.tree.tree\nDecisionTreeClassifier\n."
FILES = {"model.pkl": OLD, "requirements.txt": b"scikit-learn==0.21.3\n", "MLmodel": b"flavors: {}\n"}
#: One whose error would repeat a row of data.
TELLTALE = f"cbuiltins\nint\n(S'{ROW}'\ntR.".encode()
PASSWORD = "not-the-password-of-this-store"
ARCHIVES: dict[str, bytes] = {}


class _Archives(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = ARCHIVES.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Wanted:
    """What a failure must be told as: its code, where it stuck, and words of its facts."""

    code: str
    stage: Stage
    facts: dict[str, str] = field(default_factory=dict)


WANTED = {
    "unreadable": Wanted(
        "SNB-335",
        Stage.LOADED,
        {"error_type": "ModuleNotFoundError", "hint": "sklearn.tree.tree", "versions": "scikit-learn 0.21.3"},
    ),
    "unreadable-row": Wanted("SNB-335", Stage.LOADED, {"error_type": "ValueError"}),
    "nothing-there": Wanted("SNB-336", Stage.WEIGHTS, {"source": "/nothing.tar.gz", "reason": "it answered 404."}),
    "no-bucket": Wanted("SNB-336", Stage.WEIGHTS, {"source": "s3://snb-no-such-bucket/fraud", "reason": "nothing lies there."}),
    "changed": Wanted("SNB-337", Stage.WEIGHTS, {"planned": "sha256:", "found": "sha256:"}),
    "no-secret": Wanted("SNB-338", Stage.WEIGHTS, {"secret": "absent", "reason": "there is no secret of that name"}),
    "other-remote": Wanted("SNB-338", Stage.WEIGHTS, {"secret": "for-gs", "reason": "it is for gs, not for s3."}),
    "not-let-in": Wanted("SNB-338", Stage.WEIGHTS, {"secret": "wrong", "reason": "the store does not let it in."}),
}


def archive(files: dict[str, bytes]) -> bytes:
    """A ``.tar.gz`` of these files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return packed.getvalue()


def digest_of(files: dict[str, bytes], into: Path) -> str:
    """What a plan records of these files."""
    for name, content in files.items():
        (into / name).write_bytes(content)
    return tree_digest(into)


def planned(namespace: str, name: str, uri: str, digest: str, opened_by: str = "") -> Revision:
    """The revision of a plan for a model at an address."""
    asked = spec(
        version=version(digest=digest, uri=uri),
        deployment=name,
        namespace=namespace,
        place="cluster",
        server=Server.SKLEARN,
        source=ArtifactSource(uri=uri, secret=opened_by),
    )
    room = {"requests": {"cpu": "50m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}}  # all at once on a small node
    return bent(applied(asked, render(asked), number=1), resources=room)


@pytest.fixture(scope="module")
def ends(kubeconfig, node, seldon_operator, tmp_path_factory) -> Iterator[dict[str, Future[Ended]]]:
    """All failures, begun together."""
    if images.missing_tools():
        pytest.skip(f"images cannot be built here: {images.missing_tools()}")
    for name in ("model-server", "step"):
        node.import_image(images.build(name).archive)
    telltale = {**FILES, "model.pkl": TELLTALE}
    digest, other = (digest_of(files, tmp_path_factory.mktemp("model")) for files in (FILES, telltale))
    ARCHIVES["/model.tar.gz"], ARCHIVES["/telltale.tar.gz"] = archive(FILES), archive(telltale)
    ARCHIVES["/changed.tar.gz"] = archive({**FILES, "model.pkl": OLD + b"\n"})  # behind the plan's back
    with contextlib.ExitStack() as kept:
        namespace = kept.enter_context(stuck.namespace(node, labels={"pod-security.kubernetes.io/enforce": "restricted"}))
        for name, changes in {"right": {}, "for-gs": {"remote": "gs"}, "wrong": {"secret_access_key": PASSWORD}}.items():
            node.kubectl("apply", "-f", "-", given=json.dumps(secret(node.s3, namespace, name, **changes)))
        base = f"http://{kept.enter_context(stuck.served(node, _Archives))}"
        pool = kept.enter_context(ThreadPoolExecutor(len(WANTED)))
        begun = {
            "unreadable": (f"{base}/model.tar.gz", ""),
            "unreadable-row": (f"{base}/telltale.tar.gz", ""),
            "nothing-there": (f"{base}/nothing.tar.gz", ""),
            "no-bucket": ("s3://snb-no-such-bucket/fraud", "right"),
            "changed": (f"{base}/changed.tar.gz", ""),
            "no-secret": ("s3://models/fraud", "absent"),
            "other-remote": ("s3://models/fraud", "for-gs"),
            "not-let-in": ("s3://models/fraud", "wrong"),
        }
        yield {
            name: pool.submit(ended, kubeconfig, planned(namespace, name, uri, other if "telltale" in uri else digest, opened_by))
            for name, (uri, opened_by) in begun.items()
        }


@pytest.mark.parametrize("name", WANTED)
def test_a_model_that_does_not_come_to_life_says_why_and_where(ends, node, name):
    seen, wanted = ends[name].result(), WANTED[name]
    facts = seen.error.facts
    assert seen.error.code_id == wanted.code, seen.error
    assert seen.stage is wanted.stage
    assert facts["stage"] == wanted.stage.value
    for key, word in wanted.facts.items():
        assert word in str(facts[key]), (key, facts[key])
    assert seen.error.code.fields() <= set(facts)
    assert f"It stands at: {wanted.stage.value}." in seen.page
    for hidden in (PASSWORD, node.s3.secret_key, node.s3.access_key, *ROW.split()):
        assert hidden not in seen.page + repr(facts)
    print(f"{name}: {seen.seconds:.0f} s\n{seen.page}")
