"""A model that answers markup and terminal codes: they are characters, in the test view, in saved cases, in a notebook's cards and in the logs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.lab.panel_page import Panel, ask, front, open_test, run_cell, write_notebook
from tests.lab.stage import MARKUP, TERMINAL

#: What is seen of the terminal code: its first character as a picture.
SEEN = "[31mred"
SCRIPT = "<script>window.pwned=1</script>"


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged())}}


def inert(page, view):
    """Nothing of it acted, and nothing of it became an element."""
    assert page.evaluate("() => window.pwned === undefined")
    assert view.locator("img, script").count() == 0


def harmless(page, view):
    """It is inert, and what cannot be seen is made visible."""
    inert(page, view)
    assert "\x1b" not in (view.text_content() or "")


def fill(view, value):
    view.get_by_role("textbox", name="x", exact=True).fill(value)


def test_the_test_view_shows_characters(screen):
    page = screen.open()
    view = open_test(screen, "hostile")
    fill(view, "0")
    expect(ask(view)).to_contain_text(MARKUP)
    harmless(page, view)
    fill(view, "1")
    view.get_by_role("button", name="Ask", exact=True).click()
    expect(view.get_by_role("region", name="Answer", exact=True)).to_contain_text("␛" + SEEN)
    harmless(page, view)

    view.get_by_role("button", name="Save as case").click()
    view.get_by_role("textbox", name="Name of the set of cases").fill("hostile")
    view.get_by_role("textbox", name="Name of the set of cases").press("Enter")
    view.get_by_role("tab", name="Saved cases 1").click()
    view.get_by_role("button", name="Replay hostile").click()
    expect(view.get_by_role("region", name="Replay of hostile").get_by_role("status")).to_contain_text("all the same")
    view.get_by_role("button", name="Delete hostile").click()
    view.get_by_role("button", name="Delete", exact=True).click()
    expect(view.get_by_text("No cases are saved for this model yet.")).to_be_visible()
    harmless(page, view)
    assert screen.abroad() == []


def test_what_a_person_types_is_text_too(screen):
    page = screen.open()
    view = open_test(screen, "hostile")
    fill(view, MARKUP)
    view.get_by_role("button", name="Ask", exact=True).click()
    expect(view.get_by_role("textbox", name="x", exact=True)).to_have_attribute("aria-invalid", "true")
    for language in ("JSON", "curl", "Python", "R"):
        view.get_by_role("tab", name=language, exact=True).click()
        harmless(page, view)
    screen.command("seldon-nb:show")
    panel = Panel(screen)
    panel.side.get_by_role("searchbox", name="Filter deployments").fill(MARKUP)
    expect(panel.side.get_by_text(f"No deployment matches “{MARKUP}”.")).to_be_visible()
    harmless(page, panel.side)


def test_cards_and_answers_in_a_notebook_show_characters(screen, lab):
    cells = (
        "%load_ext seldon_nb\nimport pandas as pd, seldon_nb as sn\ndep = sn.deployment('dev/hostile')\n"
        "rows = pd.DataFrame({'x': [0.0, 1.0]})\ndep.predict(rows)",
        "%seldon predict dev/hostile rows",
        "dep",
        f"sn.plan({MARKUP!r}, to='dev')",
    )
    path = write_notebook(lab, "hostile.ipynb", *cells)
    page = screen.open_notebook("hostile.ipynb")
    for index in (0, 1):
        output = run_cell(page, index)
        expect(output).to_contain_text(MARKUP)
        inert(page, output)  # it is a DataFrame with what the model answered, and pandas shows it
    card = run_cell(page, 2)
    expect(card).to_contain_text("hostile")
    harmless(page, card)
    refused = run_cell(page, 3)
    expect(refused).to_contain_text(MARKUP)
    harmless(page, refused)
    screen.command("docmanager:save")
    saved = json.loads(path.read_text(encoding="utf-8"))
    for cell in saved["cells"][1:]:
        for output in cell["outputs"]:
            html = "".join(output.get("data", {}).get("text/html", ""))
            assert not re.search(r"<(img|script)\b", html)


def test_the_logs_show_characters(screen, lab, staged):
    log = next(path for path in logs(staged()) if path.is_file())
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{MARKUP} {SCRIPT} {TERMINAL} \x07\u202e end of the line\n")
    page = screen.open()
    screen.command("seldon-nb:open-deployment", place="here", namespace="dev", name="hostile")
    front(page).get_by_role("tab", name="Logs", exact=True).click()
    shown = front(page).get_by_role("region", name="Logs", exact=True)
    expect(shown).to_contain_text(f"{MARKUP} {SCRIPT}")
    expect(shown).to_contain_text("␇⟨U+202E⟩ end of the line")
    harmless(page, front(page))


def logs(home: Path):
    """The log of the server that serves ``dev/hostile``."""
    from seldon_nb.domain.deployment import Target
    from seldon_nb.here.home import Home
    from seldon_nb.here.records import Records

    live = Records(Home(home)).live(Target("dev", "hostile", "here"))
    assert live is not None
    return [home / "slots" / live.slot / "log"]
