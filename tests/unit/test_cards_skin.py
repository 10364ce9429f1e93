"""One grammar, three prefixes."""

from __future__ import annotations

import pytest

from seldon_nb.cards.amounts import decimal, duration, listed, moment, number, size
from seldon_nb.cards.card import Card, Step
from seldon_nb.cards.html import to_html
from seldon_nb.cards.json import to_json
from seldon_nb.cards.skin import Skin, command, python_line
from seldon_nb.cards.text import to_text
from seldon_nb.words import use_language

STEP = Step("Deploy it:", "deploy fraud@1 --to dev", "verb")


@pytest.mark.parametrize(
    ("skin", "line"),
    [
        (Skin.NOTEBOOK, "%seldon deploy fraud@1 --to dev"),
        (Skin.SHELL, "seldon-nb deploy fraud@1 --to dev"),
        (Skin.PYTHON, 'sn.deploy("fraud@1", to="dev")'),
    ],
)
def test_a_line_of_the_grammar_gets_the_prefix_of_its_place(skin: Skin, line: str) -> None:
    card = Card(kind="test", title="t", steps=(STEP,))
    assert command(STEP, skin) == line
    assert line in to_text(card, skin)
    assert line.replace('"', "&quot;") in to_html(card, skin)
    assert to_json(card, skin)["steps"][0]["command"] == line


def test_other_lines_stay_as_they_are() -> None:
    for kind in ("python", "shell"):
        assert {command(Step("", "x = 1", kind), skin) for skin in Skin} == {"x = 1"}


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("log model --name fraud --sample X.head()", 'sn.log(model, name="fraud", sample=X.head())'),
        (
            "plan fraud@1 --to dev --caller a --caller b --timeout 90",
            'sn.plan("fraud@1", to="dev", callers=("a", "b"), timeout=90)',
        ),
        ("deploy --plan plan.json", 'sn.load_plan("plan.json").apply()'),
        ("deploy 'my model@1' --to dev", 'sn.deploy("my model@1", to="dev")'),
        ("list", "sn.deployments()"),
        ("list models --name fraud", 'sn.models("fraud")'),
        ("show fraud", 'sn.deployment("fraud")'),
        ("show fraud --drift", 'sn.deployment("fraud").drift'),
        ("show fraud@1", 'sn.model("fraud@1")'),
        ("predict fraud X", 'sn.deployment("fraud").predict(X)'),
        ("token fraud --minutes 5", 'sn.deployment("fraud").token(minutes=5)'),
        ("history fraud --since 2026-01", 'sn.history("fraud", since="2026-01")'),
        ("history --verify", "sn.verify()"),
        ("delete fraud", 'sn.delete("fraud")'),
        ("doctor", "sn.doctor()"),
        ("here up --port 8080", "sn.here.up(port=8080)"),
        ("here down", "sn.here.down()"),
        ("here status", ""),
        ("explain SNB-601", ""),
        ("show fraud --docs", ""),
        ("show 'unclosed", ""),
    ],
)
def test_a_line_of_the_grammar_as_python(line: str, python: str) -> None:
    assert python_line(line) == python
    assert command(Step("", line), Skin.PYTHON) == (python or f"seldon-nb {line}")


def test_the_python_line_is_shown_where_it_is_news() -> None:
    card = Card(kind="test", title="t", python='sn.plan("fraud@1", to="dev")')
    assert to_text(card, Skin.SHELL).endswith('Python: sn.plan("fraud@1", to="dev")\n')
    assert "sn.plan" not in to_text(card, Skin.PYTHON) and "sn.plan" in to_html(card, Skin.NOTEBOOK)


def test_json_keeps_the_data_and_says_what_a_command_is() -> None:
    card = Card(
        kind="test",
        title="t",
        state="Répond",
        steps=(STEP, Step("Only words.")),
        data={"state": "answering", "rows": ({"a": 1},)},
    )
    assert to_json(card, Skin.SHELL) == {
        "kind": "test",
        "title": "t",
        "tone": "neutral",
        "state": "answering",
        "rows": [{"a": 1}],
        "steps": [{"say": "Deploy it:", "command": "seldon-nb deploy fraud@1 --to dev", "kind": "shell"}, {"say": "Only words."}],
    }


# --- amounts -------------------------------------------------------------------------------------------------------------------


def test_amounts_in_english() -> None:
    use_language("en")
    assert [number(n) for n in (0, 999, 1234, 1234567)] == ["0", "999", "1,234", "1,234,567"]
    assert [size(n) for n in (0, 999, 1500, 1_234_567, 5 * 10**9)] == ["0 bytes", "999 bytes", "1.5 kB", "1.2 MB", "5.0 GB"]
    assert [duration(ms) for ms in (0, 14, 999, 1830, 59_000, 100_000)] == [
        "0 ms",
        "14 ms",
        "999 ms",
        "1.8 s",
        "59.0 s",
        "1 min 40 s",
    ]
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_numbers_in_french() -> None:
    use_language("fr")
    assert number(1234567) == "1\u202f234\u202f567"
    assert decimal(1234.56) == "1\u202f234,6"


def test_a_moment_is_local_and_what_is_none_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    use_language("en")
    monkeypatch.setenv("TZ", "America/Toronto")
    time.tzset()
    try:
        assert moment("2026-03-03T19:02:00.000Z") == "3 Mar 14:02"
        assert moment("2026-01-01T02:00:00.000Z", year=True) == "31 Dec 2025 21:00"
        assert moment("yesterday") == "yesterday"
    finally:
        monkeypatch.undo()
        time.tzset()
