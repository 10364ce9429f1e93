"""Plans and revisions that a real API server does not let in: whose rule it was, which right is missing, whose name it is."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest
import yaml

from seldon_nb.cluster.argo import ArgoWorkflows
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from tests.cluster import stuck
from tests.cluster.reach import Clock, reach, revision
from tests.cluster.stuck import ROW, ended
from tests.cluster.test_argo import plan_for, small

SELDON = "/apis/machinelearning.seldon.io/v1/namespaces/{}/seldondeployments"


def handed_over(kubeconfig, namespace: str, context: str = "admin") -> SeldonNbError:
    """Why a plan cannot be handed over."""
    with reach(kubeconfig, context) as api, pytest.raises(SeldonNbError) as caught:
        ArgoWorkflows(api, Clock()).submit(plan_for(namespace))
    return caught.value


def test_a_policy_of_the_cluster_is_named_with_its_rule(kubeconfig, cluster, seldon_operator):
    sample = dict(revision("x", cluster.image("probe")).document)
    sample = {**sample, "metadata": {"name": "x"}}
    kind = {"group": "machinelearning.seldon.io", "resources": "seldondeployments"}
    with stuck.ruled(cluster, sample, SELDON, **kind) as namespace:
        seen = ended(kubeconfig, revision(namespace, cluster.image("probe")))
        assert seen.error.code_id == "SNB-341", seen.error
        assert seen.error.facts["whose"] == f"ValidatingAdmissionPolicy {namespace}"
        assert stuck.RULE in str(seen.error.facts["rule"])
        assert stuck.RULE in seen.page


def test_the_operators_own_rule_is_named(kubeconfig, cluster, own_namespace, seldon_operator):
    made = revision(own_namespace, cluster.image("probe"))
    twice = copy.deepcopy(dict(made.document))
    twice["spec"]["predictors"] *= 2
    seen = ended(kubeconfig, replace(made, documents=(replace(made.documents[0], body=twice),)))
    assert seen.error.code_id == "SNB-341", seen.error
    assert "vseldondeployment" in str(seen.error.facts["whose"])
    assert "Duplicate" in str(seen.error.facts["rule"])


@pytest.mark.parametrize("way", ["deployment", "workflow"])
def test_a_missing_right_comes_with_the_least_request_for_it(kubeconfig, cluster, own_namespace, seldon_operator, way):
    if way == "deployment":
        error = ended(kubeconfig, revision(own_namespace, cluster.image("probe")), "stranger").error
        page = stuck.page_of(error)
    else:
        error = handed_over(kubeconfig, own_namespace, "stranger")
        page = stuck.page_of(error)
    facts = error.facts
    assert (error.code_id, facts["who"], facts["verb"], facts["namespace"]) == ("SNB-533", "stranger", "get", own_namespace)
    assert facts["resource"] == "seldondeployments.machinelearning.seldon.io"
    role, binding = yaml.safe_load_all(str(facts["request"]))
    assert role["rules"] == [{"apiGroups": ["machinelearning.seldon.io"], "resources": ["seldondeployments"], "verbs": ["get"]}]
    assert [item["name"] for item in binding["subjects"]] == ["stranger"]
    for line in str(facts["request"]).splitlines():
        assert line.strip() in page


@pytest.mark.parametrize("way", ["deployment", "workflow"])
def test_a_namespace_that_is_not_there_is_answered_with_the_nearest(kubeconfig, cluster, own_namespace, seldon_operator, way):
    absent = own_namespace + "x"
    if way == "deployment":
        error = ended(kubeconfig, revision(absent, cluster.image("probe"))).error
    else:
        error = handed_over(kubeconfig, absent)
    assert (error.code_id, error.facts["namespace"], error.facts["nearest"]) == ("SNB-534", absent, own_namespace)


@pytest.mark.parametrize("way", ["deployment", "workflow"])
def test_somebody_elses_deployment_of_that_name_is_left_alone(kubeconfig, cluster, own_namespace, seldon_operator, way):
    theirs = dict(revision(own_namespace, cluster.image("probe")).document)
    theirs["metadata"] = {"name": "fraud", "namespace": own_namespace, "annotations": {"note": ROW}}
    cluster.kubectl("apply", "-f", "-", given=json.dumps(theirs))
    before = cluster.api().ask("GET", f"{SELDON.format(own_namespace)}/fraud").body["metadata"]
    if way == "deployment":
        error = ended(kubeconfig, revision(own_namespace, cluster.image("probe"), model="fraud@3")).error
    else:
        error = handed_over(kubeconfig, own_namespace)
    assert (error.code_id, error.facts["name"], error.facts["model"]) == ("SNB-535", f"{own_namespace}/fraud", "fraud@3")
    assert "kubectl" in str(error.facts["owner"])
    assert "Alice" not in repr(error.facts)
    after = cluster.api().ask("GET", f"{SELDON.format(own_namespace)}/fraud").body["metadata"]
    assert (after["uid"], after["generation"]) == (before["uid"], before["generation"])


def test_a_workflow_that_a_policy_refuses_says_whose_it_was(kubeconfig, cluster, seldon_operator):
    sample = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "x"},
        "spec": {"entrypoint": "a", "templates": [{"name": "a", "container": {"image": "x"}}]},
    }
    path = "/apis/argoproj.io/v1alpha1/namespaces/{}/workflows"
    kind = {"group": "argoproj.io", "resources": "workflows", "version": "v1alpha1"}
    with stuck.ruled(cluster, sample, path, **kind) as namespace, reach(kubeconfig) as api:
        with pytest.raises(SeldonNbError) as caught:
            ArgoWorkflows(api, Clock(), render=small(cluster)).submit(plan_for(namespace))
        assert caught.value.code_id == "SNB-341"
        assert caught.value.facts["whose"] == f"ValidatingAdmissionPolicy {namespace}"
        assert ArgoWorkflows(api, Clock()).run(plan_for(namespace).digest, Target(namespace, "fraud", "cluster")) is None
