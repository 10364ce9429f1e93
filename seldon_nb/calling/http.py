"""One question over HTTP: kept-alive connections, an answer of limited length, and every way in which it can fail told as ours."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from seldon_nb.domain.errors import fail
from seldon_nb.ports import HttpAnswer
from seldon_nb.words import tr

if TYPE_CHECKING:
    import httpx

    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.principal import SecretToken

MAX_ANSWER_BYTES = 256 * 1024 * 1024
#: Seconds to wait for a connection; an endpoint that is there answers at once.
CONNECT_S = 5.0


class Line:
    """Asks addresses; may be used by several threads at once.

    No redirect is followed, no proxy from the environment is used, and no header of the caller's is sent but the token.

    Args:
        keep_alive: connections that are kept for the next question; 0 makes a new one for each.
        kept_s: seconds for which one is kept; shorter than the other side keeps it.
        max_answer_bytes: a longer answer is not read to its end.
    """

    def __init__(self, *, keep_alive: int = 16, kept_s: float = 30.0, max_answer_bytes: int = MAX_ANSWER_BYTES) -> None:
        self._keep_alive = keep_alive
        self._kept_s = kept_s
        self._limit = max_answer_bytes
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def ask(self, target: Target, url: str, body: bytes | None, token: SecretToken | None, *, timeout_s: float) -> HttpAnswer:
        """POST ``body`` (GET if None) to ``url``, which is an address of ``target``.

        Raises:
            SNB-302: nobody answers.  SNB-307: it took longer than ``timeout_s``.  SNB-325: the answer is longer than the limit.
        """
        import httpx

        headers = {"Authorization": f"Bearer {token.reveal()}"} if token and token.reveal() else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            answer = self._send(url, body, headers, httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S)))
        except httpx.ConnectTimeout as error:
            raise fail("SNB-302", name=str(target), url=url) from error
        except httpx.TimeoutException as error:
            raise fail("SNB-307", name=str(target), url=url, seconds=round(timeout_s)) from error
        except httpx.TransportError as error:
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

    def _send(self, url: str, body: bytes | None, headers: dict[str, str], timeout: httpx.Timeout) -> HttpAnswer | None:
        method = "GET" if body is None else "POST"
        began = time.perf_counter()
        with self._open().stream(method, url, content=body, headers=headers, timeout=timeout) as response:
            parts: list[bytes] = []
            size = 0
            for part in response.iter_raw():
                size += len(part)
                if size > self._limit:
                    return None
                parts.append(part)
            seconds = time.perf_counter() - began
            return HttpAnswer(response.status_code, media_type(response), b"".join(parts), seconds, dict(response.headers))

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                import httpx

                self._client = httpx.Client(
                    trust_env=False,
                    follow_redirects=False,
                    # Compressing and unpacking costs more than a short way does.
                    headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "seldon_nb"},
                    limits=httpx.Limits(
                        max_connections=64, max_keepalive_connections=self._keep_alive, keepalive_expiry=self._kept_s
                    ),
                )
            return self._client


def media_type(response: httpx.Response) -> str:
    """The media type without its parameters, in lower case; empty if the answer does not say."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
