"""Serving on a cluster: a revision becomes a SeldonDeployment, and is said to answer only when its own pods do."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from seldon_nb.cluster import kinds, looking, revisions, visible
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.cluster.facts import Facts
from seldon_nb.cluster.kinds import Plain
from seldon_nb.cluster.refusals import Refused, refusal
from seldon_nb.cluster.rights import Rights
from seldon_nb.cluster.rollout import Rollout, settled
from seldon_nb.cluster.snapshot import log_lines
from seldon_nb.domain import marks
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import DeploymentStatus, Progress, Revision, Stage, StageStatus, State, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.namespace import NamespaceFacts
from seldon_nb.ports import Clock, Held, Report

#: Seconds for which a plan's own look at a deployment is good.
_FRESH_S = 5.0
#: How many pods' lines are read.
_MOST_PODS = 3
#: What a first deployment gets over by itself: it is left to go on.
_GOES_ON = frozenset({"SNB-333", "SNB-334", "SNB-342", "SNB-346"})


class ClusterServing:
    """Deployments of a cluster; may be used by several threads at once.

    Args:
        endpoint: the way to an answer, for asking through the route.
        storage_secret: the user's own choice of the Secret that opens the model store.
    """

    def __init__(
        self, api: Api, endpoint: ClusterEndpoint, clock: Clock, *, rights: Rights | None = None, storage_secret: str = ""
    ) -> None:
        self._api = api
        self._endpoint = endpoint
        self._clock = clock
        self._rights = rights or Rights(api, clock.monotonic)
        self._facts = Facts(api, self._rights, storage_secret=storage_secret)
        self._seen: dict[Target, tuple[float, Revision | None]] = {}
        self._lock = threading.Lock()

    # --- what there is -----------------------------------------------------------------------------------------------------------

    def namespaces(self) -> tuple[str, ...]:
        """All namespaces if we may list them; else those that we know to be ours. No request per namespace."""
        return visible.namespaces(self._api)

    def levels(self) -> tuple[tuple[str, Classification], ...]:
        """The same with the highest classification that may live in each, by its label; unknown where it may not be read."""
        return visible.levels(self._api)

    def namespace(self, name: str, *, deployment: str = "") -> NamespaceFacts:
        """Facts of a namespace for a plan. Raises: SNB-212 with the nearest names."""
        facts, live = self._facts.of(name, deployment=deployment)
        self._api.named.add(name)
        if deployment:
            with self._lock:
                self._seen[Target(name, deployment, "cluster")] = (self._clock.monotonic() + _FRESH_S, live)
        return facts

    def live(self, target: Target) -> Revision | None:
        """The revision that serves, or None; somebody else's object of that name is none of ours."""
        self._api.named.add(target.namespace)
        with self._lock:
            until, seen = self._seen.pop(target, (0.0, None))  # once: a plan has just looked
        if self._clock.monotonic() < until:
            return seen
        document = self._api.find(kinds.SELDON, target.namespace, target.name)
        if document is None or not kinds.is_ours(document):
            return None
        return revisions.live_revision(self._api, document)

    def revisions(self, target: Target) -> tuple[Revision, ...]:
        """Every revision that was kept, oldest first."""
        return revisions.all_of(self._api, target)

    def held(self, target: Target) -> Held | None:
        """The live object beside the revision that it says it is. Raises: SNB-533 where either may not be read."""
        document = self._api.find(kinds.SELDON, target.namespace, target.name)
        if document is None or not kinds.is_ours(document):
            return None
        number = revisions.number_of(document)
        kept = revisions.read(self._api, target, number) if number else next(reversed(self.revisions(target)), None)
        if kept is None:
            return None
        writer, at = kinds.last_writer(document)
        return Held(revision=kept, said=revisions.stamped(kept), found=document, writer=writer, written_at=at)

    def callers(self, target: Target) -> tuple[str, ...]:
        """The names of those who may call; nobody if it is not there."""
        document = self._api.find(kinds.SELDON, target.namespace, target.name)
        if document is None or not kinds.is_ours(document):
            return ()
        return tuple(caller.name for caller in revisions.of_live(document).callers)

    def statuses(self) -> tuple[DeploymentStatus, ...]:
        """All deployments of ours that we may see, sorted by namespace and name: two lists in all where cluster-wide ones are permitted.

        The times of their stages, and why one is stuck, cost more: :meth:`status` has them.
        """
        documents = visible.everywhere(self._api, kinds.SELDON, marks.OURS)
        if not documents:
            return ()
        try:
            workloads = visible.everywhere(self._api, kinds.WORKLOAD, kinds.SELDON_ID)
        except SeldonNbError as error:
            if error.code_id != "SNB-533":
                raise
            workloads = ()
        by_owner: dict[tuple[str, str], list[Plain]] = {}
        for workload in workloads:
            key = (str(kinds.metadata(workload).get("namespace")), str(kinds.labels_of(workload).get(kinds.SELDON_ID)))
            by_owner.setdefault(key, []).append(workload)
        found = (self._sight(document, by_owner).status for document in documents)
        return tuple(sorted(found, key=lambda status: (status.target.namespace, status.target.name)))

    def status(self, target: Target) -> DeploymentStatus | None:
        """One deployment, closely: how long its stages took, why it is stuck if it is; None if it is not there or is somebody else's."""
        document = self._api.find(kinds.SELDON, target.namespace, target.name)
        if document is None or not kinds.is_ours(document):
            return None
        loads = looking.listed(self._api, kinds.WORKLOAD, target)
        sight = self._sight(document, {(target.namespace, target.name): list(loads)})
        return looking.closely(self._api, sight, now=self._clock.now())

    def logs(self, target: Target, *, lines: int = 100) -> tuple[str, ...]:
        """The last lines of its pods' containers, the newest pod last; each container's begin with a line of its name.

        Raises: SNB-533 where we may not see pods, or not what they write.
        """
        pods = self._api.every(kinds.POD, target.namespace, labels=f"{kinds.SELDON_ID}={target.name}").items
        found: list[str] = []
        for pod in sorted(pods, key=lambda pod: str(kinds.metadata(pod).get("creationTimestamp", "")))[-_MOST_PODS:]:
            name = str(kinds.metadata(pod)["name"])
            for container in (pod.get("spec") or {}).get("containers") or ():
                told = log_lines(self._api, target.namespace, name, str(container["name"]), lines=lines)
                if told:
                    found += [f"--- {name} {container['name']} ---", *told]
        return tuple(found[-lines:])

    def _sight(self, document: Plain, by_owner: Mapping[tuple[str, str], list[Plain]]) -> looking.Sight:
        about = kinds.metadata(document)
        loads = tuple(by_owner.get((str(about["namespace"]), str(about["name"])), ()))
        return looking.Sight(document, loads, self.from_afar(document, loads))

    def from_afar(self, document: Plain, loads: tuple[Plain, ...]) -> DeploymentStatus:
        """What a deployment and its workloads tell, without another question."""
        revision = revisions.of_live(document)
        self._endpoint.learn(document)
        state, stages = state_of(document, loads)
        return DeploymentStatus(revision=revision, state=state, timeline=stages, url=self._endpoint.url(revision.target))

    # --- apply -------------------------------------------------------------------------------------------------------------------

    def apply(self, revision: Revision, model: Path, report: Report) -> DeploymentStatus:
        """Bring a revision to life and wait until its own pods answer through the route.

        A failure puts back what served before; a first one that never came up is deleted, its revision is kept as a record.

        Raises:
            SNB-220: something else was applied meanwhile.  SNB-535: the name is somebody else's.
            SNB-330 … SNB-348: why it does not come up.  SNB-341, SNB-347: a rule of the cluster refused it.
            SNB-531 … SNB-538: the cluster.
        """
        del model  # pods fetch it themselves
        target, began = revision.target, self._clock.monotonic()
        now = self._api.find(kinds.SELDON, target.namespace, target.name)
        former = self._former(revision, now)
        try:
            if not revisions.keep(self._api, revision):
                raise fail("SNB-224", target=str(target))
            applied = self._send(revision, now)
        except Refused as error:
            revisions.forget(self._api, revision)  # nothing was changed
            raise refusal(error, target, revision.model, seconds=round(self._clock.monotonic() - began)) from error
        self._endpoint.learn(revision.document)
        rollout = Rollout(
            api=self._api,
            endpoint=self._endpoint,
            clock=self._clock,
            revision=revision,
            applied=applied,
            former=former,
            report=report,
        )
        try:
            stages = rollout.wait()
        except SeldonNbError as error:
            if former is not None or error.code_id not in _GOES_ON:
                self._put_back(revision, former)
            raise
        return DeploymentStatus(revision=revision, state=State.ANSWERING, timeline=stages, url=self._endpoint.url(target))

    def _former(self, revision: Revision, now: Plain | None) -> Revision | None:
        """What serves now; refuses another's object and another base."""
        target = revision.target
        if now is not None and not kinds.is_ours(now):
            raise foreign(target, now, revision.model)
        former = revisions.live_revision(self._api, now) if now is not None else None
        found = former.number if former else 0
        if found == revision.number - 1:
            return former
        if former is not None and found == revision.number and former.plan_digest == revision.plan_digest:
            return revisions.read(self._api, target, found - 1)  # a step that was begun again
        raise fail(
            "SNB-220",
            target=str(target),
            planned=revision.number - 1,
            found=found,
            who=str(former.applied_by) if former else "",
            when=former.applied_at if former else "",
            model=former.model if former else "",
            ref=revision.model,
            namespace=target.namespace,
            diff="",
        )

    def _send(self, revision: Revision, now: Plain | None) -> Plain:
        """Server-side apply on top of what was seen; a conflict of fields that we had before is ours to settle."""
        document = revisions.stamped(revision)
        if now is not None:
            document["metadata"]["resourceVersion"] = now["metadata"]["resourceVersion"]
        target = revision.target
        try:
            return self._api.apply(kinds.SELDON, target.namespace, target.name, document, force=now is not None)
        except Refused as error:
            if error.status != 409:
                raise
        # The operator writes the object too: look again, and go on only if it is still the same revision.
        again = self._api.find(kinds.SELDON, target.namespace, target.name)
        if again is not None and not kinds.is_ours(again):
            raise foreign(target, again, revision.model)
        if (again is None) != (now is None) or (again is not None and now is not None and _stamp(again) != _stamp(now)):
            raise fail("SNB-224", target=str(target))
        document["metadata"].pop("resourceVersion", None)
        return self._api.apply(kinds.SELDON, target.namespace, target.name, document, force=True)

    def _put_back(self, failed: Revision, former: Revision | None) -> None:
        """What served before serves again, as a revision of its own; a first one goes.  Never hides why it failed."""
        target = failed.target
        with contextlib.suppress(SeldonNbError, Refused):
            now = self._api.find(kinds.SELDON, target.namespace, target.name)
            if now is None or not kinds.is_ours(now) or revisions.number_of(now) != failed.number:
                return  # somebody else went on meanwhile
            if former is None:
                self._api.delete(kinds.SELDON, target.namespace, target.name, uid=str(kinds.metadata(now)["uid"]))
                revisions.forget(self._api, failed)
                return
            again = replace(former, number=failed.number + 1)
            revisions.keep(self._api, again)
            self._api.apply(kinds.SELDON, target.namespace, target.name, revisions.stamped(again), force=True)

    def delete(self, target: Target) -> None:
        """Stop and forget; revisions stay. Does nothing if it is not there. Raises: SNB-535 if it is not ours."""
        document = self._api.find(kinds.SELDON, target.namespace, target.name)
        if document is None:
            return
        if not kinds.is_ours(document):
            raise foreign(target, document, "-")
        self._api.delete(kinds.SELDON, target.namespace, target.name, uid=str(kinds.metadata(document)["uid"]))


def foreign(target: Target, document: Mapping[str, Any], model: str) -> SeldonNbError:
    """SNB-535: the name is somebody else's."""
    return fail(
        "SNB-535",
        name=str(target),
        owner=kinds.owner_of(document),
        model=model,
        namespace=target.namespace,
        suggestion=f"{target.name[:60]}-2",
        deployment=target.name,
    )


def state_of(document: Mapping[str, Any], workloads: Iterable[Mapping[str, Any]]) -> tuple[State, tuple[StageStatus, ...]]:
    """One word and six stages from the object and its workloads alone; the object's own ``state`` is not believed."""
    loads = tuple(workloads)
    if kinds.metadata(document).get("deletionTimestamp"):
        return State.STOPPED, ()
    available = any((load.get("status") or {}).get("availableReplicas") for load in loads)
    if loads and settled(document, loads):
        return State.ANSWERING, tuple(StageStatus(stage, Progress.DONE) for stage in Stage)
    stuck = any(
        condition.get("type") == "Progressing" and condition.get("status") == "False"
        for load in loads
        for condition in (load.get("status") or {}).get("conditions") or ()
    )
    failed = (document.get("status") or {}).get("state") == "Failed" and not available
    state = State.STUCK if stuck or failed else State.UPDATING if available else State.STARTING
    done = (Stage.ACCEPTED,) if loads else ()
    return state, tuple(StageStatus(stage, Progress.DONE if stage in done else Progress.WAITING) for stage in Stage)


def _stamp(document: Mapping[str, Any]) -> tuple[int, str]:
    return revisions.number_of(document), str(kinds.annotations_of(document).get(marks.PLAN, ""))
