"""Applies that go on by themselves: whoever asked may be killed, the process itself may be, and either way what served serves."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from seldon_nb.domain.audit import Act
from seldon_nb.domain.deployment import Progress, Stage, State
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.workflow import Phase, Step
from seldon_nb.here.applies import KEEP, Applies
from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def logged(workspace, phishing):
    model, features = phishing
    for _ in range(2):
        workspace.log(model, name="fraud", sample=features.head())
    return features


@pytest.fixture
def held(workspace):
    """Nobody can claim a model server: an apply stands at its second stage until the block ends."""

    @contextlib.contextmanager
    def hold():
        workspace.ports.serving.settle()
        with workspace.place.lock():
            yield

    return hold


def until(look, timeout_s=120.0):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come to that in time")


def stands_at(workspace, run, stage):
    def look():
        now = workspace.run("here", run.target.namespace, run.name)
        return now if any(item.stage is stage and item.progress is Progress.RUNNING for item in now.stages) else None

    return until(look)


def kept(workspace, run):
    return json.loads((workspace.home.applies / f"{run.name}.json").read_text())


def test_an_apply_is_carried_by_another_process_and_its_stages_are_told(workspace, logged, held):
    plan = workspace.plan("fraud@1", to="dev", name="carried")
    with held():
        run = workspace.start(plan)
        now = workspace.run("here", "dev", run.name)
        assert not now.ended and now.steps[2].progress is not Progress.DONE, "whoever asks does not wait"
        assert workspace.start(plan).name == run.name, "the same plan on its way is the same run"
    assert (run.phase, run.model, str(run.target)) in {
        (phase, "fraud@1", "dev/carried") for phase in (Phase.WAITING, Phase.RUNNING)
    }
    told = []
    ended = workspace.follow(run, told.append)
    assert (ended.phase, ended.code) == (Phase.SUCCEEDED, "")
    assert [item.step for item in ended.steps if item.progress is Progress.DONE] == list(Step)
    assert told and {item.progress for item in told[-1]} == {Progress.DONE}
    assert kept(workspace, run)["pid"] not in (0, os.getpid())
    assert workspace.status_of(run.target).state is State.ANSWERING
    record = [item for item in workspace.history("dev/carried") if item.act is Act.APPLY]
    assert [(item.result, item.who) for item in record] == [("ok", "you")]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in workspace.home.applies.iterdir()}
    assert modes == {0o600}

    again = workspace.follow(workspace.start(plan))  # it lives already: nothing is done twice
    assert again.name != run.name and again.phase is Phase.SUCCEEDED
    assert workspace.status_of(run.target).revision.number == 1
    assert [item.name for item in workspace.runs("here") if item.plan_digest == plan.digest] == [again.name, run.name]


STARTER = """
import sys, time
from pathlib import Path
from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace
workspace = Workspace(Settings(home=Path(sys.argv[1])))
run = workspace.start(workspace.load_plan(sys.argv[2]))
print(run.name, flush=True)
time.sleep(600)
"""


def test_whoever_asked_may_be_killed_and_another_process_finds_the_end(workspace, logged, held, tmp_path):
    path = workspace.plan("fraud@1", to="dev", name="orphan").save(tmp_path / "plan.json")
    with held():
        starter = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(workspace.home.root), str(path)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            name = starter.stdout.readline().strip()
            run = workspace.run("here", "dev", name)
            stands_at(workspace, run, Stage.PLACED)
        finally:
            os.killpg(starter.pid, signal.SIGKILL)  # it and all that is still its own
            starter.wait()
            starter.stdout.close()
        # a first apply is a deployment that starts, before anything of it lives
        seen = {status.target.name: status for status in workspace.statuses()}["orphan"]
        assert (seen.state, seen.revision.model) == (State.STARTING, "fraud@1")
        assert [item.stage for item in seen.timeline if item.progress is Progress.RUNNING] == [Stage.PLACED]
    other = Workspace(Settings(home=workspace.home.root))
    try:
        assert other.follow(run).phase is Phase.SUCCEEDED
        assert other.status_of(run.target).state is State.ANSWERING
    finally:
        other.close()


def answers(workspace, features, name):
    return len(workspace.deployment(f"dev/{name}").predict(features.head(3)))


def test_a_stopped_apply_leaves_what_served_before(workspace, logged, held):
    workspace.deploy("fraud@1", to="dev", name="stopped")
    with held():
        run = workspace.start(workspace.plan("fraud@2", to="dev", name="stopped"))
        stands_at(workspace, run, Stage.PLACED)
        assert workspace.status_of(run.target).state is State.UPDATING
        ended = workspace.stop(run)
        assert (ended.phase, ended.code) == (Phase.STOPPED, "SNB-540")
        assert ended.facts["step"] == "deploy"
        assert workspace.stop(ended).finished_at == ended.finished_at, "a second time does nothing"
    assert workspace.status_of(run.target).revision.model == "fraud@1"
    assert answers(workspace, logged, "stopped") == 3
    record = [item for item in workspace.history("dev/stopped") if item.act is Act.REFUSED]
    assert [item.result for item in record] == ["SNB-540"]
    # and the same plan may be applied after all
    assert workspace.follow(workspace.start(workspace.plan("fraud@2", to="dev", name="stopped"))).phase is Phase.SUCCEEDED
    assert workspace.status_of(run.target).revision.model == "fraud@2"


def test_a_process_that_is_gone_without_a_word_is_told_as_interrupted(workspace, logged, held):
    workspace.deploy("fraud@1", to="dev", name="gone")
    plan = workspace.plan("fraud@2", to="dev", name="gone")
    with held():
        run = workspace.start(plan)
        stands_at(workspace, run, Stage.PLACED)
        os.kill(kept(workspace, run)["pid"], signal.SIGKILL)
        ended = until(lambda: (now := workspace.run("here", "dev", run.name)).ended and now)
    assert (ended.phase, ended.code, ended.facts["step"]) == (Phase.STOPPED, "SNB-563", "deploy")
    assert "What served before still serves" in str(fail(ended.code, **ended.facts))
    assert ended.finished_at
    assert workspace.status_of(run.target).state is State.ANSWERING, "nothing is on its way any more"
    assert answers(workspace, logged, "gone") == 3
    again = workspace.start(plan)
    assert again.name != run.name
    assert workspace.follow(again).phase is Phase.SUCCEEDED
    assert workspace.status_of(run.target).revision.model == "fraud@2"


def test_a_refused_plan_ends_with_its_code_and_facts(workspace, logged):
    stale = workspace.plan("fraud@1", to="dev", name="stale")
    workspace.deploy("fraud@2", to="dev", name="stale")
    run = workspace.start(stale)
    ended = workspace.follow(run)
    assert (ended.phase, ended.code) == (Phase.FAILED, "SNB-220")
    assert ended.facts["found"] == 1 and isinstance(fail(ended.code, **ended.facts), SeldonNbError)
    assert next(item for item in ended.steps if item.step is Step.CHECK).progress is Progress.FAILED
    assert "stale" not in {status.target.name for status in workspace.statuses() if status.state is State.STARTING}


def test_a_blocked_plan_and_somebody_who_may_not_are_refused_at_once(workspace, logged):
    plan = workspace.plan("fraud@1", to="dev", name="theirs")
    stranger = workspace.as_("stranger")
    with pytest.raises(SeldonNbError) as caught:
        stranger.start(plan)
    assert caught.value.code_id == "SNB-401"
    assert stranger.runs("here") == ()


def test_only_names_of_runs_are_read(workspace, logged):
    applies = workspace.ports.applies
    assert isinstance(applies, Applies)
    for name in ("", "..", "../place", "a/b-1", ".lock", "zzzzzzzzzzzz-1", "0123456789ab-0"):
        assert applies.read(name) is None
    with pytest.raises(SeldonNbError) as caught:
        workspace.run("here", "dev", "0123456789ab-1")
    assert caught.value.code_id == "SNB-565"


def test_old_runs_are_forgotten_and_those_on_their_way_are_not(workspace, logged):
    from dataclasses import replace

    applies = workspace.ports.applies
    kept_run = applies._kept(workspace.runs("here")[0].name)
    for number in range(KEEP + 5):
        run = replace(kept_run.run, name=f"{number:012x}-1", started_at=f"2020-01-01T00:00:{number:02d}.000Z")
        applies.keep(replace(kept_run, run=run))
    ended = workspace.follow(workspace.start(workspace.plan("fraud@2", to="dev", name="carried")))
    names = [run.name for run in workspace.runs("here")]
    assert len(names) <= KEEP + 1 and ended.name == names[0]
    assert "000000000000-1" not in names
