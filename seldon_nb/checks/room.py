"""Room: whether what is left of the namespace's quotas holds the new pods beside what runs, and the steps that bring them there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil

from seldon_nb.checks import made
from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.quantities import amount, written
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import cluster, in_cluster, revision
from seldon_nb.domain.code import Severity
from seldon_nb.domain.namespace import NamespaceFacts, QuotaChange, QuotaLine
from seldon_nb.domain.plan import Finding
from seldon_nb.render.seldon import names
from seldon_nb.render.seldon.objects import Container, Resources, SeldonDeployment

Asked = dict[str, Fraction]

#: What the steps of an apply ask for while they run, beside the deployment itself: one pod of four containers.
STEPS = {"pods": "1", "requests.cpu": "200m", "requests.memory": "672Mi", "limits.memory": "1792Mi", "configmaps": "2"}
#: What the step that packs a model's own packages asks for beyond the same step without.
PACKING = {"requests.cpu": "450m", "requests.memory": "320Mi", "limits.memory": "1536Mi"}
#: The workflow engine's own containers beside the steps: they say what they need only if whoever runs the engine settled it, or the namespace fills the gap.
_ENGINES_OWN = "init, wait"
_SURGE = Fraction(1, 4)  # the operator's rolling update: a quarter more, none less
_SHORT = {"cpu": "requests.cpu", "memory": "requests.memory", "ephemeral-storage": "requests.ephemeral-storage"}
_COUNTED = ("cpu", "memory", "ephemeral-storage")
_NOTHING = Resources()
#: The one of the engine's own containers that runs as long as the steps do.
_BESIDE = Container(name="wait")


def fits(plan: PlanContext) -> Iterator[Finding]:
    """The deployment and the steps that bring it fit into what is left."""
    if plan.namespace is None or not plan.namespace.quota or plan.deployment is None:
        return
    needed = _needed(plan, plan.namespace)
    for line in plan.namespace.quota:
        need = needed.get(_resource(line))
        free = _free(line)
        if need and free is not None and need > free:
            yield finding(
                plan,
                "SNB-241",
                f"quota {line.resource}",
                resource=line.resource,
                need=written(need, line.resource),
                free=written(max(free, Fraction(0)), line.resource),
                hard=line.hard,
                used=line.used,
                quota=line.quota or "–",
            )


def says_enough(plan: PlanContext) -> Iterator[Finding]:
    """Whatever a quota counts is said of every container, by the document or by the namespace's defaults."""
    if plan.namespace is None:
        return
    for line in plan.namespace.quota:
        side, _, kind = _resource(line).partition(".")
        if side not in ("requests", "limits") or kind not in _COUNTED:
            continue
        for pod in plan.pods:
            silent = [
                container.name
                for container in (*pod.inits, *pod.containers)
                if kind not in _sides(container, plan.namespace)[side == "limits"]
            ]
            if silent:
                facts = {"quota": line.quota or "–", "resource": line.resource, "found": ", ".join(silent)}
                yield finding(plan, "SNB-242", pod.path, **facts)
    yield from _engines_own(plan, plan.namespace)


def _engines_own(plan: PlanContext, facts: NamespaceFacts) -> Iterator[Finding]:
    """What Argo adds to the steps' pod, which nobody can see from here: a warning."""
    if not plan.in_cluster:
        return
    requests, limits = _sides(_BESIDE, facts)
    counted = [(line, *_resource(line).partition(".")[::2]) for line in facts.quota]
    silent = [
        (line.quota or "–", line.resource)
        for line, side, kind in counted
        if side in ("requests", "limits") and kind in _COUNTED and kind not in (limits if side == "limits" else requests)
    ]
    if silent:
        told = {
            "quota": silent[0][0],
            "resource": ", ".join(dict.fromkeys(resource for _, resource in silent)),
            "found": _ENGINES_OWN,
        }
        yield replace(finding(plan, "SNB-242", "workflow", **told), severity=Severity.WARN)


def changes(plan: PlanContext) -> tuple[QuotaChange, ...]:
    """What the plan does to each line of the namespace's quotas that it touches; nothing where there are none, or it changes nothing."""
    if plan.namespace is None or not plan.namespace.quota or plan.deployment is None:
        return ()
    needed, more = _needed(plan, plan.namespace), _lasting(plan, plan.namespace)
    return tuple(_changes(plan.namespace.quota, needed, more))


def _changes(quota: Iterable[QuotaLine], needed: Asked, more: Asked) -> Iterator[QuotaChange]:
    for line in quota:
        resource = _resource(line)
        hard, used = _amount(line.hard), _amount(line.used)
        if hard is None or used is None or not (needed.get(resource) or more.get(resource)):
            continue
        after = max(used + more.get(resource, Fraction(0)), Fraction(0))
        peak = max(used + needed.get(resource, Fraction(0)), after)
        yield QuotaChange(
            resource=resource,
            hard=line.hard,
            used=line.used,
            after=written(after, resource),
            peak=written(peak, resource),
            quota=line.quota,
            fits=peak <= hard,
        )


def _lasting(plan: PlanContext, facts: NamespaceFacts) -> Asked:
    """What is used more (or less) than now when all is done."""
    if plan.live is not None and dict(plan.live.document) == dict(plan.document):
        return {}
    more: Asked = {"configmaps": amount(STEPS["configmaps"])}
    former = tuple(_former(plan))
    for sign, group in ((1, plan.pods), (-1, former)):
        for pod in group:
            _add(more, {name: sign * value * pod.replicas for name, value in _of_pod(pod, facts).items()})
    _add(more, {"count/deployments.apps": Fraction(len(plan.pods) - len(former))})
    before = names.services(plan.live.document) if plan.live is not None else ()
    _add(more, {"services": Fraction(len(names.services(plan.document)) - len(before))})
    return more


def _needed(plan: PlanContext, facts: NamespaceFacts) -> Asked:
    """What must be free, by resource: the most that is used at once, beyond what is used now."""
    if plan.live is not None and dict(plan.live.document) == dict(plan.document):
        return {}
    needed: Asked = {name: amount(value) for name, value in STEPS.items()}
    _add(needed, _of_container(_BESIDE, facts))
    if plan.spec.environment is not None:
        _add(needed, {name: amount(value) for name, value in PACKING.items()})
    former = {pod.workload: pod for pod in _former(plan)}
    for pod in plan.pods:
        _add(needed, _peak(pod, former.get(pod.workload), facts))
    known = set(former)
    _add(needed, {"count/deployments.apps": Fraction(len({pod.workload for pod in plan.pods} - known))})
    _add(needed, {"count/replicasets.apps": Fraction(len(plan.pods))})
    services = set(names.services(plan.document))
    if plan.live is not None:
        services -= set(names.services(plan.live.document))
    _add(needed, {"services": Fraction(len(services))})
    return needed


def _peak(pod: made.Pod, former: made.Pod | None, facts: NamespaceFacts) -> Asked:
    """What a rolling update needs beyond what runs: none of the former pods goes before a new one is ready."""
    each = _of_pod(pod, facts)
    if former is None:
        return {name: value * pod.replicas for name, value in each.items()}
    before = _of_pod(former, facts)
    surge = ceil(pod.replicas * _SURGE)
    first = max(pod.replicas + surge - former.replicas, 0)
    return {
        name: max(
            each.get(name, Fraction(0)) * first,
            each.get(name, Fraction(0)) * pod.replicas + before.get(name, Fraction(0)) * (surge - former.replicas),
            Fraction(0),
        )
        for name in {**each, **before}
    }


def _of_pod(pod: made.Pod, facts: NamespaceFacts) -> Asked:
    """One pod: the sum of its containers, or the largest of its initializers if that is more."""
    asked: Asked = {"pods": Fraction(1)}
    for container in pod.containers:
        _add(asked, _of_container(container, facts))
    for container in pod.inits:
        for name, value in _of_container(container, facts).items():
            asked[name] = max(asked.get(name, Fraction(0)), value)
    return asked


def _of_container(container: Container, facts: NamespaceFacts) -> Asked:
    requests, limits = _sides(container, facts)
    found = {f"requests.{name}": value for name, value in requests.items()}
    return found | {f"limits.{name}": value for name, value in limits.items()}


def _sides(container: Container, facts: NamespaceFacts) -> tuple[Asked, Asked]:
    """Requests and limits as the cluster completes them: a limit of one's own is also the request, then come the namespace's defaults."""
    own = container.resources or _NOTHING
    limits = {**_read(dict(facts.default_limits)), **_read(own.limits)}
    default = {**_read(dict(facts.default_limits)), **_read(dict(facts.default_requests))}
    return {**default, **_read(own.limits), **_read(own.requests)}, limits


def _read(amounts: Mapping[str, int | str]) -> Asked:
    found = {name: _amount(text) for name, text in amounts.items()}
    return {name: value for name, value in found.items() if value is not None}


def _amount(text: int | str) -> Fraction | None:
    try:
        return amount(text)
    except ValueError:  # the cluster refuses it by itself
        return None


def _former(plan: PlanContext) -> Iterable[made.Pod]:
    if plan.live is None:
        return ()
    try:
        return made.pods(SeldonDeployment.from_document(plan.live.document), plan.live.document)
    except ValueError:
        return ()


def _resource(line: QuotaLine) -> str:
    name = line.resource
    plain = name.removeprefix("count/") if name in ("count/pods", "count/services", "count/configmaps") else name
    return _SHORT.get(plain, plain)


def _free(line: QuotaLine) -> Fraction | None:
    hard, used = _amount(line.hard), _amount(line.used)
    return None if hard is None or used is None else hard - used


def _add(total: Asked, more: Mapping[str, Fraction]) -> None:
    for name, value in more.items():
        total[name] = total.get(name, Fraction(0)) + value


def _quota(resource: str, hard: str, used: str = "0") -> tuple[QuotaLine, ...]:
    return (QuotaLine(resource, hard, used, "compute"),)


def _update(free: str) -> PlanContext:
    """A fifth revision over a fourth that takes 512Mi."""
    live = revision(replace(in_cluster(), timeout_s=30))
    return cluster(live=live, quota=_quota("requests.memory", free))


RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-241",
        source="ResourceQuota; the operator updates with a quarter more and none less",
        check=fits,
        allowed=lambda: _update("1184Mi"),
        denied=lambda: _update("1183Mi"),
    ),
    Rule(
        code="SNB-242",
        source="ResourceQuota refuses what does not say how much it needs",
        check=says_enough,
        allowed=lambda: cluster(quota=_quota("limits.cpu", "8"), default_limits=(("cpu", "1"),)),
        denied=lambda: cluster(quota=_quota("requests.memory", "8Gi")),
    ),
)
