"""What every protocol has in common: the way a question goes out, and what comes back of it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from seldon_nb.codecs.explain import Fitted
from seldon_nb.codecs.notes import Notes
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.signature import Signature
from seldon_nb.words import tr

if TYPE_CHECKING:
    import pandas as pd

JSON = "application/json"
GRPC = "application/grpc"
#: The seldon protocol's word for rows that a server could not read.
BAD_DATA = "MICROSERVICE_BAD_DATA"


class Transport(enum.Enum):
    """How bytes travel; the values are those of ``spec.transport``."""

    REST = "rest"
    GRPC = "grpc"

    @property
    def shown(self) -> str:
        """As people write it."""
        return "REST" if self is Transport.REST else "gRPC"


@dataclass(frozen=True, slots=True)
class Message:
    """One request, ready to be sent.

    Attributes:
        path: below the endpoint's address; for gRPC the full name of the method.
        body: JSON, or one serialised message without gRPC's own framing.
        content_type: ``application/json`` or ``application/grpc``.
    """

    path: str
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Meta:
    """What an answer of the seldon protocol says about itself; empty for others.  Tags are the model's own and may hold values of rows."""

    puid: str = ""
    tags: Mapping[str, Any] = field(default_factory=dict)
    routing: Mapping[str, int] = field(default_factory=dict)
    request_path: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decoded:
    """An answer that was read: rows numbered from 0, and what was said along with them."""

    frame: pd.DataFrame
    notes: Notes = field(default_factory=Notes)
    meta: Meta = field(default_factory=Meta)


class Asked(Protocol):
    """Rows laid out for one server, written all at once or in parts."""

    def body(self, start: int, stop: int) -> bytes:
        """The request for rows ``start`` to ``stop`` (not included)."""


class Dialect(Protocol):
    """One protocol over one transport."""

    @property
    def shown(self) -> str:
        """Its name for sentences: ``seldon, gRPC``."""

    @property
    def path(self) -> str:
        """Where questions go."""

    @property
    def most_rows(self) -> int:
        """Rows of one request at most; 0 for any number."""

    def lay_out(self, fitted: Fitted, *, model: str) -> Asked:
        """Rows that fit the signature, as this server reads them. Raises: SNB-321, SNB-326."""

    def read(self, body: bytes, signature: Signature | None) -> Decoded:
        """The answer's rows. Raises: :class:`Refused` if it says that it failed, ValueError (without values) if it is not an answer."""

    def told(self, body: bytes) -> Mapping[str, str]:
        """``error_type`` and ``where`` of an error body, as far as they are told; never a value."""


class Refused(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """An answer that says, in a way of its own, that it is none; ``reason`` is one of the protocol's own words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_REASON = re.compile(r"[A-Z][A-Z0-9_]{2,60}\Z")


def safe_reason(reason: object) -> str:
    """A reason if it is one of the protocol's words (``MICROSERVICE_BAD_DATA``), else nothing: it may quote a row."""
    return reason if isinstance(reason, str) and _REASON.match(reason) else ""


def refused(error: Refused, name: str) -> SeldonNbError:
    """The coded error behind a refusal."""
    if error.reason == BAD_DATA:
        return fail("SNB-327", name=name, reason=error.reason)
    return fail(
        "SNB-315",
        name=name,
        error_type=error.reason or tr("an error that the server does not name"),
        where=tr("a place that the server does not name"),
    )


def cannot_travel(column: str, reason: str, *, model: str, shown: str, fix: str = "") -> SeldonNbError:
    """SNB-326 for one column; ``reason`` is a sentence without values."""
    import json

    cell = f"rows[{json.dumps(column, ensure_ascii=False)}]"
    return fail(
        "SNB-326",
        column=column,
        model=model or tr("the model"),
        reason=reason,
        protocol=shown,
        fix=fix.format(cell=cell) if fix else f"{cell}.head()",
    )
