"""Step 1, check: is this plan still what was shown, and may it happen?"""

from __future__ import annotations

from dataclasses import dataclass

from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.model import ModelRef, ModelVersion
from seldon_nb.domain.plan import Plan, documents_digest, plan_digest
from seldon_nb.ports import Ports
from seldon_nb.render.text import diff


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan that may go on: the version as the catalogue knows it now, and what lives."""

    version: ModelVersion
    live: Revision | None
    already: bool


def target_of(plan: Plan) -> Target:
    """The deployment that a plan is about."""
    return Target(plan.spec.namespace, plan.spec.deployment, plan.spec.place)


def check(ports: Ports, plan: Plan) -> Checked:
    """Refuse a plan that is blocked, altered, stale, or not this person's to apply.

    Raises:
        SNB-221: its digest does not match its content.
        SNB-222: a finding blocks it.
        SNB-401: the person may not.
        SNB-220: something else was applied since it was made; the difference is in the facts.
        SNB-128: the model's files are not the ones that were planned.
    """
    if plan.digest != plan_digest(plan.spec, plan.documents, plan.base):
        raise fail("SNB-221", path=str(target_of(plan)), reason="digest")
    blocking = [finding for finding in plan.findings if finding.blocks]
    if blocking:
        raise fail(
            "SNB-222",
            count=len(blocking),
            codes=", ".join(sorted({finding.code for finding in blocking})),
            ref=plan.spec.version.ref,
            namespace=plan.spec.namespace,
        )
    target = target_of(plan)
    if not ports.access.may("apply", target):
        raise fail("SNB-401", who=str(ports.access.whoami()), verb="apply", target=str(target))
    live = ports.serving.live(target)
    if live is not None and live.plan_digest == plan.digest:
        return Checked(version=plan.spec.version, live=live, already=True)
    refuse_stale(plan, live)
    version = ports.catalog.find(ModelRef.parse(plan.spec.version.ref))
    if version.digest != plan.spec.version.digest:
        raise fail("SNB-128", ref=version.ref, planned=plan.spec.version.digest, found=version.digest)
    return Checked(version=version, live=live, already=False)


def refuse_stale(plan: Plan, live: Revision | None) -> None:
    """Raise SNB-220 if what lives is not what the plan stands on."""
    number = live.number if live else 0
    digest = documents_digest(live.documents) if live else ""
    if (number, digest) == (plan.base.revision, plan.base.digest):
        return
    now = live.document if live else {}
    changed = diff(now, plan.document("SeldonDeployment"), str(target_of(plan)))
    raise fail(
        "SNB-220",
        target=str(target_of(plan)),
        planned=plan.base.revision,
        found=number,
        who=str(live.applied_by) if live else "",
        when=live.applied_at if live else "",
        model=live.model if live else "",
        ref=plan.spec.version.ref,
        namespace=plan.spec.namespace,
        diff=changed,
    )
