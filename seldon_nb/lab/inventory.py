"""What all places show, kept in memory: found, sorted and cut into pages without asking any place.

What it holds is small: a status without documents per deployment and the words to find it by.  Rows are made for the page that is asked for, and kept per
language while nothing changes.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from seldon_nb.domain.deployment import DeploymentStatus, Progress, State, Target
from seldon_nb.domain.workflow import Run
from seldon_nb.words import language

if TYPE_CHECKING:
    from seldon_nb.lab.schema import DeploymentRow

#: Worst first: what needs a person, what is on its way, what is well.
SEVERITY = (State.STUCK, State.STOPPED, State.RESTORING, State.STARTING, State.UPDATING, State.ANSWERING)
SORTS = ("name", "state", "age", "owner", "calls", "p50")
MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which deployments, in which order, from where on.

    Attributes:
        text: words that all have to be found in name, model, owner, state or namespace; case and accents do not count.
        whose: ``mine``, ``shared``, or empty for both.
        state: a state's stable word.
        sort: one of ``SORTS``; what is not known comes last in either order.  ``age``: the youngest first.
        words: what each state is called in the language of whoever asks.
    """

    text: str = ""
    place: str = ""
    namespace: str = ""
    whose: str = ""
    state: str = ""
    sort: str = "name"
    descending: bool = False
    offset: int = 0
    limit: int = 50
    words: tuple[tuple[State, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A page: the rows, how many match in all, how many of these are mine and how many others', and the version that was read."""

    rows: tuple[DeploymentRow, ...]
    total: int
    mine: int
    shared: int
    version: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change of the inventory was: what is new or another now, and what is gone."""

    changed: tuple[DeploymentStatus, ...] = ()
    gone: tuple[DeploymentStatus, ...] = ()


@dataclass(slots=True)
class _Entry:
    status: DeploymentStatus
    mine: bool
    text: str
    name: tuple[str, str, str]
    rows: dict[str, DeploymentRow] = field(default_factory=dict)


class Inventory:
    """Deployments and runs of all places.  May be used by several threads at once.

    Args:
        make: makes a row of a status and the name of whoever looks, in the language of the moment.
    """

    def __init__(self, make: Callable[[DeploymentStatus, str], DeploymentRow]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._entries: dict[Target, _Entry] = {}
        self._runs: dict[tuple[str, str, str], Run] = {}
        self._me: dict[str, str] = {}
        self.version = 0

    # --- taking in ---------------------------------------------------------------------------------------------------------------

    def put(
        self, place: str, me: str, statuses: Iterable[DeploymentStatus], targets: frozenset[Target] | None = None
    ) -> Difference:
        """What a place shows now: of some deployments, or of all.  Only what differs counts as changed."""
        seen = {status.target: status for status in statuses}
        with self._lock:
            known = self._entries
            scope = targets if targets is not None else {target for target in known if target.place == place}
            gone = tuple(known.pop(target).status for target in scope if target not in seen and target in known)
            changed = []
            for target, status in seen.items():
                entry = known.get(target)
                if entry is not None and self._me.get(place) == me and face(entry.status) == face(status):
                    continue
                known[target] = _entry(status, me)
                changed.append(status)
            self._me[place] = me
            if changed or gone:
                self.version += 1
        return Difference(tuple(changed), gone)

    def put_runs(
        self, place: str, runs: Iterable[Run], targets: frozenset[Target] | None = None
    ) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
        """The same for runs: (new or another now, gone)."""
        seen = {_run_key(run): run for run in runs}
        with self._lock:
            mine = {
                key for key, run in self._runs.items() if run.target.place == place and (targets is None or run.target in targets)
            }
            gone = tuple(self._runs.pop(key) for key in mine if key not in seen)
            changed = tuple(
                run for key, run in seen.items() if key not in self._runs or run_face(self._runs[key]) != run_face(run)
            )
            for run in changed:
                slim = replace(run.revision, documents=(), signature=None) if run.revision is not None else None
                self._runs[_run_key(run)] = replace(run, revision=slim)
            if changed or gone:
                self.version += 1
        return changed, gone

    # --- giving out --------------------------------------------------------------------------------------------------------------

    def page(self, query: Query) -> Found:
        """One page of what matches."""
        with self._lock:
            entries = list(self._entries.values())
            version = self.version
        entries = [entry for entry in entries if _matches(entry, query)]
        if query.text:
            entries = _containing(entries, query)
        mine = sum(entry.mine for entry in entries)
        counted = len(entries)
        if query.whose:
            entries = [entry for entry in entries if entry.mine == (query.whose == "mine")]
        chosen = _sorted(entries, query)[query.offset : query.offset + min(query.limit, MOST)]
        rows = tuple(self._row(entry) for entry in chosen)
        return Found(rows, len(entries), mine, counted - mine, version)

    def runs(self, place: str = "", namespace: str = "") -> tuple[Run, ...]:
        """The runs that are known, in no order."""
        with self._lock:
            found = tuple(self._runs.values())
        return tuple(run for run in found if place in ("", run.target.place) and namespace in ("", run.target.namespace))

    def _row(self, entry: _Entry) -> DeploymentRow:
        spoken = language()
        if spoken not in entry.rows:
            entry.rows[spoken] = self._make(entry.status, self._me.get(entry.status.target.place, ""))
        return entry.rows[spoken]


def face(status: DeploymentStatus) -> tuple[Any, ...]:
    """All of a status that its row shows."""
    revision = status.revision
    return (
        revision.number,
        revision.plan_digest,
        revision.model,
        revision.applied_by.name,
        revision.applied_at,
        revision.classification,
        status.state,
        stage_of(status),
        status.diagnosis,
        status.calls,
        status.p50_ms,
        status.url,
        status.note,
    )


def run_face(run: Run) -> tuple[Any, ...]:
    """All of a run that its row and its detail show, but how long each step took."""
    return (
        run.phase,
        tuple(item.progress for item in run.steps),
        tuple(item.progress for item in run.stages),
        run.code,
        run.finished_at,
    )


def stage_of(status: DeploymentStatus) -> str:
    """The stable word of the stage at which it is or stands; empty where none is under way."""
    return next((item.stage.value for item in status.timeline if item.progress in (Progress.RUNNING, Progress.FAILED)), "")


def fold(text: str) -> str:
    """A text as it is looked for: without case and accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def _entry(status: DeploymentStatus, me: str) -> _Entry:
    revision, target = status.revision, status.target
    slim = replace(status, revision=replace(revision, documents=(), signature=None)) if revision.documents else status
    owner = revision.applied_by.name
    text = fold("\n".join((target.name, target.namespace, revision.model, owner, status.state.value)))
    return _Entry(slim, owner == me, text, (fold(target.name), target.namespace, target.place))


def _matches(entry: _Entry, query: Query) -> bool:
    target = entry.status.target
    return (
        query.place in ("", target.place)
        and query.namespace in ("", target.namespace)
        and query.state in ("", entry.status.state.value)
    )


def _containing(entries: list[_Entry], query: Query) -> list[_Entry]:
    """Those in which every word is found; a state also by its name in the reader's language."""
    for word in fold(query.text).split():
        states = {state for state, said in query.words if word in fold(said)}
        entries = [entry for entry in entries if word in entry.text or entry.status.state in states]
    return entries


def _sorted(entries: list[_Entry], query: Query) -> list[_Entry]:
    """By what was asked for, then by name; what is not known comes last in either order."""
    entries = sorted(entries, key=lambda entry: entry.name, reverse=query.descending and query.sort == "name")
    if query.sort == "name":
        return entries
    if query.sort == "age":  # the youngest first
        return sorted(entries, key=lambda entry: entry.status.revision.applied_at, reverse=not query.descending)
    key = _KEYS[query.sort]
    known = [entry for entry in entries if key(entry) is not None]
    unknown = [entry for entry in entries if key(entry) is None]
    return sorted(known, key=key, reverse=query.descending) + unknown


_RANK = {state: rank for rank, state in enumerate(SEVERITY)}
_KEYS: dict[str, Callable[[_Entry], Any]] = {
    "state": lambda entry: _RANK[entry.status.state],
    "owner": lambda entry: fold(entry.status.revision.applied_by.name),
    "calls": lambda entry: entry.status.calls or (0 if entry.status.target.place == "here" else None),
    "p50": lambda entry: entry.status.p50_ms,
}


def _run_key(run: Run) -> tuple[str, str, str]:
    return run.target.place, run.target.namespace, run.name
