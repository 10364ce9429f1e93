"""What is wrong with a Workflow, said without a cluster: the rules of Argo's own validation that documents like ours can break, and ours.

Not a replacement of ``argo lint``: it knows pods of containers (``container``, ``containerSet``) and graphs of them (``dag``), one syntax for
Argo 3.6 to 4.1, and the policy of this project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from seldon_nb.domain.canonical import canonical
from seldon_nb.domain.names import MAX_LABEL

Plain = Mapping[str, Any]


class Problem(NamedTuple):
    """Where, as a path, and what, in English for whoever writes documents."""

    path: str
    what: str


_TYPES = frozenset({"container", "containerSet", "script", "dag", "steps", "resource", "suspend", "http", "plugin", "data"})
_SPEC = frozenset(
    [
        "activeDeadlineSeconds",
        "affinity",
        "archiveLogs",
        "arguments",
        "artifactRepositoryRef",
        "automountServiceAccountToken",
        "entrypoint",
        "executor",
        "hooks",
        "imagePullSecrets",
        "metrics",
        "nodeSelector",
        "onExit",
        "parallelism",
        "podDisruptionBudget",
        "podGC",
        "podMetadata",
        "podPriorityClassName",
        "priority",
        "retryStrategy",
        "schedulerName",
        "securityContext",
        "serviceAccountName",
        "shutdown",
        "suspend",
        "synchronization",
        "templates",
        "tolerations",
        "ttlStrategy",
        "volumeClaimTemplates",
        "volumes",
        "workflowMetadata",
        "workflowTemplateRef",
    ]
)
_TEMPLATE = _TYPES | frozenset(
    [
        "activeDeadlineSeconds",
        "automountServiceAccountToken",
        "failFast",
        "initContainers",
        "inputs",
        "memoize",
        "metadata",
        "metrics",
        "name",
        "nodeSelector",
        "outputs",
        "parallelism",
        "priorityClassName",
        "retryStrategy",
        "securityContext",
        "serviceAccountName",
        "sidecars",
        "synchronization",
        "timeout",
        "tolerations",
        "volumes",
    ]
)
#: What 3.x had and 4 took away, and what there is instead.
_GONE = {"mutex": "mutexes", "semaphore": "semaphores", "schedule": "schedules", "ttlSecondsAfterFinished": "ttlStrategy"}
#: Each lets whoever writes a document out of the pod that the platform allowed.
_FORBIDDEN = frozenset(
    {"podSpecPatch", "hostNetwork", "hostPID", "hostIPC", "hostPath", "hostAliases", "plugin", "http", "hooks", "artifactGC"}
)
#: Argo's words that are known wherever a template runs; the last two only when the workflow has ended.
_WORDS = frozenset(
    {"workflow.name", "workflow.namespace", "workflow.uid", "workflow.creationTimestamp", "workflow.serviceAccountName"}
)
_AT_EXIT = frozenset({"workflow.status", "workflow.failures", "workflow.duration"})
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_FIELD_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*\Z")
_WORD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?\Z")
_DURATION = re.compile(r"([0-9]+(ns|us|ms|s|m|h))+\Z")
_LIMIT = 1 << 20


def lint(document: Plain) -> tuple[Problem, ...]:
    """Everything that is wrong with a Workflow; empty if nothing is."""
    return tuple(_problems(document))


def _problems(document: Plain) -> Iterator[Problem]:
    if document.get("kind") != "Workflow" or document.get("apiVersion") != "argoproj.io/v1alpha1":
        yield Problem("kind", "not a Workflow of argoproj.io/v1alpha1")
        return
    name = document.get("metadata", {}).get("name", "")
    if not _NAME.match(name) or len(name) > MAX_LABEL:
        yield Problem("metadata.name", "not a name of at most 63 characters")
    if len(canonical(document)) > _LIMIT:
        yield Problem("", "larger than 1 MiB")
    spec = document.get("spec", {})
    yield from _known(spec, _SPEC, "spec")
    templates = {item.get("name", ""): item for item in spec.get("templates", ())}
    if len(templates) != len(spec.get("templates", ())):
        yield Problem("spec.templates", "two templates have one name")
    for field in ("entrypoint", "onExit"):
        if (field == "entrypoint" or field in spec) and spec.get(field) not in templates:
            yield Problem(f"spec.{field}", "names no template")
    if not isinstance(spec.get("activeDeadlineSeconds"), int) or spec["activeDeadlineSeconds"] < 1:
        yield Problem("spec.activeDeadlineSeconds", "a workflow without a deadline waits for ever")
    delay = spec.get("podGC", {}).get("deleteDelayDuration")
    if delay is not None and not _DURATION.match(delay):
        yield Problem("spec.podGC.deleteDelayDuration", "not a duration")
    yield from _pod(spec.get("securityContext", {}))
    volumes = [item["name"] for item in spec.get("volumes", ())]
    if len(set(volumes)) != len(volumes):
        yield Problem("spec.volumes", "two volumes have one name")
    for name, template in templates.items():
        yield from _template(f"spec.templates[{name}]", template, templates, set(volumes), at_exit=name == spec.get("onExit"))
    yield from _anywhere(document, "")


def _template(path: str, template: Plain, templates: Plain, volumes: set[str], *, at_exit: bool) -> Iterator[Problem]:
    yield from _known(template, _TEMPLATE, path)
    if not _FIELD_NAME.match(template.get("name", "")):
        yield Problem(f"{path}.name", "not a template's name")
    kinds = sorted(_TYPES & template.keys())
    if len(kinds) != 1:
        yield Problem(path, f"exactly one kind of template is needed, not {len(kinds)}")
    if template.get("retryStrategy", {}).get("retryPolicy", "OnFailure") not in (
        "Always",
        "OnFailure",
        "OnError",
        "OnTransientError",
    ):
        yield Problem(f"{path}.retryStrategy.retryPolicy", "no such policy")
    inputs = {item["name"] for item in template.get("inputs", {}).get("parameters", ())}
    yield from _words(
        template, path, _WORDS | (_AT_EXIT if at_exit else frozenset()) | {f"inputs.parameters.{name}" for name in inputs}
    )
    if "container" in template:
        yield from _container(f"{path}.container", template["container"], volumes)
    if "containerSet" in template:
        containers = template["containerSet"].get("containers", ())
        yield from _graph(
            f"{path}.containerSet", {item["name"]: item.get("dependencies", ()) for item in containers}, len(containers)
        )
        shared = template["containerSet"].get("volumeMounts", ())
        yield from _mounts(f"{path}.containerSet", shared, volumes)
        for item in containers:
            where = f"{path}.containerSet[{item['name']}]"
            yield from _container(where, item, {mount["name"] for mount in shared})
            yield from _mounts(where, (*shared, *item.get("volumeMounts", ())), volumes)
    if "dag" in template:
        yield from _dag(f"{path}.dag", template["dag"].get("tasks", ()), templates)


def _dag(path: str, tasks: Sequence[Plain], templates: Plain) -> Iterator[Problem]:
    for task in tasks:
        where = f"{path}[{task['name']}]"
        if "depends" in task and "dependencies" in task:
            yield Problem(where, "depends and dependencies exclude each other")
        target = templates.get(task.get("template", ""))
        if target is None:
            yield Problem(f"{where}.template", "names no template")
            continue
        given = {item["name"] for item in task.get("arguments", {}).get("parameters", ())}
        for parameter in target.get("inputs", {}).get("parameters", ()):
            if not {"default", "value", "valueFrom"} & parameter.keys() and parameter["name"] not in given:
                yield Problem(where, f"the input {parameter['name']} is not given")
    yield from _graph(path, {task["name"]: _before(task) for task in tasks}, len(tasks))


def _before(task: Plain) -> tuple[str, ...]:
    """The tasks that a task waits for, by either field."""
    words = re.findall(r"[\w-]+(?:\.[A-Za-z]+)?", task.get("depends", ""))
    return (*task.get("dependencies", ()), *(word.partition(".")[0] for word in words))


def _graph(path: str, after: Mapping[str, Sequence[str]], count: int) -> Iterator[Problem]:
    if not after or len(after) != count:
        yield Problem(path, "empty, or two parts have one name")
    for name, needed in after.items():
        if not _FIELD_NAME.match(name):
            yield Problem(f"{path}[{name}]", "not a name")
        yield from (Problem(f"{path}[{name}]", f"waits for {item}, which is not there") for item in needed if item not in after)
    done: set[str] = set()
    left = set(after)
    while free := {name for name in left if not (set(after[name]) & after.keys()) - done}:
        done |= free
        left -= free
    if left:
        yield Problem(path, f"a circle: {', '.join(sorted(left))}")


def _container(path: str, item: Plain, volumes: set[str]) -> Iterator[Problem]:
    if not item.get("image") or not item.get("command"):
        yield Problem(path, "image and command are needed")
    context = item.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False or context.get("capabilities", {}).get("drop") != ["ALL"]:
        yield Problem(
            f"{path}.securityContext", "escalation forbidden and all capabilities dropped, or strict namespaces refuse it"
        )
    if context.get("readOnlyRootFilesystem") is not True or context.get("privileged"):
        yield Problem(f"{path}.securityContext", "its root is to be read only")
    yield from _mounts(path, item.get("volumeMounts", ()), volumes)
    variables = [entry["name"] for entry in item.get("env", ())]
    if len(set(variables)) != len(variables):
        yield Problem(f"{path}.env", "one variable is set twice")
    for part in ("requests", "limits"):
        for resource, amount in item.get("resources", {}).get(part, {}).items():
            if not _QUANTITY.match(str(amount)):
                yield Problem(f"{path}.resources.{part}.{resource}", "not a quantity")
    for field in ("command", "args"):
        if any("{{" in str(word) for word in item.get(field, ())):
            yield Problem(f"{path}.{field}", "a value written into a command may become a second one; use env")


def _mounts(path: str, mounts: Sequence[Plain], volumes: set[str]) -> Iterator[Problem]:
    """Of a container, or of a set: Argo gives a pod only those volumes that the set as a whole mounts."""
    mounted = [mount["mountPath"] for mount in mounts]
    if len(set(mounted)) != len(mounted):
        yield Problem(f"{path}.volumeMounts", "two mounts at one path")
    for mount in mounts:
        if mount["name"] not in volumes:
            yield Problem(f"{path}.volumeMounts", f"there is no volume {mount['name']} here")


def _pod(context: Plain) -> Iterator[Problem]:
    if context.get("runAsNonRoot") is not True or context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield Problem("spec.securityContext", "runAsNonRoot and seccomp RuntimeDefault are needed in strict namespaces")


def _known(body: Plain, fields: frozenset[str], path: str) -> Iterator[Problem]:
    yield from (Problem(f"{path}.{field}", "no such field") for field in sorted(body.keys() - fields))


def _words(value: Any, path: str, known: frozenset[str]) -> Iterator[Problem]:
    """Every ``{{…}}`` is one of Argo's words that is known there, and is not written between quotes of its own."""
    if isinstance(value, str):
        for word in _WORD.findall(value):
            if word.strip() not in known:
                yield Problem(path, f"{{{{{word}}}}} is not known here")
        if re.match(r"""["'].*\{\{.*["']\Z""", value, re.DOTALL):
            yield Problem(path, "quotes around {{…}} stay in the value")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _words(item, f"{path}.{key}", known)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _words(item, f"{path}[{index}]", known)


def _anywhere(value: Any, path: str) -> Iterator[Problem]:
    """Fields that are wrong wherever they stand, and whole numbers where Argo wants text is left to the server."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            where = f"{path}.{key}".lstrip(".")
            if key in _GONE:
                yield Problem(where, f"gone since Argo 4; use {_GONE[key]}")
            if key in _FORBIDDEN:
                yield Problem(where, "not allowed in a workflow of this project")
            if key not in ("env", "labels", "annotations"):
                yield from _anywhere(item, where)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _anywhere(item, f"{path}[{index}]")
