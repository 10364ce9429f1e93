"""The way to an answer: inside the cluster by the service's own address, outside through the gateway with a token, else through the API server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from seldon_nb.calling.grpc import Address
from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.refusals import no_right, refused
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.ports import HttpAnswer
from seldon_nb.render.roles import request
from seldon_nb.render.seldon import names
from seldon_nb.render.seldon.build import PREDICTOR
from seldon_nb.words import tr

if TYPE_CHECKING:
    import httpx

    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.principal import SecretToken

MAX_ANSWER_BYTES = 256 * 1024 * 1024


class ClusterEndpoint:
    """Asks endpoints; may be used by several threads at once.

    No redirect is followed, no proxy from the environment is used, and no header of the caller's is sent but the token.

    Args:
        gateway: the address for callers outside, by target; empty where there is none.
        inside: whether this process runs in the cluster; as its credentials say, if None.
        by_address: ask a service by its ClusterIP instead of its name, where the cluster has no DNS for us.
    """

    def __init__(
        self,
        api: Api,
        *,
        gateway: Callable[[Target], str] = lambda _: "",
        inside: bool | None = None,
        by_address: bool = False,
        keep_alive: int = 16,
    ) -> None:
        self._api = api
        self._gateway = gateway
        self._inside = inside
        self._by_address = by_address
        self._keep_alive = keep_alive
        self._is_twin = False
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()
        self._addresses: dict[str, str] = {}
        self._known: dict[tuple[str, str], tuple[str, int]] = {}
        self._grpc_ports: dict[tuple[str, str], int] = {}

    def afresh(self) -> ClusterEndpoint:
        """The same way with a new connection for each question: a kept one leads to the pod that it once led to."""
        other = ClusterEndpoint(self._api, gateway=self._gateway, inside=self._inside, by_address=self._by_address, keep_alive=0)
        other._known, other._grpc_ports = self._known, self._grpc_ports
        other._is_twin = True
        return other

    def learn(self, document: Mapping[str, Any]) -> None:
        """Remember under which name and port a deployment answers; without an engine that is the model server's own port."""
        about = document["metadata"]
        key = (about["namespace"], about["name"])
        self._known[key] = (names.service(document), names.port(document))
        self._grpc_ports[key] = names.grpc_port(document)

    def _service(self, target: Target) -> tuple[str, int]:
        """(name, port) of the Service; read off the deployment once if nobody told."""
        key = (target.namespace, target.name)
        if key not in self._known:
            found = self._api.find(kinds.SELDON, target.namespace, target.name)
            if found is None:
                return names.service_name(target.name, PREDICTOR), names.NODE_HTTP_PORT
            self.learn(found)
        return self._known[key]

    def url(self, target: Target) -> str:
        """The endpoint's address, without a final slash."""
        if self._is_inside:
            return f"http://{self._host(target)}:{self._service(target)[1]}"
        outside = self._gateway(target).rstrip("/")
        if outside:
            return f"{outside}/seldon/{target.namespace}/{target.name}"
        name, port = self._service(target)
        return f"{self._api.server}{kinds.SERVICE.path(target.namespace, f'{name}:{port}')}/proxy"

    def grpc_address(self, target: Target) -> Address:
        """Where it answers over gRPC: inside by the Service's own address, outside at the gateway, which tells deployments apart by two headers.

        Raises:
            SNB-303: it is reached through the API server, which forwards HTTP only.
        """
        if self._is_inside:
            self._service(target)  # reads it off the deployment if nobody told
            port = self._grpc_ports.get((target.namespace, target.name), names.NODE_GRPC_PORT)
            return Address(f"{self._host(target)}:{port}")
        outside = urlsplit(self._gateway(target))
        if not outside.hostname:
            raise fail(
                "SNB-303", name=str(target), reason=tr("You reach it through the cluster's own door, which passes HTTP only.")
            )
        secure = outside.scheme == "https"
        return Address(f"{outside.hostname}:{outside.port or (443 if secure else 80)}", secure)

    def ask(self, target: Target, path: str, body: bytes | None, token: SecretToken | None, *, timeout_s: float) -> HttpAnswer:
        """POST ``body`` (GET if None) to ``path`` below the endpoint.

        Raises:
            SNB-302: nobody answers.  SNB-305: a sign-in page came instead.  SNB-307: it took longer than ``timeout_s``.
            SNB-325: the answer is longer than the limit.  SNB-533: the API server does not let us through.
        """
        began = time.perf_counter()
        if self._is_inside or self._gateway(target):
            answer = self._direct(target, path, body, token, timeout_s)
        else:
            answer = self._forwarded(target, path, body, timeout_s)
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if _is_sign_in(answer.status_code, media_type, path):
            raise fail("SNB-305", name=str(target), url=self.url(target))
        return HttpAnswer(answer.status_code, media_type, answer.content, time.perf_counter() - began, dict(answer.headers))

    def close(self) -> None:
        """Let go of connections; the next question opens new ones."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None
        if not self._is_twin:
            self._api.close()

    # --- the three ways ----------------------------------------------------------------------------------------------------------

    @property
    def _is_inside(self) -> bool:
        return self._api.credentials.in_pod if self._inside is None else self._inside

    def _host(self, target: Target) -> str:
        service = self._service(target)[0]
        name = f"{service}.{target.namespace}"
        if not self._by_address:
            return name
        if name not in self._addresses:
            found = self._api.find(kinds.SERVICE, target.namespace, service)
            if found is None:
                return name  # not made yet
            self._addresses[name] = str(((found or {}).get("spec") or {}).get("clusterIP") or name)
        return self._addresses[name]

    def _direct(
        self, target: Target, path: str, body: bytes | None, token: SecretToken | None, timeout_s: float
    ) -> httpx.Response:
        import httpx

        url = f"{self.url(target)}/{path.removeprefix('/')}"
        headers = {"Authorization": f"Bearer {token.reveal()}"} if token and token.reveal() else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        method = "GET" if body is None else "POST"
        try:
            with self._open().stream(
                method, url, content=body, headers=headers, timeout=httpx.Timeout(timeout_s, connect=5.0)
            ) as answer:
                return _limited(answer, target)
        except httpx.ConnectTimeout as error:
            raise fail("SNB-302", name=str(target), url=url) from error
        except httpx.TimeoutException as error:
            raise fail("SNB-307", name=str(target), url=url, seconds=round(timeout_s)) from error
        except httpx.TransportError as error:
            self._addresses.clear()
            raise fail("SNB-302", name=str(target), url=url) from error

    def _forwarded(self, target: Target, path: str, body: bytes | None, timeout_s: float) -> httpx.Response:
        """Through the API server: it checks who we are; the model sees no token of ours."""
        try:
            name, port = self._service(target)
            answer = self._api.forward(target.namespace, name, path, body, timeout_s=timeout_s, port=port)
        except SeldonNbError as error:
            if error.code_id == "SNB-307":
                raise fail("SNB-307", name=str(target), seconds=round(timeout_s)) from error
            raise
        told = refused(answer.status_code, answer.content) if answer.status_code in (403, 404, 500, 502, 503, 504) else None
        if told is None or (not told.reason and not told.message):
            return answer
        lacking = no_right(told)
        if lacking is not None:
            raise fail("SNB-533", **lacking, request=request(**lacking))
        raise fail("SNB-302", name=str(target), url=self.url(target))

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                import httpx

                self._client = httpx.Client(
                    trust_env=False,
                    follow_redirects=False,
                    headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "seldon_nb"},
                    limits=httpx.Limits(max_connections=64, max_keepalive_connections=self._keep_alive, keepalive_expiry=30.0),
                )
            return self._client


def _limited(answer: httpx.Response, target: Target) -> httpx.Response:
    import httpx

    parts: list[bytes] = []
    size = 0
    for part in answer.iter_raw():
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            reason = tr("It is longer than {limit} bytes.", limit=MAX_ANSWER_BYTES)
            raise fail("SNB-325", name=str(target), reason=reason, rows=tr("all"))
        parts.append(part)
    headers = {key: value for key, value in answer.headers.items() if key.lower() not in ("content-length", "transfer-encoding")}
    return httpx.Response(answer.status_code, headers=headers, content=b"".join(parts))


def _is_sign_in(status: int, media_type: str, path: str) -> bool:
    """A page for people, or the way to one, where a model's answer was asked for."""
    if 300 <= status < 400 and status != 304:
        return True
    return media_type in ("text/html", "application/xhtml+xml") and "/docs" not in path and status in (200, 401, 403)
