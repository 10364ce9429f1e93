"""Keeping this machine in view by its files: soon, cheap, and without starting anything."""

from __future__ import annotations

import itertools
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


def test_a_file_that_was_replaced_is_told_soon_and_nothing_is_started(seen):
    records = seen.workspace.place.records
    assert seen.attend(5.0) == () and seen.running == ("here",)
    times = []
    for number in range(1, 6):
        records.commit(Live(revision=revision("fraud", number), slot="none"))
        began = time.monotonic()
        change, at = seen.wait(lambda change, number=number: change.revision == number)
        assert (change.kind, change.name, change.state) == ("deployment", "fraud", "stopped"), "its place is down"
        times.append(at - began)
    records.end(Target("dev", "fraud"))
    began = time.monotonic()
    change, at = seen.wait(lambda change: change.act == "gone")
    times.append(at - began)
    print("told after", ", ".join(f"{item * 1000:.0f} ms" for item in times))
    assert sorted(times)[len(times) // 2] < 0.2
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

    def __init__(self, watch, begun):
        self._watch, self._begun, self._looks = watch, begun, 0

    def start(self, told):
        self._begun.append(time.monotonic())
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


@pytest.mark.parametrize("held_s", [60.0, 0.0])
def test_a_place_that_breaks_after_its_first_look_is_left_alone_longer_each_time(seen, monkeypatch, held_s):
    monkeypatch.setattr(watching, "_RETRY_S", (0.1, 0.3, 0.9))
    monkeypatch.setattr(watching, "HELD_S", held_s)
    begun, local = [], seen.workspace.ports.watch
    seen.workspace.ports = replace(seen.workspace.ports, watch=lambda: Breaking(local(), begun))
    seen.attend(5.0)
    seen.wait(lambda change: (change.kind, change.state) == ("place", "SNB-900"))
    seen.wait(lambda change: (change.kind, change.act, change.state) == ("place", "changed", ""))
    end = time.monotonic() + 10
    while len(begun) < 4 and time.monotonic() < end:
        time.sleep(0.02)
    pauses = [later - earlier for earlier, later in itertools.pairwise(begun)]
    if held_s:
        assert pauses[0] < pauses[1] < pauses[2] and pauses[2] > 0.9, pauses
    else:  # it held as long as is asked of it: each time is the first time
        assert max(pauses[:3]) < 0.6, pauses


def test_a_closed_server_watches_nothing(seen):
    assert seen.attend(5.0) == ()
    seen.close()
    assert seen.running == () and seen.attend(0.1) == ()
    before = len(seen.heard)
    seen.workspace.place.records.commit(Live(revision=revision("late"), slot="none"))
    time.sleep(0.4)
    assert len(seen.heard) == before and seen.inventory.page(Query()).rows == ()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("seldon_nb-panel", "seldon_nb-watch"))]


def test_an_idle_place_costs_next_to_nothing(seen):
    home = seen.workspace.home
    for number in range(20):
        seen.workspace.place.records.commit(Live(revision=revision(f"model-{number}"), slot="none"))
        slot = home.slots / f"{number:08x}"
        slot.mkdir()
        (slot / "state.json").write_text("{}")
    assert seen.attend(5.0) == ()
    assert seen.inventory.page(Query(state=State.STOPPED.value)).total == 20
    time.sleep(1.5)
    threads = {thread.id: thread for thread in psutil.Process().threads()}
    names = {
        thread.native_id for thread in threading.enumerate() if thread.name.startswith(("seldon_nb-panel", "seldon_nb-watch"))
    }
    time.sleep(5.0)
    now = {thread.id: thread for thread in psutil.Process().threads()}
    used = sum(
        now[item].user_time + now[item].system_time - threads[item].user_time - threads[item].system_time for item in names
    )
    print(f"{used / 5.0 * 100:.2f} % of a core")
    assert used / 5.0 < 0.02  # measured in hundredths of a second: the goal is 1 %
