"""Names come from other people: nothing in them acts, hides, or becomes a command."""

from __future__ import annotations

import shlex
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from seldon_nb.cards.card import (
    Bar,
    Bars,
    Card,
    Facts,
    Line,
    Lines,
    Listing,
    Meter,
    Meters,
    Spark,
    Sparklines,
    Step,
    Stop,
    Strip,
    Table,
    Text,
    Timeline,
    Tone,
)
from seldon_nb.cards.clean import visible, width
from seldon_nb.cards.error import error_card, steps_of
from seldon_nb.cards.html import to_html
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.domain.code import Code, Kind, NextStep
from seldon_nb.domain.errors import SeldonNbError, fail

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "</code></pre></section><b>",
    "' onmouseover='alert(1)",
    "&lt;b&gt;&#x3c;",
    "`<i>`",
    "</style><script>alert(1)</script>",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07",
    "\x1b]0;title\x1b\\",
    "\x9b31mred",
    "a\rb\x08c\x00d\x7f\x85",
    "age\u202egnp.exe\u202c",
    "a\u2066b\u2069\u200e\u200f\u061c",
    "zero\u200bwidth\u2060\ufeff",
    "soft\u00adhyphen",
    "tag\U000e0041\U000e007f",
    "lines\u2028and\u2029paragraphs",
    "\ud800 alone",
    "{braces} {0} {age!r}",
    "%(percent)s %s",
]


def everywhere(text: str) -> Card:
    """A card with a text in every place that a card has."""
    line = Line(Tone.WARN, text, text, (Step(text, text, "shell"), Step(text, text, "verb")))
    return Card(
        kind="test",
        title=text,
        badge=text,
        tone=Tone.BAD,
        state=text,
        blocks=(
            Text(text),
            Text(text, strong=True),
            Facts(((text, text),)),
            Table((text, text), ((text, text), ("a", text)), caption=text, right=frozenset({1})),
            Lines((line,)),
            Listing(text, text, language="diff", folded=False),
            Listing(text, "+" + text, language="diff"),
            Listing(text, text, language=text),
            Timeline(((text, Tone.GOOD, text), (text, Tone.BUSY, ""))),
            Meters((Meter(text, 0.2, 0.4, text, Tone.BAD),), caption=text),
            Sparklines((Spark(text, (0.1, None, 0.3), text, text, Tone.GOOD),), caption=text),
            Bars((Bar(text, 0.9, text, strong=True), Bar(text, 0.1, text)), caption=text),
            Strip((Stop("run", text, text, text), Stop(text, text, "", "", Tone.BAD)), caption=text),
        ),
        steps=(Step(text, text, "python"),),
        who=text,
        python=text,
    )


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def elements(html: str) -> Elements:
    page = Elements()
    page.feed(html)
    page.close()
    return page


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("skin", Skin)
def test_html_has_the_same_elements_whatever_the_text(text: str, skin: Skin) -> None:
    def plain(page: Elements) -> list[tuple[str, tuple[str, ...]]]:
        return [
            (tag, tuple(name for name in names if name != "class")) for tag, names in page.seen if tag != "code"
        ]  # backticks in a text make code of it, and nothing else

    hostile = elements(to_html(everywhere(text), skin))
    assert {tag for tag, _ in hostile.seen} <= {tag for tag, _ in elements(to_html(everywhere("`x`"), skin)).seen}
    breaks = visible(text, lines=True).count("\n") + 1
    if breaks == 1:
        assert plain(hostile) == plain(elements(to_html(everywhere("x"), skin)))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_shown_acts_or_hides(text: str) -> None:
    card = everywhere(text)
    for shown in (to_text(card), to_html(card), to_text(card, columns=40, full=True)):
        shown.encode()  # what cannot be encoded cannot be printed
        assert not [char for char in shown if ord(char) < 32 and char != "\n"]
        assert not [
            char
            for char in shown
            if char in "\x7f\x85\x9b\u200b\u200e\u200f\u202a\u202b\u202d\u202e\u2066\u2067\u2069\ufeff\u2028\u2029\U000e0041"
        ]


def test_what_is_taken_out_leaves_a_trace() -> None:
    assert visible("age\u202egnp") == "age⟨U+202E⟩gnp"
    assert visible("a\x00b") == "a␀b"
    assert visible("\x1b[31mred\x1b[0m") == "red"
    assert visible("a\x1b") == "a␛"
    assert visible("two\nlines") == "two lines"
    assert visible("two\nlines", lines=True) == "two\nlines"


@pytest.mark.parametrize("text", ["Âge", "数量", "नमस्ते", "می\u200cخواهم", "a\u0301", "👩\u200d🔬", "naïve — “quoted”"])
def test_other_scripts_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


def test_wide_characters_take_two_columns() -> None:
    assert (width("abc"), width("数量"), width("a\u0301"), width("é")) == (3, 4, 1, 1)


def test_a_table_of_wide_and_long_names_keeps_to_the_width() -> None:
    table = Table(("名前", "value"), (("数" * 80, "x" * 300), ("a", "b")))
    lines = to_text(Card(kind="test", title="t", blocks=(table,))).splitlines()
    assert max(width(line) for line in lines) <= 100


# --- commands ------------------------------------------------------------------------------------------------------------------


def code(step: NextStep) -> Code:
    return Code(
        id="SNB-000", kind=Kind.FAULT, what="x", next=(step,), example=dict.fromkeys(("name", "pins", "verb", "include"), "x")
    )


def command(step: NextStep, **facts: object) -> str:
    return steps_of(code(step), facts)[0].command


@pytest.mark.parametrize(
    "name", ["x; rm -rf ~", "$(id)", "`id`", "a b", "it's", 'say "hi"', "a\nb", "-rf", "*", "~", "a|b", "a&b", "a\\b", ">x"]
)
@pytest.mark.parametrize("template", ["show {name} --json", "show '{name}' --json", 'show "{name}" --json'])
@pytest.mark.parametrize("kind", ["verb", "shell"])
def test_a_name_is_one_word_of_a_command(name: str, template: str, kind: str) -> None:
    line = command(NextStep(**{kind: template}), name=name)
    assert "\n" not in line
    if kind == "shell" and template == "show {name} --json" and visible(name) in ("a b", 'say "hi"'):
        return  # plain words may be several
    assert shlex.split(line) == ["show", visible(name), "--json"]


def test_no_shell_runs_what_a_name_says(tmp_path: object) -> None:
    import subprocess

    for name in ("$(echo pwned)", "`echo pwned`", "'; echo pwned; '", '"; echo pwned; "', "x; echo pwned"):
        for template in ("printf %s {name}", "printf %s '{name}'", 'printf %s "{name}"'):
            done = subprocess.run(
                ["/bin/sh", "-c", command(NextStep(shell=template), name=name)], capture_output=True, text=True, check=True
            )
            assert done.stdout == name


@pytest.mark.parametrize("name", ["{__import__('os').abort()}", "$HOME", "{x}$y", "a$b", "$$x", "{{x}}", "it's {x}"])
def test_a_notebook_evaluates_nothing_in_a_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    from seldon_nb import magics
    from seldon_nb.cards.skin import command as shown
    from seldon_nb.magics import line as lines

    shell = InteractiveShell()
    magics.load(shell)
    shell.user_ns |= {"x": "EVALUATED", "y": "EVALUATED", "b": "EVALUATED", "HOME": "EVALUATED"}
    seen: list[str] = []
    monkeypatch.setattr(lines, "seldon", lambda _, line: seen.append(line))
    shell.run_cell(shown(Step("", command(NextStep(verb="show {name}"), name=name)), Skin.NOTEBOOK))
    assert [shlex.split(line) for line in seen] == [["show", name]]


def test_several_plain_words_stay_several_in_a_shell() -> None:
    assert (
        command(NextStep(shell="pip install {pins}"), pins="scikit-learn==1.7.2 numpy==2.2.6")
        == "pip install scikit-learn==1.7.2 numpy==2.2.6"
    )
    assert command(NextStep(shell="pip install {pins}"), pins='"numpy>=2" pandas==2.3') == 'pip install "numpy>=2" pandas==2.3'
    assert command(NextStep(shell="pip install {pins}"), pins="a; id") == "pip install 'a; id'"
    assert command(NextStep(shell="pip install {pins}"), pins='"$(id)"') == "pip install '\"$(id)\"'"


def test_files_to_include_stay_options() -> None:
    step = NextStep(verb="log model {include}")
    assert command(step, include="--include a.py --include my file.py") == "log model --include a.py --include 'my file.py'"


@pytest.mark.parametrize("name", ['a"b', "a'b", "a\\b", "a\nb", "x')\nimport os #"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_name_is_one_text_of_a_line_of_python(name: str, quote: str) -> None:
    import ast

    line = command(NextStep(python=f"f({quote}{{name}}{quote})"), name=name)
    call = ast.parse(line, mode="eval").body
    assert isinstance(call, ast.Call) and isinstance(call.args[0], ast.Constant)
    assert call.args[0].value == visible(name)


@pytest.mark.parametrize("facts", [{}, {"name": ""}, {"name": None}, {"name": "-"}])
def test_a_step_that_cannot_be_followed_is_not_offered(facts: dict[str, object]) -> None:
    assert steps_of(code(NextStep(say="Show it:", verb="show {name}")), facts) == ()


def test_an_error_with_hostile_facts_is_told_safely() -> None:
    for text in HOSTILE:
        card = error_card(fail("SNB-603", subject=text, path=text, reason=text))
        assert "<img" not in to_html(card) and "<script" not in to_html(card)
        assert "\x1b" not in to_text(card)


def test_an_error_without_its_facts_is_still_told() -> None:
    card = error_card(SeldonNbError("SNB-603"))
    assert card.title == "Nothing was done to `…`, because the act could not be recorded."
    assert [step.command for step in card.steps] == ["doctor", "explain SNB-603"]


def test_a_card_is_not_changed_by_being_shown() -> None:
    card = everywhere("x")
    to_html(card), to_text(card)
    assert card == replace(card)
