"""The gateway while it runs: its log, its changes, its page, and the way of our own questions."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import signal
import stat
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.here import swagger
from seldon_nb.here.endpoint import HttpEndpoint
from seldon_nb.here.gateway import Gateway
from seldon_nb.here.home import Home
from seldon_nb.here.identity import SigningKey, audience, identity
from seldon_nb.render.envoy import CONTENT_SECURITY_POLICY, Route, Upstream
from tests.here.gateway_place import (
    CHURN,
    FRAUD,
    INFER,
    PAYLOAD,
    ROAD,
    Place,
    asked,
    endpoint,
    free_port,
)

# --- the log -------------------------------------------------------------------------------------------------------------------


def test_the_log_tells_who_asked_what_and_never_what_was_in_it(place):
    _, offset = place.gateway.calls(0)
    time.sleep(0.7)  # what was asked before is written
    _, offset = place.gateway.calls(offset)
    token = place.bearer("colleague")
    asked(place, "POST", endpoint(), token, body=PAYLOAD)
    asked(place, "POST", endpoint(INFER + "?secret=hunter2"), token, body=PAYLOAD)
    asked(place, "POST", endpoint(), None, body=PAYLOAD)
    asked(place, "GET", "/nowhere/" + "x" * 500, token)
    records = place.logged(offset, 4)
    good, query, unknown, nowhere = records
    assert (good["sub"], good["namespace"], good["deployment"], good["code"]) == ("colleague", "dev", "fraud", 200)
    assert (good["method"], good["path"], good["bytes_in"]) == ("POST", INFER, len(PAYLOAD))
    assert good["details"] == "via_upstream"
    assert good["request_id"] == place.one.seen[0][2]["x-request-id"]
    assert (query["code"], query["path"]) == (403, ROAD)
    assert (unknown["code"], unknown["sub"]) == (401, None)
    assert "Jwt_is_missing" in str(unknown["details"])
    assert (nowhere["code"], nowhere["deployment"], len(str(nowhere["path"]))) == (403, None, 200)
    everything = b"".join(path.read_bytes() for path in place.home.gateway.rglob("*") if path.is_file())
    for secret in (token.encode(), token.split(".")[2].encode(), b"canary-9f3a", b"hunter2", b"Bearer ey"):
        assert secret not in everything


def test_the_admin_interface_and_the_key_are_the_owners_only(place):
    for path in (place.home.run / "gateway.sock", place.home.keys / "signing.pem", place.home.gateway / "bootstrap.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.home.root.stat().st_mode) == 0o700
    assert b"PRIVATE" not in (place.home.keys / "jwks.json").read_bytes()


def line(number: int) -> bytes:
    return json.dumps({"n": number}).encode() + b"\n"


def test_the_log_is_read_on_where_it_was_left(tmp_path):
    gateway = Gateway(Home(tmp_path).prepare())
    log = tmp_path / "gateway" / "access.log"
    assert gateway.calls(0) == ([], 0)
    log.write_bytes(line(1) + line(2)[:4])
    records, offset = gateway.calls(0)
    assert [item["n"] for item in records] == [1]
    assert gateway.calls(offset) == ([], offset)
    log.write_bytes(line(1) + line(2) + b"not json\n" + line(3))
    records, offset = gateway.calls(offset)
    assert [item["n"] for item in records] == [2, 3]


def test_no_call_is_lost_when_the_log_is_rotated(tmp_path):
    gateway = Gateway(Home(tmp_path).prepare())
    log = tmp_path / "gateway" / "access.log"
    log.write_bytes(line(1) + line(2))
    _, offset = gateway.calls(0)
    with log.open("ab") as file:
        file.write(line(3))
    assert not gateway.rotate(max_bytes=1000)
    assert gateway.rotate(max_bytes=1)
    assert not gateway.rotate(max_bytes=1)
    log.write_bytes(line(4))
    records, offset = gateway.calls(offset)
    assert [item["n"] for item in records] == [3, 4]
    assert gateway.rotate(max_bytes=1)
    log.write_bytes(line(5))
    records, offset = gateway.calls(offset)
    assert [item["n"] for item in records] == [5]
    assert len(list(log.parent.glob("access.*log"))) == 2


def test_a_running_gateway_goes_on_in_a_new_log(own):
    asked(own, "POST", endpoint(), own.bearer(), body=PAYLOAD)
    assert own.logged(0, 1)
    _, offset = own.gateway.calls(0)
    assert own.gateway.rotate(max_bytes=1)
    asked(own, "POST", endpoint(), own.bearer("colleague"), body=PAYLOAD)
    assert [item["sub"] for item in own.logged(offset, 1)] == ["colleague"]


# --- changes while it runs ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def load(place: Place, threads: int = 4):
    """Callers that never pause; yields the statuses that they saw."""
    stop = threading.Event()
    seen: list[object] = []

    def caller() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", place.gateway.port, timeout=10)
        headers = {"Authorization": f"Bearer {place.bearer()}"}
        try:
            while not stop.is_set():
                try:
                    connection.request("POST", ROAD, body=PAYLOAD, headers=headers)
                    response = connection.getresponse()
                    response.read()
                    seen.append(response.status)
                except OSError as error:
                    seen.append(repr(error))
                    connection.close()
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        callers = [pool.submit(caller) for _ in range(threads)]
        try:
            yield seen
        finally:
            stop.set()
    for item in callers:
        item.result()


def test_changes_under_load_lose_no_request(place):
    with load(place) as seen:
        for number in range(24):
            # only the server in use is named: the other one comes and goes
            cluster = ("one", "two")[number % 2]
            upstream = [item for item in place.upstreams() if item.cluster in (cluster, "two")]
            place.gateway.publish(upstream, [place.route(cluster=cluster), place.route(CHURN, cluster="two")])
            time.sleep(0.02)
    assert len(seen) > 100
    assert set(seen) == {200}
    assert place.one.seen
    assert place.two.seen


def test_a_change_holds_when_publish_returns(place):
    connection = http.client.HTTPConnection("127.0.0.1", place.gateway.port, timeout=10)
    headers = {"Authorization": f"Bearer {place.bearer()}"}
    for number in range(40):
        paused = number % 2 == 0
        place.publish(paused=paused)
        connection.request("POST", ROAD, body=PAYLOAD, headers=headers)
        response = connection.getresponse()
        body = response.read()
        assert response.status == (503 if paused else 200)
        assert b"error" in body or not paused
    connection.close()


def test_a_paused_deployment_still_refuses_others(place):
    place.publish(paused=True)
    assert asked(place, "POST", endpoint(), place.bearer("stranger"))[0] == 403
    assert asked(place, "POST", endpoint(), None)[0] == 401
    assert asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD)[0] == 503
    assert not place.one.seen


def test_a_request_on_its_way_outlives_the_change(place):
    place.one.delay_s = 0.6
    try:
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(asked, place, "POST", endpoint(), place.bearer(), body=PAYLOAD)
            while not place.one.seen:
                time.sleep(0.005)
            two = [item for item in place.upstreams() if item.cluster == "two"]
            place.gateway.publish(two, [place.route(cluster="two")])
            place.gateway.publish(two, [place.route(cluster="two", timeout_s=11)])
            assert running.result()[0] == 200
    finally:
        place.one.delay_s = 0.0


def test_callers_change_at_once(place):
    assert asked(place, "GET", endpoint("/v2/models/fraud"), place.bearer("auditor"))[0] == 403
    route = Route(FRAUD, "fraud", ("auditor",), audience(FRAUD), "one", 10)
    place.gateway.publish(place.upstreams(), [route])
    assert asked(place, "GET", endpoint("/v2/models/fraud"), place.bearer("auditor"))[0] == 200
    assert asked(place, "GET", endpoint("/v2/models/fraud"), place.bearer("you"))[0] == 403
    place.gateway.publish(place.upstreams(), [])
    assert asked(place, "GET", endpoint("/v2/models/fraud"), place.bearer("auditor"))[0] == 403


@pytest.mark.parametrize("broken", ["cluster", "route"])
def test_what_envoy_refuses_changes_nothing(place, broken):
    files = [place.home.gateway / "xds" / kind / f"{kind}.json" for kind in ("cds", "rds")]
    former = [file.read_bytes() for file in files]
    upstreams = [Upstream("one", place.one.socket), Upstream("bad", "/" + "x" * 200 if broken == "cluster" else "/tmp/bad.sock")]
    route = place.route(cluster="bad", timeout_s=-1 if broken == "route" else 10)
    with pytest.raises(SeldonNbError) as caught:
        place.gateway.publish(upstreams, [route])
    assert caught.value.code_id == "SNB-513"
    assert caught.value.facts["reason"]
    assert [file.read_bytes() for file in files] == former
    assert asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD)[0] == 200
    place.publish(timeout_s=12)
    assert asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD)[0] == 200


def test_a_change_holds_as_soon_as_it_has_returned(place):
    for name in ("two", "one") * 10:
        place.publish(cluster=name)
        status, answer = asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD)
        assert (status, json.loads(answer.partition(b"\r\n\r\n")[2])) == (200, {"from": name})


def test_it_comes_back_with_what_it_knew(own):
    assert own.process is not None
    own.stop(signal.SIGKILL)
    own.publish(timeout_s=7)  # while it is down: the files wait for it
    own.start()
    assert asked(own, "POST", endpoint(), own.bearer(), body=PAYLOAD)[0] == 200
    own.stop()
    own.gateway.prepare(own.gateway.port)
    own.start()
    assert asked(own, "POST", endpoint(), own.bearer(), body=PAYLOAD)[0] == 200
    own.stop()
    (own.home.gateway / "xds" / "rds" / "rds.json").write_bytes(b'{"version_info": "half')
    own.gateway.prepare(own.gateway.port)
    own.start()
    assert asked(own, "POST", endpoint(), own.bearer(), body=PAYLOAD)[0] == 403
    own.publish()
    assert asked(own, "POST", endpoint(), own.bearer(), body=PAYLOAD)[0] == 200


@pytest.mark.timeout(60)
def test_a_taken_port_is_said_and_not_waited_for(shared, tmp_path):
    home = Home(tmp_path).prepare()
    gateway = Gateway(home)
    gateway.prepare(shared.gateway.port)
    process = subprocess.Popen(gateway.argv(), stderr=subprocess.DEVNULL)
    try:
        with pytest.raises(SeldonNbError) as caught:
            gateway.ready(3600.0)
        assert caught.value.code_id == "SNB-513"
        assert "address" in str(caught.value.facts["reason"]).lower()
    finally:
        process.terminate()
        process.wait(10)


def test_a_gateway_that_is_not_there_is_not_ready(tmp_path):
    gateway = Gateway(Home(tmp_path).prepare())
    with pytest.raises(SeldonNbError) as caught:
        gateway.ready(0.1)
    assert caught.value.code_id == "SNB-516"
    gateway.prepare(free_port())
    assert not gateway.ready(0.1)


# --- the page ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "media_type", "holds"),
    [
        ("/docs", "text/html", b"docs/swagger-ui-bundle.js"),
        ("/docs/docs.js", "text/javascript", b"replaceState"),
        ("/docs/docs.css", "text/css", b"header"),
        ("/docs/swagger-ui-bundle.js", "text/javascript", b"SwaggerUIBundle"),
        ("/docs/swagger-ui.css", "text/css", b".swagger-ui"),
    ],
)
def test_the_page_is_public_and_strict(place, path, media_type, holds):
    status, answer = asked(place, "GET", path, None)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status == 200
    assert holds in body
    assert f"content-type: {media_type}; charset=utf-8".encode() in head
    assert f"content-security-policy: {CONTENT_SECURITY_POLICY}".encode() in head
    assert b"referrer-policy: no-referrer" in head
    assert b"nosniff" in head
    for method in ("POST", "HEAD", "DELETE"):
        assert asked(place, method, path, None)[0] == 403
    assert asked(place, "GET", path + "/", None)[0] == 401
    assert not place.one.seen


def test_the_page_names_nothing_outside(place):
    for name in ("docs.html", "docs.js", "docs.css"):
        text = (place.home.gateway / "pages" / name).read_text(encoding="utf-8")
        assert "http://" not in text
        assert "https://" not in text
        assert "localStorage" not in text
    assert "<script>" not in (place.home.gateway / "pages" / "docs.html").read_text(encoding="utf-8")


def test_a_link_to_the_page_keeps_the_token_in_the_fragment(place):
    token = place.access().token(FRAUD)
    base = f"http://127.0.0.1:{place.gateway.port}"
    assert swagger.link(base, FRAUD, "fraud", token) == f"{base}/docs#dev/fraud/{token.reveal()}"
    assert swagger.link(base, FRAUD, "other", token) == f"{base}/docs#dev/fraud/other/{token.reveal()}"


# --- the way of our own questions --------------------------------------------------------------------------------------------------


def test_our_own_questions_take_the_same_way(place):
    endpoint = HttpEndpoint(lambda: place.gateway.port)
    assert endpoint.url(FRAUD) == f"http://127.0.0.1:{place.gateway.port}/seldon/dev/fraud"
    answer = endpoint.ask(FRAUD, INFER, PAYLOAD, place.access().token(FRAUD), timeout_s=5)
    assert (answer.status, answer.media_type, json.loads(answer.body)) == (200, "application/json", {"from": "one"})
    assert answer.seconds > 0
    assert place.one.seen[0][2]["accept-encoding"] == "identity"
    assert endpoint.ask(FRAUD, "/v2/models/fraud/ready", None, None, timeout_s=5).status == 401
    refused = endpoint.ask(FRAUD, INFER, PAYLOAD, place.access().token_for_probe(identity("stranger"), FRAUD), timeout_s=5)
    assert refused.status == 403
    with ThreadPoolExecutor(8) as pool:
        token = place.access().token(FRAUD)
        statuses = pool.map(lambda _: endpoint.ask(FRAUD, INFER, PAYLOAD, token, timeout_s=5).status, range(100))
        assert set(statuses) == {200}
    endpoint.close()


def test_our_own_questions_end_with_a_code(place):
    endpoint = HttpEndpoint(lambda: place.gateway.port, max_answer_bytes=4)
    token = place.access().token(FRAUD)
    with pytest.raises(SeldonNbError) as long:
        endpoint.ask(FRAUD, INFER, PAYLOAD, token, timeout_s=5)
    assert long.value.code_id == "SNB-325"
    place.one.delay_s = 0.5
    try:
        with pytest.raises(SeldonNbError) as slow:
            endpoint.ask(FRAUD, INFER, PAYLOAD, token, timeout_s=0.1)
    finally:
        place.one.delay_s = 0.0
    assert slow.value.code_id == "SNB-307"
    endpoint.close()
    nobody = HttpEndpoint(free_port)
    with pytest.raises(SeldonNbError) as gone:
        nobody.ask(FRAUD, INFER, PAYLOAD, token, timeout_s=5)
    assert gone.value.code_id == "SNB-302"
    assert token.reveal() not in f"{gone.value} {gone.value.facts}"
    nobody.close()


def test_no_proxy_of_the_environment_is_used(place, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    endpoint = HttpEndpoint(lambda: place.gateway.port)
    assert endpoint.ask(FRAUD, INFER, PAYLOAD, place.access().token(FRAUD), timeout_s=5).status == 200
    endpoint.close()


def test_two_starts_make_one_key(tmp_path):
    home = Home(tmp_path).prepare()
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: json.dumps(SigningKey(home).public()), range(8)))
    assert len(set(keys)) == 1
    assert not list(home.keys.glob(".signing*"))
