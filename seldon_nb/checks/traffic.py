"""Who else is asked, and who else is told: several predictors, shadows, payload logs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import Spot, all_nodes, document_rule, finding, predictors, spot
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import context, deployment, of_model, predictor, served
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.code import Severity
from seldon_nb.domain.plan import Finding
from seldon_nb.render.seldon.objects import Logger, SeldonDeployment


def no_share(document: SeldonDeployment) -> Iterator[Spot]:
    """Nobody is switched off by a share of 0."""
    answering = [(path, item) for path, item in predictors(document) if not item.shadow]
    for path, item in answering:
        if len(answering) > 1 and not item.traffic:
            yield spot(f"{path}.traffic", name=item.name)


def all_or_nothing(document: SeldonDeployment) -> Iterator[Spot]:
    """Routes change when every predictor is ready."""
    count = len(document.spec.predictors)
    if count > 1:
        yield spot("spec.predictors", count=count)


def shadows(plan: PlanContext) -> Iterator[Finding]:
    """Calls are copied only where the data is not protected, or with a reason."""
    for path, item in predictors(plan.deployment) if plan.deployment else ():
        if item.shadow:
            level = plan.spec.classification.effective.value
            yield _weighed(plan, finding(plan, "SNB-258", f"{path}.shadow", name=item.name, level=level))


def logs(plan: PlanContext) -> Iterator[Finding]:
    """Payloads are kept elsewhere only where the data is not protected, or with a reason."""
    for path, node, _ in all_nodes(plan.deployment) if plan.deployment else ():
        if node.logger is not None and node.logger.mode:
            facts = {"mode": node.logger.mode, "found": node.logger.url or "–", "level": plan.spec.classification.effective.value}
            yield _weighed(plan, finding(plan, "SNB-259", f"{path}.logger", **facts))


def _weighed(plan: PlanContext, found: Finding) -> Finding:
    return found if plan.spec.classification.is_protected else replace(found, severity=Severity.WARN)


def _shares(first: int, second: int) -> SeldonDeployment:
    return deployment(predictor(traffic=first), predictor(name="canary", traffic=second))


def _protected(document: SeldonDeployment) -> PlanContext:
    return context(document=document, spec=of_model(classification=Classification.PROTECTED_B).spec)


RULES: tuple[Rule[PlanContext], ...] = (
    document_rule(
        "SNB-256",
        "Ambassador reads a weight of 0 as none",
        no_share,
        allowed=lambda: _shares(90, 10),
        denied=lambda: _shares(100, 0),
    ),
    document_rule(
        "SNB-257",
        "recorded: routes appear when every predictor is available",
        all_or_nothing,
        allowed=deployment,
        denied=lambda: _shares(90, 10),
    ),
    Rule(
        code="SNB-258",
        source="a shadow is a second use of real data",
        check=shadows,
        allowed=context,
        denied=lambda: _protected(deployment(predictor(traffic=100), predictor(name="shadow", shadow=True, traffic=100))),
    ),
    Rule(
        code="SNB-259",
        source="a payload log is a copy of real data",
        check=logs,
        allowed=context,
        denied=lambda: _protected(deployment(predictor(served(logger=Logger(mode="all"))))),
    ),
)
