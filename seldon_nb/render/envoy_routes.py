"""Envoy's routes: who may call which deployment, by which exact paths.

A path is compared byte by byte and never tidied up first: no ``..``, ``//``, ``%2e``, ``;``, query or other case is ever turned into
something allowed, and what was compared is what is sent on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from seldon_nb.domain.deployment import Target
from seldon_nb.render.envoy_types import FILTERS, JWT, RBAC, Json, typed

ROUTE_CONFIG = "deployments"
METADATA = "seldon_nb"

_KEPT_FROM_MODELS = (
    "authorization",
    "cookie",
    "x-envoy-external-address",
    "x-envoy-internal",
    "x-forwarded-for",
    "x-forwarded-proto",
)


@dataclass(frozen=True, slots=True)
class Route:
    """The way to one deployment.

    Attributes:
        node: the model's name in the server's paths.
        callers: who may call, by name; nobody else is answered.
        audience: the one ``aud`` that a token must carry.
        cluster: the :class:`Upstream` that answers.
        timeout_s: seconds for a whole answer.
        paused: callers are told 503 and nothing is sent on; everybody else is refused as ever.
    """

    target: Target
    node: str
    callers: tuple[str, ...]
    audience: str
    cluster: str
    timeout_s: int
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One public file of the documentation page; ``cache_s`` is how long a browser may keep it."""

    path: str
    file: str
    media_type: str
    cache_s: int = 0


PAGES = (
    Page("/docs", "docs.html", "text/html; charset=utf-8"),
    Page("/docs/docs.js", "docs.js", "text/javascript; charset=utf-8"),
    Page("/docs/docs.css", "docs.css", "text/css; charset=utf-8"),
    Page("/docs/swagger-ui-bundle.js", "swagger-ui-bundle.js", "text/javascript; charset=utf-8", cache_s=86_400),
    Page("/docs/swagger-ui.css", "swagger-ui.css", "text/css; charset=utf-8", cache_s=86_400),
)
#: Our own files and the vendored ones only; no inline script.  Swagger UI sets inline styles and draws its icons from ``data:`` addresses.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_LIMIT = 4 * 1024 * 1024


def allowed_paths(node: str) -> tuple[tuple[str, str], ...]:
    """Every (method, path below the endpoint) that may reach a model server."""
    model = f"/v2/models/{node}"
    return (
        ("GET", model),
        ("GET", f"{model}/docs/dataplane.json"),
        ("GET", f"{model}/ready"),
        ("GET", "/v2/health/live"),
        ("GET", "/v2/health/ready"),
        ("POST", f"{model}/infer"),
    )


def prefix(target: Target) -> str:
    """The path of an endpoint, without a final slash."""
    return f"/seldon/{target.namespace}/{target.name}"


def route_configuration(items: Iterable[Route], pages: str) -> Json:
    """The pages, whose files lie in the directory ``pages``, and one route per deployment, sorted by namespace and name.

    Raises:
        ValueError: for two routes to one deployment.
    """
    ordered = sorted(items, key=lambda item: (item.target.namespace, item.target.name))
    names = [str(item.target) for item in ordered]
    if len(set(names)) != len(names):
        raise ValueError("one route per deployment")
    return typed(
        "config.route.v3.RouteConfiguration",
        {
            "name": ROUTE_CONFIG,
            "max_direct_response_body_size_bytes": _PAGE_LIMIT,
            "virtual_hosts": [
                {
                    "name": "endpoints",
                    "domains": ["*"],
                    "routes": [*(_page(page, pages) for page in PAGES), *(_deployment(item) for item in ordered)],
                    "request_headers_to_remove": list(_KEPT_FROM_MODELS),
                    "response_headers_to_remove": ["server"],
                }
            ],
        },
    )


# --- one deployment --------------------------------------------------------------------------------------------------------


def _deployment(item: Route) -> Json:
    start = re.escape(prefix(item.target))
    paths = "|".join(re.escape(path) for path in sorted({path for _, path in allowed_paths(item.node)}))
    action: Json
    if item.paused:
        action = {"direct_response": {"status": 503, "body": {"inline_string": "This deployment does not answer at the moment."}}}
    else:
        action = {
            "route": {
                "cluster": item.cluster,
                "regex_rewrite": {"pattern": {"regex": f"^{start}({paths})$"}, "substitution": "\\1"},
                "timeout": f"{item.timeout_s}s",
                "idle_timeout": f"{item.timeout_s + 5}s",
                # Only where nothing was sent yet: a model is never asked twice.
                "retry_policy": {
                    "retry_on": "connect-failure",
                    "num_retries": 3,
                    "retry_back_off": {"base_interval": "0.025s", "max_interval": "0.250s"},
                },
            }
        }
    return {
        "name": str(item.target),
        "match": {"safe_regex": {"regex": f"{start}({paths})"}},
        **action,
        "metadata": {"filter_metadata": {METADATA: {"namespace": item.target.namespace, "deployment": item.target.name}}},
        "typed_per_filter_config": {RBAC: _allow([_permission(item)], [_principal(item)] if item.callers else [])},
    }


def _permission(item: Route) -> Json:
    """The exact requests of the whitelist; a query counts as another path.

    A compressed body is refused: the model server would unpack it without a limit.
    """
    start = prefix(item.target)
    requests = []
    for method in ("GET", "POST"):
        paths = [_header(":path", start + path) for verb, path in allowed_paths(item.node) if verb == method]
        requests.append(_all_of([_header(":method", method), {"or_rules": {"rules": paths}}], "and_rules", "rules"))
    plain = {"not_rule": {"header": {"name": "content-encoding", "present_match": True}}}
    return _all_of([plain, {"or_rules": {"rules": requests}}], "and_rules", "rules")


def _principal(item: Route) -> Json:
    """The token was made for this deployment, and for one of its callers."""
    callers = [{"string_match": {"exact": name}} for name in sorted(set(item.callers))]
    return _all_of(
        [
            _claim("aud", {"string_match": {"exact": item.audience}}),
            _claim("sub", {"or_match": {"value_matchers": callers}} if len(callers) > 1 else callers[0]),
        ],
        "and_ids",
        "ids",
    )


def _claim(name: str, value: Json) -> Json:
    return {"sourced_metadata": {"metadata_matcher": {"filter": JWT, "path": [{"key": "jwt"}, {"key": name}], "value": value}}}


# --- the documentation page ------------------------------------------------------------------------------------------------


def _page(page: Page, pages: str) -> Json:
    headers = {
        "content-type": page.media_type,
        "cache-control": f"max-age={page.cache_s}" if page.cache_s else "no-store",
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    return {
        "name": page.path,
        "match": {"path": page.path},
        "direct_response": {"status": 200, "body": {"filename": f"{pages}/{page.file}"}},
        "response_headers_to_add": [
            {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            for key, value in headers.items()
        ],
        "typed_per_filter_config": {
            JWT: {"@type": FILTERS + "jwt_authn.v3.PerRouteConfig", "disabled": True},
            RBAC: _allow([_header(":method", "GET")], [{"any": True}]),
        },
    }


def _allow(permissions: list[Json], principals: list[Json]) -> Json:
    """A route's own rule; without principals it allows nobody."""
    policies = {"callers": {"permissions": permissions, "principals": principals}} if principals else {}
    return {"@type": FILTERS + "rbac.v3.RBACPerRoute", "rbac": {"rules": {"action": "ALLOW", "policies": policies}}}


# --- parts ---------------------------------------------------------------------------------------------------------------------


def _header(name: str, value: str) -> Json:
    return {"header": {"name": name, "string_match": {"exact": value}}}


def _all_of(parts: list[Json], key: str, inner: str) -> Json:
    return {key: {inner: parts}}
