"""A close look at one deployment, by lists: how long each stage took, and what stands in its way if it does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from seldon_nb.cluster import kinds, revisions
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.kinds import Kind, Plain
from seldon_nb.cluster.refusals import Refused
from seldon_nb.cluster.rollout import facts_of
from seldon_nb.cluster.snapshot import Eyes, snapshot
from seldon_nb.diagnosis.diagnose import diagnose
from seldon_nb.diagnosis.stages import available_since
from seldon_nb.domain.deployment import DeploymentStatus, State, Target
from seldon_nb.domain.errors import SeldonNbError


@dataclass(frozen=True, slots=True)
class Lists:
    """Objects by their kind, as they were listed."""

    by_kind: Mapping[Kind, tuple[Plain, ...]]

    def items(self, kind: Kind) -> tuple[Plain, ...]:
        """All of a kind."""
        return self.by_kind.get(kind, ())


@dataclass(frozen=True, slots=True)
class Sight:
    """A deployment from afar: the SeldonDeployment, its workloads, and its status as far as these two tell."""

    document: Plain
    loads: tuple[Plain, ...]
    status: DeploymentStatus


def closely(api: Api, sight: Sight, *, now: float) -> DeploymentStatus:
    """The same deployment, with the times of its stages, and the one sentence about it if it is stuck.

    Two lists; for one that does not answer also the events of its namespace, its former revision and its failing logs.
    """
    document, loads, status = sight.document, sight.loads, sight.status
    if status.state is State.STOPPED:
        return status
    target, answers = status.target, status.state is State.ANSWERING
    objects = {
        kinds.SELDON: (document,),
        kinds.WORKLOAD: loads,
        kinds.REPLICA_SET: listed(api, kinds.REPLICA_SET, target),
        kinds.POD: listed(api, kinds.POD, target),
        kinds.EVENT: () if answers else _events(api, target.namespace),
    }
    former = None if answers else _former(api, document)
    eyes = replace(Eyes.of_revision(api, revisions.of_live(document), serving=former or ""), plan="")
    since = available_since(loads) if answers else 0.0
    seen = diagnose(snapshot(eyes, Lists(objects), now=now, answering=True if answers else None, answered_at=since))
    if answers:  # whoever may not see pods is told the stages without times
        took = {item.stage: item.took_ms for item in seen.stages}
        return replace(status, timeline=tuple(replace(item, took_ms=took[item.stage]) for item in status.timeline))
    state = State.STUCK if seen.stuck else status.state
    base = {"name": str(target), "namespace": target.namespace, "model": status.revision.model}
    facts = {**base, **facts_of(seen)} if seen.code else {}
    return replace(status, state=state, timeline=seen.stages, diagnosis=seen.code, diagnosis_facts=facts)


def _former(api: Api, document: Plain) -> str | None:
    """``fraud@2``: the version of the revision before this one."""
    target = revisions.of_live(document).target
    try:
        former = revisions.read(api, target, revisions.number_of(document) - 1)
    except (SeldonNbError, Refused):
        return None
    return former.model if former is not None else None


def listed(api: Api, kind: Kind, target: Target) -> tuple[Plain, ...]:
    """All of a kind that belongs to one deployment; nothing where we may not see it."""
    try:
        return api.every(kind, target.namespace, labels=f"{kinds.SELDON_ID}={target.name}").items
    except SeldonNbError as error:
        if error.code_id != "SNB-533":
            raise
        return ()


def _events(api: Api, namespace: str) -> tuple[Plain, ...]:
    try:
        return api.every(kinds.EVENT, namespace).items
    except (SeldonNbError, Refused):
        return ()
