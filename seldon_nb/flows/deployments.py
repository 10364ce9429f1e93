"""List, find and delete deployments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from seldon_nb.domain.audit import Act
from seldon_nb.domain.deployment import DeploymentStatus, State, Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.names import nearest
from seldon_nb.domain.workflow import Phase, Run
from seldon_nb.ports import Glimpse, Ports


def visible(ports: Ports) -> tuple[DeploymentStatus, ...]:
    """The deployments that the person may see, those included that somebody is only bringing to life."""
    runs = ports.carrier.runs() if ports.carrier is not None else ()
    return together(ports, Glimpse(ports.serving.statuses(), runs))


def together(ports: Ports, seen: Glimpse) -> tuple[DeploymentStatus, ...]:
    """What serves and what is on its way as one list, sorted by namespace and name; what the person may not see is left out."""
    found = {status.target: status for status in seen.statuses}
    for run in seen.runs:
        told = _told(run, found.get(run.target))
        if told is not None:
            found[run.target] = told
    return tuple(
        found[target] for target in sorted(found, key=lambda item: (item.namespace, item.name)) if ports.access.may("see", target)
    )


def _told(run: Run, serving: DeploymentStatus | None) -> DeploymentStatus | None:
    """What a run adds to what serves; None if it adds nothing."""
    if run.phase is Phase.SUCCEEDED or (serving is not None and serving.revision.plan_digest == run.plan_digest):
        return None
    if run.ended and run.target.place == "here":
        return None  # what did not come to life on one machine left nothing there to look at; the run itself tells why
    if serving is not None:
        return serving if run.ended else replace(serving, state=State.UPDATING, timeline=run.stages or serving.timeline)
    if run.revision is None or run.phase is Phase.STOPPED:
        return None
    state = State.STUCK if run.ended else State.STARTING
    return DeploymentStatus(
        revision=run.revision, state=state, timeline=run.stages, diagnosis=run.code, diagnosis_facts=run.facts
    )


def find(ports: Ports, text: str) -> DeploymentStatus:
    """A deployment of one place by ``namespace/name``, or by name if only one namespace has it.

    Raises:
        SNB-301: there is none that the person may see, or several; the nearest are named.
    """
    return choose(visible(ports), text)


def look(ports: Ports, text: str) -> DeploymentStatus:
    """A deployment as :func:`find` finds it, looked at closely: the times of its stages, and why it is stuck if it is.

    Raises:
        SNB-301: there is none that the person may see, or several.
    """
    seen = find(ports, text)
    close = ports.serving.status(seen.target)
    if close is None:  # a workflow is only bringing it to life, or could not
        return seen
    if (seen.state, close.state) != (State.UPDATING, State.ANSWERING):
        return close
    return replace(close, state=State.UPDATING, timeline=seen.timeline if seen.target.place == "here" else close.timeline)


def choose(mine: Sequence[DeploymentStatus], text: str) -> DeploymentStatus:
    """One of several deployments by ``name``, ``namespace/name`` or ``place/namespace/name``.

    Raises:
        SNB-301: there is none, or several; the nearest are named.
    """
    *rest, name = text.split("/")
    place, namespace = ("", "", *rest)[-2:]
    found = [
        status
        for status in mine
        if status.target.name == name and namespace in ("", status.target.namespace) and place in ("", status.target.place)
    ]
    if len(found) == 1:
        return found[0]
    known = [str(status.target) for status in mine]
    by_name = {status.target.name: str(status.target) for status in mine}
    near = [_full(status, found) for status in found] or [by_name[item] for item in nearest(name, by_name)] or known
    raise fail("SNB-301", name=text, nearest=", ".join(near[:3]) or "-")


def _full(status: DeploymentStatus, among: Sequence[DeploymentStatus]) -> str:
    """As short as tells it from the others."""
    twins = [other for other in among if str(other.target) == str(status.target)]
    return f"{status.target.place}/{status.target}" if len(twins) > 1 else str(status.target)


def delete(ports: Ports, text: str) -> Target:
    """Stop and forget a deployment; its revisions and records stay.

    Raises:
        SNB-301: there is none.  SNB-401: the person may not.
    """
    status = find(ports, text)
    target = status.target
    if not ports.access.may("delete", target):
        raise fail("SNB-401", who=str(ports.access.whoami()), verb="delete", target=str(target))
    ports.serving.delete(target)
    ports.audit.append(
        who=ports.access.whoami(),
        act=Act.DELETE,
        subject=str(target),
        digest=status.revision.plan_digest,
        details={"model": status.revision.model, "revision": status.revision.number},
    )
    return target
