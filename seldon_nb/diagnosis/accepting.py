"""Before there is a pod: nobody took it up, somebody refused it, or no machine has room."""

from __future__ import annotations

import re

from seldon_nb.diagnosis.case import Case
from seldon_nb.diagnosis.finding import Cause, Rule
from seldon_nb.diagnosis.reading import Event, condition, created, moment, number, text, uid_of
from seldon_nb.diagnosis.refusals import explain_refusal
from seldon_nb.domain.code import N_
from seldon_nb.domain.deployment import Stage

_ASLEEP_S = 30  # the recorded operator writes its first status after 0.4 s
_GONE_S = 5  # if it is known not to run
_GIVEN_UP_S = 60  # another instance takes over within a minute
_COMING_S = 5  # a machine that is starting, or one whose former pod is leaving
_NODES = re.compile(
    r"0/(?P<nodes>\d+) nodes are available:? ?(?P<reasons>[^\n]*?)(?:\. preemption:|\. no new claims|$)", re.IGNORECASE
)
_CLAIM = re.compile(r'persistentvolumeclaim "(?P<claim>[^"]+)" (?P<why>not found|bound to non-existent)')
_UNBOUND = "unbound immediate PersistentVolumeClaims"
_TRANSIENT = ("the object has been modified", "not found in cache", "AlreadyExists", "already exists")


def operator_asleep(case: Case) -> Cause | None:
    """SNB-342: no status at all, or a change that nobody made true."""
    document = case.seen.deployment
    if document is None or not case.is_applied or case.newest or case.pods or case.seen.operator_seen is True:
        return None
    if text(document, "status", "state") == "Failed":
        return None
    patience = _GONE_S if case.seen.operator_seen is False else _ASLEEP_S
    untouched = not text(document, "status", "state")
    unchanged = bool(case.seen.workloads) and not case.newest and _controllers_caught_up(case)
    if case.waited < patience or not (untouched or unchanged):
        return None
    reason = N_("Seldon's operator has not answered.") if untouched else N_("Seldon's operator has not carried out the change.")
    final = case.waited >= _GIVEN_UP_S
    return Cause(code="SNB-342", facts={"seconds": case.waited, "reason": reason}, stage=Stage.ACCEPTED, final=final)


def _controllers_caught_up(case: Case) -> bool:
    return all(
        number(item, "status", "observedGeneration") >= number(item, "metadata", "generation") for item in case.seen.workloads
    )


def operator_refused(case: Case) -> Cause | None:
    """SNB-341: the operator tried, and says why it could not."""
    document = case.seen.deployment
    if document is None or text(document, "status", "state") != "Failed" or case.newest or not case.is_applied:
        return None
    said = text(document, "status", "description")
    if not said or any(word in said for word in _TRANSIENT):
        return None
    code, facts = explain_refusal(said)
    if code == "SNB-341" and facts["whose"] == "Kubernetes":
        facts["whose"] = "Seldon"
    return Cause(code=code, facts=facts, stage=Stage.ACCEPTED, final=case.waited >= _COMING_S)


def pod_refused(case: Case) -> Cause | None:
    """SNB-333, SNB-341, SNB-347: quota, a policy, a webhook or the namespace's safety rules refuse the pod."""
    said, since = case.refusal()
    if not said:
        return None
    code, facts = explain_refusal(said)
    lasting = not since or case.seen.now - since >= _COMING_S
    if code == "SNB-533":  # nobody's fault who deploys: the controller itself lacks a right
        code, facts = "SNB-341", {"whose": "RBAC", "rule": f"{facts['who']}: {facts['verb']} {facts['resource']}"}
    return Cause(code=code, facts=facts, stage=Stage.PLACED, final=lasting)


def no_claim(case: Case) -> Cause | None:
    """SNB-336: the volume that holds the model is not there; the scheduler says it, not the volume's controller."""
    for said in _unscheduled(case):
        found = _CLAIM.search(said)
        if found or _UNBOUND in said:
            source = f"pvc://{found['claim']}" if found and case.source == "-" else case.source
            reason = N_("the namespace has no such volume.") if found else N_("the volume is not there yet: nothing provides it.")
            return Cause(code="SNB-336", facts={"source": source, "reason": reason}, stage=Stage.PLACED, final=bool(found))
    return None


def no_room(case: Case) -> Cause | None:
    """SNB-334: no machine takes it; one that is about to come does not count."""
    waiting = [pod for pod in case.pods if text(condition(pod, "PodScheduled"), "status") == "False"]
    for pod in waiting:
        told = condition(pod, "PodScheduled")
        since = moment(text(told, "lastTransitionTime")) or created(pod)
        if text(told, "reason") != "Unschedulable" or case.seen.now - since < _COMING_S or _triggered(case, pod):
            continue
        said = text(told, "message")
        found = _NODES.search(said)
        nodes = int(found["nodes"]) if found else 0
        reasons = (found["reasons"] if found else said).strip().rstrip(".") or "-"
        return Cause(
            code="SNB-334",
            facts={"seconds": int(case.seen.now - since), "nodes": nodes, "reasons": reasons},
            stage=Stage.PLACED,
        )
    return None


def _triggered(case: Case, pod: object) -> Event | None:
    """The word of an autoscaler that a machine is coming, in the last ten minutes."""
    uid = uid_of(pod) if isinstance(pod, dict) else ""
    coming = [
        item for item in case.events if item.reason == "TriggeredScaleUp" and item.uid == uid and case.seen.now - item.last < 600
    ]
    return coming[-1] if coming else None


def _unscheduled(case: Case) -> list[str]:
    return [
        text(condition(pod, "PodScheduled"), "message")
        for pod in case.pods
        if text(condition(pod, "PodScheduled"), "status") == "False"
    ]


RULES: tuple[Rule, ...] = (operator_refused, operator_asleep, pod_refused, no_claim, no_room)
