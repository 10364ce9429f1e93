"""Stand-in for the Seldon operator: from a SeldonDeployment to the objects it owns. Pure; what is left out stands in LEFT_OUT."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from string import Template
from typing import Any

import yaml

Document = dict[str, Any]

SHAPES: Document = yaml.safe_load((Path(__file__).parent / "shapes.yaml").read_text("utf-8"))
LEFT_OUT: dict[str, str] = SHAPES["left_out"]
SERVERS: Document = SHAPES["servers"]
TYPES = {"MODEL", "ROUTER", "COMBINER", "TRANSFORMER", "OUTPUT_TRANSFORMER"}
ENGINE: str = SHAPES["engine"]["name"]
MANAGED = {"app.kubernetes.io/managed-by": "seldon-core"}


def short(name: str) -> str:
    """A name that fits 63 characters, shortened as the operator does."""
    return name if len(name) <= 63 else "seldon-" + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def nodes(graph: Document) -> list[Document]:
    """The graph's nodes, parents first."""
    return [graph, *(node for child in graph.get("children") or [] for node in nodes(child))]


def filled(shape: Any, values: Document) -> Any:
    """A shape with its $words filled in; a text that is one word keeps the value's type."""
    if isinstance(shape, dict):
        return {key: filled(part, values) for key, part in shape.items()}
    if isinstance(shape, list):
        return [filled(part, values) for part in shape]
    if not isinstance(shape, str):
        return shape
    return values[shape[1:]] if shape[:1] == "$" and shape[1:] in values else Template(shape).safe_substitute(values)


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def protocol_of(document: Document) -> str:
    """The protocol by its one name; seldon where the document says nothing."""
    said = str(document["spec"].get("protocol") or "seldon")
    return "v2" if said == "kfserving" else said


def service_of(document: Document, predictor: Document, node: str = "") -> str:
    """The Service of a predictor, or of one of its nodes."""
    return short("-".join(part for part in (document["metadata"]["name"], predictor["name"], node) if part))


def defaulted(document: Document) -> list[Document]:
    """The predictors as the operator reads them: labels, types, containers, ports and hosts filled in. Never stored."""
    ports: dict[str, int] = {}  # one place per container name, across predictors
    metrics = 6000
    predictors: list[Document] = json.loads(json.dumps(document["spec"]["predictors"]))
    for predictor in predictors:
        predictor["labels"] = {**(predictor.get("labels") or {}), "version": predictor["name"]}
        predictor["componentSpecs"] = specs = predictor.get("componentSpecs") or [{"spec": {"containers": []}}]
        known = {part["name"] for spec in specs for part in spec["spec"]["containers"]}
        graph = nodes(predictor["graph"])
        for node in graph:
            kind = node.setdefault("implementation", "UNKNOWN_IMPLEMENTATION")
            if kind in SERVERS and node["name"] not in known:
                specs[0]["spec"]["containers"].append({"name": node["name"]})
            if kind in SERVERS or not (node.get("type") or node.get("methods") or kind == "RANDOM_ABTEST"):
                node["type"] = node.get("type") or "MODEL"
        for index, part in [(index, part) for index, spec in enumerate(specs) for part in spec["spec"]["containers"]]:
            place = ports.setdefault(part["name"], len(ports))
            far = f"{service_of(document, predictor, part['name'])}.{document['metadata']['namespace']}.svc.cluster.local"
            for node in (node for node in graph if node["name"] == part["name"]):
                grpc = (node.get("endpoint") or {}).get("type") == "GRPC"
                at = {"service_host": far if index else "localhost", "service_port": (9500 if grpc else 9000) + place}
                kept = {"type": "GRPC"} if grpc else {}
                node["endpoint"] = {**at, **kept, "httpPort": 9000 + place, "grpcPort": 9500 + place}
                node[".metrics"] = metrics
            metrics += 1
    return predictors


def environment(part: Document, node: Document, protocol: str, values: Document) -> list[Document]:
    """The variables of a node's container: its own, then the operator's where it has none of that name."""
    kind, texts = node["implementation"], {key: str(value) for key, value in values.items()}
    named = ["every", "served" if node.get("modelUri") else "", "secure" if values["secure"] else ""]
    named += ["mlserver", kind] if values["runtime"] else []
    made = {key: value for shape in named for key, value in filled(SHAPES["environment"].get(shape) or {}, texts).items()}
    said = [{key: one[key] for key in ("name", "value", "type")} for one in node.get("parameters") or []]
    if protocol == "seldon" and kind in SERVERS:
        said += filled(SHAPES["parameters"]["proxy" if kind == "TENSORFLOW_SERVER" else "wrapper"], texts)
    own = part.get("env") or []
    made |= {"PREDICTIVE_UNIT_PARAMETERS": compact(said)} if said else {}
    return [*own, *({"name": name, "value": value} for name, value in made.items() if name not in {one["name"] for one in own})]


def serve(document: Document, predictor: Document, node: Document, part: Document, pod: Document) -> None:
    """Fill in a node's container, and what brings its model, in place."""
    kind, protocol, at = node["implementation"], protocol_of(document), node["endpoint"]
    server = SERVERS.get(kind, {})
    part["image"] = part.get("image") or server.get(protocol, "")
    values = {
        "http": at["httpPort"],
        "grpc": at["grpcPort"],
        "port": at["service_port"],
        "metrics": node[".metrics"],
        "node": node["name"],
        "predictor": predictor["name"],
        "uri": node.get("modelUri"),
        "secure": predictor.get("ssl"),
        **{key: document["metadata"][key] for key in ("name", "namespace")},
        "image": "" if (kind, protocol) == ("TENSORFLOW_SERVER", "tensorflow") else part["image"],
        "labels": compact(dict(sorted(predictor["labels"].items()))),
        "runtime": server.get("runtime") if protocol == "v2" else None,
        "initializer": node.get("storageInitializerImage") or "seldonio/rclone-storage-initializer:1.14.1",
    }
    part["env"] = environment(part, node, protocol, values)
    special = SHAPES["mlserver"] if values["runtime"] else SHAPES["triton"] if kind == "TRITON_SERVER" else {}
    made = filled({**SHAPES["node"], **special}, values)
    own = [] if special else part.get("ports") or []
    part["ports"] = [*own, *(port for port in made["ports"] if port["name"] not in {one.get("name") for one in own})]
    part.update({key: value for key, value in made.items() if key not in part})
    if kind in SHAPES["arguments"] and protocol != "seldon":
        part["args"] = filled(SHAPES["arguments"][kind], values)
    if (kind, protocol) == ("TENSORFLOW_SERVER", "seldon"):
        pod["containers"].append(part := filled(SHAPES["tfserving"], values))
    made = filled(SHAPES["initializer"], {**values, "container": part["name"]})
    if node.get("modelUri") and made["name"] not in {one["name"] for one in pod.get("initContainers") or []}:
        secret = {"envFrom": [{"secretRef": {"name": node["envSecretRefName"]}}]} if node.get("envSecretRefName") else {}
        pod.setdefault("initContainers", []).append({**made, **secret})
        (mount,) = made["volumeMounts"]
        pod["volumes"].append({"name": mount["name"], "emptyDir": {}})
        part.setdefault("volumeMounts", []).append({**mount, "readOnly": True})


def told(node: Document) -> Document:
    """A node as the engine reads it."""
    children = {"children": [told(child) for child in node["children"]]} if node.get("children") else {}
    return {**{key: value for key, value in node.items() if key[0] != "." and key != "children"}, **children}


def engine(document: Document, predictor: Document, mounts: list[Document]) -> Document:
    """The engine's container."""
    spec, orchestrator = document["spec"], predictor.get("svcOrchSpec") or {}
    seen = {"name": predictor["name"], "graph": told(predictor["graph"]), "replicas": 0, "labels": predictor["labels"]}
    values = {
        **{key: document["metadata"][key] for key in ("name", "namespace")},
        "predictor": predictor["name"],
        "protocol": protocol_of(document),
        "transport": spec.get("transport") or "rest",
        "server": spec.get("serverType") or "rpc",
        "scheme": "HTTPS" if predictor.get("ssl") else "HTTP",
        "told": base64.b64encode(compact({**seen, "engineResources": {}, "svcOrchSpec": {}}).encode()).decode(),
    }
    made: Document = filled(SHAPES["engine"], values)
    if predictor.get("ssl"):
        made["env"].append({"name": "SELDON_CERT_MOUNT_PATH", "value": "/cert/"})
    made["env"] += orchestrator.get("env") or []
    return {**made, "volumeMounts": mounts, "resources": orchestrator.get("resources") or made["resources"]}


def owned(
    document: Document, api: str, kind: str, name: str, labels: Document, annotations: Document, spec: Document
) -> Document:
    """An object that goes with its SeldonDeployment."""
    head = {"api": api, "kind": kind, "called": name, "labels": labels, "annotations": annotations, "spec": spec}
    meta = document["metadata"]
    made: Document = filled(SHAPES["object"], {**head, **{key: meta.get(key, "") for key in ("name", "namespace", "uid")}})
    return made


def notes(*parts: Document) -> Document:
    """The annotations of several parts of a document, the last one's counting most."""
    return {key: value for part in parts for key, value in (part.get("annotations") or {}).items()}


def workload(document: Document, predictor: Document, index: int) -> list[Document]:
    """One componentSpec's Deployment, its autoscaler and its disruption budget."""
    spec = predictor["componentSpecs"][index]
    meta, pod = spec.get("metadata") or {}, {"terminationGracePeriodSeconds": 20, **spec["spec"]}
    chosen = meta.get("name") or "-".join(part["name"] for part in pod["containers"])
    name = short(f"{document['metadata']['name']}-{predictor['name']}-{index}-{chosen}")
    by_name = {node["name"]: node for node in nodes(predictor["graph"]) if "endpoint" in node}
    parts = [part for part in pod["containers"] if part["name"] in by_name]
    identity = {"seldon-deployment-id": short(document["metadata"]["name"])}
    selector = {**identity, **{f"seldon-app-svc-{part['name']}": service_of(document, predictor, part["name"]) for part in parts}}
    ours = index > 0 or ENGINE in {part["name"] for part in pod["containers"]}
    lone = notes(predictor).get("seldon.io/no-engine") == "true"
    selector |= (
        {} if ours else {"seldon-app": service_of(document, predictor)}
    )  # nor has a document with an engine of its own the label
    pod["volumes"] = [*(pod.get("volumes") or []), SHAPES["podinfo"]]
    mounts: list[Document] = [{"name": "seldon-podinfo", "mountPath": "/etc/podinfo"}]
    if (predictor.get("ssl") or {}).get("certSecretName"):
        mounts.append(SHAPES["cert"])
        pod["volumes"].append({"name": "seldon-cert-volume", "secret": {"secretName": predictor["ssl"]["certSecretName"]}})
    for part in parts:
        part["volumeMounts"] = [*(part.get("volumeMounts") or []), *mounts]
        serve(document, predictor, by_name[part["name"]], part, pod)
    if not lone and not ours:
        pod["containers"].append(engine(document, predictor, mounts))
    labels = {**MANAGED, **(meta.get("labels") or {}), **predictor["labels"], **selector}
    labels |= {**kinds(predictor, [by_name[part["name"]] for part in parts]), "app": name, "fluentd": "true"}
    counts = [1] if spec.get("hpaSpec") else [part.get("replicas") for part in (spec, predictor, document["spec"])]
    annotations = notes(document["spec"], predictor, meta)
    values = {
        "labels": labels,
        "selector": selector,
        "pod": pod,
        "deadline": predictor.get("progressDeadlineSeconds") or 600,
        "annotations": {"prometheus.io/path": "/prometheus", "prometheus.io/scrape": "true", **annotations},
        "replicas": next((count for count in counts if count is not None), 1),
    }
    with_engine = {} if lone or index else {"seldon-deployment-contains-svcorch": "true"}
    out = [
        owned(
            document, "apps/v1", "Deployment", name, {**labels, **with_engine}, annotations, filled(SHAPES["deployment"], values)
        )
    ]
    if spec.get("hpaSpec"):
        scaled = scaling(spec["hpaSpec"], name)
        out.append(owned(document, "autoscaling/v2", "HorizontalPodAutoscaler", name, identity, {}, scaled))
    if spec.get("pdbSpec"):
        budget = {**spec["pdbSpec"], "selector": {"matchLabels": identity}}
        out.append(owned(document, "policy/v1", "PodDisruptionBudget", name, identity, {}, budget))
    return out


def kinds(predictor: Document, served: list[Document]) -> Document:
    """The labels that say what kinds of nodes a pod or a Service has."""
    told = {f"seldon.io/{str(node['type']).lower().replace('_', '-')}": "true" for node in served if node.get("type") in TYPES}
    return {**told, **({"seldon.io/shadow": "true"} if predictor.get("shadow") else {})}


def scaling(hpa: Document, name: str) -> Document:
    """An autoscaler's spec, old measures in their new form."""
    old = [one["resource"] for one in hpa.get("metrics") or []]
    metrics = [filled(SHAPES["measure"], {"resource": one["name"], "use": one["targetAverageUtilization"]}) for one in old]
    values = {"called": name, "most": hpa["maxReplicas"], "metrics": [*metrics, *(hpa.get("metricsv2") or [])]}
    return {**filled(SHAPES["autoscaler"], values), **{key: hpa[key] for key in ("minReplicas",) if key in hpa}}


def objects(document: Document) -> list[Document]:
    """All that a SeldonDeployment owns, Services of nodes first: the order in which a wrong name is met."""
    parts: list[Document] = []
    entries: list[Document] = []
    workloads: list[Document] = []
    for predictor in defaulted(document):
        app, annotations = service_of(document, predictor), notes(document["spec"], predictor)
        base = {**MANAGED, "seldon-app": app, "seldon-deployment-id": short(document["metadata"]["name"])}
        entry, of = {"http": 8000, "grpc": 5001}, []
        for node in {node["name"]: node for node in nodes(predictor["graph"]) if "endpoint" in node}.values():
            selector = {f"seldon-app-svc-{node['name']}": service_of(document, predictor, node["name"])}
            ports = {"http": node["endpoint"]["httpPort"], "grpc": node["endpoint"]["grpcPort"]}
            spec, labels = (
                filled(SHAPES["service"], {**ports, "selector": selector}),
                {**base, **selector, **kinds(predictor, [node])},
            )
            parts += [owned(document, "v1", "Service", service, labels, annotations, spec) for service in selector.values()]
            if annotations.get("seldon.io/no-engine") == "true":
                entry, of = ports, [node]
        spec, labels = (
            filled(SHAPES["service"], {**entry, "selector": {"seldon-app": app}}),
            {**base, **(kinds(predictor, of) if of else {})},
        )
        entries.append(owned(document, "v1", "Service", app, labels, annotations, spec))
        for index in range(len(predictor["componentSpecs"])):
            workloads += workload(document, predictor, index)
    return [*parts, *entries, *workloads]
