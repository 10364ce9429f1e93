"""The way to an answer: HTTP over the loopback address, through the gateway that every caller goes through."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from seldon_nb.domain.errors import fail
from seldon_nb.ports import HttpAnswer
from seldon_nb.render.envoy import prefix
from seldon_nb.words import tr

if TYPE_CHECKING:
    import httpx

    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.principal import SecretToken

MAX_ANSWER_BYTES = 256 * 1024 * 1024


class HttpEndpoint:
    """Asks endpoints over kept-alive connections; may be used by several threads at once.

    No redirect is followed, no proxy from the environment is used, and no header of the caller's is sent but the token.

    Args:
        port: gives the gateway's port when it is needed; it may change when the place starts anew.
        max_answer_bytes: a longer answer is not read to its end.
    """

    def __init__(self, port: Callable[[], int], *, max_answer_bytes: int = MAX_ANSWER_BYTES) -> None:
        self._port = port
        self._limit = max_answer_bytes
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def url(self, target: Target) -> str:
        """The endpoint's address, without a final slash."""
        return f"http://127.0.0.1:{self._port()}{prefix(target)}"

    def ask(self, target: Target, path: str, body: bytes | None, token: SecretToken | None, *, timeout_s: float) -> HttpAnswer:
        """POST ``body`` (GET if None) to ``path`` below the endpoint.

        Raises:
            SNB-302: nobody answers.
            SNB-307: it took longer than ``timeout_s``.
            SNB-325: the answer is longer than the limit.
        """
        import httpx

        url = f"{self.url(target)}/{path.removeprefix('/')}"
        headers = {"Authorization": f"Bearer {token.reveal()}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        began = time.perf_counter()
        try:
            answer = self._send(url, body, headers, timeout_s, began)
        except httpx.TimeoutException as error:
            if isinstance(error, httpx.ConnectTimeout):
                raise fail("SNB-302", name=str(target), url=url) from error
            raise fail("SNB-307", name=str(target), url=url, seconds=round(timeout_s)) from error
        except (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
            raise fail("SNB-302", name=str(target), url=url) from error
        if answer is None:
            reason = tr("It is longer than {limit} bytes.", limit=self._limit)
            raise fail("SNB-325", name=str(target), reason=reason, rows=tr("all"))
        return answer

    def close(self) -> None:
        """Let go of the kept connections; the next question opens new ones."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _send(self, url: str, body: bytes | None, headers: dict[str, str], timeout_s: float, began: float) -> HttpAnswer | None:
        method = "GET" if body is None else "POST"
        with self._open().stream(method, url, content=body, headers=headers, timeout=timeout_s) as response:
            parts: list[bytes] = []
            size = 0
            for part in response.iter_raw():
                size += len(part)
                if size > self._limit:
                    return None
                parts.append(part)
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            seconds = time.perf_counter() - began
            return HttpAnswer(response.status_code, media_type, b"".join(parts), seconds, dict(response.headers))

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                import httpx

                self._client = httpx.Client(
                    trust_env=False,
                    follow_redirects=False,
                    # Compressing and unpacking costs more than the loopback interface does.
                    headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "seldon_nb"},
                    limits=httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=240.0),
                )
            return self._client
