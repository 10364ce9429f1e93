"""All rules of a plan in one table: run them, and tell people what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from seldon_nb.checks import (
    accepted,
    around,
    classes,
    contract,
    environment,
    files,
    model,
    names,
    operator,
    people,
    place,
    pod_security,
    room,
    spoken,
    traffic,
    traps,
)
from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.rule import Rule
from seldon_nb.domain.code import Severity
from seldon_nb.domain.codes import ALL, lookup
from seldon_nb.domain.errors import fail
from seldon_nb.domain.plan import Finding, Override
from seldon_nb.words import tr, tr_with

_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


def table(*rules: Iterable[Rule[Any]]) -> dict[str, Rule[Any]]:
    """Rules by their code.

    Raises:
        ValueError: for two rules of one code, or a code that is no finding: a mistake of ours, found when the package is first used.
    """
    found: dict[str, Rule[Any]] = {}
    for group in rules:
        for rule in group:
            if rule.code in found:
                raise ValueError(f"two rules find {rule.code}")
            if lookup(rule.code).severity is None:
                raise ValueError(f"{rule.code} is an error, not a finding")
            found[rule.code] = rule
    return found


#: What a plan is judged by.
PLAN: dict[str, Rule[PlanContext]] = table(
    model.RULES,
    environment.RULES,
    names.RULES,
    people.RULES,
    place.RULES,
    pod_security.RULES,
    room.RULES,
    around.RULES,
    files.RULES,
    traffic.RULES,
    accepted.RULES,
    operator.RULES,
    traps.RULES,
    classes.RULES,
    spoken.RULES,
)
#: What a model is judged by when it is logged; some are asked again of a plan.
CONTRACT: dict[str, Rule[contract.Trial]] = table(contract.RULES)


def run(context: PlanContext) -> tuple[tuple[Finding, ...], int]:
    """All rules' words on a plan, and how many rules had nothing to say.

    Blocking findings come first, then warnings, then information; within them by code and subject.  Overrides of the spec are
    applied with their reasons.

    Raises:
        SNB-223: an override of a code that does not exist or cannot be overridden.
    """
    reasons = _reasons(context.spec.overrides)
    found: list[Finding] = []
    passed = 0
    for rule in PLAN.values():
        words = list(rule.check(context))
        found += words
        passed += not words
    told = [replace(item, overridden_by=reasons[item.code]) if item.code in reasons and item.blocks else item for item in found]
    return tuple(sorted(told, key=_weight)), passed


def _reasons(overrides: Sequence[Override]) -> dict[str, str]:
    refused = [override.code for override in overrides if override.code not in ALL or not ALL[override.code].overridable]
    if refused:
        raise fail("SNB-223", codes=", ".join(refused))
    return {override.code: override.reason for override in overrides}


def _weight(finding: Finding) -> tuple[bool, int, str, str]:
    return (not finding.blocks, _ORDER[finding.severity], finding.code, finding.subject)


def rules_page() -> str:
    """All rules as one Markdown page, in the user's language: code, sentence, weight, when it is asked, whether it can be overridden, source."""
    heads = (tr("Code"), tr("What it says"), tr("Weight"), tr("Asked at"), tr("Can be overridden"), tr("Source"))
    lines = ["# " + tr("Rules"), "", _row(heads), _row(["---"] * len(heads))]
    lines += [_row(_cells(code)) for code in sorted({*PLAN, *CONTRACT})]
    return "\n".join(lines) + "\n"


def _cells(code: str) -> list[str]:
    entry = lookup(code)
    weights = {Severity.BLOCK: tr("blocks"), Severity.WARN: tr("warns"), Severity.INFO: tr("informs")}
    when = [word for word, rules in (("log", CONTRACT), ("plan", PLAN)) if code in rules]
    source = (PLAN.get(code) or CONTRACT[code]).source
    assert entry.severity is not None
    over = tr("with a reason") if entry.overridable else tr("no")
    return [code, tr_with(entry.what, entry.example), weights[entry.severity], ", ".join(when), over, source]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
