"""One way to ask, whatever a deployment speaks: :func:`codec_for` reads its document and gives the codec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seldon_nb.codecs.chunks import spans
from seldon_nb.codecs.explain import Fitted, fit
from seldon_nb.codecs.protocol import BAD_DATA, GRPC, JSON, Asked, Decoded, Dialect, Message, Refused, Transport, refused
from seldon_nb.codecs.seldon import SeldonRest
from seldon_nb.codecs.seldon_grpc import SeldonGrpc
from seldon_nb.codecs.seldon_payload import Payload
from seldon_nb.codecs.tensorflow import TensorflowRest
from seldon_nb.codecs.v2 import layout_of
from seldon_nb.codecs.v2_grpc import V2Grpc
from seldon_nb.codecs.v2_rest import V2Rest
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.signature import Signature

KNOWN = "`v2`, `seldon`, `tensorflow`"


@dataclass(frozen=True, slots=True)
class Codec:
    """How one deployment is asked and answers; the same for every protocol and transport.

    Attributes:
        dialect: the protocol itself.
        transport: tells which endpoint to send its messages through.
    """

    dialect: Dialect
    transport: Transport

    @property
    def path(self) -> str:
        """Where questions go, below the endpoint's address."""
        return self.dialect.path

    @property
    def content_type(self) -> str:
        """Of questions and answers."""
        return GRPC if self.transport is Transport.GRPC else JSON

    def lay_out(self, fitted: Fitted, *, model: str = "") -> Asked:
        """Rows that :func:`~seldon_nb.codecs.explain.fit` took, ready to be written in parts.

        Raises:
            SNB-321, SNB-326: a column that this server, or this protocol, cannot take.
            SNB-328: gRPC, and protobuf is not installed.
        """
        try:
            return self.dialect.lay_out(fitted, model=model)
        except ImportError as error:
            raise fail("SNB-328", name=model, package=str(error.name or "protobuf")) from error

    def encode(self, data: Any, signature: Signature | None, *, model: str = "") -> Message:
        """All rows in one request.

        Args:
            data: a DataFrame, or what else :func:`~seldon_nb.codecs.explain.fit` takes.

        Raises:
            SNB-320 … SNB-324, SNB-326, SNB-328: the rows do not fit; nothing was made.
        """
        fitted = fit(data, signature, model=model)
        return Message(self.path, self.lay_out(fitted, model=model).body(0, fitted.rows), self.content_type)

    def decode(self, body: bytes, signature: Signature | None, *, name: str = "") -> Decoded:
        """An answer's rows, numbered from 0.

        Raises:
            SNB-315, SNB-327: the answer says that the model, or its server, failed.
            SNB-328: gRPC, and protobuf is not installed.
            ValueError: it is no answer of the protocol; the message holds no value.
        """
        try:
            return self.dialect.read(body, signature)
        except Refused as error:
            raise refused(error, name) from None
        except ImportError as error:
            raise fail("SNB-328", name=name, package=str(error.name or "protobuf")) from error

    def told(self, body: bytes) -> Mapping[str, str]:
        """``error_type`` and ``where`` of an error's body, as far as the server tells them; never a value."""
        return self.dialect.told(body)

    def failure(self, body: bytes, *, name: str) -> SeldonNbError | None:
        """The coded error that an error's body tells by itself, whatever its HTTP status; None if the status has to do.

        SNB-327: the server could not read the rows.
        """
        reason = self.told(body).get("error_type", "")
        return refused(Refused(reason), name) if reason == BAD_DATA else None

    def parts(self, rows: int, size: int) -> Iterator[tuple[int, int]]:
        """``(start, stop)`` of the requests for so many rows, ``size`` rows at most in each, fewer where the protocol takes fewer."""
        return spans(rows, min(size, self.dialect.most_rows or size))


def codec_for(
    document: Mapping[str, Any], *, transport: Transport | None = None, payload: Payload | None = None, raw: bool = True
) -> Codec:
    """The codec of a SeldonDeployment, by its first predictor's first node.

    Args:
        transport: in place of the document's own.
        payload: of the seldon protocol, in place of the one that follows from the signature and the server.
        raw: for V2 over gRPC: tensors as raw bytes (see :mod:`seldon_nb.codecs.v2_grpc`), else as typed contents.

    Raises:
        SNB-329: no codec for this protocol and transport.
    """
    spec = document["spec"]
    node = spec["predictors"][0]["graph"]
    protocol = spec.get("protocol") or "seldon"  # what the operator takes for it
    said = str(spec.get("transport") or "rest")
    way = transport or next((known for known in Transport if known.value == said), None)
    server = str(node.get("implementation") or "")
    if protocol in ("v2", "kfserving") and way is not None:
        if way is Transport.GRPC:
            return Codec(V2Grpc(str(node["name"]), layout_of(document), raw), way)
        return Codec(V2Rest(str(node["name"]), layout_of(document), bool(node.get("children"))), way)
    if protocol == "seldon" and way is not None:
        return Codec(SeldonGrpc(server, payload) if way is Transport.GRPC else SeldonRest(server, payload), way)
    if protocol == "tensorflow" and way is Transport.REST:
        return Codec(TensorflowRest(str(node["name"])), way)
    name = str((document.get("metadata") or {}).get("name") or node["name"])
    raise fail("SNB-329", name=name, protocol=protocol, transport=way.shown if way else said, known=KNOWN)
