"""What the nodes of a Workflow say of its steps."""

from __future__ import annotations

import pytest

from seldon_nb.cluster.argo import run_of
from seldon_nb.domain.deployment import Progress
from seldon_nb.domain.workflow import Step


def at(second):
    return f"2026-11-21T12:00:{second:02d}Z"


def node(name, phase, ended=None):
    """A container of the pod that began with the minute, as Argo tells of it."""
    return {
        "displayName": name,
        "type": "Container",
        "phase": phase,
        "startedAt": at(0),
        "finishedAt": at(ended) if ended else None,
    }


def steps_of(*nodes, phase="Running"):
    metadata = {"name": "snb-fraud-0123456789", "namespace": "team-a"}
    status = {"phase": phase, "nodes": {item["displayName"]: item for item in nodes}}
    return run_of({"metadata": metadata, "status": status})


def test_a_step_that_waits_for_another_in_the_same_pod_has_not_begun():
    run = steps_of(
        node("check", "Succeeded", 7), node("package", "Running"), node("deploy", "Running"), node("smoke-test", "Running")
    )
    assert [item.progress for item in run.steps[:3]] == [Progress.DONE, Progress.RUNNING, Progress.WAITING]
    assert {item.progress for item in run.steps[3:]} == {Progress.WAITING}


def test_each_step_took_what_it_took_after_the_one_before():
    nodes = [node(step.value, "Succeeded", ended) for step, ended in zip(Step, (7, 8, 20, 22, 25), strict=True)]
    assert [item.took_ms for item in steps_of(*nodes, phase="Succeeded").steps] == [7000, 1000, 12000, 2000, 3000]


@pytest.mark.parametrize("last", ["Succeeded", "Running"])
def test_what_a_failure_takes_with_it_did_not_fail_and_the_report_is_written_all_the_same(last):
    run = steps_of(
        node("check", "Succeeded", 7),
        node("package", "Failed", 9),
        node("deploy", "Failed", 9),
        node("report", last),
        phase="Failed",
    )
    told = {item.step.value: item.progress for item in run.steps}
    assert told["package"] is Progress.FAILED and told["deploy"] is Progress.WAITING
    assert told["report"] in (Progress.DONE, Progress.RUNNING)
    assert run.facts["step"] == "package"
