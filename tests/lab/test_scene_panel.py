"""The panel: it opens with its sections and its badge, lists what is there, says in its place what is wrong, and follows what others do."""

from __future__ import annotations

import contextlib
import json
import re

import pytest
from playwright.sync_api import Error, expect

from tests.lab.panel_page import SERVED, Panel, clear, front, one_page


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged())}}


@pytest.fixture(scope="module")
def opened(browser, lab):
    with one_page(browser, lab) as screen:
        yield screen


@pytest.fixture
def panel(opened):
    return Panel(clear(opened)).show()


def test_the_panel_shows_its_sections_the_switcher_and_the_badge(panel):
    for section, open_ in (("Models", 1), ("Deployments", 1), ("Workflows", 0), ("Schedules", 0), ("History", 0)):
        title = panel.side.get_by_role("button", name=section, exact=True)
        expect(title).to_have_attribute("aria-expanded", "true" if open_ else "false")
    # everything in sight is shown: the badge says the highest of it
    expect(panel.side.get_by_role("status", name="Classification: PROTECTED B / PROTÉGÉ B")).to_be_visible()
    where = panel.side.get_by_role("combobox", name="Place and namespace")
    where.select_option("here/dev")
    expect(panel.side.get_by_role("status", name="Classification: UNCLASSIFIED / NON CLASSIFIÉ")).to_be_visible()
    where.select_option("here/protb")
    expect(panel.side.get_by_role("status", name="Classification: PROTECTED B / PROTÉGÉ B")).to_be_visible()
    expect(panel.side.get_by_text("You have nothing deployed here yet.")).to_be_visible()
    assert panel.screen.errors == []


def test_a_row_says_name_state_version_use_and_age(panel):
    row = panel.deployment("fraud")
    expect(row).to_have_accessible_name(re.compile(r"^fraud Answering fraud@\d · dev · .*(ago|just now)"))
    expect(row.locator("svg")).to_have_attribute("aria-hidden", "true")  # its word stands beside it
    expect(panel.model("fraud", 1)).to_have_accessible_name(re.compile(r"fraud v1 .*live: .*dev/fraud"))
    expect(panel.model("fraud", 1).get_by_role("button", name="Deploy fraud version 1…")).to_be_attached()


def test_rows_are_filtered_and_sorted(panel):
    rows = panel.list("My deployments")
    expect(rows).to_have_attribute("aria-busy", "false")
    ascending = sorted(panel.names())
    assert len(ascending) >= 3
    panel.side.get_by_role("combobox", name="Sort by").select_option("name")
    expect(rows.locator(".snb-Row-name")).to_have_text(ascending)
    panel.side.get_by_role("button", name="Ascending; change to descending").click()
    expect(panel.list("My deployments").locator(".snb-Row-name")).to_have_text(ascending[::-1])
    field = panel.side.get_by_role("searchbox", name="Filter deployments")
    field.fill("dig")
    expect(panel.list("My deployments").locator(".snb-Row-name")).to_have_text(["digits"])
    field.fill("nothing-like-it")
    expect(panel.side.get_by_text("No deployment matches “nothing-like-it”.")).to_be_visible()
    panel.side.get_by_role("button", name="Show all").click()
    expect(panel.list("My deployments").locator(".snb-Row-name")).to_have_text(ascending[::-1])


def test_closed_sections_are_asked_for_when_they_are_opened(panel):
    def asked(part):
        return [one for one in panel.screen.ours() if f"/seldon-nb/{part}" in one.url]

    assert asked("history") == []
    assert asked("schedules") == []
    panel.side.get_by_role("button", name="History", exact=True).click()
    expect(panel.list("History").get_by_role("row").first).to_be_visible()
    panel.side.get_by_role("button", name="Schedules", exact=True).click()
    expect(panel.side.get_by_role("region", name="Schedules")).to_contain_text(re.compile(r"\w{4,}"))
    assert asked("history") and asked("schedules")


def test_a_click_opens_the_deployment_with_all_its_parts(panel):
    panel.deployment("fraud").click()
    tab = front(panel.page)
    expect(tab.get_by_role("heading", name="fraud", level=1)).to_be_visible()
    for part, holds in (
        ("Overview", "Model version"),
        ("Documents", "SeldonDeployment"),
        ("Access", "you"),
        ("Revisions", "1"),
        ("Logs", ""),
        ("History", "deployed"),
    ):
        tab.get_by_role("tab", name=part, exact=True).click()
        content = tab.get_by_role("tabpanel", name=part, exact=True)
        expect(content).to_contain_text(re.compile(re.escape(holds) if holds else r"\w{4,}", re.IGNORECASE))
        expect(content.get_by_role("alert")).to_have_count(0)
    assert panel.screen.errors == []


def test_the_panel_follows_what_another_process_does(panel):
    panel.page.evaluate("() => { window.notReloaded = true; }")
    before = len(panel.names())
    panel.screen.lab.seldon_nb("deploy", "fraud@2", "--to", "dev", "--name", "elsewhere")
    try:
        expect(panel.deployment("elsewhere")).to_have_accessible_name(re.compile(r"^elsewhere Answering fraud@2"), timeout=SERVED)
        assert len(panel.names()) == before + 1
    finally:
        panel.screen.lab.seldon_nb("delete", "dev/elsewhere")
    expect(panel.deployment("elsewhere")).to_have_count(0)
    assert panel.page.evaluate("() => window.notReloaded")


def test_a_panel_that_nobody_sees_asks_nothing(screen):
    screen.page.clock.install()
    screen.open()
    panel = Panel(screen).show()
    panel.page.evaluate("() => window.jupyterapp.shell.activateById('filebrowser')")
    expect(panel.side).to_be_hidden()
    panel.page.wait_for_load_state("networkidle")
    before = len(panel.screen.ours())
    panel.page.clock.run_for(180_000)
    panel.page.wait_for_load_state("networkidle")
    assert [one.url for one in panel.screen.ours()[before:]] == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 404, "body": "{}"}, "The server part of this panel is missing."),
        (None, "This panel and its server part do not fit together."),
    ],
)
def test_a_server_part_that_is_missing_or_another_is_told_in_the_panel(screen, answer, said):
    def other(route):
        status = route.fetch()
        route.fulfill(response=status, json={**status.json(), "api": 99, "version": "99.0.0"})

    if answer:
        screen.page.route("**/seldon-nb/**", lambda route: route.fulfill(**answer))
    else:
        screen.page.route("**/seldon-nb/status*", other)
    page = screen.open()
    screen.command("seldon-nb:show")
    card = page.locator("#seldon-nb-panel").get_by_role("alert")
    expect(card).to_contain_text(said)
    expect(card.get_by_role("button", name=re.compile("^Copy: pip install"))).to_be_visible()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    assert screen.axe("#seldon-nb-panel") == []
    page.unroute_all()
    with contextlib.suppress(Error):  # it may have found out by itself just now
        card.get_by_role("button", name="Try again").click(timeout=3000)
    expect(Panel(screen).list("My deployments").get_by_role("row").first).to_be_visible()


def test_without_the_server_extension_the_panel_says_so(built_panel, browser):
    from tests.lab.browser import Screen
    from tests.lab.lab_process import running_lab

    off = {"jupyter_server_config.json": {"ServerApp": {"jpserver_extensions": {"seldon_nb.lab": False}}}}
    with running_lab(config=off) as lab:
        screen = Screen(browser, lab)
        page = screen.open()
        screen.command("seldon-nb:show")
        expect(page.locator("#seldon-nb-panel").get_by_role("alert")).to_contain_text("The server part of this panel is missing.")
        expect(page.locator(".jp-Dialog")).to_have_count(0)
        screen.close()


def kept(lab):
    """Which sections are open, by the settings that the server keeps."""
    settings = json.loads(json.loads(lab.get("/lab/api/settings/seldon-nb-lab:panel"))["raw"] or "{}")
    return settings.get("open", {})


def test_choices_of_the_panel_are_kept_over_a_reload(screen):
    screen.open()
    panel = Panel(screen).show()
    panel.side.get_by_role("combobox", name="Place and namespace").select_option("here/dev")
    panel.side.get_by_role("button", name="Models", exact=True).click()
    settings = f"{panel.screen.lab.url}/lab/api/settings/seldon-nb-lab:panel?token={panel.screen.lab.token}"
    panel.screen.wait_until(
        lambda: '"models": false' in json.loads(panel.page.request.get(settings).body())["raw"].replace('":f', '": f')
    )
    workspaces = f"{panel.screen.lab.url}/lab/api/workspaces/default?token={panel.screen.lab.token}"
    panel.screen.wait_until(
        lambda: '"namespace": "dev"' in panel.page.request.get(workspaces).text()
    )  # Lab keeps it a moment later
    panel.screen.open("/lab")
    panel.screen.command("seldon-nb:show")
    try:
        expect(panel.side.get_by_role("combobox", name="Place and namespace")).to_have_value("here/dev")
        expect(panel.side.get_by_role("button", name="Models", exact=True)).to_have_attribute("aria-expanded", "false")
    finally:
        panel.side.get_by_role("button", name="Models", exact=True).click()
        panel.side.get_by_role("combobox", name="Place and namespace").select_option("")
