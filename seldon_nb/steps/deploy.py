"""Step 3, deploy: bring the revision to life; the former one serves until then."""

from __future__ import annotations

from pathlib import Path

from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.deployment import DeploymentStatus, Revision
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.principal import Principal
from seldon_nb.ports import Ports, Report
from seldon_nb.steps.check import target_of


def becoming(plan: Plan, *, by: Principal, at: str) -> Revision:
    """The revision that this plan becomes, applied by somebody at a moment (RFC 3339)."""
    spec = plan.spec
    return Revision(
        target=target_of(plan),
        number=plan.base.revision + 1,
        plan_digest=plan.digest,
        documents_digest=plan.documents_digest(),
        model=spec.version.ref,
        model_digest=spec.version.digest,
        classification=spec.classification,
        applied_by=by,
        applied_at=at,
        callers=spec.callers,
        documents=plan.documents,
        signature=spec.version.signature,
        timeout_s=spec.timeout_s,
        overrides=spec.overrides,
    )


def revision_of(ports: Ports, plan: Plan) -> Revision:
    """The revision that this plan becomes, applied by whoever asks now."""
    return becoming(plan, by=ports.access.whoami(), at=timestamp(ports.clock.now()))


def deploy(ports: Ports, plan: Plan, model: Path, report: Report) -> tuple[Revision, DeploymentStatus]:
    """Apply the plan's revision at its place.

    Raises:
        SNB-220, SNB-224: somebody else was faster.
        SNB-310 … SNB-318: the model does not come to life; what served before still serves.
    """
    revision = revision_of(ports, plan)
    return revision, ports.serving.apply(revision, model, report)
