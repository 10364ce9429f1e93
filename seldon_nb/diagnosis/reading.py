"""Reading plain Kubernetes objects that may lack anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from seldon_nb.diagnosis.snapshot import Plain

NOTHING: Plain = {}


def part(item: object, *path: str) -> Plain:
    """The mapping under a path of keys; an empty one if there is none."""
    found = value(item, *path)
    return found if isinstance(found, dict) else NOTHING


def parts(item: object, *path: str) -> tuple[Plain, ...]:
    """The mappings of the list under a path of keys."""
    found = value(item, *path)
    return tuple(entry for entry in found if isinstance(entry, dict)) if isinstance(found, (list, tuple)) else ()


def text(item: object, *path: str) -> str:
    """The text under a path of keys; empty if there is none."""
    found = value(item, *path)
    return found if isinstance(found, str) else ""


def number(item: object, *path: str) -> int:
    """The whole number under a path of keys; 0 if there is none."""
    found = value(item, *path)
    return found if isinstance(found, int) else 0


def value(item: object, *path: str) -> Any:
    """Whatever stands under a path of keys; None if there is nothing."""
    for key in path:
        if not isinstance(item, dict):
            return None
        item = item.get(key)
    return item


def name_of(item: Plain) -> str:
    """``metadata.name``."""
    return text(item, "metadata", "name")


def uid_of(item: Plain) -> str:
    """``metadata.uid``."""
    return text(item, "metadata", "uid")


def owners(item: Plain) -> frozenset[str]:
    """The uids and names of its owners."""
    return frozenset(text(owner, key) for owner in parts(item, "metadata", "ownerReferences") for key in ("uid", "name")) - {""}


def moment(said: str) -> float:
    """RFC 3339 as seconds since the epoch; 0 if it is not a time."""
    if not said:
        return 0.0
    try:
        found = datetime.fromisoformat(said.replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp()


def created(item: Plain) -> float:
    """When it was made, in seconds since the epoch."""
    return moment(text(item, "metadata", "creationTimestamp"))


def applied(item: Plain, manager: str) -> float:
    """When a manager of fields last applied it, by the API server's own clock; 0 if it never did, or nobody kept that."""
    own = (entry for entry in parts(item, "metadata", "managedFields") if not text(entry, "subresource"))
    return max((moment(text(entry, "time")) for entry in own if text(entry, "manager") == manager), default=0.0)


def told_of(item: Plain) -> float:
    """When somebody last wrote its status; 0 if nobody did, or nobody kept that."""
    entries = (entry for entry in parts(item, "metadata", "managedFields") if text(entry, "subresource") == "status")
    return max((moment(text(entry, "time")) for entry in entries), default=0.0)


def condition(item: Plain, kind: str) -> Plain:
    """One of ``status.conditions`` by its type."""
    return next((entry for entry in parts(item, "status", "conditions") if text(entry, "type") == kind), NOTHING)


def holds(item: Plain, kind: str) -> bool:
    """Whether a condition is true."""
    return text(condition(item, kind), "status") == "True"


def env(container: Plain, name: str) -> str:
    """A variable of a container that is given by its value."""
    return next((text(entry, "value") for entry in parts(container, "env") if text(entry, "name") == name), "")


# --- events ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """One event: of which object, why, what, how often, and when last (seconds since the epoch)."""

    kind: str
    name: str
    uid: str
    field: str  # "spec.containers{model}"
    reason: str
    message: str
    times: int
    last: float
    first: float

    @property
    def container(self) -> str:
        """The container's name; empty if the event is not of one."""
        return self.field.partition("{")[2].rstrip("}")


def events_of(items: Iterable[Plain]) -> Iterator[Event]:
    """Events in a form of their own, oldest first; those written by the newer API too."""
    read = [_event(item) for item in items]
    yield from sorted(read, key=lambda event: event.last)


def _event(item: Plain) -> Event:
    about = part(item, "involvedObject") or part(item, "regarding")
    series = part(item, "series")
    times = number(item, "count") or number(item, "deprecatedCount") or number(series, "count") or 1
    when = [
        text(item, "lastTimestamp"),
        text(item, "deprecatedLastTimestamp"),
        text(series, "lastObservedTime"),
        text(item, "eventTime"),
        text(item, "metadata", "creationTimestamp"),
    ]
    last = next((moment(said) for said in when if said), 0.0)
    first = next(
        (
            moment(said)
            for said in (text(item, "firstTimestamp"), text(item, "eventTime"), text(item, "metadata", "creationTimestamp"))
            if said
        ),
        last,
    )
    return Event(
        kind=text(about, "kind"),
        name=text(about, "name"),
        uid=text(about, "uid"),
        field=text(about, "fieldPath"),
        reason=text(item, "reason"),
        message=text(item, "message") or text(item, "note"),
        times=max(times, number(series, "count")),
        last=last,
        first=first,
    )


# --- containers ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ended:
    """How a container's run ended."""

    exit: int
    signal: int
    reason: str
    message: str
    started: float
    finished: float


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a pod, what it was asked to be and what it is.

    Attributes:
        init: it runs before the others.
        waiting, waiting_message: reason and message if it waits; empty otherwise.
        running_since: seconds since the epoch; 0 if it does not run.
        ended: how it ended, if it is not running now; former: how its run before this one ended.
        spec: as in the pod's document.
    """

    pod: str
    name: str
    init: bool
    image: str
    spec: Plain
    waiting: str
    waiting_message: str
    running_since: float
    ended: Ended | None
    former: Ended | None
    restarts: int
    ready: bool

    @property
    def key(self) -> str:
        """Under which its lines stand in a snapshot's logs."""
        return f"{self.pod}/{self.name}"

    @property
    def began(self) -> bool:
        """Whether it ever ran."""
        return bool(self.running_since or self.ended or self.former)

    @property
    def started(self) -> float:
        """When its latest run began; 0 if it never did."""
        run = self.ended or self.former
        return self.running_since or (run.started if run else 0.0)

    @property
    def failure(self) -> Ended | None:
        """Its latest run that ended badly, unless it has ended well since."""
        if self.ended is not None:
            return self.ended if self.ended.exit else None
        if self.former is None or (self.ready and not self.init):
            return None
        return self.former

    @property
    def failures(self) -> int:
        """How many of its runs ended."""
        return self.restarts + (1 if self.ended is not None and self.ended.exit else 0)


def containers_of(pod: Plain) -> tuple[Container, ...]:
    """All containers of a pod: those that run first come first."""
    found: list[Container] = []
    for init, specs, states in (
        (True, "initContainers", "initContainerStatuses"),
        (False, "containers", "containerStatuses"),
    ):
        told = {text(entry, "name"): entry for entry in parts(pod, "status", states)}
        found += [_container(pod, spec, told.get(text(spec, "name"), NOTHING), init) for spec in parts(pod, "spec", specs)]
    return tuple(found)


def _container(pod: Plain, spec: Plain, told: Plain, init: bool) -> Container:
    return Container(
        pod=name_of(pod),
        name=text(spec, "name"),
        init=init,
        image=text(spec, "image"),
        spec=spec,
        waiting=text(told, "state", "waiting", "reason"),
        waiting_message=text(told, "state", "waiting", "message"),
        running_since=moment(text(told, "state", "running", "startedAt")),
        ended=_ended(part(told, "state", "terminated")),
        former=_ended(part(told, "lastState", "terminated")),
        restarts=number(told, "restartCount"),
        ready=bool(value(told, "ready")),
    )


def _ended(told: Plain) -> Ended | None:
    if not told:
        return None
    return Ended(
        exit=number(told, "exitCode"),
        signal=number(told, "signal"),
        reason=text(told, "reason"),
        message=text(told, "message"),
        started=moment(text(told, "startedAt")),
        finished=moment(text(told, "finishedAt")),
    )
