"""What to send to the people who run a cluster: the least right for an act, as a request that can be applied as it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_SERVICE_ACCOUNT = re.compile(r"system:serviceaccount:([^:]+):([^:]+)\Z")


def request(*, who: str, verb: str, resource: str, namespace: str) -> str:
    """A Role with one rule and its RoleBinding (a ClusterRole and its binding if there is no namespace), as YAML text.

    Args:
        resource: ``pods/log``, ``workflows.argoproj.io``.
    """
    plural = resource.partition(".")[0]
    return _request(_name(f"snb-{verb}-{plural}"), who, namespace, [_rule(resource, [verb])])


def request_of(rights: Sequence[tuple[str, str]], *, who: str, namespace: str) -> str:
    """The same for several rights (verb, resource) at once, one rule per resource."""
    verbs: dict[str, list[str]] = {}
    for verb, resource in rights:
        verbs.setdefault(resource, []).append(verb)
    return _request(_name("snb-analyst"), who, namespace, [_rule(resource, asked) for resource, asked in verbs.items()])


def _request(name: str, who: str, namespace: str, rules: list[dict[str, Any]]) -> str:
    import yaml

    role = "Role" if namespace else "ClusterRole"
    place = {"namespace": namespace} if namespace else {}
    documents: list[Mapping[str, Any]] = [
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": role, "metadata": {"name": name, **place}, "rules": rules},
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": role + "Binding",
            "metadata": {"name": name, **place},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": name},
            "subjects": [_subject(who)],
        },
    ]
    return "---\n".join(yaml.safe_dump(document, sort_keys=False) for document in documents)


def _rule(resource: str, verbs: list[str]) -> dict[str, Any]:
    whole, _, sub = resource.partition("/")
    plural, _, group = whole.partition(".")
    return {"apiGroups": [group], "resources": [f"{plural}/{sub}" if sub else plural], "verbs": verbs}


def _name(text: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")[:63]


def _subject(who: str) -> dict[str, str]:
    account = _SERVICE_ACCOUNT.match(who)
    if account:
        return {"kind": "ServiceAccount", "namespace": account[1], "name": account[2]}
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": who or "YOUR-NAME"}
