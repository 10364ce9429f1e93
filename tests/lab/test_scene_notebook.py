"""In a notebook: the same test view as an output, values and models of the kernel, completion of the magics, and what a training leaves."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.lab.panel_page import ask, run_cell, take_sample, write_notebook

LOAD = "%load_ext seldon_nb\nimport seldon_nb as sn"


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged())}}


@pytest.fixture(scope="module")
def source(lab):
    """How a notebook gets the deployment's handle."""
    return "dep = sn.deployment('dev/fraud')\ndep.widget()"


def test_the_widget_is_the_panels_test_view(screen, lab, source):
    frame = (
        "import pandas as pd\n"
        "claims = pd.DataFrame({'age': [30, 41], 'income': [51000.0, None], 'claims': [2, 7], 'region': ['BC', 'QC'],\n"
        "    'urgent': [True, False], 'opened': pd.to_datetime(['2026-02-03', '2026-03-04'])})\n"
        "class Held:\n"
        "    def predict(self, frame):\n"
        "        return [[0.5, 0.5]] * len(frame)\n"
        "    predict_proba = predict\n"
        "held = Held()"
    )
    path = write_notebook(lab, "widget.ipynb", f"{LOAD}\n{source}", frame)
    page = screen.open_notebook("widget.ipynb")
    output = run_cell(page, 0)
    view = output.locator(".snb-tester")
    expect(view.get_by_role("form", name="Question")).to_be_visible()
    run_cell(page, 1)

    take_sample(view)
    expect(ask(view)).to_contain_text(re.compile(r"fraud@\d"))

    view.get_by_role("tab", name="DataFrame of the kernel").click()
    frames = view.get_by_role("form", name="DataFrame of the kernel")
    expect(frames).to_contain_text(re.compile("claims.*2 rows.*6 columns.*has every column", re.DOTALL))
    frames.get_by_role("button", name="Use these rows").click()
    expect(frames.get_by_role("status").filter(has_text="2 rows of claims are in the form.")).to_be_visible()
    expect(ask(view).get_by_role("table", name="Answers").get_by_role("row")).to_have_count(3)

    view.get_by_role("tab", name="Compare").click()
    held = view.get_by_role("combobox", name="Model")
    held.select_option(
        label=next(text for text in held.get_by_role("option").all_inner_texts() if text.startswith("held.predict_proba"))
    )
    view.get_by_role("checkbox", name="version 2").check()
    view.get_by_role("button", name="Compare", exact=True).click()
    comparison = view.get_by_role("region", name="Comparison")
    expect(comparison).to_be_visible(timeout=60_000)
    expect(comparison.get_by_role("listitem")).to_have_count(3)
    expect(comparison.get_by_text("differs").first).to_be_visible()
    assert screen.axe(".jp-NotebookPanel .snb-tester") == []

    # what was typed and answered is in no notebook, and the kernel was asked without a trace
    screen.command("docmanager:save")
    saved = json.loads(path.read_text(encoding="utf-8"))
    data = saved["cells"][0]["outputs"][-1]["data"]
    assert data["application/vnd.seldon-nb.test+json"]["deployment"] == "fraud"
    assert [cell["execution_count"] for cell in saved["cells"]] == [1, 2]
    assert "97.9" not in json.dumps(saved)
    assert saved["metadata"].get("widgets") is None


def test_a_saved_notebook_shows_the_view_without_having_been_run(screen, lab):
    reference = {"v": 1, "place": "here", "namespace": "dev", "deployment": "fraud", "predictor": "default"}
    data = {"application/vnd.seldon-nb.test+json": reference, "text/html": "<p>a picture</p>", "text/plain": "a picture"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    write_notebook(lab, "saved.ipynb", "dep.widget()", outputs={0: [output]})
    page = screen.open_notebook("saved.ipynb")
    view = page.locator(".jp-OutputArea .snb-tester")
    take_sample(view)
    expect(ask(view)).to_be_visible()


def completions(page, index, text):
    """What JupyterLab's completer offers after ``text`` in a cell."""
    page.evaluate(
        "index => { const n = window.jupyterapp.shell.currentWidget.content; n.activeCellIndex = index; n.mode = 'edit'; }", index
    )
    editor = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").nth(index).locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    found = page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item .jp-Completer-match")
    expect(found.first).to_be_visible()
    names = found.all_inner_texts()
    page.keyboard.press("Escape")
    return names


def test_the_completer_offers_verbs_models_and_flags(screen, lab):
    write_notebook(lab, "completion.ipynb", LOAD, "")
    page = screen.open_notebook("completion.ipynb")
    run_cell(page, 0)
    assert {"deploy", "plan", "log", "list"} <= set(completions(page, 1, "%seldon "))
    screen.wait_until(lambda: {"fraud@1", "fraud@2"} <= set(completions(page, 1, "%seldon plan fr")), seconds=30)
    assert {"--to", "--name"} <= set(completions(page, 1, "%seldon plan fraud@1 --"))
    screen.wait_until(lambda: {"dev", "protb"} <= set(completions(page, 1, "%seldon plan fraud@1 --to ")), seconds=30)


def test_a_training_leaves_its_strip(screen, lab):
    train = (
        "%%seldon train\n"
        "from sklearn.tree import DecisionTreeClassifier\n"
        "model = DecisionTreeClassifier().fit([[0.0], [1.0]] * 8, ['a', 'b'] * 8)"
    )
    write_notebook(lab, "training.ipynb", LOAD, train)
    page = screen.open_notebook("training.ipynb")
    run_cell(page, 0)
    output = run_cell(page, 1, timeout=90_000)
    strip = output.locator(".snb").first
    expect(strip).to_be_visible()
    expect(output).to_contain_text(re.compile("DecisionTreeClassifier|Trained|Run"))
    expect(output.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
    assert screen.axe(".jp-NotebookPanel .snb") == []
    screen.shot("training-strip", output)


def test_magics_leave_cards_that_can_be_read(screen, lab):
    write_notebook(lab, "cards.ipynb", LOAD, "%seldon list", "%seldon plan fraud@1 --to dev")
    page = screen.open_notebook("cards.ipynb")
    run_cell(page, 0)
    for index, said in ((1, "Deployments"), (2, "Plan")):
        output = run_cell(page, index)
        expect(output).to_contain_text(said)
        expect(output.locator(".jp-RenderedHTMLCommon").first).to_be_visible()
    assert screen.axe(".jp-NotebookPanel .snb") == []
