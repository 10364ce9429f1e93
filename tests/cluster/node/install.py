"""What the node holds when it is up: Argo's definitions and rights, and the name service."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.cluster.node import build
from tests.cluster.node.api import Api, condition, path_of
from tests.cluster.node.place import Addresses

_ARGO_KINDS = [
    "clusterworkflowtemplates",
    "cronworkflows",
    "workflows",
    "workfloweventbindings",
    "workflowtasksets",
    "workflowtemplates",
]
_ALL_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]


#: What manifests/README.md tells the platform team to set for the containers that Argo adds.
_ROOM = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}}
_HARDENED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 8888,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def install(api: Api, addresses: Addresses) -> None:
    """Bring the objects into the API server; returns when Argo's kinds can be used."""
    api.apply_all(_argo_objects())
    api.apply_all(_name_service(addresses))
    definitions = build.definitions()
    # Created, not applied: the fields' owners of such large documents cost the API server seconds and hundreds of MiB.
    with ThreadPoolExecutor(len(definitions)) as pool:
        list(pool.map(api.create, definitions))
    for definition in definitions:
        api.wait(path_of(definition), condition("Established"))


def _argo_objects() -> list[dict[str, Any]]:
    roles = (("admin", _ALL_VERBS), ("edit", _ALL_VERBS), ("view", ["get", "list", "watch"]))
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argo"}},
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "workflow-controller-configmap", "namespace": "argo"},
            # Argo gives its own containers no security context unless it is told one, and a restricted namespace then refuses the pod.
            "data": {"executor": json.dumps({"securityContext": _HARDENED, "resources": _ROOM})},
        },
        *(
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRole",
                "metadata": {
                    "name": f"argo-aggregate-to-{role}",
                    "labels": {f"rbac.authorization.k8s.io/aggregate-to-{role}": "true"},
                },
                "rules": [
                    {
                        "apiGroups": ["argoproj.io"],
                        "resources": [*_ARGO_KINDS, *(f"{kind}/finalizers" for kind in _ARGO_KINDS)],
                        "verbs": verbs,
                    }
                ],
            }
            for role, verbs in roles
        ),
    ]


def _name_service(addresses: Addresses) -> list[dict[str, Any]]:
    """The service `kube-dns`, whose only endpoint is the name server that runs beside the kubelet."""
    ports = [{"name": name.lower(), "port": 53, "protocol": name.split("-")[-1].upper()} for name in ("dns", "dns-tcp")]
    ports[0]["protocol"] = "UDP"
    metadata = {"name": "kube-dns", "namespace": "kube-system"}
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {"clusterIP": addresses.dns_service, "ports": ports},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": "kube-dns-node",
                "namespace": "kube-system",
                "labels": {"kubernetes.io/service-name": "kube-dns"},
            },
            "addressType": "IPv4",
            "ports": ports,
            "endpoints": [{"addresses": [addresses.node], "conditions": {"ready": True}}],
        },
    ]
