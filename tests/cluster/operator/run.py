"""Stand-in for the Seldon operator: the loop. It lists, watches, makes and reports in one thread, until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import copy
import json
import signal
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.cluster.operator import webhook
from tests.cluster.operator.client import GROUP, PLURALS, Api, RefusedError, connect, place
from tests.cluster.operator.objects import Document, objects, short
from tests.cluster.operator.status import status

SHORT = {"HorizontalPodAutoscaler": "HPA", "PodDisruptionBudget": "PDB"}
Key = tuple[str, str]


def within(wanted: Any, found: Any) -> bool:
    """Whether an object already says what is wanted; what the API server added does not count."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            within(value, found.get(key)) for key, value in wanted.items() if value not in ({}, [])
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and len(wanted) == len(found) and all(map(within, wanted, found))
    return bool(wanted == found)


class Operator:
    """What the stand-in has seen and has yet to do. ``lead`` is the time in seconds that a change lies before it is read."""

    def __init__(self, api: Api, namespace: str | None, lead: float) -> None:
        self.api, self.lead = api, lead
        self.scope = f"/namespaces/{namespace}" if namespace else ""
        self.wanted: dict[Key, Document] = {}
        self.waiting: dict[Key, asyncio.TimerHandle] = {}
        self.queue: asyncio.Queue[Key] = asyncio.Queue()

    def wake(self, key: Key, delay: float = 0) -> None:
        def due() -> None:
            self.waiting.pop(key, None)
            self.queue.put_nowait(key)

        if key not in self.waiting:
            self.waiting[key] = asyncio.get_running_loop().call_later(delay, due)

    def on_wanted(self, kind: str, found: Document) -> None:
        if kind == "AGAIN":
            self.wanted.clear()
            return
        key = (found["metadata"]["namespace"], found["metadata"]["name"])
        before = self.wanted.pop(key, None)
        if kind != "DELETED":
            self.wanted[key] = found
            if not before or before["metadata"]["generation"] != found["metadata"]["generation"]:
                self.wake(key, self.lead)

    def on_made(self, kind: str, found: Document) -> None:
        for owner in (found.get("metadata") or {}).get("ownerReferences") or []:
            self.wake((found["metadata"]["namespace"], owner["name"]))

    async def settle(self, owner: Document, wanted: Document) -> Document:
        """Make one object, or change it where it differs."""
        kind, meta = wanted["kind"], wanted["metadata"]
        path = place(kind, meta["namespace"], meta["name"])
        found = await self.api.ask("GET", path)
        if not found:
            found = await self.api.ask("POST", path.rpartition("/")[0], wanted)
            await self.note(owner, f"Create{SHORT.get(kind, kind)}", f'Created {kind} "{meta["name"]}"')
            return found
        if "hpaSpec" in json.dumps(owner["spec"]) and kind == "Deployment":
            wanted["spec"]["replicas"] = found["spec"]["replicas"]
        if within(
            {"spec": wanted["spec"], "labels": meta["labels"]}, {"spec": found["spec"], "labels": found["metadata"].get("labels")}
        ):
            return found
        changed = copy.deepcopy(found)
        for part in ("labels", "annotations"):
            changed["metadata"][part] = {**(changed["metadata"].get(part) or {}), **meta[part]}
        changed["spec"] = {**found["spec"], **wanted["spec"]} if kind == "Service" else wanted["spec"]
        return await self.api.ask("PUT", path, changed)

    async def note(self, owner: Document, reason: str, message: str) -> None:
        meta, now = owner["metadata"], datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        about = {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            **{key: meta[key] for key in ("namespace", "name", "uid")},
        }
        body: Document = {
            "metadata": {"generateName": f"{meta['name']}."},
            "involvedObject": about,
            "type": "Normal",
            "reason": reason,
            "message": message,
        }
        body |= {"source": {"component": "seldon-controller-manager"}, "firstTimestamp": now, "lastTimestamp": now, "count": 1}
        with contextlib.suppress(RefusedError):
            await self.api.ask("POST", f"/api/v1/namespaces/{meta['namespace']}/events", body)

    async def forget(self, owner: Document, wanted: list[Document]) -> None:
        """Remove what a former version of the document owned and this one does not."""
        kept = {(one["kind"], one["metadata"]["name"]) for one in wanted}
        for kind in PLURALS:
            path = place(kind, owner["metadata"]["namespace"])
            listed = await self.api.ask("GET", f"{path}?labelSelector=seldon-deployment-id%3D{short(owner['metadata']['name'])}")
            for one in listed["items"]:
                ours = owner["metadata"]["uid"] in {each["uid"] for each in one["metadata"].get("ownerReferences") or []}
                if ours and (kind, one["metadata"]["name"]) not in kept:
                    await self.api.ask("DELETE", f"{path}/{one['metadata']['name']}?propagationPolicy=Background")

    async def once(self, key: Key) -> None:
        """One round over one SeldonDeployment: make, look, report; remove the former objects only when the new ones are ready."""
        document = self.wanted.get(key)
        if not document or document["metadata"].get("deletionTimestamp"):
            return
        found: list[Document] = []
        error = None
        wanted = objects(document)
        try:
            for one in wanted:
                found.append({"kind": one["kind"], **await self.settle(document, one)})
        except RefusedError as why:
            error = str(why)
            self.wake(key, 2)
        told = status(document, found, error)
        if told != document.get("status"):
            path = f"{GROUP}/namespaces/{key[0]}/seldondeployments/{key[1]}/status"
            self.wanted[key] = await self.api.ask("PUT", path, {**document, "status": told})
        if told["state"] == "Available":
            await self.forget(document, wanted)

    async def work(self) -> None:
        while True:
            key = await self.queue.get()
            try:
                await self.once(key)
            except (RefusedError, httpx.HTTPError):  # somebody was faster, or the API server is busy: read again
                self.wake(key, 0.2)


async def operate(options: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT; says ``ready`` on a line of its own once it watches and its webhook is known."""
    stop, seen = asyncio.Event(), (asyncio.Event(), asyncio.Event())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with connect(options.kubeconfig) as http:
        api = Api(http)
        if options.definition:
            await api.define(yaml.safe_load(options.definition.read_text("utf-8")))
        operator = Operator(api, options.namespace, options.lead_time)
        server, hook = await webhook.serve(options.webhook_host, options.namespace)
        hooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
        await api.ask("DELETE", f"{hooks}/{hook['metadata']['name']}")
        await api.ask("POST", hooks, hook)
        made = f"/apis/apps/v1{operator.scope}/deployments?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dseldon-core"
        running = [
            asyncio.create_task(api.watch(f"{GROUP}{operator.scope}/seldondeployments", operator.on_wanted, seen[0])),
            asyncio.create_task(api.watch(made, operator.on_made, seen[1])),
            asyncio.create_task(operator.work()),
        ]
        await asyncio.gather(*(event.wait() for event in seen))
        print("ready", flush=True)
        await stop.wait()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        known = await api.ask("GET", f"{hooks}/{hook['metadata']['name']}")
        if within(hook["webhooks"], known.get("webhooks")):  # another stand-in may have taken its place
            await api.ask("DELETE", f"{hooks}/{hook['metadata']['name']}")
        server.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.cluster.operator", description="A stand-in for the Seldon operator, for tests."
    )
    parser.add_argument("--kubeconfig", help="the cluster; the usual places if it is not given")
    parser.add_argument("--definition", type=Path, help="a CustomResourceDefinition to apply first")
    parser.add_argument("--namespace", help="the one namespace to work in; all of them if it is not given")
    parser.add_argument("--lead-time", type=float, default=0.3, help="seconds that a change lies before it is read")
    parser.add_argument("--webhook-host", default="127.0.0.1", help="the address of this machine for the API server")
    asyncio.run(operate(parser.parse_args()))
