"""The Open Inference Protocol over gRPC: rows to a ``ModelInferRequest``, a ``ModelInferResponse`` to rows.

The same values go out as over REST, input by input, with the same content types; only their bytes differ.  NaN and infinities need no spelling here.  A missing
text has no form in a list of bytes, so such a slice goes as ``pd_json``, as dates do.

Contents go as raw bytes (``raw_input_contents``), and answers are read in both forms.  MLServer 1.7.1 answers as it was asked, and its typed answers have no room for
the text that most models give: asked with typed contents (``raw=False``) it ends with "expected bytes, str found", asked raw it answers.  Raw bytes are also what numpy
keeps in memory, and the only form of half-precision numbers.

What REST can do and MLServer's gRPC cannot (both are tried again by the tests): an *answer* with missing numbers or texts ends there with an error, because its list of
numbers has no room for "nothing".
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seldon_nb.codecs import descriptors
from seldon_nb.codecs.answers import frame_of
from seldon_nb.codecs.explain import Fitted
from seldon_nb.codecs.packed import get_packed, set_packed
from seldon_nb.codecs.protocol import Asked, Decoded
from seldon_nb.codecs.tensors import DTYPES
from seldon_nb.codecs.v2 import Layout, Question, question, safe, told
from seldon_nb.codecs.wire import Form, Wired
from seldon_nb.domain.signature import Schema, Signature

PATH = f"/{descriptors.V2_SERVICE}/ModelInfer"

#: The typed field of each datatype, and the dtype that it holds; half precision has none.
_FIELDS = {
    "BOOL": ("bool_contents", "bool"),
    "INT8": ("int_contents", "int32"),
    "INT16": ("int_contents", "int32"),
    "INT32": ("int_contents", "int32"),
    "INT64": ("int64_contents", "int64"),
    "UINT8": ("uint_contents", "uint32"),
    "UINT16": ("uint_contents", "uint32"),
    "UINT32": ("uint_contents", "uint32"),
    "UINT64": ("uint64_contents", "uint64"),
    "FP32": ("fp32_contents", "float32"),
    "FP64": ("fp64_contents", "float64"),
}


@dataclass(frozen=True, slots=True)
class V2Grpc:
    """Asks one node.

    Attributes:
        node: the node's name, which is the model's name there.
        layout: how its server reads rows.
        raw: send tensors as raw bytes; else as typed contents, for servers that read no others.
    """

    node: str
    layout: Layout = Layout.COLUMNS
    raw: bool = True
    shown: str = "v2, gRPC"
    most_rows: int = 0

    @property
    def path(self) -> str:
        """The method."""
        return PATH

    def lay_out(self, fitted: Fitted, *, model: str) -> Asked:
        """Rows as MLServer reads them. Raises: SNB-321; ImportError without protobuf."""
        descriptors.v2("ModelInferRequest")
        asked = question(fitted, self.layout, model=model)
        return _Question(self.node, asked, self.raw or any(wired.datatype == "FP16" for wired in asked.inputs))

    def read(self, body: bytes, signature: Signature | None) -> Decoded:
        """The answer's rows. Raises: ValueError without values; ImportError without protobuf."""
        from google.protobuf.message import DecodeError

        try:
            answer = descriptors.v2("ModelInferResponse").FromString(body)
        except DecodeError:
            raise ValueError("not a message of the protocol") from None
        if not answer.outputs:
            raise ValueError("no outputs")
        try:
            return Decoded(frame_of(_outputs(answer), signature.outputs if signature else Schema()))
        except (ArithmeticError, LookupError, TypeError, ValueError, struct.error) as error:
            raise ValueError(safe(error)) from None

    def told(self, body: bytes) -> Mapping[str, str]:
        """The type and the place of an error, where a server of ours tells them (``calling.grpc`` keeps nothing else of its sentence)."""
        return told(body)


@dataclass(frozen=True, slots=True)
class _Question:
    node: str
    asked: Question
    raw: bool

    def body(self, start: int, stop: int) -> bytes:
        """The request for rows ``start`` to ``stop`` (not included). Raises: SNB-321: text that is not valid Unicode."""
        request = descriptors.v2("ModelInferRequest")(model_name=self.node)
        if self.asked.content_type:
            request.parameters["content_type"].string_param = self.asked.content_type
        try:
            for wired in self.asked.inputs:
                self._add(request, wired, start, stop)
        except UnicodeEncodeError:
            self.asked.body(start, stop)  # the same rows over REST: names the column
            raise
        data: bytes = request.SerializeToString()
        return data

    def _add(self, request: Any, wired: Wired, start: int, stop: int) -> None:
        part = wired.values[start:stop]
        datatype, content_type, data = _numbers(wired, part) if wired.form is Form.NUMBERS else _texts(wired, start, stop)
        tensor = request.inputs.add(name=wired.name, datatype=datatype, shape=part.shape)
        tensor.parameters["content_type"].string_param = content_type
        if self.raw:
            request.raw_input_contents.append(
                _packed(data) if isinstance(data, list) else data.astype(data.dtype.newbyteorder("<")).tobytes()
            )
        elif isinstance(data, list):
            tensor.contents.bytes_contents.extend(data)
        else:
            field, dtype = _FIELDS[datatype]
            set_packed(tensor.contents, field, data.astype(dtype, copy=False))


def _numbers(wired: Wired, part: Any) -> tuple[str, str, Any]:
    return wired.datatype, "np", part


def _texts(wired: Wired, start: int, stop: int) -> tuple[str, str, list[bytes]]:
    """Everything that is no number: as over REST, as bytes."""
    import numpy as np
    import orjson

    piece = wired.piece(start, stop)
    content_type, data = piece["parameters"]["content_type"], piece["data"]
    if isinstance(data, np.ndarray):  # dates, which orjson would have written
        data = np.datetime_as_string(data).tolist()
    if None in data:
        return "BYTES", "pd_json", [orjson.dumps(item) for item in data]
    return "BYTES", content_type, [item.encode() for item in data]


def _packed(items: Sequence[bytes]) -> bytes:
    return b"".join(struct.pack("<I", len(item)) + item for item in items)


def _unpacked(raw: bytes) -> list[bytes]:
    items, at = [], 0
    while at < len(raw):
        (size,) = struct.unpack_from("<I", raw, at)
        at += 4 + size
        if at > len(raw):
            raise ValueError("an output does not fill its shape")
        items.append(raw[at - size : at])
    return items


def _outputs(answer: Any) -> list[dict[str, Any]]:
    """The outputs as over REST, but with arrays for numbers."""
    raw = list(answer.raw_output_contents)
    return [
        {
            "name": output.name,
            "shape": list(output.shape),
            "datatype": output.datatype,
            "parameters": {"content_type": output.parameters["content_type"].string_param}
            if "content_type" in output.parameters
            else None,
            "data": _data(output, raw[position] if raw else None),
        }
        for position, output in enumerate(answer.outputs)
    ]


def _data(output: Any, raw: bytes | None) -> Any:
    import numpy as np

    if output.datatype not in DTYPES:
        items = _unpacked(raw) if raw is not None else list(output.contents.bytes_contents)
        return [_text(item) for item in items]
    dtype = DTYPES[output.datatype]
    if raw is not None:
        return np.frombuffer(raw, dtype=np.dtype(dtype).newbyteorder("<")).astype(dtype, copy=False)
    field, held = _FIELDS[output.datatype]
    return get_packed(output.contents, field, held).astype(dtype, copy=False)


def _text(item: bytes) -> str | bytes:
    """Text if it is Unicode; a model may answer with bytes."""
    try:
        return item.decode()
    except UnicodeDecodeError:
        return item
