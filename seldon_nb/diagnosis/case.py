"""A snapshot read once: which pods are of the version that should answer, which of a former one, and what is said of either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit, urlunsplit

from seldon_nb.diagnosis.lines import Told, told
from seldon_nb.diagnosis.reading import (
    Container,
    Event,
    applied,
    condition,
    containers_of,
    created,
    env,
    events_of,
    holds,
    moment,
    name_of,
    owners,
    part,
    parts,
    text,
    uid_of,
    value,
)
from seldon_nb.diagnosis.snapshot import Plain, Snapshot
from seldon_nb.domain import marks

REVISION = "deployment.kubernetes.io/revision"
DIGEST = "SNB_DIGEST"


@dataclass(frozen=True)
class Case:
    """A snapshot with its views; nothing is read twice."""

    seen: Snapshot

    # --- whose -----------------------------------------------------------------------------------------------------------------

    @cached_property
    def facts(self) -> Mapping[str, object]:
        """The facts that every cause has."""
        model = self.seen.expected_model or "-"
        name = f"{self.seen.namespace}/{self.seen.name}" if self.seen.namespace else self.seen.name
        return {
            "name": name,
            "namespace": self.seen.namespace,
            "model": model,
            "model_name": model.rpartition("@")[0] or model,
        }

    @cached_property
    def source(self) -> str:
        """The address of the model's files without anything that opens it; ``-`` if nobody knows."""
        found = self.seen.source or next((env(item.spec, "SNB_SOURCE") for item in self.initializers), "")
        return without_secrets(found) or "-"

    @cached_property
    def is_applied(self) -> bool:
        """Whether the deployment is the expected plan's already; its objects are a former one's until then."""
        wanted, document = self.seen.expected_plan, self.seen.deployment
        return not wanted or document is None or text(document, "metadata", "annotations", marks.PLAN) == wanted

    @cached_property
    def applied(self) -> float:
        """When this version was applied, in seconds since the epoch, of an update its own moment; 0 if nobody said."""
        document = self.seen.deployment
        return max(self.seen.applied_at, applied(document, marks.US) if document is not None else 0.0)

    @cached_property
    def began(self) -> float:
        """When this version was applied, in seconds since the epoch; else when something was first made for it; 0 if nobody knows."""
        known = self.applied or (created(self.seen.deployment) if self.seen.deployment else 0.0)
        return known or min((created(item) for item in (*self.newest, *self.pods)), default=0.0)

    @property
    def waited(self) -> int:
        """Whole seconds since it was applied."""
        return max(0, int(self.seen.now - self.began)) if self.began else 0

    # --- this version and the former one ----------------------------------------------------------------------------------------------

    @cached_property
    def newest(self) -> tuple[Plain, ...]:
        """The replica sets of this version, one a workload at most."""
        found: list[Plain] = []
        if not self.is_applied:
            return ()
        for workload in self.seen.workloads:
            mine = [item for item in self.seen.replica_sets if {uid_of(workload), name_of(workload)} & owners(item)]
            revision = text(workload, "metadata", "annotations", REVISION)
            same = [item for item in mine if revision and text(item, "metadata", "annotations", REVISION) == revision]
            last = max(same or mine, key=created, default=None)
            if last is not None and self._is_current(last) and self._is_taken_up(workload):
                found.append(last)
        return tuple(found)

    @cached_property
    def pods(self) -> tuple[Plain, ...]:
        """The pods of this version that are not on their way out, oldest first."""
        keys = {key for item in self.newest for key in (uid_of(item), name_of(item)) if key}
        found = [pod for pod in self.seen.pods if (owners(pod) & keys if keys else self._is_stray(pod)) and not _leaving(pod)]
        return tuple(sorted(found, key=created))

    @cached_property
    def former(self) -> tuple[Plain, ...]:
        """Pods of a former version that answer."""
        mine = {uid_of(pod) or name_of(pod) for pod in self.pods}
        return tuple(
            pod
            for pod in self.seen.pods
            if (uid_of(pod) or name_of(pod)) not in mine and holds(pod, "Ready") and not _leaving(pod)
        )

    @cached_property
    def serving(self) -> str:
        """``fraud@2`` if pods of it answer meanwhile; the digest of its files if its name is not known; empty if nobody answers."""
        if not self.former:
            return ""
        if self.seen.serving_model:
            return self.seen.serving_model
        digests = (env(spec, DIGEST) for pod in self.former for spec in parts(pod, "spec", "initContainers"))
        return next((found[:19] for found in digests if found), "") or name_of(self.former[0])

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """The containers of this version's pods, those of the youngest pod first: an older one may have failed for a cause that is gone."""
        return tuple(item for pod in reversed(self.pods) for item in containers_of(pod))

    @property
    def initializers(self) -> tuple[Container, ...]:
        """Those that fetch the model."""
        return tuple(item for item in self.containers if item.init)

    @property
    def servers(self) -> tuple[Container, ...]:
        """Those that answer."""
        return tuple(item for item in self.containers if not item.init)

    @property
    def ready(self) -> bool:
        """Whether a pod of this version says that it is ready."""
        return any(holds(pod, "Ready") for pod in self.pods)

    def _is_current(self, replica_set: Plain) -> bool:
        """Whether a replica set was made of what was planned; true where the plan says nothing that it could be told by."""
        template = part(replica_set, "spec", "template")
        specs = (*parts(template, "spec", "initContainers"), *parts(template, "spec", "containers"))
        digests = [env(spec, DIGEST) for spec in specs if env(spec, DIGEST)]
        if self.seen.expected_digest and digests and self.seen.expected_digest not in digests:
            return False
        wanted = self.seen.expected_images
        return all(wanted.get(text(spec, "name"), text(spec, "image")) == text(spec, "image") for spec in specs)

    def _is_taken_up(self, workload: Plain) -> bool:
        """Whether the controller has seen the latest change of the workload."""
        seen, wanted = value(workload, "status", "observedGeneration"), value(workload, "metadata", "generation")
        return not (isinstance(seen, int) and isinstance(wanted, int)) or seen >= wanted

    def _is_stray(self, pod: Plain) -> bool:
        """Without any replica set at hand: a pod by itself is taken for one of this version."""
        return not self.seen.replica_sets and not self.seen.workloads and bool(pod)

    # --- what is said ------------------------------------------------------------------------------------------------------------------

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Events of this version's objects, oldest first; those of others, and those from before it was applied, are left out."""
        items = [*self.pods, *self.newest, *self.seen.workloads, *self.seen.workflow_pods]
        items += [item for item in (self.seen.deployment, self.seen.workflow) if item is not None]
        uids, names = {uid_of(item) for item in items} - {""}, {name_of(item) for item in items} - {""}
        return tuple(
            event
            for event in events_of(self.seen.events)
            if (event.uid in uids if event.uid and uids else event.name in names)
            and event.last >= self.applied - 2
            and "the object has been modified" not in event.message
        )

    def events_about(self, container: Container) -> Iterator[Event]:
        """Events of one container."""
        return (event for event in self.events if event.name == container.pod and event.container == container.name)

    def lines(self, container: Container) -> tuple[str, ...]:
        """The container's last lines as they came; not to be shown."""
        return self.seen.logs.get(container.key, ())

    def told(self, container: Container) -> Told:
        """What a container that failed said of it."""
        failure = container.failure
        said = told(failure.message if failure else "", ())
        return said if said.code else told(failure.message if failure else "", self.lines(container))

    def refusal(self) -> tuple[str, float]:
        """Why no pod could be made for this version, and since when; empty if it could."""
        for owner in self.newest:
            failure = condition(owner, "ReplicaFailure")
            if text(failure, "status") == "True":
                return text(failure, "message"), moment(text(failure, "lastTransitionTime"))
        if not self.pods:
            keys = {name_of(owner) for owner in self.newest}
            said = [event for event in self.events if event.reason == "FailedCreate" and event.name in keys]
            if said:
                return said[-1].message, said[0].first
        return "", 0.0


def _leaving(pod: Plain) -> bool:
    return bool(text(pod, "metadata", "deletionTimestamp"))


def without_secrets(uri: str) -> str:
    """An address without user, password, query and fragment: any of them may open something."""
    try:
        parts_of = urlsplit(uri)
        host = parts_of.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return urlunsplit((parts_of.scheme, host, parts_of.path, "", ""))
