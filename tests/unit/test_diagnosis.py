"""What a cluster says, and what is made of it.

``tests/data/diagnosis`` holds what a real API server, scheduler, controller manager, kubelet and containerd (Kubernetes 1.34.4) said of
deployments that were broken on purpose, reduced to what diagnosis reads; what Argo and the operator say is written by hand here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from seldon_nb.cards.deployment import deployment_card
from seldon_nb.cards.error import error_card
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.checks import samples
from seldon_nb.cluster.rollout import facts_of
from seldon_nb.cluster.snapshot import operator_seen
from seldon_nb.diagnosis.diagnose import diagnose
from seldon_nb.diagnosis.reading import moment
from seldon_nb.diagnosis.refusals import explain_refusal
from seldon_nb.diagnosis.snapshot import Diagnosis, Snapshot
from seldon_nb.diagnosis.stages import available_since
from seldon_nb.domain.code import fill
from seldon_nb.domain.codes import ALL
from seldon_nb.domain.deployment import DeploymentStatus, Progress, Stage, State
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


@pytest.mark.parametrize("code", ["SNB-335", "SNB-339"])
def test_a_value_in_a_servers_last_word_is_never_shown(code: str) -> None:
    """What the server wrote as its own code passes only if its form is known: a model's error may repeat a row."""
    snapshot = recorded("crash")
    said = "invalid literal for int() with base 10: 'Alice'"
    word = json.dumps(
        {"code": code, "facts": {"error_type": "ValueError", "hint": said, "line": f"ValueError: {said}", "where": "a.py:3 in f"}}
    )
    logs = dict.fromkeys(
        snapshot.logs, ("2026-11-21 14:00:00,123 [mlserver] INFO - Loading model 'model'", word, "Traceback: Alice")
    )
    seen = diagnose(Snapshot(**{**as_facts(snapshot), "logs": logs}))
    assert seen.code == code
    assert "Alice" not in repr(seen)
    assert seen.log == ("2026-11-21 14:00:00,123 [mlserver] INFO - Loading model 'model'",), "what follows the code adds nothing"


def test_a_stuck_update_is_shown_with_what_answers_meanwhile() -> None:
    seen = diagnose(recorded("update-image", expected_digest="sha256:v2", serving_model="fraud@2"))
    facts = {**facts_of(seen), "log": "Killed"}
    page = to_text(error_card(fail(seen.code, **facts)), Skin.PYTHON)
    assert "It stands at: image. `fraud@2` answers as before." in page and "Killed" in page
    status = DeploymentStatus(
        revision=samples.revision(samples.spec()), state=State.STUCK, timeline=seen.stages, diagnosis=seen.code
    )
    page = to_text(deployment_card(replace(status, diagnosis_facts=facts)), Skin.PYTHON)
    assert "`fraud@2` answers as before." in page and "Killed" in page and "It stands at" not in page
    told = fail("SNB-348", **facts_of(diagnose(recorded("update-stuck", expected_digest="sha256:v2", serving_model="fraud@2"))))
    assert to_text(error_card(told), Skin.PYTHON).count("answers as before") == 1


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
    assert (seen.code, seen.final, seen.facts["seconds"]) == (code, code == "SNB-342", 60)


def living(applied: str, told: str = "", plan: str = "sha256:p2", **status: Any) -> dict[str, Any]:
    """A deployment that was made an hour ago and that we applied again since."""
    ours = {"manager": "seldon-nb", "time": applied}
    theirs = {"manager": "operator", "subresource": "status", "time": told}
    return {
        "metadata": {
            "name": "fraud",
            "generation": 2,
            "creationTimestamp": "2026-11-21T11:00:00Z",
            "annotations": {"seldon-nb.io/plan": plan},
            "managedFields": [ours, *([theirs] if told else [])],
        },
        "status": {"state": "Available", **status},
    }


def test_an_update_is_counted_from_its_own_apply() -> None:
    seen = diagnose(about(deployment=living(MADE)))
    assert (seen.code, seen.facts["seconds"], seen.stages[0].took_ms) == ("SNB-346", 60, 60_000)


def test_a_status_from_before_an_update_is_no_sign_of_life() -> None:
    """The workload is as it was, and nobody has written a word since: the operator sleeps."""
    ready = recorded("ok", expected_digest="sha256:v3", serving_model="fraud@2")
    now = moment(MADE) + 60
    for told, code in (("2026-11-21T11:59:00Z", "SNB-342"), ("2026-11-21T12:00:02Z", "SNB-346")):
        document = living(MADE, told)
        seen = diagnose(
            Snapshot(
                **{
                    **as_facts(ready),
                    "now": now,
                    "deployment": document,
                    "operator_seen": operator_seen(document),
                    "answering": False,
                }
            )
        )
        assert (seen.code, seen.serving) == (code, "fraud@2")


def test_what_stands_is_the_former_plans_until_the_new_one_is_applied() -> None:
    """Its workflow still packs: nothing of the former version counts, for better or for worse."""
    former = recorded("ok", serving_model="fraud@2", answering=None)
    facts = {**as_facts(former), "deployment": living("2026-11-21T11:30:00Z"), "applied_at": former.now - 50}
    seen = diagnose(Snapshot(**{**facts, "expected_plan": "sha256:p3"}))
    assert (seen.code, seen.serving, seen.facts["seconds"]) == ("SNB-346", "fraud@2", 50)
    assert [item.progress for item in seen.stages] == [Progress.RUNNING] + [Progress.WAITING] * 5
    broken = living("2026-11-21T11:30:00Z", state="Failed", description='Service "a.b" is invalid: metadata.name: Invalid value')
    assert diagnose(about(deployment=broken, expected_plan="sha256:p3")).code == "SNB-346"


def test_stages_told_after_the_fact_do_not_grow() -> None:
    ready = recorded("ok", answering=True)
    ended = ready.now + 5
    first, later = (
        diagnose(Snapshot(**{**as_facts(ready), "now": ready.now + more, "answered_at": ended})).stages for more in (10, 1000)
    )
    assert first == later
    assert all(item.progress is Progress.DONE for item in first)
    condition = {"type": "Progressing", "reason": "NewReplicaSetAvailable", "lastUpdateTime": MADE}
    load = {"status": {"conditions": [condition]}}
    assert available_since([load, load]) == moment(MADE)
    assert available_since([load, {}]) == available_since([]) == 0


def test_what_ran_before_an_update_took_no_time_of_it() -> None:
    """The former pods are taken over, so every one of their times is older than the update."""
    ready = recorded("ok", answering=True)
    document = living(datetime.fromtimestamp(ready.now, timezone.utc).isoformat())
    facts = {**as_facts(ready), "deployment": document, "now": ready.now + 9, "answered_at": ready.now + 2}
    seen = diagnose(Snapshot(**facts))
    assert [item.took_ms for item in seen.stages[:5]] == [0] * 5
    assert seen.stages[5].took_ms <= 2000


def test_what_the_operator_could_not_do_is_told_in_its_words_and_its_noise_is_not() -> None:
    said = 'Service "a.b" is invalid: metadata.name: Invalid value: "a.b"'
    document = {"metadata": {"creationTimestamp": MADE}, "status": {"state": "Failed", "description": said}}
    seen = diagnose(about(deployment=document))
    assert (seen.code, seen.facts["whose"]) == ("SNB-341", "Service")
    noise = {**document, "status": {"state": "Failed", "description": "the object has been modified"}}
    assert diagnose(about(deployment=noise)).code == "SNB-346"


def test_a_workflow_without_a_word_waits_for_argo() -> None:
    seen = diagnose(about(workflow=workflow()))
    assert (seen.code, seen.final, seen.step) == ("SNB-343", True, None)
    assert not diagnose(about(workflow=workflow(), now=NOW - 35)).final
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
