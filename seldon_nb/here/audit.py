"""The record of this machine: JSON Lines, each record chained to the one before by its hash, and an anchor that remembers the end.

::

    audit/
      records.jsonl       one canonical JSON record per line; only ever appended to
      anchor.json         install id, number and hash of the last record, bytes written; replaced in one step
      torn-<n>-<h>.part   what a stop in the middle of writing left of a line after record n; kept, because it is evidence
      lock

Whoever can write these files as the user can also write a whole new chain.  This record shows every change that was made by hand or by
accident; where that is not enough, a collector that the user can only append to is the authority.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seldon_nb.domain.audit import Act, AuditRecord, checked_details, checked_text
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.errors import fail
from seldon_nb.here import chain
from seldon_nb.here.chain import Anchor
from seldon_nb.here.home import write_private
from seldon_nb.ports import ChainVerdict

if TYPE_CHECKING:
    from filelock import FileLock

    from seldon_nb.domain.principal import Principal
    from seldon_nb.ports import Clock

LOCK_WAIT_S = 10.0
MAX_SUBJECT = 512
_sync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


class JsonlAudit:
    """The append-only record of one place, safe across threads and processes.

    Args:
        directory: private to the user; made if it is not there.
        clock: says when.
    """

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._records = directory / "records.jsonl"
        self._anchor = directory / "anchor.json"

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
        """Add one record; durable when this returns, otherwise nothing was added.

        A chain that does not hold is continued all the same, and :meth:`verify` goes on naming its first bad record.

        Raises:
            ValueError: the details (or another text) may not stand in a record, see :func:`~seldon_nb.domain.audit.checked_details`.
            SNB-603: the record cannot be written.
        """
        record = AuditRecord(
            seq=0,
            at=timestamp(self._clock.now()),
            who=checked_text(who.name),
            act=act,
            subject=checked_text(subject, most=MAX_SUBJECT),
            result=checked_text(result),
            digest=checked_text(digest),
            details=checked_details(details),
        )
        try:
            with self._locked():
                return self._append(record)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise fail("SNB-603", path=str(self._directory), reason=reason, subject=subject) from error

    def records(self, *, subject: str = "", since: str = "") -> Iterator[AuditRecord]:
        """Records in order, as a stream; lines that are not records are left to :meth:`verify`.

        Args:
            subject: a deployment (``dev/fraud``, or ``fraud`` in any namespace), a model (``fraud``, all its versions) or a version (``fraud@3``).
            since: RFC 3339 or the beginning of it (``2026-11``).
        """
        for line in self._lines():
            try:
                record = chain.parse_record(line)
            except ValueError:
                continue
            if record.at >= since and record.concerns(subject):
                yield record

    def verify(self) -> ChainVerdict:
        """Recompute the chain and compare it with the anchor; changes nothing.

        ``bad_seq`` is the first record that does not hold, or the first that is missing; ``reason`` says why, and is ``truncated`` if records are
        missing at the end.  With ``bad_seq`` 0, a ``reason`` is a note.
        """
        anchor, size = self._snapshot()
        first = chain.genesis(anchor.install) if anchor is not None and anchor.install else None
        seen = chain.read(self._lines(size), first, anchor.seq if anchor else 0)
        bad, reason = _verdict(anchor, seen, had_anchor=self._anchor.exists())
        if not bad and not reason and (seen.tail or next(self._directory.glob("torn-*.part"), None)):
            reason = chain.TORN
        return ChainVerdict(records=seen.lines, bad_seq=bad, reason=reason, head=seen.head)

    # --- writing -----------------------------------------------------------------------------------------------------------------

    def _append(self, record: AuditRecord) -> AuditRecord:
        anchor = self._anchor_to_follow()
        record = replace(record, seq=anchor.seq + 1, prev=anchor.prev)
        record = replace(record, hash=record.computed_hash())
        handle = os.open(self._records, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            before = os.fstat(handle).st_size
            try:
                _write_all(handle, _newline_if_needed(handle, before) + chain.to_line(record))
                _sync(handle)
                after = os.fstat(handle).st_size
                self._write_anchor(replace(anchor, seq=record.seq, head=record.hash, size=after))
            except OSError:
                os.ftruncate(handle, before)  # what was not written whole was not written
                raise
        finally:
            os.close(handle)
        return record

    def _anchor_to_follow(self) -> Anchor:
        """The anchor that the next record follows; what a stop in the middle of writing left behind is put in order first."""
        anchor = self._read_anchor()
        size = self._size()
        if anchor is None:
            return self._new_anchor(size)
        if size <= anchor.size:  # equal is the rule; shorter is for verify to tell
            return anchor
        with self._records.open("r+b") as file:
            file.seek(max(0, anchor.size - 1))
            if anchor.size and file.read(1) != b"\n":
                return anchor
            for line in file.read(size - anchor.size).splitlines(keepends=True):
                if not line.endswith(b"\n"):
                    self._keep_aside(line, anchor)
                    file.truncate(anchor.size)
                    break
                found = chain.holds(line[:-1], anchor.seq + 1, anchor.prev)
                if not found:
                    break
                anchor = replace(anchor, seq=anchor.seq + 1, head=found, size=anchor.size + len(line))
        return anchor

    def _new_anchor(self, size: int) -> Anchor:
        """The first anchor of an install, or one that says for ever that the former one was lost."""
        if not size and not self._anchor.exists():
            anchor = Anchor(install=secrets.token_hex(16))
        else:
            seen = chain.read(self._lines(), None, 0)
            anchor = Anchor(install="", seq=seen.good, head=seen.head, size=size, lost=seen.good)
        self._write_anchor(anchor)
        return anchor

    def _keep_aside(self, line: bytes, anchor: Anchor) -> None:
        name = f"torn-{anchor.seq}-{hashlib.sha256(line).hexdigest()[:8]}.part"
        write_private(self._directory / name, line)

    def _write_anchor(self, anchor: Anchor) -> None:
        write_private(self._anchor, anchor.to_bytes())

    # --- reading -----------------------------------------------------------------------------------------------------------------

    def _snapshot(self) -> tuple[Anchor | None, int]:
        """The anchor and the size that belong together; without the lock where the reader may not take it."""
        if not self._directory.is_dir():
            return None, 0
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                stack.enter_context(self._locked())
            return self._read_anchor(), self._size()

    def _read_anchor(self) -> Anchor | None:
        try:
            return Anchor.from_bytes(self._anchor.read_bytes())
        except FileNotFoundError:
            return None

    def _size(self) -> int:
        try:
            return self._records.stat().st_size
        except FileNotFoundError:
            return 0

    def _lines(self, size: int | None = None) -> Iterator[bytes]:
        """Lines with their newlines, up to ``size`` bytes (a whole number of lines, if the chain holds)."""
        left = self._size() if size is None else size
        if not left:
            return
        with self._records.open("rb", buffering=1 << 20) as file:
            for line in file:
                yield line[:left]
                left -= len(line)
                if left <= 0:
                    return

    def _locked(self) -> FileLock:
        from filelock import FileLock

        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return FileLock(self._directory / "lock", timeout=LOCK_WAIT_S, poll_interval=0.002, mode=0o600)


def _verdict(anchor: Anchor | None, seen: chain.Seen, *, had_anchor: bool) -> tuple[int, str]:
    """The first bad record and why, or 0 and perhaps a note."""
    if seen.reason:
        return seen.good + 1, seen.reason
    if anchor is None:
        return (seen.good + 1, chain.LOST) if seen.lines or seen.tail or had_anchor else (0, "")
    if 0 <= anchor.lost <= seen.good:
        return anchor.lost + 1, chain.LOST
    if seen.good < anchor.seq:
        return seen.good + 1, chain.UNREADABLE if seen.tail else chain.TRUNCATED
    if anchor.seq and seen.anchored != anchor.head:
        return anchor.seq, chain.REWRITTEN
    return 0, chain.NEWER if seen.good > anchor.seq else ""


def _newline_if_needed(handle: int, size: int) -> bytes:
    """A chain that was cut in the middle of a line goes on with a line of its own."""
    if not size:
        return b""
    os.lseek(handle, size - 1, os.SEEK_SET)
    return b"" if os.read(handle, 1) == b"\n" else b"\n"


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
