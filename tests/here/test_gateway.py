"""A real Envoy in front of a real HTTP server that remembers everything that reaches it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import http.server
import json
import os
import re
import signal
import socket
import socketserver
import stat
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.here import swagger
from seldon_nb.here.endpoint import HttpEndpoint
from seldon_nb.here.gateway import Gateway
from seldon_nb.here.home import Home
from seldon_nb.here.identity import LocalAccess, SigningKey, audience, identity, issuer
from seldon_nb.render.envoy import CONTENT_SECURITY_POLICY, Route, Upstream, allowed_paths

FRAUD, CHURN = Target("dev", "fraud"), Target("dev", "churn")
LIMIT = 200_000
PAYLOAD = b'{"inputs":[{"name":"canary-9f3a","shape":[1],"datatype":"INT64","data":[42]}]}'
INFER = "/v2/models/fraud/infer"


class WallClock:
    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


@dataclass
class ModelServer:
    """Answers everything with its own name and keeps what it was asked."""

    name: str
    socket: str
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    delay_s: float = 0.0

    def __post_init__(self) -> None:
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version = "secret-server/1.0"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {key.lower(): value for key, value in self.headers.items()}
                outer.seen.append((self.command, self.path, headers, body))
                time.sleep(outer.delay_s)
                data = json.dumps({"from": outer.name}).encode()
                with contextlib.suppress(BrokenPipeError):
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = do_CONNECT = do_TRACE = answer

            def log_message(self, *_: object) -> None:
                pass

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(self.socket, Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@dataclass
class Place:
    """One home with its gateway and two model servers."""

    home: Home
    gateway: Gateway
    one: ModelServer
    two: ModelServer
    process: subprocess.Popen[bytes] | None = None
    callers: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"dev/fraud": ("you", "colleague"), "dev/churn": ("you",)}
    )

    def start(self) -> None:
        with (self.home.gateway / "envoy.err").open("ab") as errors:
            self.process = subprocess.Popen(self.gateway.argv(), stderr=errors)
        assert self.gateway.ready(10.0)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(10)
            self.process = None

    def access(self, who: str = "you") -> LocalAccess:
        return LocalAccess(self.home, identity(who), lambda target: self.callers.get(str(target), ()), WallClock)

    def upstreams(self) -> list[Upstream]:
        return [Upstream("one", self.one.socket), Upstream("two", self.two.socket)]

    def route(self, target: Target = FRAUD, *, cluster: str = "one", paused: bool = False, timeout_s: int = 10) -> Route:
        callers = self.callers[str(target)]
        return Route(target, target.name, callers, audience(target), cluster, timeout_s, paused)

    def publish(self, **of_fraud: object) -> None:
        self.gateway.publish(self.upstreams(), [self.route(**of_fraud), self.route(CHURN, cluster="two")])

    def bearer(self, who: str = "you", target: Target = FRAUD) -> str:
        return self.access().token_for_probe(identity(who), target).reveal()

    def logged(self, offset: int, count: int) -> list[dict[str, object]]:
        records: list[dict[str, object]] = []
        until = time.monotonic() + 5
        while len(records) < count and time.monotonic() < until:
            more, offset = self.gateway.calls(offset)
            records += more
            time.sleep(0.05)
        return records


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def a_place(root: Path):
    home = Home(root).prepare()
    gateway = Gateway(home, max_request_bytes=LIMIT)
    gateway.prepare(free_port())
    place = Place(home, gateway, ModelServer("one", str(home.run / "one.sock")), ModelServer("two", str(home.run / "two.sock")))
    try:
        place.start()
        place.publish()
        yield place
    finally:
        place.stop()
        place.one.close()
        place.two.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with a_place(tmp_path_factory.mktemp("place")) as place:
        yield place


@pytest.fixture
def place(shared):
    """The shared place as it was published, with nothing seen yet."""
    shared.publish()
    shared.one.seen.clear()
    shared.two.seen.clear()
    return shared


@pytest.fixture
def own(tmp_path):
    with a_place(tmp_path) as place:
        yield place


def raw(port: int, request: bytes, timeout_s: float = 5.0) -> tuple[int, bytes]:
    """Send bytes as they are; (status, everything received), status 0 if the connection was closed without a word."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout_s) as connection:
        connection.sendall(request)
        received = b""
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while not whole(received) and (part := connection.recv(65536)):
                received += part
    return (int(received.split(b" ", 2)[1]) if received.startswith(b"HTTP/") else 0), received


def whole(received: bytes) -> bool:
    """Whether an answer with a length is complete."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    return bool(end) and length is not None and len(body) >= int(length[1])


def asked(place: Place, method: str, path: str, token: str | None, *, body: bytes = b"", extra: str = "") -> tuple[int, bytes]:
    credentials = f"Authorization: Bearer {token}\r\n" if token is not None else ""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n{credentials}{length}{extra}\r\n"
    return raw(place.gateway.port, head.encode("latin-1") + body)


def endpoint(path: str = INFER, target: Target = FRAUD) -> str:
    return f"/seldon/{target.namespace}/{target.name}{path}"


def forged(place: Place, *, key: SigningKey | None = None, **changed: object) -> str:
    now = int(time.time())
    claims: dict[str, object] = {"iss": issuer(place.home), "aud": audience(FRAUD), "sub": "you", "iat": now, "exp": now + 60}
    claims.update(changed)
    return (key or SigningKey(place.home)).sign({name: value for name, value in claims.items() if value is not None})


def unsigned(place: Place, algorithm: str = "none") -> str:
    _, claims, signature = forged(place).split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{head}.{claims}.{'' if algorithm == 'none' else signature}"


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


def other_key(place, tmp_path_factory=None):
    other = Home(place.home.root / "other").prepare()
    return SigningKey(other)


NOW = int(time.time())
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
    "alg none": (lambda place: unsigned(place), 401),
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


_ROAD = "/seldon/dev/fraud/v2/models/fraud/infer"
SMUGGLED = "POST /v2/repository/index HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
BROKEN = {
    "HTTP/1.0 without a host": f"POST {_ROAD} HTTP/1.0\r\nAuthorization: Bearer {{t}}\r\nContent-Length: 2\r\n\r\n{{{{}}}}",
    "HTTP/1.1 without a host": f"POST {_ROAD} HTTP/1.1\r\nAuthorization: Bearer {{t}}\r\nContent-Length: 2\r\n\r\n{{{{}}}}",
    "HTTP/0.9": f"POST {_ROAD}\r\n\r\n",
    "HTTP/2 in clear text": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two lengths": f"POST {_ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nContent-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n"
    + SMUGGLED,
    "length and chunks": f"POST {_ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "unknown transfer coding": f"POST {_ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "space before the colon": f"POST {_ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nContent-Length : 2\r\n\r\n{{{{}}}}",
    "underscores": f"POST {_ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\ncontent_length: 2\r\n\r\n{{{{}}}}",
    "header without a name": f"POST {_ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\n: 2\r\n\r\n",
    "pseudo-headers": f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\n:path: {_ROAD}\r\n:method: POST\r\n\r\n",
    "web socket": f"GET {_ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "compressed body": f"POST {_ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{t}}\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{{{{}}}}",
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
    line = header.format(road=_ROAD) + "\r\n"
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
    chunked = f"POST {_ROAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {place.bearer()}\r\nTransfer-Encoding: chunked\r\n\r\n"
    status, _ = raw(place.gateway.port, chunked.encode() + (b"8000\r\n" + b"x" * 0x8000 + b"\r\n") * 10, timeout_s=2.0)
    assert status == 413
    assert not place.one.seen


def test_a_body_of_somebody_unknown_is_not_waited_for(place):
    head = f"POST {_ROAD} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    began = time.monotonic()
    status, _ = raw(place.gateway.port, head.encode() + b"x", timeout_s=1.0)
    assert status == 401
    assert time.monotonic() - began < 3.0


def test_headers_beyond_the_limit_are_refused(place):
    status, _ = asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD, extra=f"X-Long: {'x' * 40_000}\r\n")
    assert status == 431
    assert not place.one.seen


def test_a_slow_model_is_given_up_after_the_deployments_time(place):
    place.publish(timeout_s=1)
    place.one.delay_s = 1.5
    try:
        began = time.monotonic()
        assert asked(place, "POST", endpoint(), place.bearer(), body=PAYLOAD)[0] == 504
        assert 0.9 < time.monotonic() - began < 1.45
    finally:
        place.one.delay_s = 0.0
    assert len(place.one.seen) == 1


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
    assert (query["code"], query["path"]) == (403, _ROAD)
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
                    connection.request("POST", _ROAD, body=PAYLOAD, headers=headers)
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
        connection.request("POST", _ROAD, body=PAYLOAD, headers=headers)
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


def test_a_change_takes_little_time(place):
    took = []
    for number in range(20):
        began = time.perf_counter()
        place.publish(cluster=("one", "two")[number % 2])
        took.append(time.perf_counter() - began)
    assert sorted(took)[10] < 0.2  # about 0.02 s on a quiet machine


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


def test_a_taken_port_is_said_at_once(shared, tmp_path):
    home = Home(tmp_path).prepare()
    gateway = Gateway(home)
    gateway.prepare(shared.gateway.port)
    process = subprocess.Popen(gateway.argv(), stderr=subprocess.DEVNULL)
    try:
        began = time.monotonic()
        with pytest.raises(SeldonNbError) as caught:
            gateway.ready(10.0)
        assert caught.value.code_id == "SNB-513"
        assert "address" in str(caught.value.facts["reason"]).lower()
        assert time.monotonic() - began < 5.0
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
    assert [name for name in os.listdir(home.keys) if name.startswith(".")] == []
