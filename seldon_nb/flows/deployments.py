"""List, find and delete deployments."""

from __future__ import annotations

from seldon_nb.domain.audit import Act
from seldon_nb.domain.deployment import DeploymentStatus, Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.names import nearest
from seldon_nb.ports import Ports


def visible(ports: Ports) -> tuple[DeploymentStatus, ...]:
    """The deployments that the person may see."""
    return tuple(status for status in ports.serving.statuses() if ports.access.may("see", status.target))


def find(ports: Ports, text: str) -> DeploymentStatus:
    """A deployment by ``namespace/name``, or by name if only one namespace has it.

    Raises:
        SNB-301: there is none that the person may see, or several; the nearest are named.
    """
    mine = visible(ports)
    namespace, _, name = text.rpartition("/")
    found = [status for status in mine if status.target.name == name and namespace in ("", status.target.namespace)]
    if len(found) == 1:
        return found[0]
    known = [str(status.target) for status in found or mine]
    by_name = {status.target.name: str(status.target) for status in mine}
    near = [str(status.target) for status in found] or [by_name[item] for item in nearest(name, by_name)] or known
    raise fail("SNB-301", name=text, nearest=", ".join(near[:3]) or "-")


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
