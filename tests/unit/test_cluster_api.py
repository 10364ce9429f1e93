"""How a connection to a cluster behaves when the server is busy, forgets, breaks off or no longer knows us: a real HTTP server on loopback says so."""

from __future__ import annotations

import http.server
import json
import threading
import time

import pytest

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.credentials import Credentials
from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.cluster.refusals import Refused
from seldon_nb.cluster.watching import Feed, Watch, slim
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError


class Server:
    """Answers from a list of functions of the request, in order; the last one stays."""

    def __init__(self):
        self.seen = []
        self.answers = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                length = int(self.headers.get("content-length") or 0)
                self.body = self.rfile.read(length)
                outer.seen.append((self.command, self.path, self.headers.get("authorization"), self.body))
                answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                answer(self)

            def __getattr__(self, name):
                if name.startswith("do_"):
                    return self.handle_one
                raise AttributeError(name)

            def log_message(self, *_):
                pass

        class Threads(http.server.ThreadingHTTPServer):
            daemon_threads = True

        self.http = Threads(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


def say(status, body=None, **headers):
    def answer(handler):
        content = json.dumps(body if body is not None else {}).encode() if not isinstance(body, bytes) else body
        handler.send_response(status)
        for name, value in {"Content_Type": "application/json", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code, reason="", message="", **details):
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
        "details": details,
    }


def stream(*changes, end="close"):
    """A watch's answer: lines, then the connection breaks in the middle, ends, or is held."""

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for change in changes:
            line = json.dumps(change).encode() + b"\n"
            handler.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            handler.wfile.flush()
        if end == "close":
            handler.wfile.write(b"0\r\n\r\n")
        elif end == "hold":
            time.sleep(3)
        handler.close_connection = True

    return answer


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture
def api(server):
    waited = []
    made = Api(
        lambda: Credentials(server=server.url, origin="context test", headers={"Authorization": "Bearer secret-one"}),
        sleep=waited.append,
    )
    made.waited = waited
    yield made
    made.close()


def code_of(act):
    with pytest.raises(SeldonNbError) as caught:
        act()
    return caught.value


def test_a_busy_server_is_asked_again_after_the_time_that_it_names(server, api):
    server.answers = [say(429, status(429), Retry_After="3"), say(503, status(503)), say(200, {"items": []})]
    assert api.every(kinds.POD, "dev").items == ()
    assert api.waited[0] == 3.0
    assert 0.1 < api.waited[1] < 1.0


def test_a_server_that_stays_busy_is_told_after_bounded_attempts(server, api):
    server.answers = [say(429, status(429), Retry_After="1")]
    error = code_of(lambda: api.get(kinds.POD, "dev", "x"))
    assert (error.code_id, error.facts["status"], error.facts["attempts"]) == ("SNB-538", 429, 5)
    server.answers = [say(429, status(429), Retry_After="3600")]
    before = len(server.seen)
    assert code_of(lambda: api.get(kinds.POD, "dev", "x")).code_id == "SNB-538"
    assert len(server.seen) == before + 1, "nobody waits for an hour"


def test_what_may_have_been_done_is_not_done_again(server, api):
    server.answers = [say(503, status(503)), say(201, {})]
    assert code_of(lambda: api.create(kinds.CONFIG_MAP, "dev", {})).code_id == "SNB-538"
    assert len(server.seen) == 1
    server.answers = [say(503, status(503)), say(201, {"made": 1})]
    assert api.create(kinds.CONFIG_MAP, "dev", {}, repeatable=True) == {"made": 1}
    server.answers = [say(429, status(429)), say(201, {"made": 2})]
    assert api.create(kinds.CONFIG_MAP, "dev", {}) == {"made": 2}, "429 comes before anything is done"


def test_credentials_that_were_renewed_are_read_again_once(server):
    tokens = iter(["Bearer old", "Bearer new", "Bearer newest"])
    made = Api(lambda: Credentials(server=server.url, origin="context test", headers={"Authorization": next(tokens)}))
    try:
        server.answers = [say(401, status(401)), say(200, {"kind": "Pod"})]
        assert made.get(kinds.POD, "dev", "x") == {"kind": "Pod"}
        assert [seen[2] for seen in server.seen] == ["Bearer old", "Bearer new"]
        server.answers = [say(401, status(401))]
        error = code_of(lambda: made.get(kinds.POD, "dev", "x"))
        assert error.code_id == "SNB-532"
        assert "Bearer" not in str(error) + repr(error.facts) + repr(made.credentials)
    finally:
        made.close()


def test_eight_threads_with_an_old_token_read_the_new_one_once(server):
    count = []

    def source():
        count.append(1)
        return Credentials(server=server.url, origin="context test", headers={"Authorization": f"Bearer {len(count)}"})

    def by_token(handler):
        say(*((401, status(401)) if handler.headers["authorization"] == "Bearer 1" else (200, {})))(handler)

    server.answers = [by_token]
    made = Api(source)
    try:
        threads = [threading.Thread(target=made.get, args=(kinds.POD, "dev", "x")) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(count) == 2
    finally:
        made.close()


def test_refusals_have_their_codes(server, api):
    forbidden = 'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "dev"'
    server.answers = [say(403, status(403, "Forbidden", forbidden))]
    error = code_of(lambda: api.every(kinds.POD, "dev"))
    assert (error.code_id, error.facts["verb"], error.facts["resource"]) == ("SNB-533", "list", "pods")
    assert "kind: RoleBinding" in str(error.facts["request"])
    server.answers = [say(404, b"404 page not found")]
    assert code_of(lambda: api.every(kinds.SELDON, "dev")).code_id == "SNB-536"
    assert code_of(lambda: api.every(kinds.WORKFLOW, "dev")).code_id == "SNB-537"
    missing = status(404, "NotFound", 'namespaces "dve" not found', name="dve", kind="namespaces")
    server.answers = [say(404, missing), say(200, {"items": [{"metadata": {"name": "dev"}}, {"metadata": {"name": "ops"}}]})]
    error = code_of(lambda: api.create(kinds.CONFIG_MAP, "dve", {}))
    assert (error.code_id, error.facts["nearest"]) == ("SNB-534", "dev")
    server.answers = [say(404, status(404, "NotFound", "no", name="x", kind="pods"))]
    assert api.find(kinds.POD, "dev", "x") is None
    server.answers = [say(409, status(409, "Conflict", "field manager", name="x"))]
    with pytest.raises(Refused) as caught:
        api.apply(kinds.SELDON, "dev", "x", {})
    assert caught.value.status == 409


def test_a_server_that_is_not_there_is_told_without_a_token():
    made = Api(
        lambda: Credentials(server="http://127.0.0.1:1", origin="context test", headers={"Authorization": "Bearer x"}),
        sleep=lambda _: None,
    )
    error = code_of(lambda: made.get(kinds.POD, "dev", "x"))
    made.close()
    assert error.code_id == "SNB-531"
    assert "Bearer" not in repr(error.facts)


def item(name, version):
    return {"metadata": {"name": name, "namespace": "dev", "resourceVersion": str(version)}, "status": {"phase": "Running"}}


def listing(version, *items):
    return say(200, {"metadata": {"resourceVersion": str(version)}, "items": list(items)})


def test_a_list_that_is_forgotten_on_the_way_is_begun_again(server, api):
    page = say(200, {"metadata": {"resourceVersion": "5", "continue": "more"}, "items": [item("a", 1)]})
    server.answers = [page, say(410, status(410, "Expired")), listing(9, item("a", 1), item("b", 2))]
    assert len(api.every(kinds.POD, "dev").items) == 2


def test_a_watch_that_breaks_goes_on_where_it_was_and_lists_again_when_that_is_forgotten(server, api):
    gone = {"type": "ERROR", "object": status(410, "Expired")}
    bookmark = {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "15"}}}
    server.answers = [
        listing(10, item("a", 1), item("b", 2)),
        stream({"type": "MODIFIED", "object": item("a", 12)}, bookmark, end="break"),
        stream({"type": "ADDED", "object": item("c", 16)}, gone),
        listing(30, item("a", 12), item("c", 16)),
        stream(end="hold"),
    ]
    told = []
    watch = Watch(api, (Feed(kind=kinds.POD, namespace="dev", reduce=slim),), told.append, pause=lambda _: 0.0)
    with watch:
        assert watch.synced(5)
        end = time.monotonic() + 5
        while len(server.seen) < 5 and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.1)
    assert sorted(found["metadata"]["name"] for found in watch.items(kinds.POD)) == ["a", "c"]
    assert "resourceVersion=15" in server.seen[2][1], "the bookmark is where it goes on"
    assert any(change.key == ("dev", "b") and change.object is None for change in told), "what vanished meanwhile is told as gone"


def test_a_slow_listener_hears_the_latest_of_each_object_and_holds_up_nobody(server, api):
    changes = [{"type": "MODIFIED", "object": item("a", 11 + number)} for number in range(500)]
    server.answers = [listing(10, item("a", 1)), stream(*changes, end="hold")]
    told, slow, last = [], threading.Event(), threading.Event()

    def listener(change):
        told.append(change.object["metadata"]["resourceVersion"])
        slow.wait(60)
        if told[-1] == "510":
            last.set()

    with Watch(api, (Feed(kind=kinds.POD, namespace="dev", reduce=slim),), listener) as watch:
        seen = 0
        while watch.items(kinds.POD) == () or watch.items(kinds.POD)[0]["metadata"]["resourceVersion"] != "510":
            before, seen = seen, watch.wait(seen, 30)
            assert seen > before, "all is read while the listener is busy with the first"
        assert len(told) <= 1
        slow.set()
        assert last.wait(30)
    assert len(told) <= 2


def test_a_watch_without_rights_says_so_unless_it_can_do_without(server, api):
    forbidden = 'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "dev"'
    server.answers = [say(403, status(403, "Forbidden", forbidden))]
    with Watch(api, (Feed(kind=kinds.POD, namespace="dev", reduce=slim),)) as watch:
        assert code_of(watch.synced).code_id == "SNB-533"
    with Watch(api, (Feed(kind=kinds.POD, namespace="dev", reduce=slim, optional=True),)) as watch:
        assert watch.synced(5)


@pytest.mark.parametrize(
    "page",
    [
        say(302, b"", Location="/dex/auth", Content_Type="text/html"),
        say(200, b"<html>Sign in</html>", Content_Type="text/html; charset=utf-8"),
    ],
)
def test_a_sign_in_page_is_recognised(server, api, page):
    server.answers = [page]
    endpoint = ClusterEndpoint(api, gateway=lambda _: server.url, inside=False)
    endpoint.learn(
        {
            "metadata": {"name": "fraud", "namespace": "dev"},
            "spec": {"predictors": [{"name": "default", "graph": {"name": "model"}}]},
        }
    )
    error = code_of(lambda: endpoint.ask(Target("dev", "fraud", "cluster"), "/v2/models/model/infer", b"{}", None, timeout_s=2))
    endpoint.close()
    assert error.code_id == "SNB-305"
    assert server.seen[0][1] == "/seldon/dev/fraud/v2/models/model/infer"
