"""One watcher per place, shared by everybody who looks: begun by the first request, ended when nobody has asked for a while.

A watcher keeps the inventory in step with its place and tells what changed.  What changes in a burst is told once: a look takes in all that was heard
until then, and the next one waits a moment.  A place that cannot be watched is tried again, each time after a longer wait, and what is wrong with it
is told with every list until it answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

from seldon_nb.domain.deployment import DeploymentStatus, Progress, Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.workflow import Run
from seldon_nb.lab.inventory import Difference, Inventory, stage_of

if TYPE_CHECKING:
    from seldon_nb.lab.schema import Change
    from seldon_nb.ports import Glimpse, Ports, Watch
    from seldon_nb.workspace import Workspace

PlaceName = Literal["here", "cluster"]
Tell = Callable[[tuple["Change", ...]], None]

#: Seconds between two looks at a place: what is heard meanwhile is looked at together.
GAP_S = 0.08
#: Seconds between looks at whether somebody still asks, and whether the place is still seen.
_TICK_S = 1.0
#: How long a request waits for a place that nobody has looked at yet; what comes later is told as an event.
PATIENCE_S = 2.0
#: More changes than these at once are told as one: look at everything again.
_MOST_AT_ONCE = 40
_RETRY_S = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
#: A watch that held for as long as this before it failed has not failed again: the next one comes after the shortest pause.
HELD_S = 60.0


class Watching:
    """All watchers of a server.

    Args:
        tell: told of changes, in the watchers' threads.
        idle_s: seconds without a request after which nobody is watching any more.
    """

    def __init__(self, workspace: Workspace, inventory: Inventory, tell: Tell, *, idle_s: float = 180.0) -> None:
        self.inventory = inventory
        self._workspace = workspace
        self._tell = tell
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._watchers: dict[str, Watcher] = {}
        self._asked_at = time.monotonic()
        self._closed = False

    def attend(self, patience_s: float = PATIENCE_S) -> tuple[SeldonNbError, ...]:
        """Somebody looks: every place of the workspace is watched from now on.  Waits a little for places that were not.

        Returns: what is wrong with a place, one per place that is silent.
        """
        self._asked_at = time.monotonic()
        with self._lock:
            if not self._closed:
                for place in self._workspace.places:
                    watcher = self._watchers.get(place)
                    if watcher is None or not watcher.is_alive:
                        self._watchers[place] = Watcher(self, place)
                        self._watchers[place].start()
            watchers = tuple(self._watchers.values())
        until = time.monotonic() + patience_s
        for watcher in watchers:
            watcher.await_first(max(0.0, until - time.monotonic()))
        return tuple(error for _, error in self.silent)

    def close(self) -> None:
        """End all watchers."""
        with self._lock:
            self._closed = True
            watchers = tuple(self._watchers.values())
        for watcher in watchers:
            watcher.stop()

    @property
    def running(self) -> tuple[str, ...]:
        """The places that are being watched."""
        with self._lock:
            return tuple(place for place, watcher in self._watchers.items() if watcher.is_alive)

    @property
    def silent(self) -> tuple[tuple[str, SeldonNbError], ...]:
        """The places that cannot be seen right now, and what is wrong with each."""
        with self._lock:
            seen = tuple((place, watcher.problem) for place, watcher in self._watchers.items())
        return tuple((place, problem) for place, problem in seen if problem is not None)

    # --- for the watchers --------------------------------------------------------------------------------------------------------

    def ports(self, place: str) -> Ports:
        """The seams of a place. Raises: SNB-530."""
        return self._workspace.at(place)

    @property
    def is_idle(self) -> bool:
        """Whether nobody has asked for a while."""
        return time.monotonic() - self._asked_at > self._idle_s

    def tell(self, changes: Iterable[Change]) -> None:
        """Tell what changed."""
        told = tuple(changes)
        if told and not self._closed:
            self._tell(told)


class Watcher:
    """One place: a thread that looks when something was heard."""

    def __init__(self, all_: Watching, place: PlaceName) -> None:
        self._all = all_
        self._place: PlaceName = place
        self._heard = threading.Condition()
        self._dirty: set[Target] = set()
        self._all_dirty = False
        self._stop = False
        self._first = threading.Event()
        self._missed = False  # somebody was answered before the first look
        self._thread = threading.Thread(target=self._run, name=f"seldon_nb-panel-{place}", daemon=True)
        self.problem: SeldonNbError | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it still watches."""
        return self._thread.is_alive() and not self._stop

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and let go of the place."""
        with self._heard:
            self._stop = True
            self._heard.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(5.0)

    def await_first(self, patience_s: float) -> None:
        """Wait until it has looked once, or has seen that it cannot."""
        if not self._first.wait(patience_s):
            self._missed = True

    # --- the thread --------------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while not self._ended():
            watch: Watch | None = None
            seen_at: float | None = None
            try:
                ports = self._all.ports(self._place)
                if ports.watch is None:
                    break
                watch = ports.watch()
                watch.start(self._told)
                self._look(ports, watch, None, first=True)
                seen_at = time.monotonic()
                self._follow(ports, watch)
                continue
            except Exception as error:
                self._fail(error)
                # One first look is no recovery: a place that answers it and then breaks is left alone longer each time.
                held = seen_at is not None and time.monotonic() - seen_at >= HELD_S
                failures = 1 if held else failures + 1
            finally:
                if watch is not None:
                    watch.stop()
            self._wait(_RETRY_S[min(failures, len(_RETRY_S)) - 1])
        self._stop = True
        self._first.set()

    def _follow(self, ports: Ports, watch: Watch) -> None:
        """Look whenever something was heard, until nobody asks any more."""
        while not self._ended():
            with self._heard:
                self._heard.wait_for(lambda: self._dirty or self._all_dirty or self._stop, _TICK_S)
                targets = None if self._all_dirty else frozenset(self._dirty)
                self._dirty, self._all_dirty = set(), False
            if self._stop:
                return
            if targets is None or targets:
                self._look(ports, watch, targets)
                self._wait(GAP_S)
            self._note(watch.check())

    def _ended(self) -> bool:
        return self._stop or self._all.is_idle

    def _wait(self, seconds: float) -> None:
        with self._heard:
            self._heard.wait_for(lambda: self._stop, seconds)

    def _told(self, targets: frozenset[Target] | None) -> None:
        with self._heard:
            if targets is None:
                self._all_dirty = True
            else:
                self._dirty |= targets
            self._heard.notify_all()

    # --- looking and telling -----------------------------------------------------------------------------------------------------

    def _look(self, ports: Ports, watch: Watch, targets: frozenset[Target] | None, *, first: bool = False) -> None:
        from seldon_nb.flows.deployments import together

        seen: Glimpse = watch.look(targets)
        me = ports.access.whoami().name
        runs = tuple(run for run in seen.runs if ports.access.may("see", run.target))
        found = self._all.inventory.put(self._place, me, together(ports, seen), targets)
        changed, gone = self._all.inventory.put_runs(self._place, runs, targets)
        if not first:
            self._all.tell(self._changes(found, changed, gone))
            return
        missed, self._missed = self._missed, False
        if self.problem is not None:
            self._note(None)
        elif missed:  # whoever looked before saw less
            self._reset()
        self._first.set()

    def _fail(self, error: Exception) -> None:
        from seldon_nb.lab.views.problems import as_ours

        self._note(as_ours(error))
        self._first.set()

    def _note(self, problem: SeldonNbError | None) -> None:
        """What is wrong with the place now; whoever looks is told when that changes."""
        before, self.problem = self.problem, problem
        if (before.code_id if before else "") == (problem.code_id if problem else ""):
            return
        if problem is None:
            self._reset()
        self._all.tell((self._change("place", "changed", state=problem.code_id if problem else ""),))

    def _reset(self) -> None:
        self._all.tell((self._change("deployment", "reset"), self._change("run", "reset")))

    def _changes(self, found: Difference, runs: tuple[Run, ...], gone: tuple[Run, ...]) -> Iterable[Change]:
        if len(found.changed) + len(found.gone) > _MOST_AT_ONCE:
            yield self._change("deployment", "reset")
        else:
            yield from (self._of(status, "changed") for status in found.changed)
            yield from (self._of(status, "gone") for status in found.gone)
        if len(runs) + len(gone) > _MOST_AT_ONCE:
            yield self._change("run", "reset")
        else:
            yield from (self._of_run(run, "changed") for run in runs)
            yield from (self._of_run(run, "gone") for run in gone)

    def _of(self, status: DeploymentStatus, act: Literal["changed", "gone"]) -> Change:
        return self._change(
            "deployment",
            act,
            namespace=status.target.namespace,
            name=status.target.name,
            state=status.state.value if act == "changed" else "",
            model=status.revision.model,
            revision=status.revision.number,
            step=stage_of(status),
        )

    def _of_run(self, run: Run, act: Literal["changed", "gone"]) -> Change:
        step = next((item.step.value for item in run.steps if item.progress in (Progress.RUNNING, Progress.FAILED)), "")
        return self._change(
            "run", act, namespace=run.target.namespace, name=run.name, state=run.phase.value, model=run.model, step=step
        )

    def _change(
        self, kind: Literal["deployment", "run", "place"], act: Literal["changed", "gone", "reset"], **more: str | int
    ) -> Change:
        from seldon_nb.lab.schema import Change

        return Change.model_validate(
            {"kind": kind, "act": act, "place": self._place, "version": self._all.inventory.version, **more}
        )
