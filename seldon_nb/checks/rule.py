"""The form of a rule: one function, one code, an allowed and a denied sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from seldon_nb.domain.plan import Finding

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[S]):
    """One rule over a subject ``S`` (a plan's context, or a candidate and what the clean room saw).

    Attributes:
        code: the one code that it can find.
        source: where the rule comes from, for the page of all rules.
        check: the subject's findings; empty if the rule is content.
        allowed, denied: make a sample that passes and one that does not.
    """

    code: str
    source: str
    check: Callable[[S], Iterable[Finding]]
    allowed: Callable[[], S]
    denied: Callable[[], S]
