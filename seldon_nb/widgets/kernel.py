"""What the panel asks the kernel, silently: which tables and models there are, some rows of one, and what a model answers.

The panel sends ``user_expressions`` of a silent request, such as ``__import__("seldon_nb.widgets.kernel", fromlist=["ask"]).ask('{"do": "frames"}')``, and reads
the text of the result, which is JSON.  Nothing is bound to a name, nothing is printed, nothing lands in the history.  A name is looked up, never evaluated.

Nothing here raises: what goes wrong is ``{"problem": {"code": "SNB-367", "what": …, "saw": …, "next": […]}}``, without values, in the language that was asked for.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seldon_nb.words import tr, tr_with

#: Rows of one answer at most.
MOST_ROWS = 1000
_MOST_NAMES = 200
_IPYTHON = frozenset({"In", "Out", "exit", "quit", "open", "get_ipython"})


class Told:
    """JSON whose plain text is the JSON itself, so that whoever displays it passes it on unchanged."""

    __slots__ = ("_text",)

    def __init__(self, value: Any) -> None:
        self._text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))

    def __repr__(self) -> str:
        return self._text


def ask(text: str) -> Told:
    """One question as JSON: ``{"do": "frames" | "rows" | "models" | "answers", …}`` with the arguments of the function of that name.

    ``language`` (``fr``, ``en``) says in which one problems are told.
    """
    from seldon_nb.words import speaking

    try:
        asked = json.loads(text)
        language = str(asked.pop("language", ""))
        do = _QUESTIONS[asked.pop("do")]
    except (ValueError, KeyError, AttributeError, TypeError):
        return Told(_problem("", tr("This is not a question that is known.")))
    with speaking(language):
        return _told(do, asked)


def frames(columns: Sequence[str] = ()) -> Told:
    """Tables and arrays of the notebook: ``{"frames": [{"name", "kind", "rows", "columns", "fits"}]}``, those that fit first.

    Args:
        columns: the inputs of a model; a table fits if it has all of them, an array if it is as wide.
    """
    return _told(_frames, {"columns": columns})


def rows(name: str, columns: Sequence[str] = (), start: int = 0, stop: int = 50) -> Told:
    """Some rows of a table: ``{"columns", "data", "total"}``; in the form of the panel's own questions."""
    return _told(_rows, {"name": name, "columns": columns, "start": start, "stop": stop})


def models() -> Told:
    """Objects of the notebook that predict: ``{"models": [{"name", "type"}]}``."""
    return _told(_models, {})


def answers(
    name: str, columns: Sequence[str], data: Sequence[Sequence[Any]], types: Sequence[str] = (), method: str = "predict"
) -> Told:
    """What a model of the notebook answers to rows: ``{"columns", "data", "took_ms"}``.

    Args:
        types: of the columns, in the signature's words (``long``, ``datetime``); without them, values are taken as they are.
        method: ``predict`` or ``predict_proba``.
    """
    return _told(_answers, {"name": name, "columns": columns, "data": data, "types": types, "method": method})


# --- how ---------------------------------------------------------------------------------------------------------------------------------


class _Refused(Exception):  # noqa: N818 - an answer, not a mistake
    """Something of the notebook that cannot be used; both arguments are safe to show."""


def _told(do: Callable[..., Any], arguments: Mapping[str, Any]) -> Told:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Told(do(**arguments))
    except _Refused as refused:
        return Told(_problem(*refused.args))
    except Exception as error:
        return Told(_problem(str(arguments.get("name", "")), tr("It ended with {error_type}.", error_type=type(error).__name__)))


def _problem(name: str, reason: str) -> dict[str, Any]:
    from seldon_nb.domain.codes import lookup

    code, facts = lookup("SNB-367"), {"name": name[:200], "reason": reason}
    steps = [{"say": tr_with(step.say, facts)} for step in code.next]
    return {"problem": {"code": code.id, "what": tr_with(code.what, facts), "saw": tr_with(code.saw, facts), "next": steps}}


def _user_ns() -> Mapping[str, Any]:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    found: Mapping[str, Any] = shell.user_ns if shell is not None else {}
    return found


def _names() -> list[tuple[str, Any]]:
    """What the user has made, the newest last; IPython's own names and those that begin with an underscore are nobody's business."""
    return [
        (name, value)
        for name, value in list(_user_ns().items())
        if isinstance(name, str) and not name.startswith("_") and name not in _IPYTHON
    ]


def _value(name: str) -> Any:
    found = dict(_names())
    if not isinstance(name, str) or not name.isidentifier() or name not in found:
        raise _Refused(str(name), tr("There is no such variable."))
    return found[name]


def _as_frame(name: str, value: Any, columns: Sequence[str]) -> Any:
    """A table as a DataFrame; an array that is as wide takes the columns' names."""
    kind = _kind(value)
    if kind == "frame" and hasattr(value, "iloc"):
        return value
    if kind == "frame":
        return value.to_pandas()
    if kind == "series":
        return value.to_frame(columns[0] if len(columns) == 1 else value.name if value.name is not None else "0")
    if kind == "array":
        import pandas as pd

        wide = value if value.ndim == 2 else value.reshape(-1, 1)
        names = list(columns) if len(columns) == wide.shape[1] else [str(place) for place in range(wide.shape[1])]
        return pd.DataFrame(wide, columns=names)
    raise _Refused(name, tr("It is no table."))


def _kind(value: Any) -> str:
    """``frame``, ``series``, ``array``, or nothing; nothing is imported for it."""
    pandas: Any = sys.modules.get("pandas")
    numpy: Any = sys.modules.get("numpy")
    if isinstance(value, type):
        return ""
    if pandas is not None and isinstance(value, getattr(pandas, "DataFrame", ())):
        return "frame"
    if pandas is not None and isinstance(value, getattr(pandas, "Series", ())):
        return "series"
    if numpy is not None and isinstance(value, getattr(numpy, "ndarray", ())):
        return "array" if getattr(value, "ndim", 0) in (1, 2) else ""
    module = type(value).__module__.partition(".")[0]
    if module in ("polars", "pyarrow") and hasattr(value, "to_pandas") and hasattr(value, "columns"):
        return "frame"
    return ""


def _frames(columns: Sequence[str] = ()) -> Any:
    found = [frame for name, value in reversed(_names()) if (frame := _quietly(_frame, name, value, tuple(columns))) is not None]
    return {"frames": sorted(found, key=lambda frame: not frame["fits"])[:_MOST_NAMES]}


def _frame(name: str, value: Any, columns: tuple[str, ...]) -> dict[str, Any] | None:
    kind = _kind(value)
    if not kind:
        return None
    shape = tuple(value.shape)
    names = _labels(value, kind, shape)
    fits = set(columns) <= set(names) if kind == "frame" else len(columns) == (shape[1] if len(shape) == 2 else 1)
    return {"name": name, "kind": kind, "rows": int(shape[0]), "columns": names[:_MOST_NAMES], "fits": bool(fits and columns)}


def _quietly(describe: Callable[..., Any], *arguments: Any) -> Any:
    """What is said of one thing of the notebook; None if it cannot even be looked at, which must not hide the others."""
    try:
        return describe(*arguments)
    except Exception:
        return None


def _labels(value: Any, kind: str, shape: tuple[int, ...]) -> list[str]:
    if kind == "frame":
        labels = getattr(value, "column_names", None) or list(value.columns)
        return [str(label) for label in labels]
    if kind == "series":
        return [str(value.name)] if value.name is not None else ["0"]
    return [str(place) for place in range(shape[1] if len(shape) == 2 else 1)]


def _rows(name: str, columns: Sequence[str] = (), start: int = 0, stop: int = 50) -> Any:
    from seldon_nb.codecs.cells import cells_of

    frame = _as_frame(name, _value(name), columns)
    frame = frame.set_axis([str(label) for label in frame.columns], axis=1)
    lost = [column for column in columns if column not in frame.columns]
    if lost:
        raise _Refused(name, tr("It has no column {columns}.", columns=", ".join(lost[:5])))
    frame = frame.loc[:, ~frame.columns.duplicated()]
    wanted = list(columns) if columns else list(frame.columns)
    start, stop = max(0, int(start)), max(0, int(stop))
    part = frame[wanted].iloc[start : min(stop, start + MOST_ROWS)]
    return {"columns": wanted, "data": cells_of(part), "total": len(frame)}


def _models() -> Any:
    found = [model for name, value in reversed(_names()) if (model := _quietly(_model, name, value)) is not None]
    return {"models": found[:_MOST_NAMES]}


def _model(name: str, value: Any) -> dict[str, Any] | None:
    kind = type(value)
    if isinstance(value, type) or kind.__module__.startswith("seldon_nb") or not callable(getattr(kind, "predict", None)):
        return None
    methods = [method for method in ("predict", "predict_proba") if callable(getattr(value, method, None))]
    return {"name": name, "type": kind.__name__, "methods": methods}


def _answers(
    name: str, columns: Sequence[str], data: Sequence[Sequence[Any]], types: Sequence[str] = (), method: str = "predict"
) -> Any:
    import time

    from seldon_nb.codecs.cells import cells_of, table_of

    model = _value(name)
    asked = getattr(model, method, None) if method in ("predict", "predict_proba") else None
    if not callable(asked):
        raise _Refused(name, tr("It does not predict."))
    if len(data) > MOST_ROWS:
        raise _Refused(name, tr("At most {rows} rows go at once.", rows=MOST_ROWS))
    frame = table_of(list(columns), data, _signature(columns, types), model=name)
    began = time.perf_counter()
    try:
        said = asked(_by_type(frame, types))
    except Exception as error:
        raise _Refused(name, tr("It ended with {error_type}.", error_type=type(error).__name__)) from None
    took = max(1, round((time.perf_counter() - began) * 1000))
    answer = _as_answers(said, model if method == "predict_proba" else None)
    return {"columns": [str(label) for label in answer.columns], "data": cells_of(answer), "took_ms": took}


def _signature(columns: Sequence[str], types: Sequence[str]) -> Any:
    from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature

    if len(types) != len(columns):
        return None
    known = {kind.value for kind in ColumnType}
    return Signature(
        Schema(
            columns=tuple(
                Column(name, ColumnType(kind if kind in known else "any")) for name, kind in zip(columns, types, strict=True)
            )
        )
    )


_DTYPES = {"integer": "int32", "long": "int64", "float": "float32", "double": "float64", "boolean": "bool"}


def _by_type(frame: Any, types: Sequence[str]) -> Any:
    """The columns as the server would have them, as far as their values allow it."""
    for place, kind in enumerate(types if len(types) == frame.shape[1] else ()):
        if kind in _DTYPES and not frame.iloc[:, place].isna().any():
            label = frame.columns[place]
            try:
                frame[label] = frame[label].astype(_DTYPES[kind])
            except (ValueError, TypeError, OverflowError):
                continue
    return frame


def _as_answers(said: Any, classifier: Any = None) -> Any:
    """Answers as a table, its columns called as the deployment's are."""
    import numpy as np
    import pandas as pd

    from seldon_nb.codecs.answers import DEFAULT, class_names

    if isinstance(said, pd.DataFrame):
        return said
    if isinstance(said, pd.Series):
        return said.to_frame(DEFAULT)
    array = np.asarray(said)
    if array.ndim <= 1:
        return pd.DataFrame({DEFAULT: array.reshape(-1)})
    wide = array.reshape(len(array), -1)
    names = class_names(classifier, wide.shape[1]) or tuple(f"{DEFAULT}_{place}" for place in range(wide.shape[1]))
    return pd.DataFrame(wide, columns=list(names))


_QUESTIONS: dict[str, Callable[..., Any]] = {"frames": _frames, "rows": _rows, "models": _models, "answers": _answers}
