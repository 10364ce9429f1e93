"""What the gateway is told, before any gateway reads it."""

from __future__ import annotations

import json
import re

import pytest

from seldon_nb.domain.deployment import Target
from seldon_nb.render import envoy
from seldon_nb.render.envoy import GatewayFiles, GatewaySettings, Route, Upstream

SETTINGS = GatewaySettings(
    port=8080,
    issuer="seldon-nb:here:0123",
    jwks_path="/home/keys/jwks.json",
    access_log_path="/home/access.log",
    max_request_bytes=1024,
    swagger_dir="/home/pages",
)


def route(name="fraud", *, node=None, callers=("you",), paused=False, namespace="dev"):
    target = Target(namespace, name)
    return Route(target, node or name, callers, f"aud:{target}", "slot-1", 60, paused)


def rendered(*routes):
    return envoy.routes(routes, SETTINGS)["resources"][0]["virtual_hosts"][0]


def deployments(*routes):
    return rendered(*routes)["routes"][len(envoy.PAGES) :]


def test_the_same_deployments_give_the_same_bytes_in_any_order():
    a, b = route("a"), route("b", callers=("you", "colleague"))
    again = route("b", callers=("colleague", "you"))
    assert envoy.to_bytes(envoy.routes([a, b], SETTINGS)) == envoy.to_bytes(envoy.routes([again, a], SETTINGS))
    one, two = Upstream("slot-1", "/run/1"), Upstream("slot-2", "/run/2")
    assert envoy.clusters([one, two]) == envoy.clusters([two, one])


def test_the_version_changes_with_what_is_said_and_only_then():
    versions = {
        envoy.routes([item], SETTINGS)["version_info"] for item in (route(), route(), route(paused=True), route(callers=()))
    }
    assert len(versions) == 3


def test_two_routes_to_one_deployment_are_refused():
    with pytest.raises(ValueError, match="one route per deployment"):
        envoy.routes([route(), route()], SETTINGS)


@pytest.mark.parametrize("path", [path for _, path in envoy.allowed_paths("m")])
def test_the_whitelist_is_matched_and_rewritten_to_the_servers_own_path(path):
    item = deployments(route(node="m"))[0]
    asked = f"/seldon/dev/fraud{path}"
    assert re.fullmatch(item["match"]["safe_regex"]["regex"], asked)
    rewrite = item["route"]["regex_rewrite"]
    assert re.sub(rewrite["pattern"]["regex"], rewrite["substitution"], asked) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/v2",
        "/v2/models",
        "/v2/models/other/infer",
        "/v2/models/m/infer/",
        "/v2/models/m/infer_stream",
        "/v2/models/m/versions/1/infer",
        "/v2/models/m/docs",
        "/v2/models/m/docs/dataplaneXjson",
        "/v2/repository/index",
        "/v2/repository/models/m/unload",
        "/v2/health/live/x",
        "/v2/docs",
        "/metrics",
        "/invocations",
        "/v2/models/m/infer\n",
    ],
)
def test_nothing_else_is_matched(path):
    assert not re.fullmatch(deployments(route(node="m"))[0]["match"]["safe_regex"]["regex"], f"/seldon/dev/fraud{path}")


def test_a_name_that_begins_like_another_is_another():
    item = deployments(route("fraud"))[0]
    assert not re.fullmatch(item["match"]["safe_regex"]["regex"], "/seldon/dev/fraud-2/v2/models/fraud/ready")
    assert not re.fullmatch(item["match"]["safe_regex"]["regex"], "/seldon/dev-2/fraud/v2/models/fraud/ready")


def test_nobody_may_call_what_names_nobody():
    rules = deployments(route(callers=()))[0]["typed_per_filter_config"]["envoy.filters.http.rbac"]["rbac"]["rules"]
    assert rules == {"action": "ALLOW", "policies": {}}


def test_every_route_has_a_rule_of_its_own():
    for item in rendered(route("a"), route("b", paused=True), route("c", callers=()))["routes"]:
        rule = item["typed_per_filter_config"]["envoy.filters.http.rbac"]
        assert rule["rbac"]["rules"]["action"] == "ALLOW"  # a rule without content would switch the filter off


def test_only_the_pages_need_no_token():
    for item in rendered(route("a"), route("b", paused=True))["routes"]:
        free = "envoy.filters.http.jwt_authn" in item["typed_per_filter_config"]
        assert free == (item["match"].get("path", "") in {page.path for page in envoy.PAGES})


def test_a_paused_deployment_keeps_its_rule_and_loses_its_server():
    item = deployments(route(paused=True))[0]
    assert item["direct_response"]["status"] == 503
    assert "route" not in item
    assert item["typed_per_filter_config"] == deployments(route())[0]["typed_per_filter_config"]


def test_no_document_holds_a_private_key_or_listens_beyond_this_machine():
    files = GatewayFiles("/home/xds", "/run/gateway.sock")
    upstreams = [Upstream("slot-1", "/run/slot-1.sock")]
    static = envoy.static_rendering(SETTINGS, upstreams, [route()], admin_socket=files.admin_socket)
    for document in (envoy.bootstrap(files), envoy.listeners(SETTINGS, files), static):
        text = json.dumps(document)
        assert "PRIVATE" not in text
        assert set(re.findall(r'"address": "([^"]+)"', text)) <= {"127.0.0.1"}
        assert "0.0.0.0" not in text
    assert envoy.bootstrap(files)["admin"]["address"]["pipe"]["mode"] == 0o600


def test_the_static_rendering_says_the_same_as_the_watched_files():
    files = GatewayFiles("/home/xds", "/run/gateway.sock")
    upstreams, routes = [Upstream("slot-1", "/run/slot-1.sock")], [route()]
    static = envoy.static_rendering(SETTINGS, upstreams, routes, admin_socket=files.admin_socket)
    watched = envoy.listeners(SETTINGS, files)["resources"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    written = static["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    assert {key: value for key, value in written.items() if key != "route_config"} == {
        key: value for key, value in watched.items() if key != "rds"
    }
    expected = envoy.routes(routes, SETTINGS)["resources"][0]
    assert written["route_config"] == {key: value for key, value in expected.items() if key != "@type"}
    assert [item["name"] for item in static["static_resources"]["clusters"]] == ["slot-1"]
