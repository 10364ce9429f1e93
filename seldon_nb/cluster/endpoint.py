"""The way to an answer: inside the cluster by the service's own address, outside through the gateway with a token, else through the API server."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from seldon_nb.calling.grpc import Address
from seldon_nb.calling.http import Line, media_type
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
    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.principal import SecretToken


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
        self._is_twin = False
        self._line = Line(keep_alive=keep_alive)
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
        if self._is_inside or self._gateway(target):
            answer = self._direct(target, path, body, token, timeout_s)
        else:
            answer = self._forwarded(target, path, body, timeout_s)
        if _is_sign_in(answer.status, answer.media_type, path):
            raise fail("SNB-305", name=str(target), url=self.url(target))
        return answer

    def close(self) -> None:
        """Let go of connections; the next question opens new ones."""
        self._line.close()
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

    def _direct(self, target: Target, path: str, body: bytes | None, token: SecretToken | None, timeout_s: float) -> HttpAnswer:
        try:
            return self._line.ask(target, f"{self.url(target)}/{path.removeprefix('/')}", body, token, timeout_s=timeout_s)
        except SeldonNbError as error:
            if error.code_id == "SNB-302":
                self._addresses.clear()  # the service may have been made anew
            raise

    def _forwarded(self, target: Target, path: str, body: bytes | None, timeout_s: float) -> HttpAnswer:
        """Through the API server: it checks who we are; the model sees no token of ours."""
        began = time.perf_counter()
        try:
            name, port = self._service(target)
            answer = self._api.forward(target.namespace, name, path, body, timeout_s=timeout_s, port=port)
        except SeldonNbError as error:
            if error.code_id == "SNB-307":
                raise fail("SNB-307", name=str(target), seconds=round(timeout_s)) from error
            raise
        told = refused(answer.status_code, answer.content) if answer.status_code in (403, 404, 500, 502, 503, 504) else None
        if told is None or (not told.reason and not told.message):
            seconds = time.perf_counter() - began
            return HttpAnswer(answer.status_code, media_type(answer), answer.content, seconds, dict(answer.headers))
        lacking = no_right(told)
        if lacking is not None:
            raise fail("SNB-533", **lacking, request=request(**lacking))
        raise fail("SNB-302", name=str(target), url=self.url(target))


def _is_sign_in(status: int, media_type: str, path: str) -> bool:
    """A page for people, or the way to one, where a model's answer was asked for."""
    if 300 <= status < 400 and status != 304:
        return True
    return media_type in ("text/html", "application/xhtml+xml") and "/docs" not in path and status in (200, 401, 403)
