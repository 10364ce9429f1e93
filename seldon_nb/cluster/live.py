"""Keeping a cluster in view: one watch over our deployments, their workloads and their workflows, for everybody who looks.

Each object is kept small: names, our own marks, and the rest packed; a status is worked out again only where something changed.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from seldon_nb.cluster import kinds, visible
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.argo import ArgoWorkflows, age, run_of
from seldon_nb.cluster.kinds import Kind, Plain
from seldon_nb.cluster.refusals import Refused
from seldon_nb.cluster.rights import Rights
from seldon_nb.cluster.serving import ClusterServing
from seldon_nb.cluster.watching import Change, Feed, Key, Watch
from seldon_nb.domain import marks
from seldon_nb.domain.deployment import DeploymentStatus, Revision, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.workflow import Phase, Run
from seldon_nb.ports import Glimpse, Told

#: Seconds that the first list may take.
FIRST_S = 30.0
_PACKED = "packed"
_KEPT = ("name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp")
_SIGNATURE = marks.PREFIX + "signature"


class ClusterWatch:
    """A cluster in view; where no cluster-wide list is permitted, the namespaces that are ours."""

    def __init__(self, api: Api, rights: Rights, serving: ClusterServing, workflows: ArgoWorkflows) -> None:
        self._api = api
        self._rights = rights
        self._serving = serving
        self._workflows = workflows
        self._lock = threading.RLock()
        self._watch: Watch | None = None
        self._told: Told = lambda _: None
        self._synced = False
        self._known: tuple[str, ...] = ()
        self._forget()

    def _forget(self) -> None:
        self._documents: dict[Target, Plain] = {}
        self._loads: dict[Target, dict[Key, Plain]] = {}
        self._flows: dict[Target, dict[Key, Plain]] = {}
        self._owners: dict[tuple[Kind, Key], Target] = {}
        self._becoming: dict[tuple[Target, str], Revision | None] = {}

    # --- life --------------------------------------------------------------------------------------------------------------------

    def start(self, told: Told) -> None:
        """Begin to watch; the first look waits for the first list. Raises: what keeps us from asking at all."""
        wide = self._rights.may("list", kinds.SELDON.resource, "") and self._rights.may("watch", kinds.SELDON.resource, "")
        known = ("",) if wide else visible.own(self._api)
        where = known if wide else tuple(name for name in known if self._rights.may("list", kinds.SELDON.resource, name))
        if not where:
            visible.everywhere(self._api, kinds.SELDON, marks.OURS)  # says which right is lacking
        watch = Watch(self._api, tuple(feed for namespace in where for feed in _feeds(namespace)), self._heard)
        with self._lock:
            self._forget()
            self._synced = False
            self._told, self._known, self._watch = told, known, watch
        watch.start()

    def stop(self) -> None:
        """End, and close the connections."""
        with self._lock:
            watch, self._watch, self._told = self._watch, None, lambda _: None
            self._forget()
        if watch is not None:
            watch.stop()

    def check(self) -> SeldonNbError | None:
        """What keeps it from following the cluster right now; namespaces that somebody named meanwhile are watched from now on."""
        watch, told = self._watch, self._told
        if watch is None:
            return None
        if self._known != ("",) and self._known != visible.own(self._api):
            self.stop()
            self.start(told)
            told(None)
            return None
        return _coded(watch.trouble)

    # --- looking -----------------------------------------------------------------------------------------------------------------

    def look(self, targets: frozenset[Target] | None = None) -> Glimpse:
        """What the objects that were last seen say."""
        self._await_first()
        with self._lock:
            chosen = targets if targets is not None else frozenset((*self._documents, *self._flows))
            sights = [(target, self._documents.get(target), tuple(self._loads.get(target, {}).values())) for target in chosen]
            flows = [tuple(self._flows.get(target, {}).values()) for target in chosen]
        statuses = tuple(self._status(document, loads) for _, document, loads in sights if document is not None)
        serving = {status.target: status.revision.plan_digest for status in statuses}
        return Glimpse(statuses, self._runs(flows, serving))

    def _await_first(self) -> None:
        watch = self._watch
        if watch is None or self._synced:
            return
        try:
            synced = watch.synced(FIRST_S)
        except (SeldonNbError, Refused) as error:
            raise _coded(error) or error from None
        if not synced:
            raise _coded(watch.trouble) or fail("SNB-531", server=self._api.server, reason="timeout", seconds=round(FIRST_S))
        with self._lock:
            for kind in (kinds.SELDON, kinds.WORKLOAD, kinds.WORKFLOW):
                for item in watch.items(kind):
                    about = kinds.metadata(item)
                    self._take(kind, (str(about.get("namespace", "")), str(about.get("name", ""))), item)
            self._synced = True

    def _status(self, document: Plain, loads: tuple[Plain, ...]) -> DeploymentStatus:
        seen = self._serving.from_afar(unpacked(document), tuple(map(unpacked, loads)))
        return replace(seen, revision=replace(seen.revision, documents=(), signature=None))

    def _runs(self, flows: Iterable[tuple[Plain, ...]], serving: Mapping[Target, str]) -> tuple[Run, ...]:
        """The latest run of each deployment; with the revision that its plan becomes where nothing serves yet."""
        runs = [run_of(unpacked(max(items, key=age))) for items in flows if items]
        wanted = [
            run
            for run in runs
            if run.phase is not Phase.SUCCEEDED
            and run.target not in serving
            and (run.target, run.plan_digest) not in self._becoming
        ]
        for run in self._workflows.with_revisions(wanted):
            slim = replace(run.revision, documents=(), signature=None) if run.revision is not None else None
            self._becoming[run.target, run.plan_digest] = slim
        return tuple(replace(run, revision=self._becoming.get((run.target, run.plan_digest))) for run in runs)

    # --- hearing -----------------------------------------------------------------------------------------------------------------

    def _heard(self, change: Change) -> None:
        with self._lock:
            if self._watch is None:
                return
            target = self._take(change.kind, change.key, change.object)
            told = self._told if self._synced else None
        if target is not None and told is not None:
            told(frozenset({target}))

    def _take(self, kind: Kind, key: Key, item: Plain | None) -> Target | None:
        """Keep what was heard of one object; the deployment that it belongs to."""
        target = _target_of(kind, key, item) if item is not None else self._owners.get((kind, key))
        if target is None:
            return None
        if kind is kinds.SELDON:
            if item is None:
                self._documents.pop(target, None)
            else:
                self._documents[target] = item
        else:
            place = self._loads if kind is kinds.WORKLOAD else self._flows
            mine = place.setdefault(target, {})
            if item is None:
                mine.pop(key, None)
            else:
                mine[key] = item
            if not mine:
                del place[target]
        if item is None:
            self._owners.pop((kind, key), None)
        else:
            self._owners[kind, key] = target
        return target


def _feeds(namespace: str) -> tuple[Feed, ...]:
    return (
        Feed(kind=kinds.SELDON, namespace=namespace, labels=marks.OURS, reduce=packed),
        Feed(kind=kinds.WORKLOAD, namespace=namespace, labels=kinds.SELDON_ID, reduce=packed, optional=True),
        Feed(kind=kinds.WORKFLOW, namespace=namespace, labels=marks.OURS, reduce=packed, optional=True),
    )


def _target_of(kind: Kind, key: Key, item: Mapping[str, Any]) -> Target | None:
    if kind is kinds.SELDON:
        return Target(*key, "cluster")
    if kind is kinds.WORKLOAD:
        name = kinds.labels_of(item).get(kinds.SELDON_ID)
        return Target(key[0], name, "cluster") if name else None
    return run_of(unpacked(item)).target


def packed(item: Plain) -> Plain:
    """An object for keeping by the thousand: its names and labels as they are, our annotations, and the rest as packed bytes."""
    about = kinds.metadata(item)
    kept: Plain = {key: about[key] for key in _KEPT if key in about}
    kept["labels"] = dict(kinds.labels_of(item))
    own = {key: value for key, value in kinds.annotations_of(item).items() if key.startswith(marks.PREFIX) and key != _SIGNATURE}
    rest = {"annotations": own, "spec": item.get("spec") or {}, "status": item.get("status") or {}}
    return {"metadata": kept, _PACKED: zlib.compress(json.dumps(rest, separators=(",", ":")).encode(), 1)}


def unpacked(item: Mapping[str, Any]) -> Plain:
    """The object again, without what nobody reads of it."""
    rest = json.loads(zlib.decompress(item[_PACKED]))
    return {
        "metadata": {**item["metadata"], "annotations": rest["annotations"]},
        "spec": rest["spec"],
        "status": rest["status"],
    }


def _coded(error: Exception | None) -> SeldonNbError | None:
    """An error with its code; an answer of the API server that has none of its own counts as a cluster that is too busy."""
    if error is None or isinstance(error, SeldonNbError):
        return error
    status = error.status if isinstance(error, Refused) else 0
    return fail("SNB-538", server="-", status=status, attempts=1, seconds=0)
