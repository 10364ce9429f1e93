"""Names: right before Seldon makes network names and labels of them."""

from __future__ import annotations

from collections.abc import Iterator

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import Spot, containers, document_rule, finding, nodes, predictors, spot
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import context, deployment, image, own, pod, predictor, served, spec
from seldon_nb.domain.names import MAX_LABEL, MAX_TOGETHER, as_dns_label, is_dns_label
from seldon_nb.domain.plan import Finding
from seldon_nb.render.seldon.objects import Predictor, SeldonDeployment

#: A node's name becomes part of a label's key (``seldon-app-svc-<name>``), which has 63 characters.
MAX_NODE = 48


def deployment_name(plan: PlanContext) -> Iterator[Finding]:
    """A deployment's name is a DNS label: Seldon accepts others and fails when it makes a service of it."""
    if plan.deployment is not None:
        name = plan.deployment.metadata.name
        if not is_dns_label(name):
            yield finding(plan, "SNB-210", "metadata.name", name=name, suggestion=as_dns_label(name))


def together(plan: PlanContext) -> Iterator[Finding]:
    """The joined names fit one label, or Seldon puts a checksum in their place."""
    if plan.deployment is None:
        return
    name = plan.deployment.metadata.name
    for path, item in predictors(plan.deployment):
        joined = max(_joined(name, item), key=len)
        if len(joined) > MAX_TOGETHER:
            room = max(MAX_TOGETHER - (len(joined) - len(name)), 1)
            shorter = as_dns_label(name[:room].rstrip("-"))
            yield finding(
                plan, "SNB-211", f"{path}.name", joined=joined, length=len(joined), most=MAX_TOGETHER, suggestion=shorter
            )


def _joined(name: str, item: Predictor) -> Iterator[str]:
    """The names that Seldon will make: of the workloads and of the services."""
    for index, part in enumerate(item.component_specs):
        yield "-".join([name, item.name, str(index), *(container.name for container in part.containers)])
    for node in item.graph.walk():
        yield f"{name}-{item.name}-0-{node.name}"


def part_names(document: SeldonDeployment) -> Iterator[Spot]:
    """Predictors, nodes and containers are DNS labels, nodes and containers of 48 characters at most."""
    for path, item in predictors(document):
        if not is_dns_label(item.name):
            yield _misnamed(f"{path}.name", item.name, MAX_LABEL)
        named = {f"{where}.name": node.name for where, node in nodes(item, path)}
        named |= {f"{where}.name": container.name for where, container in containers(item, path)}
        for where, name in named.items():
            if not is_dns_label(name) or len(name) > MAX_NODE:
                yield _misnamed(where, name, MAX_NODE)


def _misnamed(path: str, name: str, most: int) -> Spot:
    return spot(path, name=name, most=most, suggestion=as_dns_label(name)[:most].rstrip("-"))


def twice(document: SeldonDeployment) -> Iterator[Spot]:
    """A name belongs to one node and to one container of its predictor."""
    for path, item in predictors(document):
        for found in (
            [(f"{where}.name", node.name) for where, node in nodes(item, path)],
            [(f"{where}.name", container.name) for where, container in containers(item, path)],
        ):
            seen: set[str] = set()
            for where, name in found:
                if name in seen:
                    yield spot(where, name=name)
                seen.add(name)


_LONG = "a-very-long-name-for-a-deployment-of-a-fraud-model"

RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-210",
        source="RFC 1035; recorded: a dot, upper case or 70 characters fail after they were accepted",
        check=deployment_name,
        allowed=context,
        denied=lambda: context(document=deployment(name="a.b")),
    ),
    Rule(
        code="SNB-211",
        source="names above 63 characters become seldon-<md5>",
        check=together,
        allowed=context,
        denied=lambda: context(spec=spec(deployment=_LONG)),
    ),
    document_rule(
        "SNB-227",
        "recorded: a predictor called Default or my_pred fails after it was accepted",
        part_names,
        allowed=deployment,
        denied=lambda: deployment(predictor(name="Default")),
    ),
    document_rule(
        "SNB-228",
        "recorded: accepted, then a container's name is refused as a duplicate",
        twice,
        allowed=lambda: deployment(predictor(served("a", children=(served("b"),)))),
        denied=lambda: deployment(predictor(own(children=(own(),)), pod(image()))),
    ),
)
