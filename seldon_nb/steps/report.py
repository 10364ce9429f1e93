"""Step 5, report: one audit record of what was done, whatever became of it."""

from __future__ import annotations

from seldon_nb.domain.audit import Act
from seldon_nb.domain.plan import Plan
from seldon_nb.ports import Ports
from seldon_nb.steps.check import target_of
from seldon_nb.steps.smoke_test import Smoke


def report(
    ports: Ports, plan: Plan, *, result: str = "ok", smoke: Smoke | None = None, revision: int = 0, failed: str = ""
) -> None:
    """Append the record of an apply: plan digest, model, revision, overrides with their reasons, and what the live check saw.

    Args:
        result: ``ok`` or the code that ended it; ``failed`` is the step that it ended at, where a workflow knows.
    """
    details: dict[str, str | int] = {
        "model": plan.spec.version.ref,
        "model_digest": plan.spec.version.digest,
        "classification": plan.spec.classification.value,
        "callers": ", ".join(caller.name for caller in plan.spec.callers),
    }
    if revision:
        details["revision"] = revision
    if failed:
        details["failed"] = failed
    for override in plan.spec.overrides:
        details["overrides"] = "; ".join(
            filter(None, (str(details.get("overrides", "")), f"{override.code}: {override.reason}"))
        )[:256]
    if smoke is not None:
        details["answered"] = smoke.allowed.name
        if smoke.denied is not None:
            details |= {"refused": smoke.denied.name, "refused_status": smoke.denied_status}
    ports.audit.append(
        who=ports.access.whoami(),
        act=Act.APPLY if result == "ok" else Act.REFUSED,
        subject=str(target_of(plan)),
        result=result,
        digest=plan.digest,
        details=details,
    )
