"""Calls of an access log, told in few records: who called what, how often, from when to when.  Never a path, a body or a token."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,252}\Z")
_TARGET = re.compile(r"[a-z0-9-]{1,63}(/[a-z0-9-]{1,63})?\Z")

#: Refused because of who asked or where; other refusals (400, 413, 422) answer a caller who may call.
_DENIED = frozenset({401, 403, 404, 405})

NOBODY = "nobody"
UNREADABLE = "unreadable"


def summarise(calls: Iterable[Mapping[str, Any]]) -> tuple[dict[str, str | int], ...]:
    """Group calls by (caller, target, allowed or denied), in order of the first call of each group.

    Args:
        calls: entries with ``sub`` (who the token speaks for; empty without one), ``deployment`` (``dev/fraud``; or ``namespace`` and
            ``deployment``), ``code`` (HTTP status, 0 if there was no answer) and ``time`` (RFC 3339).  What is missing or not of that form is
            counted under ``nobody``, ``unreadable`` or an empty time rather than left out: a call that happened is told.

    Returns:
        Details for one record each: ``caller``, ``deployment``, ``outcome`` (``allowed`` or ``denied``), ``calls``, ``failed`` (of the allowed,
        those that ended in 5xx or without an answer; absent if none), ``first`` and ``last``.
    """
    groups: dict[tuple[str, str, str], dict[str, str | int]] = {}
    for call in calls:
        caller, target, code, at = _caller(call), _target(call), _code(call), _at(call)
        outcome = "denied" if code in _DENIED else "allowed"
        group = groups.setdefault(
            (caller, target, outcome),
            {"caller": caller, "deployment": target, "outcome": outcome, "calls": 0, "first": at, "last": at},
        )
        group["calls"] = int(group["calls"]) + 1
        if code == 0 or code >= 500:
            group["failed"] = int(group.get("failed", 0)) + 1
        if at:
            group["first"] = min(str(group["first"]) or at, at)
            group["last"] = max(str(group["last"]), at)
    return tuple(groups.values())


def _caller(call: Mapping[str, Any]) -> str:
    sub = call.get("sub")
    if sub in (None, "", "-"):
        return NOBODY
    return sub if isinstance(sub, str) and _NAME.match(sub) else UNREADABLE


def _target(call: Mapping[str, Any]) -> str:
    name, namespace = call.get("deployment"), call.get("namespace")
    if isinstance(name, str) and isinstance(namespace, str) and namespace and "/" not in name:
        name = f"{namespace}/{name}"
    return name if isinstance(name, str) and _TARGET.match(name) else UNREADABLE


def _code(call: Mapping[str, Any]) -> int:
    code = call.get("code")
    if isinstance(code, str) and code.isdigit():
        code = int(code)
    return code if type(code) is int and 0 <= code <= 999 else 0


def _at(call: Mapping[str, Any]) -> str:
    at = call.get("time")
    return at if isinstance(at, str) and re.match(r"\d{4}-\d\d-\d\dT[\d:.]{5,15}Z\Z", at) else ""
