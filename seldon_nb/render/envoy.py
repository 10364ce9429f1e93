"""Envoy's documents for the gateway of one machine: who may call which deployment, by which exact paths, and nothing else.

Everything is denied unless a deployment's route allows it.  A path is compared byte by byte and never tidied up first: no ``..``, ``//``,
``%2e``, ``;``, query or other case is ever turned into something allowed, and what was compared is what is sent on.
Plain JSON out; same input, same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from seldon_nb.domain.canonical import digest_of, short
from seldon_nb.domain.deployment import Target

Json = dict[str, Any]

ADMIN_SOCKET_MODE = 0o600
LISTENER = "gateway"
ROUTE_CONFIG = "deployments"
STAT_PREFIX = "gateway"
METADATA = "seldon_nb"

# A model server closes a quiet connection after 5 s; Envoy lets go first, so that no request is sent into a closing one.
_UPSTREAM_IDLE = "3s"
_JWT = "envoy.filters.http.jwt_authn"
_RBAC = "envoy.filters.http.rbac"
_BUFFER = "envoy.filters.http.buffer"
_ROUTER = "envoy.filters.http.router"
_KEPT_FROM_MODELS = (
    "authorization",
    "cookie",
    "x-envoy-external-address",
    "x-envoy-internal",
    "x-forwarded-for",
    "x-forwarded-proto",
)
_TYPES = "type.googleapis.com/envoy."
_HTTP = _TYPES + "extensions.filters.http."


@dataclass(frozen=True, slots=True)
class Upstream:
    """A model server: the cluster's name, and the Unix socket that it listens on."""

    cluster: str
    socket: str


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
class GatewaySettings:
    """What the listener needs to know.

    Attributes:
        port: on the loopback address.
        issuer: the one ``iss`` that a token must carry; its public keys are the file ``jwks_path``.
        access_log_path: one JSON line per request, metadata only.
        max_request_bytes: larger bodies are answered 413.
        swagger_dir: a directory with the files of the documentation page, see :data:`PAGES`.
    """

    port: int
    issuer: str
    jwks_path: str
    access_log_path: str
    max_request_bytes: int
    swagger_dir: str


@dataclass(frozen=True, slots=True)
class GatewayFiles:
    """Where Envoy finds its documents, and the socket of its admin interface."""

    directory: str
    admin_socket: str

    def folder(self, kind: str) -> str:
        """The directory watched for ``lds``, ``cds`` or ``rds``; one each, so that a change of one is read once."""
        return f"{self.directory}/{kind}"

    def path(self, kind: str) -> str:
        """The file of ``lds``, ``cds`` or ``rds``."""
        return f"{self.folder(kind)}/{kind}.json"


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


def bootstrap(files: GatewayFiles) -> Json:
    """What Envoy starts with: a private admin socket, and the directory where everything else is found and watched."""
    return {
        "node": {"id": "here", "cluster": "seldon-nb"},
        "admin": {"address": {"pipe": {"path": files.admin_socket, "mode": ADMIN_SOCKET_MODE}}},
        "dynamic_resources": {
            "lds_config": _config_source(files, "lds"),
            "cds_config": _config_source(files, "cds"),
        },
        "overload_manager": _connection_limit(),
    }


def listeners(settings: GatewaySettings, files: GatewayFiles) -> Json:
    """The one listener, on the loopback address, with its filters; its routes come from ``rds.json``."""
    rds = {"route_config_name": ROUTE_CONFIG, "config_source": _config_source(files, "rds")}
    return discovery([_listener(settings, {"rds": rds})])


def clusters(upstreams: Iterable[Upstream]) -> Json:
    """The model servers, each behind its own Unix socket."""
    return discovery([_cluster(upstream) for upstream in sorted(upstreams, key=lambda item: item.cluster)])


def routes(items: Iterable[Route], settings: GatewaySettings) -> Json:
    """The pages and one route per deployment, sorted by namespace and name.

    Raises:
        ValueError: for two routes to one deployment.
    """
    return discovery([_route_configuration(items, settings)])


def static_rendering(
    settings: GatewaySettings, upstreams: Iterable[Upstream], items: Iterable[Route], *, admin_socket: str
) -> Json:
    """The same documents as one static configuration: ``envoy --mode validate`` does not look into watched files."""
    inline = {"route_config": _untyped(_route_configuration(items, settings))}
    return {
        "node": {"id": "here", "cluster": "seldon-nb"},
        "admin": {"address": {"pipe": {"path": admin_socket, "mode": ADMIN_SOCKET_MODE}}},
        "static_resources": {
            "listeners": [_untyped(_listener(settings, inline))],
            "clusters": [_untyped(resource) for resource in clusters(upstreams)["resources"]],
        },
        "overload_manager": _connection_limit(),
    }


def discovery(resources: list[Json]) -> Json:
    """A discovery answer; its version is the digest of what it holds, so that an unchanged document is seen to be unchanged."""
    return {"version_info": short(digest_of(resources)), "resources": resources}


def to_bytes(document: Json) -> bytes:
    """A document as a file: indented JSON with sorted keys and a final newline."""
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


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


# --- the listener ----------------------------------------------------------------------------------------------------------


def _listener(settings: GatewaySettings, route_source: Json) -> Json:
    manager = _typed(
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", _manager(settings, route_source)
    )
    return _typed(
        "config.listener.v3.Listener",
        {
            "name": LISTENER,
            "address": {"socket_address": {"address": "127.0.0.1", "port_value": settings.port}},
            # Otherwise two gateways could share a port without noticing each other.
            "enable_reuse_port": False,
            "filter_chains": [
                {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]},
            ],
        },
    )


def _manager(settings: GatewaySettings, route_source: Json) -> Json:
    return {
        "stat_prefix": STAT_PREFIX,
        "codec_type": "HTTP1",
        **route_source,
        "http_filters": _filters(settings),
        # Paths are compared as they came: what is not written exactly as the whitelist says is refused, never repaired.
        "normalize_path": False,
        "merge_slashes": False,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "http_protocol_options": {"allow_absolute_url": False},
        "max_request_headers_kb": 32,
        "request_headers_timeout": "10s",
        "common_http_protocol_options": {"headers_with_underscores_action": "REJECT_REQUEST", "idle_timeout": "300s"},
        # Nobody in front of us is trusted to speak for a caller.
        "use_remote_address": True,
        "skip_xff_append": True,
        "internal_address_config": {
            "cidr_ranges": [{"address_prefix": "192.0.2.0", "prefix_len": 32}]
        },  # no range would mean the usual ones
        "early_header_mutation_extensions": [_forget_forged_headers()],
        "server_header_transformation": "PASS_THROUGH",
        "always_set_request_id_in_response": True,
        "local_reply_config": _local_replies(),
        "access_log": [_access_log(settings.access_log_path)],
    }


def _filters(settings: GatewaySettings) -> list[Json]:
    provider = {
        "issuer": settings.issuer,
        "local_jwks": {"filename": settings.jwks_path},
        # Named, so that a token in the query is not looked at.
        "from_headers": [{"name": "Authorization", "value_prefix": "Bearer "}],
        "forward": False,
        "payload_in_metadata": "jwt",
        "require_expiration": True,
        "max_lifetime": "3660s",
        "clock_skew_seconds": 1,
        "jwt_cache_config": {"jwt_cache_size": 1000},
    }
    return [
        _filter(
            _JWT,
            _HTTP + "jwt_authn.v3.JwtAuthentication",
            {
                "providers": {"here": provider},
                "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "here"}}],
            },
        ),
        _filter(_RBAC, _HTTP + "rbac.v3.RBAC", {"rules": {"action": "ALLOW", "policies": {}}}),
        _filter(_BUFFER, _HTTP + "buffer.v3.Buffer", {"max_request_bytes": settings.max_request_bytes}),
        _filter(_ROUTER, _HTTP + "router.v3.Router", {"suppress_envoy_headers": True}),
    ]


def _forget_forged_headers() -> Json:
    """Headers by which a caller could claim another path, another address or another time-out; gone before anything reads them."""
    prefixes = ("x-envoy-", "x-forwarded-", "x-original-", "x-rewrite-")
    mutations: list[Json] = [{"remove_on_match": {"key_matcher": {"prefix": item}}} for item in prefixes]
    mutations.append({"remove": "forwarded"})
    return {
        "name": "envoy.http.early_header_mutation.header_mutation",
        "typed_config": {
            "@type": _TYPES + "extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
            "mutations": mutations,
        },
    }


def _local_replies() -> Json:
    """Refusals are JSON as the model server's own are; pages, which are answered here too, stay as they are."""
    refused = {"comparison": {"op": "GE", "value": {"default_value": 400, "runtime_key": "seldon_nb.refused"}}}
    body = {"json_format": {"error": "%LOCAL_REPLY_BODY%"}}
    return {"mappers": [{"filter": {"status_code_filter": refused}, "body_format_override": body}]}


def _access_log(path: str) -> Json:
    """One line per request: who, which deployment, what came of it.  No query, no header of the caller's, no body."""
    line = {
        "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
        "sub": f"%DYNAMIC_METADATA({_JWT}:jwt:sub)%",
        "namespace": f"%METADATA(ROUTE:{METADATA}:namespace)%",
        "deployment": f"%METADATA(ROUTE:{METADATA}:deployment)%",
        "method": "%REQ(:METHOD):16%",
        "path": "%PATH(NQ:PATH):200%",
        "code": "%RESPONSE_CODE%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "bytes_in": "%BYTES_RECEIVED%",
        "bytes_out": "%BYTES_SENT%",
        "duration_ms": "%DURATION%",
        "request_id": "%REQ(X-REQUEST-ID):64%",
    }
    return {
        "name": "envoy.access_loggers.file",
        "typed_config": {
            "@type": _TYPES + "extensions.access_loggers.file.v3.FileAccessLog",
            "path": path,
            "log_format": {"json_format": line},
        },
    }


# --- routes ------------------------------------------------------------------------------------------------------------------


def _route_configuration(items: Iterable[Route], settings: GatewaySettings) -> Json:
    ordered = sorted(items, key=lambda item: (item.target.namespace, item.target.name))
    names = [str(item.target) for item in ordered]
    if len(set(names)) != len(names):
        raise ValueError("one route per deployment")
    return _typed(
        "config.route.v3.RouteConfiguration",
        {
            "name": ROUTE_CONFIG,
            "max_direct_response_body_size_bytes": _PAGE_LIMIT,
            "virtual_hosts": [
                {
                    "name": "endpoints",
                    "domains": ["*"],
                    "routes": [*(_page(page, settings) for page in PAGES), *(_deployment(item) for item in ordered)],
                    "request_headers_to_remove": list(_KEPT_FROM_MODELS),
                    "response_headers_to_remove": ["server"],
                }
            ],
        },
    )


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
        "typed_per_filter_config": {_RBAC: _allow([_permission(item)], [_principal(item)] if item.callers else [])},
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
    return {"sourced_metadata": {"metadata_matcher": {"filter": _JWT, "path": [{"key": "jwt"}, {"key": name}], "value": value}}}


def _page(page: Page, settings: GatewaySettings) -> Json:
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
        "direct_response": {"status": 200, "body": {"filename": f"{settings.swagger_dir}/{page.file}"}},
        "response_headers_to_add": [
            {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            for key, value in headers.items()
        ],
        "typed_per_filter_config": {
            _JWT: {"@type": _HTTP + "jwt_authn.v3.PerRouteConfig", "disabled": True},
            _RBAC: _allow([_header(":method", "GET")], [{"any": True}]),
        },
    }


def _allow(permissions: list[Json], principals: list[Json]) -> Json:
    """A route's own rule; without principals it allows nobody."""
    policies = {"callers": {"permissions": permissions, "principals": principals}} if principals else {}
    return {"@type": _HTTP + "rbac.v3.RBACPerRoute", "rbac": {"rules": {"action": "ALLOW", "policies": policies}}}


# --- model servers ---------------------------------------------------------------------------------------------------------


def _cluster(upstream: Upstream) -> Json:
    protocol = {
        "explicit_http_config": {"http_protocol_options": {}},
        "common_http_protocol_options": {"idle_timeout": _UPSTREAM_IDLE},
    }
    endpoint = {"endpoint": {"address": {"pipe": {"path": upstream.socket}}}}
    return _typed(
        "config.cluster.v3.Cluster",
        {
            "name": upstream.cluster,
            "type": "STATIC",
            "connect_timeout": "1s",
            "circuit_breakers": {"thresholds": [{"max_retries": 1000}]},
            "typed_extension_protocol_options": {
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": _typed(
                    "extensions.upstreams.http.v3.HttpProtocolOptions", protocol
                )
            },
            "load_assignment": {"cluster_name": upstream.cluster, "endpoints": [{"lb_endpoints": [endpoint]}]},
        },
    )


# --- parts ---------------------------------------------------------------------------------------------------------------------


def _config_source(files: GatewayFiles, kind: str) -> Json:
    watched = {"path": files.path(kind), "watched_directory": {"path": files.folder(kind)}}
    return {"path_config_source": watched, "resource_api_version": "V3"}


def _connection_limit() -> Json:
    monitor = "envoy.resource_monitors.global_downstream_max_connections"
    kind = _TYPES + "extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"
    return {"resource_monitors": [{"name": monitor, "typed_config": {"@type": kind, "max_active_downstream_connections": 4096}}]}


def _typed(kind: str, body: Json) -> Json:
    return {"@type": _TYPES + kind, **body}


def _untyped(body: Json) -> Json:
    return {key: value for key, value in body.items() if key != "@type"}


def _filter(name: str, kind: str, body: Json) -> Json:
    return {"name": name, "typed_config": {"@type": kind, **body}}


def _header(name: str, value: str) -> Json:
    return {"header": {"name": name, "string_match": {"exact": value}}}


def _all_of(parts: list[Json], key: str, inner: str) -> Json:
    return {key: {inner: parts}}
