"""Whether rows fit a signature; if not, what to do about it, before anything is sent.

Columns that the model does not know are left out with a note (MLflow leaves them out in silence), unless one that it needs is missing at the same
time: then one may be the other under another name, and that is an error.  No message holds a value of a row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from seldon_nb.codecs.columns import Fits, Gaps, Misfit, fit_column, plain
from seldon_nb.codecs.kinds import Found, conversion, found_in, say_found, say_wanted
from seldon_nb.codecs.notes import Notes, listed
from seldon_nb.codecs.tensors import DATATYPES, BadShape, BadType, fit_tensor
from seldon_nb.codecs.wire import Wired
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.names import nearest
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor
from seldon_nb.words import tr, trn

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Fitted", "Notes", "fit"]

_TYPES = {
    Found.INTEGERS: ColumnType.LONG,
    Found.DECIMALS: ColumnType.DOUBLE,
    Found.BOOLEANS: ColumnType.BOOLEAN,
    Found.TEXT: ColumnType.STRING,
    Found.BYTES: ColumnType.BINARY,
    Found.DATES: ColumnType.DATETIME,
    Found.NOTHING: ColumnType.DOUBLE,
}


@dataclass(frozen=True, slots=True)
class Fitted:
    """Rows that fit.

    Attributes:
        inputs: columns in the signature's order (optional ones only if given), or tensors.
        rows: how many; at least one.
        index: the DataFrame's index, or None if the rows had none.
        tensor: the inputs are tensors.
        whole: the model takes so many rows and no other number, so the rows cannot be sent in parts.
        declared: the model has a signature; without one the request must say how it is to be read.
    """

    inputs: tuple[Wired, ...]
    rows: int
    index: Any = None
    notes: Notes = field(default_factory=Notes)
    tensor: bool = False
    whole: bool = False
    declared: bool = True


def fit(data: Any, signature: Signature | None, *, model: str = "") -> Fitted:
    """Compare rows with what a model takes.

    Args:
        data: a DataFrame, an array, one Series for a model with one column, or a table with ``to_pandas``; for several tensors a mapping of arrays.
        signature: of the model; None takes the rows as they are.
        model: how messages call it (``fraud@3``).

    Raises:
        SNB-320: columns missing or misspelt.  SNB-321: a column of another type.  SNB-322: missing values where the type has no room for them.
        SNB-323: no rows.  SNB-324: no table at all, or an array of another shape.
    """
    asker = _Asker(model or tr("the model"))
    if signature is None:
        return replace(_undeclared(asker, data), declared=False)
    if signature.inputs.is_tensor:
        return _tensors(asker, data, signature.inputs)
    return _columns(asker, data, signature.inputs)


@dataclass(frozen=True, slots=True)
class _Asker:
    model: str

    def fail(self, code: str, **facts: object) -> SeldonNbError:
        return fail(code, model=self.model, **facts)

    def form(self, found: str, wanted: str, fix: str) -> SeldonNbError:
        return self.fail("SNB-324", found=found, wanted=wanted, fix=fix)


# --- columns -------------------------------------------------------------------------------------------------------------------


def _columns(asker: _Asker, data: Any, schema: Schema) -> Fitted:
    frame, notes, index = _frame(asker, data, schema)
    labels = _labels(asker, frame, schema)
    if not len(frame):
        raise asker.fail("SNB-323", found=_shape(frame))
    known = set(schema.names)
    missing = [column.name for column in schema.columns if column.required and column.name not in labels]
    extra = [name for name in labels if name not in known]
    if missing:
        raise _misnamed(asker, schema, missing, extra, labels)
    if extra:
        absent = [column.name for column in schema.columns if column.name not in labels]
        near = tuple((name, alike[0]) for name in extra if (alike := nearest(name, absent, most=1)))
        notes = replace(notes, dropped=tuple(extra), near=near)
    inputs, rounded = _typed(asker, frame, schema, labels)
    return Fitted(tuple(inputs), len(frame), index, replace(notes, rounded=tuple(rounded)))


def _frame(asker: _Asker, data: Any, schema: Schema) -> tuple[pd.DataFrame, Notes, Any]:
    import numpy as np
    import pandas as pd

    names = list(schema.names)
    if not isinstance(data, (pd.DataFrame, pd.Series)) and hasattr(data, "to_pandas"):
        data = data.to_pandas()
    if isinstance(data, pd.Series) and len(names) == 1:
        return data.to_frame(names[0]), Notes(), data.index
    if isinstance(data, pd.DataFrame):
        return data, Notes(), data.index
    wanted = tr("a DataFrame with the columns {names}", names=", ".join(names[:12]) + (", …" if len(names) > 12 else ""))
    if isinstance(data, np.ndarray):
        if data.ndim == 1 and len(names) == 1:
            data = data.reshape(-1, 1)
        if data.ndim == 2 and data.shape[1] == len(names):
            return (
                pd.DataFrame(data, columns=names).infer_objects(),
                Notes(by_position=() if _unnamed(schema) else tuple(names)),
                None,
            )
        fix = "rows = rows.reshape(1, -1)" if data.shape == (len(names),) else "rows.shape"
        raise asker.form(tr("an array of shape {shape}", shape=str(data.shape)), wanted, fix)
    if isinstance(data, pd.Series):
        fix = "rows = rows.to_frame().T.infer_objects()" if len(data) == len(names) else "rows = rows.to_frame()"
        raise asker.form(tr("one column (Series)"), wanted, fix)
    raise asker.form(_kind(data), wanted, "rows = pd.DataFrame(rows)")


def _labels(asker: _Asker, frame: pd.DataFrame, schema: Schema) -> dict[str, int]:
    """Names of the frame's columns as the model would spell them, and their positions."""
    given = [str(label) for label in frame.columns]
    if _unnamed(schema) and len(given) == len(schema.columns):
        given = list(schema.names)
    twice = tuple(sorted({name for name in given if given.count(name) > 1})) if len(set(given)) < len(given) else ()
    if twice:
        found = tr("a DataFrame in which columns have the same name: {names}", names=listed(twice))
        raise asker.form(found, tr("every column once"), "rows = rows.loc[:, ~rows.columns.duplicated()]")
    return {name: position for position, name in enumerate(given)}


def _unnamed(schema: Schema) -> bool:
    """Whether the signature names nothing: then positions count."""
    return all(name == str(position) for position, name in enumerate(schema.names))


def _misnamed(asker: _Asker, schema: Schema, missing: list[str], extra: list[str], labels: dict[str, int]) -> SeldonNbError:
    pairs: dict[str, str] = {}
    for name in missing:
        alike = nearest(name, [other for other in extra if other not in pairs], most=1)
        if alike:
            pairs[alike[0]] = name
    told = [
        tr("Column `{given}` is not in the model; did you mean `{known}`?", given=given, known=known)
        for given, known in pairs.items()
    ]
    lost = [name for name in missing if name not in pairs.values()]
    odd = [name for name in extra if name not in pairs]
    if lost:
        told.append(trn("Column {names} is missing.", "{n} columns are missing: {names}.", len(lost), names=listed(lost)))
    if odd:
        told.append(
            trn("Column {names} is not in the model.", "{n} columns are not in the model: {names}.", len(odd), names=listed(odd))
        )
    renames = ", ".join(
        f"{json.dumps(given, ensure_ascii=False)}: {json.dumps(known, ensure_ascii=False)}" for given, known in pairs.items()
    )
    names = list(schema.names)
    shown = ", ".join(names[:40]) + (", …" if len(names) > 40 else "")
    return asker.fail(
        "SNB-320",
        differences=" ".join(told),
        expected=shown,
        fix=f"rows = rows.rename(columns={{{renames}}})" if pairs else "list(rows.columns)",
    )


def _typed(asker: _Asker, frame: pd.DataFrame, schema: Schema, labels: dict[str, int]) -> tuple[list[Wired], list[str]]:
    """The columns as they are sent, and the names of those that were rounded."""
    verdicts = [fit_column(frame.iloc[:, labels[column.name]], column) for column in schema.columns if column.name in labels]
    misfits = [verdict for verdict in verdicts if isinstance(verdict, Misfit)]
    if misfits:
        raise _mistyped(asker, frame.iloc[:, labels[misfits[0].column.name]], misfits)
    gaps = [verdict for verdict in verdicts if isinstance(verdict, Gaps)]
    if gaps:
        raise _incomplete(asker, gaps, len(frame))
    fits = [verdict for verdict in verdicts if isinstance(verdict, Fits)]
    return [verdict.wired for verdict in fits], [verdict.wired.name for verdict in fits if verdict.rounded]


def _mistyped(asker: _Asker, series: pd.Series[Any], misfits: list[Misfit]) -> SeldonNbError:
    first = misfits[0]
    others = [misfit.column.name for misfit in misfits[1:]]
    return asker.fail(
        "SNB-321",
        column=first.column.name,
        found=say_found(series, first.found),
        wanted=say_wanted(first.column.type),
        others=_also(others),
        fix=conversion(plain(series), first.found, first.column),
    )


def _incomplete(asker: _Asker, gaps: list[Gaps], rows: int) -> SeldonNbError:
    first = gaps[0]
    where = _Where(first.column.name, first.column.type, first.count, first.positions)
    return _missing(asker, where, rows, [gap.column.name for gap in gaps[1:]])


@dataclass(frozen=True, slots=True)
class _Where:
    """Where values are missing: how many, and the first few rows."""

    name: str
    kind: ColumnType
    count: int
    positions: tuple[int, ...]


def _missing(asker: _Asker, where: _Where, rows: int, others: list[str]) -> SeldonNbError:
    return asker.fail(
        "SNB-322",
        column=where.name,
        literal=json.dumps(where.name, ensure_ascii=False),
        name=asker.model.partition("@")[0],
        count=where.count,
        rows=rows,
        positions=", ".join(map(str, where.positions)) + (", …" if where.count > len(where.positions) else ""),
        wanted=say_wanted(where.kind),
        others=_also(others),
    )


def _also(names: list[str]) -> str:
    """A further sentence with the space before it, or nothing."""
    if not names:
        return ""
    told = trn(
        "The same goes for column {names}.", "The same goes for {n} more columns: {names}.", len(names), names=listed(names)
    )
    return f" {told}"


# --- tensors -------------------------------------------------------------------------------------------------------------------


def _tensors(asker: _Asker, data: Any, schema: Schema) -> Fitted:
    arrays, index = _arrays(asker, data, schema)
    inputs: list[Wired] = []
    rounded: list[str] = []
    for tensor in schema.tensors:
        array = arrays[tensor.name]
        if array.ndim and not len(array):
            raise asker.fail("SNB-323", found=tr("an array of shape {shape}", shape=str(array.shape)))
        verdict = fit_tensor(array, tensor)
        if isinstance(verdict, BadShape):
            raise asker.form(tr("an array of shape {shape}", shape=str(verdict.found)), _say_tensor(tensor), verdict.fix)
        if isinstance(verdict, BadType):
            raise _bad_type(asker, verdict, array)
        inputs.append(verdict[0])
        rounded += [tensor.name] if verdict[1] else []
    counts = {len(wired.values) for wired in inputs}
    if len(counts) > 1:
        raise asker.form(
            tr("arrays with different numbers of rows"),
            tr("as many rows in each"),
            "{name: len(array) for name, array in rows.items()}",
        )
    whole = any(tensor.shape[0] != -1 for tensor in schema.tensors)
    return Fitted(tuple(inputs), counts.pop(), index, Notes(rounded=tuple(rounded)), tensor=True, whole=whole)


def _arrays(asker: _Asker, data: Any, schema: Schema) -> tuple[dict[str, Any], Any]:
    import numpy as np
    import pandas as pd

    names = schema.names
    index = data.index if isinstance(data, (pd.DataFrame, pd.Series)) else None
    if len(names) > 1:
        keys = tuple(data.columns) if isinstance(data, pd.DataFrame) else tuple(data) if isinstance(data, dict) else None
        wanted = tr("a dictionary with an array for each of {names}", names=listed(names))
        if keys is None:
            raise asker.form(_kind(data), wanted, f"rows = {{{json.dumps(names[0])}: rows}}")
        lost = [name for name in names if name not in keys]
        if lost:
            raise asker.form(tr("no {names}", names=listed(lost)), wanted, "list(rows)")
        return {name: np.asarray(data[name]) for name in names}, index
    if isinstance(data, dict) and tuple(data) == names:
        data = data[names[0]]
    if isinstance(data, pd.DataFrame):
        data = data.iloc[:, 0] if len(schema.tensors[0].shape) == 1 and data.shape[1] == 1 else data
        data = data.to_numpy()
    elif isinstance(data, pd.Series) or (hasattr(data, "to_numpy") and hasattr(data, "shape")):
        data = data.to_numpy()
    if not isinstance(data, np.ndarray):
        raise asker.form(_kind(data), _say_tensor(schema.tensors[0]), "rows = np.asarray(rows)")
    return {names[0]: data}, index


def _bad_type(asker: _Asker, bad: BadType, array: Any) -> SeldonNbError:
    import pandas as pd

    kind = {"b": ColumnType.BOOLEAN, "i": ColumnType.LONG, "u": ColumnType.LONG, "f": ColumnType.DOUBLE}.get(
        DATATYPES.get(bad.tensor.dtype, "S")[0].lower(), ColumnType.STRING
    )
    if bad.missing:
        return _missing(asker, _Where(bad.tensor.name, kind, bad.missing, bad.rows), int(array.size), [])
    found = say_found(pd.Series(array.reshape(-1)[:100]), bad.found)
    fix = f"rows = rows.astype({json.dumps(bad.tensor.dtype)})"
    return asker.fail("SNB-321", column=bad.tensor.name, found=found, wanted=bad.tensor.dtype, others="", fix=fix)


def _say_tensor(tensor: Tensor) -> str:
    shape = ", ".join(tr("any number") if size == -1 else str(size) for size in tensor.shape)
    return tr("an array of {dtype} with the shape ({shape})", dtype=tensor.dtype, shape=shape)


# --- without a signature -------------------------------------------------------------------------------------------------------


def _undeclared(asker: _Asker, data: Any) -> Fitted:
    """Rows for a model that does not say what it takes: each column by what it holds."""
    import numpy as np
    import pandas as pd

    if isinstance(data, np.ndarray):
        dtype = data.dtype.name if data.dtype.name in DATATYPES else "str"
        return _tensors(asker, data, Schema(tensors=(Tensor("0", dtype, (-1,) * data.ndim),)))
    if not isinstance(data, pd.DataFrame) and hasattr(data, "to_pandas"):
        data = data.to_pandas()
    if not isinstance(data, pd.DataFrame):
        raise asker.form(_kind(data), tr("a DataFrame"), "rows = pd.DataFrame(rows)")
    if not len(data):
        raise asker.fail("SNB-323", found=_shape(data))
    labels = _labels(asker, data, Schema())
    columns = tuple(
        Column(name, _TYPES.get(found_in(plain(data.iloc[:, position])), ColumnType.ANY), required=False)
        for name, position in labels.items()
    )
    return _columns(asker, data, Schema(columns=columns))


def _kind(data: Any) -> str:
    return tr("an object of type {type}", type=type(data).__name__)


def _shape(frame: pd.DataFrame) -> str:
    return trn("a DataFrame of 0 rows and one column", "a DataFrame of 0 rows and {n} columns", frame.shape[1])
