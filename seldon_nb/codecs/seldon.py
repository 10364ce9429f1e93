"""The seldon protocol over REST: rows to the JSON of a ``SeldonMessage``, and back.

``POST /api/v1.0/predictions``.  An answer that says ``FAILURE`` is an error, whatever its HTTP status; its message is not kept, for it may quote rows.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seldon_nb.codecs.explain import Fitted
from seldon_nb.codecs.protocol import Asked, Decoded, Transport, safe_reason
from seldon_nb.codecs.seldon_answer import read_message
from seldon_nb.codecs.seldon_payload import Laid, Layer, Payload, plain_columns
from seldon_nb.codecs.tftensor import to_json
from seldon_nb.domain.errors import fail
from seldon_nb.domain.signature import Signature
from seldon_nb.words import tr

PREDICTIONS = "/api/v1.0/predictions"


@dataclass(frozen=True, slots=True)
class SeldonRest:
    """Asks a deployment.

    Attributes:
        server: Seldon's name for the first node's server; empty for one of somebody's own.
        payload: the form of the rows, if it shall not follow from signature and server.
    """

    server: str = ""
    payload: Payload | None = None
    shown: str = "seldon, REST"

    @property
    def path(self) -> str:
        """Where questions go."""
        return PREDICTIONS

    @property
    def most_rows(self) -> int:
        """Rows of one request at most; 0 for any number."""
        return self.payload.most_rows if self.payload else 0

    def lay_out(self, fitted: Fitted, *, model: str) -> Asked:
        """Rows in the form that arrives as it is. Raises: SNB-326."""
        return _Question(Layer(self.server, Transport.REST, model).lay_out(fitted, self.payload), model)

    def read(self, body: bytes, signature: Signature | None) -> Decoded:
        """The answer's rows. Raises: Refused, ValueError without values."""
        return read_message(_loads(body), signature)

    def told(self, body: bytes) -> Mapping[str, str]:
        """The reason of an error, if it is one of the protocol's words."""
        try:
            seen = _loads(body)
        except ValueError:
            return {}
        status = seen.get("status") if isinstance(seen, dict) else None
        reason = safe_reason(status.get("reason")) if isinstance(status, dict) else ""
        return {"error_type": reason} if reason else {}


@dataclass(frozen=True, slots=True)
class _Question:
    laid: Laid
    model: str

    def body(self, start: int, stop: int) -> bytes:
        """The request for rows ``start`` to ``stop`` (not included). Raises: SNB-321: text that is not valid Unicode."""
        import orjson

        try:
            return orjson.dumps(self._message(start, stop), option=orjson.OPT_SERIALIZE_NUMPY)
        except TypeError as error:
            raise broken_text(self.laid, self.model) from error

    def _message(self, start: int, stop: int) -> dict[str, Any]:
        laid = self.laid
        if laid.payload.is_table:
            return {"data": {"names": laid.names, laid.payload.value: _table(laid.payload, laid.table[start:stop])}}
        if laid.payload is Payload.RECORDS:
            names = [wired.name for wired in laid.columns]
            return {
                "jsonData": [dict(zip(names, row, strict=True)) for row in zip(*plain_columns(laid, start, stop), strict=True)]
            }
        value = only(laid, start, stop)
        return {laid.payload.value: b64encode(value).decode("ascii") if isinstance(value, bytes) else value}


def only(laid: Laid, start: int, stop: int) -> Any:
    """The one value of a question that has room for no other."""
    if stop - start != 1:
        raise ValueError(f"{laid.payload.value} takes one row at a time")
    return laid.columns[0].values[start]


def _table(payload: Payload, table: Any) -> Any:
    if payload is Payload.TFTENSOR:
        return to_json(table)
    plain = table.tolist() if table.dtype.kind not in "biuf" else table
    if payload is Payload.TENSOR:
        return {"shape": list(table.shape), "values": plain.reshape(-1)}
    return plain


def broken_text(laid: Laid, model: str) -> Exception:
    """SNB-321 for text that no protocol can write."""
    import numpy as np

    columns = {wired.name: wired.values for wired in laid.columns}
    if laid.table is not None and laid.names:
        columns |= {name: laid.table[:, position] for position, name in enumerate(laid.names)}
    elif laid.table is not None:
        columns["0"] = laid.table
    for name, values in columns.items():
        texts = [item for item in np.asarray(values, dtype=object).reshape(-1) if isinstance(item, str)]
        if any(0xD800 <= ord(letter) <= 0xDFFF for item in texts for letter in item):
            cell = f"rows[{json.dumps(name, ensure_ascii=False)}]"
            return fail(
                "SNB-321",
                model=model or tr("the model"),
                column=name,
                found=tr("text that is not valid Unicode ({dtype})", dtype="str"),
                wanted=tr("text (string)"),
                others="",
                fix=f'{cell} = {cell}.str.encode("utf-8", "replace").str.decode("utf-8")',
            )
    return TypeError("a value that JSON cannot hold passed the checks")


def _loads(body: bytes) -> Any:
    """JSON, with Python's words for NaN and infinities, which the wrapper writes."""
    import orjson

    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
