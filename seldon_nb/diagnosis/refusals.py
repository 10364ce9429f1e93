"""Whose rule refused an object, and which rule: read from the sentence that the API server gave.

The same sentence comes to whoever sends an object and to whoever sent a pod in its name: a replica set's ``ReplicaFailure`` holds it too.
"""

from __future__ import annotations

import re

from seldon_nb.domain.code import N_

_RIGHT = re.compile(
    r'User "(?P<who>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?'
)
_QUOTA = re.compile(
    r"exceeded quota: (?P<quota>\S+), requested: (?P<requested>\S+), used: (?P<used>\S+), limited: (?P<limited>\S+)"
)
_UNSAID = re.compile(r"failed quota: (?P<quota>\S+?): (?P<rule>must specify .*)", re.DOTALL)
_SECURITY = re.compile(r'violates PodSecurity "(?P<level>[^"]+)": (?P<violations>.*)', re.DOTALL)
_POLICY = re.compile(
    r"ValidatingAdmissionPolicy '(?P<whose>[^']+)'(?: with binding '(?P<binding>[^']+)')? denied request: (?P<rule>.*)", re.DOTALL
)
_WEBHOOK = re.compile(
    r'admission webhook "(?P<whose>[^"]+)" denied the request(?: without explanation)?:? ?(?P<rule>.*)', re.DOTALL
)
_UNREACHED = re.compile(r'failed calling webhook "(?P<whose>[^"]+)"')
_RANGE = re.compile(
    r"(?P<rule>(?:minimum|maximum) \S+ usage per \w+ is \S+, but (?:limit|request) is \S+|\S+ max limit to request ratio per \w+ is .*)"
)
_UNKNOWN = re.compile(r"typed patch object \([^)]*Kind=(?P<kind>\w+)\): (?P<rule>.*)", re.DOTALL)
_STRICT = re.compile(r"cannot be handled as a (?P<kind>\w+): (?P<rule>.*)", re.DOTALL)
_FIELD = re.compile(r"(?P<kind>[A-Z]\w+(?:\.[\w.-]+)?) \"?(?P<object>[^\s\"]*)\"? is invalid: (?P<rule>.*)", re.DOTALL)
_OPERATOR = "seldondeployment"
_MOST = 2000
_TOLD = 600  # of one rule's own words

Refusal = tuple[str, dict[str, object]]


def explain_refusal(message: str) -> Refusal:
    """The code of a refusal and the facts that its sentence gives: whose rule, which one.

    Args:
        message: of a Status, an event or a condition.

    Returns: SNB-333 (quota, resource, requested, used, limit), SNB-347 (level, violations), SNB-533 (who, verb, resource, namespace),
        SNB-342 (reason: Seldon's own webhook does not answer), or SNB-341 (whose: a policy, a webhook, a quota, a kind's own schema; rule).
    """
    message = message.strip()[:_MOST]
    for read in (_quota, _security, _right, _unreached, _rule):
        found = read(message)
        if found is not None:
            return found
    return "SNB-341", {"whose": "Kubernetes", "rule": _cut(message) or "-"}


def _quota(message: str) -> Refusal | None:
    if unsaid := _UNSAID.search(message):
        return "SNB-341", {"whose": f"ResourceQuota {unsaid['quota']}", "rule": unsaid["rule"].strip()}
    found = _QUOTA.search(message)
    if found is None:
        return None
    requested, used, limited = (_amounts(found[name]) for name in ("requested", "used", "limited"))
    resource = next(iter(requested), "-")
    return "SNB-333", {
        "quota": found["quota"],
        "resource": resource,
        "requested": requested.get(resource, "-"),
        "used": used.get(resource, "-"),
        "limit": limited.get(resource, "-"),
    }


def _amounts(said: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in said.rstrip(",").split(","))
    return {resource: amount for resource, _, amount in pairs if resource}


def _security(message: str) -> Refusal | None:
    found = _SECURITY.search(message)
    return ("SNB-347", {"level": found["level"], "violations": _cut(found["violations"])}) if found else None


def _cut(said: str) -> str:
    """A rule's own words, at a length that can be read."""
    said = said.strip()
    return said if len(said) <= _TOLD else said[:_TOLD].rpartition(" ")[0] + " …"


def lacking(message: str) -> dict[str, str] | None:
    """The right that is lacking, if the sentence names one: who, verb, resource (``workflows.argoproj.io``), namespace (empty for none)."""
    found = _RIGHT.search(message)
    if found is None:
        return None
    resource = f"{found['resource']}.{found['group']}" if found["group"] else found["resource"]
    return {"who": found["who"], "verb": found["verb"], "resource": resource, "namespace": found["namespace"] or ""}


def _right(message: str) -> Refusal | None:
    found = lacking(message)
    return ("SNB-533", {**found, "namespace": found["namespace"] or "-"}) if found else None


def _unreached(message: str) -> Refusal | None:
    found = _UNREACHED.search(message)
    if found is None:
        return None
    if _OPERATOR in found["whose"]:
        return "SNB-342", {"reason": N_("Seldon's operator, which checks each deployment, cannot be reached.")}
    return "SNB-341", {"whose": f"webhook {found['whose']}", "rule": "no answer"}


def _rule(message: str) -> Refusal | None:
    if found := _POLICY.search(message):
        return "SNB-341", {"whose": f"ValidatingAdmissionPolicy {found['whose']}", "rule": _cut(found["rule"])}
    if found := _WEBHOOK.search(message):
        return "SNB-341", {"whose": f"webhook {found['whose']}", "rule": _cut(found["rule"]) or "-"}
    if found := _RANGE.search(message):
        return "SNB-341", {"whose": "LimitRange", "rule": found["rule"].rstrip("., ")}
    for form in (_UNKNOWN, _STRICT, _FIELD):
        if found := form.search(message):
            return "SNB-341", {"whose": found["kind"], "rule": _cut(found["rule"])}
    return None
