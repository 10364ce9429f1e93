"""Values of a protected deployment: typed, taken from the kernel, asked and answered, and afterwards in no file and in no store of the browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.lab.panel_page import ask, run_cell, snippet, write_notebook

TYPED = "918273645"  # in no bundle of a page
WORD = "canary7Q"
HELD = str(123450 + 4321)  # only the kernel knows it: no cell spells it
LOAD = "%load_ext seldon_nb\nimport seldon_nb as sn\ndep = sn.deployment('claims')\ndep.widget()"
FRAME = (
    "import pandas as pd\n"
    "rows = pd.DataFrame({'age': [123450 + 4321], 'income': [51000.0], 'claims': [2], 'region': ['BC'],\n"
    "    'urgent': [True], 'opened': pd.to_datetime(['2026-02-03'])})\n"
    "dep.predict(rows)"
)


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged(protected=True))}}


@pytest.fixture
def answers(screen):
    """The answers of the test view, as they came over the wire."""
    found = []

    def keep(response):
        if "/seldon-nb/test/ask" in response.url and response.ok:
            found.append(response)

    screen.page.on("response", keep)
    return found


def fill(view):
    """Canaries into the form."""
    view.get_by_role("textbox", name="age", exact=True).fill(TYPED)
    view.get_by_role("textbox", name="income", exact=True).fill("51000")
    view.get_by_role("textbox", name="claims", exact=True).fill("2")
    region = view.get_by_label("region", exact=True)
    if region.evaluate("node => node.tagName") == "SELECT":
        region.select_option(label="other…")
        region = view.get_by_role("textbox", name="region, another category")
    region.fill(WORD)
    view.get_by_role("combobox", name="urgent").select_option("true")
    view.get_by_label("opened", exact=True).fill("2026-02-03T10:30")


def leaks(canaries, *folders):
    """Which canary stands in which file."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                what = path.read_bytes()
                found += [f"{canary} in {path.relative_to(folder)}" for canary in canaries if canary.encode() in what]
    return found


def shares(response):
    """The numbers of an answer as they would be written, and as they are shown."""
    said = response.json()
    numbers = {repr(value) for row in said["data"] for value in row if isinstance(value, float) and 0.0 < value < 1.0}
    return numbers | {bar["text"] for row in said["bars"] for bar in row if bar["text"] not in ("0 %", "100 %")}


def test_no_value_of_a_protected_deployment_is_kept_anywhere(screen, lab, staged, answers):
    home = Path(staged(protected=True))
    path = write_notebook(lab, "protected.ipynb", LOAD, FRAME)
    page = screen.open_notebook("protected.ipynb")
    output = run_cell(page, 0)
    view = output.locator(".snb-tester")
    expect(view.get_by_role("form", name="Question")).to_be_visible()
    expect(view.locator(".snb-badge")).to_contain_text("PROTECTED B")

    fill(view)
    ask(view)
    assert TYPED in snippet(view, "JSON")
    view.get_by_role("tab", name="Answer", exact=True).click()

    shown = run_cell(page, 1)
    expect(shown).not_to_contain_text(re.compile(r"0\.\d{3}"))
    view.get_by_role("tab", name="DataFrame of the kernel").click()
    frames = view.get_by_role("form", name="DataFrame of the kernel")
    expect(frames).to_contain_text("rows")
    frames.get_by_role("button", name="Use these rows").click()
    expect(frames.get_by_role("status").filter(has_text="of rows is in the form.")).to_be_visible()
    ask(view)
    screen.wait_until(lambda: len(answers) >= 2)
    answered = {share for response in answers for share in shares(response)}
    assert answered
    assert HELD in answers[-1].request.post_data

    screen.command("docmanager:save")
    screen.command("docmanager:save")
    assert (lab.notebooks / ".ipynb_checkpoints/protected-checkpoint.ipynb").is_file()
    canaries = {TYPED, WORD, HELD, *answered}
    stores = page.evaluate("async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await caches.keys()])")
    assert [canary for canary in canaries if canary in stores] == []
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")  # its history is written at its end
    history = lab.folder / "ipython/profile_default/history.sqlite"
    screen.wait_until(lambda: history.is_file() and b"dep.widget()" in history.read_bytes())
    screen.wait_until(lambda: any((lab.folder / "config/lab/workspaces").glob("*.jupyterlab-workspace")))

    assert leaks(canaries, lab.folder, home) == []
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert saved["metadata"].get("widgets") is None
    assert saved["cells"][0]["outputs"][-1]["data"]["application/vnd.seldon-nb.test+json"]["deployment"] == "claims"
    assert screen.errors == []


def test_what_would_keep_a_value_is_not_offered_and_says_why(screen, lab, answers):
    write_notebook(lab, "offered.ipynb", LOAD)
    page = screen.open_notebook("offered.ipynb")
    view = run_cell(page, 0).locator(".snb-tester")
    fill(view)
    ask(view)
    expect(view.get_by_role("button", name="Save as case")).to_have_count(0)
    expect(view.get_by_text("Not saved as a case: values of a protected deployment are kept nowhere.")).to_be_visible()
    expect(view.get_by_role("combobox", name="Use a sample row")).to_have_count(0)
    for language in ("JSON", "curl", "Python", "R"):
        snippet(view, language)
        expect(view.get_by_role("button", name=re.compile("^Copy"))).to_have_count(0)
        expect(view.get_by_text(re.compile("^Not copied for you: it holds values of a protected deployment"))).to_be_visible()
    view.get_by_role("tab", name="Saved cases").click()
    expect(view.get_by_text("There are no saved cases here: values of a protected deployment are kept nowhere.")).to_be_visible()
    assert screen.axe(".jp-NotebookPanel .snb-tester") == []

    screen.wait_until(lambda: answers != [])
    question = answers[0].request
    kept = page.request.post(
        f"{lab.url}/seldon-nb/cases",
        data={"question": json.loads(question.post_data), "name": "kept"},
        headers={"X-Seldon-NB": "1", "Authorization": f"token {lab.token}"},
    )
    assert 400 <= kept.status < 500, kept.text()
    assert json.loads(kept.text())["code"].startswith("SNB-")
    assert TYPED not in kept.text()
