"""What keeps a row of data out of a log line, a printed line and an error's text while a model answers.

The standard library and the server's packages only, never the rest of ``seldon_nb``: the launcher of one machine loads this file by its
path, into whichever Python the server has.  Errors tell their type and their place in the code; a message is told only for what happens while
a model is loaded, when there is no payload yet.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import sys
import traceback
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

#: Files and directories of ours, which are never the place of a model's error.
OURS = {str(Path(__file__).parent)}

_log = logging.getLogger("slot")


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
        own = record.name.split(".")[0] in OWN_LOGGERS and not isinstance(record.msg, BaseException)
        line = f"{head}: {record.getMessage()}" if Phase.loading or own else f"{head}: ({record.filename}:{record.lineno})"
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
        if not frame.filename.startswith((standard, "<frozen", *OURS)) and "site-packages" not in frame.filename
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
        await reply(send, 500, seen)


async def reply(send: Send, status: int, content: dict[str, Any]) -> None:
    """A whole JSON answer."""
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


# --- the process ---------------------------------------------------------------------------------------------------------------


def rest() -> None:
    """What is there now lives as long as the process: the collector need not walk through it again."""
    gc.collect()
    gc.freeze()


def lighten() -> None:
    """Leave out what MLflow does at every load and nobody sees: YAML read by Python, thrice, and pins compared, which the plan has done."""
    with contextlib.suppress(ImportError, AttributeError):
        import yaml
        from mlflow import pyfunc

        setattr(yaml, "SafeLoader", yaml.CSafeLoader)  # noqa: B010 - a type checker refuses to assign a class
        setattr(pyfunc, "warn_dependency_requirement_mismatches", lambda *_, **__: None)  # noqa: B010 - and a name that is not exported


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
