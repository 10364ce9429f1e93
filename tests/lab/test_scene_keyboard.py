"""No mouse: the core of deploying and of testing with keys only, and what a screen reader is told on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.lab.panel_page import SERVED, Panel, clear, digest_shown, front, one_page, open_test, plan_ready


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged())}}


@pytest.fixture(scope="module")
def opened(browser, lab):
    with one_page(browser, lab) as screen:
        yield screen


@pytest.fixture
def screen(opened):
    return clear(opened)


@pytest.fixture
def panel(screen):
    return Panel(screen).show()


def tab_to(page: Page, wanted, *, most: int = 60, key: str = "Tab") -> None:
    """Press Tab until an element has the focus."""
    for _ in range(most):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{most} times {key} did not lead to {wanted}")


def ring(page: Page) -> str:
    """How the element with the focus is outlined."""
    return str(
        page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.outlineWidth + s.boxShadow; }"
        )
    )


def test_a_model_is_deployed_and_tested_with_keys_only(panel, lab):
    page = panel.page
    field = panel.side.get_by_role("searchbox", name="Filter models")
    tab_to(page, field)
    page.keyboard.type("fraud")
    expect(panel.list("Models").get_by_role("row")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    first = panel.list("Models").get_by_role("row").first
    expect(first).to_be_focused()
    assert ring(page) not in ("none0pxnone", "none3pxnone")
    while not page.evaluate("() => document.activeElement.dataset.version === '2'"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+F10")
    expect(page.locator(".lm-Menu").get_by_role("menuitem", name="Deploy…")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    card = plan_ready(page)
    heading = card.get_by_role("heading", name=re.compile("^Plan"))
    expect(heading).to_be_focused()  # a screen reader reads on from there
    name = front(page).get_by_role("textbox", name="Name")
    tab_to(page, name, key="Shift+Tab")
    page.keyboard.type("keys")
    page.keyboard.press("Enter")
    card = front(page).get_by_role("region", name=re.compile("^Plan")).filter(has_text="dev/keys")
    expect(card.get_by_role("heading").first).to_be_focused()
    assert digest_shown(card)
    tab_to(page, card.get_by_role("button", name="Apply"))
    page.keyboard.press("Enter")
    going = front(page).get_by_role("region", name="Deploying dev/keys")
    expect(going.get_by_role("heading")).to_be_focused()
    expect(going.get_by_role("status")).to_be_visible()
    test = going.get_by_role("button", name="Test it")
    expect(test).to_be_visible(timeout=SERVED)
    tab_to(page, test)
    page.keyboard.press("Enter")
    try:
        expect(front(page).get_by_role("tab", name="Test", exact=True)).to_have_attribute("aria-selected", "true")
    finally:
        page.locator("body").press("Escape")
        lab.seldon_nb("delete", "dev/keys")


def test_a_question_is_asked_with_keys_only(screen):
    page = screen.page
    view = open_test(screen)
    sample = view.get_by_role("combobox", name="Use a sample row")
    tab_to(page, sample, most=120)
    page.keyboard.press("ArrowDown")
    age = view.get_by_role("textbox", name="age", exact=True)
    expect(age).not_to_have_value("")
    tab_to(page, age)
    page.keyboard.press("Control+a")
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    expect(age).to_be_focused()
    expect(age).to_have_attribute("aria-invalid", "true")
    expect(view.get_by_role("status").filter(has_text="1 input needs attention.")).to_have_count(1)
    page.keyboard.press("Control+a")
    page.keyboard.type("40")
    page.keyboard.press("ArrowUp")
    expect(age).to_have_value("41")
    page.keyboard.press("Enter")
    expect(view.get_by_role("region", name="Answer", exact=True)).to_be_visible()
    expect(view.get_by_role("status").filter(has_text="answered in")).to_have_count(1)
    tab_to(page, view.get_by_role("tab", name="Answer", exact=True))
    for language in ("JSON", "curl", "Python", "R"):
        page.keyboard.press("ArrowRight")
        expect(view.get_by_role("tab", name=language, exact=True)).to_be_focused()
        expect(view.get_by_role("region", name=language, exact=True)).to_contain_text("41")
    page.keyboard.press("Home")
    expect(view.get_by_role("tab", name="Answer", exact=True)).to_have_attribute("aria-selected", "true")


def test_rows_have_one_stop_and_arrows(panel):
    page = panel.page
    rows = panel.list("My deployments").get_by_role("row")
    tab_to(page, rows.first)
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(rows.last).to_be_focused()
    page.keyboard.press("Home")
    expect(rows.first).to_be_focused()
    assert panel.list("My deployments").locator("[role=row][tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    name = panel.names()[0]
    expect(front(page).get_by_role("heading", name=name, level=1)).to_be_visible()


def test_the_parts_of_a_deployment_are_reached_with_arrows(screen):
    page = screen.page
    screen.command("seldon-nb:open-deployment", place="here", namespace="dev", name="fraud")
    overview = front(page).get_by_role("tab", name="Overview", exact=True)
    expect(overview).to_be_visible()
    tab_to(page, overview, most=120)
    for part in ("Test", "Documents", "Access", "Revisions", "Logs", "History"):
        page.keyboard.press("ArrowRight")
        expect(front(page).get_by_role("tab", name=part, exact=True)).to_be_focused()
        expect(front(page).get_by_role("tabpanel", name=part, exact=True)).to_be_visible()
