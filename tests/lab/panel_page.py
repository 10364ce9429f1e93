"""The panel, its tabs and the test view as a person meets them: by roles and names, so that a change of markup breaks no test and a lost name does."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.lab.browser import Screen
from tests.lab.lab_process import LabProcess

SIDE = "#seldon-nb-panel"
#: The tab in front in the main area.
FRONT = "#jp-main-dock-panel > .jp-MainAreaWidget:not(.lm-mod-hidden)"
#: A model may be slow to load the first time it is served.
SERVED = 90_000

expect.set_options(timeout=20_000)  # the first list of models wakes MLflow up; a busy machine takes its time


@contextlib.contextmanager
def one_page(
    browser: Browser, lab: LabProcess, *, theme: str = "light", language: str = "en", width: int = 1440, height: int = 900
) -> Iterator[Screen]:
    """A page that is opened once and serves many tests, which begin with :func:`clear`."""
    screen = Screen(browser, lab, width=width, height=height)
    screen.page.set_default_timeout(30_000)
    screen.open(theme=theme, language=language)
    yield screen
    screen.close()


#: Lab asks before it closes a notebook that was not saved, and waits for the answer.
_FORGET = """() => {
  for (const tab of window.jupyterapp.shell.widgets('main')) {
    if (tab.context?.model) tab.context.model.dirty = false;
  }
  for (const dialog of document.querySelectorAll('.jp-Dialog .jp-mod-reject')) dialog.click();
}"""


def clear(screen: Screen) -> Screen:
    """As after the start, so that tests may follow each other in one page."""
    screen.page.unroute_all()
    screen.page.keyboard.press("Escape")
    screen.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    screen.page.evaluate(_FORGET)
    screen.command("application:close-all")
    screen.wait_settled()
    screen.errors.clear()
    screen.requests.clear()
    return screen


class Panel:
    """The side panel of a page."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.page: Page = screen.page
        self.side = self.page.locator(SIDE)

    def show(self) -> Panel:
        """Bring the panel to the front, with nothing chosen or filtered, and wait until its two open lists are there."""
        self.screen.command("seldon-nb:show")
        self.side.get_by_role("combobox", name="Place and namespace").select_option("")
        for name in ("Filter models", "Filter deployments"):
            self.side.get_by_role("searchbox", name=name).fill("")
        expect(self.list("Models").get_by_role("row").first).to_be_visible()
        expect(self.list("My deployments").get_by_role("row").first).to_be_visible()
        return self

    def list(self, name: str) -> Locator:
        return self.side.get_by_role("grid", name=name, exact=True)

    def model(self, name: str, version: int) -> Locator:
        return self.side.locator(f'.snb-model-row[data-name="{name}"][data-version="{version}"]')

    def deployment(self, name: str) -> Locator:
        return self.side.locator(f'.snb-deployment-row[data-name="{name}"]')

    def names(self, list_name: str = "My deployments") -> list[str]:
        """The names in a list from top to bottom."""
        return [text.strip() for text in self.list(list_name).locator(".snb-Row-name").all_inner_texts()]

    def menu(self, row: Locator, entry: str) -> None:
        """Choose an entry of a row's context menu with the mouse."""
        row.click(button="right")
        self.page.locator(".lm-Menu").get_by_role("menuitem", name=entry, exact=True).click()


def front(page: Page) -> Locator:
    """The tab in front."""
    return page.locator(FRONT)


def plan_ready(page: Page) -> Locator:
    """The plan in the tab in front, when it is made."""
    card = front(page).get_by_role("region", name=re.compile(r"^Plan"))
    expect(card).to_be_visible(timeout=30_000)
    expect(front(page).get_by_role("status").filter(has_text=re.compile(r"^Plan (ready|blocked)"))).to_have_count(1)
    return card


def digest_shown(card: Locator) -> str:
    """The whole digest of a plan card."""
    return card.locator("code[title]").last.get_attribute("title") or ""


def open_test(screen: Screen, name: str = "fraud", namespace: str = "dev") -> Locator:
    """The test view of a deployment in its tab."""
    screen.command("seldon-nb:test", place="here", namespace=namespace, name=name)
    view = front(screen.page).locator(".snb-tester")
    expect(view.get_by_role("form", name="Question")).to_be_visible()
    return view


def take_sample(view: Locator, row: int = 0) -> None:
    """A sample row into the form."""
    view.get_by_role("combobox", name="Use a sample row").select_option(str(row))
    expect(view.get_by_role("textbox", name="age", exact=True)).not_to_have_value("")


def ask(view: Locator) -> Locator:
    """Ask with what the form holds; the answer."""
    view.get_by_role("button", name=re.compile(r"^Ask")).click()
    answer = view.get_by_role("region", name="Answer", exact=True)
    expect(answer).to_be_visible(timeout=30_000)
    return answer


def snippet(view: Locator, language: str) -> str:
    """The question in one language, as its tab shows it."""
    view.get_by_role("tab", name=language, exact=True).click()
    region = view.get_by_role("region", name=language, exact=True)
    expect(region).to_be_visible()
    return region.inner_text()


def python(lab: LabProcess, code: str, *, timeout: float = 120) -> Any:
    """What ``code`` prints as JSON in a process of its own, with the home of the Lab; ``sn`` is imported.  Raises CalledProcessError."""
    done = subprocess.run(
        [lab.python, "-W", "ignore", "-c", f"import json\nimport seldon_nb as sn\n{code}"],
        env=lab.full_environment() | {"SELDON_NB_LANG": "en"},
        check=True,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def write_notebook(lab: LabProcess, name: str, *cells: str, outputs: dict[int, list[Any]] | None = None) -> Path:
    """A notebook with these cells in the Lab's directory; ``outputs`` by the number of the cell."""
    made = [
        {
            "cell_type": "code",
            "id": uuid.uuid4().hex[:8],
            "metadata": {},
            "execution_count": None,
            "source": cell,
            "outputs": (outputs or {}).get(index, []),
        }
        for index, cell in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
    path = lab.notebooks / name
    path.write_text(json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


def run_cell(page: Page, index: int, *, timeout: float = 60_000) -> Locator:
    """Run one cell of the notebook in front and wait for its end; its outputs."""
    page.evaluate(
        "index => { const n = window.jupyterapp.shell.currentWidget.content; n.activeCellIndex = index; n.deselectAll(); }", index
    )
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    cell = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").nth(index)
    expect(cell.locator(".jp-InputArea-prompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=timeout)
    return cell.locator(".jp-OutputArea").first
