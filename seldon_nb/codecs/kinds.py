"""What a column holds, in words, and the line of pandas that turns it into what the model takes."""

from __future__ import annotations

import enum
import json
from typing import TYPE_CHECKING, Any

from seldon_nb.domain.signature import Column, ColumnType
from seldon_nb.words import N_, tr_with

if TYPE_CHECKING:
    import pandas as pd


class Found(enum.Enum):
    """What was found in a column, or what is the matter with it."""

    INTEGERS = "integers"
    DECIMALS = "decimals"
    FRACTIONS = "fractions"
    TOO_LARGE = "too-large"
    BOOLEANS = "booleans"
    TEXT = "text"
    NUMBERS_AS_TEXT = "numbers-as-text"
    DATES_AS_TEXT = "dates-as-text"
    BYTES = "bytes"
    DATES = "dates"
    ZONED_DATES = "zoned-dates"
    FAR_DATES = "far-dates"
    MIXED = "mixed"
    NOTHING = "nothing"  # only missing values, of no type of their own
    OTHER = "other"


_WORDS = {
    Found.INTEGERS: N_("whole numbers ({dtype})"),
    Found.DECIMALS: N_("decimals ({dtype})"),
    Found.FRACTIONS: N_("decimals, not all of them whole ({dtype})"),
    Found.TOO_LARGE: N_("numbers too large for the model's type ({dtype})"),
    Found.BOOLEANS: N_("yes/no values ({dtype})"),
    Found.TEXT: N_("text ({dtype})"),
    Found.NUMBERS_AS_TEXT: N_("text that looks like numbers ({dtype})"),
    Found.DATES_AS_TEXT: N_("text that looks like dates ({dtype})"),
    Found.BYTES: N_("bytes ({dtype})"),
    Found.DATES: N_("dates ({dtype})"),
    Found.ZONED_DATES: N_("dates with a time zone ({dtype})"),
    Found.FAR_DATES: N_("dates outside the years 1678 to 2261 ({dtype})"),
    Found.MIXED: N_("values of several types ({dtype})"),
    Found.NOTHING: N_("missing values only ({dtype})"),
    Found.OTHER: N_("values of type {dtype}"),
}

_WANTED = {
    ColumnType.BOOLEAN: N_("yes/no values (boolean)"),
    ColumnType.INTEGER: N_("whole numbers (integer, 32 bits)"),
    ColumnType.LONG: N_("whole numbers (long)"),
    ColumnType.FLOAT: N_("decimals (float, 32 bits)"),
    ColumnType.DOUBLE: N_("decimals (double)"),
    ColumnType.STRING: N_("text (string)"),
    ColumnType.BINARY: N_("bytes (binary)"),
    ColumnType.DATETIME: N_("dates without a time zone (datetime)"),
    ColumnType.ANY: N_("lists and objects that JSON can hold"),
}

_INFERRED = {
    "integer": Found.INTEGERS,
    "floating": Found.DECIMALS,
    "mixed-integer-float": Found.DECIMALS,
    "decimal": Found.DECIMALS,
    "boolean": Found.BOOLEANS,
    "string": Found.TEXT,
    "bytes": Found.BYTES,
    "datetime64": Found.DATES,
    "datetime": Found.DATES,
    "date": Found.DATES,
    "empty": Found.NOTHING,
    "mixed": Found.MIXED,
    "mixed-integer": Found.MIXED,
}


def found_in(series: pd.Series[Any]) -> Found:
    """What a column holds, by its dtype, or by its values where the dtype does not say."""
    import pandas as pd
    from pandas.api import types

    found = _by_dtype(series.dtype)
    if found is Found.DECIMALS and len(series) and pd.isna(series.iloc[0]) and series.isna().all():
        return Found.NOTHING  # an empty column arrives as decimals, whatever it would have held
    if found is None:
        found = _INFERRED.get(types.infer_dtype(series, skipna=True), Found.OTHER)
        if found is Found.DATES and any(getattr(item, "tzinfo", None) is not None for item in series.dropna()):
            return Found.ZONED_DATES
    return found


def _by_dtype(dtype: Any) -> Found | None:
    """What a dtype says of its values; None for Python objects and all that pandas keeps as such."""
    import pandas as pd
    from pandas.api import types

    zoned = isinstance(dtype, pd.DatetimeTZDtype) or bool(getattr(getattr(dtype, "pyarrow_dtype", None), "tz", None))
    said = (
        (types.is_bool_dtype(dtype), Found.BOOLEANS),
        (types.is_integer_dtype(dtype), Found.INTEGERS),
        (types.is_float_dtype(dtype), Found.DECIMALS),
        (zoned, Found.ZONED_DATES),
        (types.is_datetime64_any_dtype(dtype), Found.DATES),
        (isinstance(dtype, pd.StringDtype), Found.TEXT),
    )
    return next((found for true, found in said if true), None)


def look_closer(series: pd.Series[Any], found: Found) -> Found:
    """Whether text looks like numbers or dates, by its first hundred values."""
    import warnings

    import pandas as pd

    if found is not Found.TEXT:
        return found
    first = series.dropna().head(100)
    if not len(first):
        return found
    if pd.to_numeric(first, errors="coerce").notna().all():
        return Found.NUMBERS_AS_TEXT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas warns that it guesses the format, which is all we want here
        dates = pd.to_datetime(first, errors="coerce", utc=True)
    return Found.DATES_AS_TEXT if dates.notna().all() else found


def say_found(series: pd.Series[Any], found: Found) -> str:
    """``text that looks like numbers (str)``, in the user's language."""
    return tr_with(_WORDS[look_closer(series, found)], {"dtype": str(series.dtype)})


def say_wanted(kind: ColumnType) -> str:
    """``whole numbers (long)``, in the user's language."""
    return tr_with(_WANTED[kind], {})


def conversion(series: pd.Series[Any], found: Found, column: Column) -> str:
    """One line of pandas that converts the column, or shows the rows that stand in the way; it never drops a value unseen."""
    cell = f"rows[{json.dumps(column.name, ensure_ascii=False)}]"
    closer = look_closer(series, found)
    kind = "number" if column.type.is_number else column.type.value
    line = _ANY_TYPE.get(closer) or _LINES.get((closer, kind)) or _LINES.get((None, kind), "{cell}.map(type).value_counts()")
    return line.format(cell=cell)


#: What to do about a column, whatever the model takes.
_ANY_TYPE = {
    Found.FRACTIONS: "{cell} = {cell}.round()",
    Found.TOO_LARGE: "{cell}.describe()",
    Found.FAR_DATES: "{cell}.describe()",
    Found.MIXED: "{cell}.map(type).value_counts()",
}
#: What to do about a column that holds the first and should hold the second; None is anything else.
_LINES: dict[tuple[Found | None, str], str] = {
    (Found.ZONED_DATES, "datetime"): '{cell} = {cell}.dt.tz_convert("UTC").dt.tz_localize(None)',
    (Found.DATES_AS_TEXT, "datetime"): "{cell} = pd.to_datetime({cell})",
    (Found.TEXT, "binary"): '{cell} = {cell}.str.encode("utf-8")',
    (Found.NUMBERS_AS_TEXT, "binary"): '{cell} = {cell}.str.encode("utf-8")',
    (Found.DATES_AS_TEXT, "binary"): '{cell} = {cell}.str.encode("utf-8")',
    (Found.BYTES, "string"): '{cell} = {cell}.str.decode("utf-8")',
    (None, "string"): "{cell} = {cell}.astype(str)",
    (Found.NUMBERS_AS_TEXT, "number"): "{cell} = pd.to_numeric({cell})",
    (Found.TEXT, "number"): 'rows[pd.to_numeric({cell}, errors="coerce").isna()]',
    (Found.DATES_AS_TEXT, "number"): 'rows[pd.to_numeric({cell}, errors="coerce").isna()]',
    (Found.BOOLEANS, "number"): '{cell} = {cell}.astype("int64")',
    (Found.INTEGERS, "boolean"): "{cell} = {cell}.astype(bool)",
    (Found.DECIMALS, "boolean"): "{cell} = {cell}.astype(bool)",
}
