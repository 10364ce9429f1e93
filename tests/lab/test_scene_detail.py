"""A deployment's tab in a browser: whether what runs is what was applied, and the run that its model came out of."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.lab.panel_page import Panel, clear, front, one_page


@pytest.fixture(scope="module")
def home(staged):
    return staged()


@pytest.fixture(scope="module")
def lab_wishes(home):
    return {"environment": {"SELDON_NB_HOME": str(home)}}


@pytest.fixture(scope="module")
def shared(browser, lab):
    with one_page(browser, lab) as screen:
        yield screen


@pytest.fixture
def panel(shared):
    return Panel(clear(shared)).show()


@pytest.fixture
def settings(home):
    """The settings of the server of ``dev/fraud``; as they were again afterwards."""
    live = json.loads((home / "deployments" / "dev" / "fraud" / "live.json").read_text())
    (path,) = (home / "slots" / live["slot"]).glob("repository/*/model-settings.json")
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def documents(panel):
    panel.deployment("fraud").click()
    tab = front(panel.page)
    tab.get_by_role("tab", name="Documents", exact=True).click()
    return tab.get_by_role("tabpanel", name="Documents", exact=True)


def test_documents_begin_with_whether_they_are_what_runs(panel, settings):
    part = documents(panel)
    expect(part.get_by_role("heading", name="What runs is exactly what revision 1 says")).to_be_visible()
    told = json.loads(settings.read_text())
    told["parameters"]["version"] = "7"
    settings.write_text(json.dumps(told))
    part.get_by_role("button", name="Compare again").click()
    expect(part.get_by_role("heading", name=re.compile("^1 field differs from revision 1"))).to_be_visible()
    expect(part.get_by_role("region", name="What differs").locator("ins")).to_contain_text("version: '7'")
    expect(part.get_by_text("%seldon deploy fraud@1 --to dev", exact=True)).to_be_visible()
    expect(part.get_by_role("status").filter(has_text="1 field differs")).to_have_count(1)
    panel.screen.shot("deployment-drift")
    assert panel.screen.axe("#jp-main-dock-panel") == []
    assert panel.screen.errors == []


def test_the_run_of_the_lineage_opens_the_model_version_and_is_told_there(panel):
    panel.deployment("fraud").click()
    tab = front(panel.page)
    strip = tab.get_by_role("list", name="Where it comes from and where it went")
    strip.get_by_role("listitem").filter(has_text=re.compile("^Run")).get_by_role("button").click()
    version = front(panel.page)
    expect(version.get_by_role("heading", name="fraud@1", exact=True)).to_be_visible()
    expect(version.get_by_role("heading", name="MLflow run log fraud")).to_be_visible()
    expect(version.get_by_role("button", name="Open in MLflow")).to_have_count(0)  # a file of SQLite has no pages
    assert panel.screen.errors == []
