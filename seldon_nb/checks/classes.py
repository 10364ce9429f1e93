"""Classification: what is sensitive goes where it may be, and what nobody classified counts as protected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import NAMESPACE, context, of_model
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.plan import Finding


def ceiling(plan: PlanContext) -> Iterator[Finding]:
    """A deployment's classification is not above its namespace's; unknown counts as Protected B on both sides."""
    if plan.namespace is None:
        return
    level, most = plan.spec.classification.effective, plan.namespace.ceiling
    # A namespace that nobody classified is not thereby a protected one.
    allowed = Classification.UNCLASSIFIED if most is Classification.UNKNOWN else most
    if level > allowed:
        yield finding(plan, "SNB-402", "classification", name=plan.spec.version.ref, level=level.value, ceiling=allowed.value)


def unclassified_by_nobody(plan: PlanContext) -> Iterator[Finding]:
    """Nobody said how sensitive it is."""
    if plan.spec.classification is Classification.UNKNOWN:
        yield finding(plan, "SNB-403", "classification", name=plan.spec.version.ref, model=plan.spec.version.name)


RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-402",
        source="class(model) ≤ class(deployment) ≤ class(namespace)",
        check=ceiling,
        allowed=lambda: of_model(classification=Classification.PROTECTED_B),
        denied=lambda: replace(
            of_model(classification=Classification.PROTECTED_B), namespace=replace(NAMESPACE, ceiling=Classification.PROTECTED_A)
        ),
    ),
    Rule(
        code="SNB-403",
        source="unknown is treated as protected",
        check=unclassified_by_nobody,
        allowed=context,
        denied=lambda: of_model(classification=Classification.UNKNOWN),
    ),
)
