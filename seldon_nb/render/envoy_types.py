"""The few words that all of Envoy's documents are made of."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TYPES = "type.googleapis.com/envoy."
FILTERS = TYPES + "extensions.filters.http."
JWT = "envoy.filters.http.jwt_authn"
RBAC = "envoy.filters.http.rbac"


def typed(kind: str, body: Json) -> Json:
    """A message that names its type, such as ``config.cluster.v3.Cluster``."""
    return {"@type": TYPES + kind, **body}


def untyped(body: Json) -> Json:
    """The same message where its type is clear from its place."""
    return {key: value for key, value in body.items() if key != "@type"}
