"""The record of acts in a cluster: one immutable object per act, in the namespace that it is about, chained by hash and number.

The number is part of the object's name, so of two who write at once one is refused by the API server and takes the next: no lock is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from seldon_nb.cluster import kinds, visible
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.kinds import Plain
from seldon_nb.cluster.refusals import Refused
from seldon_nb.domain import marks
from seldon_nb.domain.audit import GENESIS, Act, AuditRecord, checked_details, checked_text
from seldon_nb.domain.canonical import canonical, digest_of
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.code import N_
from seldon_nb.domain.errors import fail
from seldon_nb.domain.principal import Principal
from seldon_nb.ports import ChainVerdict, Clock

LABELS = f"{marks.MANAGED_BY}={marks.US},{marks.KIND}=audit"
_TRIES = 20
_NAME = re.compile(r"snb-audit-(\d{8})\Z")
_REMOVED = N_("a record with its number is missing")
_CHANGED = N_("it was changed after it was written")
_UNLINKED = N_("it does not follow from the record before it")


class ClusterAudit:
    """Records of one cluster.

    Args:
        namespace: where records go that are about no namespace (a model that was logged); that of the credentials if empty.
    """

    def __init__(self, api: Api, clock: Clock, *, namespace: str = "") -> None:
        self._api = api
        self._clock = clock
        self._namespace = namespace

    def append(
        self,
        *,
        who: Principal,
        act: Act,
        subject: str,
        result: str = "ok",
        digest: str = "",
        details: Mapping[str, str | int] | None = None,
    ) -> AuditRecord:
        """Add one record; durable when this returns. Raises: SNB-533 without the right, SNB-538 if others are faster again and again."""
        record = AuditRecord(
            seq=1,
            at=timestamp(self._clock.now()),
            who=who.name,
            act=act,
            subject=checked_text(subject),
            result=result,
            digest=digest,
            details=checked_details(details),
        )
        namespace = self._of(subject)
        last = self._last(namespace)
        for _ in range(_TRIES):
            linked = replace(record, seq=last[0] + 1, prev=last[1])
            linked = replace(linked, hash=linked.computed_hash())
            try:
                self._api.create(kinds.CONFIG_MAP, namespace, document(linked, namespace), repeatable=True)
            except Refused as error:
                if error.status != 409:
                    raise fail("SNB-341", name=subject, namespace=namespace, model="-", whose="-", rule=error.message) from error
                there = self._read(namespace, linked.seq)
                if there is not None and there.hash == linked.hash:
                    return linked  # it was ours: the answer to the first attempt was lost
                last = (there.seq, there.hash) if there is not None else self._last(namespace)
                continue
            return linked
        raise fail("SNB-538", server=self._api.server, status=409, attempts=_TRIES, seconds=0)

    def records(self, *, subject: str = "", since: str = "") -> Iterable[AuditRecord]:
        """Records in order of time, of every namespace that we may read."""
        found = sorted((record for _, record in self._all()), key=lambda record: (record.at, record.seq))
        for record in found:
            if record.at >= since and record.concerns(subject):
                yield record

    def verify(self) -> ChainVerdict:
        """Recompute every namespace's chain; the first bad record is named, with its namespace in the reason."""
        chains: dict[str, dict[int, AuditRecord]] = {}
        for namespace, record in self._all():
            chains.setdefault(namespace, {})[record.seq] = record
        total = sum(len(chain) for chain in chains.values())
        for namespace in sorted(chains):
            bad, reason = check(chains[namespace])
            if bad:
                return ChainVerdict(records=total, bad_seq=bad, reason=reason)
        heads = {namespace: chain[max(chain)].hash for namespace, chain in chains.items()}
        return ChainVerdict(records=total, head=digest_of(heads) if heads else "")

    # --- how -------------------------------------------------------------------------------------------------------------------------

    def _of(self, subject: str) -> str:
        namespace, slash, _ = subject.partition("/")
        return namespace if slash else self._namespace or self._api.credentials.namespace or "default"

    def _last(self, namespace: str) -> tuple[int, str]:
        """(number, hash) of the last record: names are listed without their contents."""
        items = self._api.every(kinds.CONFIG_MAP, namespace, labels=LABELS, metadata_only=True).items
        numbers = [int(found[1]) for found in (_NAME.match(str(kinds.metadata(item)["name"])) for item in items) if found]
        if not numbers:
            return 0, GENESIS
        there = self._read(namespace, max(numbers))
        return (max(numbers), there.hash if there is not None else GENESIS)

    def _read(self, namespace: str, seq: int) -> AuditRecord | None:
        found = self._api.find(kinds.CONFIG_MAP, namespace, name_of(seq))
        return parse(found) if found is not None else None

    def _all(self) -> list[tuple[str, AuditRecord]]:
        items = visible.everywhere(self._api, kinds.CONFIG_MAP, LABELS)
        found = ((str(kinds.metadata(item)["namespace"]), parse(item)) for item in items)
        return [(namespace, record) for namespace, record in found if record is not None]


def name_of(seq: int) -> str:
    """The object that holds a record."""
    return f"snb-audit-{seq:08d}"


def document(record: AuditRecord, namespace: str) -> Plain:
    """A record as its object."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name_of(record.seq),
            "namespace": namespace,
            "labels": {marks.MANAGED_BY: marks.US, marks.KIND: "audit"},
        },
        "immutable": True,
        "data": {"record.json": canonical({**record.body(), "hash": record.hash}).decode()},
    }


def parse(found: Mapping[str, Any]) -> AuditRecord | None:
    """Back again; a record that cannot be read has its number and a hash that does not hold. None if the object is no record."""
    number = _NAME.match(str(kinds.metadata(found).get("name", "")))
    if number is None:
        return None
    try:
        record = AuditRecord.from_body(json.loads((found.get("data") or {})["record.json"]))
        return replace(record, seq=int(number[1]) if record.seq == int(number[1]) else -int(number[1]))
    except (KeyError, TypeError, ValueError):
        return AuditRecord(seq=int(number[1]), at="", who="-", act=Act.REFUSED, subject="-", hash="-")


def check(chain: Mapping[int, AuditRecord]) -> tuple[int, str]:
    """(the first bad number, why), or (0, "")."""
    prev = GENESIS
    for seq in range(1, max((abs(number) for number in chain), default=0) + 1):
        record = chain.get(seq)
        if record is None:
            return seq, _CHANGED if -seq in chain else _REMOVED
        if record.computed_hash() != record.hash:
            return seq, _CHANGED
        if record.prev != prev:
            return seq, _UNLINKED
        prev = record.hash
    return 0, ""
