"""Apply: check → package → deploy → smoke test → report.

Where a place has workflows, the plan is handed over and followed: whoever asked may go away.  Elsewhere the same steps run in this process.
Whatever goes wrong, what served before serves afterwards, and one record says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from seldon_nb.domain.deployment import DeploymentStatus, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.workflow import Phase, Run, Step
from seldon_nb.ports import Ports, Report, Workflows
from seldon_nb.steps.check import check
from seldon_nb.steps.deploy import deploy
from seldon_nb.steps.package import package
from seldon_nb.steps.report import report as record
from seldon_nb.steps.smoke_test import Smoke, smoke_test
from seldon_nb.steps.withdraw import withdraw


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply left: the deployment, its status, what the live check saw; ``changed`` is false if the plan was live already.

    Attributes:
        status: None only if nobody waited for the workflow.
        run: the workflow's run, where a workflow carried the plan.
    """

    target: Target
    status: DeploymentStatus | None
    smoke: Smoke | None
    changed: bool
    run: Run | None = None


Doing = Callable[[Step], None]


def apply(ports: Ports, plan: Plan, report: Report, *, wait: bool = True, doing: Doing = lambda _: None) -> Applied:
    """Apply a plan once; a second time changes nothing.

    Args:
        wait: false hands the plan over and returns; in a place without workflows it makes no difference.
        doing: told which step begins, where the steps run in this process; what it raises ends the apply as a failure of the step before does,
            so that what served before serves afterwards.

    Raises: what its steps raise.  Every refusal and failure is recorded.
    """
    if ports.workflows is not None:
        return _hand_over(ports, ports.workflows, plan, report, wait=wait)
    try:
        return _apply(ports, plan, report, doing)
    except SeldonNbError as error:
        try:
            record(ports, plan, result=error.code_id)
        except SeldonNbError:  # the failure itself is what the user must see
            raise error from None
        raise


def _apply(ports: Ports, plan: Plan, report: Report, doing: Doing) -> Applied:
    doing(Step.CHECK)
    checked = check(ports, plan)
    if checked.already and checked.live is not None:
        return Applied(checked.live.target, status_of(ports, checked.live.target), None, changed=False)
    doing(Step.PACKAGE)
    model = package(ports, plan)
    doing(Step.DEPLOY)
    revision, status = deploy(ports, plan, model, report)
    try:
        doing(Step.SMOKE_TEST)
        smoke = smoke_test(ports, plan, revision, model)
        doing(Step.REPORT)
    except SeldonNbError:
        withdraw(ports, revision, checked.live)
        raise
    record(ports, plan, smoke=smoke, revision=revision.number)
    return Applied(revision.target, status, smoke, changed=True)


def _hand_over(ports: Ports, workflows: Workflows, plan: Plan, report: Report, *, wait: bool) -> Applied:
    """Give the plan to its workflow.  The same plan a second time is the same run: it is taken up where it is."""
    target = Target(plan.spec.namespace, plan.spec.deployment, plan.spec.place)
    run = workflows.run(plan.digest, target)
    if run is None or run.ended:
        checked = check(ports, plan)  # the workflow checks again; a refusal here costs no pod
        if checked.already:
            return Applied(target, status_of(ports, target), None, changed=False, run=run)
        run = workflows.submit(plan)
    if not wait:
        return Applied(target, None, None, changed=True, run=run)
    ended = workflows.follow(run, report)
    if ended.phase is not Phase.SUCCEEDED:
        raise fail(ended.code or "SNB-541", **dict(ended.facts))
    return Applied(target, status_of(ports, target), None, changed=True, run=ended)


def status_of(ports: Ports, target: Target) -> DeploymentStatus:
    """What is seen of one deployment now.

    Raises:
        SNB-301: it is not there.
    """
    found = ports.serving.status(target)
    if found is None:
        raise fail("SNB-301", name=str(target), nearest="-")
    return found
