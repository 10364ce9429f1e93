"""Stand-in for the Seldon operator: the Istio objects it makes once every predictor is ready. For comparison only, no cluster gets them."""

from __future__ import annotations

from tests.cluster.operator.objects import Document, service_of


def routes(document: Document) -> list[Document]:
    """The VirtualService of a SeldonDeployment and a DestinationRule for each predictor, as (kind, name, spec) documents."""
    name, namespace = document["metadata"]["name"], document["metadata"]["namespace"]
    predictors, out = document["spec"]["predictors"], []

    def ways(port: int) -> list[Document]:
        made = []
        for one in predictors:
            to = {
                "host": f"{service_of(document, one)}.{namespace}.svc.cluster.local",
                "port": {"number": port},
                "subset": one["name"],
            }
            made.append({"destination": to, **({"weight": one["traffic"]} if one.get("traffic") else {})})
        return made

    called: Document = {"uri": {"regex": ".*tensorflow.*|.*seldon.protos.*|.*inference.*"}}
    called["headers"] = {"seldon": {"exact": name}, "namespace": {"exact": namespace}}
    rest = {"match": [{"uri": {"prefix": f"/seldon/{namespace}/{name}/"}}], "rewrite": {"uri": "/"}, "route": ways(8000)}
    spec = {"hosts": ["*"], "gateways": ["istio-system/seldon-gateway"], "http": [rest, {"match": [called], "route": ways(5001)}]}
    out.append({"kind": "VirtualService", "name": name, "spec": spec})
    for one in predictors:
        service = service_of(document, one)
        subset = {"name": one["name"], "labels": {"version": one["name"]}}
        policy = {"connectionPool": {"http": {"idleTimeout": "60s"}}}
        told = {"host": f"{service}.{namespace}.svc.cluster.local", "subsets": [subset], "trafficPolicy": policy}
        out.append({"kind": "DestinationRule", "name": service, "spec": told})
    return out
