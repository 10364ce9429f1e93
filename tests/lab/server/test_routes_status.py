"""``status``: who answers."""

from __future__ import annotations

import asyncio
import threading

import pytest


async def test_it_says_who_answers_for_whom_and_where(ask):
    reply = await ask("GET", "status")
    assert reply.status == 200
    assert reply.body["identity"] == "you"
    assert reply.body["level"] == {"value": "unclassified", "badge": "UNCLASSIFIED", "protected": False}
    assert reply.body["places"] == ["here"]


async def test_an_unknown_address_is_a_problem(ask):
    reply = await ask("GET", "statues")
    assert (reply.status, reply.body["code"]) == (404, "SNB-710")


class TestSettledByAnAdministrator:
    @pytest.fixture
    def extension_config(self, tmp_path):
        return {"workspace_factory": None, "home": str(tmp_path / "home3"), "classification": "protected-b", "place": "here"}

    async def test_what_was_settled_for_the_server_holds(self, ask, tmp_path, monkeypatch):
        monkeypatch.setenv("SELDON_NB_HOME", str(tmp_path / "another"))
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
        reply = await ask("GET", "status")
        assert reply.status == 200
        assert (reply.body["level"]["value"], reply.body["places"]) == ("protected-b", ["here"])
        assert (tmp_path / "home3").is_dir()
        assert not (tmp_path / "another").exists()


class TestSettledWrongly:
    @pytest.fixture
    def extension_config(self):
        return {"workspace_factory": None}

    async def test_a_variable_that_cannot_be_is_a_problem_and_not_the_end_of_the_server(self, ask, monkeypatch):
        monkeypatch.setenv("SELDON_NB_PLACE", "moon")
        reply = await ask("GET", "status")
        assert (reply.status, reply.body["code"]) == (400, "SNB-706")
        monkeypatch.setenv("SELDON_NB_PLACE", "here")
        monkeypatch.setenv("SELDON_NB_HOME", "/dev/null/nowhere")
        assert (await ask("GET", "status")).body["code"] == "SNB-514"


async def test_with_the_server_end_its_threads(ask, jp_serverapp):
    await ask("GET", "status")
    await ask("GET", "deployments")
    await jp_serverapp.web_app.settings["seldon_nb"].stop_extension()
    for _ in range(100):
        left = [thread.name for thread in threading.enumerate() if thread.name.startswith(("seldon-nb", "seldon_nb"))]
        if not left:
            break
        await asyncio.sleep(0.05)
    assert left == []
