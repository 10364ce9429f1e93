"""The kinds of objects that we speak of, and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seldon_nb.domain import marks

Plain = dict[str, Any]

#: Seldon's own label on everything that belongs to one deployment.
SELDON_ID = "seldon-deployment-id"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object by its group (empty for Kubernetes' own core), version and plural."""

    group: str
    version: str
    plural: str
    name: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        """As documents write it: ``v1``, ``apps/v1``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """As people write it: ``pods``, ``workflows.argoproj.io``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str = "", name: str = "", sub: str = "") -> str:
        """Its address at the API server."""
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        if namespace and self.namespaced:
            parts += ["namespaces", namespace]
        parts.append(self.plural)
        parts += [part for part in (name, sub) if part]
        return "/" + "/".join(parts)


NAMESPACE = Kind("", "v1", "namespaces", "Namespace", namespaced=False)
CONFIG_MAP = Kind("", "v1", "configmaps", "ConfigMap")
SECRET = Kind("", "v1", "secrets", "Secret")
POD = Kind("", "v1", "pods", "Pod")
EVENT = Kind("", "v1", "events", "Event")
SERVICE = Kind("", "v1", "services", "Service")
SERVICE_ACCOUNT = Kind("", "v1", "serviceaccounts", "ServiceAccount")
QUOTA = Kind("", "v1", "resourcequotas", "ResourceQuota")
LIMITS = Kind("", "v1", "limitranges", "LimitRange")
WORKLOAD = Kind("apps", "v1", "deployments", "Deployment")
REPLICA_SET = Kind("apps", "v1", "replicasets", "ReplicaSet")
ENDPOINTS = Kind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
SELDON = Kind("machinelearning.seldon.io", "v1", "seldondeployments", "SeldonDeployment")
WORKFLOW = Kind("argoproj.io", "v1alpha1", "workflows", "Workflow")
ACCESS_REVIEW = Kind("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", namespaced=False)
RULES_REVIEW = Kind("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", namespaced=False)
WHO_AM_I = Kind("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", namespaced=False)


def metadata(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metadata of an object; empty if it has none."""
    return document.get("metadata") or {}


def labels_of(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Its labels."""
    return metadata(document).get("labels") or {}


def annotations_of(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Its annotations."""
    return metadata(document).get("annotations") or {}


def is_ours(document: Mapping[str, Any]) -> bool:
    """Whether we made it."""
    return labels_of(document).get(marks.MANAGED_BY) == marks.US


def owner_of(document: Mapping[str, Any]) -> str:
    """Who else made it, as far as the object says: a label, or the first manager of its fields; ``-`` if it does not."""
    told = labels_of(document).get(marks.MANAGED_BY) or annotations_of(document).get("owner") or labels_of(document).get("owner")
    if told and told != marks.US:
        return str(told)
    for entry in metadata(document).get("managedFields") or ():
        if not entry.get("subresource") and entry.get("manager") not in (None, "", marks.US):
            return str(entry["manager"])
    return "-"


def last_writer(document: Mapping[str, Any]) -> tuple[str, str]:
    """(which program that is not ours wrote what an object asks for last, when), by the managers of its fields; empty if none did."""
    others = [
        (str(entry.get("time", "")), str(entry["manager"]))
        for entry in metadata(document).get("managedFields") or ()
        if not entry.get("subresource") and entry.get("manager") not in (None, "", marks.US)
    ]
    at, manager = max(others, default=("", ""))
    return manager, at
