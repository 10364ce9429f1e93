"""One MLServer in one pod: the ports and the model that Seldon's operator names in the environment, and nothing else.

Beside what ``MLSERVER_*`` says it reads:

- ``MLSERVER_MODELS_DIR``: where the model lies, ``/mnt/models``.
- ``SNB_DRAIN_SECONDS``: how long it goes on answering after SIGTERM, while the routes to it are taken away; 5.
- ``SNB_TERMINATION_LOG``: where its last word goes if the model cannot be loaded, ``/dev/termination-log``.

What it adds to MLServer: no way to load, unload or list models from outside, no payload in an error or a log line over REST or gRPC, ready
only when the model is loaded, and an orderly end.  A directory ``.snb/environment`` in the model's directory holds packages that this model
needs in other versions than the image's; they come first.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import resource
import signal
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from seldon_nb.server import guard

#: Below the model's directory: packages that come before the image's own.
ENVIRONMENT = ".snb/environment"
_REPOSITORY = "/v2/repository"

_log = logging.getLogger("slot")


class State:
    """Where this process stands."""

    ready = False
    draining = False


class Gate:
    """Says that the server is ready when its model is, and sends callers elsewhere when it is about to end."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: guard.Scope, receive: Any, send: guard.Send) -> None:
        """Answer one request."""
        if scope.get("path") == "/v2/health/ready" and (State.draining or not State.ready):
            await guard.reply(send, 503, {"error": "ending" if State.draining else "the model is not loaded yet"})
            return

        async def sending(message: MutableMapping[str, Any]) -> None:
            if State.draining and message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await self._app(scope, receive, sending)


def make_server(models: Path) -> Any:
    """The real MLServer by the environment's settings, guarded; nothing is loaded yet."""
    from mlserver import MLServer
    from mlserver.settings import Settings

    from seldon_nb.server import grpc_guard

    work = Path(os.environ.get("TMPDIR", "/tmp")) / "mlserver"  # noqa: S108 - the pod's own
    forced: dict[str, Any] = {
        "debug": False,
        "parallel_workers": 0,  # a worker would print what we keep back
        "load_models_at_startup": False,
        "model_repository_root": str(models),
        "cache_enabled": False,
        "environments_dir": str(work / "environments"),
        "metrics_dir": str(work / "metrics"),
    }
    (work / "metrics").mkdir(parents=True, exist_ok=True)
    settings = Settings(**forced)
    quiet = {"log_config": None, "server_header": False}
    settings._custom_rest_server_settings = {**quiet, "timeout_graceful_shutdown": 15, "timeout_keep_alive": 75}
    settings._custom_metrics_server_settings = quiet
    grpc_guard.install()
    server = MLServer(settings)
    app = server._rest_server._app
    app.router.routes[:] = [route for route in app.router.routes if not getattr(route, "path", "").startswith(_REPOSITORY)]
    guard.shield(app)
    app.add_middleware(Gate)
    return server


def model_settings(models: Path) -> Any:
    """What to load: by the environment, or else by a ``model-settings.json`` that lies with the model.

    Raises:
        ValueError: if neither says.
    """
    from mlserver.repository.load import load_model_settings
    from mlserver.settings import ModelParameters, ModelSettings

    if os.environ.get("MLSERVER_MODEL_IMPLEMENTATION"):
        settings = ModelSettings()
        settings.parameters = ModelParameters()
        settings.parameters.uri = settings.parameters.uri or str(models)
        return settings
    told = models / "model-settings.json"
    if not told.is_file():
        raise ValueError("neither MLSERVER_MODEL_IMPLEMENTATION nor model-settings.json says which class serves the model")
    settings = load_model_settings(str(told))
    settings.name = os.environ.get("MLSERVER_MODEL_NAME") or settings.name
    return settings


def last_word(error: BaseException, models: Path) -> dict[str, Any]:
    """The code and the facts of a model that could not be loaded; there was no payload yet."""
    cause = error.__cause__ if error.__cause__ is not None and type(error).__name__ == "InferenceError" else error
    seen = guard.load_error(cause, models)
    line = f"{seen['error_type']}: {seen['message']}".rstrip(": ")
    if not seen["unpickling"]:
        return {"code": "SNB-339", "facts": {"part": "model", "exit": 1, "line": line, "where": seen["where"]}}
    versions = ", ".join(f"{name} {wanted} (here: {here or '—'})" for name, wanted, here in seen["differences"][:5])
    facts = {"error_type": seen["error_type"], "hint": seen["message"], "versions": versions or "—", "where": seen["where"]}
    return {"code": "SNB-335", "facts": facts}


def tell(word: dict[str, Any]) -> None:
    """One JSON line on standard output and in the container's last words."""
    text = json.dumps(word, ensure_ascii=False)
    if sys.__stdout__ is not None:
        sys.__stdout__.write(text + "\n")
        sys.__stdout__.flush()
    with contextlib.suppress(OSError):
        Path(os.environ.get("SNB_TERMINATION_LOG", "/dev/termination-log")).write_text(text[:4000], encoding="utf-8")


async def drain(server: Any) -> None:
    """Go on answering until no route leads here any more, then end."""
    if State.draining:
        return
    State.draining = True
    await asyncio.sleep(float(os.environ.get("SNB_DRAIN_SECONDS", "5")))
    await server.stop(signal.SIGTERM)


async def serve(models: Path) -> int:
    """Load and answer until SIGTERM; 1 if the model cannot be loaded."""
    server = make_server(models)
    guard.quiet_loggers()
    loop = asyncio.get_running_loop()
    endings: list[asyncio.Task[None]] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: endings.append(loop.create_task(drain(server))))
    running = asyncio.create_task(server.start([]))
    await asyncio.sleep(0)  # the ports open before the model is read: whoever looks sees that it lives
    try:
        settings = model_settings(models)
        guard.lighten()
        await server._model_registry.load(settings)
    except (Exception, SystemExit) as error:
        tell(last_word(error, models))
        return 1
    guard.quiet_loggers()
    guard.Phase.loading = False
    State.ready = True
    _log.info("ready")
    loop.call_later(2.0, guard.rest)
    await running
    return 0


def main() -> int:
    """Run until SIGTERM; the process's exit code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold payloads
    models = Path(os.environ.get("MLSERVER_MODELS_DIR") or "/mnt/models")
    if (models / ENVIRONMENT).is_dir():
        sys.path.insert(0, str(models / ENVIRONMENT))
    os.environ.update(MLFLOW_CONFIGURE_LOGGING="false", MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a request holds few rows: threads cost more than they give
    logging.raiseExceptions = False  # a failing log call would print its arguments
    with guard.guarded_output():
        guard.quiet_loggers()
        from mlserver.utils import install_uvloop_event_loop

        install_uvloop_event_loop()
        code = asyncio.run(serve(models))
    sys.stdout.flush()
    os._exit(code)  # threads that libraries left must not hold up the end
