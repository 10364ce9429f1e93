"""Watching: one list, then deltas; one connection per kind, and a listener that is told of the latest state of each object.

A reader per kind takes in what the server sends and never waits for the listener; what the listener has not yet heard is kept once per object,
so a slow listener hears fewer changes and never old ones.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api, Gone
from seldon_nb.cluster.kinds import Kind, Plain
from seldon_nb.cluster.refusals import Refused
from seldon_nb.domain import marks
from seldon_nb.domain.errors import SeldonNbError

#: What a feed does not get over by trying again.
_HOPELESS = frozenset({"SNB-532", "SNB-533", "SNB-534", "SNB-536", "SNB-537"})

Key = tuple[str, str]
Reduce = Callable[[Plain], Plain]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One kind to watch: where, which, and what of each object is kept; an ``optional`` one is left out where we may not see it."""

    kind: Kind
    namespace: str = ""
    labels: str = ""
    fields: str = ""
    reduce: Reduce
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The latest of one object; ``object`` is None if it is gone."""

    kind: Kind
    key: Key
    object: Plain | None


class Watch:
    """Feeds and one listener.

    Args:
        listener: called in one thread of its own; what it raises ends nothing.
    """

    def __init__(
        self,
        api: Api,
        feeds: tuple[Feed, ...],
        listener: Callable[[Change], None] | None = None,
        *,
        pause: Callable[[int], float] | None = None,
    ) -> None:
        self._api = api
        self._feeds = feeds
        self._listener = listener
        self._pause = pause or (lambda failures: min(10.0, 0.25 * float(2 ** min(failures, 6))))
        self._items: dict[Feed, dict[Key, Plain]] = {feed: {} for feed in feeds}
        self._untold: dict[tuple[Kind, Key], Change] = {}
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._listed: set[Feed] = set()
        self._threads: list[threading.Thread] = []
        self._cuts: dict[Feed, Callable[[], None]] = {}
        self._failed: dict[Feed, Exception] = {}
        self._broken: dict[Feed, Exception] = {}
        self.version = 0  # grows with every change

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin, in threads that do not keep the process alive."""
        for feed in self._feeds:
            name = f"seldon_nb-watch-{feed.kind.plural}"
            self._threads.append(threading.Thread(target=self._run, args=(feed,), name=name, daemon=True))
        if self._listener is not None:
            self._threads.append(threading.Thread(target=self._tell, name="seldon_nb-watch-tell", daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and close the connections."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
            cuts = list(self._cuts.values())
        for cut in cuts:
            cut()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(2.0)

    def synced(self, timeout_s: float = 30.0) -> bool:
        """Wait until every feed was listed once; False if that took too long. Raises: what a feed cannot get over (no rights, no such kind)."""
        with self._changed:
            self._changed.wait_for(
                lambda: len(self._listed) + len(self._failed) == len(self._feeds) or self._stop.is_set(), timeout_s
            )
            if self._failed:
                raise next(iter(self._failed.values()))
            return len(self._listed) == len(self._feeds)

    @property
    def trouble(self) -> Exception | None:
        """What keeps it from following right now: what a feed cannot get over, or what it is trying to; None if it follows all."""
        with self._changed:
            return next(iter((*self._failed.values(), *self._broken.values())), None)

    def wait(self, version: int, timeout_s: float) -> int:
        """Wait until something changed after ``version``; the version now."""
        with self._changed:
            self._changed.wait_for(lambda: self.version > version or self._stop.is_set(), timeout_s)
            return self.version

    def items(self, kind: Kind) -> tuple[Plain, ...]:
        """All objects of a kind as they were last seen."""
        with self._changed:
            return tuple(item for feed, items in self._items.items() if feed.kind is kind for item in items.values())

    # --- reading -----------------------------------------------------------------------------------------------------------------

    def _run(self, feed: Feed) -> None:
        version, failures = "", 0
        while not self._stop.is_set():
            moved, failure = self._round(feed, version)
            if failure is None:
                version, failures = moved, 0
            elif isinstance(failure, Refused) or failure.code_id in _HOPELESS:
                with self._changed:
                    if feed.optional:
                        self._listed.add(feed)
                    else:
                        self._failed.setdefault(feed, failure)
                    self._changed.notify_all()
                return
            else:  # a broken connection is taken up where it was
                with self._changed:
                    self._broken[feed] = failure
                failures = 1 if moved != version else failures + 1
                version = moved
                self._stop.wait(self._pause(failures))

    def _round(self, feed: Feed, version: str) -> tuple[str, SeldonNbError | Refused | None]:
        """List if need be, then follow until the connection ends: (from where to go on, what broke it)."""
        try:
            version = version or self._list(feed)
            for moved in self._follow(feed, version):
                version = moved
                if self._stop.is_set():
                    break
        except Gone:
            return "", None
        except (SeldonNbError, Refused) as error:
            return version, error
        return version, None

    def _list(self, feed: Feed) -> str:
        """Take in everything, page by page; what is no longer there is told as gone."""
        seen: set[Key] = set()
        version = ""
        for page in self._api.pages(feed.kind, feed.namespace, labels=feed.labels, fields=feed.fields):
            version = page.version
            for item in page.items:
                seen.add(_key(item))
                self._take(feed, _key(item), feed.reduce(item), quiet=True)
        with self._changed:
            gone = [key for key in self._items[feed] if key not in seen]
            self._listed.add(feed)
            self._changed.notify_all()
        for key in gone:
            self._take(feed, key, None)
        return version

    def _follow(self, feed: Feed, version: str) -> Iterator[str]:
        """Take in changes; gives the version after each."""

        def opened(cut: Callable[[], None]) -> None:
            with self._changed:
                self._cuts[feed] = cut
                self._broken.pop(feed, None)
            if self._stop.is_set():
                cut()

        changes = self._api.watch(
            feed.kind, feed.namespace, version=version, labels=feed.labels, fields=feed.fields, opened=opened
        )
        for change in changes:
            item = change["object"]
            if change["type"] != "BOOKMARK":
                self._take(feed, _key(item), None if change["type"] == "DELETED" else feed.reduce(item))
            yield str(kinds.metadata(item).get("resourceVersion", version))

    def _take(self, feed: Feed, key: Key, item: Plain | None, *, quiet: bool = False) -> None:
        with self._changed:
            before = self._items[feed].get(key)
            if quiet and before is not None and item is not None and _version(before) == _version(item):
                return
            if item is None:
                self._items[feed].pop(key, None)
            else:
                self._items[feed][key] = item
            self.version += 1
            if self._listener is not None:
                self._untold[feed.kind, key] = Change(feed.kind, key, item)
            self._changed.notify_all()

    def _tell(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._untold) or self._stop.is_set())
                if self._stop.is_set():
                    return
                untold, self._untold = self._untold, {}
            for change in untold.values():
                with contextlib.suppress(Exception):
                    assert self._listener is not None
                    self._listener(change)


def _key(item: Mapping[str, Any]) -> Key:
    about = kinds.metadata(item)
    return str(about.get("namespace", "")), str(about.get("name", ""))


def _version(item: Mapping[str, Any]) -> str:
    return str(kinds.metadata(item).get("resourceVersion", ""))


def whole(item: Plain) -> Plain:
    """Everything, but of who manages its fields only who and when: for watching one deployment."""
    about = item.get("metadata")
    if isinstance(about, dict) and about.get("managedFields"):
        about["managedFields"] = [
            {key: value for key, value in entry.items() if key in ("manager", "subresource", "time")}
            for entry in about["managedFields"]
        ]
    return item


def slim(item: Plain) -> Plain:
    """What a list shows: names, versions, our own labels and annotations, the state; for watching thousands."""
    about = kinds.metadata(item)
    kept: Plain = {
        key: about[key]
        for key in ("name", "namespace", "uid", "resourceVersion", "generation", "deletionTimestamp")
        if key in about
    }
    for part in ("labels", "annotations"):
        own = {
            key: value
            for key, value in (about.get(part) or {}).items()
            if (key.startswith(marks.PREFIX) and key != marks.PREFIX + "signature") or key in (marks.MANAGED_BY, kinds.SELDON_ID)
        }
        if own:
            kept[part] = own
    status = item.get("status") or {}
    seen = {
        key: status[key]
        for key in (
            "state",
            "description",
            "phase",
            "message",
            "observedGeneration",
            "replicas",
            "updatedReplicas",
            "availableReplicas",
        )
        if key in status
    }
    return {"metadata": kept, "status": seen}
