"""Keeping this machine's place in view: a thread looks at the marks of a few files, and tells when one is another.

Nothing is asked and nothing is started by looking: which deployment serves, how far an apply is, what a model server said last and what the
supervisor wrote in its log are files.  Counts of calls change with every question, and are looked at less often.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from seldon_nb.domain.deployment import Target
from seldon_nb.ports import Glimpse, Told

if TYPE_CHECKING:
    from seldon_nb.here.applies import Applies
    from seldon_nb.here.place import Place
    from seldon_nb.here.serving import LocalServing

LOOK_S = 0.1
#: Seconds between looks at what changes all the time: how often deployments were asked.
CALLS_S = 5.0
#: A process that ends says so in no file: whether those that carry a plan live is asked this often.
LIVES_S = 1.0
#: A change is looked at again after these seconds, for what follows it without a file of its own.
_AFTER_S = 0.6


class LocalWatch:
    """One home in view."""

    def __init__(self, place: Place, serving: LocalServing, applies: Applies) -> None:
        self._place = place
        self._home = place.home
        self._serving = serving
        self._applies = applies
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._listed: dict[str, tuple[object, tuple[str, ...]]] = {}

    def start(self, told: Told) -> None:
        """Begin to look."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(told,), name="seldon_nb-watch-here", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(2.0)

    def look(self, targets: frozenset[Target] | None = None) -> Glimpse:
        """What the files and the supervisor say now."""
        statuses, runs = self._serving.statuses(), self._applies.runs()
        if targets is None:
            return Glimpse(statuses, runs)
        return Glimpse(
            tuple(status for status in statuses if status.target in targets), tuple(run for run in runs if run.target in targets)
        )

    def check(self) -> None:
        """Files can always be looked at."""

    # --- marks -------------------------------------------------------------------------------------------------------------------

    def _run(self, told: Told) -> None:
        marks = tuple(self._marks())
        calls, going = self._calls(), self._going()
        calls_at = lives_at = time.monotonic()
        again_at = 0.0
        while not self._stop.wait(LOOK_S):
            now = time.monotonic()
            seen = tuple(self._marks())
            changed = seen != marks
            marks = seen
            if changed:
                going = self._going()
            if going and now - lives_at >= LIVES_S:
                lives_at, before, going = now, going, self._going()
                changed |= going != before
            if now - calls_at >= CALLS_S:
                calls_at, before_calls, calls = now, calls, self._calls()
                changed |= calls != before_calls
            if changed or (again_at and now >= again_at):
                again_at = now + _AFTER_S if changed else 0.0
                told(None)

    def _marks(self) -> Iterator[object]:
        """What is another after any change.

        Every file that counts is replaced and never written over, so that its directory tells; two replacements within one tick of the file system's
        clock are covered by the look afterwards.
        """
        for namespace in self._below(str(self._home.deployments)):
            for folder in self._below(namespace):
                yield folder, _mark(folder)
        for slot in self._below(str(self._home.slots)):
            yield slot, _mark(slot)
        root = str(self._home.root)
        yield _mark(str(self._home.applies)), _mark(f"{root}/supervisor/log"), _mark(f"{root}/place.json")
        yield _supervisor(self._home.run / "sv.pid")

    def _below(self, path: str) -> tuple[str, ...]:
        """The directories in a directory; listed again only when something came or went."""
        mark = _mark(path)
        known = self._listed.get(path)
        if known is not None and known[0] == mark:
            return known[1]
        found = tuple(entry.path for entry in _entries(path) if entry.is_dir())
        self._listed[path] = (mark, found)
        return found

    def _calls(self) -> tuple[object, ...]:
        """The sizes of the gateway's logs."""
        return tuple((entry.name, _mark(entry.path)) for entry in _entries(self._home.gateway) if entry.name.endswith(".log"))

    def _going(self) -> tuple[str, ...]:
        """The runs that are on their way."""
        return tuple(run.name for run in self._applies.runs() if not run.ended)


def _entries(path: str | Path) -> list[os.DirEntry[str]]:
    with contextlib.suppress(OSError), os.scandir(path) as found:
        return sorted(found, key=lambda entry: entry.name)
    return []


def _mark(path: str) -> tuple[int, int, int] | None:
    try:
        seen = os.stat(path)  # noqa: PTH116 - many times a second
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_ino, seen.st_size


def _supervisor(file: Path) -> int:
    """The supervisor's process id while it lives; it may be killed without another word in its log."""
    try:
        pid = int(file.read_bytes())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return 0
    return pid
