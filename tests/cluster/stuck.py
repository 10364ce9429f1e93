"""What the tests of stuck deployments share: revisions that cannot come up, how their apply ended, and a registry that says no."""

from __future__ import annotations

import contextlib
import copy
import http.server
import json
import shutil
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from seldon_nb.cards.error import error_card
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.cluster.serving import ClusterServing
from seldon_nb.domain.deployment import DeploymentStatus, Progress, Revision, Stage, StageStatus, State, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.plan import Document, documents_digest
from seldon_nb.domain.workflow import Run
from tests.cluster.node import Node, place
from tests.cluster.reach import Clock, reach

NOWHERE = Path("/nonexistent")
RULE = "a model needs an owner"
#: What a model's code may print: a row of data, which nobody may be shown.
ROW = "Alice Tremblay 613-555-0199"


@dataclass(frozen=True)
class Ended:
    """How an apply ended: the error, the stages as they were told last, and the seconds that it took."""

    error: SeldonNbError
    stages: tuple[StageStatus, ...]
    seconds: float

    @property
    def stage(self) -> Stage | None:
        """Where it stuck."""
        return next((item.stage for item in self.stages if item.progress is Progress.FAILED), None)

    @property
    def page(self) -> str:
        """What the user reads."""
        return page_of(self.error)


def page_of(error: SeldonNbError) -> str:
    """What the user reads of an error."""
    return to_text(error_card(error, skin=Skin.PYTHON), Skin.PYTHON)


def error_of(run: Run) -> SeldonNbError:
    """What the user is told of a run that failed."""
    return fail(run.code, **dict(run.facts))


def serving_of(api: Api) -> ClusterServing:
    return ClusterServing(api, ClusterEndpoint(api), Clock())


def ended(kubeconfig: Path, revision: Revision, context: str = "admin") -> Ended:
    """Apply a revision that is bound to fail."""
    told: list[tuple[StageStatus, ...]] = []
    began = time.monotonic()
    with reach(kubeconfig, context) as api:
        try:
            serving_of(api).apply(revision, NOWHERE, told.append)
        except SeldonNbError as error:
            return Ended(error, told[-1] if told else (), time.monotonic() - began)
    raise AssertionError(f"{revision.target} came up")


def coming(serving: ClusterServing, target: Target, seconds: float = 30) -> DeploymentStatus:
    """The status of a deployment once it answers."""
    end = time.monotonic() + seconds
    while (status := serving.status(target)) is None or status.state is not State.ANSWERING:
        assert time.monotonic() < end, status
        time.sleep(0.3)
    return status


def bent(revision: Revision, *, pod: Mapping[str, Any] | None = None, **container: Any) -> Revision:
    """The revision with other words for its only container, and for its pod."""
    document = copy.deepcopy(dict(revision.document))
    spec = document["spec"]["predictors"][0]["componentSpecs"][0]["spec"]
    spec |= dict(pod or {})
    spec["containers"][0] |= container
    documents = (Document("SeldonDeployment", document),)
    return replace(revision, documents=documents, documents_digest=documents_digest(documents))


def marked(revision: Revision) -> Revision:
    """The revision with the digest of its files in its container, as ours have it in their initializer."""
    return bent(revision, env=[{"name": "SNB_DIGEST", "value": revision.model_digest}])


@contextlib.contextmanager
def namespace(cluster, *documents: Mapping[str, Any], labels: Mapping[str, str] | None = None) -> Iterator[str]:
    """A namespace with these objects in it; its removal is asked for at the end and not waited for."""
    name, api = f"t-stuck-{uuid.uuid4().hex[:6]}", cluster.api()
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels or {})}})
    try:
        api.wait(f"/api/v1/namespaces/{name}/serviceaccounts/default", lambda found: True)
        for document in documents:
            cluster.kubectl("apply", "-n", name, "-f", "-", given=json.dumps(document))
        yield name
    finally:
        api.ask("DELETE", f"/api/v1/namespaces/{name}")


class _Registry(http.server.BaseHTTPRequestHandler):
    """``locked/…`` wants a sign-in, and nothing else is there."""

    def do_GET(self) -> None:
        locked = self.path.startswith("/v2/locked/")
        code = "UNAUTHORIZED" if locked else "MANIFEST_UNKNOWN"
        body = json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]}).encode()
        self.send_response(401 if locked else 404)
        if locked:
            self.send_header("WWW-Authenticate", 'Basic realm="registry"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def served(cluster, handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    """``host:port`` of a small web server that pods and the node reach."""
    server = http.server.ThreadingHTTPServer((cluster.host_ip, 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{cluster.host_ip}:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def registry(cluster) -> Iterator[str]:
    """``host:port`` of a registry that hands out nothing; on the user's own cluster one that nobody serves."""
    if not isinstance(cluster, Node):
        yield "localhost:1"
        return
    with served(cluster, _Registry) as address:
        cluster.allow_plain_registry(address)
        try:
            yield address
        finally:
            shutil.rmtree(place.here().data / "configuration" / "registries" / address)


def policy(name: str, namespace: str, *, group: str = "", version: str = "v1", resources: str = "pods") -> list[dict[str, Any]]:
    """A rule of the cluster for the objects of one kind in one namespace: each needs a label ``owner``."""
    api = "admissionregistration.k8s.io/v1"
    where = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    kind = {"apiGroups": [group], "apiVersions": [version], "operations": ["CREATE"], "resources": [resources]}
    rule = {"expression": "has(object.metadata.labels) && 'owner' in object.metadata.labels", "message": RULE}
    return [
        {
            "apiVersion": api,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": name},
            "spec": {"failurePolicy": "Fail", "matchConstraints": {"resourceRules": [kind]}, "validations": [rule]},
        },
        {
            "apiVersion": api,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": name},
            "spec": {"policyName": name, "validationActions": ["Deny"], "matchResources": {"namespaceSelector": where}},
        },
    ]


@contextlib.contextmanager
def ruled(cluster, sample: Mapping[str, Any], path: str, **kind: str) -> Iterator[str]:
    """A namespace in which a policy of the cluster, named like it, refuses objects of a kind.

    Args:
        sample: one that is refused, sent to see whether the policy counts already; path: where, below the API server, with ``{}`` for the namespace.
    """
    with namespace(cluster) as name:
        for document in policy(name, name, **kind):
            cluster.kubectl("apply", "-f", "-", given=json.dumps(document))
        try:
            while cluster.api().ask("POST", f"{path.format(name)}?dryRun=All", sample).status == 201:
                time.sleep(0.1)
            yield name
        finally:
            for what in ("validatingadmissionpolicybinding", "validatingadmissionpolicy"):
                cluster.kubectl("delete", what, name)
