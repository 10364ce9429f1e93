"""An apply that is asked to end stops where nothing is half done, and what served before serves."""

from __future__ import annotations

import contextlib
import os
import signal
from types import SimpleNamespace

import pytest

from seldon_nb.applying import Told
from seldon_nb.domain.deployment import Progress, Stage, StageStatus, Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.workflow import Phase, Run, Step, StepStatus
from seldon_nb.flows import apply as flow
from seldon_nb.here.applies import Kept


@pytest.fixture
def told():
    run = Run(
        target=Target("dev", "fraud"),
        name="0123456789ab-1",
        plan_digest="sha256:1",
        phase=Phase.RUNNING,
        model="fraud@2",
        steps=tuple(StepStatus(step=step) for step in Step),
    )
    kept = []
    made = Told(SimpleNamespace(keep=kept.append), Kept(run=run))
    made.kept = kept
    before = signal.signal(signal.SIGTERM, made.asked_to_end)
    yield made
    signal.signal(signal.SIGTERM, before)


def at(stage: Stage) -> tuple[StageStatus, ...]:
    order = list(Stage)
    where = order.index(stage)
    progress = [Progress.DONE] * where + [Progress.RUNNING] + [Progress.WAITING] * (len(order) - where - 1)
    return tuple(StageStatus(item, how) for item, how in zip(order, progress, strict=True))


def end_it():
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.ANSWERING])
def test_while_the_new_version_is_only_coming_it_stops_at_once(told, stage):
    told.doing(Step.DEPLOY)
    told.stages(at(stage))
    with pytest.raises(SeldonNbError) as caught:
        end_it()
    assert (caught.value.code_id, caught.value.facts["step"]) == ("SNB-540", "deploy")


def test_not_while_the_route_changes_hands_but_before_the_live_check(told):
    told.doing(Step.DEPLOY)
    told.stages(at(Stage.ANSWERING))
    end_it()  # nothing happens
    told.stages(tuple(StageStatus(stage, Progress.DONE) for stage in Stage))
    with pytest.raises(SeldonNbError) as caught:
        told.doing(Step.SMOKE_TEST)
    assert caught.value.code_id == "SNB-540"


def test_a_stop_that_somebody_swallowed_counts_at_the_next_stage(told):
    told.doing(Step.DEPLOY)
    told.stages(at(Stage.PLACED))
    with contextlib.suppress(SeldonNbError):
        end_it()
    with pytest.raises(SeldonNbError):
        told.stages(at(Stage.IMAGE))


def test_what_is_being_tidied_up_is_not_interrupted(told):
    told.doing(Step.DEPLOY)
    failed = tuple(StageStatus(stage, Progress.FAILED if stage is Stage.LOADED else Progress.DONE) for stage in Stage)
    told.stages(failed)
    end_it()
    told.ended(SeldonNbError("SNB-310", {"model": "fraud@2"}))
    run = told.kept[-1].run
    assert (run.phase, run.code, run.facts) == (Phase.FAILED, "SNB-310", {"model": "fraud@2"})
    assert next(item for item in run.steps if item.step is Step.DEPLOY).progress is Progress.FAILED


@pytest.mark.parametrize("when", [Step.SMOKE_TEST, Step.REPORT])
def test_a_stop_around_the_live_check_puts_back_what_served(told, monkeypatch, when):
    """It is asked for while the live check runs, or just before it: the new version never stays without having passed."""
    done = []
    live = SimpleNamespace(target=Target("dev", "fraud"))
    monkeypatch.setattr(flow, "check", lambda ports, plan: SimpleNamespace(already=False, live=live))
    monkeypatch.setattr(flow, "package", lambda ports, plan: "files")
    monkeypatch.setattr(flow, "deploy", lambda ports, plan, model, report: (done.append("deploy"), (live, None))[1])
    monkeypatch.setattr(flow, "smoke_test", lambda *_: (done.append("smoke"), end_it())[0])
    monkeypatch.setattr(flow, "withdraw", lambda ports, revision, former: done.append("withdraw"))
    monkeypatch.setattr(flow, "record", lambda ports, plan, result="ok", **_: done.append(result))

    def doing(step):
        if step is when is Step.SMOKE_TEST:
            end_it()
        told.doing(step)

    ports = SimpleNamespace(workflows=None)
    with pytest.raises(SeldonNbError) as caught:
        told.stages(at(Stage.ANSWERING))
        flow.apply(ports, None, told.stages, doing=doing)
    told.ended(caught.value)
    assert done == ["deploy", *(["smoke"] if when is Step.REPORT else []), "withdraw", "SNB-540"]
    assert told.kept[-1].run.phase is Phase.STOPPED


def test_a_stop_that_comes_too_late_changes_nothing(told):
    told.doing(Step.REPORT)
    end_it()
    told.ended(None)
    assert told.kept[-1].run.phase is Phase.SUCCEEDED
