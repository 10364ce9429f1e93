"""The wait after an apply: until the pods of this very revision answer through the route that callers take.

``status.state`` of a SeldonDeployment says ``Available`` for a moment after every update, and ``Creating`` for ever after a broken one, so it is
never asked.  What counts is what the workloads say, and then an answer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.cluster.kinds import Plain
from seldon_nb.cluster.snapshot import Eyes, snapshot
from seldon_nb.cluster.watching import Feed, Watch, whole
from seldon_nb.diagnosis.diagnose import diagnose
from seldon_nb.diagnosis.reading import applied
from seldon_nb.diagnosis.snapshot import Diagnosis
from seldon_nb.domain import marks
from seldon_nb.domain.deployment import Progress, Revision, Stage, StageStatus
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.ports import Clock, Report
from seldon_nb.render.mlserver import node_name
from seldon_nb.render.seldon import names

#: Answers in a row that are asked for; a Service may still lead to a former pod for a moment.
ROUNDS = 3
#: Seconds beyond the document's own deadline.
GRACE_S = 30.0
#: Seconds that a route is given to be known on every machine.
ROUTE_S = 2.0
_LOOK_S = 1.0
#: How much of a log goes along with an error: it travels in a termination message.
_LINES, _LINE = 5, 110


class Rollout:
    """One wait for one revision.

    Args:
        applied: the SeldonDeployment as the API server gave it back.
        former: what served before, if anything did.
    """

    def __init__(
        self,
        *,
        api: Api,
        endpoint: ClusterEndpoint,
        clock: Clock,
        revision: Revision,
        applied: Plain,
        former: Revision | None,
        report: Report,
    ) -> None:
        self._api = api
        self._endpoint = endpoint.afresh()
        self._clock = clock
        self._revision = revision
        self._applied = applied
        self._former = former
        self._report = report
        self._told: tuple[StageStatus, ...] = ()

    def wait(self) -> tuple[StageStatus, ...]:
        """The stages, all done.

        Raises: the diagnosed code, once it is final or the deadline is over; SNB-348 if a former version answers and no cause was seen.
        """
        began = applied(self._applied, marks.US) or self._clock.now()
        deadline = self._clock.monotonic() + deadline_s(self._revision.document) + GRACE_S
        eyes = Eyes.of_revision(self._api, self._revision, serving=self._former.model if self._former else "", since=began)
        routes = Feed(
            kind=kinds.ENDPOINTS,
            namespace=self._revision.target.namespace,
            labels=f"kubernetes.io/service-name={names.service(self._revision.document)}",
            reduce=whole,
            optional=True,
        )
        with contextlib.closing(self._endpoint), Watch(self._api, (*eyes.feeds(), routes)) as watch:
            watch.synced()
            version, led_since = -1, None
            while True:
                ready = self._is_ready(watch)
                led_since = (led_since or self._clock.monotonic()) if ready else None
                # kube-proxy gathers changes for a second before it writes them; only an update has an older route.
                settled_s = ROUTE_S if self._former is not None else 0.0
                answering = led_since is not None and self._clock.monotonic() - led_since >= settled_s and self._answers()
                seen = diagnose(snapshot(eyes, watch, now=self._clock.now(), answering=answering))
                if answering:
                    return self._done(seen)
                self._tell(seen.stages)
                if seen.final and seen.stuck:
                    raise self._failure(seen)
                left = deadline - self._clock.monotonic()
                if left <= 0:
                    raise self._failure(seen)
                version = watch.wait(version, min(left, 0.2 if ready else _LOOK_S))

    def _is_ready(self, watch: Watch) -> bool:
        """Whether the workloads run this revision, nothing older is left to answer, and the route leads to what is left."""
        pods = watch.items(kinds.POD)
        document = self._revision.document
        return (
            settled(self._applied, watch.items(kinds.WORKLOAD), document)
            and _only_new(pods, document)
            and leads_to(watch.items(kinds.ENDPOINTS), pods)
        )

    def _answers(self) -> bool:
        """Whether the route gives this revision's readiness, several times in a row."""
        path = ready_path(self._revision.document)
        for _ in range(ROUNDS):
            try:
                answer = self._endpoint.ask(self._revision.target, path, None, None, timeout_s=5.0)
            except SeldonNbError as error:
                if error.code_id in ("SNB-302", "SNB-307", "SNB-531", "SNB-538"):
                    return False
                raise
            if answer.status != 200:
                return False
        return True

    def _tell(self, stages: tuple[StageStatus, ...]) -> None:
        if [(item.stage, item.progress) for item in stages] != [(item.stage, item.progress) for item in self._told]:
            self._told = stages
            self._report(stages)

    def _done(self, seen: Diagnosis) -> tuple[StageStatus, ...]:
        stages = tuple(StageStatus(item.stage, Progress.DONE, item.took_ms) for item in seen.stages) or tuple(
            StageStatus(stage, Progress.DONE) for stage in Stage
        )
        self._tell(stages)
        return stages

    def _failure(self, seen: Diagnosis) -> SeldonNbError:
        target = self._revision.target
        facts = {"name": str(target), "namespace": target.namespace, "model": self._revision.model, **facts_of(seen)}
        if self._former is not None and not seen.stuck:
            seconds = round(deadline_s(self._revision.document))
            return fail("SNB-348", **{**facts, "serving": self._former.model, "seconds": seconds})
        return fail(seen.code or "SNB-346", **facts)


def facts_of(seen: Diagnosis) -> dict[str, object]:
    """The facts of a diagnosis, and beside them where it stands, what answers meanwhile, and the last lines that may be shown."""
    stage = next((item.stage.value for item in seen.stages if item.progress is Progress.FAILED), "")
    more = {"stage": stage, "serving": seen.serving, "log": "\n".join(line[:_LINE] for line in seen.log[-_LINES:])}
    return {**seen.facts, **{name: fact for name, fact in more.items() if fact}}


def settled(
    applied: Mapping[str, Any], workloads: Iterable[Mapping[str, Any]], document: Mapping[str, Any] | None = None
) -> bool:
    """Whether every workload of a deployment runs what its document says, in full number, and nothing older.

    Args:
        applied: the live SeldonDeployment.
        document: what it must run; its own if None.
    """
    wanted = document if document is not None else applied
    by_name = {str(kinds.metadata(load).get("name", "")): load for load in workloads}
    for predictor in wanted["spec"]["predictors"]:
        parts: tuple[Mapping[str, Any], ...] = tuple(predictor.get("componentSpecs") or ({},))
        for index, part in enumerate(parts):
            containers = names.pods(predictor)[index]
            chosen = (part.get("metadata") or {}).get("name")
            name = names.deployment_name(
                kinds.metadata(wanted)["name"], predictor["name"], index, (chosen,) if chosen else containers
            )
            load = by_name.get(name)
            if load is None or not rolled_out(load) or not runs(load["spec"]["template"], part):
                return False
    return True


def rolled_out(load: Mapping[str, Any]) -> bool:
    """Whether a workload's controller has seen its latest wish and every replica is new and available."""
    status, replicas = load.get("status") or {}, (load.get("spec") or {}).get("replicas", 1)
    return bool(
        status.get("observedGeneration", 0) >= kinds.metadata(load).get("generation", 0)
        and status.get("updatedReplicas", 0) == replicas
        and status.get("replicas", 0) == replicas
        and status.get("availableReplicas", 0) == replicas
        and replicas > 0
    )


def runs(template: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    """Whether a pod template holds what one ``componentSpecs`` entry says: containers by name, with image, command, arguments and environment.

    The operator adds to both, so what it added does not count; what was asked and is not there does.
    """
    pod = template.get("spec") or {}
    for which in ("initContainers", "containers"):
        there = {item["name"]: item for item in pod.get(which) or ()}
        for asked in (part.get("spec") or {}).get(which) or ():
            found = there.get(asked["name"])
            if found is None or any(asked.get(key) and asked[key] != found.get(key) for key in ("image", "command", "args")):
                return False
            env = {item["name"]: item.get("value") for item in found.get("env") or ()}
            if any("value" in item and (env.get(item["name"]) or "") != (item["value"] or "") for item in asked.get("env") or ()):
                return False
    return True


def _only_new(pods: Iterable[Mapping[str, Any]], document: Mapping[str, Any]) -> bool:
    """Whether no pod of another template still answers: each that is not ending runs what the document says."""
    parts: list[Mapping[str, Any]] = []
    for predictor in document["spec"]["predictors"]:
        parts += predictor.get("componentSpecs") or [{}]
    return all(
        kinds.metadata(pod).get("deletionTimestamp")
        or (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded")
        or any(runs(pod, part) for part in parts)
        for pod in pods
    )


def leads_to(routes: Iterable[Mapping[str, Any]], pods: Iterable[Mapping[str, Any]]) -> bool:
    """Whether every ready address of a route is a pod that is not ending; where we may not see routes, nothing is held against it."""
    living = {str(kinds.metadata(pod).get("name")) for pod in pods if not kinds.metadata(pod).get("deletionTimestamp")}
    ready = [
        str((address.get("targetRef") or {}).get("name", ""))
        for route in routes
        for address in route.get("endpoints") or ()
        if (address.get("conditions") or {}).get("ready")
    ]
    return all(name in living for name in ready)


def ready_path(document: Mapping[str, Any]) -> str:
    """What to ask: the readiness of the very version, where the document names one to its server and nothing stands between."""
    from seldon_nb.codecs.ready import ready_path as of_protocol

    node = node_name(document)
    predictor = document["spec"]["predictors"][0]
    if document["spec"].get("protocol") == "v2" and (predictor.get("annotations") or {}).get("seldon.io/no-engine") == "true":
        for part in predictor.get("componentSpecs") or ():
            for container in (part.get("spec") or {}).get("containers") or ():
                env = {item["name"]: item.get("value") for item in container.get("env") or ()}
                if container["name"] == node and env.get("MLSERVER_MODEL_VERSION"):
                    return f"/v2/models/{node}/versions/{env['MLSERVER_MODEL_VERSION']}/ready"
    return of_protocol(document)


def deadline_s(document: Mapping[str, Any]) -> float:
    """Seconds that the document gives its pods to start."""
    return float(max((int(item.get("progressDeadlineSeconds") or 600) for item in document["spec"]["predictors"]), default=600))
