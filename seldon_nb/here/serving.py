"""Serving on one machine: a revision comes to life in a slot of its own, and only then does the gateway lead to it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import DeploymentStatus, Progress, Revision, Stage, StageStatus, State, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.names import nearest
from seldon_nb.domain.namespace import NamespaceFacts
from seldon_nb.here.home import tail
from seldon_nb.here.place import Place
from seldon_nb.here.records import Live
from seldon_nb.here.report import GATEWAY
from seldon_nb.here.slots import Digests, LoadFailure, Slot, disk_full
from seldon_nb.here.supervision import ProgramState
from seldon_nb.here.tally import Tally
from seldon_nb.ports import Held, Report
from seldon_nb.words import tr

#: Seconds that a replaced server stays, for requests that are on their way.
DRAIN_S = 0.3


class LocalServing:
    """Deployments of one place.  Answers come from the files of :class:`~seldon_nb.here.records.Records`; processes follow them."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._records = place.records
        self._tally: Tally | None = None
        self._on_disk = Digests()
        self._behind: list[threading.Thread] = []

    # --- what there is -----------------------------------------------------------------------------------------------------------

    def namespaces(self) -> tuple[str, ...]:
        """The names of all namespaces, sorted."""
        return tuple(sorted(name for name, _ in self._place.file.namespaces))

    def levels(self) -> tuple[tuple[str, Classification], ...]:
        """The same with the highest classification that may live in each."""
        file = self._place.file
        return tuple((name, file.ceiling(name)) for name in self.namespaces())

    def namespace(self, name: str, *, deployment: str = "") -> NamespaceFacts:
        """Facts of a namespace. Raises: SNB-212 with the nearest names."""
        from seldon_nb.here.identity import IDENTITIES

        known = self.namespaces()
        if name not in known:
            near = nearest(name, known, most=1) or known[:1]
            raise fail("SNB-212", namespace=name, nearest=near[0], known=", ".join(known))
        names = (live.revision.target for live in self._records.all())
        deployments = tuple(target.name for target in names if target.namespace == name)
        return NamespaceFacts(name, self._place.file.ceiling(name), IDENTITIES, deployments)

    def live(self, target: Target) -> Revision | None:
        """The revision that serves, or None."""
        live = self._records.live(target)
        return live.revision if live else None

    def held(self, target: Target) -> Held | None:
        """The files from which it is served beside what the revision says of them; the model's own by their digest."""
        from seldon_nb.render.mlserver import model_settings, node_name

        live = self._records.live(target)
        if live is None:
            return None
        serves = live.revision
        kept = next((item for item in self._records.revisions(target) if item.number == serves.number), None)
        if kept is None:
            return None
        slot = self._place.slots.get(live.slot)
        said = {
            "deployment": dict(kept.document),
            "model": {"version": kept.model, "digest": kept.model_digest},
            "model-settings": model_settings(kept.document, model_dir=str(slot.model)),
        }
        found = {
            "deployment": dict(serves.document),
            "model": {"version": serves.model, "digest": self._on_disk.digest(slot)},
            "model-settings": slot.settings(node_name(kept.document)),
        }
        return Held(revision=kept, said=said, found=found)

    def callers(self, target: Target) -> tuple[str, ...]:
        """The names of those who may call; nobody if it is not there."""
        live = self._records.live(target)
        return tuple(caller.name for caller in live.revision.callers) if live else ()

    def revisions(self, target: Target) -> tuple[Revision, ...]:
        """Every revision since it was deployed, oldest first."""
        return self._records.revisions(target)

    # --- apply ---------------------------------------------------------------------------------------------------------------------

    def apply(self, revision: Revision, model: Path, report: Report) -> DeploymentStatus:
        """Bring a revision to life; the former one serves until the new one answers. A failure leaves the former one as it was.

        Raises:
            SNB-220: something else was applied meanwhile.  SNB-224: somebody is applying right now.
            SNB-128: the files are not the revision's.
            SNB-310, SNB-312: the server cannot load the model.
            SNB-510 … SNB-517: the place.
        """
        stages = _Stages(report)
        with stages.failing(), self._one_at_a_time(revision.target):
            former = self._records.live(revision.target)
            _refuse_stale(revision, former)
            stages.begin(Stage.PLACED)
            self._place.up()
            with self._place.lock():
                slot = self._place.slots.claim(str(revision.target))
            try:
                live = self._bring_up(revision, model, slot, stages)
            except BaseException:
                self._afterwards(slot, 0.0)
                raise
        self._afterwards(self._place.slots.get(former.slot) if former else None, DRAIN_S)
        return DeploymentStatus(revision=revision, state=State.ANSWERING, timeline=live.timeline, url=self._url(revision.target))

    def _bring_up(self, revision: Revision, model: Path, slot: Slot, stages: _Stages) -> Live:
        """From a claimed slot to a route."""
        from seldon_nb.render.mlserver import model_settings, node_name

        slots = self._place.slots
        stages.begin(Stage.IMAGE)
        slots.await_ready(slot)
        stages.begin(Stage.WEIGHTS)
        settings = model_settings(revision.document, model_dir=str(slot.model))
        slots.fill(slot, model, revision.model_digest, settings, revision.model)
        stages.begin(Stage.LOADED)
        try:
            slots.load(slot, node_name(revision.document))
        except LoadFailure as failure:
            ended = "" if failure.seen else self._place.supervisor.last_exit(slot.program)
            raise load_failed(revision, failure.seen, ended) from failure
        stages.begin(Stage.ANSWERING)
        with self._place.lock():
            self._place.remember_slot(slot)
            self._place.publish(Live(revision=revision, slot=slot.id))
            live = Live(revision=revision, slot=slot.id, timeline=stages.done())
            try:
                self._records.commit(live)
            except OSError as error:
                self._place.publish()
                raise disk_full(self._place.home, 1) from error
        return live

    def delete(self, target: Target) -> None:
        """Stop and forget; its revisions stay on disk. Does nothing if it is not there. Raises: SNB-224, SNB-513."""
        with self._one_at_a_time(target):
            live = self._records.live(target)
            if live is None:
                return
            with self._place.lock():
                self._place.publish(without=target)
                self._records.end(target)
        self._afterwards(self._place.slots.get(live.slot), DRAIN_S)

    def settle(self) -> None:
        """Wait until replaced servers are gone and a new spare was begun."""
        for thread in self._behind:
            thread.join()
        self._behind.clear()

    def _afterwards(self, leaving: Slot | None, drain_s: float) -> None:
        """Behind the caller's back: let a replaced server finish, stop it, and begin a new spare."""

        def work() -> None:
            time.sleep(drain_s)
            with contextlib.suppress(SeldonNbError, OSError):
                with self._place.lock():
                    self._place.keep_spare()
                if leaving is not None:
                    self._place.slots.retire(leaving)

        self._behind = [thread for thread in self._behind if thread.is_alive()]
        thread = threading.Thread(target=work, name="seldon_nb-afterwards")  # a shell command ends after it
        self._behind.append(thread)
        thread.start()

    @contextlib.contextmanager
    def _one_at_a_time(self, target: Target) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self._records.folder(target) / ".lock", timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout as error:
            raise fail("SNB-224", target=str(target)) from error
        try:
            yield
        finally:
            lock.release()

    def logs(self, target: Target, *, lines: int = 100) -> tuple[str, ...]:
        """The last lines of the model server that serves; of one that is only coming if none does."""
        live = self._records.live(target)
        if live is not None:
            slot = self._place.slots.get(live.slot)
        else:
            coming = [slot for slot in self._place.slots.all() if slot.owner() == str(target)]
            if not coming:
                return ()
            slot = coming[-1]
        return tuple(tail(slot.root / "log")[-lines:])

    # --- looking -------------------------------------------------------------------------------------------------------------------

    def status(self, target: Target) -> DeploymentStatus | None:
        """One deployment; None if it is not there."""
        return next((status for status in self.statuses() if status.target == target), None)

    def statuses(self) -> tuple[DeploymentStatus, ...]:
        """All deployments of the place, sorted by namespace and name."""
        lives = self._records.all()
        if not lives:
            return ()
        try:
            states = self._place.supervisor.states()
        except OSError:
            states = None
        if self._tally is None:
            self._tally = Tally(self._place.gateway)
        counts = self._tally.read(live.revision for live in lives)
        others = (slot for slot in self._place.slots.all() if slot.id not in {live.slot for live in lives})
        coming = {
            slot.owner() for slot in others if slot.state().state != "loaded"
        }  # what is loaded and does not serve is leaving
        return tuple(self._status(live, states, counts[str(live.revision.target)], coming) for live in lives)

    def _status(
        self, live: Live, states: Mapping[str, ProgramState] | None, count: tuple[int, int | None], coming: set[str]
    ) -> DeploymentStatus:
        target = live.revision.target
        state, diagnosis, facts = self._diagnose(live, states)
        if state is State.ANSWERING and str(target) in coming:
            state = State.UPDATING
        report = self._place.last_report
        notes = [item.sentence() for item in (report.restored if report else ()) if item.what == str(target)]
        return DeploymentStatus(
            revision=live.revision,
            state=state,
            timeline=live.timeline,
            diagnosis=diagnosis,
            diagnosis_facts=facts,
            url=self._url(target),
            calls=count[0],
            p50_ms=count[1],
            note=" ".join(notes),
        )

    def _diagnose(self, live: Live, states: Mapping[str, ProgramState] | None) -> tuple[State, str, dict[str, object]]:
        """The state, and the code with its facts if there is something to say."""
        target = live.revision.target
        if states is None:
            return State.STOPPED, "SNB-516", {}
        slot = self._place.slots.get(live.slot)
        if not slot.root.exists():
            return State.STUCK, "SNB-317", {"name": str(target), "model": live.revision.model, "namespace": target.namespace}
        program, said, gateway = states.get(slot.program), slot.state(), states.get(GATEWAY)
        if program is None or program.is_given_up:
            ended = self._place.supervisor.last_exit(slot.program) or "-"
            return State.STUCK, "SNB-319", {"name": str(target), "ended": ended, "log": str(slot.root / "log")}
        if program.pid == said.pid and said.state == "failed":
            error = load_failed(live.revision, said.failure, "")
            return State.STUCK, error.code_id, error.facts
        answers = program.pid == said.pid and said.state == "loaded" and gateway is not None and gateway.is_up
        return (State.ANSWERING if answers else State.RESTORING), "", {}

    def _url(self, target: Target) -> str:
        return f"{self._place.url}/seldon/{target.namespace}/{target.name}"


class _Stages:
    """Reports the six stages, each with the time that it took."""

    def __init__(self, report: Report, clock: Callable[[], float] = time.perf_counter) -> None:
        self._report = report
        self._clock = clock
        self._all = {stage: StageStatus(stage) for stage in Stage}
        self._now: tuple[Stage, float] | None = None
        self.begin(Stage.ACCEPTED)

    def begin(self, stage: Stage) -> None:
        """The former stage is done; this one runs."""
        self._end(Progress.DONE)
        self._now = (stage, self._clock())
        self._set(StageStatus(stage, Progress.RUNNING))

    def done(self) -> tuple[StageStatus, ...]:
        """The last stage is done; all stages."""
        self._end(Progress.DONE)
        return tuple(self._all.values())

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """Whatever is raised inside fails the stage that runs."""
        try:
            yield
        except BaseException:
            self._end(Progress.FAILED)
            raise

    def _end(self, progress: Progress) -> None:
        if self._now is not None:
            stage, since = self._now
            self._now = None
            self._set(StageStatus(stage, progress, round((self._clock() - since) * 1000)))

    def _set(self, status: StageStatus) -> None:
        self._all[status.stage] = status
        self._report(tuple(self._all.values()))


def _refuse_stale(revision: Revision, former: Live | None) -> None:
    """Raise SNB-220 unless the revision follows directly on what serves."""
    found = former.revision.number if former else 0
    if found == revision.number - 1:
        return
    raise fail(
        "SNB-220",
        target=str(revision.target),
        planned=revision.number - 1,
        found=found,
        who=str(former.revision.applied_by) if former else "",
        when=former.revision.applied_at if former else "",
        model=former.revision.model if former else "",
        ref=revision.model,
        namespace=revision.target.namespace,
        diff="",
    )


def load_failed(revision: Revision, seen: Mapping[str, Any], ended: str) -> SeldonNbError:
    """SNB-310, or SNB-312 if it was in unpickling.

    Args:
        seen: what the server said; empty if it stopped instead.
        ended: how the server's process ended then.
    """
    facts = {
        "model": revision.model,
        "model_name": revision.model.rpartition("@")[0] or revision.model,
        "name": str(revision.target),
    }
    if not seen:
        hint = tr("the server's process ended, perhaps for want of memory.")
        return fail("SNB-310", **facts, error_type="stop", error_module=ended or "-", hint=hint)
    told = {
        "error_type": str(seen.get("error_type", "")),
        "error_module": str(seen.get("error_module", "")),
        "hint": str(seen.get("message") or seen.get("where") or "-"),
    }
    if not seen.get("unpickling"):
        return fail("SNB-310", **facts, **told)
    return fail("SNB-312", **facts, **told, versions=_versions(seen.get("differences") or ()))


def _versions(differences: Any) -> str:
    """Packages whose versions differ between the model and the server, in words."""
    parts = [
        tr("{package}: model {wanted}, server {found}", package=package, wanted=wanted, found=found or tr("none"))
        for package, wanted, found in differences
    ]
    return "; ".join(parts) or tr("all as the model asks.")
