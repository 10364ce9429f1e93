"""What a cluster says, and what is made of it.

``tests/data/diagnosis`` holds what a real API server, scheduler, controller manager, kubelet and containerd (Kubernetes 1.34.4) said of
deployments that were broken on purpose, reduced to what diagnosis reads; what Argo and the operator say is written by hand here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seldon_nb.cards.error import error_card
from seldon_nb.diagnosis.diagnose import diagnose
from seldon_nb.diagnosis.refusals import explain_refusal
from seldon_nb.diagnosis.snapshot import Diagnosis, Snapshot
from seldon_nb.domain.code import fill
from seldon_nb.domain.codes import ALL
from seldon_nb.domain.deployment import Progress, Stage
from seldon_nb.domain.errors import fail
from seldon_nb.domain.workflow import Step

DATA = Path(__file__).parents[1] / "data" / "diagnosis"


def recorded(name: str, **more: Any) -> Snapshot:
    told = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    logs = {key: tuple(lines) for key, lines in told.pop("logs").items()}
    lists = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    facts = {"namespace": "team-a", "name": "fraud", "expected_model": "fraud@3", "logs": logs}
    return Snapshot(**{**facts, **lists, **more})


def stage_of(seen: Diagnosis) -> Stage | None:
    return next((item.stage for item in seen.stages if item.progress is Progress.FAILED), None)


RECORDED = [
    ("image-absent", "SNB-330", Stage.IMAGE, {"image": "127.0.0.1:46500/model-server:9.9.9"}),
    ("image-locked", "SNB-331", Stage.IMAGE, {"registry": "127.0.0.1:46500", "secret": "regcred"}),
    ("oom", "SNB-332", Stage.LOADED, {"limit": "32Mi"}),
    ("init-memory", "SNB-332", Stage.WEIGHTS, {"limit": "24Mi"}),
    ("quota", "SNB-333", Stage.PLACED, {"quota": "team-a-quota", "resource": "requests.memory", "limit": "8Mi"}),
    ("no-room", "SNB-334", Stage.PLACED, {"nodes": 1, "reasons": "1 Insufficient memory"}),
    (
        "unpickle",
        "SNB-335",
        Stage.LOADED,
        {"error_type": "ModuleNotFoundError", "versions": "scikit-learn: model 1.2.0, server 1.7.2"},
    ),
    ("files-absent", "SNB-336", Stage.WEIGHTS, {"source": "s3://models/12/model"}),
    ("no-claim", "SNB-336", Stage.PLACED, {"reason": "the namespace has no such volume."}),
    ("changed", "SNB-337", Stage.WEIGHTS, {"planned": "sha256:1f0e", "found": "sha256:77ab"}),
    ("no-secret", "SNB-338", Stage.WEIGHTS, {"secret": "models-ro"}),
    ("secret-volume", "SNB-338", Stage.WEIGHTS, {"secret": "models-ro"}),
    ("crash", "SNB-339", Stage.LOADED, {"exit": 3, "line": "ValueError"}),
    ("no-program", "SNB-339", Stage.LOADED, {"part": "model"}),
    ("early", "SNB-340", Stage.LOADED, {"probe": "startup"}),
    ("liveness", "SNB-340", Stage.LOADED, {"probe": "liveness"}),
    ("policy", "SNB-341", Stage.PLACED, {"whose": "ValidatingAdmissionPolicy images-from-our-registry"}),
    ("range", "SNB-341", Stage.PLACED, {"whose": "LimitRange"}),
    ("podsecurity", "SNB-347", Stage.PLACED, {"level": "restricted:latest"}),
    ("as-root", "SNB-347", Stage.LOADED, {"level": "runAsNonRoot"}),
]


@pytest.mark.parametrize(("name", "code", "stage", "facts"), RECORDED, ids=[row[0] for row in RECORDED])
def test_a_recorded_failure_has_its_own_code(name: str, code: str, stage: Stage, facts: dict[str, object]) -> None:
    seen = diagnose(recorded(name))
    assert (seen.code, stage_of(seen)) == (code, stage)
    assert {key: seen.facts[key] for key in facts} == facts
    assert seen.final == (name != "no-room")
    told = ALL[code]
    assert told.fields() <= set(seen.facts)
    assert "…" not in fill(told.what, seen.facts)
    assert error_card(fail(code, **seen.facts)).title


def test_what_answers_is_not_diagnosed() -> None:
    seen = diagnose(recorded("ok", answering=True))
    assert seen.code == "" and {item.progress for item in seen.stages} == {Progress.DONE}


def test_a_ready_server_whose_route_does_not_answer_yet_is_still_starting() -> None:
    seen = diagnose(recorded("ok", answering=False))
    assert (seen.code, seen.final) == ("SNB-346", False)
    assert seen.stages[-1].progress is Progress.RUNNING


def test_a_check_that_fails_within_the_time_to_start_is_no_failure() -> None:
    snapshot = recorded("warming")
    assert any(event["reason"] == "Unhealthy" for event in snapshot.events)
    assert diagnose(snapshot).code == "SNB-346"


@pytest.mark.parametrize(("name", "code"), [("update-stuck", "SNB-348"), ("update-image", "SNB-330")])
def test_an_update_that_does_not_start_says_which_version_serves(name: str, code: str) -> None:
    seen = diagnose(recorded(name, expected_digest="sha256:v2", serving_model="fraud@2"))
    assert (seen.code, seen.serving, seen.facts["serving"]) == (code, "fraud@2", "fraud@2")


def test_pods_of_the_former_version_are_not_taken_for_the_new_one() -> None:
    """The operator sleeps: the workload still runs version 1, and its ready pod must not pass for version 3."""
    document = {"metadata": {"name": "fraud", "creationTimestamp": "2026-11-21T00:00:00Z"}, "status": {"state": "Available"}}
    found = recorded("ok", expected_digest="sha256:v3", serving_model="fraud@2", deployment=document, answering=False)
    seen = diagnose(Snapshot(**{**as_facts(found), "applied_at": found.now - 60}))
    assert (seen.code, seen.serving) == ("SNB-342", "fraud@2")


def as_facts(snapshot: Snapshot) -> dict[str, Any]:
    return {name: getattr(snapshot, name) for name in Snapshot.__dataclass_fields__}


def test_a_first_failed_try_of_a_missing_image_is_not_final() -> None:
    snapshot = recorded("image-absent")
    events = [item for item in snapshot.events if not item["message"].startswith("Failed to pull image")]
    seen = diagnose(Snapshot(**{**as_facts(snapshot), "events": tuple(events)}))
    assert (seen.code, seen.final) == ("SNB-330", False)


def test_a_value_in_a_log_is_never_shown() -> None:
    snapshot = recorded("crash")
    assert any("Alice" in line for lines in snapshot.logs.values() for line in lines)
    seen = diagnose(snapshot)
    assert "Alice" not in repr(seen) and "Ottawa" not in repr(seen)


def test_events_of_another_life_of_the_same_name_do_not_count() -> None:
    snapshot = recorded("early")
    events = tuple({**item, "involvedObject": {**item["involvedObject"], "uid": "other"}} for item in snapshot.events)
    assert diagnose(Snapshot(**{**as_facts(snapshot), "events": events})).code != "SNB-340"


# --- refusals in the API server's own words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "facts"),
    [
        ("webhook away", "SNB-342", {}),
        ("policy", "SNB-341", {"whose": "ValidatingAdmissionPolicy images-from-our-registry"}),
        ("pod security", "SNB-347", {"level": "restricted:latest"}),
        ("quota unsaid", "SNB-341", {"whose": "ResourceQuota team-a-quota"}),
        ("quota", "SNB-333", {"requested": "16Mi", "used": "0", "limit": "8Mi"}),
        ("schema", "SNB-341", {"whose": "Pod", "rule": "spec.containers: Required value"}),
        ("no right", "SNB-533", {"who": "ana", "verb": "list", "resource": "pods"}),
    ],
)
def test_a_refusal_says_whose_rule_it_was(name: str, code: str, facts: dict[str, object]) -> None:
    said = json.loads((DATA / "refusals.json").read_text(encoding="utf-8"))[name]
    found, told = explain_refusal(said)
    assert found == code and {key: told[key] for key in facts} == facts


def test_a_webhook_is_named() -> None:
    said = 'admission webhook "vseldondeployment.kb.io" denied the request: spec.predictors[0]: Duplicate predictor name'
    assert explain_refusal(said) == (
        "SNB-341",
        {"whose": "webhook vseldondeployment.kb.io", "rule": "spec.predictors[0]: Duplicate predictor name"},
    )


# --- the operator and the workflow ---------------------------------------------------------------------------------------------------

MADE = "2026-11-21T12:00:00Z"
NOW = 1795262460.0  # 60 seconds later


def about(**more: Any) -> Snapshot:
    return Snapshot(**{"now": NOW, "namespace": "team-a", "name": "fraud", "expected_model": "fraud@3", **more})


def workflow(**status: Any) -> dict[str, Any]:
    spec = {"serviceAccountName": "snb-deployer", "activeDeadlineSeconds": 30}
    return {"metadata": {"name": "snb-fraud-0a1b2c3d4e", "creationTimestamp": MADE}, "spec": spec, "status": status}


def step_pod(name: str, exit_code: int, message: str = "") -> dict[str, Any]:
    ended = {"exitCode": exit_code, "reason": "Error", "message": message, "startedAt": MADE, "finishedAt": MADE}
    return {
        "metadata": {"name": "pod", "creationTimestamp": MADE},
        "spec": {"containers": [{"name": name}]},
        "status": {"containerStatuses": [{"name": name, "state": {"terminated": ended}}]},
    }


@pytest.mark.parametrize(("operator", "code"), [(None, "SNB-342"), (False, "SNB-342"), (True, "SNB-346")])
def test_a_deployment_without_a_status_was_not_taken_up(operator: bool | None, code: str) -> None:
    document = {"metadata": {"name": "fraud", "creationTimestamp": MADE}}
    seen = diagnose(about(deployment=document, operator_seen=operator))
    assert (seen.code, seen.final, seen.facts["seconds"]) == (code, False, 60)


def test_what_the_operator_could_not_do_is_told_in_its_words_and_its_noise_is_not() -> None:
    said = 'Service "a.b" is invalid: metadata.name: Invalid value: "a.b"'
    document = {"metadata": {"creationTimestamp": MADE}, "status": {"state": "Failed", "description": said}}
    seen = diagnose(about(deployment=document))
    assert (seen.code, seen.facts["whose"]) == ("SNB-341", "Service")
    noise = {**document, "status": {"state": "Failed", "description": "the object has been modified"}}
    assert diagnose(about(deployment=noise)).code == "SNB-346"


def test_a_workflow_without_a_word_waits_for_argo() -> None:
    assert diagnose(about(workflow=workflow())).code == "SNB-343"
    assert diagnose(about(workflow=workflow(phase="Running"))).code == "SNB-346"


@pytest.mark.parametrize(
    "said",
    [
        'workflowtaskresults.argoproj.io is forbidden: User "system:serviceaccount:team-a:other" cannot create resource',
        'Error (exit code 64): workflowtaskresults.argoproj.io "x" is forbidden: User "system:serviceaccount:team-a:other" cannot create',
    ],
)
def test_a_step_that_may_not_report_is_recognised(said: str) -> None:
    seen = diagnose(about(workflow=workflow(phase="Error", message=said)))
    assert (seen.code, seen.facts["account"], seen.facts["verb"]) == ("SNB-344", "other", "create")


def test_the_exit_code_of_argos_own_container_suffices() -> None:
    seen = diagnose(about(workflow=workflow(phase="Running"), workflow_pods=(step_pod("wait", 64),)))
    assert (seen.code, seen.facts["account"]) == ("SNB-344", "snb-deployer")


def test_a_steps_own_code_goes_before_its_symptoms() -> None:
    word = json.dumps({"code": "SNB-337", "facts": {"planned": "sha256:a", "found": "sha256:b"}})
    failed = workflow(phase="Failed", message="Step exceeded its deadline")
    seen = diagnose(about(workflow=failed, workflow_pods=(step_pod("package", 1, word),)))
    assert (seen.code, seen.step, seen.final) == ("SNB-337", Step.PACKAGE, True)


def test_a_deadline_names_the_step_and_a_seen_cause_goes_before_it() -> None:
    failed = workflow(phase="Failed", message="Workflow exceeded its deadline")
    seen = diagnose(about(workflow=failed, workflow_pods=(step_pod("deploy", 143),)))
    assert (seen.code, seen.facts["seconds"], seen.facts["step"]) == ("SNB-345", 30, "deploy")
    assert diagnose(recorded("oom", workflow=failed)).code == "SNB-332"


def test_a_failed_step_without_a_word_is_told_as_such() -> None:
    seen = diagnose(about(workflow=workflow(phase="Failed"), workflow_pods=(step_pod("package", 137),)))
    assert (seen.code, seen.facts["step"]) == ("SNB-541", "package")


def test_nothing_at_all_is_no_failure() -> None:
    assert diagnose(Snapshot(now=NOW)).code == "SNB-346"
    broken: Any = {"metadata": None, "spec": 3, "status": {"conditions": "x", "containerStatuses": [None]}}
    assert diagnose(about(deployment=broken, pods=(broken,), workloads=(broken,), replica_sets=(broken,), events=(broken,))).code
