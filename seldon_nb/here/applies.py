"""Plans that a process of their own carries out on this machine: whoever asked may go away, be killed, and come back.

The same verbs as a cluster's workflows (:class:`seldon_nb.ports.Workflows`), so that a skin need not know who carries a plan:

- ``submit(plan)``: start the process, detached, and return its run at once; the same plan while it is on its way is the same run.
- ``read(id)``: one run as it is now, or None.  ``runs()``: all that are kept, oldest first.
- ``follow(run, report)``: tell every change of the six stages until it ends; returns the ended run.
- ``stop(run)``: ask the process to end; what served before serves on.

::

    applies/<id>.json        how far it is: a Run, and which process carries it; replaced in one step, never holds a value
    applies/<id>.plan.json   the plan
    applies/<id>.log         what the process printed
    applies/.lock            held while a run is begun or taken up

``<id>`` is the beginning of the plan's digest and the number of the attempt.  The process is ``python -m seldon_nb.applying <id>``, which finds
the home in its environment.  It is known again by its id and the moment it was started; a run whose process is gone without a word is told as
interrupted by whoever reads it.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from seldon_nb import wire
from seldon_nb.diagnosis.lines import shown
from seldon_nb.domain.canonical import short
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.deployment import Progress, StageStatus, Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.workflow import Phase, Run, Step, StepStatus
from seldon_nb.here.home import Home, tail, write_private
from seldon_nb.here.records import Records
from seldon_nb.ports import Report
from seldon_nb.steps.check import target_of
from seldon_nb.steps.deploy import becoming
from seldon_nb.words import language

KEEP = 50
_ID = re.compile(r"[0-9a-f]{8,64}-[1-9]\d{0,5}")
_LOOK_S = 0.05
#: Seconds in which a process that was just begun says who it is.
_PATIENCE_S = 15.0
_STOP_S = 3.0
_SAME_S = 2.0  # the clock may be set meanwhile
#: Of the environment of whoever asks: a Jupyter's own secrets are none of the process's business.
_NOT_PASSED_ON = ("JUPYTER", "JPY_", "SELDON_NB_PLACE", "MPLBACKEND", "PYTHONSTARTUP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """``<id>.json``: the run, and its process by id and start (Unix seconds); 0 before it has said so."""

    run: Run
    pid: int = 0
    born: float = 0.0
    asked_at: float = 0.0


class Applies:
    """All runs of one home.

    Args:
        env: what the process needs to know besides the environment of whoever asks; an empty value takes a variable away.
    """

    def __init__(self, home: Home, records: Records | None = None, *, env: Mapping[str, str] | None = None) -> None:
        self._home = home
        self._root = home.applies
        self._records = records or Records(home)
        self._env = dict(env or {})
        self._seen: dict[str, tuple[tuple[int, int], Kept]] = {}
        self._plans: dict[str, Plan] = {}

    # --- handing over -----------------------------------------------------------------------------------------------------------

    def submit(self, plan: Plan) -> Run:
        """Begin to apply a plan in a process of its own; the same plan while it is on its way is the same run.

        Raises:
            SNB-512: the process cannot be started.
        """
        from filelock import FileLock

        with FileLock(self._root / ".lock", timeout=60, mode=0o600):
            there = self.run(plan.digest, target_of(plan))
            if there is not None and not there.ended:
                return there
            number = int(there.name.rpartition("-")[2]) + 1 if there is not None else 1
            run = Run(
                target=target_of(plan),
                name=f"{short(plan.digest)}-{number}",
                plan_digest=plan.digest,
                steps=tuple(StepStatus(step=step) for step in Step),
                model=plan.spec.version.ref,
                started_at=timestamp(time.time()),
            )
            write_private(self._root / f"{run.name}.plan.json", wire.dumps(plan).encode())
            self.keep(Kept(run=run, asked_at=time.time()))
            try:
                self._start(run.name)
            except (OSError, subprocess.SubprocessError) as error:
                self._forget(run.name)
                raise fail("SNB-512", reason=type(error).__name__, log=str(self._root / f"{run.name}.log")) from error
            self._prune()
        return self.read(run.name) or run

    def _start(self, name: str) -> None:
        """Detached: the shell that starts it ends at once, so that it is nobody's child and in nobody's session."""
        env = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_PASSED_ON)}
        env |= {"SELDON_NB_HOME": str(self._home.root), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"} | self._env
        env["SELDON_NB_LANG"] = language()
        command = 'ulimit -c 0; umask 077; log="$1"; shift; "$@" >"$log" 2>&1 </dev/null &'  # a core file would hold payloads
        argv = [str(self._root / f"{name}.log"), sys.executable, "-m", "seldon_nb.applying", name]
        subprocess.run(
            ["/bin/sh", "-c", command, "sh", *argv],
            env={key: value for key, value in env.items() if value},
            cwd=self._root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=20,
            check=True,
        )

    # --- looking -----------------------------------------------------------------------------------------------------------------

    def read(self, name: str) -> Run | None:
        """One run by its id, or None; with the revision that its plan becomes."""
        kept = self._kept(name)
        if kept is None:
            return None
        if not kept.run.ended and not self._lives(kept):
            kept = self._kept(name, anew=True) or kept  # it may have ended in between
            if not kept.run.ended:
                return self._interrupted(kept)
        return self._with_revision(kept.run)

    def run(self, plan_digest: str, target: Target) -> Run | None:
        """The latest attempt of a plan, or None."""
        del target  # the digest says it
        return next((run for run in reversed(self.runs()) if run.plan_digest == plan_digest), None)

    def runs(self, namespace: str = "") -> tuple[Run, ...]:
        """Every run that is kept, oldest first."""
        found = (self.read(name) for name in self._names())
        mine = (run for run in found if run is not None and namespace in ("", run.target.namespace))
        return tuple(sorted(mine, key=lambda run: (run.started_at, int(run.name.rpartition("-")[2]))))

    def plan(self, name: str) -> Plan | None:
        """The plan of a run; None if it is gone."""
        if name not in self._plans and _ID.fullmatch(name):
            with contextlib.suppress(OSError, ValueError):
                self._plans[name] = wire.loads(Plan, (self._root / f"{name}.plan.json").read_bytes())
        return self._plans.get(name)

    def follow(self, run: Run, report: Report) -> Run:
        """Tell every change of the six stages until the run ends; whoever follows may go away without harm."""
        told: tuple[StageStatus, ...] = ()
        while True:
            now = self.read(run.name) or run
            if now.stages and now.stages != told:
                told = now.stages
                report(told)
            if now.ended or not self._path(run.name).exists():
                return now
            time.sleep(_LOOK_S)

    def stop(self, run: Run) -> Run:
        """Ask a run's process to end and wait a little; what served before serves on.  Does nothing if it has ended."""
        kept = self._kept(run.name, anew=True)
        if kept is not None and not kept.run.ended and self._lives(kept):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if kept.pid:
                    os.kill(kept.pid, signal.SIGTERM)
            until = time.monotonic() + _STOP_S
            while time.monotonic() < until and not (self.read(run.name) or run).ended:
                time.sleep(_LOOK_S)
        return self.read(run.name) or run

    def logs(self, run: Run, step: Step, *, lines: int = 20) -> tuple[str, ...]:
        """The last lines that the process printed, without values; empty if nothing was written."""
        del step  # one process does them all
        if not _ID.fullmatch(run.name):
            return ()
        return shown(tail(self._root / f"{run.name}.log"), most=lines)

    # --- the process that carries it ---------------------------------------------------------------------------------------------

    def take_up(self, name: str) -> tuple[Kept, Plan]:
        """For the process itself: what it has to do, with its own id in it.

        Raises:
            SNB-221: the plan is not there, or is not the one that was handed over.
        """
        from filelock import FileLock

        from seldon_nb.domain.plan import plan_digest

        with FileLock(self._root / ".lock", timeout=60, mode=0o600):
            kept, plan = self._kept(name, anew=True), self.plan(name)
            if kept is None or plan is None:
                raise fail("SNB-221", path=name, reason="FileNotFoundError")
            if kept.run.plan_digest != plan.digest or plan.digest != plan_digest(plan.spec, plan.documents, plan.base):
                raise fail("SNB-221", path=name, reason="digest")
            kept = replace(kept, run=replace(kept.run, phase=Phase.RUNNING), pid=os.getpid(), born=_born(os.getpid()))
            self.keep(kept)
        return kept, plan

    def keep(self, kept: Kept) -> None:
        """Write how far a run is."""
        data = wire.dumps(replace(kept, run=replace(kept.run, revision=None))).encode()
        write_private(self._path(kept.run.name), data)

    # --- files -------------------------------------------------------------------------------------------------------------------

    def _path(self, name: str) -> Path:
        return self._root / f"{name}.json"

    def _names(self) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError):
            for path in self._root.iterdir():
                if path.suffix == ".json" and _ID.fullmatch(path.stem):
                    yield path.stem

    def _kept(self, name: str, *, anew: bool = False) -> Kept | None:
        """The file; None if it is not there or cannot be read.  What did not change is not read twice."""
        if not _ID.fullmatch(name):
            return None
        path = self._path(name)
        try:
            stat = path.stat()
            mark = (stat.st_mtime_ns, stat.st_ino)
            known = self._seen.get(name)
            if known is not None and known[0] == mark and not anew:
                return known[1]
            kept = wire.loads(Kept, path.read_bytes())
        except (OSError, ValueError):
            self._seen.pop(name, None)
            return None
        self._seen[name] = (mark, kept)
        return kept

    def _lives(self, kept: Kept) -> bool:
        """Whether the process that carries it still runs, or may be about to say that it does."""
        if kept.pid:
            return abs(kept.born - _born(kept.pid)) < _SAME_S
        return time.time() - kept.asked_at < _PATIENCE_S

    def _interrupted(self, kept: Kept) -> Run:
        """A run whose process is gone without a word."""
        run = kept.run
        live = self._records.live(run.target)
        code = "SNB-564" if live is not None and live.revision.plan_digest == run.plan_digest else "SNB-563"
        at = next((item.step for item in run.steps if item.progress is not Progress.DONE), Step.REPORT)
        facts = {"name": str(run.target), "namespace": run.target.namespace, "model": run.model, "step": at.value}
        with contextlib.suppress(OSError):
            run = replace(run, finished_at=timestamp(self._path(run.name).stat().st_mtime))
        return self._with_revision(replace(run, phase=Phase.STOPPED, code=code, facts=facts))

    def _with_revision(self, run: Run) -> Run:
        """Of a run that did not come to its end, what its plan becomes."""
        plan = self.plan(run.name) if run.phase is not Phase.SUCCEEDED else None
        return run if plan is None else replace(run, revision=becoming(plan, by=plan.spec.requested_by, at=run.started_at))

    def _prune(self) -> None:
        """Forget the oldest that have ended."""
        runs = self.runs()
        for run in [run for run in runs if run.ended][: max(0, len(runs) - KEEP)]:
            self._forget(run.name)

    def _forget(self, name: str) -> None:
        self._seen.pop(name, None)
        self._plans.pop(name, None)
        for suffix in (".json", ".plan.json", ".log"):
            (self._root / f"{name}{suffix}").unlink(missing_ok=True)


def _born(pid: int) -> float:
    """When a process was started, in Unix seconds; 0 if there is none, or nothing but its name is left."""
    import psutil

    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.Error:
        return 0.0
