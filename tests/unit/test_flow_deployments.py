"""Deployments of several places in one list, and runs that are only on their way."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from seldon_nb.checks.samples import YOU
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import DeploymentStatus, Revision, State, Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.workflow import Phase, Run
from seldon_nb.flows.deployments import choose, visible


def status(namespace: str, name: str, place: str = "here", digest: str = "sha256:1") -> DeploymentStatus:
    revision = Revision(
        target=Target(namespace, name, place),
        number=1,
        plan_digest=digest,
        documents_digest="",
        model="fraud@1",
        model_digest="",
        classification=Classification.UNCLASSIFIED,
        applied_by=YOU,
        applied_at="2026-11-21T12:00:00.000Z",
        callers=(),
        documents=(),
    )
    return DeploymentStatus(revision=revision, state=State.ANSWERING)


def ports(statuses, runs):
    return SimpleNamespace(
        serving=SimpleNamespace(statuses=lambda: tuple(statuses)),
        carrier=SimpleNamespace(runs=lambda: tuple(runs)),
        access=SimpleNamespace(may=lambda verb, target: target.name != "hidden"),
    )


def test_a_name_is_enough_while_it_is_the_only_one():
    mine = (status("dev", "fraud"), status("team-a", "churn", "cluster"))
    assert choose(mine, "churn").target.place == "cluster"
    assert choose(mine, "dev/fraud").target == Target("dev", "fraud")


def test_the_same_name_in_two_places_is_told_apart_by_the_place():
    mine = (status("dev", "fraud"), status("dev", "fraud", "cluster"))
    assert choose(mine, "cluster/dev/fraud").target.place == "cluster"
    with pytest.raises(SeldonNbError) as caught:
        choose(mine, "fraud")
    assert caught.value.code_id == "SNB-301"
    assert caught.value.facts["nearest"] == "here/dev/fraud, cluster/dev/fraud"


def run(name: str, phase: Phase, digest: str = "sha256:2", **more) -> Run:
    target = Target("team-a", name, "cluster")
    revision = status("team-a", name, "cluster", digest).revision
    return Run(target=target, name=f"snb-{name}", plan_digest=digest, phase=phase, revision=revision, **more)


def test_what_a_workflow_brings_to_life_is_listed_before_it_lives():
    seen = visible(ports([], [run("new", Phase.RUNNING), run("hidden", Phase.RUNNING)]))
    assert [(item.target.name, item.state) for item in seen] == [("new", State.STARTING)]


def test_a_first_apply_that_failed_stays_visible_with_its_code():
    (seen,) = visible(ports([], [run("new", Phase.FAILED, code="SNB-330", facts={"image": "x"})]))
    assert (seen.state, seen.diagnosis, seen.diagnosis_facts) == (State.STUCK, "SNB-330", {"image": "x"})


@pytest.mark.parametrize(
    ("phase", "state"), [(Phase.RUNNING, State.UPDATING), (Phase.FAILED, State.ANSWERING), (Phase.SUCCEEDED, State.ANSWERING)]
)
def test_what_serves_goes_on_serving_whatever_becomes_of_the_run(phase, state):
    (seen,) = visible(ports([status("team-a", "fraud", "cluster")], [run("fraud", phase)]))
    assert seen.state is state


def test_a_run_of_what_serves_already_adds_nothing():
    serving = status("team-a", "fraud", "cluster", "sha256:2")
    assert visible(ports([serving], [run("fraud", Phase.RUNNING)])) == (serving,)


def test_a_stopped_first_apply_is_not_a_deployment():
    assert visible(ports([], [run("new", Phase.STOPPED)])) == ()
    assert visible(ports([], [replace(run("new", Phase.RUNNING), revision=None)])) == ()
