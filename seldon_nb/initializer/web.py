"""HTTP: MLflow's artifact proxy, and archives, with retries in bounded time."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

from seldon_nb.initializer.paths import Budget, inside, unpack
from seldon_nb.initializer.refusal import LOCKED, NOT_THERE, PASSING, UNREACHABLE, RefusalError, shown

PROXY = "/api/2.0/mlflow-artifacts/artifacts"
_TRIES = 4
_AT_ONCE = 4
_DEEP = 32  # directories within directories
T = TypeVar("T")


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but takes the credentials to the first host only."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:  # noqa: PLR0917
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        old, target = urlsplit(req.full_url), urlsplit(newurl)
        if target.scheme not in ("http", "https"):
            return None
        if new is not None and (old.scheme, old.netloc) != (target.scheme, target.netloc):
            new.headers.pop("Authorization", None)
            new.unredirected_hdrs.pop("Authorization", None)
        return new


_OPENER = urllib.request.build_opener(_SameOrigin)


def authorization(uri: str) -> str:
    """The header that opens ``uri``: of its own user and password, or MLflow's token or user; empty without any."""
    parts = urlsplit(uri)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not user:
        if token := os.environ.get("MLFLOW_TRACKING_TOKEN"):
            return f"Bearer {token}"
        user, password = os.environ.get("MLFLOW_TRACKING_USERNAME", ""), os.environ.get("MLFLOW_TRACKING_PASSWORD", "")
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""


def plain(uri: str) -> str:
    """``uri`` without user and password."""
    parts = urlsplit(uri)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def again(what: Callable[[], T], budget: Budget) -> T:
    """Try, and try again what may pass."""
    for attempt in range(_TRIES):
        try:
            return what()
        except RefusalError as refusal:  # noqa: PERF203 - the pause outweighs it
            pause = 0.5 * 3**attempt
            if refusal.code not in PASSING or attempt == _TRIES - 1 or budget.left < pause:
                raise
            time.sleep(pause)
    raise AssertionError


def ask(uri: str, allowed: str, budget: Budget, use: Callable[[IO[bytes]], T], secret: str, *, send: Path | None = None) -> T:
    """GET, or PUT the file ``send``, and use the answer's body; retried as a whole.

    Raises:
        SNB-336 (nothing there), SNB-338 (refused), SNB-152 (nobody answers).
    """
    headers = {"Accept-Encoding": "identity", "User-Agent": "seldon-nb"}
    if send is not None:
        headers |= {"Content-Length": str(send.stat().st_size), "Content-Type": "application/octet-stream"}

    def once() -> T:
        with contextlib.ExitStack() as opened:
            body = opened.enter_context(send.open("rb")) if send is not None else None
            method = "GET" if send is None else "PUT"
            request = urllib.request.Request(plain(uri), body, headers, method=method)  # noqa: S310 - http and https only
            if allowed:
                request.add_unredirected_header("Authorization", allowed)
            return _asked(request)

    def _asked(request: urllib.request.Request) -> T:
        try:
            with _OPENER.open(request, timeout=min(60.0, max(1.0, budget.left))) as answer:
                return use(answer)
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
            raise _refused(status, uri, secret) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            reason = type(getattr(error, "reason", error)).__name__
            raise RefusalError(UNREACHABLE, source=shown(uri), reason=reason) from None

    return again(once, budget)


def _refused(status: int, uri: str, secret: str) -> RefusalError:
    if status in (401, 403):
        return RefusalError(LOCKED, source=shown(uri), secret=secret or "—", reason=f"it answered {status}.")
    if status in (408, 425, 429) or status >= 500:
        return RefusalError(UNREACHABLE, source=shown(uri), reason=f"it answered {status}")
    return RefusalError(NOT_THERE, source=shown(uri), reason=f"it answered {status}.")


def download(uri: str, path: Path, budget: Budget, secret: str = "", allowed: str | None = None) -> None:
    """One file, whole: an answer that ends early is tried again."""

    def use(answer: Any) -> None:
        told = answer.headers.get("Content-Length")
        size = budget.copy(answer, path)
        if told is not None and size != int(told):
            budget.take(-size)
            raise RefusalError(UNREACHABLE, source=shown(uri), reason="the answer ended early")

    ask(uri, authorization(uri) if allowed is None else allowed, budget, use, secret)


def upload(file: Path, uri: str, budget: Budget, secret: str = "") -> None:
    """One file to an address of MLflow's artifact proxy."""
    ask(uri, authorization(uri), budget, lambda answer: answer.read(1), secret, send=file)


def archive(uri: str, into: Path, budget: Budget, secret: str) -> None:
    """An archive by its address, unpacked."""
    packed = into.with_name(into.name + ".archive")
    try:
        download(uri, packed, budget, secret)
        unpack(packed, into, budget, shown(uri))
    finally:
        packed.unlink(missing_ok=True)


def mlflow(uri: str, into: Path, budget: Budget, secret: str) -> None:
    """All files below ``…/mlflow-artifacts/artifacts/<path>``, a few at a time.

    Raises:
        SNB-336: nothing lies there.
    """
    base, _, root = uri.partition(PROXY)
    root = unquote(urlsplit(root).path.strip("/"))
    allowed = authorization(uri)
    files = _listing(base, root, allowed, budget, secret)
    if not files:
        raise RefusalError(NOT_THERE, source=shown(uri), reason="nothing lies there.")

    def one(relative: str) -> None:
        download(f"{base}{PROXY}/{quote(root + '/' + relative)}", inside(into, relative), budget, secret, allowed)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done in [pool.submit(one, relative) for relative in files]:
            done.result()


def _listing(base: str, root: str, allowed: str, budget: Budget, secret: str) -> list[str]:
    found: list[str] = []
    waiting = [("", 0)]
    while waiting:
        below, depth = waiting.pop()
        path = f"{root}/{below}".rstrip("/")
        listed = ask(f"{base}{PROXY}?{urlencode({'path': path})}", allowed, budget, _json, secret)
        for item in listed.get("files", ()) if isinstance(listed, dict) else ():
            relative = f"{below}/{item['path'].rsplit('/', 1)[-1]}".lstrip("/")
            if item.get("is_dir"):
                if depth < _DEEP:
                    waiting.append((relative, depth + 1))
            else:
                found.append(relative)
    return found


def _json(answer: IO[bytes]) -> Any:
    return json.loads(answer.read(64 << 20))
