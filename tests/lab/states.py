"""The states of the panel that are looked at by axe, by the eye, and for sentences that are not translated.  No words here: they hold in every language."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, expect

from tests.lab.browser import Screen
from tests.lab.lab_process import LabProcess
from tests.lab.panel_page import FRONT, SERVED, SIDE, run_cell, write_notebook

State = Callable[[Screen], Locator]
DEPLOYMENT = {"place": "here", "namespace": "dev", "name": "fraud"}


def _front(screen: Screen) -> Locator:
    return screen.page.locator(FRONT)


def panel(screen: Screen) -> Locator:
    screen.command("seldon-nb:show")
    side = screen.page.locator(SIDE)
    side.locator(".snb-Where-select").select_option("")
    expect(side.locator(".snb-model-row").first).to_be_visible()
    expect(side.locator(".snb-deployment-row").first).to_be_visible()
    return side


def panel_empty(screen: Screen) -> Locator:
    side = panel(screen)
    side.locator(".snb-Where-select").select_option("here/protb")
    expect(side.locator(".snb-State")).to_be_visible()
    return side


def panel_missing(screen: Screen) -> Locator:
    screen.page.route("**/seldon-nb/**", lambda route: route.fulfill(status=404, body="{}"))
    screen.command("seldon-nb:show")
    screen.page.evaluate("() => { void window.jupyterapp.commands.execute('seldon-nb:refresh'); }")
    side = screen.page.locator(SIDE)
    expect(side.locator(".snb-Standing[role=alert]")).to_be_visible()
    return side


def panel_history(screen: Screen) -> Locator:
    side = panel(screen)
    for index in (2, 3, 4):
        title = side.locator(".lm-AccordionPanel-title").nth(index)
        if title.get_attribute("aria-expanded") != "true":
            title.click()
    expect(side.locator(".snb-record-row").first).to_be_visible()
    return side


def _plan(screen: Screen, **wish: str) -> Locator:
    screen.begin("seldon-nb:plan", place="here", **wish)
    expect(_front(screen).locator("section.snb-card")).to_be_visible(timeout=30_000)
    return _front(screen)


def plan(screen: Screen) -> Locator:
    return _plan(screen, ref="fraud@2", to="dev", name="fraud")


def plan_documents(screen: Screen) -> Locator:
    tab = plan(screen)
    tab.locator(".snb-listing summary").last.click()
    expect(tab.locator(".snb-pre").last).to_be_visible()
    return tab


def plan_blocked(screen: Screen) -> Locator:
    tab = plan(screen)
    tab.locator("form.snb-form details.snb-more > summary").click()
    tab.locator("form.snb-form select").last.select_option("own")
    tab.locator("form.snb-form [type=submit]").click()
    expect(tab.locator("section.snb-card.snb-bad")).to_be_visible()
    return tab


def plan_refused(screen: Screen) -> Locator:
    screen.begin("seldon-nb:plan", ref="nothing@9", place="here", to="dev")
    expect(_front(screen).locator(".snb-problem, [role=alert]").first).to_be_visible()
    return _front(screen)


def run(screen: Screen) -> Locator:
    screen.command("seldon-nb:open-run", place="here", namespace="dev", id=applied(screen.lab))
    expect(_front(screen).locator(".snb-timeline").last).to_be_visible()
    expect(_front(screen).locator(".snb-progress.snb-good")).to_be_visible(timeout=SERVED)
    return _front(screen)


def model(screen: Screen) -> Locator:
    screen.command("seldon-nb:open-model", name="fraud", version=2)
    expect(_front(screen).locator("section.snb-card").first).to_be_visible()
    return _front(screen)


def _deployment(part: str) -> State:
    def state(screen: Screen) -> Locator:
        screen.command("seldon-nb:open-deployment", **DEPLOYMENT, tab=part)
        panel_ = _front(screen).locator("[role=tabpanel]")
        expect(panel_).to_contain_text(re.compile(r"\w{3,}"))
        expect(panel_.locator(".snb-waiting")).to_have_count(0)
        return _front(screen)

    return state


def _tester(screen: Screen) -> Locator:
    screen.command("seldon-nb:test", **DEPLOYMENT)
    view = _front(screen).locator(".snb-tester")
    expect(view.locator(".snb-test-fields")).to_be_visible()
    return view


def tester_form(screen: Screen) -> Locator:
    _tester(screen)
    return _front(screen)


def tester_answer(screen: Screen) -> Locator:
    view = _tester(screen)
    view.locator(".snb-test-sample").select_option("0")
    view.locator(".snb-test-actions .snb-main").click()
    expect(view.locator(".snb-test-answer")).to_be_visible(timeout=30_000)
    return _front(screen)


def tester_bad(screen: Screen) -> Locator:
    view = _tester(screen)
    view.locator(".snb-test-sample").select_option("1")
    fields = view.locator(".snb-test-field input:not([type=checkbox])")
    fields.nth(0).fill("many")
    fields.nth(2).fill("80")
    view.locator(".snb-test-actions .snb-main").click()
    expect(view.locator("[aria-invalid=true]").first).to_be_focused()
    return _front(screen)


def tester_snippet(screen: Screen) -> Locator:
    view = _tester(screen)
    view.locator(".snb-test-sample").select_option("0")
    view.locator("[role=tab]").last.click()
    expect(view.locator(".snb-test-snippet pre")).to_be_visible()
    return _front(screen)


def tester_compare(screen: Screen) -> Locator:
    view = _tester(screen)
    view.locator(".snb-test-sample").select_option("all")
    view.locator("[role=tab]").nth(3).click()
    view.locator(".snb-test-versions input").first.check()
    view.locator(".snb-test-actions .snb-main").click()
    expect(view.locator(".snb-test-comparison")).to_be_visible(timeout=60_000)
    return _front(screen)


def tester_cases(screen: Screen) -> Locator:
    view = _tester(screen)
    view.locator(".snb-test-sample").select_option("0")
    view.locator(".snb-test-actions .snb-button").nth(1).click()
    name = view.locator(".snb-test-save input")
    name.fill("gate")
    view.locator(".snb-test-save .snb-button").first.click()
    expect(view.locator(".snb-test-save")).to_have_count(0)
    view.locator("[role=tab]").nth(2).click()
    view.locator(".snb-test-set + .snb-test-buttons .snb-button").first.click()
    expect(view.locator(".snb-test-replay .snb-good")).to_be_visible()
    return _front(screen)


def tester_tensor(screen: Screen) -> Locator:
    screen.command("seldon-nb:test", place="here", namespace="dev", name="digits")
    expect(_front(screen).locator(".snb-test-tensor")).to_be_visible()
    return _front(screen)


def question(screen: Screen) -> Locator:
    """The question before a deployment is deleted."""
    screen.begin("seldon-nb:delete", **DEPLOYMENT)
    dialog = screen.page.locator(".jp-Dialog-content")
    expect(dialog).to_be_visible()
    return dialog


LOAD = "%load_ext seldon_nb\nimport seldon_nb as sn"
TRAIN = (
    "%%seldon train\nfrom sklearn.tree import DecisionTreeClassifier\n"
    "model = DecisionTreeClassifier(random_state=0).fit([[0.0], [1.0]] * 8, ['a', 'b'] * 8)"
)
WIDGET = "sn.deployment('dev/fraud').widget()"


def _notebook(screen: Screen, name: str, *cells: str) -> Locator:
    """A notebook of each language has a kernel of its own."""
    name = f"{name}-{screen.page.evaluate('() => document.documentElement.lang') or 'en'}.ipynb"
    write_notebook(screen.lab, name, *cells)
    screen.command("docmanager:open", path=name)
    screen.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", timeout=60_000
    )
    for index in range(len(cells)):
        run_cell(screen.page, index, timeout=90_000)
    return screen.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook")


def notebook(screen: Screen) -> Locator:
    """Cards of magics: a training, a plan, an error."""
    return _notebook(screen, "cards", LOAD, TRAIN, "%seldon plan fraud@1 --to protb", "%seldon show fraud@9")


def notebook_widget(screen: Screen) -> Locator:
    """The test view as an output, below what a training leaves."""
    sheet = _notebook(screen, "widget", LOAD, TRAIN, WIDGET)
    expect(sheet.locator(".snb-tester .snb-test-fields")).to_be_visible()
    sheet.locator(".snb-tester").scroll_into_view_if_needed()
    return sheet


STATES: dict[str, State] = {
    "panel": panel,
    "panel-empty": panel_empty,
    "panel-history": panel_history,
    "panel-missing": panel_missing,
    "plan": plan,
    "plan-documents": plan_documents,
    "plan-blocked": plan_blocked,
    "plan-refused": plan_refused,
    "run": run,
    "model": model,
    **{f"deployment-{part}": _deployment(part) for part in ("overview", "documents", "access", "revisions", "logs", "history")},
    "test-form": tester_form,
    "test-answer": tester_answer,
    "test-bad": tester_bad,
    "test-snippet": tester_snippet,
    "test-compare": tester_compare,
    "test-cases": tester_cases,
    "test-tensor": tester_tensor,
    "question": question,
    "notebook": notebook,
    "notebook-widget": notebook_widget,
}

_runs: dict[str, str] = {}


def applied(lab: LabProcess) -> str:
    """The id of a run that deployed ``dev/applied`` from the panel's side; made once for a home."""
    home = lab.environment["SELDON_NB_HOME"]
    if home not in _runs:
        made = _asked(lab, "plans", {"ref": "fraud@2", "place": "here", "to": "dev", "name": "applied"})
        run = _asked(lab, f"plans/{made['digest']}/apply", {})["row"]["id"]
        end = time.monotonic() + SERVED / 1000
        while _asked(lab, f"runs/here/dev/{run}")["row"]["phase"] in ("waiting", "running") and time.monotonic() < end:
            time.sleep(0.5)
        _runs[home] = run
    return _runs[home]


def _asked(lab: LabProcess, path: str, body: dict[str, Any] | None = None) -> Any:
    """What a route answers; a GET without a body."""
    request = urllib.request.Request(
        f"{lab.url}/seldon-nb/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {lab.token}", "X-Seldon-NB": "1", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())
