"""Requests to the API server with the standard library, enough to install the node and to look at it in tests."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_SERVER_SIDE_APPLY = "application/apply-patch+yaml"
_PLURALS = {
    "Namespace": "namespaces",
    "ConfigMap": "configmaps",
    "Service": "services",
    "Endpoints": "endpoints",
    "EndpointSlice": "endpointslices",
    "ServiceAccount": "serviceaccounts",
    "Secret": "secrets",
    "Pod": "pods",
    "Role": "roles",
    "RoleBinding": "rolebindings",
    "ClusterRole": "clusterroles",
    "ClusterRoleBinding": "clusterrolebindings",
    "CustomResourceDefinition": "customresourcedefinitions",
    "Workflow": "workflows",
}


@dataclass(frozen=True)
class Answer:
    """The HTTP status, 0 where the server could not be reached, and the body (a JSON object, or text under `text`)."""

    status: int
    body: dict[str, Any]

    @property
    def message(self) -> str:
        return str(self.body.get("message") or self.body.get("text") or "")


class Api:
    """One user's way to the API server."""

    def __init__(
        self,
        url: str,
        authority: str = "",
        token: str = "",
        *,
        headers: Iterable[tuple[str, str]] = (),
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.url = url
        self._headers = dict(headers) or {"Authorization": f"Bearer {token}"}
        self._context = context or ssl.create_default_context(cadata=authority)

    def ask(self, method: str, path: str, body: object = None, *, kind: str = "application/json", timeout: float = 10) -> Answer:
        """One request, never raising for what the server answers or for its absence."""
        headers = {**self._headers, "Content-Type": kind, "Accept": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._context))
        try:
            with opener.open(request, timeout=timeout) as response:
                return _answer(response.status, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.read())
        except (OSError, ValueError) as error:
            return Answer(0, {"message": str(error)})

    def apply(self, document: dict[str, Any]) -> Answer:
        """Server-side apply of one document. Raises RuntimeError where the server refuses it."""
        answer = self.ask(
            "PATCH", f"{path_of(document)}?fieldManager=seldon-nb-node&force=true", document, kind=_SERVER_SIDE_APPLY, timeout=60
        )
        if answer.status not in (200, 201):
            raise RuntimeError(f"{document['kind']} {document['metadata']['name']} was refused: {answer.status} {answer.message}")
        return answer

    def create(self, document: dict[str, Any]) -> Answer:
        """Create one document; one that exists stays as it is. Raises RuntimeError where the server refuses it."""
        answer = self.ask("POST", path_of(document).rsplit("/", 1)[0], document, timeout=60)
        if answer.status not in (201, 409):
            raise RuntimeError(f"{document['kind']} {document['metadata']['name']} was refused: {answer.status} {answer.message}")
        return answer

    def apply_all(self, documents: Iterable[dict[str, Any]]) -> None:
        """Server-side apply of several documents, in their order."""
        for document in documents:
            self.apply(document)

    def wait(self, path: str, ready: Callable[[dict[str, Any]], bool], timeout: float = 60) -> dict[str, Any]:
        """Ask for the object until it is as wished. Raises TimeoutError with what was seen last."""
        end = time.monotonic() + timeout
        while True:
            answer = self.ask("GET", path)
            if answer.status == 200 and ready(answer.body):
                return answer.body
            if time.monotonic() > end:
                seen = json.dumps(answer.body.get("status") or answer.body)[:2000]
                raise TimeoutError(f"{path} after {timeout:.0f} s: {answer.status} {seen}")
            time.sleep(0.1)


def path_of(document: dict[str, Any]) -> str:
    """The address of one object below the server's."""
    version, metadata = document["apiVersion"], document["metadata"]
    base = f"/api/{version}" if "/" not in version else f"/apis/{version}"
    if metadata.get("namespace"):
        base += f"/namespaces/{metadata['namespace']}"
    return f"{base}/{_PLURALS[document['kind']]}/{metadata['name']}"


def condition(name: str) -> Callable[[dict[str, Any]], bool]:
    """Whether an object's status holds the condition as true."""
    return lambda found: any(
        one.get("type") == name and one.get("status") == "True" for one in found.get("status", {}).get("conditions") or ()
    )


def _answer(status: int, content: bytes) -> Answer:
    try:
        loaded = json.loads(content)
    except ValueError:
        return Answer(status, {"text": content.decode(errors="replace")})
    return Answer(status, loaded if isinstance(loaded, dict) else {"text": str(loaded)})
