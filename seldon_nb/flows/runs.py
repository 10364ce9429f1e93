"""Plans on their way without whoever asked: begin one, list them, find one, stop one; the same for a machine and for a cluster."""

from __future__ import annotations

from collections.abc import Sequence

from seldon_nb.domain.errors import fail
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.workflow import Run
from seldon_nb.flows.apply import apply
from seldon_nb.ports import Ports
from seldon_nb.steps.check import target_of

#: How many a machine keeps; told where one is not found.
KEPT = 50


def start(ports: Ports, plan: Plan) -> Run:
    """Hand a plan over and return; the same plan while it is on its way is the same run.

    Raises: what refuses a plan at once (SNB-222, SNB-401), and what the carrier refuses.
    """
    if ports.workflows is not None:
        applied = apply(ports, plan, lambda _: None, wait=False)
        if applied.run is not None:
            return applied.run
    target = target_of(plan)
    blocking = [finding for finding in plan.findings if finding.blocks]
    if blocking:
        codes = ", ".join(sorted({finding.code for finding in blocking}))
        raise fail("SNB-222", count=len(blocking), codes=codes, ref=plan.spec.version.ref, namespace=plan.spec.namespace)
    if not ports.access.may("apply", target):
        raise fail("SNB-401", who=str(ports.access.whoami()), verb="apply", target=str(target))
    carrier = ports.carrier
    assert carrier is not None, "a place without workflows has applies"
    return carrier.submit(plan)


def runs(ports: Ports) -> tuple[Run, ...]:
    """The runs that the person may see, newest first."""
    found = ports.carrier.runs() if ports.carrier is not None else ()
    return newest_first([run for run in found if ports.access.may("see", run.target)])


def newest_first(found: Sequence[Run]) -> tuple[Run, ...]:
    """By when they began; those that wait for their beginning first."""
    order = sorted(enumerate(found), key=lambda item: (not item[1].started_at, item[1].started_at, item[0]), reverse=True)
    return tuple(run for _, run in order)


def find(ports: Ports, namespace: str, name: str) -> Run:
    """One run by its id.

    Raises:
        SNB-565: there is none that the person may see.
    """
    found = next((run for run in runs(ports) if run.name == name and run.target.namespace == namespace), None)
    if found is None:
        raise fail("SNB-565", run=name, namespace=namespace, keep=KEPT)
    return found


def stop(ports: Ports, run: Run) -> Run:
    """End a run; what served before serves on. Raises: SNB-401 if the person may not."""
    if not ports.access.may("apply", run.target):
        raise fail("SNB-401", who=str(ports.access.whoami()), verb="apply", target=str(run.target))
    carrier = ports.carrier
    return run if carrier is None or run.ended else carrier.stop(run)
