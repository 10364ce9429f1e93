"""Where a deployment says that it is ready, whatever it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seldon_nb.render.seldon.names import has_engine


def ready_path(document: Mapping[str, Any]) -> str:
    """The path to GET of a SeldonDeployment's first node; status 200 says that it is ready."""
    predictor = document["spec"]["predictors"][0]
    node = predictor["graph"]["name"]
    protocol = document["spec"].get("protocol") or "seldon"  # what the operator takes for it
    if protocol in ("v2", "kfserving"):
        return f"/v2/models/{node}/ready"
    if has_engine(predictor):
        return "/ready"
    # a language wrapper answers here as JSON; its /health/ping says a bare word as a web page, which could be a sign-in page as well
    return f"/v1/models/{node}" if protocol == "tensorflow" else "/health/status"
