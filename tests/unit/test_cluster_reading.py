"""What the cluster's adapters read off answers and objects, without a cluster."""

from __future__ import annotations

import pytest
import yaml

from seldon_nb.cluster.argo import parse_coded, run_of
from seldon_nb.cluster.audit import check, document, parse
from seldon_nb.cluster.refusals import Refused, no_right, refusal
from seldon_nb.cluster.revisions import principal
from seldon_nb.cluster.rights import allows
from seldon_nb.cluster.rollout import rolled_out, runs
from seldon_nb.domain.audit import GENESIS, Act, AuditRecord
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.workflow import Phase, Step
from seldon_nb.render.roles import request


def test_a_missing_right_names_the_least_role_that_grants_it():
    said = (
        'workflows.argoproj.io is forbidden: User "system:serviceaccount:team-a:nb" cannot create resource "workflows" '
        'in API group "argoproj.io" in the namespace "team-a"'
    )
    found = no_right(Refused(403, "Forbidden", said))
    assert found is not None
    text = request(**found)
    role, binding = yaml.safe_load_all(text)
    assert role["rules"] == [{"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["create"]}]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "namespace": "team-a", "name": "nb"}]
    assert role["metadata"]["namespace"] == binding["metadata"]["namespace"] == "team-a"


def test_a_missing_right_to_a_subresource_names_the_subresource():
    said = 'User "ann" cannot get resource "pods/log" in API group "" in the namespace "team-a"'
    found = no_right(Refused(403, "Forbidden", said))
    assert found is not None and found["resource"] == "pods/log"
    text = request(**found)
    assert next(yaml.safe_load_all(text))["rules"][0]["resources"] == ["pods/log"]


def test_a_rule_of_the_cluster_is_no_missing_right_and_is_named():
    policy = Refused(
        422,
        "Invalid",
        "pods \"x\" is forbidden: ValidatingAdmissionPolicy 'images' with binding 'all' denied request: images must come from registry.example",
    )
    assert no_right(policy) is None
    target = Target("team-a", "fraud", "cluster")

    def told(error):
        found = refusal(error, target, "fraud@3")
        assert found.code.fields() <= set(found.facts)
        return found.code_id, found.facts

    code, facts = told(policy)
    assert (code, facts["whose"], facts["rule"]) == (
        "SNB-341",
        "ValidatingAdmissionPolicy images",
        "images must come from registry.example",
    )
    code, facts = told(
        Refused(400, "", 'admission webhook "v1.vseldondeployment.kb.io" denied the request: Duplicate predictor name')
    )
    assert (code, facts["whose"], facts["rule"]) == ("SNB-341", "webhook v1.vseldondeployment.kb.io", "Duplicate predictor name")
    said = "exceeded quota: small, requested: pods=1,memory=1Gi, used: pods=2,memory=1Gi, limited: pods=2,memory=1Gi"
    code, facts = told(Refused(403, "Forbidden", said))
    wanted = {"quota": "small", "resource": "pods", "requested": "1", "used": "2", "limit": "2"}
    assert (code, {key: facts[key] for key in wanted}) == ("SNB-333", wanted)
    code, facts = told(
        Refused(403, "Forbidden", 'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true')
    )
    assert (code, facts["level"], facts["violations"]) == ("SNB-347", "restricted:latest", "runAsNonRoot != true")


@pytest.mark.parametrize(
    ("said", "whose", "rule"),
    [
        (
            "failed to create typed patch object (a/b; machinelearning.seldon.io/v1, Kind=SeldonDeployment): .spec.grpah: field not declared in schema",
            "SeldonDeployment",
            ".spec.grpah: field not declared in schema",
        ),
        (
            'Workflow in version "v1alpha1" cannot be handled as a Workflow: strict decoding error: unknown field "spec.entrypiont"',
            "Workflow",
            'strict decoding error: unknown field "spec.entrypiont"',
        ),
        ("", "Kubernetes", "HTTP 403"),
    ],
)
def test_a_document_that_does_not_fit_its_kind_is_the_kinds_own_rule(said, whose, rule):
    found = refusal(Refused(403, "", said), Target("a", "b", "cluster"), "")
    assert (found.code_id, found.facts["whose"], found.facts["rule"]) == ("SNB-341", whose, rule)


def test_an_operator_that_does_not_answer_at_the_door_is_told_as_such():
    said = (
        'Internal error occurred: failed calling webhook "v1.vseldondeployment.kb.io": failed to call webhook: connection refused'
    )
    found = refusal(Refused(500, "InternalError", said), Target("a", "b", "cluster"), "fraud@1", seconds=4)
    assert (found.code_id, found.facts["seconds"]) == ("SNB-342", 4)
    other = refusal(Refused(500, "", said.replace("seldondeployment", "others")), Target("a", "b", "cluster"), "fraud@1")
    assert (other.code_id, other.facts["whose"]) == ("SNB-341", "webhook v1.vothers.kb.io")


def test_rules_say_what_is_allowed_and_a_rule_for_one_name_does_not_count():
    rules = {
        "resourceRules": [
            {"verbs": ["*"], "apiGroups": ["argoproj.io"], "resources": ["workflows"]},
            {"verbs": ["get"], "apiGroups": [""], "resources": ["pods/log"]},
            {"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["one"]},
        ]
    }
    assert allows(rules, "create", "workflows.argoproj.io")
    assert allows(rules, "get", "pods/log")
    assert not allows(rules, "get", "pods")
    assert not allows(rules, "get", "secrets")


def test_a_coded_error_is_found_in_a_message_and_nothing_else_is_believed():
    text = 'Error (exit code 1): {"code": "SNB-128", "facts": {"ref": "fraud@1", "planned": "a", "found": "b", "rows": [1, 2]}}'
    assert parse_coded(text) == ("SNB-128", {"ref": "fraud@1", "planned": "a", "found": "b"})
    assert parse_coded('{"code": "SNB-000", "facts": {}}') is None
    assert parse_coded("Error (exit code 1)") is None
    assert parse_coded('{"code": "SNB-128", "fac') is None


def workflow(phase, message="", nodes=(), **spec):
    return {
        "metadata": {
            "name": "snb-fraud-0123456789",
            "namespace": "team-a",
            "labels": {"seldon-nb.io/deployment": "fraud"},
            "annotations": {"seldon-nb.io/model": "fraud@3", "seldon-nb.io/plan": "sha256:01"},
        },
        "spec": spec,
        "status": {"phase": phase, "message": message, "nodes": {str(number): node for number, node in enumerate(nodes)}},
    }


def test_a_workflow_is_read_as_a_run():
    nodes = (
        {
            "displayName": "check",
            "type": "Container",
            "phase": "Succeeded",
            "startedAt": "2026-11-21T12:00:00Z",
            "finishedAt": "2026-11-21T12:00:02Z",
        },
        {
            "displayName": "package",
            "type": "Container",
            "phase": "Failed",
            "message": '1: {"code": "SNB-128", "facts": {"ref": "fraud@3"}}',
        },
    )
    run = run_of(workflow("Failed", nodes=nodes))
    assert (run.phase, run.code, run.facts["ref"], run.model, run.plan_digest) == (
        Phase.FAILED,
        "SNB-128",
        "fraud@3",
        "fraud@3",
        "sha256:01",
    )
    assert run.steps[0].took_ms == 2000
    assert [item.step for item in run.steps] == list(Step)
    stopped = run_of(workflow("Failed", "Stopped with strategy 'Stop'", shutdown="Stop"))
    assert (stopped.phase, stopped.code) == (Phase.STOPPED, "SNB-540")
    dumb = run_of(workflow("Error", "pod deleted"))
    assert (dumb.code, dumb.facts["reason"]) == ("SNB-541", "pod deleted")
    assert run_of(workflow("")).phase is Phase.WAITING


def test_a_workload_counts_only_when_all_of_it_is_new():
    good = {
        "metadata": {"generation": 2},
        "spec": {"replicas": 1},
        "status": {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1},
    }
    assert rolled_out(good)
    for change in ({"observedGeneration": 1}, {"replicas": 2}, {"updatedReplicas": 0}, {"availableReplicas": 0}):
        assert not rolled_out({**good, "status": {**good["status"], **change}})


def test_a_pod_runs_a_document_if_it_holds_what_the_document_says():
    asked = {"spec": {"containers": [{"name": "model", "image": "a:1", "env": [{"name": "X", "value": "1"}]}]}}
    added = {
        "spec": {
            "containers": [
                {"name": "model", "image": "a:1", "env": [{"name": "Y", "value": "2"}, {"name": "X", "value": "1"}]},
                {"name": "engine"},
            ]
        }
    }
    assert runs(added, asked)
    assert not runs({"spec": {"containers": [{"name": "model", "image": "a:1", "env": [{"name": "X", "value": "0"}]}]}}, asked)
    assert not runs({"spec": {"containers": [{"name": "model", "image": "a:2"}]}}, asked)
    assert not runs({"spec": {}}, asked)


def test_names_of_a_cluster_become_principals():
    assert principal("system:serviceaccount:team-a:nb").name == "system:serviceaccount:team-a:nb"
    assert principal("https://issuer/#Ann").name == "https:--issuer--ann"


def chain(count):
    made, prev = {}, GENESIS
    for seq in range(1, count + 1):
        record = AuditRecord(seq=seq, at="2026-11-21T12:00:00.000Z", who="you", act=Act.APPLY, subject="team-a/fraud", prev=prev)
        record = AuditRecord(**{**{name: getattr(record, name) for name in record.__slots__}, "hash": record.computed_hash()})
        made[seq], prev = record, record.hash
    return made


def test_a_chain_of_records_tells_what_was_changed_or_removed():
    good = chain(4)
    assert check(good) == (0, "")
    assert check({seq: record for seq, record in good.items() if seq != 2})[0] == 2
    changed = dict(good)
    stored = document(good[3], "team-a")
    stored["data"]["record.json"] = stored["data"]["record.json"].replace('"you"', '"eve"')
    changed[3] = parse(stored)
    assert check(changed)[0] == 3
    assert parse(document(good[3], "team-a")) == good[3]
