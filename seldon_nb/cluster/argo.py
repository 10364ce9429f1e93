"""Workflows through Argo: one Workflow per plan, found again by its name; what its steps said is read off its nodes."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from seldon_nb import wire
from seldon_nb.cluster import kinds, revisions, visible
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.kinds import Plain
from seldon_nb.cluster.refusals import Refused, refusal
from seldon_nb.cluster.rollout import facts_of
from seldon_nb.cluster.serving import foreign
from seldon_nb.cluster.snapshot import Eyes, images_of, read_log, snapshot, source_of
from seldon_nb.cluster.watching import Watch
from seldon_nb.diagnosis.diagnose import diagnose
from seldon_nb.diagnosis.reading import created, moment
from seldon_nb.diagnosis.snapshot import Diagnosis
from seldon_nb.diagnosis.stages import available_since
from seldon_nb.domain import marks
from seldon_nb.domain.canonical import short
from seldon_nb.domain.codes import ALL
from seldon_nb.domain.deployment import Progress, Stage, StageStatus, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.workflow import Phase, Run, Step, StepStatus
from seldon_nb.ports import Clock, Report
from seldon_nb.render.argo import names, plan_map, workflow
from seldon_nb.steps.deploy import becoming

_LABEL = "workflows.argoproj.io/workflow"
_PHASES = {"": Phase.WAITING, "Pending": Phase.WAITING, "Running": Phase.RUNNING, "Succeeded": Phase.SUCCEEDED}
_PROGRESS = {"Running": Progress.RUNNING, "Succeeded": Progress.DONE, "Failed": Progress.FAILED, "Error": Progress.FAILED}
_LOOK_S = 2.0
#: Whoever takes up a run that nobody had begun gives Argo this long, however old the run is.
_PATIENCE_S = 10.0
_MOST_ATTEMPTS = 20
#: Values of a selector in one request: an address has room for some thousand characters.
_MOST_VALUES = 200
_ARGOS = re.compile(r"\A(time=.* argo=true\b|Error: exit status \d+\Z)")


class ArgoWorkflows:
    """Argo's workflows as the carriers of our plans.

    Args:
        render: the Workflow of a plan; the renderer's own if None.
    """

    def __init__(self, api: Api, clock: Clock, *, render: Callable[[Plan], Mapping[str, Any]] | None = None) -> None:
        self._api = api
        self._clock = clock
        self._render: Callable[[Plan], Mapping[str, Any]] = render or workflow

    # --- handing over -----------------------------------------------------------------------------------------------------------

    def submit(self, plan: Plan) -> Run:
        """Hand a plan over; the same plan a second time is the same run. One that ended without success is begun anew.

        Raises: SNB-533, SNB-534, SNB-535, SNB-537, SNB-341, SNB-333, SNB-347 and what else keeps it at the door.
        """
        target = Target(plan.spec.namespace, plan.spec.deployment, "cluster")
        self._api.named.add(target.namespace)
        began = self._clock.monotonic()
        there = self._api.find(kinds.SELDON, target.namespace, target.name, metadata_only=True)
        if there is not None and not kinds.is_ours(there):
            raise foreign(target, there, plan.spec.version.ref)
        try:
            self._keep(plan)
            document = json.loads(json.dumps(dict(self._render(plan))))
            return run_of(self._create(document, target))
        except Refused as error:
            raise refusal(error, target, plan.spec.version.ref, seconds=round(self._clock.monotonic() - began)) from error

    def _keep(self, plan: Plan) -> None:
        """The plan as an immutable ConfigMap, which the steps' containers mount."""
        try:
            self._api.create(kinds.CONFIG_MAP, plan.spec.namespace, plan_map(plan), repeatable=True)
        except Refused as error:
            if error.status != 409:  # the same digest is the same plan
                raise

    def _create(self, document: Plain, target: Target) -> Plain:
        """The plan's Workflow.  After one that ended without success comes the next attempt, so that no right to delete is needed."""
        first = str(document["metadata"]["name"])
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            name = names.attempt_name(first, attempt)
            document["metadata"]["name"] = name
            try:
                return self._api.create(kinds.WORKFLOW, target.namespace, document, repeatable=True)
            except Refused as error:
                if error.status != 409:
                    raise
            found = self._api.find(kinds.WORKFLOW, target.namespace, name)
            if found is not None and not kinds.is_ours(found):
                raise foreign(
                    Target(target.namespace, name, target.place), found, kinds.annotations_of(found).get(marks.MODEL, "-")
                )
            if found is not None and _phase(found) not in (Phase.FAILED, Phase.STOPPED):
                return found
        raise fail("SNB-224", target=str(target))

    # --- looking -----------------------------------------------------------------------------------------------------------------

    def run(self, plan_digest: str, target: Target) -> Run | None:
        """The latest attempt of a plan, or None."""
        labels = f"{marks.OURS},{marks.DEPLOYMENT}={target.name},{marks.PLAN}={short(plan_digest)}"
        found = self._api.every(kinds.WORKFLOW, target.namespace, labels=labels).items
        of_this = [item for item in found if kinds.annotations_of(item).get(marks.PLAN_DIGEST) == plan_digest]
        return run_of(max(of_this, key=age)) if of_this else None

    def runs(self, namespace: str = "") -> tuple[Run, ...]:
        """The latest run of every deployment, sorted by namespace and name; one list where a cluster-wide one is permitted.

        Runs that did not come to their end carry the revision that their plan becomes.
        """
        try:
            found = self._list(kinds.WORKFLOW, namespace, marks.OURS)
        except SeldonNbError as error:
            if namespace or error.code_id not in ("SNB-533", "SNB-537"):
                raise
            return ()  # whoever may only call deployments sees no workflows
        latest = {str(run.target): run for run in map(run_of, sorted(found, key=age))}
        plans = self._plans([run for run in latest.values() if run.phase is not Phase.SUCCEEDED], namespace)
        return tuple(_with_revision(latest[key], plans) for key in sorted(latest))

    def with_revisions(self, runs: Sequence[Run]) -> tuple[Run, ...]:
        """Runs with the revision that each one's plan becomes, where that can still be read."""
        plans = self._plans(runs, "") if runs else {}
        return tuple(_with_revision(run, plans) for run in runs)

    def _list(self, kind: kinds.Kind, namespace: str, labels: str) -> tuple[Plain, ...]:
        if namespace:
            return self._api.every(kind, namespace, labels=labels).items
        return visible.everywhere(self._api, kind, labels)

    def _plans(self, runs: Sequence[Run], namespace: str) -> dict[tuple[str, str], Plan]:
        """The plans of several runs by namespace and digest, in one list; those that are gone or may not be read are not among them."""
        digests = sorted({short(run.plan_digest) for run in runs})
        plans: dict[tuple[str, str], Plan] = {}
        for start in range(0, len(digests), _MOST_VALUES):
            labels = (
                f"{marks.OURS},{marks.KIND}={names.KIND_PLAN},{marks.PLAN} in ({','.join(digests[start : start + _MOST_VALUES])})"
            )
            with contextlib.suppress(SeldonNbError):
                for item in self._list(kinds.CONFIG_MAP, namespace, labels):
                    plan = _plan_in(item)
                    if plan is not None:
                        plans[str(kinds.metadata(item)["namespace"]), plan.digest] = plan
        return plans

    def follow(self, run: Run, report: Report) -> Run:
        """Tell every change of the six stages until the run ends; whoever follows may go away without harm."""
        eyes = self._eyes(run)
        told: tuple[StageStatus, ...] = ()
        began = self._clock.monotonic()
        with Watch(self._api, eyes.feeds()) as watch:
            watch.synced()
            begun = next(iter(watch.items(kinds.WORKFLOW)), None)
            eyes = replace(eyes, since=created(begun) if begun is not None else 0.0)
            version = -1
            while True:
                found = next(iter(watch.items(kinds.WORKFLOW)), None)
                now = run_of(found) if found is not None else run
                done = now.phase is Phase.SUCCEEDED
                answering, since = (True, available_since(watch.items(kinds.WORKLOAD))) if done else (None, 0.0)
                seen = diagnose(snapshot(eyes, watch, now=self._clock.now(), answering=answering, answered_at=since))
                stages = _all_done(seen.stages) if done else seen.stages
                if [(item.stage, item.progress) for item in stages] != [(item.stage, item.progress) for item in told]:
                    told = stages
                    report(stages)
                if now.ended or found is None:
                    return self._told(_with_pods(now, watch.items(kinds.POD)), seen) if found is not None else now
                waited = self._clock.monotonic() - began
                if seen.final and seen.stuck and seen.step is None and waited >= _PATIENCE_S:
                    return self._told(now, seen)  # nothing will take it up: Argo or its rights are lacking
                version = watch.wait(version, _LOOK_S)

    def stop(self, run: Run) -> Run:
        """End a run: its step ends, the report is still written, and what serves goes on serving."""
        try:
            found = self._api.patch(kinds.WORKFLOW, run.target.namespace, run.name, {"spec": {"shutdown": "Stop"}})
        except Refused as error:
            if error.status == 404:
                return run
            raise refusal(error, run.target, run.model) from error
        return run_of(found)

    def retry(self, plan: Plan) -> Run:
        """Begin a run that ended without success anew, from its first step: every step may be done twice."""
        return self.submit(plan)

    def logs(self, run: Run, step: Step, *, lines: int = 20) -> tuple[str, ...]:
        """The last lines of a step, without values; empty if nothing was written."""
        pods = self._api.every(kinds.POD, run.target.namespace, labels=f"{_LABEL}={run.name}").items
        for pod in pods:
            names = [str(item["name"]) for item in (pod.get("spec") or {}).get("containers") or ()]
            container = step.value if step.value in names else "main" if _is_pod_of(pod, step) else ""
            if container in names:
                raw = read_log(self._api, run.target.namespace, str(kinds.metadata(pod)["name"]), container, lines=lines + 20)
                # A coded error is told as such; Argo's own lines are nobody's word on the step.
                return tuple(line for line in raw if not line.startswith("{") and not _ARGOS.search(line))[-lines:]
        return ()

    # --- reading -----------------------------------------------------------------------------------------------------------------

    def _eyes(self, run: Run) -> Eyes:
        """What the plan of a run says should be seen; little is known if its ConfigMap is gone."""
        plan = _plan_in(self._api.find(kinds.CONFIG_MAP, run.target.namespace, names.plan_map_name(run.plan_digest)) or {})
        live = self._api.find(kinds.SELDON, run.target.namespace, run.target.name)
        serving = revisions.of_live(live) if live is not None and kinds.is_ours(live) else None
        if plan is None:
            return Eyes(api=self._api, target=run.target, model=run.model, workflow=run.name)
        document = plan.document("SeldonDeployment")
        former = serving.model if serving is not None and serving.plan_digest != plan.digest else ""
        return Eyes(
            api=self._api,
            target=run.target,
            model=plan.spec.version.ref,
            digest=plan.spec.version.digest,
            plan=run.plan_digest,
            images=images_of(document),
            serving=former,
            sources=(plan.spec.source.uri, plan.spec.source.secret) if plan.spec.source else source_of(document),
            workflow=run.name,
        )

    def _told(self, run: Run, seen: Diagnosis) -> Run:
        """The run with the one sentence of why it failed: the step's own word, else what was diagnosed."""
        if run.phase is Phase.SUCCEEDED:
            return run
        own = run.code not in ("", "SNB-541")
        code = run.code if own or not seen.stuck else seen.code
        base = {"name": str(run.target), "namespace": run.target.namespace, "model": run.model or "-", "workflow": run.name}
        facts = {**base, **(run.facts if own or not seen.stuck else facts_of(seen))}
        phase = run.phase if run.ended else Phase.FAILED
        return replace(run, phase=phase, code=code, facts=facts)


def _plan_in(config_map: Mapping[str, Any]) -> Plan | None:
    """The plan that a ConfigMap carries; None if it cannot be read."""
    try:
        return wire.loads(Plan, (config_map.get("data") or {}).get(names.PLAN_KEY, ""))
    except ValueError:
        return None


def _with_revision(run: Run, plans: Mapping[tuple[str, str], Plan]) -> Run:
    """The run with what its plan becomes, where that is known."""
    plan = plans.get((run.target.namespace, run.plan_digest))
    return run if plan is None else replace(run, revision=becoming(plan, by=plan.spec.requested_by, at=run.started_at))


def age(document: Mapping[str, Any]) -> tuple[str, int]:
    """Sorts by age; attempts of one second by their number, which makes the name longer or greater."""
    metadata = kinds.metadata(document)
    return str(metadata.get("creationTimestamp", "")), names.attempt_of(str(metadata["name"]))


def run_of(document: Mapping[str, Any]) -> Run:
    """A Workflow as a run."""
    metadata, status = kinds.metadata(document), document.get("status") or {}
    told = kinds.annotations_of(document)
    name = str(metadata["name"])
    deployment = kinds.labels_of(document).get(marks.DEPLOYMENT) or name.removeprefix("snb-").rpartition("-")[0]
    target = Target(str(metadata["namespace"]), str(deployment), "cluster")
    nodes = tuple((status.get("nodes") or {}).values())
    steps = _steps(nodes)
    phase = _phase(document)
    failed = next((item for item in steps if item.progress is Progress.FAILED), None)
    model = str(told.get(marks.MODEL, ""))
    base: dict[str, object] = {"name": str(target), "namespace": target.namespace, "model": model or "-", "workflow": name}
    code, facts = "", dict[str, object]()
    if phase is Phase.STOPPED:
        running = next((item.step.value for item in steps if item.progress is not Progress.DONE), "-")
        code, facts = "SNB-540", {**base, "step": running}
    elif phase is Phase.FAILED and failed is not None and failed.code:
        code, facts = failed.code, {**base, **failed.facts}
    elif phase is Phase.FAILED:
        why = str(status.get("message") or "-")
        code, facts = "SNB-541", {**base, "step": failed.step.value if failed else "-", "reason": why[:300]}
    return Run(
        target=target,
        name=name,
        plan_digest=str(told.get(marks.PLAN_DIGEST) or told.get(marks.PLAN) or ""),
        phase=phase,
        steps=steps,
        model=model,
        code=code,
        facts=facts,
        started_at=str(status.get("startedAt") or ""),
        finished_at=str(status.get("finishedAt") or ""),
    )


def _steps(nodes: tuple[Mapping[str, Any], ...]) -> tuple[StepStatus, ...]:
    """Every step by its node.

    Argo calls all containers of a pod running, and failed, from the pod's beginning to each one's end, also those that wait for another: a step begins
    when the one before it is done.
    """
    found: list[StepStatus] = []
    before, failed, ended = Progress.DONE, False, 0.0
    for step in Step:
        node = _node(step, nodes)
        told = _step(step, node, after=ended)
        waits = told.progress is Progress.RUNNING and before is not Progress.DONE
        if step is not Step.REPORT and (waits or (failed and told.progress is Progress.FAILED)):
            told = StepStatus(step=step)
        found.append(told)
        before, failed = told.progress, failed or told.progress is Progress.FAILED
        ended = moment(str((node or {}).get("finishedAt") or "")) or ended
    return tuple(found)


def _node(step: Step, nodes: tuple[Mapping[str, Any], ...]) -> Mapping[str, Any] | None:
    """The node of a step: a container of the set, or a pod of its own."""
    found = next((node for node in nodes if str(node.get("displayName", "")) == step.value), None)
    if found is None:
        found = next((node for node in nodes if node.get("templateName") == step.value and node.get("type") == "Pod"), None)
    return found


def _step(step: Step, node: Mapping[str, Any] | None, *, after: float) -> StepStatus:
    if node is None:
        return StepStatus(step=step)
    progress = _PROGRESS.get(str(node.get("phase", "")), Progress.WAITING)
    code, facts = coded(node) if progress is Progress.FAILED else ("", {})
    return StepStatus(step=step, progress=progress, took_ms=_took(node, after), code=code, facts=facts)


def coded(node: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    """The code and facts that a step left: in its message (the termination message) or in an output; empty if it left none."""
    texts = [str(node.get("message") or "")]
    outputs = node.get("outputs") or {}
    texts += [str(outputs.get("result") or ""), *(str(item.get("value") or "") for item in outputs.get("parameters") or ())]
    for text in texts:
        found = parse_coded(text)
        if found is not None:
            return found
    return "", {}


def _with_pods(run: Run, pods: tuple[Plain, ...]) -> Run:
    """The run with the word of a step's container, where the workflow's own nodes have none."""
    if run.phase is not Phase.FAILED or run.code != "SNB-541":
        return run
    for pod in pods:
        if kinds.labels_of(pod).get(_LABEL) != run.name:
            continue
        for container in (pod.get("status") or {}).get("containerStatuses") or ():
            ended = (container.get("state") or {}).get("terminated") or {}
            found = parse_coded(str(ended.get("message") or "")) if ended.get("exitCode") else None
            if found is not None:
                return replace(run, code=found[0], facts={**run.facts, **found[1]})
    return run


def parse_coded(text: str) -> tuple[str, dict[str, object]] | None:
    """``… {"code": "SNB-…", "facts": {…}} …`` anywhere in a text; only codes that we know, and facts that are text or whole numbers."""
    start = text.find('{"code"')
    if start < 0:
        return None
    try:
        told, _ = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return None
    facts = told.get("facts") or {}
    if told.get("code") not in ALL or not isinstance(facts, dict):
        return None
    return str(told["code"]), {str(key): value for key, value in facts.items() if type(value) in (str, int)}


def _phase(document: Mapping[str, Any]) -> Phase:
    status, spec = document.get("status") or {}, document.get("spec") or {}
    phase = str(status.get("phase") or "")
    if phase in _PHASES:
        return _PHASES[phase]
    stopped = spec.get("shutdown") in ("Stop", "Terminate") or "Stopped with strategy" in str(status.get("message") or "")
    return Phase.STOPPED if stopped else Phase.FAILED


def _took(node: Mapping[str, Any], after: float) -> int:
    began, ended = moment(str(node.get("startedAt") or "")), moment(str(node.get("finishedAt") or ""))
    began = max(began, after) if began else began
    return max(0, round((ended - began) * 1000)) if began and ended else 0


def _is_pod_of(pod: Mapping[str, Any], step: Step) -> bool:
    node = str(kinds.annotations_of(pod).get("workflows.argoproj.io/node-name", ""))
    return node.endswith((f".{step.value}", ".onExit")) if step is Step.REPORT else node.endswith(f".{step.value}")


def _all_done(stages: tuple[StageStatus, ...]) -> tuple[StageStatus, ...]:
    took = {item.stage: item.took_ms for item in stages}
    return tuple(StageStatus(stage, Progress.DONE, took.get(stage, 0)) for stage in Stage)
