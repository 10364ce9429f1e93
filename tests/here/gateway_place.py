"""A real Envoy in front of real HTTP servers that remember everything that reaches them."""

from __future__ import annotations

import base64
import contextlib
import http.client
import http.server
import json
import re
import signal
import socket
import socketserver
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from seldon_nb.domain.deployment import Target
from seldon_nb.here.gateway import Gateway
from seldon_nb.here.home import Home
from seldon_nb.here.identity import LocalAccess, SigningKey, audience, identity, issuer
from seldon_nb.render.envoy import Route, Upstream

FRAUD, CHURN = Target("dev", "fraud"), Target("dev", "churn")
LIMIT = 200_000
PAYLOAD = b'{"inputs":[{"name":"canary-9f3a","shape":[1],"datatype":"INT64","data":[42]}]}'
INFER = "/v2/models/fraud/infer"
ROAD = f"/seldon/dev/fraud{INFER}"


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
    answers: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.answers.set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version = "secret-server/1.0"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {key.lower(): value for key, value in self.headers.items()}
                outer.seen.append((self.command, self.path, headers, body))
                time.sleep(outer.delay_s)
                outer.answers.wait(120)
                data = json.dumps({"from": outer.name}).encode()
                with contextlib.suppress(BrokenPipeError):
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = do_CONNECT = do_TRACE = answer  # noqa: N815

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


def asked(
    place: Place, method: str, path: str, token: str | None, *, body: bytes = b"", extra: str = "", timeout_s: float = 5.0
) -> tuple[int, bytes]:
    credentials = f"Authorization: Bearer {token}\r\n" if token is not None else ""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n{credentials}{length}{extra}\r\n"
    return raw(place.gateway.port, head.encode("latin-1") + body, timeout_s)


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
