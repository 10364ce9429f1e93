"""What the operator would make of a document: its pods with all their containers, as far as rules ask about them.

Recorded of operator 1.17.1: what it adds asks for this much and carries these settings, whatever the document says of its own containers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seldon_nb.render.runtimes import is_served
from seldon_nb.render.seldon import names
from seldon_nb.render.seldon.hardened import TF_SERVING
from seldon_nb.render.seldon.objects import (
    ComponentSpec,
    Container,
    Node,
    PodSpec,
    Predictor,
    Resources,
    SecurityContext,
    SeldonDeployment,
)

Amounts = Mapping[str, int | str]

_ENGINE = Container(
    name=names.ENGINE,
    resources=Resources(requests={"cpu": "500m", "memory": "512Mi"}, limits={"cpu": "500m", "memory": "512Mi"}),
    security_context=SecurityContext(allow_privilege_escalation=False, run_as_user=8888),
)
_FETCH = Resources(requests={"cpu": "100m", "memory": "100Mi"}, limits={"cpu": "1", "memory": "1Gi"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """One workload of a deployment.

    Attributes:
        workload: its name, as the operator makes it.
        path: where in the document it comes from.
        replicas: how many of it run.
        containers, inits: all that will run in it, those of the operator included.
        spec: what the document says of it; empty if nothing.
    """

    workload: str
    path: str
    replicas: int
    containers: tuple[Container, ...]
    inits: tuple[Container, ...] = ()
    spec: PodSpec = field(default_factory=PodSpec)


def pods(document: SeldonDeployment, plain: Mapping[str, Any] | None = None) -> tuple[Pod, ...]:
    """All pods of a deployment, one for each workload, in the order of :func:`seldon_nb.render.seldon.names.workloads`.

    Args:
        plain: the same document in its plain form, if it is at hand.
    """
    plain = document.to_document() if plain is None else plain
    made: list[Pod] = []
    separate = document.spec.annotations.get(names.SEPARATE_ENGINE) == "true"
    for index, predictor in enumerate(document.spec.predictors):
        path = f"spec.predictors[{index}]"
        made += _of_predictor(document, predictor, path, separate=separate)
        if separate:
            made.append(Pod(workload="", path=path, replicas=copies(document, predictor, None), containers=(_engine(predictor),)))
        if predictor.explainer is not None and predictor.explainer.type:
            made.append(_explainer(predictor, path))
    found = names.workloads(plain)
    return tuple(
        Pod(workload=name, path=pod.path, replicas=pod.replicas, containers=pod.containers, inits=pod.inits, spec=pod.spec)
        for name, pod in zip(found, made, strict=True)
    )


def _of_predictor(document: SeldonDeployment, predictor: Predictor, path: str, *, separate: bool) -> Iterator[Pod]:
    parts = predictor.component_specs or (ComponentSpec(),)
    for position, part in enumerate(parts):
        given = part.spec or PodSpec()
        containers = list(given.containers)
        if position == 0:
            present = {container.name for container in predictor.containers}
            containers += [
                Container(name=node.name)
                for node in _once(predictor.graph)
                if is_served(node.implementation) and node.name not in present
            ]
        here = {container.name for container in containers}
        inits = list(given.init_containers)
        for node in predictor.graph.walk():
            if node.name in here:
                containers += _behind(document, node, {item.name for item in containers})
                inits += _fetching(document, node, {item.name for item in inits})
        first = position == 0 and not separate and predictor.annotations.get(names.NO_ENGINE) != "true"
        if first and names.ENGINE not in here:
            containers.append(_engine(predictor))
        yield Pod(
            workload="",
            path=f"{path}.componentSpecs[{position}]",
            replicas=copies(document, predictor, part),
            containers=tuple(containers),
            inits=tuple(inits),
            spec=given,
        )


def _once(graph: Node) -> Iterator[Node]:
    seen: set[str] = set()
    for node in graph.walk():
        if node.name not in seen:
            seen.add(node.name)
            yield node


def _behind(document: SeldonDeployment, node: Node, present: set[str]) -> Iterator[Container]:
    """TensorFlow Serving, which Seldon's server stands in front of unless it speaks ``tensorflow``."""
    if node.implementation == "TENSORFLOW_SERVER" and document.spec.protocol != "tensorflow" and TF_SERVING not in present:
        yield Container(name=TF_SERVING)


def _fetching(document: SeldonDeployment, node: Node, present: set[str]) -> Iterator[Container]:
    """The operator's own initializer, unless one of its name is there."""
    behind = node.implementation == "TENSORFLOW_SERVER" and document.spec.protocol != "tensorflow"
    name = initializer_of(TF_SERVING if behind else node.name)
    if node.model_uri and name not in present:
        yield Container(name=name, resources=_FETCH)


def initializer_of(container: str) -> str:
    """The operator's name for the container that fetches the files of another one."""
    return f"{container}-model-initializer"


def fetched_by_ours(document: SeldonDeployment, predictor: Predictor, node: Node) -> bool:
    """Whether a container of the document fetches a node's files, so that the operator adds none."""
    behind = node.implementation == "TENSORFLOW_SERVER" and document.spec.protocol != "tensorflow"
    wanted = initializer_of(TF_SERVING if behind else node.name)
    return any(wanted == item.name for part in predictor.component_specs if part.spec for item in part.spec.init_containers)


def _engine(predictor: Predictor) -> Container:
    asked = predictor.svc_orch_spec.resources if predictor.svc_orch_spec else None
    if asked is None:
        return _ENGINE
    return Container(name=names.ENGINE, resources=asked, security_context=_ENGINE.security_context)


def _explainer(predictor: Predictor, path: str) -> Pod:
    found = predictor.explainer
    assert found is not None
    fetch = (Container(name="explainer-model-initializer", resources=_FETCH),) if found.model_uri else ()
    return Pod(
        workload="",
        path=f"{path}.explainer",
        replicas=1 if found.replicas is None else found.replicas,
        containers=(Container(name="explainer"),),
        inits=fetch,
    )


def copies(document: SeldonDeployment, predictor: Predictor, part: ComponentSpec | None) -> int:
    """The narrowest number holds; with scaling, the least that it starts with."""
    if part is not None:
        scaling = part.hpa_spec or {}
        if part.keda_spec is not None or part.hpa_spec is not None:
            least = scaling.get("minReplicas", 1)
            return least if isinstance(least, int) else 1
        if part.replicas is not None:
            return part.replicas
    for asked in (predictor.replicas, document.spec.replicas):
        if asked is not None:
            return asked
    return 1
