"""Run one MLServer for one deployment, on a Unix socket that only its owner can open.

A script of its own: it imports the standard library and the server's packages, never ``seldon_nb``, because the server's Python may be another
environment.  Call: ``python model_server.py <slot directory>``.  The slot holds ``server.json`` (the socket and MLServer's settings) and
``repository/``; this process writes ``state.json``.

What it adds to MLServer: no TCP port at all, no gRPC, and no payload in an error or a log line.  Errors tell their type and their place in the
code; a message is told only for what happens while a model is loaded, when there is no payload yet.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import json
import logging
import os
import resource
import shutil
import socket
import sys
import tempfile
import traceback
import types
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any, TextIO

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: Loggers whose messages hold names and numbers of the server only.
OWN_LOGGERS = ("mlserver", "uvicorn", "slot")
#: Errors of MLServer whose messages hold a model's name only.
SAFE_ERRORS = ("ModelNotFound", "ModelNotReady", "InvalidModelURI", "ModelParametersMissing")
#: What a request's fields are called; other keys are the caller's.
FIELDS = {"body", "id", "inputs", "outputs", "parameters", "name", "shape", "datatype", "data"}
READERS = ("pickle", "joblib", "skops")

_log = logging.getLogger("slot")


#: Modules of scikit-learn that most estimators are made of.
_OFTEN = tuple(
    f"sklearn.{name}"
    for name in (
        "pipeline",
        "compose",
        "preprocessing",
        "impute",
        "linear_model",
        "tree",
        "ensemble",
        "svm",
        "neighbors",
        "calibration",
    )
)


class Phase:
    """Whether a model is being loaded: then, and only then, messages and prints are kept."""

    loading = True


class Output:
    """Standard output of the model's code: kept while it loads, dropped while it answers."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, real: TextIO) -> None:
        self._real = real

    def write(self, text: str) -> int:
        """Write or drop; either way it was taken."""
        if Phase.loading:
            self._real.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what is waiting."""
        self._real.flush()

    def isatty(self) -> bool:
        """Never a terminal."""
        return False

    def fileno(self) -> int:
        """The descriptor, for programs that ask for one."""
        return self._real.fileno()


class PlaceOnly(logging.Formatter):
    """Log lines without payload: our own messages, and of everybody else's only where they were written."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and one for an exception's type and place."""
        head = f"{self.formatTime(record)} {record.levelname} {record.name}"
        if Phase.loading or record.name.split(".")[0] in OWN_LOGGERS:
            line = f"{head}: {record.getMessage()}"
        else:
            line = f"{head}: ({record.filename}:{record.lineno})"
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line += f"\n  {type(error).__name__} at {place_of(error)}"
            frames = traceback.extract_tb(error.__traceback__)
            line += "".join(f"\n    {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        return line


# --- what an error may say -----------------------------------------------------------------------------------------------------


def place_of(error: BaseException) -> str:
    """``file.py:12 in predict``: the innermost line of the model's own code, or else the innermost line."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    standard = str(Path(os.__file__).parent)
    own = [
        frame
        for frame in frames
        if not frame.filename.startswith((standard, "<frozen", __file__)) and "site-packages" not in frame.filename
    ]
    frame = (own or frames)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"


def safe_error(error: BaseException) -> dict[str, Any]:
    """What an error may say while the model answers: its type and its place."""
    name = type(error).__name__
    return {"error": f"the model raised {name}", "error_type": name, "where": place_of(error)}


def load_error(error: BaseException, model: Path) -> dict[str, Any]:
    """What an error may say while the model is loaded: its first line too, whether it was read from a pickle, and which packages differ."""
    frames = traceback.extract_tb(error.__traceback__)
    reading = any("load(" in (frame.line or "") and any(word in (frame.line or "") for word in READERS) for frame in frames)
    lines = str(error).strip().splitlines()
    return {
        **safe_error(error),
        "error": f"the model could not be loaded: {type(error).__name__}",
        "error_module": type(error).__module__,
        "message": (lines[0] if lines else "")[:300],
        "unpickling": reading or type(error).__name__ == "UnpicklingError",
        "differences": differences(model / "requirements.txt"),
    }


def differences(requirements: Path) -> list[list[str]]:
    """(package, version pinned by the model, version here; empty if it is missing) where they differ."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    try:
        lines = requirements.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    for line in lines:
        name, _, wanted = line.partition(";")[0].partition("==")
        if not wanted:
            continue
        name, wanted = name.partition("[")[0].strip(), wanted.strip()
        try:
            here = version(name)
        except PackageNotFoundError:
            here = ""
        if here != wanted:
            found.append([name, wanted, here])
    return found


# --- the web application -------------------------------------------------------------------------------------------------------


class Shield:
    """The last to see an exception: answers with its type and place, so that nothing above it prints the message."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Answer one request."""
        started = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except (Exception, SystemExit) as error:
            _log.error("unhandled", exc_info=error)
            seen = getattr(error, "seen", None) or safe_error(error)
        else:
            return
        if started:  # the answer is half out: break the connection rather than end it as if it were whole
            raise RuntimeError("answer broken off")
        await _reply(send, 500, seen)


async def _reply(send: Send, status: int, content: dict[str, Any]) -> None:
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def shield(app: Any) -> None:
    """Replace every handler that could echo a request."""
    from fastapi.exceptions import RequestValidationError
    from mlserver.errors import MLServerError
    from mlserver.rest.responses import Response

    async def refused(_: Any, error: Any) -> Any:
        seen = safe_error(error)
        name = type(error).__name__
        return Response(status_code=error.status_code, content={**seen, "error": str(error) if name in SAFE_ERRORS else name})

    async def misread(_: Any, error: Any) -> Any:
        first = (error.errors() or [{}])[0]
        parts = [str(part) for part in first.get("loc", ()) if isinstance(part, int) or part in FIELDS]
        content = {"error": "not a V2 inference request", "error_type": str(first.get("type", "")), "where": ".".join(parts)}
        return Response(status_code=422, content=content)

    app.add_exception_handler(MLServerError, refused)
    app.add_exception_handler(RequestValidationError, misread)
    app.add_middleware(Shield)


class NoServer:
    """In the place of MLServer's gRPC server: listens nowhere."""

    async def start(self) -> None:
        """Do nothing."""

    async def stop(self, sig: int | None = None) -> None:
        """Do nothing."""


# --- the slot --------------------------------------------------------------------------------------------------------------------


class Slot:
    """The slot's directory: what to run, and what became of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        told = json.loads((root / "server.json").read_text(encoding="utf-8"))
        self.socket = str(told["socket"])
        self.settings: dict[str, Any] = dict(told.get("settings", {}))

    @property
    def nodes(self) -> list[str]:
        """Names of the models in the repository; one, or none in a spare."""
        repository = self.root / "repository"
        return sorted(path.parent.name for path in repository.glob("*/model-settings.json"))

    @property
    def is_wanted(self) -> bool:
        """Whether somebody claimed it, or filled it already."""
        return (self.root / "claim.json").exists() or bool(self.nodes)

    def say(self, state: str, **facts: Any) -> None:
        """Write ``state.json`` in one step."""
        handle, name = tempfile.mkstemp(dir=self.root, prefix=".state.")
        with os.fdopen(handle, "w") as file:
            json.dump({"state": state, "pid": os.getpid(), **facts}, file)
        Path(name).replace(self.root / "state.json")


def make_server(slot: Slot) -> Any:
    """The real MLServer with our settings; nothing listens on TCP."""
    from mlserver import MLServer
    from mlserver.settings import Settings

    settings = Settings(
        **{
            **slot.settings,
            "debug": False,
            "parallel_workers": 0,
            "load_models_at_startup": False,
            "model_repository_root": str(slot.root / "repository"),
            "metrics_endpoint": None,
            "gzip_enabled": False,
            "host": "127.0.0.1",
            "environments_dir": str(slot.root / "environments"),
            "metrics_dir": str(slot.root / "metrics"),
        }
    )
    settings._custom_rest_server_settings = {
        "uds": slot.socket,
        "log_config": None,
        "timeout_graceful_shutdown": 3,
        "timeout_keep_alive": 60,
        "server_header": False,
    }
    server = MLServer(settings)
    server._grpc_server = NoServer()
    shield(server._rest_server._app)
    return server


def rest() -> None:
    """What is there now lives as long as the process: the collector need not walk through it again."""
    gc.collect()
    gc.freeze()


def guard_loading(server: Any, slot: Slot) -> Callable[[str], Awaitable[bool]]:
    """Tell the slot's state around every load, and keep what a failed one said; returns the guarded load."""
    handlers = server._model_repository_handlers
    original = handlers.load

    async def load(name: str) -> bool:
        slot.say("loading", node=name)
        Phase.loading = True
        try:
            loaded = bool(await original(name))
        except (Exception, SystemExit) as error:
            seen = load_error(error, slot.root / "model")
            slot.say("failed", node=name, failure=seen)
            failure = RuntimeError("load")
            failure.seen = seen  # type: ignore[attr-defined]
            raise failure from error
        finally:
            Phase.loading = False
        slot.say("loaded", node=name)
        asyncio.get_running_loop().call_later(2.0, rest)
        return loaded

    handlers.load = load
    return load


async def serve(slot: Slot) -> None:
    """Serve until told to stop: load the slot's model, or warm up and wait for one."""
    prepare_socket(slot.socket)
    server = make_server(slot)
    quiet_loggers()
    load = guard_loading(server, slot)
    running = asyncio.create_task(server.start([]))
    while not running.done() and not getattr(getattr(server._rest_server, "_server", None), "started", False):
        await asyncio.sleep(0.002)
    if not running.done():
        nodes = slot.nodes
        if nodes:
            with contextlib.suppress(RuntimeError):  # the state says so; the process stays, so that the reason can be seen
                await load(nodes[0])
        else:
            import_needed()
            rest()
            Phase.loading = False
            if not slot.nodes:
                slot.say("spare")
                await warm_up(server, slot, running)
    await running


def import_needed() -> None:
    """Import what every model needs."""
    for module in ("pandas", "sklearn", "mlflow.pyfunc", "mlflow.sklearn", "mlserver_mlflow", "mlserver_sklearn"):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    lighten()
    quiet_loggers()


async def warm_up(server: Any, slot: Slot, running: asyncio.Task[Any]) -> None:
    """In reserve: load a tiny model and ask it, then bring what many models need, so that the first real one does not wait.

    A server that is claimed at once, as in a place that was just started, goes without: the real model is loaded sooner then.
    """
    await asyncio.sleep(0.5)
    if not slot.is_wanted:
        await rehearse(server, slot)
    for module in _OFTEN:
        if running.done() or slot.is_wanted:
            return
        with contextlib.suppress(Exception):
            importlib.import_module(module)
        await asyncio.sleep(0.02)


async def rehearse(server: Any, slot: Slot) -> None:
    """Load a tiny model, ask it and unload it; failing is no harm."""
    folder = slot.root / "warm"
    try:
        await asyncio.wait_for(_rehearse(server, slot, folder), timeout=30)
    except Exception as error:
        _log.warning("warm-up", exc_info=error)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lighten() -> None:
    """Leave out what MLflow does at every load and nobody sees: YAML read by Python, thrice, and pins compared, which the plan has done."""
    with contextlib.suppress(ImportError, AttributeError):
        import yaml
        from mlflow import pyfunc

        setattr(yaml, "SafeLoader", yaml.CSafeLoader)  # noqa: B010 - a type checker refuses to assign a class
        setattr(pyfunc, "warn_dependency_requirement_mismatches", lambda *_, **__: None)  # noqa: B010 - and a name that is not exported


async def _rehearse(server: Any, slot: Slot, folder: Path) -> None:
    import cloudpickle
    import mlflow
    import pandas as pd
    from mlflow.models import Model, infer_signature
    from mlserver.settings import ModelParameters, ModelSettings
    from sklearn.linear_model import LinearRegression

    frame = pd.DataFrame({"a": [0.0, 1.0], "b": [1.0, 0.0]})
    estimator = LinearRegression().fit(frame, [0.0, 1.0])
    folder.mkdir(exist_ok=True)
    (folder / "model.pkl").write_bytes(cloudpickle.dumps(estimator))
    (folder / "requirements.txt").write_text(f"mlflow=={mlflow.__version__}\n")  # comparing versions is slow the first time
    # By hand: MLflow's own save asks pip for its version, which takes half a second.
    model = Model(signature=infer_signature(frame, estimator.predict(frame)))
    python = ".".join(map(str, sys.version_info[:3]))
    model.add_flavor(
        "python_function", loader_module="mlflow.sklearn", model_path="model.pkl", predict_fn="predict", python_version=python
    )
    model.add_flavor("sklearn", pickled_model="model.pkl", serialization_format="cloudpickle", code=None)
    model.save(str(folder / "MLmodel"))
    settings = ModelSettings(
        name="warm",
        implementation="mlserver_mlflow.MLflowRuntime",
        parameters=ModelParameters(uri=str(folder), content_type="pd"),
    )
    await server._model_registry.load(settings)
    inputs = [{"name": name, "shape": [1, 1], "datatype": "FP64", "data": [0.5]} for name in ("a", "b")]
    body = json.dumps({"parameters": {"content_type": "pd"}, "inputs": inputs}).encode()
    reader, writer = await asyncio.open_unix_connection(slot.socket)
    head = f"POST /v2/models/warm/infer HTTP/1.1\r\nhost: slot\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        _log.warning("warm-up answered %s", answer[:12].decode(errors="replace"))
    await server._model_registry.unload("warm")


def prepare_socket(path: str) -> None:
    """Leave a socket file of mode 0600 behind: the server takes over the mode of the one that it replaces."""
    Path(path).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as placeholder:
        placeholder.bind(path)
    Path(path).chmod(0o600)


# --- the process -----------------------------------------------------------------------------------------------------------------


def quiet_loggers() -> None:
    """One handler for all, which never writes a payload; libraries that brought their own lose them."""
    handler = logging.StreamHandler(sys.__stdout__)
    handler.setFormatter(PlaceOnly())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.INFO)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"  # the gateway keeps the access log
    logging.getLogger("mlserver.rest").setLevel(logging.ERROR)  # it would tell of a port that is not there


@contextlib.contextmanager
def guarded_output() -> Iterator[None]:
    """Route the standard streams through :class:`Output`."""
    former = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Output(former[0]), Output(former[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = former


def main(root: Path) -> None:
    """Run until SIGTERM."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold payloads
    sys.dont_write_bytecode = False
    own = str(Path(__file__).parent)
    sys.path[:] = [path for path in sys.path if path != own]  # our neighbours' names are not the model's modules
    os.chdir(root)
    os.environ.update(MLFLOW_CONFIGURE_LOGGING="false", MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
    # A request holds few rows: a pool of threads costs more than it gives, and several servers would fight for the cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    slot = Slot(root)
    slot.say("starting")
    logging.raiseExceptions = False  # a failing log call would print its arguments
    with guarded_output():
        quiet_loggers()
        from mlserver.utils import install_uvloop_event_loop

        install_uvloop_event_loop()
        asyncio.run(serve(slot))


if __name__ == "__main__":
    # A pickle that refers to a class of its notebook's ``__main__`` must not find ours of the same name.
    sys.modules["model_server"] = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    main(Path(sys.argv[1]))
