"""Audit records: append-only, chained by their hashes, never a payload, never a token."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seldon_nb.domain.canonical import digest_of

GENESIS = "sha256:" + "0" * 64

#: Everything that a record's details may say.  Nothing else is ever written, so a payload has no place to go.
DETAIL_KEYS = frozenset(
    {
        "alias",
        "allowed",
        "answered",
        "asked_with",
        "caller",
        "callers",
        "calls",
        "classification",
        "code",
        "deployment",
        "failed",
        "first",
        "flavor",
        "last",
        "minutes",
        "model",
        "model_digest",
        "namespace",
        "note",
        "outcome",
        "overrides",
        "place",
        "reason",
        "refused",
        "refused_status",
        "replaced",
        "revision",
        "rows",
        "run",
        "server",
        "stage",
        "status",
        "took_ms",
        "version",
    }
)
MAX_TEXT = 256
_MAX_INT = 2**53 - 1  # what every reader of JSON can hold
_LOOKS_SECRET = re.compile(r"eyJ[A-Za-z0-9_-]{6,}|-----BEGIN|\b[Bb]earer\s+\S")
_LOOKS_PAYLOAD = re.compile(r"\s*(\{.*\}|\[.*\])\s*\Z", re.DOTALL)


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
    CASES = "cases"  # a named set of them was saved or deleted
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

    @classmethod
    def from_body(cls, found: Mapping[str, Any]) -> AuditRecord:
        """A record from :meth:`body` and its ``hash``; the chain is not checked. Raises: ValueError if it is none."""
        try:
            return cls(
                seq=found["seq"],
                at=found["at"],
                who=found["who"],
                act=Act(found["act"]),
                subject=found["subject"],
                result=found["result"],
                digest=found["digest"],
                details=dict(found["details"]),
                prev=found["prev"],
                hash=found["hash"],
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not a record") from error

    def concerns(self, subject: str) -> bool:
        """Whether it is about a deployment (``dev/fraud`` or ``fraud``) or a model (``fraud`` or ``fraud@2``); everything is about ``""``."""
        about = (self.subject, str(self.details.get("model", "")))
        return not subject or any(item and subject in (item, item.rpartition("/")[2], item.rpartition("@")[0]) for item in about)


def checked_text(text: str, *, most: int = MAX_TEXT) -> str:
    """The text itself, if a record may hold it.

    Raises:
        ValueError: it is too long, or looks like a token, a key or a payload; the text is not repeated in the error.
    """
    if len(text) > most:
        raise ValueError(f"a record holds texts of {most} characters at most")
    if _LOOKS_SECRET.search(text):
        raise ValueError("this text looks like a token or a key")
    if _LOOKS_PAYLOAD.match(text):
        raise ValueError("this text looks like a payload")
    return text


def checked_details(details: Mapping[str, str | int] | None) -> dict[str, str | int]:
    """The details as a new dict, if a record may hold them: known keys, short texts, whole numbers.

    Raises:
        ValueError: for anything else.
    """
    checked: dict[str, str | int] = {}
    for key, value in (details or {}).items():
        if key not in DETAIL_KEYS:
            raise ValueError(f"a record has no detail called {key!r}")
        if type(value) is str:
            checked[key] = checked_text(value)
        elif type(value) is int and abs(value) <= _MAX_INT:
            checked[key] = value
        else:
            raise ValueError(f"the detail {key!r} is neither text nor a whole number")
    return checked
