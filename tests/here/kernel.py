"""A real kernel, as JupyterLab or a scheduled notebook talks to it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import warnings
from dataclasses import dataclass, field
from typing import Any

MIME_HTML, MIME_TEXT = "text/html", "text/plain"


@dataclass
class Cell:
    """What one cell left: the status, the outputs as a front-end shows them (updated in place), what it printed, and how long it took."""

    status: str
    outputs: list[dict[str, str]] = field(default_factory=list)
    printed: str = ""
    warned: str = ""
    error: str = ""
    trace: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """All outputs as plain text."""
        return "\n".join(output.get(MIME_TEXT, "") for output in self.outputs)

    @property
    def html(self) -> str:
        """All outputs as HTML."""
        return "\n".join(output.get(MIME_HTML, "") for output in self.outputs)


class Kernel:
    """One kernel; ``watched`` cells may ask for input, as in a notebook that somebody sits before."""

    def __init__(self, **env: str) -> None:
        from jupyter_client.manager import start_new_kernel

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._manager, self._client = start_new_kernel(env={**os.environ, **env}, kernel_name="python3", startup_timeout=120)
        self._shown: dict[str, dict[str, str]] = {}

    def run(self, code: str, *, watched: bool = False, ok: bool = True, seconds: float = 120) -> Cell:
        """Run a cell to its end; what other cells' places show is kept up to date."""
        cell = Cell("")
        began = time.perf_counter()
        answer = self._client.execute_interactive(
            code, allow_stdin=watched, stop_on_error=False, timeout=seconds, output_hook=lambda message: self._hear(cell, message)
        )
        cell.seconds = time.perf_counter() - began
        cell.status = answer["content"]["status"]
        assert not ok or cell.status == "ok", f"{cell.error}\n{cell.trace}\n{cell.text}"
        return cell

    def _hear(self, cell: Cell, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            if content["name"] == "stdout":
                cell.printed += content["text"]
            else:
                cell.warned += content["text"]
        elif kind == "error":
            cell.error, cell.trace = content["ename"], "\n".join(content["traceback"])
        elif kind in ("display_data", "execute_result", "update_display_data"):
            data, place = dict(content["data"]), content.get("transient", {}).get("display_id", "")
            if kind == "update_display_data":
                if place in self._shown:
                    self._shown[place].clear()
                    self._shown[place].update(data)
                return
            cell.outputs.append(data)
            if place:
                self._shown[place] = data

    def settle(self, cell: Cell, *words: str, seconds: float = 60) -> None:
        """Wait until a cell's place shows one of these words, as a front-end would see it without running anything."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if any(word in cell.text for word in words):
                return
            with contextlib.suppress(Exception):
                self._hear(Cell(""), self._client.get_iopub_msg(timeout=0.2))
        raise AssertionError(f"none of {words} in:\n{cell.text}")

    def complete(self, text: str) -> tuple[str, list[str]]:
        """(what is replaced, what is offered) at the end of a text."""
        content = self._client.complete(text, len(text), reply=True, timeout=30)["content"]
        return text[content["cursor_start"] :], list(content["matches"])

    def interrupt(self) -> None:
        """As the stop button does: a signal to the kernel's own group of processes. From any thread."""
        pid = self._manager.provisioner.pid
        assert os.getpgid(pid) == pid
        os.killpg(pid, signal.SIGINT)

    def restart(self) -> None:
        """As the restart button does: nothing of it is left."""
        self._manager.restart_kernel(now=True)
        self._client.wait_for_ready(timeout=120)

    def close(self) -> None:
        """End it."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
