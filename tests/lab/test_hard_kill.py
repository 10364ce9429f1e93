"""The Jupyter server is killed in the middle of an apply: the apply goes on, the panel says calmly what is the matter, and all of it is found again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.lab.panel_page import SERVED, Panel, front, plan_ready


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged())}}


@pytest.fixture
def killed(lab):
    """The name of a deployment that is deleted at the end, by a Lab that is there again."""
    yield "killed"
    if lab.process is None:
        lab.start()
    lab.seldon_nb("delete", "dev/killed")


def test_an_apply_survives_the_server_and_is_found_again(screen, lab, killed):
    page = screen.open()
    panel = Panel(screen).show()
    screen.begin("seldon-nb:plan", ref="fraud@2", place="here", to="dev", name=killed)
    card = plan_ready(page)
    workspaces = f"{lab.url}/lab/api/workspaces/default?token={lab.token}"
    screen.wait_until(lambda: '"digest"' in page.request.get(workspaces).text())  # the layout with the plan is kept
    with page.expect_response(re.compile(r"/seldon-nb/plans/[^/]+/apply\b")) as handed:
        card.get_by_role("button", name="Apply").click()
    assert handed.value.ok
    lab.kill()
    # JupyterLab itself says in a dialog, now and then, that its server is away
    page.add_locator_handler(page.locator(".jp-Dialog"), lambda dialog: dialog.get_by_role("button").last.click())

    away = panel.side.get_by_role("alert").filter(has_text="The Jupyter server does not answer.")
    expect(away).to_be_visible(timeout=60_000)
    expect(away).to_contain_text("What runs keeps running meanwhile.")
    expect(away.get_by_role("button", name="Try again")).to_be_visible()
    away.get_by_role("button", name="Try again").click()
    expect(away).to_be_visible()
    lab.start()
    expect(away).to_have_count(0, timeout=90_000)  # by itself
    expect(panel.deployment(killed)).to_have_accessible_name(re.compile(f"^{killed} Answering"), timeout=SERVED)

    page.remove_locator_handler(page.locator(".jp-Dialog"))
    screen.open("/lab")
    panel = Panel(screen).show()
    expect(panel.deployment(killed)).to_have_accessible_name(re.compile(f"^{killed} Answering"))
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    title = page.locator("#jp-main-dock-panel .lm-TabBar-tab").filter(has_text="Deploy fraud@2")
    expect(title).to_have_count(1)
    title.click()
    going = front(page).get_by_role("region", name=f"Deploying dev/{killed}")
    expect(going.get_by_role("button", name="Test it")).to_be_visible()
    expect(going.get_by_role("list", name="Stages of the deployment")).to_be_visible()

    panel.side.get_by_role("button", name="Workflows", exact=True).click()
    run = panel.list("Workflows").get_by_role("row").filter(has_text=f"{killed} → dev").first  # newest first
    run.click()
    tab = front(page).get_by_role("region", name=f"Deploying fraud@2 as dev/{killed}")
    expect(tab.get_by_role("status").filter(has_text="Answering")).to_be_visible()
    expect(tab.get_by_role("button", name="Test it")).to_be_visible()
