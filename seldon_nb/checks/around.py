"""What stands around a deployment in a cluster: its name, the person's rights, the gateway, the images, the engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import PINNED, cluster, in_cluster
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.code import Severity
from seldon_nb.domain.namespace import PlaceSettings, Right
from seldon_nb.domain.plan import Finding, Server
from seldon_nb.render.runtimes import RUNTIMES

#: Without these nothing can be handed over; all others are for looking.
_NEEDED = frozenset({"configmaps", "workflows.argoproj.io"})
_CHANGING = frozenset({"create", "patch", "update"})
_ENGINES = ("argo", "seldon")
_STARTS_BY_DEFAULT = 600  # seconds: the operator's own progressDeadlineSeconds


def free_name(plan: PlanContext) -> Iterator[Finding]:
    """The name is free, or ours."""
    if plan.namespace is not None and plan.namespace.owner:
        yield finding(plan, "SNB-243", "metadata.name", owner=plan.namespace.owner)


def rights(plan: PlanContext) -> Iterator[Finding]:
    """The person may do what an apply does; where only looking is refused, it is a warning."""
    if plan.namespace is None or not plan.in_cluster:
        return
    for right in plan.namespace.rights:
        if not right.allowed:
            subject = f"right to {right.verb} {right.resource}"
            found = finding(plan, "SNB-244", subject, verb=right.verb, resource=right.resource)
            needed = right.resource in _NEEDED and right.verb in _CHANGING
            yield found if needed else replace(found, severity=Severity.WARN)


def access(plan: PlanContext) -> Iterator[Finding]:
    """Something in front of the endpoint asks who calls, as far as anybody could look."""
    if plan.namespace is None or not plan.in_cluster or "settings" in plan.namespace.unread:
        return
    if not plan.namespace.settings.gateway:
        yield finding(plan, "SNB-245", "gateway")


def pinned(plan: PlanContext) -> Iterator[Finding]:
    """Where data is protected, images are named by their digest."""
    if plan.namespace is None or not plan.in_cluster:
        return
    ceiling = plan.namespace.ceiling
    if not (plan.spec.classification.is_protected or (ceiling is not Classification.UNKNOWN and ceiling.is_protected)):
        return
    loose = dict.fromkeys(
        container.image
        for pod in plan.pods
        for container in (*pod.inits, *pod.containers)
        if container.image and "@sha256:" not in container.image
    )
    if loose:
        yield finding(plan, "SNB-246", "images", found=", ".join(loose))


def engines(plan: PlanContext) -> Iterator[Finding]:
    """The cluster has Argo and Seldon, as far as anybody could look."""
    if plan.namespace is None or not plan.in_cluster or not plan.namespace.engines:
        return
    missing = [name for name in _ENGINES if name not in plan.namespace.engines]
    if missing:
        yield finding(plan, "SNB-247", "engines", missing=", ".join(missing))


def patience(plan: PlanContext) -> Iterator[Finding]:
    """A start is given up later than it may take."""
    if plan.deployment is None:
        return
    for index, predictor in enumerate(plan.deployment.spec.predictors):
        deadline = predictor.progress_deadline_seconds
        deadline = _STARTS_BY_DEFAULT if deadline is None else deadline
        for container in predictor.containers:
            probe = container.startup_probe
            if probe is None:
                continue
            failures = 3 if probe.failure_threshold is None else probe.failure_threshold
            start = (probe.initial_delay_seconds or 0) + (probe.period_seconds or 10) * failures
            if start > deadline:
                path = f"spec.predictors[{index}].progressDeadlineSeconds"
                yield finding(plan, "SNB-248", path, deadline=deadline, name=container.name, start=start)


def layout(plan: PlanContext) -> Iterator[Finding]:
    """A server that reads files in a layout of its own gets such files; nobody here can look."""
    runtime = RUNTIMES[plan.spec.server]
    if runtime.layout:
        yield finding(plan, "SNB-249", "server", server=runtime.server.value, layout=runtime.layout)


def _impatient(seconds: int) -> PlanContext:
    document = cluster().document
    hasty = {**document, "spec": {**document["spec"], "predictors": [dict(document["spec"]["predictors"][0])]}}
    hasty["spec"]["predictors"][0]["progressDeadlineSeconds"] = seconds
    return cluster(document=hasty)


RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-243",
        source="what others made is never taken over",
        check=free_name,
        allowed=cluster,
        denied=lambda: cluster(owner="argocd"),
    ),
    Rule(
        code="SNB-244",
        source="SelfSubjectAccessReview",
        check=rights,
        allowed=lambda: cluster(rights=(Right("create", "workflows.argoproj.io", allowed=True),)),
        denied=lambda: cluster(rights=(Right("create", "workflows.argoproj.io", allowed=False),)),
    ),
    Rule(
        code="SNB-245",
        source="Seldon's routes are open to whoever reaches the gateway",
        check=access,
        allowed=cluster,
        denied=lambda: cluster(settings=PlaceSettings()),
    ),
    Rule(
        code="SNB-246",
        source="a tag can be moved, a digest cannot",
        check=pinned,
        allowed=cluster,
        denied=lambda: cluster(spec=in_cluster(image="")),
    ),
    Rule(
        code="SNB-247",
        source="the cluster's own list of what it knows",
        check=engines,
        allowed=cluster,
        denied=lambda: cluster(engines=("seldon",)),
    ),
    Rule(
        code="SNB-248",
        source="the operator calls it failed when it is no longer progressing",
        check=patience,
        allowed=lambda: _impatient(120),
        denied=lambda: _impatient(60),
    ),
    Rule(
        code="SNB-249",
        source="layouts of Triton, TensorFlow Serving and Hugging Face",
        check=layout,
        allowed=cluster,
        denied=lambda: cluster(spec=in_cluster(server=Server.TRITON, image=PINNED.format("triton"))),
    ),
)
