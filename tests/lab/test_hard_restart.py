"""The test view in a notebook lives without its kernel: through a restart, with none at all, and in a saved notebook that nobody has run."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.lab.panel_page import ask, run_cell, take_sample, write_notebook

WIDGET = "import seldon_nb as sn\nsn.deployment('dev/fraud').widget()"
FRAME = (
    "import pandas as pd\n"
    "mine = pd.DataFrame({'age': [30], 'income': [51000.0], 'claims': [2], 'region': ['BC'], 'urgent': [True],\n"
    "    'opened': pd.to_datetime(['2026-02-03'])})"
)
TYPED = "987654"
_CONTEXT = "window.jupyterapp.shell.currentWidget.sessionContext"
_DIRTY = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged())}}


@pytest.fixture(scope="module")
def saved(lab):
    """A notebook that Lab itself saved with the view in it."""
    return write_notebook(lab, "restart.ipynb", WIDGET, FRAME)


def test_the_view_goes_on_through_a_restart_and_without_any_kernel(screen, lab, saved):
    page = screen.open_notebook(saved.name)
    output = run_cell(page, 0)
    view = output.locator(".snb-tester")
    take_sample(view)
    run_cell(page, 1)
    view.get_by_role("tab", name="DataFrame of the kernel").click()
    frames = view.get_by_role("form", name="DataFrame of the kernel")
    expect(frames).to_contain_text("mine")

    page.evaluate(f"() => {_CONTEXT}.session.kernel.restart()")
    expect(frames).to_contain_text("The kernel holds no DataFrame yet.", timeout=60_000)
    expect(frames.get_by_role("status").filter(has_text="ready")).to_have_count(1)
    view.get_by_role("tab", name="Form", exact=True).click()
    expect(view.get_by_role("textbox", name="age", exact=True)).not_to_have_value("")  # what was typed is still there
    view.get_by_role("textbox", name="age", exact=True).fill(TYPED)
    expect(ask(view)).to_contain_text(re.compile(r"fraud@\d"))

    page.evaluate(f"() => {_CONTEXT}.shutdown()")
    view.get_by_role("tab", name="DataFrame of the kernel").click()
    expect(frames.get_by_role("status").filter(has_text="There is no kernel to ask.")).to_be_visible()
    expect(frames.get_by_role("button", name="Read again")).to_be_disabled()
    view.get_by_role("tab", name="Form", exact=True).click()
    view.get_by_role("textbox", name="age", exact=True).fill("44")
    expect(view.get_by_text("The question has changed since")).to_be_visible()
    expect(ask(view)).to_contain_text(re.compile(r"fraud@\d"))
    expect(view.get_by_text("The question has changed since")).to_have_count(0)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    assert screen.axe(".jp-NotebookPanel .snb-tester") == []

    screen.command("docmanager:save")
    text = saved.read_text(encoding="utf-8")
    assert TYPED not in text
    assert not re.search(r"\d ms\b", text)
    assert set(json.loads(text)["metadata"]) <= {"kernelspec", "language_info"}
    data = json.loads(text)["cells"][0]["outputs"][-1]["data"]["application/vnd.seldon-nb.test+json"]
    assert data == {"v": 1, "place": "here", "namespace": "dev", "deployment": "fraud", "predictor": "default"}


def test_a_saved_notebook_shows_the_live_view_and_is_not_changed_by_it(screen, lab, saved):
    if "application/vnd.seldon-nb.test+json" not in saved.read_text(encoding="utf-8"):
        pytest.skip("the notebook was not saved")
    before = saved.read_text(encoding="utf-8")
    page = screen.open_notebook(saved.name)
    assert page.evaluate(_DIRTY) is False
    view = page.locator(".jp-OutputArea .snb-tester")
    take_sample(view)
    expect(ask(view)).to_contain_text(re.compile(r"fraud@\d"))
    view.get_by_role("tab", name="DataFrame of the kernel").click()
    expect(view.get_by_text("The kernel holds no DataFrame yet.")).to_be_visible()
    expect(page.locator(".jp-InputArea-prompt").first).to_have_text(re.compile(r"\[\d+\]:"))  # as it was saved: nothing was run
    assert page.evaluate(_DIRTY) is False
    assert saved.read_text(encoding="utf-8") == before
    assert screen.errors == []
