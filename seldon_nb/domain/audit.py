"""Audit records: append-only, chained by their hashes, never a payload, never a token."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from seldon_nb.domain.canonical import digest_of

GENESIS = "sha256:" + "0" * 64


class Act(enum.Enum):
    """What was done."""

    LOG = "log"
    PLAN = "plan"
    APPLY = "apply"
    DELETE = "delete"
    TOKEN = "token"
    CALLS = "calls"
    PROBE = "probe"
    RESTORE = "restore"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One record.

    Attributes:
        seq: 1, 2, 3…
        at: RFC 3339.
        who: the principal's name.
        act: what was done; ``result`` is ``ok`` or a code.
        subject: what it was done to (``dev/fraud``, ``fraud@3``).
        digest: of the plan or the model, if there is one.
        details: text and whole numbers from a closed set of keys; never values of a payload.
        prev, hash: the chain.
    """

    seq: int
    at: str
    who: str
    act: Act
    subject: str
    result: str = "ok"
    digest: str = ""
    details: Mapping[str, str | int] = field(default_factory=dict)
    prev: str = GENESIS
    hash: str = ""

    def body(self) -> dict[str, object]:
        """Everything that the hash covers, as plain JSON."""
        return {
            "v": 1,
            "seq": self.seq,
            "at": self.at,
            "who": self.who,
            "act": self.act.value,
            "subject": self.subject,
            "result": self.result,
            "digest": self.digest,
            "details": dict(self.details),
            "prev": self.prev,
        }

    def computed_hash(self) -> str:
        """The hash this record ought to carry."""
        return digest_of(self.body())
