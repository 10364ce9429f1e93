"""What Seldon's validating webhook refuses: its nineteen rules in its order, on documents of ours and of others.

Source of each: the webhook of the operator, the same from 1.17 to 1.19, and its recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterator

from seldon_nb.checks import operator_graph
from seldon_nb.checks.document import Spot, closed, document_rule, predictors, spot
from seldon_nb.checks.samples import deployment, predictor
from seldon_nb.render.seldon.objects import EnvVar, SeldonDeployment, SvcOrchSpec

_SVC_NAME = "seldon.io/svc-name"
_PROTOCOLS = ("kfserving", "seldon", "tensorflow", "v2")
_KAFKA = ("KAFKA_BROKER", "KAFKA_INPUT_TOPIC", "KAFKA_OUTPUT_TOPIC")


def protocol(document: SeldonDeployment) -> Iterator[Spot]:
    """W1: the protocol is one of four, or not said."""
    if document.spec.protocol and document.spec.protocol not in _PROTOCOLS:
        yield spot("spec.protocol", **closed(document.spec.protocol, _PROTOCOLS))


def transport(document: SeldonDeployment) -> Iterator[Spot]:
    """W2: the transport is one of two, or not said."""
    if document.spec.transport and document.spec.transport not in ("grpc", "rest"):
        yield spot("spec.transport", **closed(document.spec.transport, ("grpc", "rest")))


def server_type(document: SeldonDeployment) -> Iterator[Spot]:
    """W3: the kind of server is one of two, or not said."""
    if document.spec.server_type and document.spec.server_type not in ("kafka", "rpc"):
        yield spot("spec.serverType", **closed(document.spec.server_type, ("kafka", "rpc")))


def kafka(document: SeldonDeployment) -> Iterator[Spot]:
    """W4: whoever reads from Kafka says where, on every predictor."""
    if document.spec.server_type != "kafka":
        return
    for path, item in predictors(document):
        said = {variable.name for variable in item.svc_orch_spec.env} if item.svc_orch_spec else set()
        missing = [name for name in _KAFKA if name not in said]
        if missing:
            yield spot(f"{path}.svcOrchSpec.env", missing=", ".join(missing))


def lone_shadow(document: SeldonDeployment) -> Iterator[Spot]:
    """W5: a single predictor answers, so it is no shadow."""
    if len(document.spec.predictors) == 1 and document.spec.predictors[0].shadow:
        yield spot("spec.predictors[0].shadow")


def service_names(document: SeldonDeployment) -> Iterator[Spot]:
    """W6: an address that a predictor asks for is its own."""
    seen: set[str] = set()
    for path, item in predictors(document):
        name = item.annotations.get(_SVC_NAME)
        if name is not None and name in seen:
            yield spot(f"{path}.annotations", found=name)
        seen |= {name} if name is not None else set()


def no_predictors(document: SeldonDeployment) -> Iterator[Spot]:
    """W7: somebody answers."""
    if not document.spec.predictors:
        yield spot("spec.predictors")


def predictor_names(document: SeldonDeployment) -> Iterator[Spot]:
    """W8: predictors have different names."""
    seen: set[str] = set()
    for path, item in predictors(document):
        if item.name in seen:
            yield spot(f"{path}.name", found=item.name)
        seen.add(item.name)


def shadows(document: SeldonDeployment) -> Iterator[Spot]:
    """W16: one shadow at most, with 0 to 100 per cent."""
    number = 0
    for path, item in predictors(document):
        if item.shadow:
            number += 1
            if number > 1 or not 0 <= (item.traffic or 0) <= 100:
                yield spot(path, number=number, found=item.traffic or 0)


def shares(document: SeldonDeployment) -> Iterator[Spot]:
    """W17: the shares of several predictors add up to 100; shadows do not count."""
    answering = [item for item in document.spec.predictors if not item.shadow]
    total = sum(item.traffic or 0 for item in answering)
    if len(answering) > 1 and total != 100:
        said = ", ".join(f"{item.name} {item.traffic or 0}" for item in answering)
        yield spot("spec.predictors", count=len(answering), found=total, shares=said)


def lone_share(document: SeldonDeployment) -> Iterator[Spot]:
    """W18: one predictor gets everything."""
    answering = [(path, item) for path, item in predictors(document) if not item.shadow]
    if len(answering) == 1:
        path, item = answering[0]
        if 0 < (item.traffic or 0) < 100:
            yield spot(f"{path}.traffic", found=item.traffic)


def _with_kafka(*names: str) -> SvcOrchSpec:
    return SvcOrchSpec(env=tuple(EnvVar(name=name, value="x") for name in names))


def _named(first: str, second: str) -> SeldonDeployment:
    return deployment(
        predictor(traffic=50, annotations={_SVC_NAME: first}),
        predictor(name="canary", traffic=50, annotations={_SVC_NAME: second}),
    )


def _shares(first: int | None, second: int | None) -> SeldonDeployment:
    return deployment(predictor(traffic=first), predictor(name="canary", traffic=second))


def _shadows(*traffic: int) -> SeldonDeployment:
    return deployment(predictor(traffic=100), *(predictor(name=f"s{i}", shadow=True, traffic=t) for i, t in enumerate(traffic)))


RULES = (
    document_rule("SNB-261", "Seldon W1", protocol, allowed=deployment, denied=lambda: deployment(protocol="v3")),
    document_rule(
        "SNB-262",
        "Seldon W2",
        transport,
        allowed=lambda: deployment(transport="rest"),
        denied=lambda: deployment(transport="smtp"),
    ),
    document_rule(
        "SNB-263",
        "Seldon W3",
        server_type,
        allowed=lambda: deployment(server_type="rpc"),
        denied=lambda: deployment(server_type="rpc2"),
    ),
    document_rule(
        "SNB-264",
        "Seldon W4",
        kafka,
        allowed=lambda: deployment(predictor(svc_orch_spec=_with_kafka(*_KAFKA)), server_type="kafka"),
        denied=lambda: deployment(predictor(svc_orch_spec=_with_kafka("KAFKA_BROKER")), server_type="kafka"),
    ),
    document_rule("SNB-265", "Seldon W5", lone_shadow, allowed=deployment, denied=lambda: deployment(predictor(shadow=True))),
    document_rule("SNB-266", "Seldon W6", service_names, allowed=lambda: _named("a", "b"), denied=lambda: _named("a", "a")),
    document_rule("SNB-267", "Seldon W7", no_predictors, allowed=deployment, denied=lambda: deployment(predictors=())),
    document_rule(
        "SNB-268",
        "Seldon W8",
        predictor_names,
        allowed=lambda: _shares(50, 50),
        denied=lambda: deployment(predictor(traffic=50), predictor(traffic=50)),
    ),
    *operator_graph.RULES,
    document_rule("SNB-276", "Seldon W16", shadows, allowed=lambda: _shadows(10), denied=lambda: _shadows(10, 10)),
    document_rule("SNB-277", "Seldon W17", shares, allowed=lambda: _shares(75, 25), denied=lambda: _shares(50, 40)),
    document_rule(
        "SNB-278",
        "Seldon W18",
        lone_share,
        allowed=lambda: deployment(predictor(traffic=100)),
        denied=lambda: deployment(predictor(traffic=50)),
    ),
)
