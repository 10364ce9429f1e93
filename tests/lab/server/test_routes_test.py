"""``test`` and ``cases``: as the panel asks, in one contract with it."""

from __future__ import annotations

import json

import pytest

QUESTION = {
    "place": "here",
    "namespace": "dev",
    "name": "fraud",
    "predictor": "default",
    "rows": {"columns": ["age", "amount"], "data": [[41, 2.5], [20, 1]]},
}


@pytest.fixture
def make_workspace(living):
    return lambda settings: living


def asking(**changes):
    return {**QUESTION, **changes}


async def test_the_form(ask):
    reply = await ask("GET", "test/here/dev/fraud?predictor=default")
    assert reply.status == 200, reply.text
    form = reply.body
    assert [(field["name"], field["kind"], field["required"]) for field in form["fields"]] == [
        ("age", "number", True),
        ("amount", "number", True),
    ]
    assert (form["model"], form["predictor"], form["keep"], form["answering"], form["mostRows"]) == (
        "fraud@1",
        "default",
        True,
        True,
        1000,
    )
    assert len(form["sample"]) == 4 and reply.headers["Cache-Control"] == "no-store"
    assert (await ask("GET", "test/here/dev/nobody")).body["code"] == "SNB-301"
    assert (await ask("GET", "test/here/dev/fraud?predictor=canary")).body["code"] == "SNB-361"
    assert (await ask("GET", "test/nowhere/dev/fraud")).body["code"] == "SNB-706"


async def test_the_answer(ask):
    reply = await ask("POST", "test/ask", QUESTION)
    assert reply.status == 200, reply.text
    assert len(reply.body["data"]) == 2 and reply.body["model"] == "fraud@1" and reply.body["tookMs"] > 0


async def test_the_answer_in_french_says_its_problems_in_french(ask):
    wrong = asking(rows={"columns": ["age", "amount"], "data": [[41, 1], ["old", 1]]})
    for language in ("en", "fr"):
        reply = await ask("POST", "test/ask", wrong, headers={"X-Seldon-NB-Language": language})
        assert reply.status == 400 and reply.body["code"] == "SNB-321"
        assert (reply.body["field"], reply.body["row"]) == ("age", 1)
        assert ("Colonne" in reply.body["what"] or "colonne" in reply.body["what"]) is (language == "fr")
        assert "old" not in reply.text


async def test_the_same_question_in_four_languages(ask):
    reply = await ask("POST", "test/snippets", QUESTION)
    assert reply.status == 200
    assert set(reply.body) == {"json", "curl", "python", "r", "problems", "note"}
    assert json.loads(reply.body["json"])["inputs"][0]["name"] == "age" and "httr2" in reply.body["r"]
    wrong = await ask("POST", "test/snippets", asking(rows={"columns": ["age", "amount"], "data": [["x", None], [True, "y"]]}))
    assert [problem["field"] for problem in wrong.body["problems"]] == ["age", "amount"] and wrong.body["curl"] == ""


async def test_answers_side_by_side(ask):
    own = (await ask("POST", "test/ask", QUESTION)).body
    kernel = {"label": "clf", "answers": {"columns": own["columns"], "data": [own["data"][0], [77]]}}
    reply = await ask("POST", "test/compare", {"question": QUESTION, "others": [kernel, {"version": "9"}]})
    assert reply.status == 200, reply.text
    assert [row["differs"] for row in reply.body["rows"]] == [False, True] and reply.body["differing"] == 1
    assert reply.body["columns"][2]["problem"]["code"] == "SNB-131" and reply.body["rows"][0]["answers"][2] == []
    assert "1 of 2 rows differs" in reply.body["text"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**QUESTION, "url": "http://169.254.169.254/"},
        {**QUESTION, "place": "http://evil"},
        {**QUESTION, "name": "../../admin"},
        {**QUESTION, "namespace": "dev@evil"},
        {**QUESTION, "tensors": [{"name": "0", "shape": [1], "data": [1]}]},
        {**QUESTION, "rows": {"columns": ["a"], "data": [[{"$ref": 1}]]}},
        [],
        "http://127.0.0.1:22/",
    ],
)
async def test_what_is_no_question_is_refused_and_not_repeated(ask, body):
    reply = await ask("POST", "test/ask", body)
    assert reply.status == 400 and reply.body["code"] == "SNB-711" and "evil" not in reply.text and "169.254" not in reply.text


async def test_a_predictor_that_is_not_in_the_document_is_refused(ask):
    reply = await ask("POST", "test/ask", asking(predictor="canary"))
    assert reply.body["code"] == "SNB-361" and "default" in reply.body["saw"]


@pytest.mark.parametrize("path", ["test/ask", "test/snippets", "test/compare", "cases", "cases/replay"])
async def test_a_foreign_page_gets_nothing(ask, path):
    for headers in (
        {"X-Seldon-NB": None},
        {"Origin": "https://evil.example"},
        {"Content-Type": "text/plain"},
        {"Authorization": None},
    ):
        reply = await ask("POST", path, QUESTION, headers=headers)
        assert reply.status in (302, 403, 404, 415) and "data" not in reply.body, (path, headers, reply.text)


async def test_cases_are_saved_listed_replayed_and_deleted(ask):
    saved = await ask("POST", "cases", {"question": QUESTION, "name": "two of them"})
    assert saved.status == 200, saved.text
    assert saved.body["items"][0] | {"createdAt": ""} == {
        "name": "two of them",
        "model": "fraud",
        "rows": 2,
        "createdAt": "",
        "who": "you",
        "fromVersion": "1",
    }
    taken = await ask("POST", "cases", {"question": QUESTION, "name": "two of them"})
    assert (taken.status, taken.body["code"]) == (409, "SNB-363")
    assert (await ask("GET", "cases?model=fraud")).body["total"] == 1
    assert (await ask("GET", "test/here/dev/fraud")).body["cases"][0]["name"] == "two of them"
    wish = {"place": "here", "namespace": "dev", "name": "fraud", "model": "fraud", "cases": "two of them", "start": 0, "stop": 1}
    part = await ask("POST", "cases/replay", wish)
    assert part.status == 200, part.text
    assert (part.body["same"], part.body["total"], part.body["stop"], part.body["differing"]) == (1, 2, 1, [])
    assert (await ask("DELETE", "cases/fraud/two%20of%20them")).body["total"] == 0
    gone = await ask("DELETE", "cases/fraud/two%20of%20them")
    assert (gone.status, gone.body["code"]) == (404, "SNB-364")


@pytest.mark.parametrize("name", ["", "a/b", "<script>", "x" * 65])
async def test_cases_have_plain_names(ask, name):
    reply = await ask("POST", "cases", {"question": QUESTION, "name": name})
    assert reply.status == 400 and reply.body["code"] == "SNB-711"


class TestALimitOfTheAdministrator:
    @pytest.fixture
    def extension_config(self):
        return {"most_rows": 1}

    async def test_fewer_rows_may_go_at_once(self, ask):
        assert (await ask("GET", "test/here/dev/fraud")).body["mostRows"] == 1
        reply = await ask("POST", "test/ask", QUESTION)
        assert reply.body["code"] == "SNB-360"
