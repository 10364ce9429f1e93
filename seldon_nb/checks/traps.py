"""What Seldon accepts and does otherwise than its author thinks: engine, graph, copies and ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seldon_nb.checks import made, notes, traps_servers
from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import Spot, all_nodes, document_rule, finding, predictors, spot
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import cluster, deployment, image, own, pod, predictor, served
from seldon_nb.domain.plan import Finding
from seldon_nb.render.seldon import names
from seldon_nb.render.seldon.objects import (
    ComponentSpec,
    Container,
    Endpoint,
    EnvVar,
    Explainer,
    Logger,
    Metadata,
    Node,
    PodSpec,
    Resources,
    SeldonDeployment,
    SvcOrchSpec,
    Volume,
)

_V2 = ("kfserving", "v2")
_ROUTING = "SELDON_ENABLE_ROUTING_INJECTION"
_PODINFO = "seldon-podinfo"


def silent_log(document: SeldonDeployment) -> Iterator[Spot]:
    """Whoever wants a log has an engine, which writes it."""
    for path, node, item in all_nodes(document):
        if node.logger is not None and item.annotations.get(names.NO_ENGINE) == "true":
            yield spot(f"{path}.logger")


def keda(plan: PlanContext) -> Iterator[Finding]:
    """Scaling by KEDA is asked for where KEDA is known to be."""
    if plan.deployment is None or (plan.namespace is not None and "keda" in plan.namespace.engines):
        return
    for path, item in predictors(plan.deployment):
        for index, part in enumerate(item.component_specs):
            if part.keda_spec is not None:
                yield finding(plan, "SNB-284", f"{path}.componentSpecs[{index}].kedaSpec")


def scales(document: SeldonDeployment) -> Iterator[Spot]:
    """What is scaled by a resource asks for some of it, every part of it."""
    for path, item in predictors(document):
        for index, part in enumerate(item.component_specs):
            for resource in _scaled_by(part):
                silent = [container.name for container in part.containers if not _asks(container, resource)]
                if silent:
                    yield spot(f"{path}.componentSpecs[{index}].hpaSpec", resource=resource, found=", ".join(silent))


def _scaled_by(part: ComponentSpec) -> tuple[str, ...]:
    spec = part.hpa_spec or {}
    metrics = [*(spec.get("metrics") or ()), *(spec.get("metricsv2") or ())]
    found = [(metric.get("resource") or {}).get("name", "") for metric in metrics if metric.get("type") == "Resource"]
    return tuple(dict.fromkeys(name for name in found if name))


def _asks(container: Container, resource: str) -> bool:
    held = container.resources
    return held is not None and (resource in held.requests or resource in held.limits)


def combiners(document: SeldonDeployment) -> Iterator[Spot]:
    """Answers are put together in the protocol ``seldon``."""
    for path, node, _ in all_nodes(document):
        if (node.type == "COMBINER" or "AGGREGATE" in node.methods) and document.spec.protocol in _V2:
            yield spot(path, name=node.name, protocol=document.spec.protocol)


def routers(document: SeldonDeployment) -> Iterator[Spot]:
    """A router hears which branch answered."""
    for path, node, item in all_nodes(document):
        told = {variable.name for variable in item.svc_orch_spec.env} if item.svc_orch_spec else set()
        if (node.type == "ROUTER" or "ROUTE" in node.methods) and _ROUTING not in told:
            yield spot(path, name=node.name)


def nameless(document: SeldonDeployment) -> Iterator[Spot]:
    """Under V2 a graph of several nodes is called without a name."""
    for path, item in predictors(document):
        count = sum(1 for _ in item.graph.walk())
        if count > 1 and document.spec.protocol in _V2:
            yield spot(f"{path}.graph", found=count)


def explainers(document: SeldonDeployment) -> Iterator[Spot]:
    """An explainer was made with the server's own packages; nobody here can look."""
    for path, item in predictors(document):
        if item.explainer is not None and item.explainer.type:
            yield spot(f"{path}.explainer", found=item.explainer.type)


def engine_label(document: SeldonDeployment) -> Iterator[Spot]:
    """Beside an engine of one's own stands the label by which calls find it."""
    for path, item in predictors(document):
        expected = names.service_name(document.metadata.name, item.name)
        expected = item.annotations.get(names.SVC_NAME, expected)
        for index, part in enumerate(item.component_specs):
            labels = part.metadata.labels if part.metadata else {}
            if any(found.name == names.ENGINE for found in part.containers) and labels.get(names.APP_LABEL) != expected:
                yield spot(f"{path}.componentSpecs[{index}].metadata.labels", expected=expected)


def podinfo(document: SeldonDeployment) -> Iterator[Spot]:
    """Seldon's own volume is mounted, never brought along."""
    for path, item in predictors(document):
        for index, part in enumerate(item.component_specs):
            for position, volume in enumerate(part.spec.volumes if part.spec else ()):
                if volume.name == _PODINFO:
                    yield spot(f"{path}.componentSpecs[{index}].spec.volumes[{position}]", found=volume.name)


def asked_ports(document: SeldonDeployment) -> Iterator[Spot]:
    """A port that is asked for is the one that Seldon gives."""
    given: dict[str, int] = {}
    if any(node.endpoint is not None for _, node, _ in all_nodes(document)):
        for item in document.to_document()["spec"]["predictors"]:
            for name in (name for containers in names.pods(item) for name in containers):
                given.setdefault(name, len(given))
    for path, node, _ in all_nodes(document):
        if node.endpoint is None or node.name not in given:
            continue
        asked = {
            "httpPort": (node.endpoint.http_port, names.NODE_HTTP_PORT),
            "grpcPort": (node.endpoint.grpc_port, names.NODE_GRPC_PORT),
        }
        for key, (number, first) in asked.items():
            expected = first + given[node.name]
            if number not in (None, 0, expected):
                yield spot(f"{path}.endpoint.{key}", name=node.name, found=number, expected=expected)


def no_copies(document: SeldonDeployment) -> Iterator[Spot]:
    """Somebody runs."""
    for path, item in predictors(document):
        parts = item.component_specs or (ComponentSpec(),)
        if not item.shadow and any(made.copies(document, item, part) == 0 for part in parts):
            yield spot(f"{path}.replicas")


def _one(graph: Node | None = None, *parts: ComponentSpec, protocol: str = "v2", **changes: Any) -> SeldonDeployment:
    return deployment(predictor(graph, *parts, **changes), protocol=protocol)


def _logged(annotations: dict[str, str]) -> SeldonDeployment:
    return _one(served(logger=Logger(mode="all")), annotations=annotations)


def _scaled(resources: Resources | None) -> SeldonDeployment:
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}
    scaling = {"maxReplicas": 3, "metricsv2": [metric]}
    return _one(own(), pod(image(resources=resources), hpa_spec=scaling))


def _kind(kind: str, protocol: str, *env: EnvVar) -> SeldonDeployment:
    graph = own("root", type=kind, children=(own("a"), own("b")))
    return _one(graph, pod(image("root"), image("a"), image("b")), protocol=protocol, svc_orch_spec=SvcOrchSpec(env=env))


def _with_engine(**labels: str) -> SeldonDeployment:
    found = pod(image(), image(names.ENGINE), metadata=Metadata(labels=labels))
    return _one(own(), found)


def _with_volume(name: str) -> SeldonDeployment:
    return _one(own(), ComponentSpec(spec=PodSpec(containers=(image(),), volumes=(Volume(name=name, empty_dir={}),))))


def _with_keda(*engines: str) -> PlanContext:
    return cluster(document=_one(own(), pod(image(), keda_spec={"maxReplicaCount": 3})), engines=("argo", "seldon", *engines))


RULES: tuple[Rule[PlanContext], ...] = (
    *notes.RULES,
    document_rule(
        "SNB-283",
        "the engine writes the log",
        silent_log,
        allowed=lambda: _logged({}),
        denied=lambda: _logged({names.NO_ENGINE: "true"}),
    ),
    Rule(
        code="SNB-284",
        source="recorded: ignored without a word where the operator runs without KEDA",
        check=keda,
        allowed=lambda: _with_keda("keda"),
        denied=_with_keda,
    ),
    document_rule(
        "SNB-285",
        "a HorizontalPodAutoscaler compares with requests",
        scales,
        allowed=lambda: _scaled(Resources(requests={"cpu": "100m"})),
        denied=lambda: _scaled(None),
    ),
    document_rule(
        "SNB-286",
        "the executor asks for /v2/models/<name>/aggregate",
        combiners,
        allowed=lambda: _kind("COMBINER", "seldon"),
        denied=lambda: _kind("COMBINER", "v2"),
    ),
    document_rule(
        "SNB-287",
        "the executor leaves the routing out of answers",
        routers,
        allowed=lambda: _kind("ROUTER", "seldon", EnvVar(name=_ROUTING, value="true")),
        denied=lambda: _kind("ROUTER", "seldon"),
    ),
    document_rule(
        "SNB-288",
        "the executor passes the name in the address on to every node",
        nameless,
        allowed=deployment,
        denied=lambda: _kind("TRANSFORMER", "v2"),
    ),
    *traps_servers.RULES,
    document_rule(
        "SNB-295",
        "explainers are pickled with alibi",
        explainers,
        allowed=deployment,
        denied=lambda: _one(explainer=Explainer(type="AnchorTabular")),
    ),
    document_rule(
        "SNB-296",
        "recorded: available, and no call arrives",
        engine_label,
        allowed=lambda: _with_engine(**{names.APP_LABEL: "fraud-default"}),
        denied=lambda: _with_engine(**{names.APP_LABEL: "fraud"}),
    ),
    document_rule(
        "SNB-297",
        "recorded: stays at Creating for ever",
        podinfo,
        allowed=lambda: _with_volume("podinfo"),
        denied=lambda: _with_volume(_PODINFO),
    ),
    document_rule(
        "SNB-298",
        "recorded: 9001 and 9501 were asked for, 9000 and 9500 were given",
        asked_ports,
        allowed=lambda: _one(own(endpoint=Endpoint(http_port=9000)), pod(image())),
        denied=lambda: _one(own(endpoint=Endpoint(http_port=9001)), pod(image())),
    ),
    document_rule(
        "SNB-299",
        "recorded: no copies are Creating, then nothing answers",
        no_copies,
        allowed=lambda: _one(replicas=1),
        denied=lambda: _one(replicas=0),
    ),
)
