"""The panel's watcher over a real API server: what is there, what changes, what one may see, and how soon it is told."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from seldon_nb.cluster import kinds, revisions
from seldon_nb.cluster.live import packed, unpacked
from seldon_nb.domain import marks
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.lab.inventory import Inventory, Query
from seldon_nb.lab.views.rows import deployment_row
from seldon_nb.lab.views.runs import run_detail
from seldon_nb.lab.watching import Watching
from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace
from tests.cluster.reach import reach, revision

IMAGE = "nowhere.invalid/none:1"

pytestmark = pytest.mark.usefixtures("seldon_operator")  # it brings the kind along, and writes the objects as an operator does


class Heard:
    """The changes that were told, each with when."""

    def __init__(self):
        self._changes = []
        self._more = threading.Condition()

    def __call__(self, changes):
        with self._more:
            self._changes += [(change, time.monotonic()) for change in changes]
            self._more.notify_all()

    def wait(self, fits, timeout_s=20.0):
        """The first change, from the oldest on, that ``fits``, and when it came."""
        with self._more:

            def first():
                return next((item for item in self._changes if fits(item[0])), None)

            assert self._more.wait_for(first, timeout_s), self._changes
            return first()

    def clear(self):
        with self._more:
            self._changes.clear()


@pytest.fixture
def panel(kubeconfig, monkeypatch, tmp_path):
    """A workspace of one persona, watched."""
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    made = []

    def watched(context):
        workspace = Workspace(Settings(home=tmp_path / context, place="cluster", context=context))
        heard = Heard()
        watching = Watching(workspace, Inventory(deployment_row), heard)
        made.append((workspace, watching))
        return watching, heard

    yield watched
    for workspace, watching in made:
        watching.close()
        workspace.close()


def document(namespace, name="fraud", number=1, **more):
    return revisions.stamped(revision(namespace, IMAGE, name=name, number=number, **more))


def workflow(namespace, name="snb-fraud-0123456789"):
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {marks.MANAGED_BY: marks.US, marks.DEPLOYMENT: "fraud"},
            "annotations": {marks.PLAN_DIGEST: "sha256:1", marks.MODEL: "fraud@1"},
        },
        "spec": {"entrypoint": "main", "templates": [{"name": "main", "suspend": {}}]},
    }


def test_an_object_is_kept_small_and_comes_back(own_namespace):
    whole = {"apiVersion": "v1", "kind": "X", **document(own_namespace), "status": {"state": "Creating"}}
    small = packed({**whole, "metadata": {**whole["metadata"], "managedFields": [{"manager": "x" * 5000}]}})
    assert len(small["packed"]) < len(json.dumps(whole)) / 2
    again = unpacked(small)
    assert again["spec"] == whole["spec"] and again["status"] == whole["status"]
    assert replace(revisions.of_live(again), documents=()) == replace(revisions.of_live(whole), documents=())


def test_what_comes_changes_and_goes_is_told(kubeconfig, own_namespace, panel):
    watching, heard = panel("admin")
    with reach(kubeconfig) as api:
        api.create(kinds.SELDON, own_namespace, document(own_namespace, "before"))
        assert watching.attend(20.0) == ()
        inventory = watching.inventory
        assert [row.name for row in inventory.page(Query(namespace=own_namespace)).rows] == ["before"]

        def mine(name, act="changed", **more):
            def fits(change):
                told = (change.kind, change.namespace, change.name, change.act)
                return told == ("deployment", own_namespace, name, act) and all(
                    getattr(change, key) == value for key, value in more.items()
                )

            return fits

        api.create(kinds.SELDON, own_namespace, document(own_namespace))
        began = time.monotonic()
        change, at = heard.wait(mine("fraud"))
        assert (change.state, change.model, change.revision) == ("starting", "fraud@1", 1)
        times = [at - began]
        api.apply(kinds.SELDON, own_namespace, "fraud", document(own_namespace, number=2, model="fraud@2"), force=True)
        began = time.monotonic()
        change, at = heard.wait(mine("fraud", revision=2))
        assert change.model == "fraud@2"
        times.append(at - began)
        assert api.delete(kinds.SELDON, own_namespace, "fraud")
        began = time.monotonic()
        _, at = heard.wait(mine("fraud", "gone"))
        times.append(at - began)
        print("told after", ", ".join(f"{max(0.0, item) * 1000:.0f} ms" for item in times))
        assert [row.name for row in inventory.page(Query(namespace=own_namespace)).rows] == ["before"]


def test_a_workflow_is_a_run_and_its_deployment_is_on_its_way(kubeconfig, own_namespace, panel):
    watching, heard = panel("admin")
    with reach(kubeconfig) as api:
        api.create(kinds.SELDON, own_namespace, document(own_namespace))
        assert watching.attend(20.0) == ()
        made = api.create(kinds.WORKFLOW, own_namespace, workflow(own_namespace))
        change, _ = heard.wait(lambda change: change.kind == "run" and change.namespace == own_namespace)
        assert (change.name, change.act, change.model) == (made["metadata"]["name"], "changed", "fraud@1")
        runs = watching.inventory.runs(namespace=own_namespace)
        assert [(run.name, str(run.target), run.ended) for run in runs] == [
            (made["metadata"]["name"], f"{own_namespace}/fraud", False)
        ]
        assert watching.inventory.page(Query(namespace=own_namespace)).rows[0].state == "updating"
        workspace = watching._workspace
        run = workspace.run("cluster", own_namespace, made["metadata"]["name"])
        shown = run_detail(workspace, run)
        assert (shown.row.deployment, shown.may_stop, len(shown.timeline.stages), len(shown.steps.stages)) == (
            "fraud",
            True,
            6,
            5,
        )
        workspace.stop(run)
        heard.wait(lambda change: change.kind == "run" and change.state in ("stopped", "failed", "succeeded"))
        assert run_detail(workspace, workspace.run("cluster", own_namespace, run.name)).may_stop is False
        api.delete(kinds.WORKFLOW, own_namespace, made["metadata"]["name"])
        heard.wait(lambda change: change.kind == "run" and change.act == "gone" and change.namespace == own_namespace)


def test_foreign_objects_and_the_operators_own_marks_make_no_noise(kubeconfig, own_namespace, panel):
    watching, heard = panel("admin")
    with reach(kubeconfig) as api:
        api.create(kinds.SELDON, own_namespace, document(own_namespace))
        assert watching.attend(20.0) == ()
        heard.clear()
        api.patch(kinds.SELDON, own_namespace, "fraud", {"metadata": {"annotations": {"somebody.example/mark": "1"}}})
        foreign = document(own_namespace, "foreign")
        del foreign["metadata"]["labels"][marks.MANAGED_BY]
        api.create(kinds.SELDON, own_namespace, foreign)
        api.create(kinds.SELDON, own_namespace, document(own_namespace, "last"))
        heard.wait(lambda change: change.name == "last")
        assert "foreign" not in {change.name for change, _ in heard._changes}


def test_the_last_lines_of_the_pods_are_read_by_those_who_may(cluster, kubeconfig, own_namespace, panel):
    watching, _ = panel("admin")
    workspace = watching._workspace
    target = Target(own_namespace, "talking", "cluster")
    image = cluster.image("probe")
    with reach(kubeconfig) as api:
        assert workspace.cluster.serving.logs(target) == ()
        talking = revisions.stamped(revision(own_namespace, image, name="talking"))
        talking["spec"]["predictors"][0]["componentSpecs"][0]["spec"]["containers"][0]["args"] = ["exit", "3", "Jane Doe, 1.5"]
        api.create(kinds.SELDON, own_namespace, talking)
        end = time.monotonic() + 40
        while not (lines := workspace.cluster.serving.logs(target)) and time.monotonic() < end:
            time.sleep(0.2)
        assert lines[0].startswith("--- talking-") and "Jane Doe, 1.5" in lines
        assert "Jane Doe, 1.5" in workspace.logs(target).lines
        safe = talking | {"metadata": {**talking["metadata"], "annotations": {**talking["metadata"]["annotations"]}}}
        safe["metadata"]["annotations"]["seldon-nb.io/classification"] = "protected-b"
        api.apply(kinds.SELDON, own_namespace, "talking", safe, force=True)
        told = workspace.logs(target)
        assert told.protected and told.left_out >= 1 and not any("Jane" in line for line in told.lines)
    stranger = panel("stranger")[0]._workspace
    with pytest.raises(SeldonNbError) as caught:
        stranger.cluster.serving.logs(target)
    assert caught.value.code_id == "SNB-533"


def name_it(ports, target):
    """Somebody asks for a deployment by its name, until the server knows of their new right: that takes it a moment."""
    end = time.monotonic() + 20
    while True:
        try:
            assert ports.serving.live(target) is not None
        except SeldonNbError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def test_whoever_may_see_one_namespace_only_sees_that_one_as_soon_as_it_is_named(
    cluster, kubeconfig, own_namespace, panel, monkeypatch
):
    monkeypatch.setattr("seldon_nb.cluster.rights.KEEP_S", 0.5)
    monkeypatch.setattr("seldon_nb.lab.watching._RETRY_S", (0.5,))
    watching, heard = panel("colleague")
    with reach(kubeconfig) as api:
        api.create(kinds.SELDON, own_namespace, document(own_namespace))
        problems = watching.attend(20.0)
        assert [problem.code_id for problem in problems] == ["SNB-533"] and watching.inventory.page(Query()).rows == ()

        resources = "--resource=seldondeployments.machinelearning.seldon.io,deployments.apps,workflows.argoproj.io,configmaps"
        cluster.kubectl("create", "role", "see", "--verb=get,list,watch", resources, "-n", own_namespace)
        cluster.kubectl("create", "rolebinding", "see", "--role=see", "--user=colleague", "-n", own_namespace)
        ports = watching.ports("cluster")
        name_it(ports, Target(own_namespace, "fraud", "cluster"))
        heard.wait(lambda change: (change.kind, change.act) == ("deployment", "reset"), 60.0)
        assert watching.attend(5.0) == ()
        assert [row.name for row in watching.inventory.page(Query()).rows] == ["fraud"]
        other = f"{own_namespace}-2"
        cluster.kubectl("create", "namespace", other)
        try:
            cluster.kubectl("create", "role", "see", "--verb=get,list,watch", resources, "-n", other)
            cluster.kubectl("create", "rolebinding", "see", "--role=see", "--user=colleague", "-n", other)
            api.create(kinds.SELDON, other, document(other, "second"))
            name_it(ports, Target(other, "second", "cluster"))
            heard.wait(lambda change: change.name == "second" and change.namespace == other, 60.0)
            assert {row.name for row in watching.inventory.page(Query()).rows} == {"fraud", "second"}
        finally:
            cluster.kubectl("delete", "namespace", other, "--wait=false")


def test_a_broken_connection_is_told_and_so_is_its_end(kubeconfig, own_namespace, tmp_path, monkeypatch):
    import socket

    import yaml

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    config = yaml.safe_load(Path(kubeconfig).read_text())
    for entry in config["clusters"]:
        entry["cluster"]["server"] = f"https://127.0.0.1:{port}"
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    workspace = Workspace(Settings(home=tmp_path / "home", place="cluster", context="admin"))
    heard = Heard()
    watching = Watching(workspace, Inventory(deployment_row), heard)
    try:
        watching.attend(0.0)
        change, _ = heard.wait(lambda change: change.kind == "place", 60.0)
        assert (change.place, change.state) == ("cluster", "SNB-531")
        assert [problem.code_id for problem in watching.attend(0.0)] == ["SNB-531"]
    finally:
        watching.close()
        workspace.close()
