"""The skin of a workflow: ``python -m seldon_nb.job <check|package|deploy|smoke-test|report>``, one step of one plan.

What it is given, all by environment:

- ``SNB_PLAN``: the plan's file; ``SNB_PLAN_DIGEST``: the only digest that it may have.
- ``SNB_WORK``: the directory that the steps share.
- ``MLFLOW_TRACKING_URI``: the catalogue; without it the plan's own word on its version is taken (its bytes are compared all the same).
- ``SNB_STATUS``, ``SNB_FAILURES``: for ``report`` only, what the workflow says of the other steps.

The plan says which place it is for: the same commands run in a pod and on one machine.

What it says: lines with the time while it works; if it is refused, the card of the error and, as the last line and in
``/dev/termination-log``, ``{"code": "SNB-…", "facts": {…}, "step": …}``.  Exit codes: 0 done · 1 refused or failed · 2 used wrongly.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from seldon_nb.domain.canonical import short
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.deployment import Progress, StageStatus
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.names import nearest
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.workflow import Step
from seldon_nb.words import tr

if TYPE_CHECKING:
    from seldon_nb.ports import Ports
    from seldon_nb.steps.handover import Handover

TERMINATION_LOG = "/dev/termination-log"
#: Kubernetes keeps 4096 bytes of a message, and Argo puts words of its own before it.
_MOST_BYTES = 3000
_MOST_FACT = 600


def main() -> None:
    """The program's entry."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """One step; returns the exit code."""
    name = arguments[0] if arguments else ""
    try:
        step = _step(name)
        job = Job(read_plan(os.environ.get("SNB_PLAN", ""), os.environ.get("SNB_PLAN_DIGEST", "")), step)
        _DO[step](job)
    except SeldonNbError as error:
        return _refuse(error, name)
    except Exception as error:
        if os.environ.get("SELDON_NB_DEBUG"):
            raise
        from seldon_nb.parser import as_fault

        return _refuse(as_fault(error, "deploy"), name)
    return 0


@dataclass
class Job:
    """One step of one plan, and how it reaches the rest."""

    plan: Plan
    step: Step

    @cached_property
    def ports(self) -> Ports:
        """The seams of the plan's place."""
        return (_here if self.plan.spec.place == "here" else _cluster)(self.plan)

    @cached_property
    def handover(self) -> Handover:
        """What the steps leave for each other."""
        from seldon_nb.steps.handover import Handover

        return Handover(Path(os.environ.get("SNB_WORK") or "."), self.plan, self.step)

    def already(self) -> bool:
        """Whether the check found that this very plan lives, so that there is nothing to do; says so."""
        from seldon_nb.steps.handover import AfterCheck

        already = self.handover.take(AfterCheck).already
        if already:
            say(self.step.value, tr("There is nothing to do: this plan is what lives."))
        return already


def _step(name: str) -> Step:
    known = {step.value: step for step in Step}
    if name not in known:
        near = nearest(name, known)
        raise fail("SNB-562", step=name, known=", ".join(known), nearest=near[0] if near else Step.CHECK.value)
    return known[name]


def read_plan(path: str, digest: str) -> Plan:
    """The plan in a file, if it is the one that was meant.

    Raises:
        SNB-221: it cannot be read, or is another plan, or was altered.
    """
    from seldon_nb.domain.plan import plan_digest
    from seldon_nb.wire import loads

    try:
        plan = loads(Plan, Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise fail("SNB-221", path=path, reason=type(error).__name__) from None
    if not digest or plan.digest != digest or plan.digest != plan_digest(plan.spec, plan.documents, plan.base):
        raise fail("SNB-221", path=path, reason="digest")
    return plan


# --- the steps -------------------------------------------------------------------------------------------------------------------


def _check(job: Job) -> None:
    from seldon_nb.steps.check import check
    from seldon_nb.steps.handover import AfterCheck

    checked = check(job.ports, job.plan)
    job.handover.leave(AfterCheck(checked.already, checked.live))
    if checked.already:
        say("check", tr("There is nothing to do: this plan is what lives."))
    else:
        say("check", tr("The plan of {ref} is as it was shown, and may happen.", ref=job.plan.spec.version.ref))


def _package(job: Job) -> None:
    from seldon_nb.steps.handover import AfterPackage
    from seldon_nb.steps.package import package

    if job.already():
        return
    say("package", tr("Bringing the files of {ref}…", ref=job.plan.spec.version.ref))
    bring = None if job.plan.spec.place == "here" else lambda plan: _bring(job, plan)
    path = package(job.ports, job.plan, bring=bring)
    say("package", tr("They are the files that were planned, byte for byte."))
    job.handover.leave(AfterPackage(str(path), job.plan.spec.version.digest, _environment(job.plan)))


def _environment(plan: Plan) -> str:
    """The digest of the packages of the model's own, packed now if nobody has yet; empty if the server's serve."""
    if plan.spec.environment is None:
        return ""
    from seldon_nb.packaging.own import provide

    say("package", tr("Looking for the packages that {ref} was logged with…", ref=plan.spec.version.ref))
    began = time.monotonic()
    digest, there = provide(plan, plan.spec.environment)
    if not digest:
        say("package", tr("The server has them all; nothing is packed."))
    elif there:
        say("package", tr("They were packed before: {digest}.", digest=short(digest)))
    else:
        say("package", tr("Packed in {seconds} s: {digest}.", seconds=round(time.monotonic() - began), digest=short(digest)))
    return digest


def _bring(job: Job, plan: Plan) -> Path:
    """The files below the shared directory, brought by the very command that brings them to a server: what passes here passes there.

    Raises:
        what the command refused with; SNB-541 if it ended without a word.
    """
    import subprocess

    from seldon_nb.steps.outcome import coded

    source = plan.spec.source
    into = job.handover.room("model")
    if source is None:  # nobody said how pods reach the files: the catalogue knows
        import shutil

        return Path(shutil.copytree(job.ports.catalog.files(plan.spec.version), into, dirs_exist_ok=True))
    given = {
        "SNB_SOURCE": source.uri,
        "SNB_DIGEST": plan.spec.version.digest,
        "SNB_TARGET": str(into),
        "SNB_SECRET": source.secret,
    }
    command = [sys.executable, "-m", "seldon_nb.initializer"]
    done = subprocess.run(command, env=os.environ | given, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        spec = plan.spec
        for line in reversed(done.stdout.splitlines()):
            if told := coded(line):
                about = {
                    "name": spec.deployment,
                    "namespace": spec.namespace,
                    "model": spec.version.ref,
                    "model_name": spec.version.name,
                }
                raise fail(told[0], **{**about, **told[1]})
        raise fail(
            "SNB-541",
            name=f"{spec.namespace}/{spec.deployment}",
            step=Step.PACKAGE.value,
            reason=f"exit code {done.returncode}",
            namespace=spec.namespace,
            workflow="-",
            model=spec.version.ref,
        )
    return into


def _deploy(job: Job) -> None:
    from seldon_nb.steps.deploy import deploy
    from seldon_nb.steps.handover import AfterDeploy, AfterPackage

    if job.already():
        return
    from seldon_nb.packaging.own import deployed

    packaged = job.handover.take(AfterPackage)
    plan = deployed(job.plan, packaged.environment)
    revision, status = deploy(job.ports, plan, Path(packaged.path), Teller("deploy"))
    job.handover.leave(AfterDeploy(revision))
    from seldon_nb.cards.deployment import deployment_card
    from seldon_nb.cards.skin import Skin
    from seldon_nb.cards.text import to_text

    _print(to_text(deployment_card(status, skin=Skin.SHELL), Skin.SHELL).rstrip("\n"))


def _smoke_test(job: Job) -> None:
    from seldon_nb.steps.handover import AfterCheck, AfterDeploy, AfterPackage, AfterSmokeTest
    from seldon_nb.steps.smoke_test import smoke_test
    from seldon_nb.steps.withdraw import withdraw

    if job.already():
        return
    files = Path(job.handover.take(AfterPackage).path)
    revision = job.handover.take(AfterDeploy).revision
    try:
        smoke = smoke_test(job.ports, job.plan, revision, files)
    except SeldonNbError:
        own = None if job.plan.spec.place == "here" else files  # pods bring the former files themselves
        try:
            withdraw(job.ports, revision, job.handover.take(AfterCheck).live, files=own)
            say("smoke-test", tr("It did not pass; what served before serves again."))
        except SeldonNbError as second:  # the first is what went wrong
            say("smoke-test", tr("It did not pass, and what served before could not be put back: {code}.", code=second.code_id))
        raise
    job.handover.leave(AfterSmokeTest(smoke))
    say("smoke-test", tr("Answered to {who} in {time} ms.", who=smoke.allowed.name, time=smoke.answer_ms))
    if smoke.denied is not None:
        who, status = smoke.denied.name, smoke.denied_status
        say("smoke-test", tr("Refused to {who} (HTTP {status}), as it must be.", who=who, status=status))


def _report(job: Job) -> None:
    from seldon_nb.steps.check import target_of
    from seldon_nb.steps.outcome import OK, outcome
    from seldon_nb.steps.report import report

    found = outcome(os.environ.get("SNB_STATUS", ""), os.environ.get("SNB_FAILURES", ""))
    live = job.ports.serving.live(target_of(job.plan))
    applied = live is not None and live.plan_digest == job.plan.digest
    number = live.number if live is not None and applied else 0
    report(job.ports, job.plan, result=found.result, revision=number, failed=found.step)
    if found.result == OK:
        say("report", tr("Recorded: {ref} was applied.", ref=job.plan.spec.version.ref))
    else:
        say("report", tr("Recorded: it ended with {code} at {step}.", code=found.result, step=found.step or "-"))


_DO: Mapping[Step, Callable[[Job], None]] = {
    Step.CHECK: _check,
    Step.PACKAGE: _package,
    Step.DEPLOY: _deploy,
    Step.SMOKE_TEST: _smoke_test,
    Step.REPORT: _report,
}


# --- wiring ----------------------------------------------------------------------------------------------------------------------


def _here(plan: Plan) -> Ports:
    """This machine's place, as whoever asked."""
    from seldon_nb import places
    from seldon_nb.here.home import Home
    from seldon_nb.settings import Settings

    settings = Settings.read()
    home = (Home(settings.home) if settings.home else Home.default()).prepare()
    place = places.local_place(home, settings)
    place.up()
    uri = settings.tracking_uri or f"sqlite:///{home.mlflow / 'mlflow.db'}"
    return places.here(place, settings, uri, acting_as=plan.spec.requested_by.name)


def _cluster(plan: Plan) -> Ports:
    """The cluster that this pod is in: the pod's own account acts in the name of whoever asked."""
    from seldon_nb import places

    return places.job(plan, os.environ.get("MLFLOW_TRACKING_URI", ""), by_address=os.environ.get("SNB_BY_ADDRESS") == "1")


# --- saying ----------------------------------------------------------------------------------------------------------------------


def say(step: str, text: str) -> None:
    """One line with the time of day, UTC."""
    _print(f"{timestamp(time.time())[11:19]}  {step}  {text}")


class Teller:
    """Says which stage is done, once each."""

    def __init__(self, step: str) -> None:
        self._step = step
        self._told: set[str] = set()

    def __call__(self, stages: tuple[StageStatus, ...]) -> None:
        """Tell what was finished since the last call."""
        from seldon_nb.cards.tones import stage_word

        for item in stages:
            if item.progress is Progress.DONE and item.stage.value not in self._told:
                self._told.add(item.stage.value)
                say(self._step, f"✓ {stage_word(item.stage)}  {item.took_ms / 1000:.1f} s")


def _refuse(error: SeldonNbError, step: str) -> int:
    """The card for people, one line for programs."""
    from seldon_nb.cards.error import error_card
    from seldon_nb.cards.skin import Skin
    from seldon_nb.cards.text import to_text

    _print(to_text(error_card(error, skin=Skin.SHELL), Skin.SHELL).rstrip("\n"))
    line = coded_line(error, step)
    _print(line)
    _leave_word(line)
    return 2 if error.code_id == "SNB-562" else error.exit_code


def coded_line(error: SeldonNbError, step: str) -> str:
    """An error as one line of JSON that Kubernetes keeps whole: a difference is left out, long texts are cut, the longest facts go first."""
    facts = {
        key: value if isinstance(value, int) else str(value)[:_MOST_FACT] for key, value in error.facts.items() if key != "diff"
    }
    while True:
        line = json.dumps({"code": error.code_id, "facts": facts, "step": step}, ensure_ascii=False)
        if len(line.encode()) <= _MOST_BYTES or not facts:
            return line
        del facts[max(facts, key=lambda key: len(str(facts[key])))]


def _leave_word(line: str) -> None:
    """Write where Kubernetes looks for a container's last word; there is no such file elsewhere, and none is made."""
    try:
        handle = os.open(os.environ.get("SNB_TERMINATION_LOG") or TERMINATION_LOG, os.O_WRONLY | os.O_TRUNC)
    except OSError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(line + "\n")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
