"""What Seldon's validating webhook refuses in a predictor's graph: rules W9 to W15 and W19."""

from __future__ import annotations

from collections.abc import Iterator

from seldon_nb.checks.document import Spot, all_nodes, closed, document_rule, predictors, spot
from seldon_nb.checks.samples import deployment, image, own, pod, predictor, served
from seldon_nb.domain.names import nearest
from seldon_nb.render.runtimes import PREPACKAGED, UNKNOWN, is_served
from seldon_nb.render.seldon.objects import Endpoint, Logger, Node, Predictor, SeldonDeployment

_NO_ENGINE = "seldon.io/no-engine"
_NOT_TENSORFLOW = frozenset({"HUGGINGFACE_SERVER", "MLFLOW_SERVER", "SKLEARN_SERVER", "XGBOOST_SERVER"})


def no_engine(document: SeldonDeployment) -> Iterator[Spot]:
    """W9: without the engine a graph has one node; the annotation counts by its presence."""
    for path, item in predictors(document):
        count = sum(1 for _ in item.graph.walk())
        if _NO_ENGINE in item.annotations and count > 1:
            yield spot(f"{path}.annotations", found=count)


def container_of_node(document: SeldonDeployment) -> Iterator[Spot]:
    """W10: something runs as each node that no server stands behind."""
    for path, node, item in all_nodes(document):
        if node.implementation in ("", UNKNOWN) and item.container(node.name) is None:
            known = [container.name for container in item.containers]
            yield spot(path, name=node.name, nearest=", ".join(nearest(node.name, known, most=1) or known[:1]) or "–")


def methods(document: SeldonDeployment) -> Iterator[Spot]:
    """W11: a node of no kind says what it can do."""
    for path, node, _ in all_nodes(document):
        if node.type == "UNKNOWN_TYPE" and not node.methods:
            yield spot(path, name=node.name)


def model_uri(document: SeldonDeployment) -> Iterator[Spot]:
    """W12: a server has a model to load; HUGGINGFACE_SERVER finds its own."""
    for path, node, _ in all_nodes(document):
        if is_served(node.implementation) and node.implementation != "HUGGINGFACE_SERVER" and not node.model_uri:
            yield spot(f"{path}.modelUri", found=node.implementation)


def tensorflow(document: SeldonDeployment) -> Iterator[Spot]:
    """W13: these servers do not speak the protocol ``tensorflow``."""
    for path, node, _ in all_nodes(document):
        if document.spec.protocol == "tensorflow" and node.implementation in _NOT_TENSORFLOW:
            yield spot(f"{path}.implementation", found=node.implementation)


def known_server(document: SeldonDeployment) -> Iterator[Spot]:
    """W14: Seldon knows the server, or the node's container has an image."""
    for path, node, item in all_nodes(document):
        container = item.container(node.name)
        if is_served(node.implementation) and node.implementation not in PREPACKAGED and not (container and container.image):
            yield spot(f"{path}.implementation", **closed(node.implementation, PREPACKAGED))


def logger_mode(document: SeldonDeployment) -> Iterator[Spot]:
    """W15: whoever logs says what."""
    for path, node, _ in all_nodes(document):
        if node.logger is not None and not node.logger.mode:
            yield spot(f"{path}.logger.mode", allowed="all, request, response")


def endpoint_types(document: SeldonDeployment) -> Iterator[Spot]:
    """W19: all nodes are called in one way, the transport's if it is said."""
    for path, item in predictors(document):
        found = _ways(item)
        if document.spec.transport:
            found |= {document.spec.transport.upper()}
        if len(found) > 1:
            yield spot(f"{path}.graph", found=", ".join(sorted(found)))


def _ways(item: Predictor) -> set[str]:
    return {node.endpoint.type.upper() for node in item.graph.walk() if node.endpoint and node.endpoint.type}


def _chain(first: Node, second: Node) -> Node:
    return own(first.name, endpoint=first.endpoint, children=(second,))


def _own(node: Node, *names: str, annotated: bool = False, transport: str = "") -> SeldonDeployment:
    notes = {_NO_ENGINE: "false"} if annotated else {}
    return deployment(predictor(node, pod(*(image(name) for name in names)), annotations=notes), transport=transport)


def _of(node: Node, protocol: str = "v2") -> SeldonDeployment:
    return deployment(predictor(node), protocol=protocol)


def _ways_of(first: str, second: str) -> SeldonDeployment:
    return _own(_chain(own("a", endpoint=Endpoint(type=first)), own("b", endpoint=Endpoint(type=second))), "a", "b")


RULES = (
    document_rule(
        "SNB-269",
        "Seldon W9",
        no_engine,
        allowed=lambda: _own(own(), "model", annotated=True),
        denied=lambda: _own(_chain(own("a"), own("b")), "a", "b", annotated=True),
    ),
    document_rule(
        "SNB-270", "Seldon W10", container_of_node, allowed=lambda: _own(own(), "model"), denied=lambda: _own(own(), "other")
    ),
    document_rule(
        "SNB-271",
        "Seldon W11",
        methods,
        allowed=lambda: _own(own(type="UNKNOWN_TYPE", methods=("TRANSFORM_INPUT",)), "model"),
        denied=lambda: _own(own(type="UNKNOWN_TYPE"), "model"),
    ),
    document_rule("SNB-272", "Seldon W12", model_uri, allowed=deployment, denied=lambda: _of(served(model_uri=""))),
    document_rule("SNB-273", "Seldon W13", tensorflow, allowed=deployment, denied=lambda: _of(served(), protocol="tensorflow")),
    document_rule(
        "SNB-274", "Seldon W14", known_server, allowed=deployment, denied=lambda: _of(served(implementation="SKLEARN"))
    ),
    document_rule(
        "SNB-275",
        "Seldon W15",
        logger_mode,
        allowed=lambda: _of(served(logger=Logger(mode="all"))),
        denied=lambda: _of(served(logger=Logger())),
    ),
    document_rule(
        "SNB-279", "Seldon W19", endpoint_types, allowed=lambda: _ways_of("REST", "REST"), denied=lambda: _ways_of("REST", "GRPC")
    ),
)
