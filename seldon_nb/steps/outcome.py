"""What became of an apply, read from what a workflow's exit handler is told: a status and a list of failures.

A step that fails leaves one line of JSON (``{"code": …, "facts": …}``); the workflow engine puts it, behind words of its own, into the
message of the failed part.  The parts that waited for a failed one fail as well and say only that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seldon_nb.domain.codes import ALL
from seldon_nb.domain.workflow import Step

OK = "ok"
SUCCEEDED = "Succeeded"
#: The engine's own words, and what they mean to us.
_SIGNS = (
    ("longer than the specified deadline", "SNB-345"),
    ("exceeded its deadline", "SNB-345"),
    ("Deadline exceeded", "SNB-345"),
    ("DeadlineExceeded", "SNB-345"),
    ("workflow shutdown", "SNB-540"),
    ("Stopped with strategy", "SNB-540"),
    ("workflowtaskresults", "SNB-344"),
)
_UNTOLD = "SNB-541"
_STEPS = frozenset(step.value for step in Step)
_MOST_FACTS = 24


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: ``ok`` or a code, the step that it ended at (empty if none is known), and the code's facts."""

    result: str
    step: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def outcome(status: str, failures: str) -> Outcome:
    """The outcome behind Argo's ``{{workflow.status}}`` and ``{{workflow.failures}}``.

    Args:
        failures: JSON, in quotes of its own or not; anything else counts as no list.
    """
    if status == SUCCEEDED:
        return Outcome(OK)
    parts = tuple(_parts(failures))
    for step, message in parts:
        told = coded(message)
        if told is not None:
            return Outcome(told[0], step, told[1])
    for step, message in parts:
        for sign, code in _SIGNS:
            if sign in message and code in ALL:
                return Outcome(code, step)
    return Outcome(_UNTOLD, next((step for step, message in parts if "dependency " not in message), ""))


def coded(message: str) -> tuple[str, dict[str, object]] | None:
    """The code and facts in a message that ends with a step's line; None if there is none, or its code is not one of ours."""
    start = message.find('{"code"')
    if start < 0:
        return None
    try:
        told, _ = json.JSONDecoder().raw_decode(message[start:])
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("code") not in ALL:
        return None
    facts = told.get("facts")
    return str(told["code"]), _plain(facts) if isinstance(facts, dict) else {}


def _plain(facts: Mapping[Any, Any]) -> dict[str, object]:
    """Facts that are text or whole numbers, and not too many of them: the message came through other hands."""
    kept = [(str(key), value) for key, value in facts.items() if isinstance(value, (str, int))]
    return dict(kept[:_MOST_FACTS])


def _parts(failures: str) -> Iterator[tuple[str, str]]:
    """(step, message) of everything that failed, as it was listed; the pod as a whole last, because its message is another's."""
    listed = _json(failures)
    if isinstance(listed, str):
        listed = _json(listed)
    whole = []
    for item in listed if isinstance(listed, list) else ():
        if not isinstance(item, dict):
            continue
        step, message = str(item.get("displayName", "")), str(item.get("message", ""))
        if step in _STEPS:
            yield step, message
        else:
            first = message.partition(":")[0]
            whole.append((first if first in _STEPS else "", message))
    yield from whole


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
