"""The workflow: nobody began it, a step cannot report, a step failed with a code, or the time is over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seldon_nb.diagnosis.case import Case
from seldon_nb.diagnosis.finding import Cause, Rule
from seldon_nb.diagnosis.lines import coded_line
from seldon_nb.diagnosis.reading import Container, containers_of, created, moment, name_of, number, part, text, value
from seldon_nb.diagnosis.refusals import explain_refusal
from seldon_nb.diagnosis.snapshot import Plain
from seldon_nb.domain.codes import ALL
from seldon_nb.domain.workflow import Step

_ABSENT_S = 20  # the controller's own word comes within a second or two
_GIVEN_UP_S = 30  # whoever waits need not: the workflow is kept
_GONE_S = 5
_NO_RESULTS = re.compile(
    r'workflowtaskresults(?:\.argoproj\.io)?.{0,80}?is forbidden: User "(?P<who>[^"]+)" cannot (?P<verb>\w+)', re.DOTALL
)
_NO_RESULTS_SHORT = re.compile(r"workflowtaskresults.{0,200}forbidden", re.DOTALL)
_DEADLINE = re.compile(
    r"exceeded its deadline|deadline exceeded|active on the node longer than the specified deadline", re.IGNORECASE
)
_WAIT_EXIT = 64
_BAD = ("Failed", "Error")


def cannot_report(case: Case) -> Cause | None:
    """SNB-344: the container that Argo adds may not write the step's result."""
    if case.seen.workflow is None:
        return None
    for said in _all_said(case):
        found = _NO_RESULTS.search(said)
        if found or _NO_RESULTS_SHORT.search(said):
            who = found["who"] if found else ""
            facts = {"account": who.rpartition(":")[2] or _account(case), "verb": found["verb"] if found else "create"}
            return Cause(code="SNB-344", facts=facts, final=True, step=_standing(case))
    for container in _workers(case):
        if container.name == "wait" and container.failure and container.failure.exit == _WAIT_EXIT:
            facts = {"account": _account(case), "verb": "create"}
            return Cause(code="SNB-344", facts=facts, final=True, step=_standing(case), lines=container.key)
    return None


def step_failed(case: Case) -> Cause | None:
    """A step's own code, as it wrote it at its end."""
    if case.seen.workflow is None:
        return None
    for container in _workers(case):
        failure = container.failure
        if failure is None:
            continue
        for line in reversed([*case.lines(container), *failure.message.splitlines()]):
            coded = coded_line(line.strip())
            if coded and coded["code"] in ALL:
                step = _step(container.name)
                return Cause(code=coded["code"], facts=coded["facts"], final=True, step=step, lines=container.key)
    return None


def refused_step(case: Case) -> Cause | None:
    """A step's pod was refused by a rule, a quota or a right: Argo repeats the API server's sentence in the node's message."""
    for node in _nodes(case):
        said = text(node, "message")
        if text(node, "phase") in (*_BAD, "Pending") and ("is forbidden" in said or "denied" in said):
            code, facts = explain_refusal(said)
            if code in ALL and code != "SNB-533":
                return Cause(code=code, facts=facts, final=text(node, "phase") in _BAD, step=_standing(case))
    return None


def too_long(case: Case) -> Cause | None:
    """SNB-345: the whole work's time is over."""
    workflow = case.seen.workflow
    if workflow is None or text(workflow, "status", "phase") not in _BAD:
        return None
    said = [text(workflow, "status", "message"), *(text(node, "message") for node in _nodes(case))]
    if not any(_DEADLINE.search(message) for message in said):
        return None
    began, ended = moment(text(workflow, "status", "startedAt")), moment(text(workflow, "status", "finishedAt"))
    seconds = number(part(workflow, "spec"), "activeDeadlineSeconds") or max(0, int((ended or case.seen.now) - began))
    step = _standing(case)
    return Cause(code="SNB-345", facts={"seconds": seconds, "step": step.value if step else "-"}, final=True, step=step)


def ended_without_word(case: Case) -> Cause | None:
    """SNB-541: it failed, and nobody left a code."""
    workflow = case.seen.workflow
    if workflow is None or text(workflow, "status", "phase") not in _BAD or "SNB-541" not in ALL:
        return None
    step = _standing(case)
    for container in _workers(case):
        failure = container.failure
        if failure is not None and container.name not in ("wait", "init"):
            facts = {
                "step": container.name,
                "reason": f"{failure.reason or 'Error'} (exit code {failure.exit})",
                "workflow": name_of(workflow),
            }
            return Cause(code="SNB-541", facts=facts, final=True, step=_step(container.name) or step, lines=container.key)
    facts = {"step": step.value if step else "-", "reason": text(workflow, "status", "phase"), "workflow": name_of(workflow)}
    return Cause(code="SNB-541", facts=facts, final=True, step=step)


def nobody_began(case: Case) -> Cause | None:
    """SNB-343: the workflow stands there without a first word."""
    workflow = case.seen.workflow
    if workflow is None or text(workflow, "status", "phase") or case.seen.argo_seen is True:
        return None
    waited = int(case.seen.now - created(workflow)) if created(workflow) else 0
    if waited < (_GONE_S if case.seen.argo_seen is False else _ABSENT_S):
        return None
    return Cause(code="SNB-343", facts={"workflow": name_of(workflow), "seconds": waited}, final=waited >= _GIVEN_UP_S)


def _nodes(case: Case) -> Iterator[Plain]:
    nodes = part(case.seen.workflow, "status", "nodes")
    return (node for node in nodes.values() if isinstance(node, dict))


def _workers(case: Case) -> Iterator[Container]:
    """The containers of the workflow's pods, oldest pod first."""
    for pod in sorted(case.seen.workflow_pods, key=created):
        yield from containers_of(pod)


def _all_said(case: Case) -> Iterator[str]:
    """Everything that Argo and its containers said about the steps."""
    yield text(case.seen.workflow, "status", "message")
    for node in _nodes(case):
        yield text(node, "message")
    for container in _workers(case):
        if container.name in ("wait", "init"):
            yield from case.lines(container)
            yield from (run.message for run in (container.ended, container.former) if run is not None)


def _account(case: Case) -> str:
    said = value(case.seen.workflow, "spec", "serviceAccountName")
    return said if isinstance(said, str) and said else "default"


def _step(container: str) -> Step | None:
    return next((step for step in Step if step.value == container), None)


def _standing(case: Case) -> Step | None:
    """The step that runs or that failed first: its container's name is the step's."""
    failed: Step | None = None
    running: Step | None = None
    for container in _workers(case):
        step = _step(container.name)
        if step is None or step is Step.REPORT:
            continue
        if container.failure and failed is None:
            failed = step
        elif container.running_since:
            running = step
    if failed or running:
        return failed or running
    for node in _nodes(case):
        step = _step(text(node, "displayName"))
        if step is not None and text(node, "phase") in (*_BAD, "Running") and step is not Step.REPORT:
            return step
    return None


def standing(case: Case) -> Step | None:
    """The step that the work stands in; None if there is no workflow or it has ended well."""
    if case.seen.workflow is None or text(case.seen.workflow, "status", "phase") == "Succeeded":
        return None
    return _standing(case)


FIRST: tuple[Rule, ...] = (cannot_report, step_failed)
LAST: tuple[Rule, ...] = (refused_step, too_long, ended_without_word, nobody_began)
