"""An API server's answer other than yes; what its sentence means is read in :mod:`seldon_nb.diagnosis.refusals`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seldon_nb.diagnosis.refusals import explain_refusal, lacking
from seldon_nb.domain.errors import SeldonNbError, fail

if TYPE_CHECKING:
    from seldon_nb.domain.deployment import Target

_MOST = 2000


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """The API server said no to one request; whoever asked knows what that means.

    Attributes:
        status: HTTP status.
        reason: ``NotFound``, ``Conflict``, ``AlreadyExists``, ``Invalid``, ``Gone``, ``Forbidden``…
        message: the server's own sentence.
        kind_unknown: the server does not know the kind at all.
    """

    def __init__(self, status: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(f"HTTP {status} {reason}")
        self.status = status
        self.reason = reason
        self.message = message[:_MOST]
        self.details = details or {}

    @property
    def kind_unknown(self) -> bool:
        """Whether the server does not know the kind of object."""
        return self.status == 404 and not self.details.get("name")

    @property
    def of_namespace(self) -> str:
        """The namespace that does not exist, if that is why; empty otherwise."""
        if self.status == 404 and self.details.get("kind") == "namespaces":
            return str(self.details.get("name", ""))
        return ""


def refused(status: int, body: bytes) -> Refused:
    """An answer as an exception; a body that is not a Status of Kubernetes is not repeated."""
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("kind") != "Status":
        return Refused(status, "", "")
    return Refused(status, str(told.get("reason", "")), str(told.get("message", "")), told.get("details") or {})


def no_right(error: Refused) -> dict[str, str] | None:
    """The right that is lacking, if that is why: who, verb, resource, namespace; None if an admission rule refused."""
    return lacking(error.message) if error.status == 403 else None


def refusal(error: Refused, target: Target, model: str, *, seconds: int = 0) -> SeldonNbError:
    """What kept an object at the door, by its code: SNB-333, SNB-341, SNB-342, SNB-347.

    Args:
        model: ``fraud@3``; ``-`` if nobody knows.
        seconds: how long it was tried.
    """
    code, told = explain_refusal(error.message or f"HTTP {error.status}")
    if code == "SNB-533":  # a webhook that repeats somebody else's missing right
        code, told = "SNB-341", {"whose": "RBAC", "rule": f"{told['who']}: {told['verb']} {told['resource']}"}
    facts: dict[str, object] = {"name": str(target), "namespace": target.namespace, "model": model or "-", **told}
    return fail(code, **(facts | {"seconds": seconds} if code == "SNB-342" else facts))
