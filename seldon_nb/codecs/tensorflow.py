"""The tensorflow protocol over REST: TensorFlow Serving's ``:predict``.

Written from its documentation ("RESTful API" of TensorFlow Serving) and tested against a strict reading of it; no TensorFlow Serving was at hand.

One tensor goes in rows (``instances``), columns and several tensors go by name (``inputs``), which is shorter; the answer has the same form (``predictions``,
``outputs``).  NaN and infinities are the bare words that JSON lacks and this protocol allows.  Bytes go as ``{"b64": …}``.  There is no word for a missing
text or yes/no value, and none for dates.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seldon_nb.codecs.answers import names_of, ordered
from seldon_nb.codecs.explain import Fitted
from seldon_nb.codecs.protocol import Asked, Decoded, Refused, cannot_travel
from seldon_nb.codecs.seldon import broken_text
from seldon_nb.codecs.seldon_answer import table_frame
from seldon_nb.codecs.seldon_payload import Laid, Payload
from seldon_nb.codecs.typed import typed
from seldon_nb.codecs.v2 import safe
from seldon_nb.codecs.wire import Form, Wired
from seldon_nb.domain.signature import Schema, Signature
from seldon_nb.words import tr


@dataclass(frozen=True, slots=True)
class TensorflowRest:
    """Asks one node.

    Attributes:
        node: the node's name, which is the model's name there.
        signature_name: of the saved model; empty for its default.
    """

    node: str
    signature_name: str = ""
    shown: str = "tensorflow, REST"
    most_rows: int = 0

    @property
    def path(self) -> str:
        """Where questions go."""
        return f"/v1/models/{self.node}:predict"

    def lay_out(self, fitted: Fitted, *, model: str) -> Asked:
        """Rows as TensorFlow Serving reads them. Raises: SNB-326."""
        for wired in fitted.inputs:
            reason = _reason(wired)
            if reason:
                raise cannot_travel(wired.name, reason, model=model, shown=self.shown)
        return _Question(fitted.inputs, fitted.tensor and len(fitted.inputs) == 1, self.signature_name, model)

    def read(self, body: bytes, signature: Signature | None) -> Decoded:
        """The answer's rows. Raises: Refused, ValueError without values."""
        try:
            answer = json.loads(body)  # reads NaN and Infinity
        except (ValueError, RecursionError):
            raise ValueError("not JSON") from None
        if not isinstance(answer, dict):
            raise ValueError("not an answer of the protocol")  # noqa: TRY004 - the contract of reading
        if "error" in answer:
            raise Refused("")
        schema = signature.outputs if signature else Schema()
        try:
            if "predictions" in answer:
                return Decoded(typed(_rows(answer["predictions"], schema), schema))
            return Decoded(typed(_named(answer["outputs"], schema), schema))
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(safe(error)) from None

    def told(self, body: bytes) -> Mapping[str, str]:
        """Nothing: its errors are sentences that may quote a row."""
        return {}


def _reason(wired: Wired) -> str:
    if wired.form is Form.DATES:
        return tr("It has no word for dates.")
    if wired.form is Form.JSON:
        return tr("It takes numbers, text, bytes and yes/no values only, none of them missing.")
    if wired.form is Form.TEXT and any(item is None for item in wired.values.reshape(-1)):
        return tr("It has no word for a missing text.")
    return ""


@dataclass(frozen=True, slots=True)
class _Question:
    inputs: tuple[Wired, ...]
    rows: bool
    signature_name: str
    model: str

    def body(self, start: int, stop: int) -> bytes:
        """The request for rows ``start`` to ``stop`` (not included). Raises: SNB-321: text that is not valid Unicode."""
        import numpy as np
        import orjson

        parts = {wired.name: wired.values[start:stop] for wired in self.inputs}
        floats = {name: part for name, part in parts.items() if part.dtype.kind == "f"}
        bare = any(not np.isfinite(part).all() for part in floats.values())
        held = {name: _held(part, bare) for name, part in parts.items()}
        request: dict[str, Any] = {"signature_name": self.signature_name} if self.signature_name else {}
        request |= {"instances": next(iter(held.values()))} if self.rows else {"inputs": held}
        try:
            if bare:  # words that only Python's own writer knows
                return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()
            return orjson.dumps(request, option=orjson.OPT_SERIALIZE_NUMPY)
        except (TypeError, UnicodeEncodeError) as error:
            raise broken_text(Laid(Payload.RECORDS, columns=self.inputs), self.model) from error


def _held(part: Any, bare: bool) -> Any:
    import numpy as np

    if part.dtype.kind == "f":
        part = np.ascontiguousarray(part, dtype="float64")  # so that the digits are those of the value
    if part.dtype.kind in "biuf":
        return part.tolist() if bare else np.ascontiguousarray(part)
    return _plain(part.tolist())


def _plain(items: Any) -> Any:
    if isinstance(items, list):
        return [_plain(item) for item in items]
    return {"b64": b64encode(items).decode("ascii")} if isinstance(items, bytes) else items


def _rows(predictions: Any, schema: Schema) -> Any:
    rows = predictions if isinstance(predictions, list) else [predictions]
    if rows and all(isinstance(row, dict) and set(row) != {"b64"} for row in rows):
        names = list(rows[0])
        if any(set(row) != set(names) for row in rows):
            raise ValueError("outputs with different numbers of rows")
        return _named({name: [row[name] for row in rows] for name in names}, schema)
    return table_frame(_read(rows), [], schema)


def _named(outputs: Any, schema: Schema) -> Any:
    """Outputs by name; one alone has no name."""
    import pandas as pd

    if not isinstance(outputs, dict) or set(outputs) == {"b64"}:
        return table_frame(_read(outputs if isinstance(outputs, list) else [outputs]), [], schema)
    parts = {name: table_frame(_read(held if isinstance(held, list) else [held]), [], Schema()) for name, held in outputs.items()}
    if len({len(part) for part in parts.values()}) > 1:
        raise ValueError("outputs with different numbers of rows")
    made = []
    names: list[str] = []
    for name, part in parts.items():
        names += [name] if part.shape[1] == 1 else [f"{name}_{position}" for position in range(part.shape[1])]
        made.append(part)
    frame = pd.concat(made, axis=1)
    frame.columns = pd.Index(names_of(names, schema))
    return ordered(frame, schema)


def _read(held: Any) -> Any:
    """Nested lists with bytes in place of ``{"b64": …}``."""
    if isinstance(held, list):
        return [_read(item) for item in held]
    if isinstance(held, dict):
        return b64decode(held["b64"], validate=True)
    return held
