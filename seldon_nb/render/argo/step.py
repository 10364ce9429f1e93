"""A step: a name, a command, values by environment, mounts and room.  The form is ours; a workflow engine's is made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Where a step finds things, in every container of ours.
PLAN_DIR = "/snb/plan"
WORK_DIR = "/snb/work"
TMP_DIR = "/tmp"  # noqa: S108 - in the container

USER = 8888


@dataclass(frozen=True, slots=True)
class Room:
    """What a step is given, in Kubernetes quantities; no limit on the processor, because it only makes a start slow."""

    cpu: str = "50m"
    memory: str = "128Mi"
    memory_limit: str = "512Mi"


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume by name at a path."""

    volume: str
    path: str
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSpec:
    """One step as a command of an image.

    Attributes:
        command: program and arguments, all of it; no shell, and no value of a plan.
        env: name and value; a value may be one of the engine's own words (``{{workflow.status}}``).
        env_from: Secrets whose keys become variables.
        env_from_any: the same, where there is one.
        after: names of the steps that must have succeeded.
    """

    name: str
    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    env_from: tuple[str, ...] = ()
    env_from_any: tuple[str, ...] = ()
    mounts: tuple[Mount, ...] = ()
    room: Room = Room()
    after: tuple[str, ...] = ()


def container(step: StepSpec, image: str) -> dict[str, Any]:
    """A step as a container that the strictest pod rules admit."""
    body: dict[str, Any] = {
        "name": step.name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": list(step.command),
        "env": [{"name": name, "value": value} for name, value in step.env],
        "resources": {
            "requests": {"cpu": step.room.cpu, "memory": step.room.memory},
            "limits": {"memory": step.room.memory_limit},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
        },
    }
    if step.mounts:
        body["volumeMounts"] = [mount(item) for item in step.mounts]
    given: list[dict[str, Any]] = [{"secretRef": {"name": secret}} for secret in step.env_from]
    given += [{"secretRef": {"name": secret, "optional": True}} for secret in step.env_from_any]
    if given:
        body["envFrom"] = given
    return body


def pod_security() -> dict[str, Any]:
    """The pod's security context: the user of all our images, and nothing that a host would have to allow."""
    return {
        "fsGroup": USER,
        "fsGroupChangePolicy": "OnRootMismatch",
        "runAsGroup": USER,
        "runAsNonRoot": True,
        "runAsUser": USER,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def mount(item: Mount) -> dict[str, Any]:
    """A mount as Kubernetes writes it."""
    body: dict[str, Any] = {"name": item.volume, "mountPath": item.path}
    if item.read_only:
        body["readOnly"] = True
    return body
