"""The seldon protocol's payloads: which one rows travel in, and whether they arrive as they are.

What was tried against the real wrapper of Seldon Core 1.17.1 (``tests/here/test_codecs_wrapper.py`` tries it again), and what follows:

* A table (``ndarray``, ``tensor``) arrives as one numpy array, so text beside numbers would turn all of it into text: columns of several kinds go as records
  (``jsonData``), which keep whole numbers, decimals, text and yes/no apart.  Seldon's MLflow server takes records only (with its ``xtype`` at ``DataFrame``).
* JSON has no word for infinities; they are refused.  A missing number goes as ``null``: in records pandas reads it as missing, in an ``ndarray`` it arrives as
  ``None`` in an array of objects.  ``tensor`` has no room for it over REST.
* Over gRPC every number is a double: whole numbers beyond 2⁵³ would change, and are refused.  ``tensor`` carries NaN and infinities there.
  In records the order of the columns is lost there: they are found by name.
* Dates and bytes would arrive as text; they are refused.  One text, or one piece of bytes, may be a whole question (``strData``, ``binData``).
* Seldon's MLflow server compares types with the signature, and JSON tells no widths: columns of 32 bits are refused there, and over gRPC whole numbers.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from seldon_nb.codecs.explain import Fitted
from seldon_nb.codecs.protocol import Transport, cannot_travel
from seldon_nb.codecs.wire import Form, Wired
from seldon_nb.words import tr

#: The largest whole number up to which doubles hold every one.
EXACT = 2**53


class Payload(enum.Enum):
    """The field of a ``SeldonMessage`` that holds the rows."""

    NDARRAY = "ndarray"
    TENSOR = "tensor"
    TFTENSOR = "tftensor"
    RECORDS = "jsonData"
    TEXT = "strData"
    BYTES = "binData"

    @property
    def is_table(self) -> bool:
        """Whether it is one array of all columns, with their names beside it."""
        return self in (Payload.NDARRAY, Payload.TENSOR, Payload.TFTENSOR)

    @property
    def most_rows(self) -> int:
        """Rows of one request at most; 0 for any number."""
        return 1 if self in (Payload.TEXT, Payload.BYTES) else 0


@dataclass(frozen=True, slots=True)
class Laid:
    """Rows in the form in which they travel.

    Attributes:
        names: of the columns; empty for a tensor.
        table: for a table, one numpy array, the first dimension of which counts the rows; else None.
        columns: for all other payloads.
    """

    payload: Payload
    names: tuple[str, ...] = ()
    table: Any = None
    columns: tuple[Wired, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """Lays rows out for one server.

    Attributes:
        server: ``MLFLOW_SERVER``… or empty for a server of somebody's own.
        model: how sentences call it.
    """

    server: str
    transport: Transport
    model: str

    def lay_out(self, fitted: Fitted, payload: Payload | None) -> Laid:
        """The rows as they travel. Raises: SNB-326."""
        if fitted.tensor and len(fitted.inputs) > 1:
            raise self._no(
                fitted.inputs[1].name, tr("It takes one array in a question, and the model takes several."), "list(rows)"
            )
        chosen = payload or self._choose(fitted)
        for wired in fitted.inputs:
            self._check(wired, chosen)
        if chosen.is_table:
            table = self._table(fitted, chosen)
            return Laid(chosen, () if fitted.tensor else tuple(wired.name for wired in fitted.inputs), table)
        if fitted.tensor or (chosen.most_rows and len(fitted.inputs) > 1):
            raise self._no(fitted.inputs[-1].name, tr("The form `{payload}` has no room for it.", payload=chosen.value))
        return Laid(chosen, columns=fitted.inputs)

    def _choose(self, fitted: Fitted) -> Payload:
        if self.server == "MLFLOW_SERVER" and not fitted.tensor:
            return Payload.RECORDS
        kinds = {_kind(wired) for wired in fitted.inputs}
        if kinds == {"number"} or (kinds == {"number", "bool"} and self.server):
            gaps = any(_gaps(wired) for wired in fitted.inputs)
            return Payload.TENSOR if self.transport is Transport.GRPC or (fitted.tensor and not gaps) else Payload.NDARRAY
        return (
            Payload.NDARRAY if fitted.tensor or self.server or (len(kinds) == 1 and kinds < {"bool", "text"}) else Payload.RECORDS
        )

    def _no(self, column: str, reason: str, fix: str = "") -> Exception:
        return cannot_travel(column, reason, model=self.model, shown=f"seldon, {self.transport.shown}", fix=fix)

    # --- whether a column arrives as it is -----------------------------------------------------------------------------------------

    def _check(self, wired: Wired, payload: Payload) -> None:
        grpc = self.transport is Transport.GRPC
        if wired.form is Form.DATES:
            raise self._no(wired.name, tr("It has no word for dates."))
        if (wired.form is Form.BYTES) is not (payload is Payload.BYTES):
            raise self._no(wired.name, tr("It carries bytes only as a whole question of one column, in the form `binData`."))
        if payload is Payload.TEXT and (wired.form is not Form.TEXT or None in wired.values):
            raise self._no(wired.name, tr("The form `{payload}` has no room for it.", payload=payload.value))
        if wired.form is Form.NUMBERS:
            doubles = payload is not Payload.TFTENSOR and (grpc or payload is Payload.TENSOR)
            if wired.infinite and payload is not Payload.TFTENSOR and not (grpc and payload is Payload.TENSOR):
                raise self._no(wired.name, tr("It has no word for infinite numbers."), "{cell}.describe()")
            if doubles and beyond(wired.values):
                raise self._no(
                    wired.name, tr("Whole numbers beyond 9,007,199,254,740,992 would be rounded on the way."), "{cell}.describe()"
                )
            if payload is Payload.TENSOR and not grpc and _gaps(wired):
                raise self._no(wired.name, tr("The form `{payload}` has no room for missing numbers.", payload=payload.value))
        if self.server == "MLFLOW_SERVER" and payload is Payload.RECORDS and wired.form is Form.NUMBERS:
            self._check_mlflow(wired)

    def _check_mlflow(self, wired: Wired) -> None:
        if wired.datatype in ("INT32", "FP32"):
            raise self._no(
                wired.name, tr("It does not tell how wide a number is, and Seldon's MLflow server refuses the model's 32 bits.")
            )
        if wired.datatype == "INT64" and self.transport is Transport.GRPC:
            raise self._no(
                wired.name,
                tr("Over gRPC its numbers arrive as decimals, and Seldon's MLflow server refuses them in place of whole ones."),
            )

    # --- one array of all columns ---------------------------------------------------------------------------------------------------

    def _table(self, fitted: Fitted, payload: Payload) -> Any:
        import numpy as np

        if fitted.tensor:
            table = self._widened(fitted.inputs[0], payload)
        else:
            kinds = {_kind(wired) for wired in fitted.inputs}
            if "other" in kinds or ("text" in kinds and len(kinds) > 1):
                odd = next(wired for wired in fitted.inputs if _kind(wired) != _kind(fitted.inputs[0]) or _kind(wired) == "other")
                raise self._no(
                    odd.name, tr("Its server reads one table, in which text beside numbers would turn all of them into text.")
                )
            columns = [self._widened(wired, payload) for wired in fitted.inputs]
            dtype = np.result_type(*columns) if "text" not in kinds else np.dtype(object)
            if dtype.kind == "f":
                for wired in fitted.inputs:
                    if beyond(wired.values):
                        raise self._no(wired.name, tr("Whole numbers beyond 9,007,199,254,740,992 would be rounded on the way."))
            table = np.empty((fitted.rows, len(columns)), dtype=dtype)
            for position, column in enumerate(columns):
                table[:, position] = column
        if payload is Payload.TENSOR and table.dtype.kind not in "iuf":
            raise self._no(fitted.inputs[0].name, tr("The form `{payload}` has no room for it.", payload=payload.value))
        return table

    def _widened(self, wired: Wired, payload: Payload) -> Any:
        """Decimals as doubles, so that their digits in JSON are those of their value; TensorFlow's tensors keep their own type."""
        if wired.values.dtype.kind == "f" and payload is not Payload.TFTENSOR:
            return wired.values.astype("float64")
        return wired.values


def _kind(wired: Wired) -> str:
    if wired.form is Form.NUMBERS:
        return "bool" if wired.datatype == "BOOL" else "number"
    return "text" if wired.form is Form.TEXT else "other"


def _gaps(wired: Wired) -> bool:
    import numpy as np

    return wired.values.dtype.kind == "f" and bool(np.isnan(wired.values).any())


def beyond(values: Any) -> bool:
    """Whether an array of whole numbers holds some that a double cannot."""
    return values.dtype.kind in "iu" and values.size > 0 and bool(values.max() > EXACT or values.min() < -EXACT)


def plain_columns(laid: Laid, start: int, stop: int) -> list[list[Any]]:
    """Columns as lists of what JSON can hold; a missing number is None."""
    import numpy as np

    held = []
    for wired in laid.columns:
        part = wired.values[start:stop]
        if part.dtype.kind == "f":
            part = part.astype("float64")
            missing = np.isnan(part)
            part = np.where(missing, None, part) if missing.any() else part
        held.append(part.tolist())
    return held
