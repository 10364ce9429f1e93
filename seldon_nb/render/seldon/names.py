"""The names that Seldon's operator makes out of a deployment: what to look for, said beforehand.

Joined by hyphens; what is longer than a label becomes ``seldon-`` and the MD5 of the joined name, as recorded of a real operator 1.17.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seldon_nb.domain.names import MAX_LABEL
from seldon_nb.render.runtimes import is_served

#: Seldon's own container beside the model, and its ports for calls over HTTP and gRPC.
ENGINE = "seldon-container-engine"
HTTP_PORT = 8000
GRPC_PORT = 5001
#: The first node's own ports; the next node has the next numbers.
NODE_HTTP_PORT = 9000
NODE_GRPC_PORT = 9500
#: The label by which a predictor's Service finds its pods.
APP_LABEL = "seldon-app"
#: The label that all objects of one deployment carry, with its name.
ID_LABEL = "seldon-deployment-id"
SVC_NAME = "seldon.io/svc-name"
NO_ENGINE = "seldon.io/no-engine"
SEPARATE_ENGINE = "seldon.io/engine-separate-pod"

Plain = Mapping[str, Any]


def deployment_name(sd: str, predictor: str, index: int, containers: Sequence[str]) -> str:
    """The workload of one pod of a predictor.

    Args:
        index: the pod's position in ``componentSpecs``.
        containers: the names of its containers in order, those that the operator adds for its own servers included; or the one name that
            the pod's ``metadata`` gives.
    """
    return _fit("-".join((sd, predictor, str(index), *containers)))


def service_name(sd: str, predictor: str, node: str = "") -> str:
    """The address of a predictor, or of one of its nodes."""
    return _fit("-".join(part for part in (sd, predictor, node) if part))


def explainer_name(sd: str, predictor: str) -> str:
    """The workload and the address of a predictor's explainer."""
    return _fit(f"{sd}-{predictor}-explainer")


def engine_name(sd: str, predictor: str) -> str:
    """The workload of an engine that runs in a pod of its own."""
    return _fit(f"{sd}-{predictor}-svc-orch")


def workload(document: Plain) -> str:
    """The first predictor's first workload: the one there is, for documents of ours."""
    return next(_workloads(document))


def workloads(document: Plain) -> tuple[str, ...]:
    """All workloads of a deployment: of each predictor its pods in order, then a separate engine, then the explainer."""
    return tuple(_workloads(document))


def service(document: Plain) -> str:
    """The name under which the first predictor answers; its port is :func:`port`."""
    return predictor_service(document, document["spec"]["predictors"][0])


def port(document: Plain) -> int:
    """The port of :func:`service` for calls over HTTP: the engine's, or the node's own where no engine stands before it."""
    return HTTP_PORT if has_engine(document["spec"]["predictors"][0]) else NODE_HTTP_PORT


def grpc_port(document: Plain) -> int:
    """The port of :func:`service` for calls over gRPC."""
    return GRPC_PORT if has_engine(document["spec"]["predictors"][0]) else NODE_GRPC_PORT


def has_engine(predictor: Plain) -> bool:
    """Whether Seldon's engine stands before the nodes: it does unless the annotation says ``true``, in that spelling."""
    return (predictor.get("annotations") or {}).get(NO_ENGINE) != "true"


def services(document: Plain) -> tuple[str, ...]:
    """All addresses of a deployment: of each predictor its own, then those of its nodes, then the explainer's."""
    return tuple(_services(document))


def predictor_service(document: Plain, predictor: Plain) -> str:
    """The name under which one predictor answers: the one that it asks for, or the joined one."""
    asked: str = (predictor.get("annotations") or {}).get(SVC_NAME, "")
    return asked or service_name(_name(document), predictor["name"])


def pods(predictor: Plain) -> tuple[tuple[str, ...], ...]:
    """The containers of each pod of a predictor, by name, after the operator added those of its own servers to the first pod."""
    given = [tuple(item["name"] for item in (part.get("spec") or {}).get("containers") or ()) for part in _parts(predictor)]
    present = {name for names in given for name in names}
    added = [name for name in dict.fromkeys(_served(predictor["graph"])) if name not in present]
    first, *rest = given or [()]
    return ((*first, *added), *rest)


def _workloads(document: Plain) -> Iterator[str]:
    name, spec = _name(document), document["spec"]
    separate = (spec.get("annotations") or {}).get(SEPARATE_ENGINE) == "true"
    for predictor in spec["predictors"]:
        parts = _parts(predictor)
        for index, containers in enumerate(pods(predictor)):
            chosen = (parts[index].get("metadata") or {}).get("name") if parts else ""
            yield deployment_name(name, predictor["name"], index, (chosen,) if chosen else containers)
        if separate:
            yield engine_name(name, predictor["name"])
        if (predictor.get("explainer") or {}).get("type"):
            yield explainer_name(name, predictor["name"])


def _services(document: Plain) -> Iterator[str]:
    name = _name(document)
    for predictor in document["spec"]["predictors"]:
        yield predictor_service(document, predictor)
        present = {container for names in pods(predictor) for container in names}
        for node in _nodes(predictor["graph"]):
            if node["name"] in present:
                yield service_name(name, predictor["name"], node["name"])
        if (predictor.get("explainer") or {}).get("type"):
            yield explainer_name(name, predictor["name"])


def _parts(predictor: Plain) -> Sequence[Plain]:
    return predictor.get("componentSpecs") or ()


def _served(node: Plain) -> Iterator[str]:
    """The nodes that one of the operator's servers stands behind, depth first."""
    for found in _nodes(node):
        if is_served(found.get("implementation") or ""):
            yield found["name"]


def _nodes(node: Plain) -> Iterator[Plain]:
    yield node
    for child in node.get("children") or ():
        yield from _nodes(child)


def _name(document: Plain) -> str:
    name: str = document["metadata"]["name"]
    return name


def _fit(joined: str) -> str:
    if len(joined.encode()) <= MAX_LABEL:
        return joined
    return "seldon-" + hashlib.md5(joined.encode(), usedforsecurity=False).hexdigest()
