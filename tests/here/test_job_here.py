"""The step commands on one machine: each a process of its own, with nothing between them but the plan's file and a directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from seldon_nb import wire
from seldon_nb.domain.audit import Act
from seldon_nb.domain.deployment import State
from seldon_nb.domain.plan import plan_digest

STEPS = ("check", "package", "deploy", "smoke-test")


@pytest.fixture(scope="module")
def planned(workspace, phishing):
    model, features = phishing
    workspace.log(model, name="stepped", sample=features.head(5))
    return workspace.plan("stepped@1", to="dev").value


@pytest.fixture
def step(workspace, tmp_path):
    """Run one step of a plan as a command; ``took`` is how long each ran."""

    def run(plan, name, **more):
        file = tmp_path / "plan.json"
        file.write_text(wire.dumps(plan), encoding="utf-8")
        log = tmp_path / "termination-log"
        log.write_text("")
        env = {key: value for key, value in os.environ.items() if not key.startswith(("SNB_", "SELDON_NB_"))} | {
            "SELDON_NB_HOME": str(workspace.home.root),
            "SNB_PLAN": str(file),
            "SNB_PLAN_DIGEST": plan.digest,
            "SNB_WORK": str(tmp_path / "work"),
            "SNB_TERMINATION_LOG": str(log),
            **more,
        }
        begun = time.monotonic()
        done = subprocess.run([sys.executable, "-m", "seldon_nb.job", name], env=env, capture_output=True, text=True, timeout=120)
        print(f"{name}: {time.monotonic() - begun:.2f} s\n{done.stdout}")
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, done.stdout, json.loads(log.read_text() or "{}")

    return run


def test_the_steps_one_after_the_other_are_an_apply(workspace, planned, step, phishing, tmp_path):
    model, features = phishing
    ends = [step(planned, name) for name in STEPS]
    assert [code for code, _, _ in ends] == [0, 0, 0, 0], ends
    assert "byte for byte" in ends[1][1] and "Answered to you" in ends[3][1] and "Refused to stranger" in ends[3][1]
    assert step(planned, "report", SNB_STATUS="Succeeded", SNB_FAILURES='"null"')[0] == 0
    deployment = workspace.deployment("dev/stepped")
    assert deployment.status.state is State.ANSWERING
    assert list(deployment.predict(features).iloc[:, 0]) == list(model.predict(features))
    record = [item for item in workspace.history("dev/stepped") if item.act is Act.APPLY][-1]
    assert (record.result, record.digest, record.details["revision"]) == ("ok", planned.digest, 1)

    # the same plan again: the steps find nothing to do
    for name in STEPS:
        code, told, _ = step(planned, name)
        assert code == 0 and "nothing to do" in told
    assert workspace.deployment("dev/stepped").status.revision.number == 1


def test_a_plan_that_became_stale_is_refused_and_the_record_says_at_which_step(workspace, planned, step):
    stale = replace(planned, spec=replace(planned.spec, timeout_s=90))
    stale = replace(stale, digest=plan_digest(stale.spec, stale.documents, stale.base))
    code, told, word = step(stale, "check")
    assert code == 1
    assert word["code"] == "SNB-220" and word["step"] == "check" and word["facts"]["found"] == 1
    assert "diff" not in word["facts"]
    assert json.loads(told.splitlines()[-1]) == word
    message = f"check: Error (exit code 1): {json.dumps(word)}"
    failures = json.dumps(json.dumps([{"displayName": "check", "message": message, "templateName": "apply"}]))
    assert step(stale, "report", SNB_STATUS="Failed", SNB_FAILURES=failures)[0] == 0
    record = [item for item in workspace.history("dev/stepped") if item.act is Act.REFUSED][-1]
    assert (record.result, record.details["failed"]) == ("SNB-220", "check")


def test_somebody_who_may_not_is_refused_by_the_first_step(planned, step):
    from seldon_nb.here.identity import identity

    theirs = replace(planned, spec=replace(planned.spec, requested_by=identity("stranger")))
    theirs = replace(theirs, digest=plan_digest(theirs.spec, theirs.documents, theirs.base))
    code, _, word = step(theirs, "check")
    assert (code, word["code"]) == (1, "SNB-401")
