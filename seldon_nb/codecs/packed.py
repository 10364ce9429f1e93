"""Repeated numbers of a message as numpy arrays, at the speed of memory.

A packed field is a tag, a length, and the numbers one after another; for decimals (and yes/no values) that is what numpy keeps in memory.  So an array
becomes a field without a Python number in between, and back.
"""

from __future__ import annotations

from typing import Any


def set_packed(message: Any, field: str, values: Any) -> None:
    """Fill a repeated number field of a fresh message from a numpy array of the field's own type.

    Args:
        values: any shape; float64, float32 or bool go as they are in memory, integers number by number.
    """
    number = message.DESCRIPTOR.fields_by_name[field].number
    if values.dtype.kind in "fb":
        data = values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
        if data:
            message.MergeFromString(_varint(number << 3 | 2) + _varint(len(data)) + data)
    else:
        getattr(message, field).extend(values.reshape(-1).tolist())


def get_packed(message: Any, field: str, dtype: str) -> Any:
    """A repeated number field as a numpy array of shape (n,)."""
    import numpy as np

    held = getattr(message, field)
    kind = np.dtype(dtype).newbyteorder("<")
    if kind.kind != "f" or message.DESCRIPTOR.fields_by_name[field].type not in (1, 2):
        return np.array(list(held), dtype=dtype)
    alone = type(message)()
    getattr(alone, field).MergeFrom(held)
    data = alone.SerializeToString()  # tag and length, then the numbers
    return np.frombuffer(data[len(data) - len(held) * kind.itemsize :], dtype=kind).astype(dtype, copy=False)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
