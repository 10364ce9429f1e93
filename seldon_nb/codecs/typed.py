"""The signature's types restored in an answer whose protocol does not tell them, where no value changes by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seldon_nb.domain.signature import ColumnType, Schema

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {ColumnType.INTEGER: "int32", ColumnType.LONG: "int64", ColumnType.FLOAT: "float32", ColumnType.DOUBLE: "float64"}


def typed(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The same rows, with the widths that the signature gives."""
    import pandas as pd

    kinds: list[str] = [_DTYPES.get(column.type, "") for column in schema.columns]
    if len(schema.tensors) == 1:
        kinds = [schema.tensors[0].dtype] * frame.shape[1]
    elif schema.tensors:
        kinds = [tensor.dtype for tensor in schema.tensors]
    if len(kinds) != frame.shape[1]:
        return frame
    columns = [_restored(frame.iloc[:, position], kind) for position, kind in enumerate(kinds)]
    made = pd.concat(columns, axis=1) if columns else frame
    made.columns = frame.columns
    return made


def _restored(series: pd.Series[Any], kind: str) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    if not kind.startswith(("int", "uint", "float")):
        return series
    if series.dtype == object and series.isna().all():
        return pd.Series(np.full(len(series), np.nan, dtype=kind)) if kind.startswith("float") else series
    if series.dtype.kind not in "iuf" or series.dtype == kind:
        return series
    values = series.to_numpy()
    with np.errstate(over="ignore", invalid="ignore"):
        if kind.startswith("float"):
            made = values.astype(kind)
        else:
            limits = np.iinfo(kind)
            fits = values.size == 0 or bool(
                np.isfinite(values).all() and values.min().item() >= limits.min and values.max().item() <= limits.max
            )
            made = values.astype(kind) if fits else values
    exact = np.array_equal(made.astype(values.dtype), values, equal_nan=values.dtype.kind == "f")
    return pd.Series(made) if exact else series
