"""Plans that were made in the panel, by digest: in memory, and as files for the time after a restart.

A plan holds no values: names, documents and findings only.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from seldon_nb.domain.errors import fail
from seldon_nb.domain.plan import Plan, plan_digest

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_IN_MEMORY = 32
_ON_DISK = 200


class Plans:
    """The newest plans.

    Args:
        directory: made when the first plan is kept; private to the user.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: OrderedDict[str, Plan] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, plan: Plan) -> None:
        """Remember a plan; the oldest ones are forgotten.  A disk that is full costs the copy, not the plan."""
        from seldon_nb.here.home import write_private
        from seldon_nb.wire import dumps

        self._remember(plan)
        with suppress(OSError):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._path(plan.digest), dumps(plan).encode())
            self._tidy()

    def get(self, digest: str) -> Plan:
        """The plan with this digest.

        Raises:
            SNB-714: none is kept here.  SNB-221: its file was altered.
        """
        with self._lock:
            if (known := self._known.get(digest)) is not None:
                self._known.move_to_end(digest)
                return known
        plan = self._read(digest)
        self._remember(plan)
        return plan

    def _read(self, digest: str) -> Plan:
        from seldon_nb.wire import loads

        if not _DIGEST.match(digest):
            raise fail("SNB-714", digest=digest[:80] or "-")
        path = self._path(digest)
        try:
            plan = loads(Plan, path.read_bytes())
        except FileNotFoundError:
            raise fail("SNB-714", digest=digest) from None
        except (OSError, ValueError) as error:
            raise fail("SNB-221", path=str(path), reason=type(error).__name__) from None
        if digest != plan.digest or digest != plan_digest(plan.spec, plan.documents, plan.base):
            raise fail("SNB-221", path=str(path), reason="digest")
        return plan

    def _path(self, digest: str) -> Path:
        return self._directory / f"{digest.removeprefix('sha256:')}.json"

    def _remember(self, plan: Plan) -> None:
        with self._lock:
            self._known[plan.digest] = plan
            self._known.move_to_end(plan.digest)
            while len(self._known) > _IN_MEMORY:
                self._known.popitem(last=False)

    def _tidy(self) -> None:
        files = sorted(self._directory.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[_ON_DISK:]:
            path.unlink(missing_ok=True)
