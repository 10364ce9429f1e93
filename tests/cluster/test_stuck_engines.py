"""Nobody who would do the work: Seldon's operator away or asleep, Argo's controller away, its pods without the right to report, and no time left."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from seldon_nb.cluster.argo import ArgoWorkflows
from seldon_nb.domain.deployment import Stage, State
from seldon_nb.domain.workflow import Phase, Run
from tests.cluster import stuck
from tests.cluster.operator.webhook import NAME
from tests.cluster.reach import Clock, reach, revision
from tests.cluster.stuck import coming, ended, marked, serving_of
from tests.cluster.test_argo import plan_for, small

HOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
RESULTS = ("--verb=create,patch", "--resource=workflowtaskresults.argoproj.io")


# --- Seldon's operator -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def asleep(cluster) -> Iterator[dict[str, Any]]:
    """The stand-in does nothing for a while; its webhook's configuration, which is put back afterwards."""
    (operator,) = (child for child in psutil.Process().children() if "tests.cluster.operator" in child.cmdline())
    api = cluster.api()
    hook = api.ask("GET", f"{HOOKS}/{NAME}").body
    kept = {**hook, "metadata": {"name": NAME}}
    operator.suspend()
    try:
        yield kept
    finally:
        operator.resume()
        api.ask("DELETE", f"{HOOKS}/{NAME}")
        api.ask("POST", HOOKS, kept)


@pytest.fixture
def stand_in(seldon_operator):
    """The operator is ours to put to sleep."""
    if seldon_operator == "real":
        pytest.skip("the operator of a cluster in use is not stopped")


def test_an_operator_that_is_away_is_told_at_the_door(kubeconfig, cluster, own_namespace, stand_in):
    with asleep(cluster) as hook:
        moved = json.loads(json.dumps(hook))
        moved["webhooks"][0]["clientConfig"]["url"] = f"https://{cluster.host_ip}:1/"
        cluster.api().ask("DELETE", f"{HOOKS}/{NAME}")
        assert cluster.api().ask("POST", HOOKS, moved).status == 201
        seen = ended(kubeconfig, revision(own_namespace, cluster.image("probe")))
        assert seen.error.code_id == "SNB-342", seen.error
        assert "Seldon's operator, which checks each deployment, cannot be reached." in seen.page
        assert seen.error.facts["seconds"] >= 1
        with reach(kubeconfig) as api:
            assert serving_of(api).revisions(revision(own_namespace, "x").target) == (), "nothing was changed"


def test_an_operator_that_sleeps_is_told_while_it_is_waited_for(kubeconfig, cluster, own_namespace, stand_in):
    """A first deployment is left and comes up by itself later; of an update, the former version serves."""
    probe = cluster.image("probe")
    first = revision(own_namespace, probe, name="first", deadline=3)
    before = marked(revision(own_namespace, probe, name="update"))
    after = marked(revision(own_namespace, probe, name="update", number=2, model="fraud@2", deadline=3))
    with reach(kubeconfig) as api:
        serving = serving_of(api)
        serving.apply(before, stuck.NOWHERE, lambda _: None)
        with asleep(cluster):
            cluster.api().ask("DELETE", f"{HOOKS}/{NAME}")
            with ThreadPoolExecutor(2) as pool:
                fresh, update = pool.map(lambda one: ended(kubeconfig, one), (first, after))
            assert (fresh.error.code_id, fresh.stage) == ("SNB-342", Stage.ACCEPTED), fresh.error
            assert fresh.error.facts["seconds"] >= 30
            assert (update.error.code_id, update.stage) == ("SNB-342", Stage.ACCEPTED), update.error
            assert update.error.facts["serving"] == "fraud@1"
            assert "`fraud@1` answers as before." in update.page
            waiting = serving.status(first.target)
            assert waiting is not None
            assert (waiting.state, waiting.diagnosis) == (State.STUCK, "SNB-342")
        assert coming(serving, first.target).revision.number == 1
        assert coming(serving, after.target).revision.model == "fraud@1"


# --- Argo's controller -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def account(cluster, own_namespace):
    """The account of the steps, without any right."""
    cluster.kubectl("create", "serviceaccount", "snb-deployer", "-n", own_namespace)
    return f"--serviceaccount={own_namespace}:snb-deployer"


def allow(cluster, namespace: str, account: str) -> None:
    """Let the steps' pods write their results."""
    cluster.kubectl("create", "role", "results", *RESULTS, "-n", namespace)
    cluster.kubectl("create", "rolebinding", "results", "--role=results", account, "-n", namespace)


def followed(kubeconfig, namespace: str, render) -> tuple[Run, Run]:
    """A run as it was handed over and as whoever followed it saw it last."""
    with reach(kubeconfig) as api:
        argo = ArgoWorkflows(api, Clock(), render=render)
        run = argo.submit(plan_for(namespace))
        return run, ArgoWorkflows(api, Clock()).follow(run, lambda _: None)


def test_without_argos_controller_the_plan_waits_and_is_taken_up_later(kubeconfig, node, own_namespace, account, seldon_operator):
    allow(node, own_namespace, account)
    with node.without("argo"):
        run, seen = followed(kubeconfig, own_namespace, small(node))
        assert seen.code == "SNB-343", seen
        assert seen.facts["workflow"] == run.name
        assert seen.facts["seconds"] >= 20
        assert seen.facts["model"] == "fraud@3"
    with reach(kubeconfig) as api:
        later = ArgoWorkflows(api, Clock()).follow(run, lambda _: None)
        assert later.phase is Phase.SUCCEEDED, later


def test_a_step_that_may_not_write_its_result_names_the_account(kubeconfig, cluster, own_namespace, account, seldon_operator):
    _, seen = followed(kubeconfig, own_namespace, small(cluster))
    assert (seen.phase, seen.code) == (Phase.FAILED, "SNB-344"), seen
    assert (seen.facts["account"], seen.facts["verb"]) == ("snb-deployer", "create")
    page = stuck.page_of(stuck.error_of(seen))
    assert "--resource=workflowtaskresults.argoproj.io" in page
    assert f"--serviceaccount={own_namespace}:snb-deployer" in page


def test_a_workflow_whose_time_is_over_names_the_step(kubeconfig, cluster, own_namespace, account, seldon_operator):
    allow(cluster, own_namespace, account)
    slow = small(cluster, package=["sleep", "90"])

    def hurried(plan):
        document = slow(plan)
        return {**document, "spec": {**document["spec"], "activeDeadlineSeconds": 8}}

    _, seen = followed(kubeconfig, own_namespace, hurried)
    assert (seen.phase, seen.code) == (Phase.FAILED, "SNB-345"), seen
    assert (seen.facts["seconds"], seen.facts["step"]) == (8, "package")
    assert "stood at the step package" in stuck.page_of(stuck.error_of(seen))
