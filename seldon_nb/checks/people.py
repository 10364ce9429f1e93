"""People: who may call is named, one by one, by names that the namespace knows."""

from __future__ import annotations

from collections.abc import Iterator

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import YOU, context, spec
from seldon_nb.domain.names import nearest
from seldon_nb.domain.plan import Finding
from seldon_nb.domain.principal import Principal


def known_callers(plan: PlanContext) -> Iterator[Finding]:
    """Every caller is a member of the namespace, letter by letter."""
    if plan.namespace is None:
        return
    known = [member.name for member in plan.namespace.members]
    for caller in plan.spec.callers:
        if plan.namespace.member(caller.name) is None:
            near = ", ".join(nearest(caller.name, known) or known) or "–"
            yield finding(plan, "SNB-216", f"caller {caller.name}", caller=caller.name, nearest=near)


RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-216",
        source="deny by default: only who is named may call",
        check=known_callers,
        allowed=context,
        denied=lambda: context(spec=spec(callers=(YOU, Principal("coleague")))),
    ),
)
