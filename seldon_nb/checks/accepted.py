"""What Seldon accepts and what then never works: each was sent to a real operator 1.17.1 and recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seldon_nb.checks.document import Spot, all_nodes, closed, containers, document_rule, nodes, predictors, spot
from seldon_nb.checks.samples import deployment, image, own, pod, predictor, served
from seldon_nb.render.runtimes import BUILT_IN, UNKNOWN, is_served
from seldon_nb.render.seldon.objects import (
    ComponentSpec,
    Endpoint,
    Node,
    Parameter,
    Predictor,
    SeldonDeployment,
)

NODE_TYPES = ("COMBINER", "MODEL", "OUTPUT_TRANSFORMER", "ROUTER", "TRANSFORMER", "UNKNOWN_TYPE")
PARAMETER_TYPES = ("BOOL", "DOUBLE", "FLOAT", "INT", "STRING")
LOGGER_MODES = ("all", "request", "response")
METHODS = ("AGGREGATE", "ROUTE", "SEND_FEEDBACK", "TRANSFORM_INPUT", "TRANSFORM_OUTPUT")
EXPLAINERS = (
    "ALE",
    "AnchorImages",
    "AnchorTabular",
    "AnchorText",
    "Contrastive",
    "Counterfactuals",
    "IntegratedGradients",
    "KernelShap",
    "TreeShap",
)
_RECORDED = "recorded: accepted, then never ready and no word why"


def annotation_values(document: SeldonDeployment) -> Iterator[Spot]:
    """No ``=`` in what becomes an annotation of a pod."""
    places = [("spec.annotations", document.spec.annotations)]
    for path, item in predictors(document):
        places.append((f"{path}.annotations", item.annotations))
        places += [
            (f"{path}.componentSpecs[{index}].metadata.annotations", part.metadata.annotations)
            for index, part in enumerate(item.component_specs)
            if part.metadata
        ]
    for path, notes in places:
        for key in sorted(notes):
            if "=" in notes[key]:
                yield spot(path, key=key)


def closed_sets(document: SeldonDeployment) -> Iterator[Spot]:
    """Words that Seldon does not check are words that it knows."""
    for path, node, _ in all_nodes(document):
        if node.type and node.type not in NODE_TYPES:
            yield spot(f"{path}.type", **closed(node.type, NODE_TYPES))
        for index, method in enumerate(node.methods):
            if method not in METHODS:
                yield spot(f"{path}.methods[{index}]", **closed(method, METHODS))
        for index, parameter in enumerate(node.parameters):
            if parameter.type not in PARAMETER_TYPES:
                yield spot(f"{path}.parameters[{index}].type", **closed(parameter.type, PARAMETER_TYPES))
        if node.logger is not None and node.logger.mode and node.logger.mode not in LOGGER_MODES:
            yield spot(f"{path}.logger.mode", **closed(node.logger.mode, LOGGER_MODES))
    for path, item in predictors(document):
        if item.explainer is not None and item.explainer.type not in EXPLAINERS:
            yield spot(f"{path}.explainer.type", **closed(item.explainer.type, EXPLAINERS))


def ab_test(document: SeldonDeployment) -> Iterator[Spot]:
    """An A/B test has two branches and the one parameter ``ratioA``."""
    for path, node, _ in all_nodes(document):
        if node.implementation == "RANDOM_ABTEST":
            names = [parameter.name for parameter in node.parameters]
            if len(node.children) != 2 or names != ["ratioA"]:
                yield spot(path, children=len(node.children), found=", ".join(names) or "–")


def copies(document: SeldonDeployment) -> Iterator[Spot]:
    """Nobody asks for fewer than no copies."""
    asked = [("spec.replicas", document.spec.replicas)]
    for path, item in predictors(document):
        asked.append((f"{path}.replicas", item.replicas))
        asked += [(f"{path}.componentSpecs[{index}].replicas", part.replicas) for index, part in enumerate(item.component_specs)]
    for path, number in asked:
        if (number or 0) < 0:
            yield spot(path, found=number)


def images(document: SeldonDeployment) -> Iterator[Spot]:
    """A container has an image, unless a server of Seldon's stands behind it."""
    for path, item in predictors(document):
        given = {node.name for node in item.graph.walk() if is_served(node.implementation)}
        for where, container in containers(item, path):
            if not container.image and container.name not in given:
                yield spot(f"{where}.image", name=container.name)


def ports(document: SeldonDeployment) -> Iterator[Spot]:
    """The nodes of one predictor listen on different ports."""
    for path, item in predictors(document):
        seen: set[int] = set()
        for where, node in nodes(item, path):
            if node.endpoint is None:
                continue
            asked = {"httpPort": node.endpoint.http_port, "grpcPort": node.endpoint.grpc_port}
            for name, number in asked.items():
                if number is not None and number in seen:
                    yield spot(f"{where}.endpoint.{name}", found=number)
            seen |= {number for number in asked.values() if number is not None}


def kind_of_node(document: SeldonDeployment) -> Iterator[Spot]:
    """A node says what it is."""
    for path, node, _ in all_nodes(document):
        if not (node.type or node.methods or node.implementation not in ("", UNKNOWN)):
            yield spot(path, name=node.name)


def copies_and_scaling(document: SeldonDeployment) -> Iterator[Spot]:
    """A number of copies and scaling are not asked for together."""
    for path, item in predictors(document):
        for index, part in enumerate(item.component_specs):
            number = part.replicas if part.replicas is not None else item.replicas
            scaling = "hpaSpec" if part.hpa_spec is not None else "kedaSpec" if part.keda_spec is not None else ""
            if scaling and number is not None:
                yield spot(f"{path}.componentSpecs[{index}].{scaling}", found=number)


def certificate(document: SeldonDeployment) -> Iterator[Spot]:
    """Whoever asks for encryption names a certificate."""
    for path, item in predictors(document):
        if item.ssl is not None and not item.ssl.get("certSecretName"):
            yield spot(f"{path}.ssl")


def share_of_calls(document: SeldonDeployment) -> Iterator[Spot]:
    """A share of the calls is 0 to 100 per cent."""
    for path, item in predictors(document):
        if item.traffic is not None and not item.shadow and not 0 <= item.traffic <= 100:
            yield spot(f"{path}.traffic", found=item.traffic)


def budgets(document: SeldonDeployment) -> Iterator[Spot]:
    """One disruption budget at most: each of Seldon's covers the whole deployment."""
    found = [
        f"{path}.componentSpecs[{index}].pdbSpec"
        for path, item in predictors(document)
        for index, part in enumerate(item.component_specs)
        if part.pdb_spec is not None
    ]
    if len(found) > 1:
        yield spot(found[1], found=len(found))


def idle_nodes(document: SeldonDeployment) -> Iterator[Spot]:
    """No node that the engine accepts and does not implement."""
    for path, node, _ in all_nodes(document):
        if node.implementation in BUILT_IN - {"RANDOM_ABTEST"}:
            yield spot(f"{path}.implementation", name=node.name, found=node.implementation)


def _own(node: Node, *parts: ComponentSpec, **changes: Any) -> SeldonDeployment:
    return deployment(predictor(node, *(parts or (pod(image()),)), **changes))


def _one(**changes: Any) -> SeldonDeployment:
    return deployment(predictor(**changes))


def _ab(*children: Node, ratio: str = "ratioA") -> SeldonDeployment:
    return _one(
        graph=Node(
            name="ab",
            implementation="RANDOM_ABTEST",
            parameters=(Parameter(name=ratio, value="0.5", type="FLOAT"),),
            children=children,
        )
    )


def _ports(first: int, second: int) -> SeldonDeployment:
    both = own("a", endpoint=Endpoint(http_port=first), children=(own("b", endpoint=Endpoint(http_port=second)),))
    return _own(both, pod(image("a"), image("b")))


def _scaled(replicas: int | None) -> Predictor:
    return predictor(served(), pod(image(), hpa_spec={"maxReplicas": 3}), replicas=replicas)


def _budgets(count: int) -> SeldonDeployment:
    return _own(own(), pod(image()), *(ComponentSpec(pdb_spec={"minAvailable": 1}) for _ in range(count)))


RULES = (
    document_rule(
        "SNB-214",
        "the executor splits a pod's annotations at = and drops them all",
        annotation_values,
        allowed=lambda: deployment(annotations={"seldon.io/rest-timeout": "60000"}),
        denied=lambda: deployment(annotations={"git": "https://git.example/r?ref=main"}),
    ),
    document_rule("SNB-229", _RECORDED, closed_sets, allowed=lambda: _own(own()), denied=lambda: _own(own(type="MODELL"))),
    document_rule("SNB-230", _RECORDED, ab_test, allowed=lambda: _ab(served("a"), served("b")), denied=lambda: _ab(served("a"))),
    document_rule(
        "SNB-231",
        "recorded: accepted, then failed: must be greater than or equal to 0",
        copies,
        allowed=lambda: _one(replicas=0),
        denied=lambda: _one(replicas=-1),
    ),
    document_rule(
        "SNB-232",
        "recorded: accepted, then failed: image: required value",
        images,
        allowed=lambda: deployment(predictor(served(), pod(image(image="")))),
        denied=lambda: _own(own(), pod(image(image=""))),
    ),
    document_rule("SNB-233", _RECORDED, ports, allowed=lambda: _ports(9000, 9001), denied=lambda: _ports(9000, 9000)),
    document_rule("SNB-234", _RECORDED, kind_of_node, allowed=lambda: _own(own()), denied=lambda: _own(own(type=""))),
    document_rule(
        "SNB-235",
        "Seldon prefers kedaSpec to hpaSpec to replicas",
        copies_and_scaling,
        allowed=lambda: deployment(_scaled(None)),
        denied=lambda: deployment(_scaled(2)),
    ),
    document_rule(
        "SNB-236", _RECORDED, certificate, allowed=lambda: _one(ssl={"certSecretName": "tls"}), denied=lambda: _one(ssl={})
    ),
    document_rule("SNB-237", _RECORDED, share_of_calls, allowed=lambda: _one(traffic=100), denied=lambda: _one(traffic=150)),
    document_rule(
        "SNB-238",
        "Seldon's budgets select the whole deployment",
        budgets,
        allowed=lambda: _budgets(1),
        denied=lambda: _budgets(2),
    ),
    document_rule(
        "SNB-239",
        "the executor implements RANDOM_ABTEST only",
        idle_nodes,
        allowed=lambda: _ab(served("a"), served("b")),
        denied=lambda: _one(graph=Node(name="m", implementation="SIMPLE_MODEL")),
    ),
)
