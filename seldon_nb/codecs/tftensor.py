"""TensorFlow's ``TensorProto``, as JSON and as a message: arrays in, arrays out, without TensorFlow."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

#: TensorFlow's numbers and names of numpy's types, and the typed field of each.
_TYPES = {
    "float32": (1, "DT_FLOAT", "float_val"),
    "float64": (2, "DT_DOUBLE", "double_val"),
    "int32": (3, "DT_INT32", "int_val"),
    "uint8": (4, "DT_UINT8", "int_val"),
    "int16": (5, "DT_INT16", "int_val"),
    "int8": (6, "DT_INT8", "int_val"),
    "object": (7, "DT_STRING", "string_val"),
    "int64": (9, "DT_INT64", "int64_val"),
    "bool": (10, "DT_BOOL", "bool_val"),
    "uint16": (17, "DT_UINT16", "int_val"),
    "float16": (19, "DT_HALF", "half_val"),
    "uint32": (22, "DT_UINT32", "uint32_val"),
    "uint64": (23, "DT_UINT64", "uint64_val"),
}
_BY_NUMBER = {number: (dtype, field) for dtype, (number, _, field) in _TYPES.items()}
_BY_NAME = {name: number for number, name, _ in _TYPES.values()}


def to_json(array: Any) -> dict[str, Any]:
    """A tensor as protobuf writes it in JSON: numbers as bytes in base64, so that every one of them arrives as it is."""
    shape = {"dim": [{"size": str(size)} for size in array.shape]}
    _, name, _ = _TYPES[array.dtype.name if array.dtype.kind in "biuf" else "object"]
    if array.dtype.kind in "biuf":
        return {"dtype": name, "tensorShape": shape, "tensorContent": b64encode(_bytes(array)).decode("ascii")}
    return {"dtype": name, "tensorShape": shape, "stringVal": [b64encode(item).decode("ascii") for item in _strings(array)]}


def fill(message: Any, array: Any) -> None:
    """Fill an empty ``TensorProto`` from an array of numbers, yes/no values or text."""
    message.dtype = _TYPES[array.dtype.name if array.dtype.kind in "biuf" else "object"][0]
    for size in array.shape:
        message.tensor_shape.dim.add(size=size)
    if array.dtype.kind in "biuf":
        message.tensor_content = _bytes(array)
    else:
        message.string_val.extend(_strings(array))


def _bytes(array: Any) -> bytes:
    data: bytes = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return data


def _strings(array: Any) -> list[bytes]:
    return [item.encode() if isinstance(item, str) else bytes(item) for item in array.reshape(-1).tolist()]


def from_json(tensor: Mapping[str, Any]) -> Any:
    """The array of a tensor in JSON. Raises: KeyError, TypeError, ValueError if it is none."""
    said = tensor["dtype"]
    dtype, field = _BY_NUMBER[_BY_NAME[said] if isinstance(said, str) else int(said)]
    shape = [int(dim.get("size", 0)) for dim in (tensor.get("tensorShape") or {}).get("dim") or ()]
    words = field.split("_")
    values = list(tensor.get(words[0] + "".join(word.title() for word in words[1:])) or ())
    if dtype == "object":
        values = [b64decode(item) for item in values]
    elif dtype in ("int64", "uint64"):
        values = [int(item) for item in values]  # protobuf writes them as text
    elif dtype.startswith("float"):
        values = [float(item) for item in values] if dtype != "float16" else values
    return _array(dtype, shape, b64decode(tensor.get("tensorContent") or ""), values)


def from_message(message: Any) -> Any:
    """The array of a ``TensorProto``. Raises: KeyError, ValueError if it is none."""
    dtype, field = _BY_NUMBER[message.dtype]
    return _array(dtype, [dim.size for dim in message.tensor_shape.dim], message.tensor_content, list(getattr(message, field)))


def _array(dtype: str, shape: list[int], content: bytes, values: list[Any]) -> Any:
    import numpy as np

    size = int(np.prod(shape)) if shape else 1
    if content:
        flat = np.frombuffer(content, dtype=np.dtype(dtype).newbyteorder("<")).astype(dtype)
    elif dtype == "object":
        flat = np.empty(len(values), dtype=object)
        flat[:] = [_text(item) for item in values]
    elif dtype == "float16":
        flat = np.array(values, dtype="uint16").view("float16")
    else:
        flat = np.array(values, dtype=dtype)
    if 0 < flat.size < size:  # TensorFlow leaves out repetitions of the last value
        flat = np.concatenate([flat, np.repeat(flat[-1:], size - flat.size)])
    if flat.size != size:
        raise ValueError("an output does not fill its shape")
    return flat.reshape(shape)


def _text(item: bytes) -> str | bytes:
    try:
        return item.decode()
    except UnicodeDecodeError:
        return item
