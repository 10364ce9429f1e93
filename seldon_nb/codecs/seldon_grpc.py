"""The seldon protocol over gRPC: rows to a ``SeldonMessage``, and back.  Every number is a double on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seldon_nb.codecs import descriptors, tftensor
from seldon_nb.codecs.explain import Fitted
from seldon_nb.codecs.packed import get_packed, set_packed
from seldon_nb.codecs.protocol import Asked, Decoded, Transport
from seldon_nb.codecs.seldon import broken_text, only
from seldon_nb.codecs.seldon_answer import read_message
from seldon_nb.codecs.seldon_payload import Laid, Layer, Payload, plain_columns
from seldon_nb.domain.signature import Signature

PATH = f"/{descriptors.SELDON_SERVICE}/Predict"


@dataclass(frozen=True, slots=True)
class SeldonGrpc:
    """Asks a deployment; see :class:`seldon_nb.codecs.seldon.SeldonRest`."""

    server: str = ""
    payload: Payload | None = None
    shown: str = "seldon, gRPC"

    @property
    def path(self) -> str:
        """The method."""
        return PATH

    @property
    def most_rows(self) -> int:
        """Rows of one request at most; 0 for any number."""
        return self.payload.most_rows if self.payload else 0

    def lay_out(self, fitted: Fitted, *, model: str) -> Asked:
        """Rows in the form that arrives as it is. Raises: SNB-326; ImportError without protobuf."""
        descriptors.seldon("SeldonMessage")
        return _Question(Layer(self.server, Transport.GRPC, model).lay_out(fitted, self.payload), model)

    def read(self, body: bytes, signature: Signature | None) -> Decoded:
        """The answer's rows. Raises: Refused, ValueError without values; ImportError without protobuf."""
        from google.protobuf.message import DecodeError

        try:
            message = descriptors.seldon("SeldonMessage").FromString(body)
        except DecodeError:
            raise ValueError("not a message of the protocol") from None
        try:
            plain = to_plain(message)
        except (LookupError, ValueError, RecursionError):
            raise ValueError("an output of another form") from None
        return read_message(plain, signature)

    def told(self, body: bytes) -> Mapping[str, str]:
        """Nothing: an error over gRPC is a status and a sentence that may quote a row."""
        return {}


@dataclass(frozen=True, slots=True)
class _Question:
    laid: Laid
    model: str

    def body(self, start: int, stop: int) -> bytes:
        """The request for rows ``start`` to ``stop`` (not included). Raises: SNB-321: text that is not valid Unicode."""
        message = descriptors.seldon("SeldonMessage")()
        try:
            self._fill(message, start, stop)
            data: bytes = message.SerializeToString()
        except (UnicodeEncodeError, ValueError) as error:
            if isinstance(error, UnicodeError) or "surrogate" in str(error) or "UTF-8" in str(error):
                raise broken_text(self.laid, self.model) from error
            raise
        return data

    def _fill(self, message: Any, start: int, stop: int) -> None:
        laid = self.laid
        if laid.payload.is_table:
            part = laid.table[start:stop]
            message.data.names.extend(laid.names)
            if laid.payload is Payload.TENSOR:
                message.data.tensor.shape.extend(part.shape)
                set_packed(message.data.tensor, "values", part.astype("float64").reshape(-1))
            elif laid.payload is Payload.TFTENSOR:
                tftensor.fill(message.data.tftensor, part)
            else:
                message.data.ndarray.SetInParent()
                _fill_list(message.data.ndarray, part.tolist())
        elif laid.payload is Payload.RECORDS:
            names = [wired.name for wired in laid.columns]
            message.jsonData.list_value.SetInParent()
            for row in zip(*map(_plain, plain_columns(laid, start, stop)), strict=True):
                fields = message.jsonData.list_value.values.add().struct_value.fields
                for name, item in zip(names, row, strict=True):
                    _fill_value(fields[name], item)
        else:
            setattr(message, laid.payload.value, only(laid, start, stop))


def _plain(column: list[Any]) -> list[Any]:
    """Nested values as JSON would hold them: numpy's numbers and arrays among them are Python's afterwards."""
    import orjson

    if not any(isinstance(item, (list, dict)) or type(item).__module__ == "numpy" for item in column):
        return column
    plain: list[Any] = orjson.loads(orjson.dumps(column, option=orjson.OPT_SERIALIZE_NUMPY))
    return plain


def _fill_value(value: Any, item: Any) -> None:
    if item is None or (isinstance(item, float) and item != item):  # noqa: PLR0124 - NaN
        value.null_value = 0
    elif isinstance(item, bool):
        value.bool_value = item
    elif isinstance(item, (int, float)):
        value.number_value = item
    elif isinstance(item, str):
        value.string_value = item
    elif isinstance(item, dict):
        value.struct_value.SetInParent()
        for key, inner in item.items():
            _fill_value(value.struct_value.fields[key], inner)
    else:
        value.list_value.SetInParent()
        _fill_list(value.list_value, item)


def _fill_list(held: Any, items: list[Any]) -> None:
    for item in items:
        _fill_value(held.values.add(), item)


def _from_value(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return {key: _from_value(inner) for key, inner in value.struct_value.fields.items()}
    if kind == "list_value":
        return [_from_value(inner) for inner in value.list_value.values]
    return None if kind in (None, "null_value") else getattr(value, kind)


def to_plain(message: Any) -> dict[str, Any]:
    """A ``SeldonMessage`` as its JSON would be read, with arrays for tensors and bytes for ``binData``."""
    plain: dict[str, Any] = {}
    if message.HasField("status"):
        plain["status"] = {"status": message.status.status, "reason": message.status.reason, "code": message.status.code}
    if message.HasField("meta"):
        meta = message.meta
        tags = {key: _from_value(value) for key, value in meta.tags.items()}
        plain["meta"] = {"puid": meta.puid, "tags": tags, "routing": dict(meta.routing), "requestPath": dict(meta.requestPath)}
    kind = message.WhichOneof("data_oneof")
    if kind == "data":
        plain["data"] = {"names": list(message.data.names), **_table(message.data)}
    elif kind == "jsonData":
        plain["jsonData"] = _from_value(message.jsonData)
    elif kind in ("strData", "binData"):
        plain[kind] = getattr(message, kind)
    return plain


def _table(data: Any) -> dict[str, Any]:
    kind = data.WhichOneof("data_oneof")
    if kind == "tensor":
        return {"tensor": {"shape": list(data.tensor.shape), "values": get_packed(data.tensor, "values", "float64")}}
    if kind == "tftensor":
        return {"ndarray": tftensor.from_message(data.tftensor)}
    if kind == "ndarray":
        return {"ndarray": [_from_value(value) for value in data.ndarray.values]}
    raise ValueError("no outputs")
