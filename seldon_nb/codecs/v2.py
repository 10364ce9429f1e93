"""Open Inference Protocol, version 2: rows to the bytes of a request, and the bytes of an answer to rows.

One input per column, each with the content type that MLServer needs to read it; ``pd`` for the request as a whole.  The index stays here.

Why there is no binary form.  The protocol has an extension for binary tensors, which would spare the JSON.  MLServer 1.7.1 does not speak it over REST:
``GET /v2`` announces no extension (``"extensions": []``), and a request in that form is answered with status 500, as one from Triton's client is with
422.  The servers' test suite asks again each time; until one announces it, there is nothing here to gain.

Infinite numbers in an *answer* arrive as missing ones: the server's JSON has no word for them.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seldon_nb.codecs.answers import frame_of
from seldon_nb.codecs.explain import Fitted, fit
from seldon_nb.codecs.wire import Form, Wired
from seldon_nb.domain.errors import fail
from seldon_nb.domain.signature import Schema, Signature
from seldon_nb.words import tr

if TYPE_CHECKING:
    import pandas as pd


class Layout(enum.Enum):
    """How rows are laid out in a request.

    ``COLUMNS``: one input per column, for MLflow's and scikit-learn's runtimes.  ``MATRIX``: one FP64 tensor of all columns in the signature's
    order, for XGBoost's and LightGBM's: they read a matrix, and building a DataFrame on the server would only cost time.
    """

    COLUMNS = "columns"
    MATRIX = "matrix"


_MATRIX_SERVERS = ("XGBOOST_SERVER", "mlserver_xgboost.XGBoostModel", "mlserver_lightgbm.LightGBMModel")


def layout_of(document: Mapping[str, Any]) -> Layout:
    """The layout that the server of a SeldonDeployment's first node reads."""
    predictor = document["spec"]["predictors"][0]
    node = predictor["graph"]
    named = {str(node.get("implementation") or "")}
    for component in predictor.get("componentSpecs") or ():
        for container in (component.get("spec") or {}).get("containers") or ():
            if container.get("name") == node.get("name"):
                named |= {
                    str(item.get("value"))
                    for item in container.get("env") or ()
                    if item.get("name") == "MLSERVER_MODEL_IMPLEMENTATION"
                }
    return Layout.MATRIX if named & set(_MATRIX_SERVERS) else Layout.COLUMNS


@dataclass(frozen=True, slots=True)
class Question:
    """Rows ready to be written, all at once or in parts."""

    inputs: tuple[Wired, ...]
    content_type: str
    model: str = ""

    def body(self, start: int, stop: int) -> bytes:
        """The request for rows ``start`` to ``stop`` (not included).

        Raises:
            SNB-321: text that is not valid Unicode.
        """
        import orjson

        request: dict[str, Any] = {"inputs": [wired.piece(start, stop) for wired in self.inputs]}
        if self.content_type:
            request["parameters"] = {"content_type": self.content_type}
        try:
            return orjson.dumps(request, option=orjson.OPT_SERIALIZE_NUMPY)
        except TypeError as error:
            raise self._broken_text(start, stop) from error

    def _broken_text(self, start: int, stop: int) -> Exception:
        for wired in self.inputs:
            if wired.form is Form.TEXT and any(not _is_unicode(item) for item in wired.values[start:stop].reshape(-1)):
                cell = f'rows["{wired.name}"]'
                return fail(
                    "SNB-321",
                    model=self.model or tr("the model"),
                    column=wired.name,
                    found=tr("text that is not valid Unicode ({dtype})", dtype="str"),
                    wanted=tr("text (string)"),
                    others="",
                    fix=f'{cell} = {cell}.str.encode("utf-8", "replace").str.decode("utf-8")',
                )
        return TypeError("a value that JSON cannot hold passed the checks")


def _is_unicode(item: Any) -> bool:
    try:
        return item is None or bool(item.encode("utf-8") or True)
    except UnicodeEncodeError:
        return False


def question(fitted: Fitted, layout: Layout = Layout.COLUMNS, *, model: str = "") -> Question:
    """Lay rows out for a server.

    Raises:
        SNB-321: a column that is no number, for a server that takes a matrix.
    """
    if fitted.tensor:
        return Question(fitted.inputs, "" if fitted.declared else "np", model)
    if layout is Layout.MATRIX:
        return Question((_matrix(fitted, model),), "", model)
    return Question(fitted.inputs, "pd", model)


def _matrix(fitted: Fitted, model: str) -> Wired:
    import numpy as np

    for wired in fitted.inputs:
        if wired.form is not Form.NUMBERS:
            raise fail(
                "SNB-321",
                model=model or tr("the model"),
                column=wired.name,
                found=tr("values of type {dtype}", dtype=wired.form.value),
                wanted=tr("numbers only: its server reads one matrix"),
                others="",
                fix=f'rows["{wired.name}"].head()',
            )
    values = np.empty((fitted.rows, len(fitted.inputs)), dtype="float64")
    for position, wired in enumerate(fitted.inputs):
        values[:, position] = wired.values
    return Wired("matrix", Form.NUMBERS, "FP64", values, any(wired.infinite for wired in fitted.inputs))


def encode(data: Any, signature: Signature | None, *, layout: Layout = Layout.COLUMNS, model: str = "") -> bytes:
    """All rows in one request.

    Raises:
        SNB-320 … SNB-324: the rows do not fit; see :func:`seldon_nb.codecs.explain.fit`.
    """
    fitted = fit(data, signature, model=model)
    return question(fitted, layout, model=model).body(0, fitted.rows)


def decode(body: bytes, signature: Signature | None) -> pd.DataFrame:
    """The answer's rows, numbered from 0, with the signature's names where they match in number.

    Raises:
        ValueError: if it is not an answer of the protocol; the message holds no value.
    """
    import orjson

    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ValueError("not JSON") from None
    outputs = answer.get("outputs") if isinstance(answer, dict) else None
    if not isinstance(outputs, Sequence) or not outputs or not all(isinstance(output, dict) for output in outputs):
        raise ValueError("no outputs")
    try:
        return frame_of(outputs, signature.outputs if signature else Schema())
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise ValueError(safe(error)) from None


def safe(error: Exception) -> str:
    """What may be told of an error while reading: our own sentences pass; numpy's and Python's may quote a value."""
    own = ("outputs with different numbers of rows", "an output does not fill its shape")
    return str(error) if str(error) in own else "an output of another form"


def told(body: bytes) -> dict[str, str]:
    """The type and the place of an error, if the server tells them; never a value."""
    import json

    try:
        seen = json.loads(body)
    except ValueError:
        return {}
    return {key: str(seen[key]) for key in ("error_type", "where") if seen.get(key)} if isinstance(seen, dict) else {}
