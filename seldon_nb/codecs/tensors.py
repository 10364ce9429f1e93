"""One tensor against its dtype and shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seldon_nb.codecs.kinds import Found
from seldon_nb.codecs.wire import Form, Wired
from seldon_nb.domain.signature import Tensor

#: numpy's names and those of the Open Inference Protocol; everything else is text or cannot be sent.
DATATYPES = {
    "bool": "BOOL",
    "int8": "INT8",
    "int16": "INT16",
    "int32": "INT32",
    "int64": "INT64",
    "uint8": "UINT8",
    "uint16": "UINT16",
    "uint32": "UINT32",
    "uint64": "UINT64",
    "float16": "FP16",
    "float32": "FP32",
    "float64": "FP64",
}
DTYPES = {datatype: dtype for dtype, datatype in DATATYPES.items()}


@dataclass(frozen=True, slots=True)
class BadShape:
    """The array has another shape than the model takes; ``fix`` is a line of numpy, as far as one suggests itself."""

    tensor: Tensor
    found: tuple[int, ...]
    fix: str


@dataclass(frozen=True, slots=True)
class BadType:
    """The array holds another type than the model takes, or ``missing`` values where that type has no room for them (first few ``rows``)."""

    tensor: Tensor
    found: Found
    missing: int = 0
    rows: tuple[int, ...] = ()


def fit_tensor(array: Any, tensor: Tensor) -> tuple[Wired, bool] | BadShape | BadType:
    """Compare a numpy array with what the model takes.

    Returns:
        the array as it is sent, and whether its numbers were rounded; or what does not fit.
    """
    import numpy as np

    if not _shape_fits(array.shape, tensor.shape):
        return BadShape(tensor, array.shape, _reshape(array.shape, tensor.shape))
    if tensor.dtype not in DATATYPES:
        return _text(array, tensor)
    wanted = np.dtype(tensor.dtype)
    if array.dtype.kind == "O":
        array = _from_objects(array)
    problem = _type_problem(array, wanted, tensor)
    if problem is not None:
        return problem
    with np.errstate(over="ignore"):
        values = np.ascontiguousarray(array, dtype=wanted)
    rounded = False
    if wanted.kind == "f" and array.dtype != wanted:
        if (np.isinf(values) & np.isfinite(array)).any():
            return BadType(tensor, Found.TOO_LARGE)
        rounded = not np.array_equal(array.astype("float64"), values.astype("float64"), equal_nan=True)
    infinite = wanted.kind == "f" and bool(np.isinf(values).any())
    return Wired(tensor.name, Form.NUMBERS, DATATYPES[tensor.dtype], values, infinite), rounded


def _shape_fits(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return len(found) == len(wanted) and all(size in (-1, seen) for size, seen in zip(wanted, found, strict=True))


def _reshape(found: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if len(found) == len(wanted) - 1 and _shape_fits((1, *found), wanted):
        return "rows = rows[None]"  # one row, without the dimension that counts the rows
    inner = wanted[1:]
    size = 1
    for each in inner:
        size *= each
    total = 1
    for each in found:
        total *= each
    if -1 not in inner and size and total % size == 0 and wanted[:1] == (-1,):
        return f"rows = rows.reshape({', '.join(map(str, (-1, *inner)))})"
    return "rows.shape"


def _from_objects(array: Any) -> Any:
    """Python objects as numbers, if all of them are; else the array as it is."""
    import numpy as np

    try:
        return np.array(array.tolist())
    except ValueError:
        return array


def _type_problem(array: Any, wanted: Any, tensor: Tensor) -> BadType | None:
    kind = array.dtype.kind
    if kind not in ("b" if wanted.kind == "b" else "iuf"):
        return BadType(tensor, _found(array))
    if wanted.kind in "bf" or not array.size:
        return None
    return _not_whole(array, tensor) if kind == "f" else _too_large(array, wanted, tensor)


def _not_whole(array: Any, tensor: Tensor) -> BadType | None:
    import numpy as np

    missing = np.isnan(array)
    if missing.any():
        rows = np.unique(np.nonzero(missing)[0])[:5]
        return BadType(tensor, Found.NOTHING, int(missing.sum()), tuple(int(row) for row in rows))
    if not (np.isfinite(array) & (np.trunc(array) == array)).all():
        return BadType(tensor, Found.FRACTIONS)
    return _too_large(array, np.dtype(tensor.dtype), tensor)


def _too_large(array: Any, wanted: Any, tensor: Tensor) -> BadType | None:
    import numpy as np

    limits = np.iinfo(wanted)
    fits = array.min().item() >= limits.min and array.max().item() <= limits.max
    return None if fits else BadType(tensor, Found.TOO_LARGE)


def _text(array: Any, tensor: Tensor) -> tuple[Wired, bool] | BadType:
    import numpy as np

    if array.dtype.kind not in "UOT":
        return BadType(tensor, _found(array))
    values = np.asarray(array, dtype=object)
    if not all(isinstance(item, str) for item in values.reshape(-1)):
        return BadType(tensor, Found.MIXED)
    return Wired(tensor.name, Form.TEXT, "BYTES", np.ascontiguousarray(values)), False


def _found(array: Any) -> Found:
    kinds = {
        "b": Found.BOOLEANS,
        "i": Found.INTEGERS,
        "u": Found.INTEGERS,
        "f": Found.DECIMALS,
        "U": Found.TEXT,
        "M": Found.DATES,
        "S": Found.BYTES,
    }
    return kinds.get(array.dtype.kind, Found.OTHER if array.dtype.kind != "O" else Found.MIXED)
