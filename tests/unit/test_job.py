"""The step commands: what they refuse, what they leave, how they end.  Nothing is served here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from seldon_nb import job, wire
from seldon_nb.checks.samples import YOU, spec
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.plan import Base, Document, Plan, plan_digest
from seldon_nb.domain.workflow import Step
from seldon_nb.render.seldon import render
from seldon_nb.steps.handover import AfterCheck, AfterDeploy, AfterPackage, Handover
from seldon_nb.steps.outcome import Outcome, coded, outcome


def a_plan(**changes):
    asked = spec(**changes)
    documents = (Document("SeldonDeployment", render(asked).to_document()),)
    return Plan(spec=asked, findings=(), documents=documents, base=Base(), digest=plan_digest(asked, documents, Base()))


@pytest.fixture
def given(tmp_path, monkeypatch):
    plan = a_plan()
    file = tmp_path / "plan.json"
    file.write_text(wire.dumps(plan), encoding="utf-8")
    log = tmp_path / "termination-log"
    log.write_text("")
    for name, value in {
        "SNB_PLAN": file,
        "SNB_PLAN_DIGEST": plan.digest,
        "SNB_WORK": tmp_path / "work",
        "SNB_TERMINATION_LOG": log,
    }.items():
        monkeypatch.setenv(name, str(value))
    return plan, tmp_path


def last_word(tmp_path):
    return json.loads((tmp_path / "termination-log").read_text())


def test_a_step_that_does_not_exist_is_answered_with_the_nearest(given, capsys):
    assert job.run(["deply"]) == 2
    told = capsys.readouterr().out
    assert "python -m seldon_nb.job deploy" in told
    assert json.loads(told.splitlines()[-1])["code"] == "SNB-562"


def test_without_a_step_the_steps_are_told(given, capsys):
    assert job.run([]) == 2
    assert "check, package, deploy, smoke-test, report" in capsys.readouterr().out


@pytest.mark.parametrize("bend", ["another digest", "no digest", "altered", "cut short", "missing"])
def test_only_the_plan_that_was_meant_is_read(given, monkeypatch, capsys, bend):
    plan, tmp_path = given
    file = tmp_path / "plan.json"
    if bend == "another digest":
        monkeypatch.setenv("SNB_PLAN_DIGEST", "sha256:" + "0" * 64)
    elif bend == "no digest":
        monkeypatch.delenv("SNB_PLAN_DIGEST")
    elif bend == "altered":
        file.write_text(wire.dumps(replace(plan, spec=replace(plan.spec, timeout_s=3600))), encoding="utf-8")
    elif bend == "cut short":
        file.write_text(file.read_text()[:-20], encoding="utf-8")
    else:
        file.unlink()
    assert job.run(["check"]) == 1
    assert last_word(tmp_path)["code"] == "SNB-221"
    assert "Traceback" not in capsys.readouterr().out


def test_a_step_without_its_forerunner_says_which_file_is_missing(given):
    _, tmp_path = given
    assert job.run(["deploy"]) == 1
    assert last_word(tmp_path) == {
        "code": "SNB-561",
        "facts": {"step": "deploy", "file": "check.json", "reason": "FileNotFoundError", "ref": "fraud@3", "namespace": "dev"},
        "step": "deploy",
    }


def test_what_nobody_foresaw_is_told_without_its_message(given, monkeypatch):
    _, tmp_path = given

    def broken(_):
        raise ValueError("row 17: income=93112")

    monkeypatch.setattr(job, "_DO", {Step.CHECK: broken})
    assert job.run(["check"]) == 1
    word = (tmp_path / "termination-log").read_text()
    assert json.loads(word)["code"] == "SNB-900" and "93112" not in word


def test_the_last_word_fits_what_kubernetes_keeps():
    error = fail("SNB-220", target="dev/fraud", diff="+" * 9000, who="a" * 5000, **{f"fact{i}": "é" * 700 for i in range(20)})
    line = job.coded_line(error, "check")
    assert len(line.encode()) <= 3000 and "\n" not in line
    assert json.loads(line)["facts"]["target"] == "dev/fraud" and "diff" not in json.loads(line)["facts"]


def test_no_file_is_made_where_kubernetes_looks_for_none(given, monkeypatch):
    _, tmp_path = given
    monkeypatch.setenv("SNB_TERMINATION_LOG", str(tmp_path / "none"))
    assert job.run(["deploy"]) == 1
    assert not (tmp_path / "none").exists()


def test_a_plan_that_lives_already_leaves_nothing_to_do(given, capsys):
    plan, tmp_path = given
    Handover(tmp_path / "work", plan, Step.CHECK).leave(AfterCheck(True, revision(plan)))
    assert [job.run([step]) for step in ("package", "deploy", "smoke-test")] == [0, 0, 0]
    assert capsys.readouterr().out.count("nothing to do") == 3


# --- the handover ----------------------------------------------------------------------------------------------------------------


def revision(plan):
    return Revision(
        target=Target("dev", "fraud"),
        number=4,
        plan_digest=plan.digest,
        documents_digest=plan.documents_digest(),
        model="fraud@3",
        model_digest=plan.spec.version.digest,
        classification=plan.spec.classification,
        applied_by=YOU,
        applied_at="2026-11-21T10:00:00.000Z",
        callers=plan.spec.callers,
        documents=plan.documents,
        signature=plan.spec.version.signature,
    )


@pytest.mark.parametrize("kind", [AfterCheck, AfterPackage, AfterDeploy])
def test_what_a_step_leaves_the_next_one_takes(tmp_path, kind):
    plan = a_plan()
    value = {
        AfterCheck: AfterCheck(False, revision(plan)),
        AfterPackage: AfterPackage("/snb/work/model", plan.spec.version.digest),
        AfterDeploy: AfterDeploy(revision(plan)),
    }[kind]
    Handover(tmp_path, plan, Step.CHECK).leave(value)
    assert Handover(tmp_path, plan, Step.SMOKE_TEST).take(kind) == value


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"left": {}}', b"\xff", b'{"left": 3}'])
def test_what_cannot_be_read_stops_the_step(tmp_path, body):
    (tmp_path / "package.json").write_bytes(body)
    with pytest.raises(SeldonNbError) as caught:
        Handover(tmp_path, a_plan(), Step.DEPLOY).take(AfterPackage)
    assert caught.value.code_id == "SNB-561"


def test_what_another_plan_left_is_not_taken(tmp_path):
    Handover(tmp_path, a_plan(), Step.PACKAGE).leave(AfterPackage("/a", "sha256:0"))
    with pytest.raises(SeldonNbError):
        Handover(tmp_path, a_plan(timeout_s=61), Step.DEPLOY).take(AfterPackage)


# --- what the exit handler is told ------------------------------------------------------------------------------------------------

POD = "snb-fraud-0a1b2c3d4e"
LINE = json.dumps({"code": "SNB-128", "facts": {"ref": "fraud@3", "planned": "a", "found": "b"}, "step": "package"})


def failures(*parts):
    listed = [{"displayName": name, "message": message, "templateName": "apply", "phase": "Failed"} for name, message in parts]
    return json.dumps(json.dumps(listed))  # Argo's value has quotes of its own


TOLD = (
    (POD, 'deploy: Error (exit code 64): dependency "package" exited with non-zero code: 1'),
    ("package", f"package: Error (exit code 1): {LINE}"),
    ("deploy", 'deploy: Error (exit code 64): dependency "package" exited with non-zero code: 1'),
    ("smoke-test", 'smoke-test: Error (exit code 64): dependency "deploy" exited with non-zero code: 64'),
)


def test_the_record_names_the_step_that_failed_and_not_those_that_waited_for_it():
    assert outcome("Failed", failures(*TOLD)) == Outcome("SNB-128", "package", {"ref": "fraud@3", "planned": "a", "found": "b"})
    assert outcome("Failed", json.loads(failures(*TOLD))).result == "SNB-128"


def test_a_success_needs_no_list():
    assert outcome("Succeeded", '"null"') == Outcome("ok")
    assert outcome("Succeeded", "{{workflow.failures}}") == Outcome("ok")


def test_a_step_that_ended_without_a_word_is_named():
    found = outcome(
        "Failed", failures((POD, "package: OOMKilled (exit code 137)"), ("package", "package: OOMKilled (exit code 137): "))
    )
    assert (found.result, found.step) == ("SNB-541", "package")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Pod was active on the node longer than the specified deadline", "SNB-345"),
        ("workflow shutdown with strategy:  Stop", "SNB-540"),
        ("Stopped with strategy 'Terminate'", "SNB-540"),
    ],
)
def test_the_engines_own_words_have_codes(message, code):
    assert outcome("Failed", failures((POD, message))).result == code


@pytest.mark.parametrize("told", ["", "null", "{{workflow.failures}}", "[]", "3", '[3, {"a": 1}]', "not json"])
def test_a_list_that_cannot_be_read_is_no_success(told):
    assert outcome("Failed", told).result == "SNB-541"


def test_a_code_that_is_not_ours_is_not_repeated():
    assert coded('x: Error (exit code 1): {"code": "SNB-000", "facts": {}}') is None
    assert coded('x: {"code": "SNB-128", "facts": {"a": [1], "b": "c"}}\n') == ("SNB-128", {"b": "c"})
    assert coded('x: {"code": "SNB-128", "facts": {"a": "cut sho') is None


# --- what a start costs -------------------------------------------------------------------------------------------------------------


def test_a_step_is_started_without_what_it_does_not_need():
    code = (
        "import sys, seldon_nb.job, seldon_nb.steps.handover, seldon_nb.steps.check, seldon_nb.steps.deploy, seldon_nb.steps.report\n"
        "import seldon_nb.wire\n"
        "print(sorted({'mlflow', 'pandas', 'numpy', 'kubernetes', 'httpx', 'click', 'yaml'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
