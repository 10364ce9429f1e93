"""Deploying from the panel: the plan in a tab, the same as Python's, then applied stage by stage; one that is blocked says why."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.lab.panel_page import SERVED, Panel, clear, digest_shown, front, one_page, plan_ready, python


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


@pytest.fixture
def removed(lab):
    """Names of deployments in dev that are deleted at the end."""
    names = []
    yield names
    for name in names:
        lab.seldon_nb("delete", f"dev/{name}")


def fill(form, **values):
    for label, value in values.items():
        form.get_by_role("textbox", name=label.replace("_", " ")).fill(value)


def test_a_model_is_deployed_from_its_row(panel, removed):
    page = panel.page
    panel.menu(panel.model("fraud", 2), "Deploy…")
    form = front(page).get_by_role("form", name="What to deploy, and where")
    expect(form.get_by_role("textbox", name="Model version")).to_have_value("fraud@2")
    card = plan_ready(page)
    first = digest_shown(card)

    fill(form, Name="fresh", May_call_it="colleague, auditor")
    apply = card.get_by_role("button", name="Apply")
    expect(apply).to_have_accessible_description(re.compile("plan again", re.IGNORECASE))  # the card is of another wish
    form.get_by_role("button", name="Plan again").click()
    card = front(page).get_by_role("region", name=re.compile("^Plan")).filter(has_text="dev/fresh")
    expect(card).to_be_visible()
    assert digest_shown(card) != first

    expect(card).to_contain_text("checks passed")
    expect(card).to_contain_text("SNB-118")
    expect(card.get_by_role("table", name="What you may do there").get_by_role("row")).not_to_have_count(1)
    expect(card.locator("summary").filter(has_text="SeldonDeployment")).to_be_visible()
    wish = "sn.plan('fraud@2', to='dev', name='fresh', callers=('colleague', 'auditor'))"
    assert digest_shown(card) == python(panel.screen.lab, f"print(json.dumps({wish}.digest))")

    removed.append("fresh")
    expect(apply).not_to_have_attribute("aria-disabled", "true")
    apply.click()
    going = front(page).get_by_role("region", name="Deploying dev/fresh")
    expect(going.get_by_role("heading")).to_be_focused()
    expect(going.get_by_role("list", name="Stages of the deployment")).to_be_visible()
    expect(going.get_by_role("button", name="Test it")).to_be_visible(timeout=SERVED)
    expect(panel.deployment("fresh")).to_have_accessible_name(re.compile("^fresh Answering"))
    assert panel.screen.axe(".snb-page") == []

    going.get_by_role("button", name="Test it").click()
    expect(front(page).get_by_role("heading", name="fresh", level=1)).to_be_visible()
    expect(front(page).get_by_role("form", name="Question")).to_be_visible()
    assert panel.screen.errors == []


def test_what_is_chosen_otherwise_is_in_the_plan_and_its_digest(panel):
    page = panel.page
    panel.screen.begin("seldon-nb:plan", ref="fraud@2", place="here", to="dev", name="lean")
    first = digest_shown(plan_ready(page))
    expect(front(page).get_by_role("heading", name="Plan · deploy fraud@2 to dev as lean")).to_be_visible()
    form = front(page).get_by_role("form", name="What to deploy, and where")
    server = form.get_by_role("combobox", name="Server")
    expect(server).to_be_hidden()
    form.get_by_text("More choices").focus()
    page.keyboard.press("Enter")
    expect(server.locator("option").first).to_have_text("chosen for me: MLServer (mlflow)")
    page.keyboard.press("Tab")
    expect(server).to_be_focused()
    page.keyboard.type("MLServer (sk")
    expect(server).to_have_value("sklearn")
    assert panel.screen.axe(".snb-page") == []
    form.get_by_role("button", name="Plan again").click()
    card = front(page).get_by_role("region", name=re.compile("^Plan")).filter(has_text="MLServer (sklearn)")
    expect(card).to_be_visible()
    assert digest_shown(card) != first
    wish = "sn.plan('fraud@2', to='dev', name='lean', server='sklearn')"
    assert digest_shown(card) == python(panel.screen.lab, f"print(json.dumps({wish}.digest))")

    # It was logged to answer probabilities, which that server does not ask for: said at the field too.
    expect(server).to_have_attribute("aria-invalid", "true")
    expect(server).to_have_accessible_description(re.compile("predict_proba"))
    form.get_by_role("textbox", name="Image").fill("own:latest")
    form.get_by_role("button", name="Plan again").click()
    expect(form.get_by_role("textbox", name="Image")).to_have_accessible_description(re.compile("meant to be moved"))
    assert panel.screen.axe(".snb-page") == []


def test_a_finding_can_be_followed_by_its_fix(panel):
    panel.screen.begin("seldon-nb:plan", ref="fraud@2", to="dev", name="fraud")
    card = plan_ready(panel.page)
    steps = card.get_by_role("list", name="What you can do now")
    expect(steps.get_by_role("button", name=re.compile(r"^Copy: %seldon log"))).to_be_visible()


def test_what_changes_is_a_diff_with_signs(panel):
    panel.screen.begin("seldon-nb:plan", ref="fraud@2", to="dev", name="fraud")
    card = plan_ready(panel.page)
    if not card.get_by_role("region", name="What changes").is_visible():
        card.get_by_text("What changes").click()
    diff = card.get_by_role("region", name="What changes")
    expect(diff.locator("del").first).to_contain_text(re.compile(r"^-"))
    expect(diff.locator("ins").first).to_contain_text(re.compile(r"^\+"))


def test_a_blocked_plan_cannot_be_applied_and_says_why(panel):
    panel.screen.begin("seldon-nb:plan", ref="fraud@2", place="here", to="dev", name="fraud")
    plan_ready(panel.page)
    form = front(panel.page).get_by_role("form", name="What to deploy, and where")
    form.get_by_text("More choices").click()
    form.get_by_role("combobox", name="Packages").select_option("own")
    form.get_by_role("button", name="Plan again").click()
    expect(front(panel.page).get_by_role("status").filter(has_text="Plan blocked")).to_have_count(1)
    card = plan_ready(panel.page)
    expect(card).to_contain_text(re.compile("Blocked|blocked"))
    apply = card.get_by_role("button", name="Apply")
    expect(apply).to_have_attribute("aria-disabled", "true")
    expect(apply).to_have_accessible_description(re.compile(r"\w{4,}"))
    expect(card.locator(".snb-why")).to_be_visible()
    apply.click(force=True)
    assert [
        one.url for one in panel.screen.ours() if one.method == "POST" and one.url.partition("?")[0].endswith(("/apply", "/runs"))
    ] == []
    assert panel.screen.axe(".snb-page") == []


def test_a_wish_that_cannot_be_is_explained_at_its_field(panel):
    panel.screen.begin("seldon-nb:plan", ref="nothing@9", to="dev")
    form = front(panel.page).get_by_role("form", name="What to deploy, and where")
    expect(front(panel.page).get_by_role("alert")).to_contain_text("There is no model called nothing.")
    form.get_by_role("textbox", name="Model version").fill("fraud@1")
    form.get_by_role("textbox", name="May call it").fill("nobody-known")
    form.get_by_role("button", name=re.compile("^Plan")).click()
    field = form.get_by_role("textbox", name="May call it")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("nobody-known"))


def test_a_deployment_is_deleted_after_a_question(panel, lab):
    lab.seldon_nb("deploy", "fraud@1", "--to", "dev", "--name", "doomed")
    expect(panel.deployment("doomed")).to_be_visible()
    panel.menu(panel.deployment("doomed"), "Delete…")
    dialog = panel.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete dev/doomed?")
    dialog.get_by_role("button", name="Delete doomed").click()
    expect(panel.deployment("doomed")).to_have_count(0, timeout=SERVED)
