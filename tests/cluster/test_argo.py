"""Plans handed over to Argo's real controller, with small programs as steps."""

from __future__ import annotations

import pytest

from seldon_nb.checks import samples
from seldon_nb.cluster import kinds
from seldon_nb.cluster.argo import ArgoWorkflows
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.plan import Base, Document, Plan, PlanSpec, plan_digest
from seldon_nb.domain.workflow import Phase, Step
from seldon_nb.render.argo import workflow
from seldon_nb.render.seldon import render
from tests.cluster.reach import Clock, reach


@pytest.fixture
def api(kubeconfig, seldon_operator):
    with reach(kubeconfig) as made:
        yield made


@pytest.fixture
def steps(cluster, own_namespace):
    """The steps' account with the rights that Argo needs."""
    cluster.kubectl("create", "serviceaccount", "snb-deployer", "-n", own_namespace)
    cluster.kubectl(
        "create", "role", "results", "--verb=create,patch", "--resource=workflowtaskresults.argoproj.io", "-n", own_namespace
    )
    cluster.kubectl(
        "create",
        "rolebinding",
        "results",
        "--role=results",
        f"--serviceaccount={own_namespace}:snb-deployer",
        "-n",
        own_namespace,
    )


def plan_for(namespace):
    spec = PlanSpec(
        version=samples.version(),
        deployment="fraud",
        namespace=namespace,
        place="cluster",
        classification=samples.version().classification,
        requested_by=samples.YOU,
    )
    documents = (Document("SeldonDeployment", render(spec).to_document()),)
    return Plan(spec=spec, findings=(), documents=documents, base=Base(), digest=plan_digest(spec, documents, Base()))


def small(cluster, **words):
    """The plan's own workflow with a small program in place of each step."""

    def made(plan):
        document = workflow(plan)
        for template in document["spec"]["templates"]:
            containers = template.get("containerSet", {}).get("containers") or [template["container"]]
            for container in containers:
                step = container.get("name", template["name"])
                container |= {
                    "image": cluster.image("probe"),
                    "command": ["/bin/probe"],
                    "args": words.get(step.replace("-", "_"), ["say", "done"]),
                }
                container["resources"] = {}
                container.pop("envFrom", None)
        return document

    return made


def test_the_same_plan_twice_is_one_run_which_is_followed_to_its_end(api, cluster, own_namespace, steps):
    argo = ArgoWorkflows(api, Clock(), render=small(cluster))
    plan = plan_for(own_namespace)
    run = argo.submit(plan)
    assert argo.submit(plan).name == run.name
    assert len(argo.runs(own_namespace)) == 1
    ended = ArgoWorkflows(api, Clock()).follow(run, lambda _: None)
    assert ended.phase is Phase.SUCCEEDED, ended
    assert ended.target == Target(own_namespace, "fraud", "cluster")
    assert [item.step for item in ended.steps] == list(Step)
    found = argo.run(plan.digest, run.target)
    assert found is not None
    assert found.phase is Phase.SUCCEEDED
    assert argo.submit(plan).phase is Phase.SUCCEEDED, "a plan that was carried out is not carried out again"
    assert api.find(kinds.CONFIG_MAP, own_namespace, f"snb-plan-{plan.digest[7:23]}")["immutable"] is True


def test_a_step_that_fails_is_named_and_a_retry_begins_anew(api, cluster, own_namespace, steps):
    argo = ArgoWorkflows(api, Clock(), render=small(cluster, package=["exit", "3", "nothing to see"]))
    run = argo.submit(plan_for(own_namespace))
    ended = argo.follow(run, lambda _: None)
    assert ended.phase is Phase.FAILED
    assert ended.code == "SNB-541"
    assert ended.facts["step"] == "package"
    assert argo.logs(ended, Step.PACKAGE) == ("nothing to see",)
    argo = ArgoWorkflows(api, Clock(), render=small(cluster))
    again = argo.retry(plan_for(own_namespace))
    assert (again.ended, again.name) == (False, f"{run.name}-a2")
    assert [item.name for item in argo.runs(own_namespace)] == [again.name]
    assert argo.runs(own_namespace)[0].revision.model == "fraud@3", "one finds it again while it is only on its way"
    assert argo.follow(again, lambda _: None).phase is Phase.SUCCEEDED
    assert argo.run(again.plan_digest, again.target).name == again.name


def test_a_run_that_is_stopped_says_so(api, cluster, own_namespace, steps):
    argo = ArgoWorkflows(api, Clock(), render=small(cluster, check=["sleep", "60"]))
    run = argo.submit(plan_for(own_namespace))
    argo.stop(run)
    ended = argo.follow(run, lambda _: None)
    assert (ended.phase, ended.code) == (Phase.STOPPED, "SNB-540")


def test_a_wrong_workflow_is_refused_at_the_door(api, cluster, own_namespace):
    def wrong(plan):
        document = workflow(plan)
        return {**document, "spec": {**document["spec"], "entrypiont": "x"}}

    with pytest.raises(SeldonNbError) as caught:
        ArgoWorkflows(api, Clock(), render=wrong).submit(plan_for(own_namespace))
    assert caught.value.code_id == "SNB-341"
    assert "entrypiont" in str(caught.value.facts["rule"])


def test_without_rights_the_request_for_them_is_ready(kubeconfig, cluster, own_namespace, seldon_operator):
    with reach(kubeconfig, "stranger") as stranger, pytest.raises(SeldonNbError) as caught:
        ArgoWorkflows(stranger, Clock()).submit(plan_for(own_namespace))
    assert caught.value.code_id == "SNB-533"
