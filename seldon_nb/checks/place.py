"""The place: whether it is there, and whether it can do what the document asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import context, deployment, predictor, revision, spec
from seldon_nb.domain.canonical import canonical
from seldon_nb.domain.code import Severity
from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.names import nearest
from seldon_nb.domain.plan import Finding
from seldon_nb.render.mlserver import unrehearsable
from seldon_nb.render.seldon.objects import Explainer

#: Left out of a rehearsal without changing an answer.
_MORE_OF_THE_SAME = (".replicas", ".hpaSpec", ".kedaSpec", ".pdbSpec")


def known_namespace(plan: PlanContext) -> Iterator[Finding]:
    """The namespace exists."""
    if plan.namespace is None:
        known = sorted(plan.namespaces)
        near = nearest(plan.spec.namespace, known, most=1) or tuple(known[:1]) or ("–",)
        yield finding(plan, "SNB-212", "namespace", known=", ".join(known) or "–", nearest=near[0])


def rehearsal(plan: PlanContext) -> Iterator[Finding]:
    """What one machine cannot rehearse is named; what only multiplies the same answers is a warning."""
    if plan.spec.place != "here" or plan.deployment is None:
        return
    for path in unrehearsable(plan.deployment, image=plan.image):
        found = finding(plan, "SNB-215", path)
        yield replace(found, severity=Severity.WARN) if path.endswith(_MORE_OF_THE_SAME) else found


def nothing_new(plan: PlanContext) -> Iterator[Finding]:
    """What lives is not sent again as if it were new."""
    if plan.live is not None and canonical(dict(plan.live.document)) == canonical(dict(plan.document)):
        yield finding(plan, "SNB-225", "document", revision=plan.live.number)


def readable(plan: PlanContext) -> Iterator[Finding]:
    """Every field of the document is one that we know, of the right type."""
    if plan.deployment is None:
        path, _, reason = plan.unread.partition(": ")
        yield finding(plan, "SNB-226", path, reason=reason)


def _live(model: int) -> Revision:
    return revision(spec() if model == 3 else spec(timeout_s=30))


def _misspelt() -> PlanContext:
    document = deployment(predictor(replicas=3)).to_document()
    document["spec"]["predictors"][0]["replica"] = document["spec"]["predictors"][0].pop("replicas")
    return context(document=document)


RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-212",
        source="namespaces of the place",
        check=known_namespace,
        allowed=context,
        denied=lambda: context(spec=spec(namespace="dve"), namespace=None),
    ),
    Rule(
        code="SNB-215",
        source="one machine runs one server of ours for each deployment",
        check=rehearsal,
        allowed=context,
        denied=lambda: context(document=deployment(predictor(explainer=Explainer(type="AnchorTabular")))),
    ),
    Rule(
        code="SNB-225",
        source="equal documents need no apply",
        check=nothing_new,
        allowed=lambda: context(live=_live(2)),
        denied=lambda: context(live=_live(3)),
    ),
    Rule(
        code="SNB-226",
        source="recorded: an unknown field is refused only if the sender asks for strict validation",
        check=readable,
        allowed=context,
        denied=_misspelt,
    ),
)
