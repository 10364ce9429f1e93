"""``places``: looking starts nothing; acting does."""

from __future__ import annotations

import pytest

from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace


async def test_looking_at_a_place_that_was_never_up_starts_nothing(ask, lab_home):
    reply = await ask("GET", "places")
    assert reply.status == 200
    (here,) = reply.body["items"]
    assert (here["name"], here["running"], here["problem"]) == ("here", False, None)
    assert [(item["name"], item["level"]["value"]) for item in here["namespaces"]] == [
        ("dev", "unclassified"),
        ("protb", "protected-b"),
    ]
    assert [one["value"] for one in here["servers"]] == ["mlflow", "sklearn", "xgboost", "lightgbm"]
    assert not (lab_home / "place.json").exists()


async def test_an_act_that_is_none_is_a_problem_at_its_field(ask):
    reply = await ask("POST", "places/here", {"act": "sideways"})
    assert (reply.status, reply.body["code"], reply.body["field"]) == (400, "SNB-711", "act")
    assert "sideways" not in reply.text


class TestWithACluster:
    @pytest.fixture
    def make_workspace(self, lab_home, tmp_path):
        def make(settings):
            return Workspace(Settings(home=lab_home, context="nowhere"))

        return make

    async def test_a_cluster_that_cannot_be_reached_is_a_place_with_a_problem(self, ask):
        reply = await ask("GET", "places")
        here, cluster = reply.body["items"]
        assert (here["name"], here["problem"]) == ("here", None)
        assert (cluster["name"], cluster["running"], cluster["namespaces"]) == ("cluster", False, [])
        assert cluster["problem"]["code"] == "SNB-530"
        assert cluster["problem"]["next"]
