"""The chain of records as bytes: how a line is written, what the anchor says, and which record is the first that does not hold.

Pure: lines in, verdict out.  A line is canonical JSON, and its hash covers every other byte of it, so it can be checked without writing it again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from seldon_nb.domain.audit import AuditRecord
from seldon_nb.domain.canonical import DIGEST_PREFIX, canonical, digest_of
from seldon_nb.domain.code import N_

# Why a record does not hold; translated where it is shown.  ``truncated`` is a word that flows ask for.
UNREADABLE = N_("the line in its place is not a record")
CHANGED = N_("it was changed after it was written")
REMOVED = N_("another record stands in its place; it was removed, or records changed places")
REPEATED = N_("the line in its place repeats an earlier record")
FORKED = N_("two records claim to follow the same one")
UNLINKED = N_("it does not follow from the record before it")
REWRITTEN = N_("the chain was written anew; its anchor remembers another record")
LOST = N_("the anchor was removed or changed, so records before this one may be missing")
TRUNCATED = "truncated"
# Notes on a chain that holds.
TORN = N_("a line that was cut off while it was being written has been kept aside; no complete record is missing")
NEWER = N_("the last record is newer than the anchor, because writing stopped between the two")

_HASH = re.compile(rb'"hash":"(sha256:[0-9a-f]{64})",')


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What is remembered outside the chain: the install, the last record's number and hash, and the bytes written until then.

    ``lost`` is the number of records there were when the former anchor was found missing; -1 if that never happened.
    """

    install: str
    seq: int = 0
    head: str = ""
    size: int = 0
    lost: int = -1

    def body(self) -> dict[str, Any]:
        """Everything that its own hash covers."""
        return {"v": 1, "install": self.install, "seq": self.seq, "head": self.head, "size": self.size, "lost": self.lost}

    def to_bytes(self) -> bytes:
        """The file's content."""
        return canonical({**self.body(), "hash": digest_of(self.body())}) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Anchor | None:
        """The anchor, or None if this is not one, to the byte."""
        try:
            found = json.loads(data)
            anchor = cls(install=found["install"], seq=found["seq"], head=found["head"], size=found["size"], lost=found["lost"])
            return anchor if anchor.to_bytes() == data else None
        except (ValueError, KeyError, TypeError):
            return None

    @property
    def prev(self) -> str:
        """What the next record follows."""
        return self.head or genesis(self.install)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a reading saw: ``good`` records before the first bad one, ``lines`` in all, and the hash that the anchor's record has."""

    good: int
    lines: int
    head: str
    anchored: str
    tail: int
    reason: str = ""


def genesis(install: str) -> str:
    """What the first record of an install follows."""
    return digest_of({"v": 1, "install": install})


def to_line(record: AuditRecord) -> bytes:
    """A record as its line, newline included."""
    return canonical({**record.body(), "hash": record.hash}) + b"\n"


def parse_record(line: bytes) -> AuditRecord:
    """A line as a record; ``ValueError`` if it is none.  The chain is not checked."""
    return AuditRecord.from_body(json.loads(line))


def holds(line: bytes, seq: int, prev: str) -> str:
    """The hash of a line (without newline) that is record ``seq`` and follows ``prev``; empty if it is not."""
    found = _read(line)
    return found.stated if (found.seq, found.prev, found.stated) == (seq, prev, found.computed) else ""


def read(lines: Iterable[bytes], first: str | None, anchored_seq: int) -> Seen:
    """Follow the chain from its first line to the first one that does not hold.

    Args:
        lines: as a file gives them, with their newlines; only the last may lack it.
        first: what the first record follows; None if nobody knows any more.
        anchored_seq: the record whose hash the anchor remembers.
    """
    good, total, tail, reason, anchored = 0, 0, 0, "", ""
    prev, before = first, ""
    for line in lines:
        if not line.endswith(b"\n"):
            tail = len(line)
            break
        total += 1
        if reason:
            continue
        found = _read(line[:-1])
        reason = _judge(found, good + 1, prev, before)
        if not reason:
            good += 1
            before, prev = found.prev, found.stated
            anchored = found.stated if good == anchored_seq else anchored
    return Seen(good=good, lines=total, head=prev if good and prev else "", anchored=anchored, tail=tail, reason=reason)


class _Line(NamedTuple):
    """What a line says of itself; ``stated`` is empty if it is no record."""

    seq: int = 0
    prev: str = ""
    stated: str = ""
    computed: str = ""


def _judge(found: _Line, seq: int, prev: str | None, before: str) -> str:
    """Why ``found`` is not record ``seq`` that follows ``prev`` (which itself follows ``before``); empty if it is."""
    if not found.stated:
        return UNREADABLE
    if found.stated != found.computed:
        return CHANGED
    if found.seq > seq:
        return REMOVED
    if found.seq < seq:
        return FORKED if found.prev == before and found.stated != prev else REPEATED
    return UNLINKED if prev is not None and found.prev != prev else ""


def _read(line: bytes) -> _Line:
    marks = _HASH.findall(line)
    if len(marks) != 1:
        return _Line()
    try:
        found = json.loads(line)
        seq, prev = found["seq"], found["prev"]
    except (ValueError, KeyError, TypeError):
        return _Line()
    if type(seq) is not int or type(prev) is not str:
        return _Line()
    computed = DIGEST_PREFIX + hashlib.sha256(_HASH.sub(b"", line)).hexdigest()
    return _Line(seq, prev, marks[0].decode(), computed)
