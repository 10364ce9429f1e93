"""From a plan to its Argo workflow and the ConfigMap that carries it: the same plan gives the same bytes.

One pod does check → package → deploy → smoke-test, because these share their rights and a pod costs about as much as all four; ``report``
has a pod of its own, because it must run whatever became of the first.  One syntax for Argo 3.6 to 4.1: lists where there were single
fields, nothing that 4 took away.

Nothing of a plan is written into a command or a parameter: the plan lies in a file, and the few values that a step needs before it can
read it come by environment.  The pod of the steps is not tried again: a lost machine may still be at work, and two at once would undo each
other.
"""

from __future__ import annotations

from typing import Any

from seldon_nb.domain import marks
from seldon_nb.domain.canonical import canonical, short
from seldon_nb.domain.classification import LABEL_KEY
from seldon_nb.domain.errors import fail
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.workflow import Step
from seldon_nb.render.argo import names
from seldon_nb.render.argo.step import PLAN_DIR, TMP_DIR, WORK_DIR, Mount, Room, StepSpec, container, mount, pod_security
from seldon_nb.render.seldon import sizes
from seldon_nb.render.seldon.initializer import CLAIM_DIR, STEP_IMAGE, claim_of

API_VERSION = "argoproj.io/v1alpha1"
SERVICE_ACCOUNT = "snb-deployer"
APPLY = "apply"
#: What a ConfigMap may hold, all keys together.
MAP_LIMIT = 1 << 20

_MIB = 1 << 20
_KEPT_AFTER_SUCCESS_S = 86_400
_KEPT_AFTER_FAILURE_S = 604_800
_ROOM_S = 300  # finding a machine and an image for the steps themselves
_REPORT_S = 300
_ASKED = 3  # how often the live check asks
_SLOW_MIB_S = 5

#: Measured: the catalogue's client takes 170 MiB, pandas 110, the rest 60.
_ROOMS = {
    Step.CHECK: Room(memory="192Mi"),
    Step.PACKAGE: Room(memory="192Mi"),
    Step.DEPLOY: Room(memory="96Mi", memory_limit="256Mi"),
    Step.SMOKE_TEST: Room(memory="192Mi"),
    Step.REPORT: Room(memory="96Mi", memory_limit="256Mi"),
}
#: Resolving, fetching and compressing wheels.
_PACKING = Room(cpu="500m", memory="512Mi", memory_limit="2Gi")
_PACKING_S = 600
#: The Secret with the settings of the mirror of Python packages (``UV_DEFAULT_INDEX``, ``SNB_CA``…), where a platform team made one.
PACKAGES = "snb-packages"


def workflow(plan: Plan) -> dict[str, Any]:
    """The Workflow of a plan, complete; sent twice, the second is refused as already there."""
    spec = plan.spec
    image = spec.step_image or STEP_IMAGE
    chain = [_step(plan, step, after) for step, after in _CHAIN]
    report = _report(plan)
    return {
        "apiVersion": API_VERSION,
        "kind": "Workflow",
        "metadata": {
            "name": names.workflow_name(spec.deployment, plan.digest),
            "namespace": spec.namespace,
            "labels": labels(plan, names.KIND_APPLY),
            "annotations": {
                marks.PLAN_DIGEST: plan.digest,
                marks.MODEL: spec.version.ref,
                marks.REQUESTED_BY: spec.requested_by.name,
            },
        },
        "spec": {
            "entrypoint": APPLY,
            "onExit": Step.REPORT.value,
            "serviceAccountName": spec.service_account or SERVICE_ACCOUNT,
            "automountServiceAccountToken": False,
            "activeDeadlineSeconds": deadline_s(plan),
            "archiveLogs": False,
            "podGC": {"strategy": "OnPodSuccess", "deleteDelayDuration": "10m"},
            "ttlStrategy": {"secondsAfterSuccess": _KEPT_AFTER_SUCCESS_S, "secondsAfterFailure": _KEPT_AFTER_FAILURE_S},
            "synchronization": {"mutexes": [{"name": names.mutex_name(spec.deployment)}]},
            "securityContext": pod_security(),
            "podMetadata": {
                "labels": {**labels(plan, names.KIND_APPLY), "sidecar.istio.io/inject": "false"},
            },
            "volumes": _volumes(plan),
            "templates": [
                {
                    "name": APPLY,
                    "automountServiceAccountToken": True,
                    # Argo looks for a pod's volumes in the mounts of the set alone, and gives these to every container of it.
                    "containerSet": {
                        "volumeMounts": [mount(item) for item in _mounts(plan)],
                        "containers": [{**container(step, image), **_after(step)} for step in chain],
                    },
                },
                {
                    "name": report.name,
                    "automountServiceAccountToken": True,
                    "activeDeadlineSeconds": _REPORT_S,
                    # Adding a record is its last act, so one that failed has added none.
                    "retryStrategy": {"limit": "2", "retryPolicy": "Always", "backoff": {"duration": "5s", "factor": "2"}},
                    "container": {key: value for key, value in container(report, image).items() if key != "name"},
                },
            ],
        },
    }


def plan_map(plan: Plan) -> dict[str, Any]:
    """The immutable ConfigMap that carries a plan to its steps.

    Raises:
        SNB-560: it is too large for one.
    """
    from seldon_nb.wire import dumps

    text = dumps(plan)
    size = len(text.encode())
    if size > MAP_LIMIT:
        raise fail("SNB-560", ref=plan.spec.version.ref, namespace=plan.spec.namespace, size=size, limit=MAP_LIMIT)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "immutable": True,
        "metadata": {
            "name": names.plan_map_name(plan.digest),
            "namespace": plan.spec.namespace,
            "labels": labels(plan, names.KIND_PLAN),
            "annotations": {marks.PLAN_DIGEST: plan.digest},
        },
        "data": {names.PLAN_KEY: text},
    }


def to_bytes(document: dict[str, Any]) -> bytes:
    """A document as the one byte sequence of its meaning."""
    return canonical(document)


def labels(plan: Plan, kind: str) -> dict[str, str]:
    """The labels of everything that belongs to one plan."""
    return {
        marks.MANAGED_BY: marks.US,
        LABEL_KEY: plan.spec.classification.effective.value,
        marks.DEPLOYMENT: plan.spec.deployment,
        marks.KIND: kind,
        marks.PLAN: short(plan.digest),
    }


def deadline_s(plan: Plan) -> int:
    """Seconds after which the workflow is given up: the rollout's own, the files once more, the questions, and room for the steps' pod."""
    fetch = -(-plan.spec.version.size // (_SLOW_MIB_S * _MIB))
    packing = _PACKING_S if plan.spec.environment else 0
    return sizes.deadline_s(plan.spec.version) + fetch + packing + _ASKED * plan.spec.timeout_s + _ROOM_S


def _step(plan: Plan, step: Step, after: tuple[Step, ...]) -> StepSpec:
    source = plan.spec.source if step is Step.PACKAGE else None
    claims = (("SNB_CLAIMS", CLAIM_DIR),) if source is not None and claim_of(source) else ()
    return StepSpec(
        name=step.value,
        command=_command(step),
        env=tuple(sorted((*_env(plan), *claims))),
        env_from=(source.secret,) if source is not None and source.secret else (),
        env_from_any=(PACKAGES,) if step is Step.PACKAGE and plan.spec.environment else (),
        room=_PACKING if step is Step.PACKAGE and plan.spec.environment else _ROOMS[step],
        after=tuple(item.value for item in after),
    )


def _mounts(plan: Plan) -> tuple[Mount, ...]:
    """What the four steps share."""
    mounts = (Mount("plan", PLAN_DIR, read_only=True), Mount("work", WORK_DIR), Mount("tmp", TMP_DIR))
    claim = claim_of(plan.spec.source) if plan.spec.source is not None else ""
    return (*mounts, Mount("claim", f"{CLAIM_DIR}/{claim}", read_only=True)) if claim else mounts


def _report(plan: Plan) -> StepSpec:
    """The exit handler sees nothing of the other pod but these two words of Argo's."""
    told = (("SNB_FAILURES", "{{workflow.failures}}"), ("SNB_STATUS", "{{workflow.status}}"))
    return StepSpec(
        name=Step.REPORT.value,
        command=_command(Step.REPORT),
        env=tuple(sorted((*_env(plan), *told))),
        mounts=(Mount("plan", PLAN_DIR, read_only=True), Mount("tmp", TMP_DIR)),
        room=_ROOMS[Step.REPORT],
    )


_CHAIN: tuple[tuple[Step, tuple[Step, ...]], ...] = (
    (Step.CHECK, ()),
    (Step.PACKAGE, (Step.CHECK,)),
    (Step.DEPLOY, (Step.PACKAGE,)),
    (Step.SMOKE_TEST, (Step.DEPLOY,)),
)


def _command(step: Step) -> tuple[str, ...]:
    return ("python", "-m", "seldon_nb.job", step.value)


def _env(plan: Plan) -> tuple[tuple[str, str], ...]:
    values = {
        "HOME": TMP_DIR,
        "PYTHONUNBUFFERED": "1",
        "SNB_PLAN": f"{PLAN_DIR}/{names.PLAN_KEY}",
        "SNB_PLAN_DIGEST": plan.digest,
        "SNB_WORK": WORK_DIR,
    }
    if plan.spec.tracking_uri:
        values["MLFLOW_TRACKING_URI"] = plan.spec.tracking_uri
    return tuple(sorted(values.items()))


def _volumes(plan: Plan) -> list[dict[str, Any]]:
    volumes: list[dict[str, Any]] = [
        {"name": "plan", "configMap": {"name": names.plan_map_name(plan.digest)}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "8Gi" if plan.spec.environment else "1Gi"}},
        {"name": "work", "emptyDir": {"sizeLimit": _work_size(plan)}},
    ]
    claim = claim_of(plan.spec.source) if plan.spec.source is not None else ""
    if claim:
        volumes.append({"name": "claim", "persistentVolumeClaim": {"claimName": claim, "readOnly": True}})
    return volumes


def _work_size(plan: Plan) -> str:
    """Room for the model's files while they are brought and once more while they are put in place, in steps of 256 MiB."""
    mib = -(-2 * plan.spec.version.size // _MIB) + 256
    return f"{-(-mib // 256) * 256}Mi"


def _after(step: StepSpec) -> dict[str, Any]:
    return {"dependencies": list(step.after)} if step.after else {}
