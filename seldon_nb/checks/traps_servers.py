"""What Seldon accepts of its servers and does otherwise: protocols, default images, default probes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import Spot, all_nodes, document_rule, finding, nodes, predictors, spot
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import context, deployment, image, own, pod, predictor, served
from seldon_nb.domain.code import Severity
from seldon_nb.domain.plan import Finding
from seldon_nb.render.runtimes import PREPACKAGED, is_served
from seldon_nb.render.seldon.objects import Container, Node, Predictor, Probe, SeldonDeployment

#: What each server of the operator's table speaks; ``kfserving`` is an old name of ``v2``, and nothing said is ``seldon``.
SPEAKS: Mapping[str, tuple[str, ...]] = {
    "HUGGINGFACE_SERVER": ("v2",),
    "TEMPO_SERVER": ("v2",),
    "TENSORFLOW_SERVER": ("seldon", "tensorflow"),
    "TRITON_SERVER": ("v2",),
}


def spoken(document: SeldonDeployment) -> str:
    """The protocol that holds: the one that is said, by its present name."""
    said = document.spec.protocol or "seldon"
    return "v2" if said == "kfserving" else said


def boot_time(document: SeldonDeployment) -> Iterator[Spot]:
    """No server builds its environment when it starts."""
    for path, node, item in all_nodes(document):
        if node.implementation == "MLFLOW_SERVER" and spoken(document) == "seldon" and not _image(item, node):
            yield spot(path, protocol="seldon")


def default_image(document: SeldonDeployment) -> Iterator[Spot]:
    """A server's image is named."""
    for path, node, item in all_nodes(document):
        if node.implementation in PREPACKAGED and not _image(item, node):
            yield spot(path, found=node.implementation, name=node.name)


def one_model(document: SeldonDeployment) -> Iterator[Spot]:
    """TensorFlow models behind the protocol ``seldon`` have a predictor each."""
    for path, item in predictors(document):
        found = [where for where, node in nodes(item, path) if node.implementation == "TENSORFLOW_SERVER"]
        if len(found) > 1 and spoken(document) == "seldon":
            yield spot(found[1], found=len(found))


def speaks(plan: PlanContext) -> Iterator[Finding]:
    """A server speaks the deployment's protocol."""
    if plan.deployment is None:
        return
    protocol = spoken(plan.deployment)
    for path, node, _ in all_nodes(plan.deployment):
        allowed = SPEAKS.get(node.implementation)
        if allowed and protocol not in allowed:
            facts = {"found": node.implementation, "protocol": protocol, "allowed": ", ".join(allowed)}
            yield finding(plan, "SNB-292", f"{path}.implementation", **facts)
    spec = plan.deployment.spec
    if spec.server_type == "kafka" and protocol == "v2" and spec.transport == "grpc":
        kafka = finding(plan, "SNB-292", "spec.serverType", found="Kafka", protocol="v2, grpc", allowed="v2, rest")
        yield replace(kafka, severity=Severity.WARN)


def from_the_hub(document: SeldonDeployment) -> Iterator[Spot]:
    """A model's files are named, not looked for on the internet."""
    for path, node, _ in all_nodes(document):
        if node.implementation == "HUGGINGFACE_SERVER" and not node.model_uri:
            yield spot(f"{path}.modelUri")


def watched(document: SeldonDeployment) -> Iterator[Spot]:
    """The start of every node is watched closely, and given its time."""
    for path, node, item in all_nodes(document):
        container = item.container(node.name)
        if container is None and not is_served(node.implementation):
            continue
        if container is None or not _watched(container):
            yield spot(path, name=node.name)


def _watched(container: Container) -> bool:
    patient = container.startup_probe is not None or container.liveness_probe is not None
    return patient and container.readiness_probe is not None


def _image(item: Predictor, node: Node) -> str:
    container = item.container(node.name)
    return container.image if container else ""


def _of(implementation: str, protocol: str, *, uri: str = "s3://models/fraud/3") -> SeldonDeployment:
    node = served(implementation=implementation, model_uri=uri)
    return deployment(predictor(node), protocol=protocol)


def _two(protocol: str) -> SeldonDeployment:
    second = served("b", implementation="TENSORFLOW_SERVER")
    return deployment(predictor(served("a", implementation="TENSORFLOW_SERVER", children=(second,))), protocol=protocol)


def _looked_at(**probes: Any) -> SeldonDeployment:
    return deployment(predictor(own(), pod(image(**probes))))


def _named(name: str) -> SeldonDeployment:
    return deployment(predictor(served(), pod(image(image=name))))


RULES: tuple[Rule[PlanContext], ...] = (
    document_rule(
        "SNB-289",
        "MLFLOW_SERVER 1.17 builds a conda environment before it listens",
        boot_time,
        allowed=lambda: _of("MLFLOW_SERVER", "v2"),
        denied=lambda: _of("MLFLOW_SERVER", ""),
    ),
    document_rule(
        "SNB-290",
        "recorded: mlserver 1.3.5, tritonserver 21.08, tensorflow/serving 2.1.0",
        default_image,
        allowed=lambda: _named("registry.example/server:1"),
        denied=lambda: _named(""),
    ),
    document_rule(
        "SNB-291",
        "recorded: one container tfserving for a predictor",
        one_model,
        allowed=lambda: _two("tensorflow"),
        denied=lambda: _two("seldon"),
    ),
    Rule(
        code="SNB-292",
        source="the operator's table of servers, by protocol",
        check=speaks,
        allowed=lambda: context(document=_of("TRITON_SERVER", "kfserving")),
        denied=lambda: context(document=_of("TRITON_SERVER", "")),
    ),
    document_rule(
        "SNB-293",
        "the Hugging Face runtime asks the Hub",
        from_the_hub,
        allowed=lambda: _of("HUGGINGFACE_SERVER", "v2"),
        denied=lambda: _of("HUGGINGFACE_SERVER", "v2", uri=""),
    ),
    document_rule(
        "SNB-294",
        "recorded: 25 s to the first answer with Seldon's probes, 5 s with one of a second",
        watched,
        allowed=lambda: _looked_at(startup_probe=Probe(period_seconds=1), readiness_probe=Probe(period_seconds=1)),
        denied=lambda: _looked_at(startup_probe=Probe(period_seconds=1)),
    ),
)
