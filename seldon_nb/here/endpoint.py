"""The way to an answer: HTTP over the loopback address, through the gateway that every caller goes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from seldon_nb.calling.http import MAX_ANSWER_BYTES, Line
from seldon_nb.render.envoy import prefix

if TYPE_CHECKING:
    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.principal import SecretToken
    from seldon_nb.ports import HttpAnswer


class HttpEndpoint:
    """Asks endpoints through the gateway of this machine; may be used by several threads at once.

    Args:
        port: gives the gateway's port when it is needed; it may change when the place starts anew.
        max_answer_bytes: a longer answer is not read to its end.
    """

    def __init__(self, port: Callable[[], int], *, max_answer_bytes: int = MAX_ANSWER_BYTES) -> None:
        self._port = port
        self._line = Line(kept_s=240.0, max_answer_bytes=max_answer_bytes)

    def url(self, target: Target) -> str:
        """The endpoint's address, without a final slash."""
        return f"http://127.0.0.1:{self._port()}{prefix(target)}"

    def ask(self, target: Target, path: str, body: bytes | None, token: SecretToken | None, *, timeout_s: float) -> HttpAnswer:
        """POST ``body`` (GET if None) to ``path`` below the endpoint.

        Raises:
            SNB-302: nobody answers.  SNB-307: it took longer than ``timeout_s``.  SNB-325: the answer is longer than the limit.
        """
        return self._line.ask(target, f"{self.url(target)}/{path.removeprefix('/')}", body, token, timeout_s=timeout_s)

    def close(self) -> None:
        """Let go of the kept connections; the next question opens new ones."""
        self._line.close()
