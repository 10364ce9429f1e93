"""The one place where the API server is spoken to: few verbs, one pool of connections, every failure by its code.

What comes back as :class:`~seldon_nb.cluster.refusals.Refused` is for whoever asked to understand: 404 of an object, 409, 410, 422, a rule that
refused.  Everything else is told with its code: SNB-531 not reachable, SNB-532 not recognised, SNB-533 no right, SNB-534 no such namespace,
SNB-536 and SNB-537 no such kind, SNB-538 too busy.  No token and no body is ever part of an error or a log.
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from seldon_nb.cluster import kinds
from seldon_nb.cluster.kinds import Kind, Plain
from seldon_nb.cluster.refusals import Refused, no_right, refused
from seldon_nb.domain import marks
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.names import nearest
from seldon_nb.render.roles import request

if TYPE_CHECKING:
    import httpx

    from seldon_nb.cluster.credentials import Credentials, Source

ATTEMPTS = 5
#: Seconds that all attempts of one request may take together, waiting included.
PATIENCE_S = 35.0
CONNECT_S, READ_S = 5.0, 30.0
#: A watch sends a bookmark every minute or so; a silence this long means that the connection is gone.
SILENCE_S = 150.0
WATCH_S = 290
PAGE = 500
_METADATA = "application/json;as=PartialObjectMetadata{};g=meta.k8s.io;v=v1,application/json"
_BUSY = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as of one moment; a watch goes on from ``version``."""

    items: tuple[Plain, ...]
    version: str


class Gone(Exception):  # noqa: N818 - a state, not a fault
    """The moment from which a watch should go on is forgotten: list again."""


class Api:
    """Verbs over one pool of connections; may be used by many threads at once.

    Args:
        source: gives the credentials, anew each time it is called.
        sleep, clock: time, for tests.
    """

    def __init__(
        self,
        source: Source,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._source = source
        self._sleep = sleep
        self._clock = clock
        self._patience = patience_s
        self._lock = threading.Lock()
        self._known: tuple[Credentials, httpx.Client] | None = None
        self._former: list[httpx.Client] = []
        self.requests = 0
        #: Namespaces that somebody named: where no cluster-wide list is permitted, these are looked into.
        self.named: set[str] = set()

    # --- reading -----------------------------------------------------------------------------------------------------------------

    @property
    def credentials(self) -> Credentials:
        """What we are known by now."""
        return self._connection()[0]

    def get(self, kind: Kind, namespace: str, name: str, *, metadata_only: bool = False, sub: str = "") -> Plain:
        """One object. Raises: Refused (404)."""
        headers = {"Accept": _METADATA.format("")} if metadata_only else {}
        return self._json("GET", kind.path(namespace, name, sub), kind=kind, headers=headers)

    def find(self, kind: Kind, namespace: str, name: str, *, metadata_only: bool = False) -> Plain | None:
        """One object, or None if it is not there."""
        try:
            return self.get(kind, namespace, name, metadata_only=metadata_only)
        except Refused as error:
            if error.status == 404:
                return None
            raise

    def pages(
        self,
        kind: Kind,
        namespace: str = "",
        *,
        labels: str = "",
        fields: str = "",
        metadata_only: bool = False,
        limit: int = PAGE,
    ) -> Iterator[Listing]:
        """All objects, page by page, as of one moment. Raises: Gone if that moment is forgotten on the way."""
        headers = {"Accept": _METADATA.format("List")} if metadata_only else {}
        params = {"limit": str(limit), "labelSelector": labels, "fieldSelector": fields}
        while True:
            try:
                page = self._json("GET", kind.path(namespace), kind=kind, headers=headers, params=params)
            except Refused as error:
                if error.status == 410:
                    raise Gone from error
                raise
            about = page.get("metadata") or {}
            yield Listing(tuple(page.get("items") or ()), str(about.get("resourceVersion", "")))
            if not about.get("continue"):
                return
            params["continue"] = about["continue"]

    def every(
        self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = "", metadata_only: bool = False
    ) -> Listing:
        """All objects at once; begun again if the moment is forgotten on the way."""
        for _ in range(3):
            items: list[Plain] = []
            version = ""
            try:
                for page in self.pages(kind, namespace, labels=labels, fields=fields, metadata_only=metadata_only):
                    items += page.items
                    version = page.version
            except Gone:
                continue
            return Listing(tuple(items), version)
        raise fail("SNB-538", server=self.server, status=410, attempts=3, seconds=0)

    def text(self, path: str, *, params: Mapping[str, str] | None = None, kind: Kind = kinds.POD) -> str:
        """A plain text, such as a container's log."""
        return self._send("GET", path, params=params, kind=kind).content.decode("utf-8", "replace")

    def watch(
        self,
        kind: Kind,
        namespace: str = "",
        *,
        version: str,
        labels: str = "",
        fields: str = "",
        opened: Callable[[Callable[[], None]], None] = lambda _: None,
    ) -> Iterator[Plain]:
        """Changes from ``version`` on, as they come: ``{"type": "ADDED", "object": {…}}``; bookmarks are among them.

        Ends when the server ends it (about every five minutes).

        Args:
            opened: told once of a function that cuts the connection, for whoever wants to end it from another thread.

        Raises:
            Gone: the moment is forgotten.
            SNB-531: the connection broke, or was silent for too long.
        """
        params = {
            "watch": "true",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(WATCH_S),
            "labelSelector": labels,
            "fieldSelector": fields,
        }
        stream = self._stream(kind.path(namespace), params, kind)
        with stream as lines:
            opened(stream.cut)
            for line in lines:
                change = json.loads(line)
                if change.get("type") == "ERROR":
                    status = change.get("object") or {}
                    if status.get("code") in (410, 504):
                        raise Gone
                    raise refused(int(status.get("code") or 500), json.dumps(status).encode())
                yield change

    # --- writing -----------------------------------------------------------------------------------------------------------------

    def create(
        self,
        kind: Kind,
        namespace: str,
        body: Mapping[str, Any],
        *,
        sub: str = "",
        dry_run: bool = False,
        repeatable: bool = False,
    ) -> Plain:
        """A new object.

        Args:
            sub: ``NAME/token`` and the like.
            repeatable: it is named, and the caller understands 409: it may be sent again after a lost answer.

        Raises: Refused (409 if it is there, 403 or 422 if a rule refuses it).
        """
        params = {"fieldManager": marks.US, "fieldValidation": "Strict", **({"dryRun": "All"} if dry_run else {})}
        again = repeatable or not kind.namespaced
        return self._json(
            "POST",
            kind.path(namespace, *sub.split("/", 1)) if sub else kind.path(namespace),
            kind=kind,
            params=params,
            body=body,
            again=again,
        )

    def apply(
        self, kind: Kind, namespace: str, name: str, body: Mapping[str, Any], *, force: bool = False, dry_run: bool = False
    ) -> Plain:
        """Server-side apply with our field manager; an unknown field is an error. Raises: Refused (409 where somebody else owns a field)."""
        params = {"fieldManager": marks.US, "fieldValidation": "Strict", "force": str(force).lower()}
        if dry_run:
            params["dryRun"] = "All"
        headers = {"Content-Type": "application/apply-patch+yaml"}
        return self._json("PATCH", kind.path(namespace, name), kind=kind, params=params, headers=headers, body=body, again=True)

    def patch(self, kind: Kind, namespace: str, name: str, body: Mapping[str, Any]) -> Plain:
        """A merge patch. Raises: Refused."""
        headers = {"Content-Type": "application/merge-patch+json"}
        params = {"fieldManager": marks.US, "fieldValidation": "Strict"}
        return self._json("PATCH", kind.path(namespace, name), kind=kind, params=params, headers=headers, body=body)

    def delete(self, kind: Kind, namespace: str, name: str, *, uid: str = "", version: str = "") -> bool:
        """Whether there was such an object, which goes now; with ``uid`` only that very one, with ``version`` only as it was seen."""
        when = {key: value for key, value in (("uid", uid), ("resourceVersion", version)) if value}
        body = {
            "kind": "DeleteOptions",
            "apiVersion": "v1",
            "propagationPolicy": "Background",
            **({"preconditions": when} if when else {}),
        }
        try:
            self._json("DELETE", kind.path(namespace, name), kind=kind, body=body, again=True)
        except Refused as error:
            if error.status == 404:
                return False
            raise
        return True

    # --- a service behind the API server -------------------------------------------------------------------------------------------

    def forward(
        self, namespace: str, service: str, path: str, body: bytes | None, *, timeout_s: float, port: int = 8000
    ) -> httpx.Response:
        """Ask a Service through the API server, once; the answer is the service's own, whatever its status."""
        where = f"{kinds.SERVICE.path(namespace, f'{service}:{port}')}/proxy/{path.removeprefix('/')}"
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
        return self._once("GET" if body is None else "POST", where, content=body, headers=headers, timeout_s=timeout_s)

    # --- how -------------------------------------------------------------------------------------------------------------------------

    @property
    def server(self) -> str:
        """The API server's address, without anything that could be a secret."""
        parts = urlsplit(self.credentials.server)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"

    def close(self) -> None:
        """Let go of connections; the next request opens new ones."""
        with self._lock:
            if self._known is not None:
                self._known[1].close()
                self._known = None
            for client in self._former:
                client.close()
            self._former.clear()

    def _connection(self, refused_by: Credentials | None = None) -> tuple[Credentials, httpx.Client]:
        """Credentials and their connections; read anew if the ones given were refused and nobody else did so meanwhile."""
        with self._lock:
            if self._known is None or self._known[0] is refused_by:
                if self._known is not None:
                    self._former.append(self._known[1])  # somebody may be in the middle of a request
                self._known = self._open(self._source())
                for client in self._former[:-2]:
                    client.close()
                del self._former[:-2]
            return self._known

    @staticmethod
    def _open(known: Credentials) -> tuple[Credentials, httpx.Client]:
        import httpx

        client = httpx.Client(
            base_url=known.server,
            verify=known.tls(),
            trust_env=False,
            proxy=known.proxy or None,
            headers=[("User-Agent", "seldon_nb"), ("Accept", "application/json"), *known.headers.items(), *known.acting_as],
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=60.0),
        )
        return known, client

    def _json(self, method: str, path: str, *, body: Mapping[str, Any] | None = None, **how: Any) -> Plain:
        content = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if body is not None else {}
        answer = self._send(method, path, content=content, **{**how, "headers": headers | dict(how.get("headers") or {})})
        read: Plain = json.loads(answer.content)
        return read

    def _send(
        self,
        method: str,
        path: str,
        *,
        kind: Kind,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        again: bool | None = None,
    ) -> httpx.Response:
        """Send, and send again what may be sent again, after the time that the server names."""
        may_repeat = method == "GET" if again is None else again
        began, attempt = self._clock(), 0
        while True:
            attempt += 1
            last: httpx.Response | None = None
            try:
                last = self._once(method, path, content=content, params=params, headers=headers)
            except SeldonNbError as error:
                wait = _backoff(attempt) if may_repeat and error.code_id == "SNB-531" else None
                if not self._may_wait(wait, attempt, began):
                    raise
            else:
                if last.status_code < 400:
                    return last
                wait = self._wait(last, attempt, may_repeat=may_repeat)
                if not self._may_wait(wait, attempt, began):
                    raise self._meaning(last, kind, attempt, began)
            self._sleep(wait or 0.0)

    def _may_wait(self, wait: float | None, attempt: int, began: float) -> bool:
        return wait is not None and attempt < ATTEMPTS and self._clock() - began + wait <= self._patience

    @staticmethod
    def _wait(answer: httpx.Response, attempt: int, *, may_repeat: bool) -> float | None:
        """Seconds to wait before the next attempt; None for an answer that another attempt would not change."""
        if answer.status_code not in _BUSY or (answer.status_code != 429 and not may_repeat):
            return None  # 429 came before anything was done
        if answer.status_code == 500 and b"failed calling webhook" not in answer.content:
            return None
        try:
            return max(float(answer.headers.get("retry-after", "")), 0.05)
        except ValueError:
            return _backoff(attempt)

    def _once(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> httpx.Response:
        """One request; credentials that are refused are read anew once. Raises: SNB-531, SNB-532, SNB-307 with a time limit of the caller's."""
        import httpx

        known, client = self._connection()
        for fresh in (False, True):
            self.requests += 1
            try:
                answer = client.request(
                    method,
                    path,
                    content=content,
                    params={key: value for key, value in (params or {}).items() if value},
                    headers=dict(headers or {}),
                    timeout=httpx.USE_CLIENT_DEFAULT if timeout_s is None else httpx.Timeout(timeout_s, connect=CONNECT_S),
                    extensions=_extensions(known),
                )
            except httpx.ReadTimeout as error:
                if timeout_s is not None:
                    raise fail("SNB-307", name=path, seconds=round(timeout_s)) from error
                raise self._unreachable(error) from error
            except (httpx.TransportError, OSError) as error:
                raise self._unreachable(error) from error
            if answer.status_code != 401:
                return answer
            if not fresh:
                known, client = self._connection(refused_by=known)
        raise fail("SNB-532", server=self.server, origin=known.origin)

    def _stream(self, path: str, params: Mapping[str, str], kind: Kind) -> _Lines:
        import httpx

        known, client = self._connection()
        for fresh in (False, True):
            self.requests += 1
            request = client.build_request(
                "GET",
                path,
                params={key: value for key, value in params.items() if value},
                timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_S),
                extensions=_extensions(known),
            )
            try:
                answer = client.send(request, stream=True)
            except (httpx.TransportError, OSError) as error:
                raise self._unreachable(error) from error
            if answer.status_code < 400:
                return _Lines(answer, self._unreachable)
            answer.read()
            answer.close()
            if answer.status_code == 410:
                raise Gone
            if answer.status_code != 401:
                raise self._meaning(answer, kind, 1, self._clock())
            if not fresh:
                known, client = self._connection(refused_by=known)
        raise fail("SNB-532", server=self.server, origin=known.origin)

    def _unreachable(self, error: BaseException) -> SeldonNbError:
        cause = error.__cause__ or error
        return fail("SNB-531", server=self.server, reason=f"{type(error).__name__}: {cause}"[:200])

    def _meaning(self, answer: httpx.Response, kind: Kind, attempts: int, began: float) -> Exception:
        """An answer that is not a yes, as an exception."""
        error = refused(answer.status_code, answer.content)
        lacking = no_right(error)
        if lacking is not None:
            return fail("SNB-533", **lacking, request=request(**lacking))
        if error.of_namespace and kind is not kinds.NAMESPACE:
            return fail("SNB-534", namespace=error.of_namespace, nearest=self.nearest_namespace(error.of_namespace), ref="-")
        if error.kind_unknown and kind.group in (kinds.SELDON.group, kinds.WORKFLOW.group):
            return fail("SNB-536" if kind.group == kinds.SELDON.group else "SNB-537", server=self.server, ref="-")
        # Both come as 500: a webhook that does not answer, and a document that does not fit its kind.
        about_document = answer.status_code == 500 and ("webhook" in error.message or "typed patch object" in error.message)
        if answer.status_code in _BUSY and not about_document:
            seconds = round(self._clock() - began)
            return fail("SNB-538", server=self.server, status=answer.status_code, attempts=attempts, seconds=seconds)
        return error

    def nearest_namespace(self, name: str) -> str:
        """The namespace whose name is most like it, among those that we may know of."""
        try:
            known = [kinds.metadata(item)["name"] for item in self.every(kinds.NAMESPACE, metadata_only=True).items]
        except (SeldonNbError, Refused):
            known = [self.credentials.namespace] if self.credentials.namespace else []
        near = nearest(name, known, most=1) or tuple(known[:1])
        return near[0] if near else "-"


class _Lines:
    """The lines of a stream, until it ends or breaks."""

    def __init__(self, answer: httpx.Response, broken: Callable[[BaseException], SeldonNbError]) -> None:
        self._answer = answer
        self._broken = broken

    def __enter__(self) -> Iterator[bytes]:
        return self._read()

    def __exit__(self, *_: object) -> None:
        self._answer.close()

    def cut(self) -> None:
        """End the connection from another thread: whoever reads sees it break."""
        network = self._answer.extensions.get("network_stream")
        found = network.get_extra_info("socket") if network is not None else None
        with contextlib.suppress(OSError):
            if found is not None:
                # Not SSLSocket's own: it forgets its keys first, and whoever reads at that moment would be given the ciphertext as text.
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    def _read(self) -> Iterator[bytes]:
        import httpx

        rest = b""
        try:
            for part in self._answer.iter_raw():
                *lines, rest = (rest + part).split(b"\n")
                yield from (line for line in lines if line)
        except (httpx.TransportError, httpx.StreamError, OSError, ValueError) as error:
            raise self._broken(error) from error


def _extensions(known: Credentials) -> dict[str, Any]:
    return {"sni_hostname": known.server_name} if known.server_name else {}


def _backoff(attempt: int) -> float:
    """Seconds: 0.2, 0.4, 0.8… up to 5, each with chance of its own, so that many callers do not come back at once."""
    return min(5.0, 0.1 * float(2**attempt)) * random.uniform(0.7, 1.3)  # noqa: S311 - not a secret
