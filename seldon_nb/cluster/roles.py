"""The least right for one act, as a request that can be sent and applied as it stands.  Pure."""

from __future__ import annotations

import re

_SERVICE_ACCOUNT = re.compile(r"system:serviceaccount:([^:]+):([^:]+)\Z")


def request(*, who: str, verb: str, resource: str, namespace: str) -> str:
    """A Role with one rule and its RoleBinding (a ClusterRole and its binding if there is no namespace), as YAML text.

    Args:
        resource: ``pods/log``, ``workflows.argoproj.io``.
    """
    import yaml

    plural, _, group = resource.partition(".")
    name = re.sub(r"[^a-z0-9-]+", "-", f"snb-{verb}-{plural}".lower()).strip("-")[:63]
    role = "Role" if namespace else "ClusterRole"
    place = {"namespace": namespace} if namespace else {}
    documents = [
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": role,
            "metadata": {"name": name, **place},
            "rules": [{"apiGroups": [group], "resources": [plural], "verbs": [verb]}],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": role + "Binding",
            "metadata": {"name": name, **place},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": name},
            "subjects": [_subject(who)],
        },
    ]
    return "---\n".join(yaml.safe_dump(document, sort_keys=False) for document in documents)


def _subject(who: str) -> dict[str, str]:
    account = _SERVICE_ACCOUNT.match(who)
    if account:
        return {"kind": "ServiceAccount", "namespace": account[1], "name": account[2]}
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": who or "YOUR-NAME"}
