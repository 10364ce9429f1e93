"""A plan's workflow: deterministic, hardened, without a value in a command, and what the lint says of others."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from seldon_nb.checks.samples import spec, version
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.names import MAX_LABEL
from seldon_nb.domain.plan import Base, Document, Plan, plan_digest
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.render.argo import plan_map, plan_map_name, workflow, workflow_name
from seldon_nb.render.argo.lint import lint
from seldon_nb.render.argo.workflow import deadline_s, to_bytes
from seldon_nb.render.seldon import render, sizes
from seldon_nb.wire import loads


def plan_of(**changes):
    asked = spec(**{"namespace": "team-a", "place": "cluster", "tracking_uri": "http://mlflow.ml:5000", **changes})
    documents = (Document("SeldonDeployment", render(asked).to_document()),)
    return Plan(spec=asked, findings=(), documents=documents, base=Base(), digest=plan_digest(asked, documents, Base()))


def steps(document):
    return {item["name"]: item for item in document["spec"]["templates"][0]["containerSet"]["containers"]}


def report(document):
    return document["spec"]["templates"][1]["container"]


def test_the_same_plan_gives_the_same_bytes_whenever_it_was_made():
    plan = plan_of()
    assert to_bytes(workflow(plan)) == to_bytes(workflow(replace(plan, created_at="2026-11-21T10:00:00.000Z")))
    assert workflow(plan)["metadata"]["name"] == f"snb-fraud-{plan.digest[7:17]}"
    assert workflow(plan_of(timeout_s=61))["metadata"]["name"] != workflow(plan)["metadata"]["name"]


@pytest.mark.parametrize("length", [1, 47, 48, 49, 63])
def test_a_name_fits_whatever_the_deployments_length(length):
    name = workflow_name("a" * length, "sha256:" + "0f" * 32)
    assert len(name) <= MAX_LABEL
    assert name.startswith("snb-a") and name.endswith("-0f0f0f0f0f")
    assert "--" not in workflow_name("a" * 47 + "-b", "sha256:" + "0f" * 32)


def test_four_steps_wait_for_each_other_in_one_pod_and_the_report_has_its_own():
    document = workflow(plan_of())
    assert {name: item.get("dependencies", []) for name, item in steps(document).items()} == {
        "check": [],
        "package": ["check"],
        "deploy": ["package"],
        "smoke-test": ["deploy"],
    }
    assert document["spec"]["onExit"] == "report"
    told = {item["name"]: item["value"] for item in report(document)["env"]}
    assert (told["SNB_STATUS"], told["SNB_FAILURES"]) == ("{{workflow.status}}", "{{workflow.failures}}")


def test_no_value_of_a_plan_is_in_a_command():
    for name, item in steps(workflow(plan_of())).items():
        assert item["command"] == ["python", "-m", "seldon_nb.job", name]
        assert "args" not in item


def test_only_the_step_that_brings_the_files_is_given_the_stores_secret():
    source = ArtifactSource(uri="s3://models/fraud/3", secret="store")
    document = workflow(plan_of(source=source))
    assert [name for name, item in steps(document).items() if "envFrom" in item] == ["package"]
    assert "envFrom" not in report(document)


def test_a_claim_is_mounted_read_only_where_the_files_are_brought_from_it():
    document = workflow(plan_of(source=ArtifactSource(uri="pvc://models/fraud/3")))
    assert {"name": "claim", "persistentVolumeClaim": {"claimName": "models", "readOnly": True}} in document["spec"]["volumes"]
    mounts = document["spec"]["templates"][0]["containerSet"]["volumeMounts"]
    assert {"name": "claim", "mountPath": "/mnt/claim/models", "readOnly": True} in mounts
    assert {"name": "SNB_CLAIMS", "value": "/mnt/claim"} in steps(document)["package"]["env"]
    assert lint(document) == ()


def test_the_deadline_leaves_room_for_the_rollout_the_files_and_the_questions():
    plan = plan_of(version=version(size=2 << 30), timeout_s=120)
    rollout = sizes.deadline_s(plan.spec.version)
    assert deadline_s(plan) > rollout + 3 * 120 + (2 << 10) // 5
    assert workflow(plan)["spec"]["activeDeadlineSeconds"] == deadline_s(plan)


def test_a_protected_models_workflow_says_so_on_its_pods():
    document = workflow(plan_of(classification=spec().classification.PROTECTED_B))
    assert document["spec"]["podMetadata"]["labels"]["data.statcan.gc.ca/classification"] == "protected-b"
    assert document["spec"]["archiveLogs"] is False


def test_a_plan_travels_whole_and_cannot_be_changed_on_the_way():
    plan = plan_of()
    carried = plan_map(plan)
    assert carried["immutable"] is True
    assert carried["metadata"]["name"] == plan_map_name(plan.digest) == f"snb-plan-{plan.digest[7:23]}"
    assert loads(Plan, carried["data"]["plan.json"]) == plan


def test_a_plan_that_no_map_can_hold_is_refused_before_anything_is_sent():
    wide = Signature(Schema(tuple(Column(f"column_{i:06}" + "x" * 40, ColumnType.DOUBLE) for i in range(12_000))), Schema(()))
    with pytest.raises(SeldonNbError) as caught:
        plan_map(plan_of(version=version(signature=wide)))
    assert caught.value.code_id == "SNB-560"


# --- the lint --------------------------------------------------------------------------------------------------------------------


def bent(change):
    document = copy.deepcopy(workflow(plan_of()))
    change(document, document["spec"], document["spec"]["templates"])
    return document


def first(templates):
    return templates[0]["containerSet"]["containers"][0]


def shared(templates):
    return templates[0]["containerSet"]["volumeMounts"]


WRONG = {
    "another kind": lambda d, s, t: d.update(kind="CronWorkflow"),
    "a long name": lambda d, s, t: d["metadata"].update(name="a" * 64),
    "no deadline": lambda d, s, t: s.pop("activeDeadlineSeconds"),
    "an entrypoint that is not there": lambda d, s, t: s.update(entrypoint="main"),
    "an exit handler that is not there": lambda d, s, t: s.update(onExit="bye"),
    "an unknown field": lambda d, s, t: s.update(onexit="report"),
    "an unknown field of a template": lambda d, s, t: t[1].update(retrystrategy={}),
    "a field that is gone": lambda d, s, t: s["synchronization"].update(mutex={"name": "a"}),
    "two templates of one name": lambda d, s, t: t.append(t[0]),
    "two kinds in one template": lambda d, s, t: t[0].update(container=t[1]["container"]),
    "a circle": lambda d, s, t: first(t).update(dependencies=["smoke-test"]),
    "a step that is not there": lambda d, s, t: first(t).update(dependencies=["chekc"]),
    "two steps of one name": lambda d, s, t: t[0]["containerSet"]["containers"].append(first(t)),
    "a word that is not known": lambda d, s, t: first(t)["env"].append({"name": "A", "value": "{{tasks.a.outputs.result}}"}),
    "a word of the exit handler elsewhere": lambda d, s, t: first(t)["env"].append({"name": "A", "value": "{{workflow.status}}"}),
    "a value in a command": lambda d, s, t: t[1]["container"].update(command=["sh", "-c", "echo {{workflow.status}}"]),
    "quotes around a word": lambda d, s, t: t[1]["container"]["env"].append({"name": "A", "value": "'{{workflow.status}}'"}),
    "a root that can be written": lambda d, s, t: first(t)["securityContext"].update(readOnlyRootFilesystem=False),
    "a capability": lambda d, s, t: first(t)["securityContext"].update(capabilities={"drop": ["NET_RAW"]}),
    "root": lambda d, s, t: s["securityContext"].update(runAsNonRoot=False),
    "a patch of the pod": lambda d, s, t: t[0].update(podSpecPatch="{}"),
    "the host's files": lambda d, s, t: s["volumes"].append({"name": "host", "hostPath": {"path": "/"}}),
    "a volume that is not there": lambda d, s, t: shared(t).append({"name": "data", "mountPath": "/data"}),
    "two mounts at one path": lambda d, s, t: shared(t).append({"name": "tmp", "mountPath": "/snb/plan"}),
    "a volume that only one of the set mounts": lambda d, s, t: (
        s["volumes"].append({"name": "own", "emptyDir": {}}),
        first(t).update(volumeMounts=[{"name": "own", "mountPath": "/own"}]),
    ),
    "one variable twice": lambda d, s, t: first(t)["env"].append({"name": "HOME", "value": "/"}),
    "a quantity that is none": lambda d, s, t: first(t)["resources"]["requests"].update(memory="128 MB"),
    "a duration that is none": lambda d, s, t: s["podGC"].update(deleteDelayDuration="10 minutes"),
    "a policy that is none": lambda d, s, t: t[1]["retryStrategy"].update(retryPolicy="Sometimes"),
    "a container without a command": lambda d, s, t: first(t).pop("command"),
}


def test_the_lint_has_nothing_to_say_about_ours():
    assert lint(workflow(plan_of())) == ()
    assert lint(workflow(plan_of(service_account="mine", step_image="registry.example/step@sha256:" + "0" * 64))) == ()


@pytest.mark.parametrize("what", WRONG)
def test_the_lint_names_what_is_wrong(what):
    assert lint(bent(WRONG[what]))


def test_the_lint_refuses_a_value_that_argo_would_fill_in():
    found = lint(workflow(plan_of(tracking_uri="http://mlflow/{{workflow.parameters.a}}")))
    assert any("not known here" in problem.what for problem in found)


def test_the_lint_reads_graphs_of_templates():
    def graph(*tasks):
        return bent(lambda d, s, t: (t.append({"name": "main", "dag": {"tasks": list(tasks)}}), s.update(entrypoint="main")))

    assert (
        lint(
            graph({"name": "a", "template": "apply"}, {"name": "b", "template": "apply", "depends": "a.Succeeded && !a.Skipped"})
        )
        == ()
    )
    assert lint(graph({"name": "a", "template": "appyl"}))
    assert lint(graph({"name": "a", "template": "apply", "depends": "b"}))
    assert lint(graph({"name": "a", "template": "apply", "depends": "a", "dependencies": ["a"]}))
