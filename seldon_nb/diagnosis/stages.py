"""The six stages of one version, from what its objects say; Kubernetes tells times in whole seconds."""

from __future__ import annotations

from collections.abc import Iterable

from seldon_nb.diagnosis.case import Case
from seldon_nb.diagnosis.reading import Container, condition, containers_of, created, holds, moment, name_of, text
from seldon_nb.diagnosis.snapshot import Plain
from seldon_nb.domain.code import N_
from seldon_nb.domain.deployment import Progress, Stage, StageStatus

#: What is waited for in each stage, for SNB-346.
WAITS = {
    Stage.ACCEPTED: N_("it is being taken up."),
    Stage.PLACED: N_("a machine is being chosen."),
    Stage.IMAGE: N_("the server's image is being fetched."),
    Stage.WEIGHTS: N_("the model's files are being fetched."),
    Stage.LOADED: N_("the server loads the model."),
    Stage.ANSWERING: N_("the server is ready; its route is being asked."),
}

Spans = dict[Stage, tuple[float, float]]


def stages(case: Case, failed: Stage | None) -> tuple[StageStatus, ...]:
    """All six in order; ``failed`` is the one where a cause stands."""
    # What ran before is taken over by some updates; its times are not this version's.
    spans = {stage: tuple(max(at, case.began) if at else 0.0 for at in span) for stage, span in _spans(case).items()}
    found: list[StageStatus] = []
    running = False
    order = list(Stage)
    for stage in order:
        began, ended = spans.get(stage, (0.0, 0.0))
        if failed is not None and order.index(stage) < order.index(failed):
            progress = Progress.DONE  # it came as far as where it stands
        elif stage is failed:
            progress, running = Progress.FAILED, True
        elif ended:
            progress = Progress.DONE
        elif began and not running and failed is None:
            progress, running = Progress.RUNNING, True
        else:
            progress = Progress.WAITING
        until = (ended or began) if progress is Progress.DONE else case.seen.now
        took = max(0, round((until - began) * 1000)) if began and progress is not Progress.WAITING else 0
        found.append(StageStatus(stage, progress, took))
    return tuple(found)


def available_since(workloads: Iterable[Plain]) -> float:
    """When the last of the workloads said that all of its new pods answer, in seconds since the epoch; 0 if one has not."""
    said = [condition(item, "Progressing") for item in workloads]
    times = [moment(text(item, "lastUpdateTime")) for item in said if text(item, "reason") == "NewReplicaSetAvailable"]
    return max(times) if times and len(times) == len(said) else 0.0


def current(found: tuple[StageStatus, ...]) -> Stage:
    """The first stage that is not done."""
    return next((item.stage for item in found if item.progress is not Progress.DONE), Stage.ANSWERING)


def _spans(case: Case) -> Spans:
    """When each stage began and ended, in seconds since the epoch; 0 for what has not happened."""
    spans: Spans = {Stage.ACCEPTED: (case.began or case.seen.now, 0.0)}
    taken = max((created(item) for item in case.newest), default=0.0) or max((created(pod) for pod in case.pods), default=0.0)
    if not taken:
        return spans
    spans[Stage.ACCEPTED] = (case.began or taken, taken)
    spans[Stage.PLACED] = (taken, 0.0)
    pod = _furthest(case.pods)
    placed = moment(text(condition(pod, "PodScheduled"), "lastTransitionTime")) if pod and holds(pod, "PodScheduled") else 0.0
    if pod is None or not placed:
        return spans
    spans[Stage.PLACED] = (taken, placed)
    return _in_pod(case, pod, spans, placed)


def _in_pod(case: Case, pod: Plain, spans: Spans, placed: float) -> Spans:
    containers = containers_of(pod)
    init = [item for item in containers if item.init]
    main = [item for item in containers if not item.init]
    first = min((item.started for item in containers if item.began), default=0.0)
    if first:  # a container that was started again tells its latest start only; its first one is in the events
        said = [event.first for event in case.events if event.name == name_of(pod) and event.reason == "Started"]
        first = min([first, *(at for at in said if at >= placed)])
    spans[Stage.IMAGE] = (placed, first)
    if not first:
        return spans
    fetched = _fetched(init)
    spans[Stage.WEIGHTS] = (first, fetched or (first if not init else 0.0))
    if init and not fetched:
        return spans
    loading = min((item.started for item in main if item.began), default=0.0)
    if not loading:
        spans[Stage.IMAGE] = (placed, 0.0 if any(item.waiting for item in main) and _pulls(main) else first)
        spans[Stage.LOADED] = (fetched or first, 0.0)
        return spans
    ready = moment(text(condition(pod, "Ready"), "lastTransitionTime")) if holds(pod, "Ready") else 0.0
    spans[Stage.LOADED] = (loading, ready)
    if ready:
        answered = max(case.seen.answered_at, ready) if case.seen.answered_at else case.seen.now
        spans[Stage.ANSWERING] = (ready, answered if case.seen.answering else 0.0)
    return spans


def _fetched(init: list[Container]) -> float:
    """When the last of them ended well; 0 if one has not."""
    ended = [item.ended.finished for item in init if item.ended is not None and item.ended.exit == 0]
    return max(ended) if init and len(ended) == len(init) else 0.0


def _pulls(main: list[Container]) -> bool:
    return any("Image" in item.waiting for item in main)


def _furthest(pods: tuple[Plain, ...]) -> Plain | None:
    """The pod that is closest to an answer; the oldest of equals."""
    return max(
        reversed(pods), key=lambda pod: (holds(pod, "Ready"), holds(pod, "Initialized"), holds(pod, "PodScheduled")), default=None
    )
