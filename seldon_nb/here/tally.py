"""How often each deployment was asked, and how long an answer took: counted from the gateway's log, which holds no payload."""

from __future__ import annotations

import statistics
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seldon_nb.domain.deployment import Revision
    from seldon_nb.here.gateway import Gateway

_RECENT = 500


@dataclass(slots=True)
class _Count:
    since: str
    calls: int = 0
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=_RECENT))


class Tally:
    """Counts questions per deployment since its revision was applied; each line of the log is read once."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._offset = 0
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()

    def read(self, revisions: Iterable[Revision]) -> dict[str, tuple[int, int | None]]:
        """(calls, median in milliseconds of the latest, None without any) by deployment; several threads may ask."""
        with self._lock:
            return self._read(revisions)

    def _read(self, revisions: Iterable[Revision]) -> dict[str, tuple[int, int | None]]:
        records, self._offset = self._gateway.calls(self._offset)
        counts = {}
        for revision in revisions:
            name = str(revision.target)
            known = self._counts.get(name)
            same = known is not None and known.since == revision.applied_at
            counts[name] = known if known is not None and same else _Count(revision.applied_at)
        for record in records:
            self._count(counts, record)
        self._counts = counts
        return {
            name: (count.calls, round(statistics.median(count.recent)) if count.recent else None)
            for name, count in counts.items()
        }

    def _count(self, counts: Mapping[str, _Count], record: Mapping[str, Any]) -> None:
        count = counts.get(f"{record.get('namespace')}/{record.get('deployment')}")
        if count is None or not str(record.get("path", "")).endswith("/infer") or str(record.get("time", "")) < count.since:
            return
        if record.get("code") not in (401, 403):
            count.calls += 1
            if record.get("code") == 200:
                count.recent.append(int(record.get("duration_ms", 0)))
