"""Run one MLServer for one deployment, on a Unix socket that only its owner can open.

A script of its own: it imports the standard library and the server's packages, never ``seldon_nb``, because the server's Python may be another
environment; ``server/guard.py``, which is written likewise, is loaded by its path.  Call: ``python model_server.py <slot directory>``.  The slot holds ``server.json`` (the socket and MLServer's settings) and
``repository/``; this process writes ``state.json``.

What it adds to MLServer: no TCP port at all, no gRPC, and no payload in an error or a log line.  Errors tell their type and their place in the
code; a message is told only for what happens while a model is loaded, when there is no payload yet.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import json
import logging
import os
import resource
import shutil
import socket
import sys
import tempfile
import types
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seldon_nb.server import guard
else:  # by its path: this Python may not have seldon_nb, or must not show it to the model
    _spec = importlib.util.spec_from_file_location("slot_guard", Path(__file__).parents[1] / "server" / "guard.py")
    guard = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(guard)
    guard.OURS.add(__file__)

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
    guard.shield(server._rest_server._app)
    return server


def guard_loading(server: Any, slot: Slot) -> Callable[[str], Awaitable[bool]]:
    """Tell the slot's state around every load, and keep what a failed one said; returns the guarded load."""
    handlers = server._model_repository_handlers
    original = handlers.load

    async def load(name: str) -> bool:
        slot.say("loading", node=name)
        guard.Phase.loading = True
        try:
            loaded = bool(await original(name))
        except (Exception, SystemExit) as error:
            seen = guard.load_error(error, slot.root / "model")
            slot.say("failed", node=name, failure=seen)
            failure = RuntimeError("load")
            failure.seen = seen  # type: ignore[attr-defined]
            raise failure from error
        finally:
            guard.Phase.loading = False
        slot.say("loaded", node=name)
        asyncio.get_running_loop().call_later(2.0, guard.rest)
        return loaded

    handlers.load = load
    return load


async def serve(slot: Slot) -> None:
    """Serve until told to stop: load the slot's model, or warm up and wait for one."""
    prepare_socket(slot.socket)
    server = make_server(slot)
    guard.quiet_loggers()
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
            guard.rest()
            guard.Phase.loading = False
            if not slot.nodes:
                slot.say("spare")
                await warm_up(server, slot, running)
    await running


def import_needed() -> None:
    """Import what every model needs."""
    for module in ("pandas", "sklearn", "mlflow.pyfunc", "mlflow.sklearn", "mlserver_mlflow", "mlserver_sklearn"):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    guard.lighten()
    guard.quiet_loggers()


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
    with guard.guarded_output():
        guard.quiet_loggers()
        from mlserver.utils import install_uvloop_event_loop

        install_uvloop_event_loop()
        asyncio.run(serve(slot))


if __name__ == "__main__":
    # A pickle that refers to a class of its notebook's ``__main__`` must not find ours of the same name.
    sys.modules["model_server"] = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    main(Path(sys.argv[1]))
