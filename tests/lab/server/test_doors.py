"""Who is let in: every route, every way in which a request can be somebody else's."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from http.cookies import SimpleCookie
from typing import ClassVar

import pytest
from jupyter_server.auth import AllowAllAuthorizer
from tornado import web
from tornado.httpclient import HTTPRequest

from seldon_nb.lab.handler import HEADER, NAME, ROOT, Nothing, Resource
from seldon_nb.lab.routes import routes

FOREIGN = "https://elsewhere.example"


def doors() -> list[tuple[str, str, type[Resource]]]:
    """(method, a path, the class) of every route."""
    found = []
    for pattern, resource in routes():
        path = pattern.removeprefix(ROOT).replace(NAME, "x").replace("?(.*)", "nothing/at/all")
        assert re.fullmatch(r"[a-z0-9/-]+", path), path
        for method in ("GET", "POST", "DELETE"):
            if getattr(resource, method.lower()) is not web.RequestHandler._unimplemented_method:
                found.append((method, path, resource))
    return found


DOORS = doors()


class Nobody(AllowAllAuthorizer):
    """Refuses everything of ours, and remembers what it was asked."""

    seen: ClassVar[list[tuple[str, str]]] = []

    def is_authorized(self, handler, user, action, resource):
        if str(resource).startswith("seldon_nb"):
            self.seen.append((action, resource))
            return False
        return True


class OnlyStatus(AllowAllAuthorizer):
    """Lets one resource be read."""

    def is_authorized(self, handler, user, action, resource):
        return (action, resource) == ("read", "seldon_nb:status") or not str(resource).startswith("seldon_nb")


@pytest.fixture
def server_config():
    """What an administrator settled for the server itself; a test may replace it."""
    return {}


@pytest.fixture
def jp_server_config(jp_server_config, server_config):
    jp_server_config["ServerApp"].update(server_config)
    return jp_server_config


@pytest.fixture
def cookies(jp_serverapp, http_server_client, jp_auth_header, jp_base_url):
    """What a browser that signed in has: the session's cookie and the secret that goes with it."""

    async def sign_in():
        jar = SimpleCookie()
        for headers in ({}, jp_auth_header):  # the page to sign in, then signing in
            request = HTTPRequest(http_server_client.get_url(f"{jp_base_url}login"), headers=headers, follow_redirects=False)
            answer = await super(type(http_server_client), http_server_client).fetch(request, raise_error=False)
            for line in answer.headers.get_list("Set-Cookie"):
                jar.load(line)
        return {name: morsel.value for name, morsel in jar.items()}

    return sign_in


def test_every_route_is_looked_at():
    assert len(DOORS) >= 15
    assert {resource.auth_resource for _, _, resource in DOORS if resource is not Nothing} >= {
        f"seldon_nb:{name}" for name in ("status", "places", "deployments", "models", "plans", "applies", "history", "schedules")
    }


async def test_a_stranger_is_refused_at_every_door(ask):
    for method, path, _ in DOORS:
        reply = await ask(method, path, headers={"Authorization": None})
        assert (reply.status, reply.body["code"]) == (403, "SNB-410"), (method, path)


async def test_a_request_without_our_header_is_refused_at_every_door(ask):
    for method, path, _ in DOORS:
        for value in (None, "0", "true"):
            reply = await ask(method, path, headers={HEADER: value})
            assert (reply.status, reply.body["code"]) == (403, "SNB-413"), (method, path)


async def test_another_site_is_refused_at_every_door(ask):
    for method, path, _ in DOORS:
        for headers in (
            {"Origin": FOREIGN},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            reply = await ask(method, path, headers=headers)
            assert (reply.status, reply.body["code"]) == (403, "SNB-412"), (method, path, headers)
            assert not [name for name in reply.headers if name.lower().startswith("access-control")]


async def test_what_is_not_json_is_refused_at_every_door_that_changes_something(ask):
    for method, path, _ in DOORS:
        if method == "GET":
            continue
        for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
            reply = await ask(method, path, headers={"Content-Type": media_type}, raw="{}")
            assert (reply.status, reply.body["code"]) == (415, "SNB-713"), (method, path, media_type)


async def test_broken_json_is_a_problem_at_every_door_that_reads_it(ask):
    for method, path, _ in DOORS:
        if method != "POST":
            continue
        reply = await ask(method, path, raw='{"secret": 4111')
        assert 400 <= reply.status < 500, (method, path)
        assert "4111" not in reply.text
        assert "Traceback" not in reply.text


async def test_a_browser_needs_the_secret_of_its_session_to_change_anything(ask, cookies):
    jar = await cookies()
    cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
    signed_in = {"Authorization": None, "Cookie": cookie}
    assert (await ask("GET", "status", headers=signed_in)).status == 200
    for method, path, _ in DOORS:
        if method == "GET":
            continue
        without = await ask(method, path, headers=signed_in)
        assert (without.status, without.body["code"]) == (403, "SNB-413"), (method, path)
        wrong = await ask(method, path, headers={**signed_in, "X-XSRFToken": "2|00000000|00|0"})
        assert (wrong.status, wrong.body["code"]) == (403, "SNB-413"), (method, path)
    right = await ask("POST", "plans", {}, headers={**signed_in, "X-XSRFToken": jar["_xsrf"]})
    assert right.body["code"] == "SNB-711"


async def test_nobody_is_told_that_a_foreign_page_may_ask(ask):
    for method in ("OPTIONS", "HEAD", "PUT", "PATCH"):
        reply = await ask(method, "status", headers={"Origin": FOREIGN, "Access-Control-Request-Headers": "authorization"})
        assert (reply.status, reply.body.get("code", "SNB-710")) == (404, "SNB-710")
        assert not [name for name in reply.headers if name.lower().startswith("access-control")]


async def test_answers_are_kept_nowhere_and_run_nowhere(ask):
    for path in ("status", "nothing"):
        headers = (await ask("GET", path)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Type"] == "application/json"


async def test_looking_does_not_keep_a_server_alive_and_acting_does(ask, jp_serverapp):
    await ask("GET", "status")
    assert "api_last_activity" not in jp_serverapp.web_app.settings
    await ask("POST", "plans", {})
    assert "api_last_activity" in jp_serverapp.web_app.settings


async def test_log_lines_hold_neither_queries_nor_bodies(ask, caplog):
    caplog.set_level(logging.DEBUG)
    await ask("GET", "history?filter=hunter2")
    await ask("POST", "plans", {"ref": "hunter2", "place": "hunter2", "to": "hunter2"})
    await ask("POST", "plans", raw='{"ref": "hunter2"')
    assert "seldon-nb/plans" in caplog.text
    assert "hunter2" not in caplog.text


class TestTooLarge:
    @pytest.fixture
    def extension_config(self):
        return {"request_limit_bytes": 2048}

    async def test_a_request_that_is_too_large_is_refused_at_every_door(self, ask):
        for method, path, _ in DOORS:
            if method == "GET":
                continue
            reply = await ask(method, path, raw='"' + "x" * 5000 + '"')
            assert (reply.status, reply.body["code"]) == (413, "SNB-712"), (method, path)
        assert (await ask("GET", "status")).status == 200

    async def test_also_one_that_does_not_say_how_large_it_is(
        self, jp_serverapp, http_server_client, jp_auth_header, jp_base_url
    ):
        async def produce(write):
            for _ in range(5):
                await write(b"x" * 1000)

        request = HTTPRequest(
            http_server_client.get_url(f"{jp_base_url}seldon-nb/plans"),
            method="POST",
            headers={HEADER: "1", "Content-Type": "application/json", **jp_auth_header},
            body_producer=produce,
        )
        answer = await super(type(http_server_client), http_server_client).fetch(request, raise_error=False)
        assert answer.code == 413
        assert b"SNB-712" in answer.body


class TestUnauthorised:
    @pytest.fixture
    def server_config(self):
        return {"authorizer_class": Nobody}

    async def test_every_door_asks_about_its_own_resource(self, ask):
        Nobody.seen.clear()
        for method, path, resource in DOORS:
            Nobody.seen.clear()
            reply = await ask(method, path)
            assert (reply.status, reply.body["code"]) == (403, "SNB-411"), (method, path)
            usual = "read" if method == "GET" else "write"
            assert Nobody.seen == [(resource.actions.get(method, usual), resource.auth_resource)], (method, path)


class TestTwoResources:
    @pytest.fixture
    def server_config(self):
        return {"authorizer_class": OnlyStatus}

    @pytest.mark.parametrize("order", [("status", "models", "status"), ("models", "status", "models")])
    async def test_what_was_asked_first_does_not_decide_about_the_second(self, ask, order):
        for path in order:
            assert (await ask("GET", path)).status == (200 if path == "status" else 403), order


class TestLookingOnly:
    @pytest.fixture
    def extension_config(self):
        return {"allow_actions": False}

    async def test_what_changes_something_is_refused_and_the_rest_is_not(self, ask):
        for method, path, resource in DOORS:
            reply = await ask(method, path)
            refused = method in resource.changes
            assert (reply.body.get("code") == "SNB-415") == refused, (method, path)


class TestOpenServer:
    @pytest.fixture
    def server_config(self):
        return {"allow_origin": "*", "allow_credentials": True}

    async def test_another_site_is_refused_whatever_the_server_allows(self, ask):
        reply = await ask("GET", "status", headers={"Origin": FOREIGN})
        assert (reply.status, reply.body["code"]) == (403, "SNB-412")
        own = await ask("GET", "status")
        assert own.status == 200
        assert not [name for name in own.headers if name.lower().startswith("access-control")]


class TestWithoutSignIn:
    @pytest.fixture
    def server_config(self):
        return {"token": "", "disable_check_xsrf": True}

    async def test_our_header_and_the_origin_still_count(self, ask):
        assert (await ask("POST", "plans", {}, headers={"Authorization": None})).body["code"] == "SNB-711"
        assert (await ask("POST", "plans", {}, headers={"Authorization": None, HEADER: None})).body["code"] == "SNB-413"
        assert (await ask("POST", "plans", {}, headers={"Authorization": None, "Origin": FOREIGN})).body["code"] == "SNB-412"


class TestSignInEnforced:
    @pytest.fixture
    def server_config(self):
        return {"allow_unauthenticated_access": False}

    async def test_a_server_that_lets_nobody_in_finds_nothing_wrong_with_our_doors(self, ask):
        for method, path, _ in DOORS:  # that none of them is undecorated is a warning, and warnings are errors here
            reply = await ask(method, path, headers={"Authorization": None})
            assert (reply.status, reply.body["code"]) == (403, "SNB-410"), (method, path)
        assert (await ask("GET", "status")).status == 200


class TestTrustedOrigin:
    @pytest.fixture
    def extension_config(self):
        return {"trusted_origins": ["https://notebooks.example/"]}

    async def test_a_server_behind_a_proxy_answers_under_its_public_name_only(self, ask):
        assert (await ask("GET", "status", headers={"Origin": "https://notebooks.example"})).status == 200
        assert (await ask("GET", "status", headers={"Origin": "https://notebooks.example.evil"})).status == 403
        assert (await ask("GET", "status", headers={"Origin": "http://notebooks.example"})).status == 403


class TestProtected:
    @pytest.fixture(params=[{"allow_origin": "*"}, {"disable_check_xsrf": True}], ids=lambda config: next(iter(config)))
    def server_config(self, request):
        return request.param

    @pytest.fixture
    def extension_config(self):
        return {"classification": "protected-b"}

    async def test_a_server_that_is_open_answers_nothing_of_a_protected_workspace(self, ask, jp_logging_stream, jp_serverapp):
        for method, path, _ in DOORS:
            reply = await ask(method, path)
            assert (reply.status, reply.body["code"]) == (403, "SNB-414"), (method, path)
        assert next(iter(jp_serverapp.config["ServerApp"].keys() & {"allow_origin", "disable_check_xsrf"})) in reply.body["saw"]


class TestProtectedAndOverridden:
    @pytest.fixture
    def server_config(self):
        return {"allow_origin": "*"}

    @pytest.fixture
    def extension_config(self):
        return {"classification": "protected-b", "allow_open_server": True}

    async def test_an_administrator_can_say_that_the_door_is_closed_elsewhere(self, ask):
        reply = await ask("GET", "status")
        assert (reply.status, reply.body["level"]["protected"]) == (200, True)


async def test_many_languages_at_once_are_not_mixed_up(ask):
    languages = ["en", "fr", "fr-CA", "de"] * 6
    replies = await asyncio.gather(*(ask("GET", "status", headers={"X-Seldon-NB-Language": code}) for code in languages))
    assert [reply.body["language"] for reply in replies] == ["en", "fr", "fr", "en"] * 6
    assert {reply.body["level"]["badge"] for reply in replies} == {"UNCLASSIFIED", "NON CLASSIFIÉ"}


class TestSlow:
    @pytest.fixture
    def make_workspace(self, make_workspace):
        def make(settings):
            time.sleep(1.0)
            return make_workspace(settings)

        return make

    async def test_a_slow_place_holds_up_nobody_else_on_the_server(self, ask, jp_fetch):
        done = []

        async def mine():
            await ask("GET", "status")
            done.append("mine")

        async def another():
            await jp_fetch("api", "status")
            done.append("another")

        await asyncio.gather(mine(), another())
        assert done == ["another", "mine"]


class TestUnforeseen:
    @pytest.fixture
    def make_workspace(self):
        def make(settings):
            raise RuntimeError("row 4: 4111 1111 1111 1111")

        return make

    async def test_what_nobody_foresaw_is_told_by_type_and_place_only(self, ask, caplog):
        caplog.set_level(logging.DEBUG)
        for method, path in (("GET", "status"), ("GET", "models"), ("DELETE", "deployments/here/dev/x")):
            reply = await ask(method, path)
            assert (reply.status, reply.body["code"]) == (500, "SNB-900")
            assert "RuntimeError" in reply.body["saw"]
            assert "4111" not in reply.text
            assert "Traceback" not in reply.text
        assert "RuntimeError" in caplog.text
        assert "4111" not in caplog.text
