"""The one workspace of a Jupyter server, and the threads in which its calls run.

Calls of a workspace read files, ask MLflow or a cluster, and may wait; none of them runs on the server's event loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from seldon_nb.workspace import Workspace

T = TypeVar("T")


class Work:
    """Makes the workspace when it is first needed, keeps what belongs to it, and lets go of everything at the end.

    Args:
        make: makes the workspace; called once, in a worker thread.
        threads: how many calls may run at a time.
    """

    def __init__(self, make: Callable[[], Workspace], *, threads: int = 8) -> None:
        self._make = make
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="seldon-nb")
        self._lock = threading.RLock()
        self._workspace: Workspace | None = None
        self._parts: dict[str, Any] = {}

    async def run(self, do: Callable[[], T], *, language: str = "") -> T:
        """``do()`` in a worker thread, in the language of the request."""
        from seldon_nb.words import speaking

        def speak() -> T:
            with speaking(language):
                return do()

        return await asyncio.get_running_loop().run_in_executor(self._pool, speak)

    @property
    def workspace(self) -> Workspace:
        """The workspace; not to be asked for on the event loop.  Raises: SNB-514, SNB-706."""
        with self._lock:
            if self._workspace is None:
                made = self._make()
                _ = made.home, made.place, made.ports, made.uses_cluster  # made once, before several threads could
                self._workspace = made
            return self._workspace

    def part(self, name: str, make: Callable[[], T]) -> T:
        """Something that all requests share, made once; its ``close()``, if it has one, is called at the end, last made first."""
        with self._lock:
            if name not in self._parts:
                self._parts[name] = make()
            found: T = self._parts[name]
            return found

    def close(self) -> None:
        """End what was made here; calls that run are not waited for, and what runs in a place goes on."""
        with self._lock:
            parts, self._parts = list(self._parts.values()), {}
            workspace, self._workspace = self._workspace, None
        for part in reversed(parts):
            if callable(close := getattr(part, "close", None)):
                close()
        if workspace is not None:
            workspace.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
