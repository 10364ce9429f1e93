"""What an API server's answer other than yes means."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_FORBIDDEN = re.compile(
    r'User "(?P<who>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?'
)
_WHOSE = (
    re.compile(r"ValidatingAdmissionPolicy \'(?P<whose>[^\']+)\'[^:]*denied request: (?P<rule>.*)", re.DOTALL),
    re.compile(r'admission webhook "(?P<whose>[^"]+)" denied the request:? ?(?P<rule>.*)', re.DOTALL),
    re.compile(r"(?P<whose>failed calling webhook) (?P<rule>.*)", re.DOTALL),
)
_QUOTA = re.compile(
    r"exceeded quota: (?P<quota>\S+), requested: (?P<requested>[^ ]+), used: (?P<used>[^ ]+), limited: (?P<limited>[^ ]+)"
)
_MOST = 600


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """The API server said no to one request; whoever asked knows what that means.

    Attributes:
        status: HTTP status.
        reason: ``NotFound``, ``Conflict``, ``AlreadyExists``, ``Invalid``, ``Gone``, ``Forbidden``…
        message: the server's own sentence.
        kind_unknown: the server does not know the kind at all.
    """

    def __init__(self, status: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(f"HTTP {status} {reason}")
        self.status = status
        self.reason = reason
        self.message = message[:_MOST]
        self.details = details or {}

    @property
    def kind_unknown(self) -> bool:
        """Whether the server does not know the kind of object."""
        return self.status == 404 and not self.details.get("name")

    @property
    def of_namespace(self) -> str:
        """The namespace that does not exist, if that is why; empty otherwise."""
        if self.status == 404 and self.details.get("kind") == "namespaces":
            return str(self.details.get("name", ""))
        return ""


@dataclass(frozen=True, slots=True)
class NoRight:
    """A right that is lacking, as the server's sentence names it."""

    who: str
    verb: str
    resource: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Whose rule refused an object, and what it said; ``code`` is that of its kind, ``facts`` what the code needs besides."""

    whose: str
    rule: str
    code: str = "SNB-341"
    facts: dict[str, object] = field(default_factory=dict)


def refused(status: int, body: bytes) -> Refused:
    """An answer as an exception; a body that is not a Status of Kubernetes is not repeated."""
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("kind") != "Status":
        return Refused(status, "", "")
    return Refused(status, str(told.get("reason", "")), str(told.get("message", "")), told.get("details") or {})


def no_right(error: Refused) -> NoRight | None:
    """The right that is lacking, if that is why; None if an admission rule refused."""
    found = _FORBIDDEN.search(error.message) if error.status == 403 else None
    if found is None:
        return None
    group = found["group"]
    resource = f"{found['resource']}.{group}" if group else found["resource"]
    return NoRight(found["who"], found["verb"], resource, found["namespace"] or "")


def rule_of(error: Refused) -> Rule:
    """Whose rule an object broke: an admission policy's, a webhook's, a quota's, the kind's own schema."""
    message = error.message
    quota = _QUOTA.search(message)
    if quota:
        return Rule(f"quota {quota['quota']}", message, "SNB-333", _quota_facts(quota))
    if "violates PodSecurity" in message:
        level, _, violations = message.partition('violates PodSecurity "')[2].partition('": ')
        return Rule("PodSecurity", message, "SNB-347", {"level": level, "violations": violations})
    for pattern in _WHOSE:
        found = pattern.search(message)
        if found:
            return Rule(_named(found["whose"], message), found["rule"].strip() or message)
    if error.status in (400, 422) or "typed patch object" in message:
        return Rule("the kind's own schema", message)
    return Rule("the API server", message or f"HTTP status {error.status}")


def _named(whose: str, message: str) -> str:
    if "ValidatingAdmissionPolicy" in message:
        return f"ValidatingAdmissionPolicy {whose}"
    return whose if whose.startswith("failed") else f"webhook {whose}"


def _quota_facts(found: re.Match[str]) -> dict[str, object]:
    resource, _, requested = found["requested"].partition(",")[0].partition("=")
    pick = {name: dict(part.partition("=")[::2] for part in found[name].split(",")) for name in ("used", "limited")}
    return {
        "quota": found["quota"],
        "resource": resource,
        "requested": requested,
        "used": pick["used"].get(resource, "-"),
        "limit": pick["limited"].get(resource, "-"),
    }
