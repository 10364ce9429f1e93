"""Stand-in for the Seldon operator: from what it made, as observed, to the status it reports. Pure."""

from __future__ import annotations

from tests.cluster.operator.objects import Document, nodes, protocol_of, service_of

DEADLINE = "Deployment is no longer progressing and not available."


def ready(deployment: Document) -> bool:
    """As the operator judges: no copy missing and one ready, so never with no copies wanted. It does not look at generations."""
    seen = deployment.get("status") or {}
    return not seen.get("unavailableReplicas") and bool(seen.get("readyReplicas"))


def given_up(deployment: Document) -> bool:
    told = {one["type"]: one["status"] for one in (deployment.get("status") or {}).get("conditions") or []}
    return told.get("Available") == "False" and told.get("Progressing") == "False"


def condition(kind: str, good: bool, reason: str = "", message: str = "") -> Document:
    told = {"reason": reason, "message": message}
    return {"type": kind, "status": "True" if good else "False", **{key: value for key, value in told.items() if value}}


def address(document: Document) -> str:
    first = document["spec"]["predictors"][0]
    node = nodes(first["graph"])[0]["name"]
    path = {"v2": f"/v2/models/{node}/infer", "tensorflow": f"/v1/models/{node}:predict"}.get(
        protocol_of(document), "/api/v1.0/predictions"
    )
    port = 9000 if (first.get("annotations") or {}).get("seldon.io/no-engine") == "true" else 8000
    return f"http://{service_of(document, first)}.{document['metadata']['namespace']}.svc.cluster.local:{port}{path}"


def status(document: Document, found: list[Document], error: str | None = None) -> Document:
    """The status after one round.

    Args:
        document: the SeldonDeployment.
        found: what is wanted and exists, as the API server returned it.
        error: the message with which the API server refused one of them.
    """
    namespace = document["metadata"]["namespace"]
    deployments = [one for one in found if one["kind"] == "Deployment"]
    services = {}
    for one in (one for one in found if one["kind"] == "Service"):
        name, ports = one["metadata"]["name"], {port["name"]: port["port"] for port in one["spec"]["ports"]}
        at = {f"{kind}Endpoint": f"{name}.{namespace}:{port}" for kind, port in ports.items()}
        services[name] = {"svcName": name, **at}
    if error and not any("seldon-app" in one["spec"]["selector"] for one in found if one["kind"] == "Service"):
        return {"state": "Failed", "description": error}  # before the first entry: nothing else is written
    counts = {}
    for one in deployments:
        seen = one.get("status") or {}
        counts[one["metadata"]["name"]] = {key: seen[key] for key in ("replicas", "availableReplicas") if seen.get(key)}
    kinds = {one["kind"] for one in found}
    conditions = [
        condition("HpasReady", True, "All HPAs resources ready" if "HorizontalPodAutoscaler" in kinds else "No HPAs defined"),
        condition("KedaReady", True, "No KEDA resources defined"),
        condition("PdbsReady", True, "All PDBs resources ready" if "PodDisruptionBudget" in kinds else "No PDBs defined"),
    ]
    done = not error and bool(deployments) and all(ready(one) for one in deployments)
    told = [
        one for each in deployments for one in (each.get("status") or {}).get("conditions") or [] if one["type"] == "Available"
    ]
    worst = next((one for one in told if one["status"] != "True"), told[-1] if told else None)
    waiting = condition("Ready", False, "Not all services created")
    if worst:
        good = worst["status"] == "True"
        conditions.append(condition("DeploymentsReady", good, worst.get("reason", ""), worst.get("message", "")))
        waiting = waiting if good else {**conditions[-1], "type": "Ready"}
    conditions.append(condition("ServicesReady", done, "All services created" if done else "Not all services created"))
    conditions.append(condition("Ready", True) if done else waiting)
    stuck = not done and any(given_up(one) for one in deployments)
    out = {
        "state": "Failed" if error or stuck else "Available" if done else "Creating",
        "address": {"url": address(document)},
        "conditions": sorted(conditions, key=lambda one: str(one["type"])),
        "serviceStatus": services,
    }
    if error or stuck:
        out["description"] = error or DEADLINE
    if any(counts.values()):
        out |= {
            "deploymentStatus": {name: seen for name, seen in counts.items() if seen},
            "replicas": list(counts.values())[-1].get("replicas", 0),
        }
    return out
