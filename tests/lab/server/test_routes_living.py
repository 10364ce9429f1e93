"""Lists and details over a real place: a model that was logged, and a deployment that answers."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from urllib.parse import quote

import pytest

from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace


@pytest.fixture
def make_workspace(living):
    return lambda settings: living


async def test_a_model_is_listed_with_where_it_serves(ask):
    reply = await ask("GET", "models?filter=fra&limit=10")
    assert reply.status == 200
    (row,) = reply.body["items"]
    assert (row["ref"], row["version"], row["flavor"], row["live"]) == ("fraud@1", 1, "sklearn", ["here/dev/fraud"])
    assert row["size"] > 0
    assert reply.body["next"] == ""
    assert (await ask("GET", "models?filter=nothing-like-it")).body["items"] == []


async def test_pages_of_models_hold_each_of_them_once(ask, living):
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=living.tracking_uri)
    source = living.model("fraud@1").value.uri
    client.create_registered_model("churn")
    for _ in range(4):
        client.create_model_version("churn", source)
    try:
        for words, expected in (("", 5), ("churn", 4), ("CHURN @3", 1)):
            found, page = [], ""
            for _ in range(10):
                reply = (await ask("GET", f"models?limit=2&filter={quote(words)}&page={quote(page)}")).body
                found += [row["ref"] for row in reply["items"]]
                page = reply["next"]
                if not page:
                    break
                assert len(reply["items"]) == 2
            assert len(found) == len(set(found)) == expected, words
        assert found == ["churn@3"]
    finally:
        client.delete_registered_model("churn")


async def test_a_model_is_shown_with_its_card_and_lineage(ask, living):
    reply = await ask("GET", "models/fraud/1")
    assert reply.status == 200
    assert reply.body["card"]["kind"] == "model"
    assert {block["type"] for block in reply.body["card"]["blocks"]} >= {"facts", "table"}
    assert reply.body["card"]["steps"][0] == {
        "say": "See what deploying it would do:",
        "command": "%seldon plan fraud@1 --to dev",
        "kind": "magic",
    }
    links = reply.body["lineage"]["links"]
    assert [link["kind"] for link in links] == ["notebook", "run", "version", "deployment"]
    assert (links[0]["title"], links[0]["open"]) == ("", "")  # it was logged by no notebook
    assert links[1]["title"]
    run = reply.body["run"]
    assert (run["kind"], run["title"]) == ("run", f"MLflow run {links[1]['title']}")
    assert (links[1]["open"], links[1]["ref"]) == ("", "")  # a file of SQLite has no pages
    assert run["blocks"][0]["rows"][:2] == [["Run", living.model("fraud@1").value.lineage.run_id], ["Experiment", "seldon_nb"]]
    assert run["blocks"][1]["text"] == "MLflow recorded no metric and no parameter of this run."


async def test_a_model_that_is_not_there_is_not_found(ask):
    missing = await ask("GET", "models/fruad/1")
    assert (missing.status, missing.body["code"]) == (404, "SNB-130")
    assert "fraud" in missing.body["saw"]
    later = await ask("GET", "models/fraud/7")
    assert (later.status, later.body["code"]) == (404, "SNB-131")
    odd = await ask("GET", "models/fraud/x")
    assert (odd.status, odd.body["field"]) == (400, "version")


async def test_a_page_token_that_is_none_is_a_problem(ask):
    reply = await ask("GET", "models?page=garbage")
    assert 400 <= reply.status < 500
    assert reply.body["code"] != "SNB-900"


async def test_deployments_are_listed(ask):
    reply = await ask("GET", "deployments")
    assert reply.status == 200
    (row,) = reply.body["items"]
    assert (row["place"], row["namespace"], row["name"], row["model"]) == ("here", "dev", "fraud", "fraud@1")
    assert (row["state"], row["word"], row["tone"], row["mine"]) == ("answering", "Answering", "good", True)


async def test_a_deployment_is_shown_in_full(ask):
    reply = await ask("GET", "deployments/here/dev/fraud")
    assert reply.status == 200
    body = reply.body
    assert [stage["word"] for stage in body["timeline"]["stages"]] == ["fine"] * 6
    assert [item["name"] for item in body["documents"]] == ["SeldonDeployment", "mlserver/model-settings.json"]
    assert body["documents"][0]["yaml"].startswith("apiVersion: machinelearning.seldon.io/v1\n")
    assert body["access"][0]["name"] == "you"
    assert "delete" in body["access"][0]["may"]
    assert [(item["number"], item["live"]) for item in body["revisions"]] == [(1, True)]
    links = body["lineage"]["links"]
    assert [link["kind"] for link in links] == ["notebook", "run", "version", "workflow", "deployment"]
    assert (links[1]["open"], links[1]["ref"]) == ("model", "fraud@1")  # where the run is told
    assert (links[2]["open"], links[2]["ref"]) == ("model", "fraud@1")
    assert (links[4]["open"], links[4]["ref"]) == ("deployment", "here/dev/fraud")
    assert (body["mayDelete"], body["whyNot"], body["problem"]) == (True, "", None)
    assert body["python"] == 'sn.deployment("dev/fraud")'
    assert body["shell"] == "seldon-nb show dev/fraud"


async def test_a_deployment_that_is_not_there_is_not_found(ask):
    reply = await ask("GET", "deployments/here/dev/fruad")
    assert (reply.status, reply.body["code"]) == (404, "SNB-301")
    odd = await ask("GET", "deployments/moon/dev/fraud")
    assert (odd.status, odd.body["code"]) == (400, "SNB-706")
    gone = await ask("DELETE", "deployments/here/dev/fruad")
    assert (gone.status, gone.body["code"]) == (404, "SNB-301")


async def test_a_plan_is_the_same_as_in_python_and_is_kept(ask, living):
    reply = await ask("POST", "plans", {"ref": "fraud@1", "place": "here", "to": "dev", "name": "second", "timeout": 30})
    assert reply.status == 200, reply.text
    made = living.plan("fraud@1", to="dev", name="second", timeout=30)
    assert reply.body["digest"] == made.digest
    assert reply.body["card"]["kind"] == "plan"
    assert reply.body["shell"] == "seldon-nb deploy fraud@1 --to dev --name second --timeout 30"
    assert reply.body["rights"][0]["allowed"]
    assert reply.body["whyNot"] == ""
    kept = living.home.root / "plans" / f"{made.digest.removeprefix('sha256:')}.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    again = await ask("GET", f"plans/{made.digest}")
    assert again.body["digest"] == made.digest


async def test_a_choice_of_server_is_the_same_plan_as_in_python(ask, living):
    chosen = {"server": "sklearn", "environment": "own", "protocol": "v2"}
    reply = await ask("POST", "plans", {"ref": "fraud@1", "place": "here", "to": "dev", "name": "lean", **chosen})
    assert reply.status == 200, reply.text
    assert reply.body["digest"] == living.plan("fraud@1", to="dev", name="lean", **chosen).digest
    assert (reply.body["server"], reply.body["protocol"]) == ("MLServer (sklearn)", "v2")
    assert reply.body["wish"]["server"] == "sklearn"
    assert reply.body["python"] == 'sn.deploy("fraud@1", to="dev", name="lean", server="sklearn", environment="own")'
    assert reply.body["shell"].endswith("--name lean --server sklearn --environment own")
    assert "environment" in {one["field"] for one in reply.body["findings"] if one["blocks"]}
    again = await ask("POST", "plans", reply.body["wish"])
    assert again.body["digest"] == reply.body["digest"]


@pytest.mark.parametrize(
    ("choice", "code", "field"),
    [
        ({"server": "sklaern"}, "SNB-218", "server"),
        ({"server": "sklearn", "protocol": "tensorflow"}, "SNB-218", "protocol"),
        ({"protocol": "seldon"}, "SNB-218", "server"),
        ({"server": "custom"}, "SNB-218", "image"),
        ({"environment": "mine"}, "SNB-218", "environment"),
        ({"image": "registry.example/fraud:latest"}, "SNB-219", "image"),
    ],
)
async def test_a_choice_that_cannot_be_names_its_field(ask, choice, code, field):
    reply = await ask("POST", "plans", {"ref": "fraud@1", "place": "here", "to": "dev", **choice})
    assert (reply.body["code"], reply.body["field"]) == (code, field)


async def test_a_plan_that_cannot_be_names_the_field_or_the_reason(ask):
    late = await ask("POST", "plans", {"ref": "fraud@1", "place": "here", "to": "dev", "timeout": 99999})
    assert (late.status, late.body["code"], late.body["field"]) == (400, "SNB-711", "timeout")
    assert "99999" not in late.text
    nowhere = await ask("POST", "plans", {"ref": "fraud@1", "place": "here", "to": "dve"})
    assert (nowhere.status, nowhere.body["code"]) == (404, "SNB-212")
    empty = await ask("POST", "plans", {})
    assert (empty.status, empty.body["field"]) == (400, "ref")


async def test_a_plan_outlives_its_server(ask, living):
    made = living.plan("fraud@1", to="dev", name="third")
    assert (await ask("GET", f"plans/{made.digest}")).body["code"] == "SNB-714"
    made.save(living.home.root / "plans" / f"{made.digest.removeprefix('sha256:')}.json")
    assert (await ask("GET", f"plans/{made.digest}")).body["deployment"] == "third"


async def test_a_plan_that_was_altered_is_refused(ask, living):
    made = living.plan("fraud@1", to="dev", name="fourth")
    path = living.home.root / "plans" / f"{made.digest.removeprefix('sha256:')}.json"
    made.save(path)
    body = json.loads(path.read_text())
    body["spec"]["timeout_s"] = 3000
    path.write_text(json.dumps(body))
    assert (await ask("GET", f"plans/{made.digest}")).body["code"] == "SNB-221"
    assert (await ask("GET", "plans/../../etc/passwd")).status == 404
    assert (await ask("GET", "plans/%2e%2e%2fplace")).body["code"] == "SNB-714"


async def test_history_is_told_newest_first_a_page_at_a_time(ask):
    reply = await ask("GET", "history?limit=1")
    assert reply.status == 200
    assert (len(reply.body["items"]), reply.body["offset"]) == (1, 0)
    everything = (await ask("GET", "history?verify=1")).body
    times = [item["at"] for item in everything["items"]]
    assert times == sorted(times, reverse=True)
    assert everything["whole"] is True
    assert any(item["act"] == "apply" and item["text"].startswith("You deployed fraud@1") for item in everything["items"])
    about = (await ask("GET", "history?subject=dev/fraud&filter=deployed&place=here&whose=mine&namespace=dev")).body
    assert {item["subject"] for item in about["items"]} == {"dev/fraud"}
    assert reply.body["whole"] is None


async def test_schedules_say_that_there_are_none(ask):
    reply = await ask("GET", "schedules")
    assert (reply.body["items"], reply.body["total"]) == ([], 0)
    assert reply.body["note"]


@pytest.mark.parametrize(
    "path", ["models?limit=0", "models?limit=x", "history?limit=9999999999999", "history?verify=yes", "deployments?sort=money"]
)
async def test_a_query_that_cannot_be_is_a_problem_at_its_field(ask, path):
    reply = await ask("GET", path)
    assert (reply.status, reply.body["code"]) == (400, "SNB-711")
    assert reply.body["field"] == path.partition("?")[2].partition("=")[0]


async def test_in_french_every_sentence_is_french_and_every_name_stays(ask):
    before = os.environ.get("SELDON_NB_LANG")
    headers = {"X-Seldon-NB-Language": "fr"}
    reply = await ask("GET", "deployments/here/dev/fruad", headers=headers)
    assert reply.body["code"] == "SNB-301"
    assert reply.body["what"].startswith(("Aucun", "Il n"))
    row = (await ask("GET", "deployments", headers=headers)).body["items"][0]
    assert (row["state"], row["word"]) == ("answering", "Répond")
    status = (await ask("GET", "status", headers=headers)).body
    assert (status["language"], status["level"]["badge"]) == ("fr", "NON CLASSIFIÉ")
    assert os.environ.get("SELDON_NB_LANG") == before


async def test_a_plan_is_applied_once_and_seen_as_a_run(ask, living):
    plan = (await ask("POST", "plans", {"ref": "fraud@1", "place": "here", "to": "dev", "name": "applied"})).body
    run = await ask("POST", f"plans/{plan['digest']}/apply", {})
    assert run.status == 200, run.text
    assert (run.body["row"]["deployment"], run.body["row"]["digest"]) == ("applied", plan["digest"])
    again = await ask("POST", f"plans/{plan['digest']}/apply", {})
    assert again.body["row"]["id"] == run.body["row"]["id"]
    for _ in range(300):
        row = (await ask("GET", f"runs/here/dev/{run.body['row']['id']}")).body["row"]
        if row["phase"] not in ("waiting", "running"):
            break
        await asyncio.sleep(0.1)
    assert (row["phase"], row["what"]) == ("succeeded", "")
    detail = (await ask("GET", "deployments/here/dev/applied")).body
    assert detail["row"]["state"] == "answering"
    gone = await ask("DELETE", "deployments/here/dev/applied")
    assert (gone.status, gone.body["text"].startswith("dev/applied is deleted.")) == (200, True)
    assert (await ask("GET", "deployments/here/dev/applied")).status == 404


async def test_a_plan_that_is_not_kept_cannot_be_applied(ask):
    reply = await ask("POST", "plans/sha256:" + "0" * 64 + "/apply", {})
    assert (reply.status, reply.body["code"]) == (404, "SNB-714")
    extra = await ask("POST", "plans/sha256:" + "0" * 64 + "/apply", {"force": True})
    assert (extra.status, extra.body["field"]) == (400, "force")


class TestStopped:
    """The same place, but nothing of it runs."""

    @pytest.fixture
    def stopped(self, living, tmp_path):
        home = tmp_path / "home2"
        shutil.copytree(living.home.root, home, ignore=shutil.ignore_patterns("run", "*.sock", "*.lock"))
        made = Workspace(Settings(home=home))
        yield made
        assert not made.place.status().running
        made.close()

    @pytest.fixture
    def make_workspace(self, stopped):
        return lambda settings: stopped

    async def test_looking_starts_nothing_and_says_how_it_is_started(self, ask, stopped):
        row = (await ask("GET", "deployments")).body["items"][0]
        assert (row["state"], row["code"]) == ("stopped", "SNB-516")
        detail = (await ask("GET", "deployments/here/dev/fraud")).body
        assert detail["problem"]["code"] == "SNB-516"
        assert detail["problem"]["next"][0]["command"] == "%seldon here up"
        for path in ("places", "models", "models/fraud/1", "history?verify=1", "status", "runs", "schedules"):
            assert (await ask("GET", path)).status == 200, path
        assert (await ask("GET", "places")).body["items"][0]["running"] is False

    async def test_what_is_stopped_can_be_deleted_without_starting_anything(self, ask):
        assert (await ask("DELETE", "deployments/here/dev/fraud")).status == 200
        assert (await ask("GET", "deployments")).body["items"] == []


class TestSomebodyElse:
    """The auditor sees everything and may do nothing."""

    @pytest.fixture
    def make_workspace(self, living):
        return lambda settings: living.as_("auditor")

    async def test_what_is_not_allowed_has_its_reason_beside_it(self, ask):
        assert (await ask("GET", "status")).body["identity"] == "auditor"
        row = (await ask("GET", "deployments")).body["items"][0]
        assert (row["mine"], row["owner"]) == (False, "you")
        detail = (await ask("GET", "deployments/here/dev/fraud")).body
        assert detail["mayDelete"] is False
        assert "auditor" in detail["whyNot"]
        assert {item["name"]: item["may"] for item in detail["access"]} == {
            "auditor": ["see", "read the history"],
            "you": ["see", "ask"],
        }
        refused = await ask("DELETE", "deployments/here/dev/fraud")
        assert (refused.status, refused.body["code"]) == (403, "SNB-401")
        plan = await ask("POST", "plans", {"ref": "fraud@1", "place": "here", "to": "dev"})
        assert (plan.status, plan.body["code"]) == (403, "SNB-401")
