"""The form of a rule about the document alone: where, and the facts of what was found there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import context
from seldon_nb.domain.names import nearest
from seldon_nb.domain.plan import Finding
from seldon_nb.render.seldon.objects import Container, Node, Predictor, SeldonDeployment


class Spot(NamedTuple):
    """A place in the document, as a path, and the facts of what is wrong there."""

    path: str
    facts: dict[str, object]


Find = Callable[[SeldonDeployment], Iterable[Spot]]


def spot(path: str, **facts: object) -> Spot:
    """A place in the document and what was found there."""
    return Spot(path, facts)


def document_rule(
    code: str, source: str, find: Find, *, allowed: Callable[[], SeldonDeployment], denied: Callable[[], SeldonDeployment]
) -> Rule[PlanContext]:
    """A rule of a plan out of a rule about its document; silent about a document that cannot be read (SNB-226 speaks then)."""

    def check(plan: PlanContext) -> Iterator[Finding]:
        if plan.deployment is not None:
            for path, facts in find(plan.deployment):
                yield finding(plan, code, path, **facts)

    return Rule(
        code=code,
        source=source,
        check=check,
        allowed=lambda: context(document=allowed()),
        denied=lambda: context(document=denied()),
    )


def finding(plan: PlanContext, code: str, subject: str, **facts: Any) -> Finding:
    """A finding with the code's own severity and the facts that every sentence may use."""
    from seldon_nb.domain.codes import lookup

    severity = lookup(code).severity
    assert severity is not None, f"{code} is no finding"
    return Finding(code, {**plan.about, "path": subject, **facts}, subject, severity)


def closed(found: str, known: Iterable[str]) -> dict[str, object]:
    """The facts of a word outside a closed set: found, allowed, nearest."""
    words = sorted(known)
    return {"found": found, "allowed": ", ".join(words), "nearest": ", ".join(nearest(found, words, most=1)) or words[0]}


def predictors(document: SeldonDeployment) -> Iterator[tuple[str, Predictor]]:
    """Every predictor with its path."""
    for index, predictor in enumerate(document.spec.predictors):
        yield f"spec.predictors[{index}]", predictor


def nodes(predictor: Predictor, path: str) -> Iterator[tuple[str, Node]]:
    """Every node of a predictor's graph with its path, depth first."""
    yield from _below(predictor.graph, f"{path}.graph")


def _below(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    yield path, node
    for index, child in enumerate(node.children):
        yield from _below(child, f"{path}.children[{index}]")


def all_nodes(document: SeldonDeployment) -> Iterator[tuple[str, Node, Predictor]]:
    """Every node of the document with its path and its predictor."""
    for path, predictor in predictors(document):
        for where, node in nodes(predictor, path):
            yield where, node, predictor


def containers(predictor: Predictor, path: str) -> Iterator[tuple[str, Container]]:
    """Every container of a predictor's pods with its path."""
    for index, part in enumerate(predictor.component_specs):
        for position, container in enumerate(part.containers):
            yield f"{path}.componentSpecs[{index}].spec.containers[{position}]", container
