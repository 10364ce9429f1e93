"""The serving adapter on a real API server with real pods."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from seldon_nb.cluster import kinds
from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.cluster.serving import ClusterServing
from seldon_nb.domain.deployment import Progress, Stage, State, Target
from seldon_nb.domain.errors import SeldonNbError
from tests.cluster.node import Node
from tests.cluster.reach import Clock, reach, revision

NOWHERE = Path("/nonexistent")


@pytest.fixture
def api(kubeconfig, seldon_operator):
    with reach(kubeconfig) as made:
        yield made


@pytest.fixture
def serving(api):
    return ClusterServing(api, ClusterEndpoint(api), Clock())


def test_a_revision_comes_to_life_is_updated_without_loss_and_goes(serving, api, cluster, own_namespace):
    first = revision(own_namespace, cluster.image("probe"))
    told: list[tuple] = []
    status = serving.apply(first, NOWHERE, told.append)
    assert status.state is State.ANSWERING
    assert [item.stage for item in told[-1]] == list(Stage)
    assert all(item.progress is Progress.DONE for item in told[-1])
    live = serving.live(first.target)
    assert live == first
    assert [(item.target, item.state) for item in serving.statuses() if item.target == first.target] == [
        (first.target, State.ANSWERING)
    ]
    assert serving.callers(first.target) == ("colleague", "you")

    near = isinstance(cluster, Node)  # pods of a cluster elsewhere are reached through its API server
    endpoint = ClusterEndpoint(api, inside=near, by_address=near)
    lost, answers, stop = [], [], threading.Event()

    def load() -> None:
        while not stop.is_set():
            try:
                answer = endpoint.ask(first.target, "/v2/models/model/infer", b"{}", None, timeout_s=5)
                answers.append(answer.body.strip())
                if answer.status != 200:
                    lost.append(answer.status)
            except SeldonNbError as error:
                lost.append(error.code_id)
            time.sleep(0.01)

    caller = threading.Thread(target=load)
    caller.start()
    second = revision(own_namespace, cluster.image("probe"), number=2, model="fraud@2", answer="two")
    serving.apply(second, NOWHERE, lambda _: None)
    afresh = endpoint.afresh()
    said = {afresh.ask(first.target, "/v2/models/model/infer", b"{}", None, timeout_s=5).body.strip() for _ in range(50)}
    stop.set()
    caller.join()
    afresh.close()
    assert lost == []
    assert {b"one"} <= set(answers)
    endpoint.close()
    assert said == {b"two"}, "answering is said only when nothing else answers"
    assert [item.number for item in serving.revisions(first.target)] == [1, 2]
    serving.delete(first.target)
    serving.delete(first.target)
    assert serving.live(first.target) is None


def test_a_version_that_never_becomes_ready_leaves_the_former_one_serving(serving, api, cluster, own_namespace):
    first = revision(own_namespace, cluster.image("probe"), name="kept")
    serving.apply(first, NOWHERE, lambda _: None)
    broken = revision(
        own_namespace,
        cluster.image("probe"),
        name="kept",
        number=2,
        model="fraud@2",
        args=("exit", "3", "no such thing"),
        deadline=5,
    )
    with pytest.raises(SeldonNbError) as caught:
        serving.apply(broken, NOWHERE, lambda _: None)
    assert caught.value.code_id in {"SNB-339", "SNB-348"}, caught.value
    live = serving.live(first.target)
    assert live is not None
    assert live.model == "fraud@1"
    assert live.number == 3
    answer = ClusterEndpoint(api).ask(first.target, "/v2/models/model/ready", None, None, timeout_s=5)
    assert (answer.status, answer.body.strip()) == (200, b"one")


def test_somebody_elses_deployment_is_left_alone(serving, api, cluster, own_namespace):
    theirs = dict(revision(own_namespace, cluster.image("probe"), name="theirs").document)
    theirs["metadata"] = {"name": "theirs", "namespace": own_namespace}
    cluster.kubectl("apply", "-f", "-", given=json.dumps(theirs))
    mine = revision(own_namespace, cluster.image("probe"), name="theirs")
    for act in (lambda: serving.apply(mine, NOWHERE, lambda _: None), lambda: serving.delete(mine.target)):
        with pytest.raises(SeldonNbError) as caught:
            act()
        assert caught.value.code_id == "SNB-535"
        assert "kubectl" in str(caught.value.facts["owner"])
    facts = serving.namespace(own_namespace, deployment="theirs")
    assert "kubectl" in facts.owner
    assert serving.live(mine.target) is None


def test_a_stale_base_is_refused(serving, cluster, own_namespace):
    with pytest.raises(SeldonNbError) as caught:
        serving.apply(revision(own_namespace, cluster.image("probe"), number=5), NOWHERE, lambda _: None)
    assert caught.value.code_id == "SNB-220"


def test_a_document_that_the_cluster_refuses_changes_nothing(serving, api, cluster, own_namespace):
    wrong = revision(own_namespace, cluster.image("probe"), name="wrong")
    dict(wrong.document)["spec"]["predictors"][0]["grpah"] = {}
    with pytest.raises(SeldonNbError) as caught:
        serving.apply(wrong, NOWHERE, lambda _: None)
    assert caught.value.code_id == "SNB-341"
    assert "grpah" in str(caught.value.facts["rule"])
    assert serving.live(Target(own_namespace, "wrong", "cluster")) is None
    assert api.find(kinds.CONFIG_MAP, own_namespace, "snb-wrong-r1") is None
