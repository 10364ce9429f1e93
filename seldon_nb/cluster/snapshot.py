"""Gathering what diagnosis looks at: everything about one deployment, from watches, and logs only where something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.kinds import Kind, Plain
from seldon_nb.cluster.refusals import Refused
from seldon_nb.cluster.watching import Feed, whole
from seldon_nb.diagnosis.reading import applied, told_of
from seldon_nb.diagnosis.snapshot import Snapshot
from seldon_nb.domain import marks
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.errors import SeldonNbError

LINES = 20
_WORKFLOW_LABEL = "workflows.argoproj.io/workflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """What to look at, and what is known beforehand.

    Attributes:
        plan: digest of the plan that should live; empty if the deployment as it stands is meant.
        workflow: name of the workflow that carries the plan; empty where nobody looks at one.
        since: from when on to look, in seconds since the epoch; 0 for what the deployment itself says.
        sources: (address of the files, the Secret that opens them), as the document says.
    """

    api: Api
    target: Target
    model: str = ""
    digest: str = ""
    plan: str = ""
    images: Mapping[str, str] = field(default_factory=dict)
    serving: str = ""
    sources: tuple[str, str] = ("", "")
    workflow: str = ""
    since: float = 0.0
    logs: dict[tuple[str, str, int], tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of_revision(cls, api: Api, revision: Revision, *, serving: str = "", since: float = 0.0, workflow: str = "") -> Eyes:
        """For a revision that was applied."""
        return cls(
            api=api,
            target=revision.target,
            model=revision.model,
            digest=revision.model_digest,
            plan=revision.plan_digest,
            images=images_of(revision.document),
            serving=serving,
            sources=source_of(revision.document),
            workflow=workflow,
            since=since,
        )

    def feeds(self) -> tuple[Feed, ...]:
        """One watch per kind; the workflow's only if there is one."""
        where = self.target.namespace
        own = f"{kinds.SELDON_ID}={self.target.name}"
        feeds = [
            Feed(
                kind=kinds.SELDON,
                namespace=where,
                fields=f"metadata.name={self.target.name}",
                reduce=whole,
                optional=bool(self.workflow),
            ),
            Feed(kind=kinds.WORKLOAD, namespace=where, labels=own, reduce=whole, optional=True),
            Feed(kind=kinds.REPLICA_SET, namespace=where, labels=own, reduce=whole, optional=True),
            Feed(kind=kinds.POD, namespace=where, labels=own, reduce=whole, optional=True),
            Feed(kind=kinds.EVENT, namespace=where, reduce=whole, optional=True),
        ]
        if self.workflow:
            feeds.append(Feed(kind=kinds.WORKFLOW, namespace=where, fields=f"metadata.name={self.workflow}", reduce=whole))
            feeds.append(
                Feed(kind=kinds.POD, namespace=where, labels=f"{_WORKFLOW_LABEL}={self.workflow}", reduce=whole, optional=True)
            )
        return tuple(feeds)


class Seen(Protocol):
    """Objects as they were last seen."""

    def items(self, kind: Kind) -> tuple[Plain, ...]:
        """All of a kind."""


def snapshot(eyes: Eyes, watch: Seen, *, now: float, answering: bool | None, answered_at: float = 0.0) -> Snapshot:
    """What was seen at this moment."""
    every = watch.items(kinds.POD)
    pods = tuple(pod for pod in every if kinds.labels_of(pod).get(kinds.SELDON_ID) == eyes.target.name)
    steps = tuple(pod for pod in every if eyes.workflow and kinds.labels_of(pod).get(_WORKFLOW_LABEL) == eyes.workflow)
    deployment = next(iter(watch.items(kinds.SELDON)), None)
    return Snapshot(
        now=now,
        namespace=eyes.target.namespace,
        name=eyes.target.name,
        deployment=deployment,
        workloads=watch.items(kinds.WORKLOAD),
        replica_sets=watch.items(kinds.REPLICA_SET),
        pods=pods,
        events=tuple(event for event in watch.items(kinds.EVENT) if _concerns(event, eyes)),
        workflow=next(iter(watch.items(kinds.WORKFLOW)), None),
        workflow_pods=steps,
        logs=dict(_logs(eyes, (*pods, *steps))),
        expected_model=eyes.model,
        expected_digest=eyes.digest,
        expected_plan=eyes.plan,
        expected_images=eyes.images,
        serving_model=eyes.serving,
        source=eyes.sources[0],
        secret=eyes.sources[1],
        operator_seen=operator_seen(deployment),
        argo_seen=None,
        answering=answering,
        answered_at=answered_at,
        applied_at=eyes.since,
    )


def _concerns(event: Mapping[str, Any], eyes: Eyes) -> bool:
    """Whether an event is about the deployment or one of its objects: theirs begin with its name, or are a hash of one."""
    name = str((event.get("involvedObject") or {}).get("name", ""))
    own = re.match(rf"{re.escape(eyes.target.name)}(-|\Z)|seldon-[0-9a-f]{{32}}", name)
    return bool(own) or bool(eyes.workflow and name.startswith(eyes.workflow))


def _logs(eyes: Eyes, pods: tuple[Plain, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Last lines of containers that ended badly or were started again; read once per start."""
    for pod in pods:
        status = pod.get("status") or {}
        for container in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
            restarts = int(container.get("restartCount") or 0)
            state = container.get("state") or {}
            ended = (state.get("terminated") or {}).get("exitCode", 0) != 0
            if not restarts and not ended:
                continue
            name = str(kinds.metadata(pod)["name"])
            key = (str(kinds.metadata(pod).get("uid", name)), str(container["name"]), restarts)
            if key not in eyes.logs:
                eyes.logs[key] = read_log(eyes.api, eyes.target.namespace, name, key[1], previous=bool(restarts) and not ended)
            yield f"{name}/{key[1]}", eyes.logs[key]


def read_log(
    api: Api, namespace: str, pod: str, container: str, *, previous: bool = False, lines: int = LINES
) -> tuple[str, ...]:
    """The last lines of a container; empty if there are none or we may not read them."""
    try:
        return log_lines(api, namespace, pod, container, previous=previous, lines=lines)
    except SeldonNbError:
        return ()


def log_lines(
    api: Api, namespace: str, pod: str, container: str, *, previous: bool = False, lines: int = LINES
) -> tuple[str, ...]:
    """The last lines of a container; empty if there are none (yet). Raises: SNB-533 if we may not read them."""
    params = {
        "container": container,
        "tailLines": str(lines),
        "limitBytes": "65536",
        **({"previous": "true"} if previous else {}),
    }
    try:
        return tuple(api.text(kinds.POD.path(namespace, pod, "log"), params=params).splitlines()[-lines:])
    except Refused:
        return ()


def operator_seen(deployment: Mapping[str, Any] | None) -> bool | None:
    """Whether somebody wrote a status into the deployment since we applied it: that is the operator's doing and nobody else's."""
    if deployment is None or not deployment.get("status"):
        return None
    ours, told = applied(deployment, marks.US), told_of(deployment)
    first = kinds.metadata(deployment).get("generation", 1) == 1
    return True if first or not ours or told > ours else None


def images_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The images that a document asks for, by container."""
    return {
        container["name"]: container["image"]
        for predictor in document["spec"]["predictors"]
        for part in predictor.get("componentSpecs") or ()
        for which in ("initContainers", "containers")
        for container in (part.get("spec") or {}).get(which) or ()
        if container.get("image")
    }


def source_of(document: Mapping[str, Any]) -> tuple[str, str]:
    """Where the first predictor's initializer reads from, and the Secret it uses; the graph's own words if there is no such initializer."""
    predictor = document["spec"]["predictors"][0]
    graph = predictor["graph"]
    address, secret = graph.get("modelUri", ""), graph.get("envSecretRefName", "")
    for part in predictor.get("componentSpecs") or ():
        for container in (part.get("spec") or {}).get("initContainers") or ():
            env = {item["name"]: item.get("value") for item in container.get("env") or ()}
            address = env.get("SNB_SOURCE") or address
            secret = next((item["secretRef"]["name"] for item in container.get("envFrom") or () if item.get("secretRef")), secret)
    return address, secret
