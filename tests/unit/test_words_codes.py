"""The sentences of every code keep to one voice: what happened to your thing, what was seen, what to do, who can help."""

from __future__ import annotations

import re

import pytest

from seldon_nb.cards.error import error_card, explain_card, finding_line, steps_of
from seldon_nb.cards.html import to_html
from seldon_nb.cards.reference import codes_page
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.domain.code import Code, known_part
from seldon_nb.domain.codes import ALL
from seldon_nb.domain.errors import fail
from seldon_nb.domain.plan import Finding

CODES = [pytest.param(code, id=code.id) for code in ALL.values()]
CLUSTER = re.compile(
    r"\b(pods?|CRDs?|namespaced|VirtualService|kubectl|replicaset|daemonset|statefulset|container|kubelet)\b", re.IGNORECASE
)


@pytest.mark.parametrize("code", CODES)
def test_a_code_says_what_happened_why_and_what_to_do(code: Code) -> None:
    assert code.what and code.explain
    assert code.next or code.who


@pytest.mark.parametrize("code", CODES)
def test_a_code_keeps_the_voice(code: Code) -> None:
    for template in code.templates():
        assert "!" not in template.replace("!r}", "").replace("!=", "")
        assert not re.search(
            r"something went wrong|please|oops|sorry|you must|invalid|illegal|error occurred", template, re.IGNORECASE
        )
        assert template == template.strip() and "  " not in template
    assert not CLUSTER.search(code.what)
    assert code.what.endswith((".", "?", "}"))


@pytest.mark.parametrize("code", CODES)
def test_an_example_fills_every_template(code: Code) -> None:
    for skin in Skin:
        text = to_text(error_card(fail(code.id, **code.example), skin=skin), skin)
        assert code.id in text and not re.search(r"(?<!\w){\w+}", text)
    assert len(steps_of(code, code.example)) == len(code.next)
    assert "…" not in error_card(fail(code.id, **code.example)).title


@pytest.mark.parametrize("code", CODES)
def test_a_code_can_be_told_in_full(code: Code) -> None:
    card = explain_card(code)
    assert code.id in to_text(card) and code.id in to_html(card)
    assert card.data["code"] == code.id


@pytest.mark.parametrize("code", [code for code in ALL.values() if code.severity is not None], ids=lambda code: code.id)
def test_a_finding_is_one_line_with_its_fixes(code: Code) -> None:
    assert code.severity is not None
    line = finding_line(Finding(code.id, code.example, severity=code.severity))
    assert line.code == code.id and line.text
    if code.overridable:
        taken = finding_line(Finding(code.id, code.example, severity=code.severity, overridden_by="checked with the steward"))
        assert "checked with the steward" in taken.text and taken.steps == ()


def test_the_page_of_all_codes_has_a_row_for_each() -> None:
    page = codes_page()
    assert set(re.findall(r"^\| (SNB-\d{3}) \|", page, re.MULTILINE)) == set(ALL)
    for row in page.splitlines():
        if row.startswith("| SNB"):
            assert len(re.findall(r"(?<!\\)\|", row)) == 5, row


def test_a_sentence_that_would_only_say_that_nothing_is_known_is_left_out() -> None:
    template = "Known: {known}. Nearest: {nearest}."
    assert known_part(template, {"known": "a, b", "nearest": "—"}) == "Known: {known}."
    assert known_part(template, {"known": "", "nearest": "-"}) == ""
    assert known_part(template, {"known": 0, "nearest": "a"}) == template
    assert known_part(template, {}) == template, "a fact that was forgotten shows as such"
    assert str(fail("SNB-130", name="x", nearest="—")) == "SNB-130 There is no model called x."
