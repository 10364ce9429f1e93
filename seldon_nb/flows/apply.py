"""Apply: check → package → deploy → smoke test → report, the steps a workflow runs, in this process.

Whatever goes wrong, what served before serves afterwards, and one record says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.deployment import DeploymentStatus, Revision
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.plan import Plan
from seldon_nb.ports import Ports, Report
from seldon_nb.steps.check import check
from seldon_nb.steps.deploy import deploy
from seldon_nb.steps.package import package
from seldon_nb.steps.report import report as record
from seldon_nb.steps.smoke_test import Smoke, smoke_test


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply left: the revision, its status, what the live check saw; ``changed`` is false if the plan was live already."""

    revision: Revision
    status: DeploymentStatus
    smoke: Smoke | None
    changed: bool


def apply(ports: Ports, plan: Plan, report: Report) -> Applied:
    """Apply a plan once; a second time changes nothing.

    Raises: what its steps raise.  Every refusal and failure is recorded.
    """
    try:
        return _apply(ports, plan, report)
    except SeldonNbError as error:
        try:
            record(ports, plan, result=error.code_id)
        except SeldonNbError:  # the failure itself is what the user must see
            raise error from None
        raise


def _apply(ports: Ports, plan: Plan, report: Report) -> Applied:
    checked = check(ports, plan)
    if checked.already and checked.live is not None:
        live = checked.live
        status = next(item for item in ports.serving.statuses() if item.target == live.target)
        return Applied(live, status, None, changed=False)
    model = package(ports, plan)
    revision, status = deploy(ports, plan, model, report)
    try:
        smoke = smoke_test(ports, plan, revision, model)
    except SeldonNbError:
        withdraw(ports, revision, checked.live)
        raise
    record(ports, plan, smoke=smoke, revision=revision.number)
    return Applied(revision, status, smoke, changed=True)


def withdraw(ports: Ports, failed: Revision, former: Revision | None) -> None:
    """Put back what served before a revision that did not pass its live check; delete it if nothing did."""
    if former is None:
        ports.serving.delete(failed.target)
        return
    from seldon_nb.domain.model import ModelRef

    version = ports.catalog.find(ModelRef.parse(former.model))
    again = replace(former, number=failed.number + 1, applied_at=timestamp(ports.clock.now()))
    ports.serving.apply(again, ports.catalog.files(version), lambda _: None)
