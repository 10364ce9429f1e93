"""Who is answered through the gateway, by which paths, and how much is taken."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from seldon_nb.domain.deployment import Target
from seldon_nb.here.home import Home
from seldon_nb.here.identity import SigningKey, audience
from seldon_nb.render.envoy import allowed_paths
from tests.here.gateway_place import (
    CHURN,
    FRAUD,
    INFER,
    LIMIT,
    PAYLOAD,
    ROAD,
    asked,
    endpoint,
    forged,
    raw,
    unsigned,
)

# --- who ---------------------------------------------------------------------------------------------------------------------


def test_a_listed_caller_is_answered(place):
    for who in ("you", "colleague"):
        status, answer = asked(place, "POST", endpoint(), place.bearer(who), body=PAYLOAD)
        assert status == 200, answer
    assert [(method, path, body) for method, path, _, body in place.one.seen] == [("POST", INFER, PAYLOAD)] * 2
    assert not place.two.seen


def test_every_path_of_the_whitelist_is_answered(place):
    for method, path in allowed_paths("fraud"):
        assert asked(place, method, endpoint(path), place.bearer(), body=PAYLOAD if method == "POST" else b"")[0] == 200
    assert [(method, path) for method, path, _, _ in place.one.seen] == list(allowed_paths("fraud"))


def other_key(place):
    other = Home(place.home.root / "other").prepare()
    return SigningKey(other)


REFUSED_TOKENS = {
    "none": (lambda place: None, 401),
    "empty": (lambda place: "", 401),
    "garbage": (lambda place: "garbage", 401),
    "three dots": (lambda place: "a.b.c", 401),
    "two tokens": (lambda place: f"{place.bearer()},{place.bearer()}", 401),
    "another key": (lambda place: forged(place, key=other_key(place)), 401),
    "a changed signature": (lambda place: forged(place)[:-6] + "AAAAAA", 401),
    "changed claims": (lambda place: ".".join([*unsigned(place).split(".")[:2], forged(place, sub="x").split(".")[2]]), 401),
    "expired": (lambda place: forged(place, exp=int(time.time()) - 5), 401),
    "not yet": (lambda place: forged(place, nbf=int(time.time()) + 600), 401),
    "no end": (lambda place: forged(place, exp=None), 401),
    "too long a life": (lambda place: forged(place, exp=int(time.time()) + 86_400), 401),
    "another issuer": (lambda place: forged(place, iss="seldon-nb:here:ffffffff"), 401),
    "no issuer": (lambda place: forged(place, iss=None), 401),
    "alg none": (unsigned, 401),
    "alg HS256": (lambda place: unsigned(place, "HS256"), 401),
    "another audience": (lambda place: forged(place, aud="somebody"), 403),
    "no audience": (lambda place: forged(place, aud=None), 403),
    "audience in other case": (lambda place: forged(place, aud=audience(FRAUD).upper()), 403),
    "audience that begins alike": (lambda place: forged(place, aud=audience(FRAUD) + "-2"), 403),
    "another deployment's token": (lambda place: place.bearer("you", CHURN), 403),
    "another namespace's token": (lambda place: place.bearer("you", Target("prod", "fraud")), 403),
    "stranger": (lambda place: place.bearer("stranger"), 403),
    "auditor": (lambda place: place.bearer("auditor"), 403),
    "nobody": (lambda place: forged(place, sub=None), 403),
    "subject in other case": (lambda place: forged(place, sub="You"), 403),
    "a list of subjects": (lambda place: forged(place, sub="you,colleague"), 403),
}


@pytest.mark.parametrize("name", list(REFUSED_TOKENS))
def test_any_other_token_is_refused_and_the_model_sees_nothing(place, name):
    make, expected = REFUSED_TOKENS[name]
    for method, path in (("POST", INFER), ("GET", "/v2/models/fraud/ready")):
        status, answer = asked(place, method, endpoint(path), make(place), body=PAYLOAD if method == "POST" else b"")
        assert status == expected, answer
        assert b'{"error":' in answer
    assert not place.one.seen
    assert not place.two.seen


def test_a_caller_of_one_deployment_is_not_one_of_another(place):
    assert asked(place, "GET", endpoint("/v2/models/churn", CHURN), place.bearer("colleague", CHURN))[0] == 403
    assert asked(place, "GET", endpoint("/v2/models/churn", CHURN), place.bearer("you", CHURN))[0] == 200
    assert len(place.two.seen) == 1


@pytest.mark.parametrize(
    "extra",
    ["Authorization: Basic eW91OnlvdQ==\r\n", "X-Authorization: Bearer {token}\r\n", "Cookie: access_token={token}\r\n"],
)
def test_a_token_elsewhere_does_not_count(place, extra):
    assert asked(place, "POST", endpoint(), None, body=PAYLOAD, extra=extra.format(token=place.bearer()))[0] == 401
    assert not place.one.seen


def test_a_token_in_the_query_does_not_count(place):
    assert asked(place, "POST", endpoint(INFER + "?access_token=" + place.bearer()), None, body=PAYLOAD)[0] == 401
    assert not place.one.seen


# --- what ----------------------------------------------------------------------------------------------------------------------

TRICKS = [
    # the repository API and everything else that the server has
    "{e}/v2/repository/index",
    "{e}/v2/repository/models/fraud/unload",
    "{e}/v2/repository/models/fraud/load",
    "{e}/v2",
    "{e}/v2/docs",
    "{e}/v2/models/other/infer",
    "{e}/v2/models/fraud/versions/1/infer",
    "{e}/v2/models/fraud/infer_stream",
    "{e}/v2/models/fraud/generate",
    "{e}/v2/models/fraud/docs",
    "{e}/invocations",
    "{e}/metrics",
    "{e}",
    "{e}/",
    "/v2/repository/index",
    "/v2/models/fraud/infer",
    "/metrics",
    "/",
    "*",
    # dots
    "{e}/v2/models/../repository/index",
    "{e}/v2/models/fraud/../../repository/index",
    "{e}/v2/models/fraud/infer/../../../repository/index",
    "{e}/v2/models/fraud/./infer",
    "{e}/../fraud/v2/models/fraud/infer",
    "/x/..{e}/v2/models/fraud/infer",
    "{e}/v2/models/..%2frepository/index",
    "{e}/v2/models/%2e%2e/repository/index",
    "{e}/v2/models/%2E%2E/repository/models/fraud/unload",
    "{e}/v2/models/.%2e/repository/index",
    "{e}/v2/models/..;/repository/index",
    "{e}/v2/models/..%3b/repository/index",
    "{e}/v2/models/...//repository/index",
    "{e}/v2/models/..\\repository\\index",
    "{e}/v2/models/fraud%2f..%2f..%2frepository%2findex",
    # slashes
    "/{e}/v2/models/fraud/infer",
    "{e}//v2/models/fraud/infer",
    "{e}/v2//models/fraud/infer",
    "{e}/v2/models//repository/index",
    "{e}/v2/models/fraud/infer/",
    "{e}/v2/models/fraud/infer//",
    "{e}/v2/models/fraud%2finfer",
    "{e}/v2/models/fraud%2Finfer",
    "{e}/v2%5cmodels%5cfraud%5cinfer",
    "{e}/v2\\models\\fraud\\infer",
    "{e}/v2/models/fraud/infer%2f",
    # twice encoded, over-long, unusual
    "{e}/v2/models/%252e%252e/repository/index",
    "{e}/v2/models/%25%32%65%25%32%65/repository/index",
    "{e}/v2/models/fraud%252finfer",
    "{e}/v2/models/%c0%ae%c0%ae/repository/index",
    "{e}/v2/models/%uff0e%uff0e/repository/index",
    "{e}/v2/models/fraud/%69nfer",
    "{e}/v2/models/%66raud/infer",
    "{e}/v2/models/fraud/infer%00",
    "{e}/v2/models/fraud/infer%0a",
    "{e}/v2/models/fraud/infer%20",
    "{e}/v2/models/fraud/infer%",
    "{e}/v2/models/fraud/infer\x00",
    "{e}/v2/models/fraud\t/infer",
    "{e}/v2/models/fraud/infer\xe9",
    # parameters, queries, fragments
    "{e}/v2/models/fraud/infer;x=1",
    "{e}/v2/models/fraud;x=1/infer",
    "{e};/v2/models/fraud/infer",
    "{e}/v2/models/fraud/infer?",
    "{e}/v2/models/fraud/infer?x=/../../repository/index",
    "{e}/v2/models/fraud/infer#",
    "{e}/v2/models/fraud/infer#/../../../repository/index",
    "{e}/v2/repository/index?x={e}/v2/models/fraud/infer",
    "{e}/v2/repository/index;{e}/v2/models/fraud/infer",
    # case
    "{e}/V2/models/fraud/infer",
    "{e}/v2/models/FRAUD/infer",
    "{e}/v2/models/fraud/INFER",
    "/SELDON/dev/fraud/v2/models/fraud/infer",
    "/seldon/DEV/fraud/v2/models/fraud/infer",
    "{e}/V2/repository/index",
    # absolute-form
    "http://gateway{e}/v2/models/fraud/infer",
    "http://gateway/v2/repository/index",
    "http://gateway{e}/v2/repository/index",
    "https://gateway{e}/v2/models/fraud/infer",
    "http://127.0.0.1:1{e}/v2/models/fraud/infer",
    "//gateway{e}/v2/models/fraud/infer",
    "gateway{e}/v2/models/fraud/infer",
    # neighbours
    "/seldon/dev/fraud-2/v2/models/fraud/infer",
    "/seldon/dev/frau/v2/models/fraud/infer",
    "/seldon/dev/fraud/v2/models/churn/infer",
    "/seldon/dev/churn/v2/models/churn/infer",
    "/seldon/dev/churn/../fraud/v2/models/fraud/infer",
    "/seldon/dev/v2/models/fraud/infer",
    "/seldon/dev/fraud{e}/v2/models/fraud/infer",
    "/docs/..{e}/v2/models/fraud/infer",
    "/docs/../v2/repository/index",
    "/docs{e}/v2/models/fraud/infer",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_way_around_the_whitelist(place, trick):
    path = trick.replace("{e}", "/seldon/dev/fraud")
    token = place.bearer()  # of somebody who may call, so that the path alone decides
    for method, body in (("POST", b"{}"), ("GET", b"")):
        status, answer = asked(place, method, path, token, body=body)
        assert status in (0, 501) or 400 <= status < 500, answer
    assert not place.one.seen
    assert not place.two.seen


@pytest.mark.parametrize("trick", TRICKS)
def test_the_same_ways_without_a_token_are_refused_too(place, trick):
    status, answer = asked(place, "POST", trick.replace("{e}", "/seldon/dev/fraud"), None, body=b"{}")
    assert status in (0, 501) or 400 <= status < 500, answer
    assert not place.one.seen
    assert not place.two.seen


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", INFER),
        ("PUT", INFER),
        ("DELETE", INFER),
        ("PATCH", INFER),
        ("OPTIONS", INFER),
        ("TRACE", INFER),
        ("post", INFER),
        ("XPOST", INFER),
        ("HEAD", "/v2/models/fraud"),
        ("POST", "/v2/models/fraud"),
        ("POST", "/v2/models/fraud/ready"),
        ("POST", "/v2/health/ready"),
    ],
)
def test_each_path_has_one_method(place, method, path):
    status, answer = asked(place, method, endpoint(path), place.bearer(), extra="X-HTTP-Method-Override: POST\r\n")
    assert 400 <= status < 500, answer
    assert not place.one.seen


@pytest.mark.parametrize("where", ["127.0.0.1:80", "gateway", "/seldon/dev/fraud/v2/models/fraud/infer", "one"])
def test_it_is_not_a_proxy(place, where):
    status, answer = asked(place, "CONNECT", where, place.bearer())
    assert status in (0, 501) or 400 <= status < 500, answer
    assert not place.one.seen


SMUGGLED = "POST /v2/repository/index HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
BROKEN = {
    "HTTP/1.0 without a host": f"POST {ROAD} HTTP/1.0\r\nAuthorization: Bearer {{t}}\r\nContent-Length: 2\r\n\r\n{{{{}}}}",
    "HTTP/1.1 without a host": f"POST {ROAD} HTTP/1.1\r\nAuthorization: Bearer {{t}}\r\nContent-Length: 2\r\n\r\n{{{{}}}}",
    "HTTP/0.9": f"POST {ROAD}\r\n\r\n",
    "HTTP/2 in clear text": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two lengths": f"POST {ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nContent-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n"
    + SMUGGLED,
    "length and chunks": f"POST {ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "unknown transfer coding": f"POST {ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "space before the colon": f"POST {ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nContent-Length : 2\r\n\r\n{{{{}}}}",
    "underscores": f"POST {ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\ncontent_length: 2\r\n\r\n{{{{}}}}",
    "header without a name": f"POST {ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\n: 2\r\n\r\n",
    "pseudo-headers": f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\n:path: {ROAD}\r\n:method: POST\r\n\r\n",
    "web socket": f"GET {ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "compressed body": f"POST {ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{{{{}}}}",
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_malformed_request_reaches_nobody(place, name):
    status, answer = raw(place.gateway.port, BROKEN[name].format(t=place.bearer()).encode(), timeout_s=1.0)
    assert status in (0, 501) or 400 <= status < 500, answer
    assert not [item for item in place.one.seen if "repository" in item[1]]
    assert not place.one.seen
    assert not place.two.seen


@pytest.mark.parametrize(
    "header",
    [
        "X-Envoy-Original-Path: {road}",
        "X-Original-URL: {road}",
        "X-Rewrite-URL: {road}",
        "X-Forwarded-Uri: {road}",
        "X-Forwarded-Prefix: /seldon/dev/fraud",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Proto: https",
        "X-Envoy-Internal: true",
        "X-Envoy-External-Address: 10.0.0.1",
        "X-Envoy-Decorator-Operation: x",
        "Forwarded: for=127.0.0.1;host=gateway",
    ],
)
def test_no_header_opens_another_path_and_none_of_these_is_passed_on(place, header):
    line = header.format(road=ROAD) + "\r\n"
    assert asked(place, "POST", endpoint("/v2/repository/index"), place.bearer(), extra=line)[0] == 403
    assert asked(place, "POST", endpoint(), None, extra=line)[0] == 401
    assert asked(place, "POST", endpoint(), place.bearer("stranger"), extra=line)[0] == 403
    assert not place.one.seen
    assert asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD, extra=line)[0] == 200
    assert header.partition(":")[0].lower() not in place.one.seen[0][2]


def test_a_caller_cannot_change_how_often_or_how_long_a_model_is_asked(place):
    place.one.delay_s = 0.3
    try:
        extra = "X-Envoy-Upstream-Rq-Timeout-Ms: 50\r\nX-Envoy-Retry-On: 5xx,reset\r\nX-Envoy-Max-Retries: 5\r\n"
        assert asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD, extra=extra)[0] == 200
    finally:
        place.one.delay_s = 0.0
    assert len(place.one.seen) == 1


def test_the_model_gets_the_question_and_nothing_about_who_asks(place):
    extra = "Cookie: session=secret\r\nContent-Type: application/json\r\nX-Forwarded-User: admin\r\n"
    status, answer = asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD, extra=extra)
    assert status == 200
    headers = place.one.seen[0][2]
    assert set(headers) == {"host", "content-type", "content-length", "x-request-id"}
    assert b"secret-server" not in answer
    assert b"x-envoy" not in answer
    assert b"\r\nserver:" not in answer.lower()
    assert headers["x-request-id"].encode() in answer


# --- how much, how long ----------------------------------------------------------------------------------------------------------


def test_a_body_at_the_limit_is_taken_and_one_beyond_it_is_not(place):
    assert asked(place, "POST", endpoint(), place.bearer(), body=b"x" * LIMIT)[0] == 200
    place.one.seen.clear()
    status, answer = asked(place, "POST", endpoint(), place.bearer(), body=b"x" * (LIMIT + 1))
    assert status == 413, answer
    chunked = f"POST {ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {place.bearer()}\r\nTransfer-Encoding: chunked\r\n\r\n"
    status, _ = raw(place.gateway.port, chunked.encode() + (b"8000\r\n" + b"x" * 0x8000 + b"\r\n") * 10, timeout_s=60.0)
    assert status == 413
    assert not place.one.seen


def test_a_body_of_somebody_unknown_is_not_waited_for(place):
    head = f"POST {ROAD} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    status, _ = raw(place.gateway.port, head.encode() + b"x", timeout_s=60.0)  # the rest of it never comes
    assert status == 401


def test_headers_beyond_the_limit_are_refused(place):
    status, _ = asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD, extra=f"X-Long: {'x' * 40_000}\r\n")
    assert status == 431
    assert not place.one.seen


def test_a_slow_model_is_given_up_after_the_deployments_own_time(place):
    """Neither model answers: the one with a second is given up, the other is still waited for then, and answers."""
    place.gateway.publish(place.upstreams(), [place.route(timeout_s=1), place.route(CHURN, cluster="two", timeout_s=300)])
    place.one.answers.clear()
    place.two.answers.clear()
    road, token = endpoint("/v2/models/churn/infer", CHURN), place.bearer(target=CHURN)
    try:
        with ThreadPoolExecutor(1) as pool:
            patient = pool.submit(asked, place, "POST", road, token, body=PAYLOAD, timeout_s=120)
            try:
                assert asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD, timeout_s=60)[0] == 504
                assert not patient.done()
            finally:
                place.two.answers.set()
            assert patient.result()[0] == 200
    finally:
        place.one.answers.set()
    assert (len(place.one.seen), len(place.two.seen)) == (1, 1)
