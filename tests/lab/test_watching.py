"""Keeping this machine in view by its files: soon, cheap, and without starting anything."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import psutil
import pytest

from seldon_nb.domain.deployment import Progress, Stage, StageStatus, State, Target
from seldon_nb.here.applies import Kept
from seldon_nb.here.records import Live
from seldon_nb.lab import watching
from seldon_nb.lab.inventory import Inventory, Query
from seldon_nb.lab.views.rows import deployment_row
from seldon_nb.lab.watching import Watching
from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace
from tests.lab.test_inventory import status


@pytest.fixture
def seen(tmp_path):
    """A workspace that was never up, watched, and the changes that were told."""
    workspace = Workspace(Settings(home=tmp_path / "home"))
    heard, more = [], threading.Condition()

    def tell(changes):
        with more:
            heard.extend((change, time.monotonic()) for change in changes)
            more.notify_all()

    def wait(fits, timeout_s=5.0):
        with more:
            assert more.wait_for(lambda: any(fits(change) for change, _ in heard), timeout_s), heard
            return next((change, at) for change, at in heard if fits(change))

    made = Watching(workspace, Inventory(deployment_row), tell)
    made.wait = wait
    made.heard = heard
    made.workspace = workspace
    yield made
    made.close()
    workspace.close()


def revision(name, number=1):
    return status(name, number=number).revision


def test_a_file_that_was_replaced_is_told_and_nothing_is_started(seen):
    records = seen.workspace.place.records
    assert seen.attend(5.0) == () and seen.running == ("here",)
    for number in range(1, 6):
        records.commit(Live(revision=revision("fraud", number), slot="none"))
        change, _ = seen.wait(lambda change, number=number: change.revision == number)
        assert (change.kind, change.name, change.state) == ("deployment", "fraud", "stopped"), "its place is down"
    records.end(Target("dev", "fraud"))
    seen.wait(lambda change: change.act == "gone")
    assert seen.workspace.place.supervisor.processes() == [] and not seen.workspace.place.exists


def test_a_run_that_goes_on_elsewhere_is_told_stage_by_stage(seen):
    from seldon_nb.domain.workflow import Phase, Run, Step, StepStatus

    applies = seen.workspace.ports.applies
    assert seen.attend(5.0) == ()
    steps = tuple(StepStatus(step=step, progress=Progress.RUNNING if step is Step.DEPLOY else Progress.WAITING) for step in Step)
    run = Run(target=Target("dev", "fraud"), name="0123456789ab-1", plan_digest="sha256:1", phase=Phase.RUNNING, steps=steps)
    me = psutil.Process()
    kept = Kept(run=run, pid=me.pid, born=me.create_time(), asked_at=time.time())
    applies.keep(kept)
    change, _ = seen.wait(lambda change: change.kind == "run")
    assert (change.name, change.state, change.step) == ("0123456789ab-1", "running", "deploy")
    seen.heard.clear()
    stages = tuple(StageStatus(stage, Progress.RUNNING if stage is Stage.WEIGHTS else Progress.WAITING) for stage in Stage)
    applies.keep(replace(kept, run=replace(run, stages=stages)))
    seen.wait(lambda change: change.kind == "run")
    # a process that is gone says so in no file
    applies.keep(replace(kept, run=replace(run, stages=stages), born=1.0))
    change, _ = seen.wait(lambda change: change.kind == "run" and change.state == "stopped")
    assert seen.inventory.runs()[0].code == "SNB-563"


class Breaking:
    """A watch of this machine that shows everything once, says at once that something changed, and breaks at the next look."""

    def __init__(self, watch):
        self._watch, self._looks = watch, 0

    def start(self, told):
        self._watch.start(told)
        told(None)

    def look(self, targets=None):
        self._looks += 1
        if self._looks > 1:
            raise OSError("broken")
        return self._watch.look(targets)

    def check(self):
        return self._watch.check()

    def stop(self):
        self._watch.stop()


@pytest.mark.parametrize(
    ("held_s", "pauses"),
    [
        (60.0, [0.1, 0.3, 0.9, 0.9]),
        (0.0, [0.1, 0.1, 0.1, 0.1]),
    ],  # the second held as long as is asked of it: each time is the first
)
def test_a_place_that_breaks_after_its_first_look_is_left_alone_longer_each_time(seen, monkeypatch, held_s, pauses):
    waited, wait = [], watching.Watcher._wait

    def noted(self, seconds):
        if seconds != watching.GAP_S:
            waited.append(seconds)
        wait(self, min(seconds, 0.01))

    monkeypatch.setattr(watching, "_RETRY_S", (0.1, 0.3, 0.9))
    monkeypatch.setattr(watching, "HELD_S", held_s)
    monkeypatch.setattr(watching.Watcher, "_wait", noted)
    local = seen.workspace.ports.watch
    seen.workspace.ports = replace(seen.workspace.ports, watch=lambda: Breaking(local()))
    seen.attend(5.0)
    seen.wait(lambda change: (change.kind, change.state) == ("place", "SNB-900"))
    seen.wait(lambda change: (change.kind, change.act, change.state) == ("place", "changed", ""))
    end = time.monotonic() + 20
    while len(waited) < 4 and time.monotonic() < end:
        time.sleep(0.02)
    assert waited[:4] == pauses


def test_a_closed_server_watches_nothing(seen):
    assert seen.attend(5.0) == ()
    seen.close()
    assert seen.running == () and seen.attend(0.1) == ()
    before = len(seen.heard)
    seen.workspace.place.records.commit(Live(revision=revision("late"), slot="none"))
    time.sleep(0.4)
    assert len(seen.heard) == before and seen.inventory.page(Query()).rows == ()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("seldon_nb-panel", "seldon_nb-watch"))]


def test_an_idle_place_is_not_looked_at(seen, monkeypatch):
    home = seen.workspace.home
    for number in range(20):
        seen.workspace.place.records.commit(Live(revision=revision(f"model-{number}"), slot="none"))
        slot = home.slots / f"{number:08x}"
        slot.mkdir()
        (slot / "state.json").write_text("{}")
    looks, look = [], watching.Watcher._look

    def noted(self, *words, **more):
        looks.append(words)
        look(self, *words, **more)

    monkeypatch.setattr(watching.Watcher, "_look", noted)
    assert seen.attend(5.0) == ()
    assert seen.inventory.page(Query(state=State.STOPPED.value)).total == 20
    time.sleep(1.5)  # what was written just before it began is heard, and looked at once more
    before = len(looks)
    time.sleep(3.0)
    assert len(looks) == before  # what the watcher itself costs meanwhile: bench_panel_live
