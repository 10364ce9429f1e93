"""The test view in the panel, without a kernel: a form from the signature, answers with bars, snippets in step, comparison, cases."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.lab.panel_page import ask, clear, front, one_page, open_test, snippet, take_sample


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
def view(screen):
    return open_test(screen)


def test_the_form_comes_from_the_signature(view):
    form = view.get_by_role("form", name="Question")
    age = form.get_by_role("textbox", name="age", exact=True)
    expect(age).to_have_accessible_description(re.compile("18 to 96 in the sample"))
    expect(age).to_have_attribute("inputmode", "numeric")
    expect(age).to_have_attribute("aria-required", "true")
    expect(form.get_by_role("checkbox", name="income is missing")).to_be_visible()
    region = form.get_by_role("combobox", name="region", exact=True)
    assert set(region.get_by_role("option").all_inner_texts()) == {"choose…", "BC", "ON", "QC", "YT", "other…"}
    expect(form.get_by_role("combobox", name="urgent")).to_be_visible()
    expect(form.get_by_label("opened", exact=True)).to_have_attribute("type", "date")


def test_it_answers_with_bars_and_without_a_kernel(screen, view):
    take_sample(view)
    answer = ask(view)
    rows = answer.get_by_role("listitem")
    expect(rows).to_have_count(2)
    # the classes by their names, in the model's order
    expect(rows).to_have_text([re.compile(r"^fraud\s*[\d.]+ %$"), re.compile(r"^honest\s*[\d.]+ %$")])
    expect(answer).to_contain_text(re.compile(r"\d ms · fraud@\d"))
    expect(view.get_by_role("status").filter(has_text=re.compile(r"fraud@\d answered in .* ms\."))).to_have_count(1)
    kernels = screen.page.request.get(f"{screen.lab.url}/api/kernels?token={screen.lab.token}").json()
    assert kernels == []
    assert screen.errors == []


def test_bad_input_is_explained_at_its_field(view):
    take_sample(view)
    age = view.get_by_role("textbox", name="age", exact=True)
    for bad, why in (("many", "whole number"), ("3.5", "whole number"), ("", "")):
        age.fill(bad)
        view.get_by_role("button", name="Ask", exact=True).click()
        expect(age).to_have_attribute("aria-invalid", "true")
        expect(age).to_have_accessible_description(re.compile(why or r"\w{4,}"))
        expect(age).to_be_focused()
    age.fill("40")
    expect(age).to_have_attribute("aria-invalid", "false")
    age.fill("400")
    expect(age).to_have_accessible_description(re.compile("outside of what it was trained on"))
    expect(ask(view)).to_be_visible()


def test_the_snippets_are_in_step_with_every_change(view):
    take_sample(view)
    age = view.get_by_role("textbox", name="age", exact=True)
    for value in ("41", "42"):
        age.fill(value)
        for language in ("JSON", "curl", "Python", "R"):
            view.get_by_role("tab", name=language, exact=True).click()
            expect(view.get_by_role("region", name=language, exact=True)).to_contain_text(re.compile(rf"\b{value}\b"))
    assert json.loads(snippet(view, "JSON"))["inputs"][0]["data"] == [42]
    assert "httr2" in snippet(view, "R")
    age.fill("")
    expect(view.get_by_text("It is written here as soon as the question is whole. Still open: age")).to_be_visible()


def test_an_answer_to_a_former_question_says_so(view):
    take_sample(view)
    ask(view)
    view.get_by_role("textbox", name="claims", exact=True).fill("7")
    expect(view.get_by_text("The question has changed since: this is the answer to the former one.")).to_be_visible()


def test_many_rows_are_answered_as_a_table(view):
    view.get_by_role("combobox", name="Use a sample row").select_option("all")
    expect(view.get_by_text("Row 1 of 5")).to_be_visible()
    answer = ask(view)
    expect(answer.get_by_role("table", name="Answers").get_by_role("row")).to_have_count(6)
    answer.get_by_role("button", name="Show row 3").click()
    expect(view.get_by_text("Row 3 of 5")).to_be_visible()


def test_two_versions_are_compared(view):
    view.get_by_role("combobox", name="Use a sample row").select_option("all")
    view.get_by_role("tab", name="Compare").click()
    view.get_by_role("checkbox", name="version 2").check()
    view.get_by_role("button", name="Compare", exact=True).click()
    comparison = view.get_by_role("region", name="Comparison")
    expect(comparison).to_be_visible(timeout=60_000)
    expect(comparison.get_by_role("listitem")).to_have_count(2)
    table = comparison.get_by_role("table", name="Answers side by side")
    expect(table.get_by_role("row")).to_have_count(6)
    expect(table.get_by_text("differs").first).to_be_visible()


def test_a_case_is_saved_replayed_and_deleted(view):
    take_sample(view)
    ask(view)
    view.get_by_role("button", name="Save as case").click()
    name = view.get_by_role("textbox", name="Name of the set of cases")
    expect(name).to_be_focused()
    name.fill("scene")
    name.press("Enter")
    expect(view.get_by_role("paragraph").filter(has_text="The cases were saved as scene.").first).to_be_visible()
    expect(view.get_by_role("button", name="Save as case")).to_be_focused()
    view.get_by_role("tab", name=re.compile(r"^Saved cases \d")).click()  # other tests may have saved some too
    view.get_by_role("button", name="Replay scene").click()
    replay = view.get_by_role("region", name="Replay of scene")
    expect(replay.get_by_role("progressbar", name="Replay of scene")).to_be_visible()
    expect(replay.get_by_role("status")).to_contain_text(re.compile("1 of 1.*all the same"))
    view.get_by_role("button", name="Delete scene").click()
    question = view.get_by_role("group", name="Delete “scene” with its 1 row?")
    expect(question.get_by_role("button", name="Keep")).to_be_focused()
    question.get_by_role("button", name="Delete").click()
    expect(view.get_by_role("button", name="Delete scene")).to_have_count(0)
    expect(question).to_have_count(0)


def test_a_tensor_is_a_grid(screen):
    screen.command("seldon-nb:test", place="here", namespace="dev", name="digits")
    view = front(screen.page).locator(".snb-tester")
    grid = view.locator(".snb-test-tensor")
    expect(grid).to_be_visible()
    cells = grid.get_by_role("textbox")
    expect(cells).to_have_count(64)
    grid.get_by_role("button", name="Fill with 0").click()
    expect(cells.last).to_have_value("0")
    cells.first.fill("1")
    expect(ask(view)).to_contain_text("digits@1")
    assert screen.axe(".snb-tester") == []
