"""Envoy's documents for the gateway of one machine: who may call which deployment, by which exact paths, and nothing else.

Everything is denied unless a deployment's route allows it (see :mod:`seldon_nb.render.envoy_routes`).  Plain JSON out; same input, same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from seldon_nb.domain.canonical import digest_of, short
from seldon_nb.render.envoy_routes import (
    CONTENT_SECURITY_POLICY,
    METADATA,
    PAGES,
    ROUTE_CONFIG,
    Page,
    Route,
    allowed_paths,
    prefix,
    route_configuration,
)
from seldon_nb.render.envoy_types import FILTERS, JWT, RBAC, TYPES, Json, typed, untyped

__all__ = [
    "CONTENT_SECURITY_POLICY",
    "PAGES",
    "ROUTE_CONFIG",
    "STAT_PREFIX",
    "GatewayFiles",
    "GatewaySettings",
    "Json",
    "Page",
    "Route",
    "Upstream",
    "allowed_paths",
    "bootstrap",
    "clusters",
    "listeners",
    "prefix",
    "routes",
    "static_rendering",
    "to_bytes",
]

ADMIN_SOCKET_MODE = 0o600
LISTENER = "gateway"
STAT_PREFIX = "gateway"

# A model server closes a quiet connection after 5 s; Envoy lets go first, so that no request is sent into a closing one.
_UPSTREAM_IDLE = "3s"
_BUFFER = "envoy.filters.http.buffer"
_ROUTER = "envoy.filters.http.router"


@dataclass(frozen=True, slots=True)
class Upstream:
    """A model server: the cluster's name, and the Unix socket that it listens on."""

    cluster: str
    socket: str


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
    return discovery([route_configuration(items, settings.swagger_dir)])


def static_rendering(
    settings: GatewaySettings, upstreams: Iterable[Upstream], items: Iterable[Route], *, admin_socket: str
) -> Json:
    """The same documents as one static configuration: ``envoy --mode validate`` does not look into watched files."""
    inline = {"route_config": untyped(route_configuration(items, settings.swagger_dir))}
    return {
        "node": {"id": "here", "cluster": "seldon-nb"},
        "admin": {"address": {"pipe": {"path": admin_socket, "mode": ADMIN_SOCKET_MODE}}},
        "static_resources": {
            "listeners": [untyped(_listener(settings, inline))],
            "clusters": [untyped(resource) for resource in clusters(upstreams)["resources"]],
        },
        "overload_manager": _connection_limit(),
    }


def discovery(resources: list[Json]) -> Json:
    """A discovery answer; its version is the digest of what it holds, so that an unchanged document is seen to be unchanged."""
    return {"version_info": short(digest_of(resources)), "resources": resources}


def to_bytes(document: Json) -> bytes:
    """A document as a file: indented JSON with sorted keys and a final newline."""
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


# --- the listener ----------------------------------------------------------------------------------------------------------


def _listener(settings: GatewaySettings, route_source: Json) -> Json:
    manager = typed(
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", _manager(settings, route_source)
    )
    return typed(
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
            JWT,
            FILTERS + "jwt_authn.v3.JwtAuthentication",
            {
                "providers": {"here": provider},
                "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "here"}}],
            },
        ),
        _filter(RBAC, FILTERS + "rbac.v3.RBAC", {"rules": {"action": "ALLOW", "policies": {}}}),
        _filter(_BUFFER, FILTERS + "buffer.v3.Buffer", {"max_request_bytes": settings.max_request_bytes}),
        _filter(_ROUTER, FILTERS + "router.v3.Router", {"suppress_envoy_headers": True}),
    ]


def _forget_forged_headers() -> Json:
    """Headers by which a caller could claim another path, another address or another time-out; gone before anything reads them."""
    prefixes = ("x-envoy-", "x-forwarded-", "x-original-", "x-rewrite-")
    mutations: list[Json] = [{"remove_on_match": {"key_matcher": {"prefix": item}}} for item in prefixes]
    mutations.append({"remove": "forwarded"})
    return {
        "name": "envoy.http.early_header_mutation.header_mutation",
        "typed_config": {
            "@type": TYPES + "extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
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
        "sub": f"%DYNAMIC_METADATA({JWT}:jwt:sub)%",
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
            "@type": TYPES + "extensions.access_loggers.file.v3.FileAccessLog",
            "path": path,
            "log_format": {"json_format": line},
        },
    }


# --- model servers ---------------------------------------------------------------------------------------------------------


def _cluster(upstream: Upstream) -> Json:
    protocol = {
        "explicit_http_config": {"http_protocol_options": {}},
        "common_http_protocol_options": {"idle_timeout": _UPSTREAM_IDLE},
    }
    endpoint = {"endpoint": {"address": {"pipe": {"path": upstream.socket}}}}
    return typed(
        "config.cluster.v3.Cluster",
        {
            "name": upstream.cluster,
            "type": "STATIC",
            "connect_timeout": "1s",
            "circuit_breakers": {"thresholds": [{"max_retries": 1000}]},
            "typed_extension_protocol_options": {
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
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
    kind = TYPES + "extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"
    return {"resource_monitors": [{"name": monitor, "typed_config": {"@type": kind, "max_active_downstream_connections": 4096}}]}


def _filter(name: str, kind: str, body: Json) -> Json:
    return {"name": name, "typed_config": {"@type": kind, **body}}
