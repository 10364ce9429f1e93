"""Once a container runs: memory, unpickling, crashes, and too little time."""

from __future__ import annotations

import re

from seldon_nb.diagnosis.case import Case
from seldon_nb.diagnosis.finding import Cause, Rule
from seldon_nb.diagnosis.lines import last_word, sentence
from seldon_nb.diagnosis.reading import Container, Event, condition, number, part, text
from seldon_nb.domain.deployment import Stage

_KILLED = re.compile(r"failed (?P<probe>liveness|startup) probe, will be restarted")
_CANNOT_RUN = ("RunContainerError", "CreateContainerError", "StartError", "ContainerCannotRun")
_ROOT = re.compile(r"container has runAsNonRoot and image will run as root|runAsNonRoot and image has non-numeric user")
_EXEC = re.compile(r'exec: "(?P<what>[^"]{1,120})": (?P<why>[\w $/:.-]{3,120})')
_KILL_EXITS = (137, 143)


def _stage(container: Container) -> Stage:
    return Stage.WEIGHTS if container.init else Stage.LOADED


def _runs_as_root(case: Case) -> Cause | None:
    """SNB-347: the image wants to be root and the document says that it may not; the machine refuses, not the API."""
    for container in case.containers:
        if container.waiting == "CreateContainerConfigError" and _ROOT.search(container.waiting_message):
            facts = {"level": "runAsNonRoot", "violations": f"{container.name}: {container.image}"}
            return Cause(code="SNB-347", facts=facts, stage=_stage(container), final=True)
    return None


def out_of_memory(case: Case) -> Cause | None:
    """SNB-332: the machine ended it because it took more than its limit."""
    for container in case.containers:
        failure = container.failure
        if failure is None or failure.reason != "OOMKilled":
            continue
        lived = max(0, int(failure.finished - failure.started)) if failure.started else 0
        limit = text(container.spec, "resources", "limits", "memory") or "-"
        facts = {"limit": limit, "times": max(1, container.failures), "seconds": lived}
        return Cause(code="SNB-332", facts=facts, stage=_stage(container), final=container.failures > 1, lines=container.key)
    return None


def unreadable(case: Case) -> Cause | None:
    """SNB-335: the model could not be read back; names the versions if anybody said them."""
    for container in case.servers:
        # A server may stay up without its model, so that the reason can be asked for: what it says then counts too.
        if container.ready or not (container.failure or case.lines(container)):
            continue
        told = case.told(container)
        if not told.unpickling:
            continue
        versions = "; ".join(f"{name}: model {was}, server {now or '-'}" for name, was, now in told.versions) or "-"
        facts = {"error_type": told.error_type or "-", "hint": sentence(told.hint) or "-", "versions": versions}
        return Cause(code="SNB-335", facts=facts, stage=Stage.LOADED, final=True, lines=container.key)
    return None


def too_early(case: Case) -> Cause | None:
    """SNB-340: it was still starting when a check of the cluster gave it up."""
    for container in case.servers:
        failure = container.failure
        killed = [event for event in case.events_about(container) if event.reason == "Killing" and _KILLED.search(event.message)]
        if failure is None or not killed or not _was_killed(failure.exit, failure.finished, killed):
            continue
        found = _KILLED.search(killed[-1].message)
        facts = {
            "probe": found["probe"] if found else "-",
            "seconds": max(0, int(failure.finished - failure.started)),
            "times": max(1, container.failures),
            "line": last_word(case.lines(container)),
        }
        return Cause(code="SNB-340", facts=facts, stage=Stage.LOADED, final=container.failures > 1, lines=container.key)
    return None


def _was_killed(exit_code: int, finished: float, killed: list[Event]) -> bool:
    """Whether it ended because of the check: by a signal, or tidily within the grace that it is given, never before it."""
    return exit_code in (0, *_KILL_EXITS) or any(-2 <= finished - event.last <= 35 for event in killed)


def crashed(case: Case) -> Cause | None:
    """SNB-339: it ends by itself; or it cannot be run at all."""
    for container in case.containers:
        if container.waiting in _CANNOT_RUN or (container.failure and container.failure.reason in _CANNOT_RUN):
            failure = container.failure
            said = container.waiting_message or (failure.message if failure else "")
            found = _EXEC.search(said)
            line = f"{found['what']}: {found['why'].strip()}" if found else "-"
            exit_code = failure.exit if failure else 128
            return _crash(container, exit_code, line, final=container.failures > 1)
    for container in case.containers:
        failure = container.failure
        if failure is None or (container.init and container.ended is not None and container.ended.exit == 0):
            continue
        line = last_word(case.lines(container)) if case.lines(container) else last_word(failure.message.splitlines())
        return _crash(container, failure.exit, line, final=container.failures > 1)
    return None


def _crash(container: Container, exit_code: int, line: str, *, final: bool) -> Cause:
    facts = {"part": container.name, "exit": exit_code, "times": max(1, container.failures), "line": line}
    return Cause(code="SNB-339", facts=facts, stage=_stage(container), final=final, lines=container.key)


def never_ready(case: Case) -> Cause | None:
    """SNB-348 for an update, SNB-340 for a first version: its time is over and nothing was seen that explains it."""
    late = [item for item in case.seen.workloads if text(condition(item, "Progressing"), "reason") == "ProgressDeadlineExceeded"]
    if not late or not case.newest or case.ready:
        return None
    seconds = number(part(late[0], "spec"), "progressDeadlineSeconds") or case.waited
    if case.serving:
        return Cause(code="SNB-348", facts={"seconds": seconds}, stage=Stage.LOADED, final=True)
    for container in case.servers:
        if container.running_since and not container.ready:
            line = last_word(case.lines(container))
            facts = {"probe": "readiness", "seconds": int(case.seen.now - container.running_since), "times": 1, "line": line}
            return Cause(code="SNB-340", facts=facts, stage=Stage.LOADED, final=True, lines=container.key)
    return None


RULES: tuple[Rule, ...] = (_runs_as_root, out_of_memory, unreadable, too_early, crashed, never_ready)
