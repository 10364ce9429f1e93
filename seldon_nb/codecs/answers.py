"""Outputs of an answer as columns of a DataFrame.

Names.  MLServer's own names cannot be relied upon (its metadata says ``output-0``, its answer ``output-1``): the signature's names count where there are as many
as columns came back.  Columns that nobody named are called ``prediction``, or ``prediction_0``, ``prediction_1``… if there are several.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from seldon_nb.codecs.tensors import DTYPES
from seldon_nb.domain.signature import ColumnType, Schema

if TYPE_CHECKING:
    import pandas as pd

_NAMELESS = re.compile(r"(output|predict)?[-_]?\d*\Z")
DEFAULT = "prediction"
_LONGEST_CLASS = 60


def frame_of(outputs: Sequence[Mapping[str, Any]], schema: Schema) -> pd.DataFrame:
    """The outputs of one answer, decoded; rows are numbered from 0.

    Raises:
        ValueError: if an output has no shape of rows, or its data do not fill its shape; the message holds no value.
    """
    import pandas as pd

    columns: list[tuple[str, Any]] = []
    for position, output in enumerate(outputs):
        columns += _split(str(output.get("name", "")), _values(output, _binary(schema, position, len(outputs))))
    if len({len(values) for _, values in columns}) > 1:
        raise ValueError("outputs with different numbers of rows")
    names = names_of([name for name, _ in columns], schema)
    frame = pd.DataFrame({position: values for position, (_, values) in enumerate(columns)})
    frame.columns = pd.Index(names)
    return ordered(frame, schema)


def _binary(schema: Schema, position: int, count: int) -> bool:
    return len(schema.columns) == count and schema.columns[position].type is ColumnType.BINARY


def _values(output: Mapping[str, Any], binary: bool) -> Any:
    """A numpy array of the output's shape, or for text a list or an object array."""
    import numpy as np

    data = output["data"]
    shape = [int(size) for size in output["shape"]]
    dtype = DTYPES.get(str(output["datatype"]))
    if dtype is not None:
        if isinstance(data, np.ndarray):  # read from bytes, where nothing can be null
            flat = data.reshape(-1)
        else:  # A null is NaN, which only decimals can hold; others with nulls become decimals.
            flat = np.array(data, dtype=dtype if dtype.startswith("float") or None not in data else "float64").reshape(-1)
    else:
        flat = np.empty(len(data), dtype=object)
        flat[:] = _read_bytes(data, _content_type(output), binary)
    size = int(np.prod(shape)) if shape else 1
    if flat.size != size or not shape or not isinstance(data, (list, np.ndarray)):
        raise ValueError("an output does not fill its shape")
    return flat.reshape(shape)


def _content_type(output: Mapping[str, Any]) -> str:
    return str((output.get("parameters") or {}).get("content_type") or "")


def _read_bytes(data: Sequence[Any], content_type: str, binary: bool) -> list[Any]:
    if content_type == "base64":
        return [None if item is None else b64decode(item) for item in data]
    if content_type == "pd_json":
        return [json.loads(item) for item in data]
    if binary:  # the server writes bytes as the text that they spell
        return [item.encode() if isinstance(item, str) else item for item in data]
    return list(data)


def _split(name: str, values: Any) -> list[tuple[str, Any]]:
    """One output as columns: (n,) and (n, 1) are one, (n, k) are k, more dimensions one column of arrays."""
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 1:
        return [(name, _as_column(values))]
    if values.ndim == 2:
        return [(f"{name}_{index}", _as_column(values[:, index])) for index in range(values.shape[1])]
    return [(name, list(values))]


def _as_column(values: Any) -> Any:
    """Text as a list, so that pandas chooses the dtype it has for text."""
    return values.tolist() if values.dtype.kind == "O" else values


def class_names(model: Any, count: int) -> tuple[str, ...]:
    """What the ``count`` columns of a classifier's ``predict_proba`` are called: its classes, where they are short texts; else nothing.

    Classes that are numbers say no more than ``prediction_0``, ``prediction_1``… do.
    """
    classes = getattr(model, "classes_", None)
    if classes is None or count < 2:
        return ()
    names = tuple(
        str(name) for name in classes if isinstance(name, str) and 0 < len(name) <= _LONGEST_CLASS and not is_nameless(name)
    )
    return names if len(names) == len(classes) == count == len(set(names)) else ()


def is_nameless(name: str) -> bool:
    """Whether a name is one that a server makes up: ``output-1``, ``predict``, a number, nothing."""
    return bool(_NAMELESS.match(name))


def names_of(given: list[str], schema: Schema) -> list[str]:
    """What columns are called, given what the server calls them: see above."""
    known = list(schema.names)
    if len(known) == len(given):
        names = known if set(known) != set(given) else given
    elif len(known) == 1 and len(given) > 1:
        names = [f"{known[0]}_{index}" for index in range(len(given))] if not _NAMELESS.match(known[0]) else [""] * len(given)
    else:
        names = given
    stems = [name.rpartition("_")[0] if name.rpartition("_")[2].isdigit() else name for name in names]
    if all(_NAMELESS.match(name) or _NAMELESS.match(stem) for name, stem in zip(names, stems, strict=True)):
        return [DEFAULT] if len(names) == 1 else [f"{DEFAULT}_{index}" for index in range(len(names))]
    return names


def ordered(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The columns in the signature's order, if they are the same."""
    known = list(schema.names)
    return frame[known] if set(known) == set(frame.columns) and len(known) == frame.shape[1] else frame
