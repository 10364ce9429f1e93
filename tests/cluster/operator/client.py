"""Stand-in for the Seldon operator: its way to the API server, list and watch by plain HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import Callable

import httpx

from tests.cluster.operator.objects import Document

GROUP = "/apis/machinelearning.seldon.io/v1"
PLURALS = {
    "Deployment": "/apis/apps/v1:deployments",
    "Service": "/api/v1:services",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2:horizontalpodautoscalers",
    "PodDisruptionBudget": "/apis/policy/v1:poddisruptionbudgets",
}
MANAGER = {"fieldManager": "manager"}


class RefusedError(Exception):
    """The API server refused an object; the text is its message."""


def connect(kubeconfig: str | None) -> httpx.AsyncClient:
    """A client for the cluster of a kubeconfig's current context."""
    from kubernetes import config

    told = config.new_client_from_config(kubeconfig).configuration  # type: ignore[no-untyped-call]
    trust = ssl.create_default_context(cafile=told.ssl_ca_cert)
    if told.cert_file:
        trust.load_cert_chain(told.cert_file, told.key_file)
    headers = {one["key"]: one["value"] for one in told.auth_settings().values()}
    return httpx.AsyncClient(
        base_url=told.host, verify=trust, headers=headers, timeout=httpx.Timeout(10, read=330), trust_env=False
    )


def place(kind: str, namespace: str, name: str = "") -> str:
    root, plural = PLURALS[kind].split(":")
    return f"{root}/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


class Api:
    """The API server as the operator sees it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def ask(self, method: str, path: str, body: Document | None = None) -> Document:
        answered = await self.http.request(method, path, json=body, params=MANAGER if body else None)
        if answered.status_code == 404 and method in {"GET", "DELETE"}:
            return {}
        if answered.status_code in {400, 403, 422}:
            raise RefusedError(answered.json()["message"])
        return dict(answered.raise_for_status().json())

    async def define(self, definition: Document) -> None:
        """Apply a CustomResourceDefinition. Raises httpx.HTTPStatusError where it is refused."""
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{definition['metadata']['name']}"
        how = {"content-type": "application/apply-patch+yaml"}
        told = {"fieldManager": "stand-in", "force": "true"}
        (await self.http.patch(path, content=json.dumps(definition), headers=how, params=told)).raise_for_status()

    async def watch(self, path: str, told: Callable[[str, Document], None], ready: asyncio.Event) -> None:
        """List once, then follow; list again when the API server says that the past is gone."""
        while True:
            with contextlib.suppress(httpx.HTTPError, KeyError):
                listed = (await self.http.get(path)).raise_for_status().json()
                told("AGAIN", {})
                for found in listed["items"]:
                    told("ADDED", {"apiVersion": listed["apiVersion"], "kind": listed["kind"].removesuffix("List"), **found})
                ready.set()
                follow = {"watch": "1", "resourceVersion": listed["metadata"]["resourceVersion"], "timeoutSeconds": "300"}
                async with self.http.stream("GET", httpx.URL(path).copy_merge_params(follow)) as lines:
                    async for line in lines.aiter_lines():
                        event = json.loads(line)
                        if event["type"] == "ERROR":
                            break
                        told(event["type"], event["object"])
            await asyncio.sleep(0.1)
