"""Runs through the server: a real apply is heard at the bus, listed, shown in full and stopped; logs come without values."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from seldon_nb.domain.deployment import Progress, Stage
from seldon_nb.lab.events import SCHEMA_ID

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def logged(workspace, phishing):
    model, features = phishing
    for _ in range(2):
        workspace.log(model, name="fraud", sample=features.head())
    return workspace


@pytest.fixture
def make_workspace(logged):
    return lambda settings: logged


async def heard_until(socket, last, timeout_s=180.0):
    """Our events up to the one that ``last`` is true of, each with when it came."""
    found, end = [], time.monotonic() + timeout_s
    while not (found and last(found[-1][0])):
        event = json.loads(await asyncio.wait_for(socket.read_message(), end - time.monotonic()))
        if event.pop("schema_id") == SCHEMA_ID:
            found.append((event, time.monotonic()))
    return found


async def work(do, *arguments, **options):
    return await asyncio.to_thread(do, *arguments, **options)


async def test_an_apply_is_heard_from_its_first_stage_to_its_answer(ask, jp_ws_fetch, logged):
    socket = await jp_ws_fetch("api", "events", "subscribe")
    page = (await ask("GET", "deployments")).body
    plan = await work(logged.plan, "fraud@1", to="dev", name="heard")
    run = await work(logged.start, plan)
    events = await heard_until(
        socket, lambda event: event["kind"] == "run" and event["name"] == run.name and event["state"] == "succeeded"
    )
    socket.close()
    deployment = [event for event, _ in events if event["kind"] == "deployment" and event["name"] == "heard"]
    assert deployment[0]["state"] == "starting" and deployment[-1]["state"] == "answering"
    versions = [event["version"] for event, _ in events]
    assert versions == sorted(versions) and versions[0] > page["version"]
    row = next(row for row in (await ask("GET", "deployments")).body["items"] if row["name"] == "heard")
    assert (row["state"], row["word"], row["model"], row["mine"]) == ("answering", "Answering", "fraud@1", True)

    item = (await ask("GET", "runs?place=here&namespace=dev")).body["items"][0]
    assert (item["id"], item["phase"], item["word"], item["deployment"], item["done"], item["of"]) == (
        run.name,
        "succeeded",
        "Done",
        "heard",
        5,
        5,
    )
    assert item["digest"] == plan.digest and item["startedAt"] and item["finishedAt"]
    detail = (await ask("GET", f"runs/here/dev/{run.name}")).body
    assert [stage["tone"] for stage in detail["timeline"]["stages"]] == ["good"] * 6
    assert [stage["name"] for stage in detail["steps"]["stages"]] == ["check", "package", "deploy", "live check", "report"]
    assert detail["problem"] is None and detail["mayStop"] is False


async def test_a_failed_run_says_why_in_the_language_of_whoever_asks(ask, logged):
    stale = await work(logged.plan, "fraud@1", to="dev", name="changed")
    await work(logged.deploy, "fraud@2", to="dev", name="changed")
    run = await work(logged.start, stale)
    await work(logged.follow, run)
    detail = (await ask("GET", f"runs/here/dev/{run.name}")).body
    assert (detail["row"]["phase"], detail["row"]["tone"], detail["problem"]["code"]) == ("failed", "bad", "SNB-220")
    assert detail["problem"]["next"][0]["command"].startswith("%seldon")
    french = (await ask("GET", f"runs/here/dev/{run.name}", headers={"X-Seldon-NB-Language": "fr"})).body
    assert french["problem"]["what"] != detail["problem"]["what"]
    assert {item["id"] for item in (await ask("GET", "runs?filter=CHANGED%20failed")).body["items"]} == {run.name}


async def test_a_run_is_stopped_and_what_served_serves(ask, logged):
    await work(logged.deploy, "fraud@1", to="dev", name="kept")
    await work(logged.ports.serving.settle)
    plan = await work(logged.plan, "fraud@2", to="dev", name="kept")
    with logged.place.lock():
        run = await work(logged.start, plan)
        for _ in range(2400):
            stages = (await work(logged.run, "here", "dev", run.name)).stages
            if any(item.stage is Stage.PLACED and item.progress is Progress.RUNNING for item in stages):
                break
            await asyncio.sleep(0.05)
        assert (await ask("GET", f"runs/here/dev/{run.name}")).body["mayStop"] is True
        row = next(row for row in (await ask("GET", "deployments?filter=kept")).body["items"])
        assert (row["state"], row["stage"], row["model"]) == ("updating", "placed", "fraud@1")
        detail = (await ask("POST", f"runs/here/dev/{run.name}/stop", {})).body
    assert (detail["row"]["phase"], detail["row"]["word"], detail["problem"]["code"]) == ("stopped", "Stopped", "SNB-540")
    assert detail["mayStop"] is False
    assert (await work(logged.status_of, run.target)).revision.model == "fraud@1"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "runs/here/dev/0123456789ab-1", 404, "SNB-565"),
        ("GET", "runs/here/dev/..%2f..%2fplace", 404, "SNB-565"),
        ("POST", "runs/here/dev/0123456789ab-1/stop", 404, "SNB-565"),
        ("GET", "runs/moon/dev/0123456789ab-1", 400, "SNB-706"),
        ("GET", "runs?limit=100000", 400, "SNB-711"),
        ("GET", "runs?place=moon", 400, "SNB-711"),
        ("GET", "deployments/here/dev/nobody/logs", 404, "SNB-301"),
        ("GET", "deployments/here/dev/nobody/logs?lines=0", 400, "SNB-711"),
    ],
)
async def test_what_is_not_there_or_not_meant(ask, method, path, status, code):
    answer = await ask(method, path)
    assert (answer.status, answer.body["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "runs"), ("POST", "runs/here/dev/a-1/stop"), ("GET", "deployments/here/dev/a/logs")]
)
async def test_nobody_without_a_name_or_the_panels_header(ask, method, path):
    assert (await ask(method, path, headers={"Authorization": None})).status in (401, 403)
    assert (await ask(method, path, headers={"X-Seldon-NB": None})).status == 403
    assert (await ask(method, path, headers={"Origin": "https://evil.example"})).status == 403


async def test_the_last_lines_of_a_server_are_text(ask, logged):
    await work(logged.deploy, "fraud@1", to="dev", name="logged")
    target = (await work(logged.deployment, "dev/logged")).target
    slot = logged.place.slots.get(logged.place.records.live(target).slot)
    with (slot.root / "log").open("a") as file:
        file.write("\x1b[31m<img onerror=alert(1)>\x1b[0m \x08token=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ5b3UifQ.c2lnbmF0dXJl\n")
    told = (await ask("GET", "deployments/here/dev/logged/logs?lines=50")).body
    assert told["note"] == "" and any("Loaded model" in line or "Uvicorn" in line or "mlserver" in line for line in told["lines"])
    last = told["lines"][-1]
    assert "<img onerror=alert(1)>" in last and "\x1b" not in last and "\x08" not in last and "eyJ" not in last
    assert len((await ask("GET", "deployments/here/dev/logged/logs?lines=1")).body["lines"]) == 1


async def test_of_a_protected_deployment_only_lines_of_a_known_form_are_shown(ask, logged, phishing):
    model, features = phishing
    await work(logged.log, model, name="private", sample=features.head(), classification="protected-b")
    await work(logged.deploy, "private@1", to="protb", name="private")
    target = (await work(logged.deployment, "protb/private")).target
    slot = logged.place.slots.get(logged.place.records.live(target).slot)
    with (slot.root / "log").open("a") as file:
        file.write("row: 046 454 286, Jane Doe\nanother 1.5 2.5\nValueError: Jane Doe is not a number\n")
        file.write("INFO:     Application startup complete.\n")
    told = (await ask("GET", "deployments/here/protb/private/logs")).body
    text = "\n".join(told["lines"])
    assert "Jane" not in text and "046" not in text and "1.5" not in text
    assert told["lines"][-3:] == ["…", "ValueError", "INFO:     Application startup complete."]
    assert told["note"].startswith("This deployment is protected") and "lines were left out" in told["note"]
