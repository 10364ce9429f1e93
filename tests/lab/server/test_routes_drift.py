"""What lives against what the revision says, over a real place of this machine."""

from __future__ import annotations

import json

import pytest

from seldon_nb.domain.deployment import Target

DRIFT = "deployments/here/dev/fraud/drift"


@pytest.fixture
def make_workspace(living):
    return lambda settings: living


@pytest.fixture
def slot(living):
    """The slot that serves."""
    live = living.place.records.live(Target("dev", "fraud"))
    return living.place.slots.get(live.slot)


@pytest.fixture
def settings(slot):
    """The settings of the model's server; as they were again afterwards."""
    (path,) = slot.root.glob("repository/*/model-settings.json")
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


async def test_what_was_applied_is_what_runs(ask, living):
    reply = await ask("GET", DRIFT)
    assert reply.status == 200, reply.text
    card = reply.body
    assert (card["kind"], card["tone"], card["steps"]) == ("drift", "good", [])
    assert card["title"] == "What runs is exactly what revision 1 says"
    assert [block["type"] for block in card["blocks"]] == ["text"]
    assert card["shell"] == "seldon-nb show dev/fraud --drift"
    assert living.deployment("dev/fraud").drift.differences == ()


async def test_settings_that_somebody_edited_are_shown_with_the_line_that_puts_them_back(ask, settings):
    told = json.loads(settings.read_text())
    told["parameters"]["version"] = "<img src=x onerror=alert(1)>\x1b[31m"
    settings.write_text(json.dumps(told))
    card = (await ask("GET", DRIFT)).body
    assert (card["tone"], card["state"]) == ("warn", "Changed since")
    assert card["title"].startswith("1 field differs from revision 1")
    listing = next(block for block in card["blocks"] if block["type"] == "listing")
    assert (listing["language"], listing["folded"]) == ("diff", False)
    assert "<img src=x onerror=alert(1)>" in listing["text"]
    assert "\x1b" not in listing["text"]
    assert card["steps"][0]["command"] == "%seldon deploy fraud@1 --to dev"


async def test_a_model_whose_files_were_changed_is_told_by_its_digest(ask, slot):
    path = slot.model / "MLmodel"
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\n# by hand\n")
        card = (await ask("GET", DRIFT)).body
        assert card["tone"] == "warn"
        listing = next(block for block in card["blocks"] if block["type"] == "listing")
        assert listing["text"].count("digest: sha256:") == 2
    finally:
        path.write_bytes(before)
    assert (await ask("GET", DRIFT)).body["tone"] == "good"


async def test_a_deployment_that_is_not_there_has_no_drift(ask):
    reply = await ask("GET", "deployments/here/dev/fruad/drift")
    assert (reply.status, reply.body["code"]) == (404, "SNB-301")


def test_the_shell_and_a_notebook_say_the_same(living, settings):
    from seldon_nb.cards.skin import Skin
    from seldon_nb.grammar import Session
    from seldon_nb.parser import run

    def told() -> dict:
        outcome = run(["show", "dev/fraud", "--drift"], Session(workspace=living, reader=None, skin=Skin.SHELL))
        return dict(outcome.card.data)

    assert told()["same"] is True
    settings.write_text("{}")
    assert [item["kind"] for item in told()["differences"]] == ["gone"] * 4
    shown = tell(living.deployment("dev/fraud").drift)
    assert "4 fields differ from revision 1" in shown


def tell(value) -> str:
    """As IPython shows it."""
    from seldon_nb.cards.skin import Skin
    from seldon_nb.cards.text import to_text
    from seldon_nb.showing import _SHOWN

    return to_text(_SHOWN[type(value).__module__, type(value).__name__](value), Skin.NOTEBOOK)
