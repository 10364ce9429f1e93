"""Pods that do not come up, for real and all at once: each is diagnosed by its own code, at the stage where it stands."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from seldon_nb.cards.deployment import deployment_card
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.cluster import kinds
from seldon_nb.cluster.looking import listed
from seldon_nb.diagnosis.reading import applied, created
from seldon_nb.diagnosis.stages import available_since
from seldon_nb.domain import marks
from seldon_nb.domain.deployment import Progress, Revision, Stage, State, Target
from tests.cluster import stuck
from tests.cluster.node import Node
from tests.cluster.reach import reach, revision
from tests.cluster.stuck import ROW, RULE, Ended, bent, coming, ended, marked, serving_of

QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "small"},
    "spec": {"hard": {"requests.memory": "8Mi"}},
}


@dataclass(frozen=True)
class Wanted:
    """What a failure must be told as: its code, where it stuck, facts, and words that its page must hold."""

    code: str
    stage: Stage
    facts: dict[str, object] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    serving: str = ""


WANTED = {
    "image-absent": Wanted("SNB-330", Stage.IMAGE, words=("/absent/model:9",)),
    "image-locked": Wanted("SNB-331", Stage.IMAGE, {"secret": "-"}, ("/locked/model:1",)),
    "out-of-memory": Wanted("SNB-332", Stage.LOADED, {"limit": "64Mi"}),
    "quota": Wanted(
        "SNB-333", Stage.PLACED, {"quota": "small", "resource": "requests.memory", "requested": "32Mi", "limit": "8Mi"}
    ),
    "no-room": Wanted("SNB-334", Stage.PLACED, {"nodes": 1, "reasons": "1 Insufficient cpu"}),
    "crash": Wanted("SNB-339", Stage.LOADED, {"part": "model", "exit": 3, "line": "KeyError", "log": "KeyError"}, ("KeyError",)),
    "too-early": Wanted("SNB-340", Stage.LOADED, {"probe": "startup"}),
    "policy": Wanted("SNB-341", Stage.PLACED, {"rule": RULE}, ("ValidatingAdmissionPolicy",)),
    "update-image": Wanted("SNB-330", Stage.IMAGE, serving="fraud@1"),
    "update-never-ready": Wanted("SNB-348", Stage.LOADED, serving="fraud@1"),
}


def updated(kubeconfig, first: Revision, second: Revision) -> Ended:
    """The end of an update over a version that answers."""
    with reach(kubeconfig) as api:
        serving_of(api).apply(first, stuck.NOWHERE, lambda _: None)
    return ended(kubeconfig, second)


@pytest.fixture(scope="module")
def ends(kubeconfig, cluster, seldon_operator) -> Iterator[dict[str, Future[Ended]]]:
    """All failures, begun together: each waits for a kubelet or for a deadline most of the time."""
    probe = cluster.image("probe")
    pod = {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "x", "image": probe}]}}
    with contextlib.ExitStack() as kept:
        open_one, small = kept.enter_context(stuck.namespace(cluster)), kept.enter_context(stuck.namespace(cluster, QUOTA))
        strict = kept.enter_context(stuck.ruled(cluster, pod, "/api/v1/namespaces/{}/pods"))
        registry = kept.enter_context(stuck.registry(cluster))
        pool = kept.enter_context(ThreadPoolExecutor(len(WANTED)))

        def one(name: str, namespace: str = open_one, **more: Any) -> Revision:
            return revision(namespace, probe, name=name, deadline=more.pop("deadline", 120), **more)

        def twice(name: str, **second: Any) -> tuple[Revision, Revision]:
            return marked(one(name)), marked(one(name, number=2, model="fraud@2", **second))

        asleep = {"httpGet": {"path": "/", "port": 9000}, "periodSeconds": 1, "failureThreshold": 2}
        first, absent = twice("update-image")
        begun = {
            "image-absent": bent(one("image-absent"), image=f"{registry}/absent/model:9"),
            "image-locked": bent(one("image-locked"), image=f"{registry}/locked/model:1"),
            "out-of-memory": one("out-of-memory", args=("allocate", "256")),
            "quota": one("quota", small),
            "no-room": bent(one("no-room", deadline=5), resources={"requests": {"cpu": "900"}}),
            "crash": one("crash", args=("exit", "3", f"KeyError: '{ROW}'")),
            "too-early": bent(one("too-early", args=("sleep", "600")), startupProbe=asleep),
            "policy": one("policy", strict),
        }
        found = {name: pool.submit(ended, kubeconfig, failing) for name, failing in begun.items()}
        absent = bent(absent, image=f"{registry}/absent/model:9")
        found["update-image"] = pool.submit(updated, kubeconfig, first, absent)
        pair = twice("update-never-ready", deadline=5, args=("serve", ":9001"))
        found["update-never-ready"] = pool.submit(updated, kubeconfig, *pair)
        yield found


@pytest.mark.parametrize("name", WANTED)
def test_a_pod_that_does_not_come_up_says_why_and_where(ends, cluster, name):
    if name == "image-locked" and not isinstance(cluster, Node):
        pytest.skip("a registry that wants a sign-in is served to this machine's node only")
    seen, wanted = ends[name].result(), WANTED[name]
    assert seen.error.code_id == wanted.code, seen.error
    assert seen.stage is wanted.stage
    facts = seen.error.facts
    assert {key: facts.get(key) for key in wanted.facts} == wanted.facts
    assert facts["stage"] == wanted.stage.value
    assert seen.error.code.fields() <= set(facts)
    for word in (wanted.code, f"It stands at: {wanted.stage.value}.", *wanted.words):
        assert word in seen.page
    for part in ROW.split():
        assert part not in seen.page + repr(facts)
    if wanted.serving:
        assert f"`{wanted.serving}` answers as before." in " ".join(seen.page.split())


@pytest.mark.parametrize("name", ["quota", "no-room"])
def test_what_may_start_by_itself_is_left_and_says_what_it_waits_for(ends, kubeconfig, name):
    seen = ends[name].result()
    with reach(kubeconfig) as api:
        status = serving_of(api).status(Target(str(seen.error.facts["namespace"]), name, "cluster"))
    assert status is not None
    assert (status.state, status.diagnosis) == (State.STUCK, WANTED[name].code)
    assert [item.progress for item in status.timeline[:2]] == [Progress.DONE, Progress.FAILED]
    page = to_text(deployment_card(status, skin=Skin.PYTHON), Skin.PYTHON)
    assert WANTED[name].code in page


def test_an_update_that_failed_leaves_the_former_version_with_times_of_its_own(ends, kubeconfig):
    """Its stages are counted from the moment when it was put back, not from the first creation of the deployment."""
    for name in ("update-image", "update-never-ready"):
        seen = ends[name].result()
        target = Target(str(seen.error.facts["namespace"]), name, "cluster")
        with reach(kubeconfig) as api:
            status = coming(serving_of(api), target)
            document = api.get(kinds.SELDON, target.namespace, name)
            answering = available_since(listed(api, kinds.WORKLOAD, target))
        assert (status.revision.number, status.revision.model) == (3, "fraud@1")
        assert all(item.progress is Progress.DONE for item in status.timeline)
        put_back = applied(document, marks.US)
        assert created(document) < put_back
        took = sum(item.took_ms for item in status.timeline) / 1000
        assert took <= max(answering - put_back, 0) + 2, (status.timeline, put_back, answering)  # these are told in whole seconds
