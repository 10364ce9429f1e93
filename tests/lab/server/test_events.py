"""Changes reach whoever listens at the server's event bus: names and phases, soon, once each, and only while somebody looks."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from seldon_nb.domain.deployment import Progress, Stage, StageStatus, State, Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.principal import Principal
from seldon_nb.domain.workflow import Phase, Run, Step, StepStatus
from seldon_nb.lab.events import FILE, SCHEMA_ID, event_schema, written
from seldon_nb.lab.schema import Change
from seldon_nb.ports import Glimpse
from tests.lab.test_inventory import status


class Place:
    """A place to be watched, whose deployments the test changes."""

    def __init__(self, name="here"):
        self.name = name
        self.statuses = {}
        self.runs = {}
        self.started = self.stopped = self.looks = 0
        self.broken = None
        self.trouble = None
        self.told = None

    def start(self, told):
        self.started += 1
        if self.broken is not None:
            raise self.broken
        self.told = told

    def look(self, targets=None):
        self.looks += 1
        found = [item for item in self.statuses.values() if targets is None or item.target in targets]
        return Glimpse(tuple(found), tuple(self.runs.values()))

    def check(self):
        return self.trouble

    def stop(self):
        self.stopped += 1

    def set(self, item):
        self.statuses[item.target] = item
        self.told(frozenset({item.target}))

    @property
    def ports(self):
        access = SimpleNamespace(whoami=lambda: Principal("you"), may=lambda verb, target: target.name != "hidden")
        return SimpleNamespace(watch=lambda: self, access=access)


class Doubled:
    """What the live part needs of a workspace."""

    def __init__(self, *places):
        self._places = {place.name: place for place in places}
        self.places = tuple(self._places)
        self.home = self.place = self.ports = None
        self.uses_cluster = False
        self.classification = SimpleNamespace(is_protected=False)

    def at(self, place):
        return self._places[place].ports

    def close(self):
        pass


@pytest.fixture
def place():
    return Place()


@pytest.fixture
def make_workspace(place):
    return lambda settings: Doubled(place)


@pytest.fixture
def listen(jp_ws_fetch, jp_asyncio_loop):
    """A listener on the bus: ``await following()`` gives the next event of ours."""
    sockets = []

    async def connect():
        socket = await jp_ws_fetch("api", "events", "subscribe")
        sockets.append(socket)

        async def following(timeout_s=30.0):
            while True:
                event = json.loads(await asyncio.wait_for(socket.read_message(), timeout_s))
                if event.pop("schema_id") == SCHEMA_ID:
                    return Change.model_validate(event)

        return following

    yield connect
    for socket in sockets:
        socket.close()


def test_the_schema_on_the_bus_is_the_one_of_the_contract():
    assert json.loads(FILE.read_text()) == event_schema() and FILE.read_text() == written()
    assert event_schema()["additionalProperties"] is False


def test_an_event_has_no_room_for_a_value(jp_serverapp):
    from jsonschema import ValidationError

    logger = jp_serverapp.event_logger
    heard = []

    async def listener(logger, schema_id, data):
        heard.append(data)

    logger.add_listener(schema_id=SCHEMA_ID, listener=listener)
    with pytest.raises(ValidationError):
        logger.emit(schema_id=SCHEMA_ID, data={"kind": "deployment", "act": "changed", "place": "here", "rows": [[1]]})
    logger.remove_listener(schema_id=SCHEMA_ID, listener=listener)


async def test_a_change_reaches_the_browser_by_itself_with_one_look_each(ask, listen, place):
    place.statuses = {Target("dev", "fraud"): status("fraud")}
    following = await listen()
    page = (await ask("GET", "deployments")).body
    assert [row["name"] for row in page["items"]] == ["fraud"] and page["problems"] == []
    looks = place.looks
    for number, state in enumerate((State.UPDATING, State.ANSWERING, State.STUCK, State.ANSWERING)):
        stage = Progress.RUNNING if state is State.UPDATING else Progress.DONE
        place.set(replace(status("fraud", number=number + 2), state=state, timeline=(StageStatus(Stage.WEIGHTS, stage),)))
        change = await following()
        told = (change.kind, change.act, change.place, change.namespace, change.name, change.state, change.model, change.revision)
        assert told == ("deployment", "changed", "here", "dev", "fraud", state.value, "fraud@1", number + 2)
        assert change.step == ("weights" if state is State.UPDATING else "")
        assert change.version > page["version"]
    assert place.looks == looks + 4, "it is told, not looked for"
    assert (await ask("GET", "deployments")).body["items"][0]["revision"] == 5


async def test_a_burst_is_told_once_and_what_is_the_same_not_at_all(ask, listen, place):
    place.statuses = {Target("dev", "fraud"): status("fraud"), Target("dev", "same"): status("same")}
    following = await listen()
    await ask("GET", "deployments")
    for number in range(2, 60):
        place.set(status("fraud", number=number))
        place.set(status("same"))
    heard = []
    while not heard or heard[-1].revision != 59:
        heard.append(await following())
    assert {change.name for change in heard} == {"fraud"} and len(heard) <= 4
    with pytest.raises(asyncio.TimeoutError):
        await following(0.3)


async def test_what_is_gone_and_what_is_new_is_told_and_nothing_of_what_one_may_not_see(ask, listen, place):
    place.statuses = {Target("dev", "fraud"): status("fraud")}
    following = await listen()
    await ask("GET", "deployments")
    del place.statuses[Target("dev", "fraud")]
    place.told(frozenset({Target("dev", "fraud")}))
    change = await following()
    assert (change.act, change.name) == ("gone", "fraud")
    place.set(status("hidden"))
    place.set(status("churn"))
    change = await following()
    assert (change.act, change.name) == ("changed", "churn")


async def test_very_much_at_once_is_told_as_look_again(ask, listen, place):
    following = await listen()
    await ask("GET", "deployments")
    place.statuses = {item.target: item for item in (status(f"m{number}") for number in range(300))}
    place.told(None)
    change = await following()
    assert (change.kind, change.act, change.name) == ("deployment", "reset", "")
    assert (await ask("GET", "deployments?limit=1")).body["total"] == 300


async def test_a_run_is_told_with_its_step_and_listed(ask, listen, place):
    following = await listen()
    await ask("GET", "runs")
    steps = tuple(StepStatus(step=step, progress=Progress.RUNNING if step is Step.DEPLOY else Progress.WAITING) for step in Step)
    run = Run(target=Target("dev", "fraud"), name="0123456789ab-1", plan_digest="sha256:1", phase=Phase.RUNNING, steps=steps)
    place.runs = {run.name: run}
    place.told(frozenset({run.target}))
    change = await following()
    assert (change.kind, change.name, change.state, change.step) == ("run", "0123456789ab-1", "running", "deploy")
    row = (await ask("GET", "runs")).body["items"][0]
    assert (row["id"], row["phase"], row["word"], row["step"], row["of"]) == ("0123456789ab-1", "running", "Running", "deploy", 5)


@pytest.fixture
def quick(monkeypatch):
    from seldon_nb.lab import watching

    monkeypatch.setattr(watching, "_TICK_S", 0.05)
    monkeypatch.setattr(watching, "_RETRY_S", (0.1,))
    return watching


async def test_a_place_that_cannot_be_watched_gives_its_problem_and_is_tried_again(ask, listen, place, quick):
    place.broken = fail("SNB-531", server="https://cluster.example", reason="ConnectError")
    following = await listen()
    page = (await ask("GET", "deployments")).body
    assert [problem["code"] for problem in page["problems"]] == ["SNB-531"] and page["items"] == []
    place.statuses = {Target("dev", "fraud"): status("fraud")}
    place.broken = None
    heard = [await following() for _ in range(2)]
    while ("deployment", "reset") not in {(change.kind, change.act) for change in heard}:
        heard.append(await following())
    page = (await ask("GET", "deployments")).body
    assert page["problems"] == [] and page["total"] == 1


async def test_a_gap_is_told_as_trouble_and_its_end_as_look_again(ask, listen, place, quick):
    place.statuses = {Target("dev", "fraud"): status("fraud")}
    following = await listen()
    await ask("GET", "deployments")
    place.trouble = fail("SNB-531", server="https://cluster.example", reason="ConnectError")
    change = await following()
    assert (change.kind, change.state) == ("place", "SNB-531")
    page = (await ask("GET", "deployments")).body
    assert [problem["code"] for problem in page["problems"]] == ["SNB-531"]
    assert page["total"] == 1, "what was seen last is shown meanwhile"
    place.trouble = None
    heard = [await following() for _ in range(3)]
    assert [(change.kind, change.act) for change in heard] == [("deployment", "reset"), ("run", "reset"), ("place", "changed")]
    assert (await ask("GET", "deployments")).body["problems"] == []


async def test_one_watcher_serves_all_and_ends_when_nobody_asks(ask, jp_serverapp, place, quick, monkeypatch):
    await asyncio.gather(*(ask("GET", "deployments") for _ in range(6)), ask("GET", "runs"))
    assert place.started == 1
    app = jp_serverapp.web_app.settings["seldon_nb"]
    live = app.work.part("live", lambda: None)
    assert live.watching.running == ("here",)
    live.watching._idle_s = 0.2
    for _ in range(3000):
        if not live.watching.running and place.stopped:
            break
        await asyncio.sleep(0.02)
    assert live.watching.running == () and place.stopped == 1
    looks = place.looks
    await asyncio.sleep(0.2)
    assert place.looks == looks, "nobody looks while nobody asks"
    live.watching._idle_s = 60.0
    place.statuses = {Target("dev", "late"): status("late")}
    assert [row["name"] for row in (await ask("GET", "deployments")).body["items"]] == ["late"]
    assert place.started == 2


async def test_a_slow_place_does_not_keep_the_list_waiting(ask, listen, place, quick, monkeypatch):
    monkeypatch.setattr(quick.Watching.attend, "__defaults__", (0.1,))
    free, first, looked = threading.Event(), place.look, []

    def slow(targets=None):
        free.wait(120)
        looked.append(targets)
        return first(targets)

    place.look = slow
    place.statuses = {Target("dev", "fraud"): status("fraud")}
    following = await listen()
    assert (await ask("GET", "deployments")).body["total"] == 0
    assert looked == []
    free.set()
    change = await following()
    assert (change.kind, change.act) == ("deployment", "reset")
    assert (await ask("GET", "deployments")).body["total"] == 1


async def test_a_page_of_five_thousand_is_answered_from_memory(ask, place):
    place.statuses = {item.target: item for item in (status(f"model-{number:04}") for number in range(5000))}
    assert (await ask("GET", "deployments?limit=500")).body["total"] == 5000
    looks = place.looks
    for path, total in (
        ("deployments?limit=100", 5000),
        ("deployments?limit=100&offset=4900&sort=state", 5000),
        ("deployments?limit=100&filter=model-42", 100),
    ):
        for _ in range(2):
            answer = await ask("GET", path)
            assert (answer.status, len(answer.body["items"]), answer.body["total"]) == (200, 100, total)
    assert (place.started, place.looks) == (1, looks), "the place itself is not asked"
