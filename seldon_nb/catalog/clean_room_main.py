"""The clean room's own program: it runs in the server's Python and knows nothing of this package.

::

    python clean_room_main.py --once            one request on standard input, one reply on standard output
    python clean_room_main.py --serve SOCKET    a fork server: imports once, then a child of its own for each request

A message is eight bytes of length (big endian) and that many bytes of JSON.  A request is ``{"op": "environment"}`` or ``{"op": "replay",
"model": path, "sample": …, "deep": bool, "timeout": seconds}``.  A reply never holds a value of the sample, and of errors only their type and, where
a module or a name could not be found, which one.

Only the standard library is imported before it is needed, because the client reads this module for its coding of samples and answers.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import importlib
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, Protocol

#: No message is larger than this: a sample is a few hundred rows.
MAX_MESSAGE = 1 << 30
#: Missing values are tried for so many columns; the rest stays untried.
MAX_NAN_COLUMNS = 200
DEFAULT_TIMEOUT_S = 60
#: Imported while nobody asks, so that the first boosted model need not wait.
IDLE_IMPORTS = ("sklearn.ensemble", "sklearn.svm", "sklearn.neighbors", "sklearn.calibration", "xgboost", "lightgbm")
_BACKLOG = 16
_TICK_S = 1.0
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==\s*([^\s;,]+)")

# --- messages -----------------------------------------------------------------------------------------------------------------


class Reader(Protocol):
    """Something that bytes come from."""

    def read(self, size: int, /) -> bytes | None:
        """``size`` bytes, or fewer at the end."""


class Writer(Protocol):
    """Something that bytes go to."""

    def write(self, data: bytes, /) -> Any:
        """Take all of ``data``."""

    def flush(self) -> None:
        """Send what was taken."""


def write_message(stream: Writer, value: Any) -> None:
    """Write one message and flush."""
    data = json.dumps(value).encode()
    stream.write(struct.pack(">Q", len(data)) + data)
    stream.flush()


def read_message(stream: Reader) -> Any:
    """Read one message; ``EOFError`` if the other side ended before it was complete, ``ValueError`` if it is none."""
    (length,) = struct.unpack(">Q", _exactly(stream, 8))
    if length > MAX_MESSAGE:
        raise ValueError("message too long")
    return json.loads(_exactly(stream, length))


def _exactly(stream: Reader, length: int) -> bytes:
    data = stream.read(length)
    if data is None or len(data) != length:
        raise EOFError
    return data


# --- samples: exact, typed, and without pickle ------------------------------------------------------------------------------------


def encode_sample(sample: Any) -> Any:
    """A DataFrame or numpy array as plain JSON values that :func:`decode_sample` turns back without loss.

    Raises:
        TypeError: for a cell of a type that has no plain form.
    """
    if sample is None:
        return None
    if hasattr(sample, "columns"):
        return {
            "kind": "frame",
            "rows": len(sample),
            "columns": [[str(name), _encode_column(sample.iloc[:, place])] for place, name in enumerate(sample.columns)],
        }
    return {"kind": "array", **_encode_array(sample)}


def decode_sample(data: Any) -> Any:
    """Back to a DataFrame (with a fresh index) or array; None for None."""
    if data is None:
        return None
    if data["kind"] == "array":
        return _decode_array(data)
    import pandas as pd

    frame = pd.DataFrame(index=pd.RangeIndex(data["rows"]))
    return frame.assign(**{name: _decode_column(column) for name, column in data["columns"]})


def _encode_column(series: Any) -> Any:
    dtype = str(series.dtype)
    if dtype == "category":
        return {
            "dtype": dtype,
            "codes": series.cat.codes.tolist(),
            "ordered": bool(series.cat.ordered),
            "categories": _encode_column(series.cat.categories.to_series()),
        }
    if series.dtype.kind in "biufM" and not hasattr(series.dtype, "na_value") and not hasattr(series.dtype, "tz"):
        return {"dtype": dtype, **_encode_array(series.to_numpy())}
    if getattr(series.dtype, "tz", None) is not None:
        return {"dtype": dtype, **_encode_array(series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy())}
    return {"dtype": dtype, "values": [_encode_cell(value) for value in series.tolist()]}


def _decode_column(data: Any) -> Any:
    import pandas as pd

    if "codes" in data:
        categories = pd.Index(_decode_column(data["categories"]))
        return pd.Series(pd.Categorical.from_codes(data["codes"], categories=categories, ordered=data["ordered"]))
    if "bytes" in data:
        series = pd.Series(_decode_array({**data, "dtype": data["raw"]}))
        return series.dt.tz_localize("UTC").astype(data["dtype"]) if "," in data["dtype"] else series.astype(data["dtype"])
    return pd.Series([_decode_cell(value) for value in data["values"]], dtype=_known_dtype(data["dtype"]))


def _known_dtype(dtype: str) -> str:
    """``str``, the text type of pandas 3, is ``object`` to an older pandas."""
    import pandas as pd

    return "object" if dtype == "str" and int(pd.__version__.partition(".")[0]) < 3 else dtype


def _encode_array(array: Any) -> Any:
    import numpy as np

    array = np.asarray(array)
    if array.dtype.kind in "biufcM":
        plain = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
        return {"raw": plain.dtype.str, "shape": list(array.shape), "bytes": base64.b64encode(plain.tobytes()).decode()}
    return {
        "raw": array.dtype.str,
        "shape": list(array.shape),
        "values": [_encode_cell(value) for value in array.ravel().tolist()],
    }


def _decode_array(data: Any) -> Any:
    import numpy as np

    if "bytes" in data:
        return np.frombuffer(bytearray(base64.b64decode(data["bytes"])), dtype=np.dtype(data["raw"])).reshape(data["shape"])
    flat = np.empty(len(data["values"]), dtype=np.dtype(data["raw"]))
    for place, value in enumerate(data["values"]):
        flat[place] = _decode_cell(value)
    return flat.reshape(data["shape"])


def _encode_cell(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return {"~": "bytes", "v": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, (list, tuple)):
        return [_encode_cell(item) for item in value]
    if isinstance(value, dict):
        return {"~": "dict", "v": [[_encode_cell(key), _encode_cell(item)] for key, item in value.items()]}
    return _encode_object(value)


def _encode_object(value: Any) -> Any:
    import datetime
    import decimal

    kind = type(value).__name__
    if kind in ("NAType", "NaTType"):
        return {"~": kind}
    if kind == "ndarray":
        return {"~": kind, "v": _encode_array(value)}
    if kind == "Timestamp" or isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return {"~": kind, "v": value.isoformat()}
    if isinstance(value, decimal.Decimal):
        return {"~": "Decimal", "v": str(value)}
    if hasattr(value, "item"):
        return _encode_cell(value.item())
    raise TypeError(kind)


def _decode_cell(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode_cell(item) for item in value]
    if not isinstance(value, dict):
        return value
    import datetime
    import decimal

    import pandas as pd

    readers: dict[str, Any] = {
        "bytes": base64.b64decode,
        "dict": lambda items: {_decode_cell(key): _decode_cell(item) for key, item in items},
        "ndarray": _decode_array,
        "Timestamp": pd.Timestamp,
        "datetime": datetime.datetime.fromisoformat,
        "date": datetime.date.fromisoformat,
        "time": datetime.time.fromisoformat,
        "Decimal": decimal.Decimal,
        "NAType": lambda _: pd.NA,
        "NaTType": lambda _: pd.NaT,
    }
    return readers[value["~"]](value.get("v"))


def plain(answer: Any) -> Any:
    """Any answer of a model as lists, dictionaries, numbers, text and None, so that two processes' answers can be compared."""
    if hasattr(answer, "columns") and hasattr(answer, "to_dict"):
        columns = [[str(name), plain(answer.iloc[:, place])] for place, name in enumerate(answer.columns)]
        return [{name: values[row] for name, values in columns} for row in range(len(answer))]
    if hasattr(answer, "toarray"):
        return plain(answer.toarray())
    if hasattr(answer, "tolist") and not isinstance(answer, (str, bytes)):
        return _plain_cell(answer.tolist())
    return _plain_cell(answer)


def _plain_cell(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else f"<{type(value).__name__}>"


# --- the packages of this Python --------------------------------------------------------------------------------------------------


def environment() -> dict[str, Any]:
    """Python, packages by canonical name, and the directories whose change would make this untrue."""
    from importlib import metadata

    packages: dict[str, str] = {}
    for distribution in metadata.distributions():
        found = distribution.metadata
        if found is not None and found["Name"]:  # a broken installation has none
            packages.setdefault(_canonical(found["Name"]), found["Version"] or "")
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "packages": sorted(map(list, packages.items())),
        "watch": _watched(),
    }


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _watched() -> list[str]:
    return [entry for entry in sys.path if Path(entry).is_dir() and Path(entry).name in ("site-packages", "dist-packages")]


def stamps(directories: list[str]) -> list[int]:
    """When each directory last changed; a package that comes or goes changes one of them."""
    return [Path(entry).stat().st_mtime_ns if Path(entry).exists() else 0 for entry in directories]


def _missing_pins(model: Path, packages: dict[str, str]) -> list[list[str]]:
    """[package, wanted, found] for each exact pin of the model that this Python does not hold."""
    file = model / "requirements.txt"
    found = []
    for line in file.read_text().splitlines() if file.exists() else ():
        pin = _PIN.match(line.strip())
        if pin and packages.get(_canonical(pin[1]), "") != pin[2]:
            found.append([_canonical(pin[1]), pin[2], packages.get(_canonical(pin[1]), "")])
    return found


# --- the replay ----------------------------------------------------------------------------------------------------------------------


def answer(request: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request."""
    if request["op"] == "environment":
        return {"environment": seen}
    reply: dict[str, Any] = {"environment": seen, "missing": _missing_pins(Path(request["model"]), dict(seen["packages"]))}
    warnings.simplefilter("ignore")  # nobody would read them here
    try:
        import mlflow.pyfunc
    except ImportError as error:
        return reply | {"loaded": False, "failed_at": "start", **_error(error, hints=True)}
    began = time.perf_counter()
    try:
        model = mlflow.pyfunc.load_model(request["model"], suppress_warnings=True)
    except BaseException as error:
        return reply | {"loaded": False, "failed_at": "load", "load_ms": _since(began), **_error(error, hints=True)}
    reply |= {"loaded": True, "load_ms": _since(began)}
    return (
        reply
        if request.get("sample") is None
        else reply | _ask(model, decode_sample(request["sample"]), deep=bool(request.get("deep", True)))
    )


def _ask(model: Any, sample: Any, *, deep: bool) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        answers = plain(model.predict(sample))
    except BaseException as error:
        return {"failed_at": "predict", "predict_ms": _since(began), **_error(error, hints=False)}
    reply: dict[str, Any] = {"answers": answers, "predict_ms": _since(began)}
    if deep and hasattr(sample, "columns"):
        reply["permuted_equal"] = _permuted_equal(model, sample, answers)
        reply["nan"] = _with_missing_values(model, sample)
    return reply


def _permuted_equal(model: Any, sample: Any, answers: Any) -> bool | None:
    if len(sample.columns) < 2:
        return None
    try:
        again = plain(model.predict(sample[list(reversed(sample.columns))]))
    except BaseException:
        return False
    # text and NaN compare equal in this form; numbers must, because the same process asked the same model
    return json.dumps(again) == json.dumps(answers)


def _with_missing_values(model: Any, sample: Any) -> list[list[str]]:
    """[column, ``answers`` | ``refuses`` | ``untried``]: one row, one column at a time.

    Columns that can hold a missing value are first asked together, one row each, which mostly is all; only if that is refused, one by one.
    """
    tried = list(sample.columns[:MAX_NAN_COLUMNS])
    together = [name for name in tried if sample[name].dtype.kind not in "biu"]
    verdicts = dict.fromkeys(sample.columns, "untried")
    if together and _is_answered(model, _one_missing_each(sample, together)):
        verdicts |= dict.fromkeys(together, "answers")
    else:
        together = []
    for name in tried:
        if name not in together:
            verdicts[name] = "answers" if _is_answered(model, _one_missing_each(sample, [name])) else "refuses"
    return [[str(name), verdict] for name, verdict in verdicts.items()]


def _one_missing_each(sample: Any, names: list[Any]) -> Any:
    """The first row once per name, with that column's value missing; whole numbers become decimals, as pandas makes them."""
    import pandas as pd

    frame = sample.iloc[[0] * len(names)].reset_index(drop=True)
    for row, name in enumerate(names):
        values = frame[name].tolist()
        values[row] = None
        kind = frame[name].dtype.kind
        dtype = "float64" if kind in "iu" else "object" if kind == "b" else frame[name].dtype
        frame[name] = pd.Series(values, dtype=dtype)
    return frame


def _is_answered(model: Any, frame: Any) -> bool:
    try:
        return len(plain(model.predict(frame))) == len(frame)
    except BaseException:
        return False


def _error(error: BaseException, *, hints: bool) -> dict[str, str]:
    """The type, and a hint without values: which module is not there; while loading, also which name.

    While predicting, no other message is repeated, because it may quote a row.
    """
    root = error
    while root.__cause__ is not None:
        root = root.__cause__
    message = str(root).splitlines()[0] if str(root) else ""
    hint = ""
    if isinstance(root, ModuleNotFoundError):
        hint = f"No module named '{root.name}'"
    elif hints and (
        isinstance(root, (ImportError, AttributeError))
        or type(root).__name__ == "UnpicklingError"
        or "serialization format" in message
    ):
        hint = re.sub(r" from '[^']*/[^']*'| \([^)]*/[^)]*\)| at 0x[0-9a-f]+", "", message)[:200]
    return {"error_type": type(root).__name__, "error_hint": hint}


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


# --- how it runs ------------------------------------------------------------------------------------------------------------------------


def clean_path() -> None:
    """Take everything of a notebook from the search path: its directory, this file's, and what PYTHONPATH added."""
    added = {str(Path(entry).resolve()) for entry in os.environ.pop("PYTHONPATH", "").split(os.pathsep) if entry}
    own = {str(Path(__file__).resolve().parent), str(Path.cwd())} | added
    sys.path[:] = [entry for entry in sys.path if entry and str(Path(entry).resolve()) not in own]
    sys.dont_write_bytecode = True  # the model's directory is not ours to write into


def confine(timeout_s: int, room: str) -> None:
    """A group, a deadline and an empty directory of its own; no core dump; nothing to print to."""
    if os.getpgid(0) != os.getpid():
        os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process even inside compiled code
    signal.alarm(timeout_s)
    os.chdir(room)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def once() -> None:
    """One request from standard input."""
    request = read_message(sys.stdin.buffer)
    with os.fdopen(os.dup(1), "wb") as out, tempfile.TemporaryDirectory(prefix="seldon-nb-room-") as room:
        confine(int(request.get("timeout", DEFAULT_TIMEOUT_S)), room)
        write_message(out, answer(request, environment()))
        os.chdir("/")


def import_needed() -> None:
    """Import what every replay needs, without starting a thread: a thread would not survive the fork."""
    import yaml

    setattr(yaml, "SafeLoader", getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: B010 - a type checker refuses to assign a class; MLflow reads MLmodel three times; compiled, that is nothing
    for module in ("pandas", "mlflow.pyfunc", "mlflow.sklearn"):
        with contextlib.suppress(ImportError):  # a server for other kinds of model has no scikit-learn
            importlib.import_module(module)


def rehearse() -> None:
    """Use once what every replay uses."""
    import mlflow.pyfunc
    import pandas as pd

    frame = pd.DataFrame({"a": [0.5, 1.5], "b": ["x", "y"]})
    with tempfile.TemporaryDirectory(prefix="seldon-nb-room-") as room:
        _save_small(f"{room}/model", frame)
        _ask(mlflow.pyfunc.load_model(f"{room}/model", suppress_warnings=True), decode_sample(encode_sample(frame)), deep=True)


def _save_small(path: str, frame: Any) -> None:
    """A model as most are; of plain Python in a server for other kinds."""
    from mlflow.models import infer_signature

    signature = infer_signature(frame, frame["a"].to_numpy())
    try:
        import mlflow.sklearn
        from sklearn.compose import make_column_transformer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder, StandardScaler
    except ImportError:
        mlflow.pyfunc.save_model(
            path, python_model=lambda model_input: model_input["a"], signature=signature, pip_requirements=["mlflow"]
        )
        return
    columns = make_column_transformer((StandardScaler(), ["a"]), (OneHotEncoder(handle_unknown="ignore"), ["b"]))
    model = make_pipeline(columns, LogisticRegression()).fit(frame, [0, 1])
    mlflow.sklearn.save_model(
        model, path, signature=signature, serialization_format="cloudpickle", pip_requirements=["scikit-learn"]
    )


class Room:
    """The fork server: one child per request; children that die are spoken for."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.parent = os.getppid()
        self.seen = environment()
        self.stamps = stamps(self.seen["watch"])
        self.children: dict[int, tuple[socket.socket, str]] = {}
        self.later: list[str] = ["", *IDLE_IMPORTS]  # "" stands for the rehearsal

    def serve(self) -> None:
        """Answer until the starter is gone or the packages of this Python have changed."""
        listener = self._listen()
        waker, wake = socket.socketpair()
        wake.setblocking(False)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device, not a path of ours
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)  # libraries greet and warn here, and nobody reads it
        import_needed()
        if not select.select([listener], [], [], 0)[0]:  # whoever waits already is served first
            rehearse()
            self.later.pop(0)
        gc.collect()
        gc.freeze()
        try:
            while os.getppid() == self.parent and stamps(self.seen["watch"]) == self.stamps:
                ready, _, _ = select.select([listener, waker], [], [], _TICK_S)
                if waker in ready:
                    waker.recv(4096)
                self._reap()
                if listener in ready and stamps(self.seen["watch"]) == self.stamps:
                    self._fork(listener)
                elif not ready:
                    self._import_something()
        finally:
            Path(self.path).unlink(missing_ok=True)

    def _listen(self) -> socket.socket:
        Path(self.path).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listener.bind(self.path)
        finally:
            os.umask(before)
        listener.listen(_BACKLOG)
        return listener

    def _fork(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        room = tempfile.mkdtemp(prefix="seldon-nb-room-")
        pid = os.fork()
        if pid:
            self.children[pid] = (connection, room)
            return
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            listener.close()
            confine(DEFAULT_TIMEOUT_S, room)
            with connection.makefile("rwb") as stream:
                request = read_message(stream)
                signal.alarm(int(request.get("timeout", DEFAULT_TIMEOUT_S)))
                write_message(stream, answer(request, self.seen))
            code = 0
        finally:
            os._exit(code)

    def _reap(self) -> None:
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            connection, room = self.children.pop(pid)
            if status:
                number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
                with connection.makefile("wb") as stream:
                    _try_to_tell(stream, {"died": signal.Signals(number).name if number else "exit"})
            connection.close()
            shutil.rmtree(room, ignore_errors=True)

    def _import_something(self) -> None:
        if self.later:
            try:
                module = self.later.pop(0)
                __import__(module) if module else rehearse()
            except ImportError:  # not a server for that kind of model
                return


def _try_to_tell(stream: Writer, reply: dict[str, Any]) -> None:
    try:
        write_message(stream, reply)
    except OSError:  # whoever asked is gone
        return


def main(arguments: list[str]) -> int:
    """``--once`` or ``--serve SOCKET``."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "true"
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a sample is small, and a pool of threads does not survive a fork
    clean_path()
    if arguments == ["--once"]:
        once()
        return 0
    if len(arguments) == 2 and arguments[0] == "--serve":
        Room(arguments[1]).serve()
        return 0
    sys.stderr.write("usage: clean_room_main.py --once | --serve SOCKET\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
