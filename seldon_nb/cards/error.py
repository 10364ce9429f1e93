"""Errors and findings as cards: the sentences of a code, with the facts of the case filled in."""

from __future__ import annotations

import re
import shlex
import string
from collections.abc import Callable, Iterable, Mapping

from seldon_nb.cards.amounts import moment
from seldon_nb.cards.card import Block, Card, Facts, Line, Listing, Step, Text, Tone
from seldon_nb.cards.clean import visible
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.standing import standing
from seldon_nb.domain.code import N_, UNKNOWN, Code, Kind, NextStep, Severity, fields_of, fill, known_part
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.errors import CLASSES, SeldonNbError
from seldon_nb.domain.plan import Finding
from seldon_nb.words import tr

_TONES = {Severity.BLOCK: Tone.BAD, Severity.WARN: Tone.WARN, Severity.INFO: Tone.NEUTRAL}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")

_KINDS = {
    Kind.USER_INPUT: N_("The question was wrong: a name, a column, a value."),
    Kind.NOT_ALLOWED: N_("The person may not."),
    Kind.NOT_READY: N_("It is not answering, or not yet."),
    Kind.CONFLICT: N_("Somebody or something changed it in between."),
    Kind.MODEL_CONTRACT: N_("The model breaks what serving needs."),
    Kind.PLATFORM: N_("The place refused or broke."),
    Kind.UNAVAILABLE: N_("The place cannot be reached."),
    Kind.FAULT: N_("A fault of ours, not of the model and not of yours."),
}

_SEVERITIES = {
    Severity.BLOCK: N_("It stops a plan."),
    Severity.WARN: N_("It is shown with a plan and does not stop it."),
    Severity.INFO: N_("It is told with a plan and does not stop it."),
}


def sentence(template: str, facts: Mapping[str, object]) -> str:
    """A template in the user's language, its facts filled in.

    A ``reason`` that is one of our own sentences is translated, a time is told as people tell it, and a difference is left to its listing.
    """
    return fill(known_part(tr(template), facts), {name: _told_fact(name, value) for name, value in facts.items()}).strip()


def _told_fact(name: str, value: object) -> object:
    if not isinstance(value, str) or not value:
        return value
    if name == "diff":
        return ""
    if name == "reason":
        return tr(value)
    return moment(value, year=True) if _TIME.match(value) else value


def steps_of(code: Code, facts: Mapping[str, object]) -> tuple[Step, ...]:
    """The code's next steps for these facts; a step that needs a fact that is not there is left out, because it could not be followed."""
    return _steps(code.next, facts)


def _steps(steps: Iterable[NextStep], facts: Mapping[str, object]) -> tuple[Step, ...]:
    return tuple(_step(step, facts) for step in steps if _has_all(step, facts))


def error_card(error: SeldonNbError, *, skin: Skin = Skin.NOTEBOOK) -> Card:
    """What happened to the user's thing, what was seen, what to do now, who can help."""
    code, facts = error.code, error.facts
    blocks: list[Block] = []
    if saw := sentence(code.saw, facts):
        blocks.append(Text(saw))
    blocks += standing(code, facts)
    if isinstance(diff := facts.get("diff"), str) and diff.strip():
        blocks.append(Listing(tr("The difference"), diff, language="diff", folded=diff.count("\n") > 30))
    steps = steps_of(code, facts)
    if code.explain and len(steps) < 3:
        steps = (*steps, Step(say=tr("Why, in full:"), command=f"explain {code.id}"))
    title = sentence(code.what, facts)
    who = sentence(code.who, facts)
    data = {
        "code": code.id,
        "error": code.kind.value,
        "exitCode": error.exit_code,
        "what": title,
        "saw": saw,
        "facts": {key: value if isinstance(value, (int, str)) else str(value) for key, value in facts.items()},
    }
    return Card(kind="error", title=title, tone=Tone.BAD, state=code.id, blocks=tuple(blocks), steps=steps, who=who, data=data)


def finding_line(finding: Finding, *, take_on: bool = True) -> Line:
    """A finding as one line: tone by severity, the code, what it is and what was seen, and its fixes.

    Args:
        take_on: say how it is taken on, where it can be.
    """
    code = lookup(finding.code)
    text = " ".join(part for part in (sentence(code.what, finding.facts), sentence(code.saw, finding.facts)) if part)
    tone = _TONES[finding.severity]
    if finding.overridden_by:
        return Line(
            Tone.WARN,
            tr("{sentence} Taken on by the requester: “{reason}”", sentence=text, reason=finding.overridden_by),
            code.id,
        )
    steps = _steps((step for step in code.next if take_on or not step.takes_on), finding.facts)
    if finding.blocks and code.overridable and take_on and len(steps) < 3:
        steps = (
            *steps,
            Step(say=tr('It can be taken on with a reason that is kept: --override {code} --because "…"', code=code.id)),
        )
    return Line(tone, text, code.id, steps)


def finding_data(finding: Finding) -> dict[str, object]:
    """A finding for machines."""
    code = lookup(finding.code)
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "blocks": finding.blocks,
        "subject": finding.subject,
        "facts": {key: value if isinstance(value, (int, str)) else str(value) for key, value in finding.facts.items()},
        "overriddenBy": finding.overridden_by,
        "text": sentence(code.what, finding.facts),
    }


def explain_card(code: Code, *, skin: Skin = Skin.NOTEBOOK) -> Card:
    """A code in full: an example of its sentences, why it exists, how it ends."""
    example = code.example
    rows = [(tr("What it says"), _told(code))]
    rows.append((tr("Kind"), tr(_KINDS[code.kind])))
    if code.severity is not None:
        weight = tr(_SEVERITIES[code.severity])
        if code.severity is Severity.BLOCK:
            weight += " " + (
                tr("It can be taken on with a reason that is kept.") if code.overridable else tr("It cannot be taken on.")
            )
        rows.append((tr("In a plan"), weight))
    rows.append(
        (tr("For scripts"), tr("Exit code {exit}, HTTP {status}", exit=_exit_code(code), status=CLASSES[code.kind].http_status))
    )
    blocks: list[Block] = []
    if code.explain:
        blocks.append(Text(sentence(code.explain, example)))
    blocks.append(Facts(tuple(rows)))
    data = {
        "code": code.id,
        "error": code.kind.value,
        "severity": code.severity.value if code.severity else None,
        "overridable": code.overridable,
        "what": tr(code.what),
        "saw": tr(code.saw),
        "explain": tr(code.explain),
        "example": dict(example),
    }
    return Card(
        kind="explanation",
        title=code.id,
        blocks=tuple(blocks),
        steps=steps_of(code, example),
        who=sentence(code.who, example),
        data=data,
    )


def _exit_code(code: Code) -> int:
    return 2 if code.id.startswith("SNB-7") else CLASSES[code.kind].exit_code


def _told(code: Code) -> str:
    return " ".join(part for part in (sentence(code.what, code.example), sentence(code.saw, code.example)) if part)


def _has_all(step: NextStep, facts: Mapping[str, object]) -> bool:
    parts = (step.say, step.verb, step.python, step.shell)
    return all(facts.get(name) not in UNKNOWN for part in parts for name in fields_of(part))


def _step(step: NextStep, facts: Mapping[str, object]) -> Step:
    say = sentence(step.say, facts)
    if step.python:
        return Step(say, _fill_command(step.python, facts, _python_word), "python")
    if step.shell:
        return Step(say, _fill_command(step.shell, facts, _shell_word), "shell")
    return Step(say, _fill_command(step.verb, facts, _grammar_word), "verb")


_WORD = r"[\w@%+=:,./\-]+"
_SEVERAL = r"(?:[\w@%+=:,.\-]+|\"[\w@%+=:,.<>~\[\]\- ]+\")"  # plain, or in quotes that hold nothing a shell would act on
_PLAIN_WORDS = re.compile(rf"{_WORD}|{_SEVERAL}(?: {_SEVERAL})*", re.ASCII)
_QUOTED = re.compile(r"[\w@%+=:,./\- ]+", re.ASCII)
_Write = Callable[[str, str, str], str]


def _fill_command(template: str, facts: Mapping[str, object], write: _Write) -> str:
    """A command with its facts as words of its language, so that no name can become a second command."""
    parts: list[str] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(literal)
        if name:
            quote = literal[-1:] if literal[-1:] in ("'", '"') else ""
            parts.append(write(name, visible(str(facts[name])), quote))
    return "".join(parts)


def _python_word(_: str, value: str, quote: str) -> str:
    """Inside quotes, escaped; elsewhere it is an expression already."""
    return value.replace("\\", "\\\\").replace(quote, "\\" + quote) if quote else value


def _grammar_word(name: str, value: str, quote: str) -> str:
    """Like a shell's, but always one word; ``verb`` and ``include`` are words of the grammar themselves."""
    if name == "verb":
        return value
    if name == "include" and value.startswith("--include "):
        return " ".join(f"--include {shlex.quote(file.strip())}" for file in value.split("--include ")[1:])
    return _shell_word(name, value, quote) if quote else shlex.quote(value)


def _shell_word(_: str, value: str, quote: str) -> str:
    """Inside quotes, the same quoted text; elsewhere one word, or several plain ones (``scikit-learn==1.7.2 numpy==2.2.6``)."""
    if quote:
        return value if _QUOTED.fullmatch(value) else f"{quote}{shlex.quote(value)}{quote}"
    return value if _PLAIN_WORDS.fullmatch(value) else shlex.quote(value)
