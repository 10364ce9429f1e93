"""Asking over gRPC, behind the port :class:`seldon_nb.ports.Endpoint`: bytes of one message in, bytes of one message out.

A status is told as the HTTP status of the same meaning, so whoever asks need not know which way was taken.  The sentence that comes with a failure is
dropped: servers put rows into it.  A server of ours puts the type and the place of an error there, as over HTTP; these two are kept.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seldon_nb.calling.http import MAX_ANSWER_BYTES
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.ports import HttpAnswer
from seldon_nb.words import tr

if TYPE_CHECKING:
    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.principal import SecretToken


MEDIA_TYPE = "application/grpc"

#: The HTTP status of the same meaning for each of gRPC's.
_STATUSES = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 422,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "UNIMPLEMENTED": 404,
    "ABORTED": 409,
    "ALREADY_EXISTS": 409,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNKNOWN": 500,
    "DATA_LOSS": 500,
}
_HTTP_STATUS = re.compile(r"Received http2 header with status: (\d{3})")
#: What a server of ours says of an error: a class's name, and a line of a file.
_TYPE = re.compile(r"[A-Za-z_][\w.]{0,80}\Z")
_PLACE = re.compile(r"[\w./<>-]{1,120}(:\d{1,7})?( in [\w.<>]{1,80})?\Z")
_TOO_LONG = re.compile(r"(?P<who>CLIENT|SERVER)?:? ?(Received|Sent|Decompressed) message larger than max", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a deployment answers over gRPC.

    Attributes:
        authority: host and port.
        secure: TLS; in plain text tokens are sent only where the place says so.
        roots: certificates of the authorities to trust, PEM; None for the system's.
    """

    authority: str
    secure: bool = False
    roots: bytes | None = None


class GrpcEndpoint:
    """Asks endpoints over kept channels; may be used by several threads at once.

    Seldon's gateways choose a deployment by two headers, ``seldon`` and ``namespace``; a deployment's own address does not mind them.  No proxy from the
    environment is used.

    Args:
        address: where a target answers; asked each time, because it may move.
        max_answer_bytes: a longer answer is not read.
    """

    def __init__(self, address: Callable[[Target], Address], *, max_answer_bytes: int = MAX_ANSWER_BYTES) -> None:
        self._address = address
        self._limit = max_answer_bytes
        self._channels: dict[Address, Any] = {}
        self._lock = threading.Lock()

    def url(self, target: Target) -> str:
        """The endpoint's address, as people would write it."""
        address = self._address(target)
        return f"{'grpcs' if address.secure else 'grpc'}://{address.authority}"

    def ask(self, target: Target, path: str, body: bytes | None, token: SecretToken | None, *, timeout_s: float) -> HttpAnswer:
        """Call the method ``path`` (``/package.Service/Method``) with one message; None is the empty one.

        Raises:
            SNB-302: nobody answers.
            SNB-303: it is not offered there.
            SNB-307: it took longer than ``timeout_s``.
            SNB-325: the answer is longer than the limit.
            SNB-328: grpcio is not installed.
        """
        try:
            import grpc
        except ImportError as error:
            raise fail("SNB-328", name=str(target), package="grpc") from error
        metadata = [("seldon", target.name), ("namespace", target.namespace)]
        if token is not None and token.reveal():
            metadata.append(("authorization", f"Bearer {token.reveal()}"))
        method = self._channel(self._address(target)).unary_unary(f"/{path.removeprefix('/')}")
        began = time.perf_counter()
        try:
            answer, call = method.with_call(body or b"", timeout=timeout_s, metadata=metadata)
        except grpc.RpcError as error:
            return self._failed(error, target, timeout_s, time.perf_counter() - began)
        return HttpAnswer(200, MEDIA_TYPE, answer, time.perf_counter() - began, _headers(call))

    def close(self) -> None:
        """Let go of the channels; the next question opens new ones."""
        with self._lock:
            channels, self._channels = list(self._channels.values()), {}
        for channel in channels:
            channel.close()

    def _failed(self, error: Any, target: Target, timeout_s: float, seconds: float) -> HttpAnswer:
        status, details = error.code().name, error.details() or ""
        if status == "DEADLINE_EXCEEDED":
            raise fail("SNB-307", name=str(target), url=self.url(target), seconds=round(timeout_s)) from None
        if answered := _HTTP_STATUS.search(details):  # something in between that speaks HTTP only
            return HttpAnswer(int(answered[1]), "text/html" if answered[1].startswith("3") else "", b"", seconds)
        if status == "RESOURCE_EXHAUSTED" and (told := _TOO_LONG.search(details)):
            if self._is_ours(told["who"], details):
                raise self._too_long(target) from None
            return HttpAnswer(413, MEDIA_TYPE, b"", seconds)
        if status in ("UNAVAILABLE", "CANCELLED"):
            raise fail("SNB-302", name=str(target), url=self.url(target)) from None
        return HttpAnswer(_STATUSES.get(status, 500), MEDIA_TYPE, _told(details), seconds)

    def _is_ours(self, who: str | None, details: str) -> bool:
        """Whether the limit that was passed is the one of this side; older versions of gRPC tell only the number."""
        return who.upper() == "CLIENT" if who else str(self._limit) in details

    def _too_long(self, target: Target) -> SeldonNbError:
        reason = tr("It is longer than {limit} bytes.", limit=self._limit)
        return fail("SNB-325", name=str(target), reason=reason, rows=tr("all"), limit=self._limit)

    def _channel(self, address: Address) -> Any:
        import grpc

        options = (
            ("grpc.max_receive_message_length", self._limit),
            ("grpc.max_send_message_length", -1),
            ("grpc.enable_http_proxy", 0),
            ("grpc.primary_user_agent", "seldon_nb"),
        )
        with self._lock:
            if address not in self._channels:
                if address.secure:
                    trust = grpc.ssl_channel_credentials(root_certificates=address.roots)
                    self._channels[address] = grpc.secure_channel(address.authority, trust, options)
                else:
                    self._channels[address] = grpc.insecure_channel(address.authority, options)
            return self._channels[address]


def _told(details: str) -> bytes:
    """Type and place of an error as JSON, if a server of ours tells them in the form that it has for them; nothing else is kept."""
    try:
        seen = json.loads(details)
    except ValueError:
        return b""
    if not isinstance(seen, dict):
        return b""
    forms = {"error_type": _TYPE, "where": _PLACE}
    kept = {key: str(seen[key]) for key, form in forms.items() if isinstance(seen.get(key), str) and form.match(seen[key])}
    return json.dumps(kept).encode() if kept else b""


def _headers(call: Any) -> Mapping[str, str]:
    pairs = (*(call.initial_metadata() or ()), *(call.trailing_metadata() or ()))
    return {key: value for key, value in pairs if isinstance(value, str)}
