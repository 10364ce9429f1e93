"""The clean room: a process of its own, with the server's packages, that loads a model and asks it.

A fork server (see :mod:`seldon_nb.catalog.clean_room_main`) answers within milliseconds if it runs; if not, one process is started for one
question.  The sample travels through a socket that only its owner can open, never through a file.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seldon_nb.catalog import clean_room_main as room
from seldon_nb.domain.errors import fail
from seldon_nb.domain.model import Answer, Environment
from seldon_nb.ports import Replay

_MAIN = Path(room.__file__).resolve()
_ANSWERS = {"answers": Answer.SAME_KIND, "refuses": Answer.REFUSES}
#: How much longer than the replay itself the client waits for its end.
#: Seconds that a fork server may take to start.
_START_S = 30.0
_GRACE_S = 15


def clean_room_argv(server_python: Path | None, socket: Path) -> list[str]:
    """The command line of the fork server, for the supervisor."""
    return [str(server_python or sys.executable), str(_MAIN), "--serve", str(socket)]


class LocalCleanRoom:
    """Implements ``ports.CleanRoom`` on this machine.

    Args:
        server_python: the Python of the model servers; this one if None.
        socket: where the fork server listens; None to start a process for each question.
        timeout_s: after so many seconds a replay is ended and counts as not loaded.
        coming: whether a fork server that does not listen yet is about to; it is waited for then, because a second process would only delay both.
    """

    def __init__(
        self,
        server_python: Path | None = None,
        socket: Path | None = None,
        *,
        timeout_s: int = room.DEFAULT_TIMEOUT_S,
        coming: Callable[[], bool] = lambda: False,
    ) -> None:
        self._python = str(server_python or sys.executable)
        self._socket = socket
        self._timeout_s = timeout_s
        self._coming = coming
        self._known: tuple[Environment, list[str], list[int]] | None = None

    def environment(self) -> Environment:
        """The packages and Python of the server; asked once, and again when its packages change. Raises: SNB-511."""
        if self._known is not None and room.stamps(self._known[1]) == self._known[2]:
            return self._known[0]
        return self._environment(self._ask({"op": "environment", "timeout": self._timeout_s}))

    def replay(self, model: Path, sample: Any, *, deep: bool = True) -> Replay:
        """Load a model directory and ask it the sample (a DataFrame or array; None: load only).

        Raises:
            SNB-511: the server's Python cannot be started, or has no MLflow.
        """
        request = {
            "op": "replay",
            "model": str(model.resolve()),
            "sample": room.encode_sample(sample),
            "deep": deep,
            "timeout": self._timeout_s,
        }
        reply = self._ask(request)
        if "died" in reply:
            name = "TimeoutError" if reply["died"] == "SIGALRM" else reply["died"]
            return Replay(loaded=False, environment=self.environment(), error_type=name, failed_at="load")
        environment = self._environment(reply)
        if reply.get("failed_at") == "start":
            raise fail("SNB-511", python=self._python, missing="mlflow")
        return Replay(
            loaded=reply["loaded"],
            environment=environment,
            load_ms=reply.get("load_ms", 0),
            predict_ms=reply.get("predict_ms", 0),
            error_type=reply.get("error_type", ""),
            error_hint=reply.get("error_hint", ""),
            failed_at=reply.get("failed_at", ""),
            answers=reply.get("answers"),
            permuted_equal=reply.get("permuted_equal"),
            nan=tuple((name, _ANSWERS.get(verdict, Answer.UNTRIED)) for name, verdict in reply.get("nan", ())),
            missing=tuple((package, wanted, found) for package, wanted, found in reply.get("missing", ())),
        )

    def _environment(self, reply: dict[str, Any]) -> Environment:
        seen = reply["environment"]
        if self._known is None or room.stamps(self._known[1]) != self._known[2]:
            environment = Environment(seen["python"], tuple((name, version) for name, version in seen["packages"]))
            self._known = (environment, seen["watch"], room.stamps(seen["watch"]))
        return self._known[0]

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._ask_server(request)
        except (OSError, EOFError, ValueError):  # not up, going down, or renewing itself because packages have changed
            return self._ask_once(request)

    def _ask_server(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._socket is None:
            raise FileNotFoundError
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(self._timeout_s + _GRACE_S)
            self._connect(connection, str(self._socket))
            with connection.makefile("rwb") as stream:
                room.write_message(stream, request)
                reply: dict[str, Any] = room.read_message(stream)
                return reply

    def _connect(self, connection: socket.socket, path: str) -> None:
        until = time.monotonic() + _START_S
        while True:
            try:
                connection.connect(path)
            except (FileNotFoundError, ConnectionRefusedError):  # noqa: PERF203 - it waits anyway
                if time.monotonic() > until or not self._coming():
                    raise
                time.sleep(0.02)
            else:
                return

    def _ask_once(self, request: dict[str, Any]) -> dict[str, Any]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        try:
            process = subprocess.Popen(
                [self._python, str(_MAIN), "--once"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # may repeat rows of the sample
                cwd="/",
                env=environ,
                start_new_session=True,
            )
        except OSError as error:
            raise fail("SNB-511", python=self._python, missing=error.strerror or type(error).__name__) from error
        try:
            return self._converse(process, request)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _converse(self, process: subprocess.Popen[bytes], request: dict[str, Any]) -> dict[str, Any]:
        assert process.stdin is not None and process.stdout is not None
        with process.stdin as into, process.stdout as out:
            try:
                room.write_message(into, request)
                reply: dict[str, Any] = room.read_message(out)
                process.wait(timeout=_GRACE_S)
            except (EOFError, BrokenPipeError):
                code = process.wait(timeout=_GRACE_S)
                if request["op"] == "environment" or code >= 0:
                    raise fail("SNB-511", python=self._python, missing="mlflow") from None
                return {"died": signal.Signals(-code).name}
        return reply
