"""The panel with 5,000 deployments: only what is in view is drawn and asked for, every row can be reached, changes arrive, and what is hidden is silent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.bench.many import CONFIG, MANY
from tests.lab.panel_page import Panel

ROOT = Path(__file__).resolve().parents[2]
_HEAR = (
    "() => { window.heard = []; window.jupyterapp.serviceManager.events.stream"
    ".connect((_, event) => { if (event.name) window.heard.push(`${event.name} ${event.state}`); }); }"
)


@pytest.fixture(scope="module")
def lab_wishes():
    return {"config": {"jupyter_server_config.py": CONFIG}, "environment": {"PYTHONPATH": str(ROOT)}}


@pytest.fixture
def panel(screen):
    screen.open()
    made = Panel(screen)
    screen.command("seldon-nb:show")
    expect(made.list("My deployments").get_by_role("row").first).to_be_visible(timeout=30_000)
    made.side.get_by_role("combobox", name="Sort by").select_option("name")
    expect(made.deployment("model-0000")).to_be_in_viewport()
    return made


def poke(lab, number, state):
    (lab.home / "poke").write_text(f"{number} {state}", encoding="utf-8")


def test_the_first_rows_are_drawn_and_the_others_are_not(panel):
    rows = panel.list("My deployments")
    expect(rows).to_have_attribute("aria-rowcount", str(MANY))
    assert 3 <= rows.get_by_role("row").count() < 80
    asked = [one.url for one in panel.screen.ours() if "/deployments?" in one.url]
    assert asked
    assert all("limit=100" in url for url in asked)


def test_the_end_key_reaches_the_last_row_and_home_the_first(panel):
    rows = panel.list("My deployments")
    panel.deployment("model-0000").focus()
    expect(panel.deployment("model-0000")).to_be_focused()
    panel.page.keyboard.press("End")
    last = panel.deployment(f"model-{MANY - 1}")
    expect(last).to_be_in_viewport()
    expect(last).to_be_focused()
    expect(last).to_have_attribute("aria-rowindex", str(MANY))
    expect(last).to_have_accessible_name(re.compile(f"^model-{MANY - 1} Answering"))
    assert rows.get_by_role("row").count() < 80
    panel.page.keyboard.press("ArrowUp")
    expect(panel.deployment(f"model-{MANY - 2}")).to_be_focused()
    panel.page.keyboard.press("Home")
    expect(panel.deployment("model-0000")).to_be_focused()
    expect(panel.deployment("model-0000")).to_be_in_viewport()


def test_the_filter_finds_the_few_among_the_many(panel):
    field = panel.side.get_by_role("searchbox", name="Filter deployments")
    field.fill("model-43 fraud@3")
    wanted = [f"model-{number}" for number in range(4300, 4400) if number % 7 + 1 == 3]
    expect(panel.list("My deployments")).to_have_attribute("aria-rowcount", str(len(wanted)))
    expect(panel.deployment(wanted[0])).to_be_in_viewport()
    expect(panel.deployment("model-0000")).to_have_count(0)
    panel.page.keyboard.press("Escape")
    if field.input_value():
        field.fill("")
    expect(panel.list("My deployments")).to_have_attribute("aria-rowcount", str(MANY))


def test_a_change_of_a_row_in_view_arrives(panel, lab):
    row = panel.deployment("model-0001")
    for state, word in (("updating", "Updating"), ("stuck", "Stuck"), ("answering", "Answering")):
        poke(lab, 1, state)
        expect(row).to_have_accessible_name(re.compile(f"^model-0001 {word}"))
    expect(panel.list("My deployments")).to_have_attribute("aria-rowcount", str(MANY))
    assert panel.screen.errors == []


def test_the_hidden_panel_asks_nothing_whatever_changes(panel, lab):
    panel.page.evaluate(_HEAR)
    panel.page.evaluate("() => window.jupyterapp.shell.activateById('filebrowser')")
    expect(panel.side).to_be_hidden()
    panel.page.wait_for_load_state("networkidle")
    before = len(panel.screen.ours())
    for state in ("updating", "stuck", "answering", "updating"):
        poke(lab, 2, state)
        panel.screen.wait_until(lambda wanted=f"model-0002 {state}": panel.page.evaluate("() => window.heard.at(-1)") == wanted)
    panel.page.clock.install()
    panel.page.clock.run_for(180_000)
    panel.page.wait_for_load_state("networkidle")
    assert [one.url for one in panel.screen.ours()[before:]] == []

    panel.screen.command("seldon-nb:show")
    panel.page.clock.run_for(5_000)
    expect(panel.deployment("model-0002")).to_have_accessible_name(re.compile("^model-0002 Updating"))
    poke(lab, 2, "answering")
    expect(panel.deployment("model-0002")).to_have_accessible_name(re.compile("^model-0002 Answering"))
