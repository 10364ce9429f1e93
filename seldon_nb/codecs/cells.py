"""Plain JSON values and tables: what somebody typed becomes rows of a model's types, and answers become values that any page can show.

Nothing is guessed: text that looks like a number stays text, and is explained at its field.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seldon_nb.codecs.columns import Fits, Gaps, fit_column
from seldon_nb.codecs.explain import fit
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.words import tr

if TYPE_CHECKING:
    import pandas as pd

Scalar = str | int | float | bool | None

#: Larger whole numbers travel as text: a browser would round them.
EXACT = 2**53
_WHOLE = re.compile(r"-?[1-9]\d{15,18}\Z")
_INFINITE = {"Infinity": float("inf"), "-Infinity": float("-inf")}


@dataclass(frozen=True, slots=True)
class TensorCells:
    """One tensor: flat values in row-major order and their shape."""

    name: str
    shape: tuple[int, ...]
    data: Sequence[Scalar]


# --- values to a table ---------------------------------------------------------------------------------------------------------------


def table_of(
    columns: Sequence[str], data: Sequence[Sequence[Scalar]], signature: Signature | None, *, model: str
) -> pd.DataFrame:
    """Rows of plain values as a DataFrame of the model's types.

    Args:
        columns: the names; data: one sequence of values per row, in their order.  Dates are ISO 8601 text, bytes are base64 text, None is a missing value.

    Raises:
        SNB-324: a row with more or fewer values than there are columns.
    """
    import pandas as pd

    if len(set(columns)) != len(columns) or any(len(row) != len(columns) for row in data):
        wanted = tr("as many values in each row as there are columns, and every column once")
        raise fail("SNB-324", model=model, found=tr("rows of different lengths"), wanted=wanted, fix="rows.shape")
    types = {column.name: column.type for column in signature.inputs.columns} if signature is not None else {}
    made = {place: series_of([row[place] for row in data], types.get(name)) for place, name in enumerate(columns)}
    frame: pd.DataFrame = pd.DataFrame(made, index=range(len(data)))
    frame.columns = pd.Index(list(columns), dtype=object)
    return frame


def series_of(values: Sequence[Scalar], kind: ColumnType | None) -> pd.Series[Any]:
    """One column of plain values; what cannot be read as its type stays as it is, to be explained."""
    import pandas as pd

    if kind is None:
        return pd.Series(list(values), dtype=object).infer_objects()
    reader = _READERS.get(kind)
    held = list(values) if reader is None else _read_all(values, reader)
    if kind.is_number and held and all(item is None or _is_number(item) for item in held):
        if all(type(item) is int for item in held):
            return pd.Series(held, dtype=object)
        return pd.Series([float("nan") if item is None else float(item) for item in held], dtype="float64")
    if kind is ColumnType.DATETIME and _are_moments(held):
        moments: pd.Series[Any] = pd.to_datetime(pd.Series(held, dtype=object))
        return moments
    return pd.Series(held, dtype=object)


def _read_all(values: Sequence[Scalar], reader: Any) -> list[Any]:
    """Each value read by itself; one that cannot be read stays as it is, and its row can be named."""
    return [None if value is None else _read(value, reader) for value in values]


def _read(value: Scalar, reader: Any) -> Any:
    try:
        return reader(value)
    except (ValueError, TypeError, OverflowError):
        return value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _are_moments(values: Sequence[Any]) -> bool:
    """Whether all are dates that pandas can hold; those with a zone, or of another age, are explained as what they are."""
    present = [value for value in values if value is not None]
    return bool(present) and all(
        hasattr(value, "year") and getattr(value, "tzinfo", None) is None and 1678 <= value.year <= 2261 for value in present
    )


def _whole(value: Scalar) -> Any:
    return int(value) if isinstance(value, str) and _WHOLE.match(value) and abs(int(value)) > EXACT else value


def _decimal(value: Scalar) -> Any:
    return _INFINITE.get(value, value) if isinstance(value, str) else value


def _moment(value: Scalar) -> Any:
    import datetime

    if not isinstance(value, str):
        return value
    return datetime.datetime.fromisoformat(value[:-1] + "+00:00" if value.endswith("Z") else value)


def _bytes(value: Scalar) -> Any:
    return b64decode(value, validate=True) if isinstance(value, str) else value


def _anything(value: Scalar) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


_READERS = {
    ColumnType.INTEGER: _whole,
    ColumnType.LONG: _whole,
    ColumnType.FLOAT: _decimal,
    ColumnType.DOUBLE: _decimal,
    ColumnType.DATETIME: _moment,
    ColumnType.BINARY: _bytes,
    ColumnType.ANY: _anything,
}


def tensors_of(tensors: Sequence[TensorCells], signature: Signature | None, *, model: str) -> dict[str, Any]:
    """Tensors by name as numpy arrays of whatever type their values have; :func:`~seldon_nb.codecs.explain.fit` compares them with the model's.

    Raises:
        SNB-324: values that do not fill the shape.
    """
    import numpy as np

    dtypes = {tensor.name: tensor.dtype for tensor in signature.inputs.tensors} if signature is not None else {}
    found: dict[str, Any] = {}
    for tensor in tensors:
        size = 1
        for side in tensor.shape:
            size *= side
        if min((0, *tensor.shape)) < 0 or size != len(tensor.data):
            told = tr("{count} values for the shape {shape}", count=len(tensor.data), shape=str(tensor.shape))
            raise fail(
                "SNB-324", model=model, found=told, wanted=tr("as many values as the shape has room for"), fix="rows.shape"
            )
        text = dtypes.get(tensor.name, "") in ("str", "object", "bytes")
        numbers = not text and all(item is None or _is_number(item) for item in tensor.data)
        data = [float("nan") if item is None else item for item in tensor.data] if numbers else list(tensor.data)
        held = np.array(data) if numbers else np.array(data, dtype=object)
        if not numbers and data and all(isinstance(item, bool) for item in data):
            held = np.array(data, dtype=bool)
        found[tensor.name] = held.reshape(tensor.shape)
    return found


# --- what does not fit ---------------------------------------------------------------------------------------------------------------


def troubles(frame: pd.DataFrame, signature: Signature | None, *, model: str) -> Iterator[SeldonNbError]:
    """Everything that does not fit, one error per column, each with the facts ``field`` (the column) and ``row`` (counted from 0) where they are known."""
    if signature is None or signature.inputs.is_tensor:
        return
    for column in signature.inputs.columns:
        if column.name not in frame.columns:
            continue
        series = frame[column.name]
        verdict = fit_column(series, column)
        if isinstance(verdict, Fits):
            continue
        row = verdict.positions[0] if isinstance(verdict, Gaps) else _first(series, column)
        # a type is told of the one value that does not fit, gaps are told of all
        told = series if isinstance(verdict, Gaps) or row < 0 else series.iloc[row : row + 1]
        try:
            fit(told.to_frame(), Signature(Schema(columns=(column,))), model=model)
        except SeldonNbError as error:
            error.facts["field"] = column.name
            if row >= 0:
                error.facts["row"] = row
            yield error


def _first(series: pd.Series[Any], column: Column) -> int:
    """The first value that does not fit by itself; -1 if it is only all of them together."""
    for row in range(len(series)):
        value = series.iloc[row : row + 1]
        if not value.isna().all() and not isinstance(fit_column(value.reset_index(drop=True), column), Fits):
            return row
    return -1


# --- a table to values ---------------------------------------------------------------------------------------------------------------


def cells_of(frame: pd.DataFrame) -> tuple[tuple[Scalar, ...], ...]:
    """The values of a table, row by row, as JSON holds them: what is missing is None, dates are ISO 8601, bytes base64, lists and objects JSON text."""
    columns = [[cell(value) for value in frame.iloc[:, place]] for place in range(frame.shape[1])]
    return tuple(zip(*columns, strict=True)) if columns else tuple(() for _ in range(len(frame)))


def cell(value: Any) -> Scalar:  # noqa: PLR0911 - one line per kind
    """One value as JSON holds it."""
    import math

    kind = type(value).__name__
    if value is None or kind in ("NAType", "NaTType"):
        return None
    if kind == "float32":
        value = float(str(value))  # with the digits that it has
    elif hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= EXACT else str(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return None if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode("ascii")
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return _as_json(value)


def _as_json(value: Any) -> str:
    plain = value.tolist() if hasattr(value, "tolist") else value
    try:
        return json.dumps(plain, ensure_ascii=False, default=cell)
    except (TypeError, ValueError):
        return f"<{type(value).__name__}>"
