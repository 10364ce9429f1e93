"""One input of a request: values that fit, and how a slice of them is written.

Every choice below was tried against MLServer 1.7.1 with MLflow 3.17 (``tests/here/test_codecs_mlserver.py`` tries them again):

* numbers go as JSON numbers; orjson writes NaN as ``null``, which the server reads as NaN again.  Infinities have no JSON number: they go as the text
  ``"Infinity"``, which numpy reads back.
* dates go as ISO 8601 without a zone, to the microsecond: the server's reader knows no finer ones.
* a missing date cannot go as ``null`` (the server's date codec raises).  Such a slice goes as ``pd_json``, JSON inside strings, with the integer that means
  "not a time" in numpy in its place: text and an integer together keep pandas from making a text column of it.  A slice of missing dates only goes as nulls.
* a missing yes/no value goes as ``pd_json`` too; as ``BOOL`` the server would read it as *no*.
* bytes go as base64; arrays, objects and maps as ``pd_json``.
"""

from __future__ import annotations

import enum
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

#: What numpy keeps in place of a missing date.
NOT_A_TIME = "-9223372036854775808"


class Form(enum.Enum):
    """How the values of an input are written."""

    NUMBERS = "numbers"  # ndarray of numbers or booleans, (rows, …)
    TEXT = "text"  # ndarray of str or None, (rows, …)
    DATES = "dates"  # ndarray of datetime64[us], (rows,)
    BYTES = "bytes"  # ndarray of bytes, (rows,)
    JSON = "json"  # ndarray of anything that JSON can hold, (rows,)


@dataclass(frozen=True, slots=True)
class Wired:
    """A column or tensor that fits.

    Attributes:
        name: as the model knows it.
        form: how it is written.
        datatype: of the Open Inference Protocol (``FP64``); used by ``NUMBERS`` only, all others are ``BYTES``.
        values: numpy array; the first dimension counts the rows.
        infinite: some of its numbers are infinite.
    """

    name: str
    form: Form
    datatype: str
    values: Any
    infinite: bool = False

    def piece(self, start: int, stop: int) -> dict[str, Any]:
        """The input for rows ``start`` to ``stop`` (not included): plain values and C-contiguous arrays, ready for orjson."""
        part = self.values[start:stop]
        datatype, content_type, data = _WRITERS[self.form](self, part)
        return {
            "name": self.name,
            "shape": list(part.shape),
            "datatype": datatype,
            "parameters": {"content_type": content_type},
            "data": data,
        }


def _numbers(wired: Wired, part: Any) -> tuple[str, str, Any]:
    flat = part.reshape(-1)
    return wired.datatype, "np", _spelt(flat) if wired.infinite else flat


def _spelt(flat: Any) -> list[Any]:
    """Numbers as a list in which infinities are text; NaN stays NaN."""
    import numpy as np

    data: list[Any] = flat.tolist()
    for position in np.flatnonzero(np.isinf(flat)).tolist():
        data[position] = "Infinity" if data[position] > 0 else "-Infinity"
    return data


def _text(wired: Wired, part: Any) -> tuple[str, str, Any]:
    return "BYTES", "str" if part.ndim == 1 else "np", part.reshape(-1).tolist()


def _dates(wired: Wired, part: Any) -> tuple[str, str, Any]:
    import numpy as np

    missing = np.isnat(part)
    if not missing.any():
        return "BYTES", "datetime", part  # orjson writes them ten times faster than numpy does
    if missing.all():
        return "BYTES", "pd_json", ["null"] * len(part)
    text = np.char.add(np.char.add('"', np.datetime_as_string(part)), '"')
    return "BYTES", "pd_json", np.where(missing, NOT_A_TIME, text).tolist()


def _bytes(wired: Wired, part: Any) -> tuple[str, str, Any]:
    return "BYTES", "base64", [b64encode(item).decode("ascii") for item in part.tolist()]


def _json(wired: Wired, part: Any) -> tuple[str, str, Any]:
    import orjson

    option = orjson.OPT_SERIALIZE_NUMPY
    return "BYTES", "pd_json", [orjson.dumps(item, option=option).decode() for item in part.tolist()]


_WRITERS = {Form.NUMBERS: _numbers, Form.TEXT: _text, Form.DATES: _dates, Form.BYTES: _bytes, Form.JSON: _json}
