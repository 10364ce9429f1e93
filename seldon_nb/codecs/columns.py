"""One column against its type: converted without loss, or refused with what was found.

Policy.  A conversion that keeps every value happens silently: integers of any width into each other as far as the values fit, integers to decimals, whole
decimals to integers, categories to what they stand for, pandas' nullable and Arrow types to numpy's.  Decimals that the type rounds
(``float64`` into ``float``) are sent and noted.  Everything else is refused: MLflow would refuse it too, or silently change what a value means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seldon_nb.codecs.kinds import Found, found_in
from seldon_nb.codecs.wire import Form, Wired
from seldon_nb.domain.signature import Column, ColumnType

if TYPE_CHECKING:
    import pandas as pd

INTEGERS = {ColumnType.INTEGER: ("INT32", "int32"), ColumnType.LONG: ("INT64", "int64")}
DECIMALS = {ColumnType.FLOAT: ("FP32", "float32"), ColumnType.DOUBLE: ("FP64", "float64")}


@dataclass(frozen=True, slots=True)
class Misfit:
    """The column holds another type than the model takes; ``found`` says which, without values."""

    column: Column
    found: Found


@dataclass(frozen=True, slots=True)
class Gaps:
    """Missing values where the type has no room for them; ``positions`` are the first few, counting rows from 0."""

    column: Column
    count: int
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fits:
    """The column as it is sent; ``rounded`` if the type holds fewer digits than some values had."""

    wired: Wired
    rounded: bool = False


Verdict = Fits | Misfit | Gaps


def fit_column(series: pd.Series[Any], column: Column) -> Verdict:
    """Compare one column with what the model takes of it.

    Args:
        series: the column of the user's frame, any pandas dtype; its index does not matter.
        column: name and type by the signature.
    """
    return _FITTERS[column.type](plain(series), column)


def plain(series: pd.Series[Any]) -> pd.Series[Any]:
    """Categories as what they stand for, sparse columns as dense ones, columns of Python objects as numbers where all of them are."""
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(object).infer_objects()
        return series if len(series.dropna()) else series.astype(object)
    if isinstance(series.dtype, pd.SparseDtype):
        return series.astype(series.dtype.subtype)
    return series


def _gaps(column: Column, missing: Any) -> Gaps:
    where = missing.nonzero()[0]
    return Gaps(column, len(where), tuple(int(position) for position in where[:5]))


def _missing(series: pd.Series[Any]) -> Any:
    return series.isna().to_numpy(dtype=bool)


def _integers(series: pd.Series[Any], column: Column) -> Verdict:
    import numpy as np

    found = found_in(series)
    if found not in (Found.INTEGERS, Found.DECIMALS, Found.NOTHING):
        return Misfit(column, found)
    missing = _missing(series)
    if missing.any():
        return _whole_but_missing(series, column, missing)
    datatype, dtype = INTEGERS[column.type]
    if found is Found.DECIMALS:
        numbers = series.to_numpy(dtype="float64")
        if not (np.isfinite(numbers) & (np.trunc(numbers) == numbers)).all():
            return Misfit(column, Found.FRACTIONS)
    else:
        numbers = _as_numpy(series)
    limits = np.iinfo(dtype)
    # 2**63 is a float64, and the largest int64 is not: compare as Python numbers, which are exact.
    if len(numbers) and (numbers.min().item() < limits.min or numbers.max().item() > limits.max):
        return Misfit(column, Found.TOO_LARGE)
    return Fits(Wired(column.name, Form.NUMBERS, datatype, np.ascontiguousarray(numbers, dtype=dtype)))


def _whole_but_missing(series: pd.Series[Any], column: Column, missing: Any) -> Verdict:
    """Integers with gaps usually arrive as decimals; say what is the matter, fractions or gaps."""
    import numpy as np

    rest = series[~missing].to_numpy(dtype="float64")
    if not (np.isfinite(rest) & (np.trunc(rest) == rest)).all():
        return Misfit(column, Found.FRACTIONS)
    return _gaps(column, missing)


def _as_numpy(series: pd.Series[Any]) -> Any:
    """Integers without gaps as a numpy array: integers of 64 bits at most, or Python's own if they are larger."""
    import numpy as np

    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iu":
        return series.to_numpy()
    values = series.to_numpy(dtype=object)
    try:
        return values.astype("int64")
    except OverflowError:
        return values


def _decimals(series: pd.Series[Any], column: Column) -> Verdict:
    import numpy as np

    found = found_in(series)
    if found not in (Found.INTEGERS, Found.DECIMALS, Found.NOTHING):
        return Misfit(column, found)
    datatype, dtype = DECIMALS[column.type]
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iuf":
        values = series.to_numpy()
    else:  # nullable, Arrow or Python objects: only float64 has room for their gaps
        values = series.to_numpy(dtype="float64", na_value=np.nan)
    with np.errstate(over="ignore"):
        numbers = np.ascontiguousarray(values, dtype=dtype)
    rounded = False
    if values.dtype != numbers.dtype:
        grown = np.isinf(numbers) & np.isfinite(values)
        if grown.any():
            return Misfit(column, Found.TOO_LARGE)
        rounded = not _same(values, numbers)
    infinite = bool(np.isinf(numbers).any())
    return Fits(Wired(column.name, Form.NUMBERS, datatype, numbers, infinite), rounded)


def _same(values: Any, numbers: Any) -> bool:
    """Whether a conversion to decimals kept every value; NaN counts as kept."""
    import numpy as np

    if values.dtype.kind in "iu":
        # Exact for whole numbers: decimals beyond the integers' range cannot come back, and need not.
        top = 2 ** (53 if numbers.dtype == np.float64 else 24)
        large = (values > top) | (values < -top) if values.dtype.kind == "i" else values > top
        return all(int(number) == int(value) for number, value in zip(numbers[large], values[large], strict=True))
    return bool(np.array_equal(values, numbers.astype(values.dtype), equal_nan=True))


def _booleans(series: pd.Series[Any], column: Column) -> Verdict:
    import numpy as np

    found = found_in(series)
    if found not in (Found.BOOLEANS, Found.NOTHING):
        return Misfit(column, found)
    missing = _missing(series)
    if not missing.any():
        return Fits(Wired(column.name, Form.NUMBERS, "BOOL", np.ascontiguousarray(series.to_numpy(dtype=bool))))
    if column.required:
        return _gaps(column, missing)
    return Fits(Wired(column.name, Form.JSON, "BYTES", _with_none(series, missing, bool)))


def _with_none(series: pd.Series[Any], missing: Any, kind: type) -> Any:
    """A new array of Python objects with None for whatever pandas calls missing."""
    import numpy as np

    values = np.array(series.to_numpy(dtype=object), copy=True)
    if kind is bool:
        values[~missing] = [bool(value) for value in values[~missing]]
    values[missing] = None
    return values


def _text(series: pd.Series[Any], column: Column) -> Verdict:
    found = found_in(series)
    if found not in (Found.TEXT, Found.NOTHING):
        return Misfit(column, found)
    return Fits(Wired(column.name, Form.TEXT, "BYTES", _with_none(series, _missing(series), str)))


def _bytes(series: pd.Series[Any], column: Column) -> Verdict:
    found = found_in(series)
    if found not in (Found.BYTES, Found.NOTHING):
        return Misfit(column, found)
    missing = _missing(series)
    if missing.any():
        return _gaps(column, missing)
    return Fits(Wired(column.name, Form.BYTES, "BYTES", series.to_numpy(dtype=object)))


def _dates(series: pd.Series[Any], column: Column) -> Verdict:
    import numpy as np
    import pandas as pd

    found = found_in(series)
    if found not in (Found.DATES, Found.NOTHING):
        return Misfit(column, found)
    try:
        if found is Found.NOTHING:
            moments = np.full(len(series), "NaT", dtype="datetime64[ns]")
        elif isinstance(series.dtype, np.dtype) and series.dtype.kind == "M":
            moments = series.to_numpy()
        else:
            moments = pd.to_datetime(series).to_numpy(dtype="datetime64[us]")
    except (ValueError, TypeError, OverflowError):
        return Misfit(column, Found.MIXED)
    values = np.ascontiguousarray(moments, dtype="datetime64[us]")
    known = values[~np.isnat(values)]
    if len(known) and (
        known.min() <= np.datetime64(pd.Timestamp.min, "us") or known.max() >= np.datetime64(pd.Timestamp.max, "us")
    ):
        return Misfit(column, Found.FAR_DATES)  # MLflow keeps dates as nanoseconds, and those end in 2262
    rounded = bool((values != moments)[~np.isnat(values)].any())
    return Fits(Wired(column.name, Form.DATES, "BYTES", values), rounded)


def _anything(series: pd.Series[Any], column: Column) -> Verdict:
    import orjson
    import pandas as pd

    values = _with_none(series, series.map(lambda item: item is None or item is pd.NA).to_numpy(dtype=bool), object)
    try:
        orjson.dumps(values.tolist(), option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        return Misfit(column, Found.MIXED)
    return Fits(Wired(column.name, Form.JSON, "BYTES", values))


_FITTERS: dict[ColumnType, Callable[[pd.Series[Any], Column], Verdict]] = {
    ColumnType.BOOLEAN: _booleans,
    ColumnType.INTEGER: _integers,
    ColumnType.LONG: _integers,
    ColumnType.FLOAT: _decimals,
    ColumnType.DOUBLE: _decimals,
    ColumnType.STRING: _text,
    ColumnType.BINARY: _bytes,
    ColumnType.DATETIME: _dates,
    ColumnType.ANY: _anything,
}
