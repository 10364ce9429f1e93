"""What a code is: the parts of a sentence that tells somebody what happened to their thing.

A code is data.  Its sentences are templates with named facts, marked for translation with :func:`N_`; the words are looked up
where they are shown, never where they are raised.  Pattern, in this order: what happened to *your* thing, what was seen, up to three next
steps ready to paste, who can help if you cannot.
"""

from __future__ import annotations

import enum
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(message: str) -> str:
    """Mark a sentence for translation without translating it."""
    return message


class Severity(enum.Enum):
    """How much a finding weighs: ``block`` stops the plan, ``warn`` is shown, ``info`` is told."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Kind(enum.Enum):
    """Which branch of the error tree a code belongs to (see :mod:`seldon_nb.domain.errors`)."""

    USER_INPUT = "user-input"
    NOT_ALLOWED = "not-allowed"
    NOT_READY = "not-ready"
    CONFLICT = "conflict"
    MODEL_CONTRACT = "model-contract"
    PLATFORM = "platform"
    UNAVAILABLE = "unavailable"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One thing to do now.

    ``say`` is a sentence template.  At most one of: ``verb``, a line of the common grammar without its prefix (``deploy fraud@1
    --to dev``), shown with ``%seldon`` in a notebook and ``seldon-nb`` in a shell; ``python``, a line of Python; ``shell``, any other shell line.
    ``takes_on``: it overrides the finding, which a place with a form for that does not show.
    """

    say: str = ""
    verb: str = ""
    python: str = ""
    shell: str = ""
    takes_on: bool = False

    def __post_init__(self) -> None:
        if sum(bool(part) for part in (self.verb, self.python, self.shell)) > 1:
            raise ValueError("a next step has one command at most")
        if not (self.say or self.verb or self.python or self.shell):
            raise ValueError("a next step says or runs something")


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One entry of the table of codes.

    Attributes:
        id: ``SNB-`` and three digits; stable for ever.
        kind: the branch of the error tree; also decides the HTTP status and the exit code.
        what: first sentence, about the user's thing; no Kubernetes nouns.
        saw: the observed fact.
        next: up to three steps.
        who: who can help if the user cannot; may be empty.
        explain: a paragraph for ``seldon-nb explain``: why the rule exists and what to do about it.
        severity: set if the code can be a finding of a plan.
        overridable: a blocking finding may be overridden with a reason that is kept.
        example: facts that fill every template; used by the documentation page and by the tests.
    """

    id: str
    kind: Kind
    what: str
    saw: str = ""
    next: tuple[NextStep, ...] = ()
    who: str = ""
    explain: str = ""
    severity: Severity | None = None
    overridable: bool = False
    example: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        number = self.id.removeprefix("SNB-")
        if not (self.id.startswith("SNB-") and len(number) == 3 and number.isdigit()):
            raise ValueError(f"not a code: {self.id}")
        if len(self.next) > 3:
            raise ValueError(f"{self.id}: three next steps at most")
        missing = self.fields() - set(self.example)
        if missing:
            raise ValueError(f"{self.id}: the example lacks {sorted(missing)}")

    def templates(self) -> tuple[str, ...]:
        """Every translatable template of this code, in reading order."""
        steps = tuple(step.say for step in self.next if step.say)
        return tuple(text for text in (self.what, self.saw, *steps, self.who, self.explain) if text)

    def fields(self) -> frozenset[str]:
        """The names of the facts that the templates and commands need."""
        commands = tuple(part for step in self.next for part in (step.verb, step.python, step.shell) if part)
        return frozenset().union(*(fields_of(template) for template in (*self.templates(), *commands)))


def fill(template: str, facts: Mapping[str, object]) -> str:
    """Put facts into a template; a missing fact shows as ``…`` rather than raising while an error is being told."""
    return string.Formatter().vformat(template, (), _Facts(facts))


_SENTENCE = re.compile(r"(?<=[.!?])\s+")
#: How a fact says that there is none.
UNKNOWN = ("", None, "-", "—")


def known_part(template: str, facts: Mapping[str, object]) -> str:
    """A template without those sentences that would only say of unknown facts that they are unknown: "Nearest: —."."""
    parts = _SENTENCE.split(template)
    told = [
        part for part in parts if not (names := fields_of(part)) or any(facts.get(name, "…") not in UNKNOWN for name in names)
    ]
    return template if len(told) == len(parts) else " ".join(told)


def fields_of(template: str) -> frozenset[str]:
    """The names of the facts that a template needs."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


class _Facts(dict[str, object]):
    def __init__(self, facts: Mapping[str, object]) -> None:
        super().__init__(facts)

    def __missing__(self, key: str) -> object:
        return "…"
