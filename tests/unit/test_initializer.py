"""The initializer brings exactly the planned files, or nothing: against real HTTP servers on the loopback interface."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from seldon_nb.digests import tree_digest
from seldon_nb.domain.codes import lookup
from seldon_nb.initializer import refusal

FILES = {"MLmodel": b"flavors: {}\n", "model.pkl": b"\x80\x05" * 5000, "data/deep/a b.txt": b"x"}
PROXY = "/api/2.0/mlflow-artifacts/artifacts"


class Store:
    """A server that speaks MLflow's artifact proxy for the files, and hands out archives."""

    def __init__(self) -> None:
        self.files = dict(FILES)
        self.archive = b""
        self.allowed = ""
        self.failures = 0
        self.seen: list[str] = []
        store = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                store.seen.append(self.headers.get("Authorization") or "")
                status, body = store.answer(self.path, self.headers.get("Authorization") or "")
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, authorization: str) -> tuple[int, bytes]:
        if self.failures:
            self.failures -= 1
            return 503, b""
        if self.allowed and authorization != self.allowed:
            return 401, b""
        parts = urlsplit(path)
        if parts.path == "/model.tar.gz" or parts.path.startswith("/packed/"):
            return 200, self.archive
        if parts.path == PROXY:
            below = parse_qs(parts.query)["path"][0].removeprefix("1/models/m-1/artifacts").strip("/")
            prefix = f"{below}/" if below else ""
            names = {name[len(prefix) :].split("/")[0] for name in self.files if name.startswith(prefix)}
            listed = [{"path": name, "is_dir": f"{prefix}{name}" not in self.files} for name in sorted(names)]
            return 200, json.dumps({"files": listed}).encode()
        name = unquote(parts.path).removeprefix(f"{PROXY}/1/models/m-1/artifacts/")
        return (200, self.files[name]) if name in self.files else (404, b"")


@pytest.fixture
def store():
    made = Store()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def planned(tmp_path: Path) -> str:
    return tree_digest(write(tmp_path / "planned", FILES))


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def run(tmp_path: Path, source: str, digest: str, **more: str) -> tuple[int, dict, str]:
    """The program as a pod runs it: exit code, its one line, all that it printed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = {**kept, "SNB_SOURCE": source, "SNB_DIGEST": digest, "SNB_TARGET": str(tmp_path / "target"), **more}
    env["SNB_TERMINATION_LOG"] = str(tmp_path / "last-word")
    done = subprocess.run([sys.executable, "-m", "seldon_nb.initializer"], env=env, capture_output=True, text=True, timeout=60)
    assert not done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout), done.stdout


def proxy(store: Store) -> str:
    return f"{store.url}{PROXY}/1/models/m-1/artifacts"


def packed(members: dict[str, bytes], link: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        if link:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(info)
    return out.getvalue()


def empty(tmp_path: Path) -> bool:
    target = tmp_path / "target"
    return not target.exists() or not any(target.iterdir())


def test_the_planned_files_come_through_mlflows_proxy(store, tmp_path, planned):
    code, told, _ = run(tmp_path, proxy(store), planned)
    assert code == 0
    assert told["brought"]["files"] == 3
    assert tree_digest(tmp_path / "target") == planned
    assert sorted(path.name for path in (tmp_path / "target").iterdir()) == ["MLmodel", "data", "model.pkl"]


def test_a_second_start_of_the_container_asks_nobody(store, tmp_path, planned):
    run(tmp_path, proxy(store), planned)
    store.seen.clear()
    assert run(tmp_path, proxy(store), planned)[0] == 0
    assert store.seen == []


def test_changed_files_are_refused_and_nothing_is_visible(store, tmp_path, planned):
    store.files["model.pkl"] += b"!"
    code, told, _ = run(tmp_path, proxy(store), planned)
    assert (code, told["code"], told["facts"]["planned"]) == (1, "SNB-337", planned)
    assert empty(tmp_path)
    assert json.loads((tmp_path / "last-word").read_text()) == told


def test_an_added_file_is_a_change(store, tmp_path, planned):
    store.files["data/extra.py"] = b"import os"
    assert run(tmp_path, proxy(store), planned)[1]["code"] == "SNB-337"
    assert empty(tmp_path)


def test_a_place_where_nothing_lies_is_named_without_its_password(store, tmp_path, planned):
    source = f"http://ann:pa55word@{store.url.removeprefix('http://')}{PROXY}/2/none"
    _, told, printed = run(tmp_path, source, planned)
    assert told["code"] == "SNB-336"
    assert "pa55word" not in printed
    assert "ann" not in told["facts"]["source"]


def test_a_refused_token_is_a_secret_that_does_not_open(store, tmp_path, planned):
    store.allowed = "Bearer right"
    code, told, printed = run(tmp_path, proxy(store), planned, MLFLOW_TRACKING_TOKEN="wr0ng", SNB_SECRET="mlflow")
    assert (code, told["code"], told["facts"]["secret"]) == (1, "SNB-338", "mlflow")
    assert "wr0ng" not in printed
    assert run(tmp_path, proxy(store), planned, MLFLOW_TRACKING_TOKEN="right")[0] == 0


def test_a_user_and_password_open_it_too(store, tmp_path, planned):
    store.allowed = "Basic " + base64.b64encode(b"ann:word").decode()
    assert run(tmp_path, proxy(store), planned, MLFLOW_TRACKING_USERNAME="ann", MLFLOW_TRACKING_PASSWORD="word")[0] == 0


def test_a_server_that_is_busy_for_a_moment_is_asked_again(store, tmp_path, planned):
    store.failures = 2
    assert run(tmp_path, proxy(store), planned)[0] == 0


def test_nobody_there_ends_within_the_time_given(tmp_path, planned):
    code, told, _ = run(tmp_path, "http://127.0.0.1:9/model.tar.gz", planned, SNB_DEADLINE_SECONDS="2")
    assert (code, told["code"]) == (1, "SNB-152")


def test_an_archive_is_unpacked_and_compared(store, tmp_path, planned):
    store.archive = packed(FILES)
    assert run(tmp_path, f"{store.url}/model.tar.gz", planned)[0] == 0
    assert tree_digest(tmp_path / "target") == planned


@pytest.mark.parametrize(("extra", "link"), [({"../outside": b"x"}, ""), ({"/etc/outside": b"x"}, ""), ({}, "inside")])
def test_an_archive_that_leads_elsewhere_is_refused(store, tmp_path, planned, extra, link):
    store.archive = packed({**FILES, **extra}, link)
    assert run(tmp_path, f"{store.url}/model.tar.gz", planned)[1]["code"] == "SNB-150"
    assert empty(tmp_path)
    assert not (tmp_path / "outside").exists()


def test_more_than_the_limit_is_refused(store, tmp_path, planned):
    assert run(tmp_path, proxy(store), planned, SNB_LIMIT_BYTES="1000")[1]["code"] == "SNB-151"
    assert empty(tmp_path)


def test_a_volume_is_copied_and_its_links_are_refused(tmp_path, planned):
    write(tmp_path / "mnt/claim/fraud", FILES)
    assert run(tmp_path, "pvc://claim/fraud", planned, SNB_CLAIMS=str(tmp_path / "mnt"))[0] == 0
    (tmp_path / "mnt/claim/fraud/link").symlink_to("/etc/passwd")
    assert run(tmp_path / "second", "pvc://claim/fraud", planned, SNB_CLAIMS=str(tmp_path / "mnt"))[1]["code"] == "SNB-150"
    assert run(tmp_path / "second", "pvc://claim/none", planned, SNB_CLAIMS=str(tmp_path / "mnt"))[1]["code"] == "SNB-336"
    assert run(tmp_path / "second", "pvc://../mnt", planned, SNB_CLAIMS=str(tmp_path / "mnt"))[1]["code"] == "SNB-150"


def test_a_secret_for_another_remote_is_told_apart_from_none(tmp_path, planned):
    _, told, _ = run(tmp_path, "s3://bucket/model", planned, RCLONE_CONFIG_GCS_TYPE="google cloud storage", SNB_SECRET="store")
    assert (told["code"], told["facts"]["reason"]) == ("SNB-338", "it is for gcs, not for s3.")
    assert run(tmp_path, "s3://bucket/model", planned)[1]["facts"]["reason"] == "it has no settings for s3."


def test_without_a_digest_nothing_is_brought(store, tmp_path):
    code, told, _ = run(tmp_path, proxy(store), "")
    assert (code, told) == (1, {"code": "SNB-153", "facts": {"setting": "SNB_DIGEST"}})
    assert store.seen == []


def test_a_packed_environment_comes_along_only_by_its_digest(store, tmp_path, planned):
    store.archive = packed({"thing/__init__.py": b"VALUE = 1\n"})
    digest = f"sha256:{__import__('hashlib').sha256(store.archive).hexdigest()}"
    more = {"SNB_ENVIRONMENT": f"{store.url}/packed", "SNB_ENVIRONMENT_DIGEST": digest}
    assert run(tmp_path, proxy(store), planned, **more)[0] == 0
    assert (tmp_path / "target/.snb/environment/thing/__init__.py").is_file()
    store.archive = packed({"thing/__init__.py": b"VALUE = 2\n"})
    assert run(tmp_path / "second", proxy(store), planned, **more)[1]["code"] == "SNB-337"
    assert empty(tmp_path / "second")


def test_every_code_that_it_speaks_in_stands_in_the_table():
    for name in ("CHANGED", "NOT_THERE", "LOCKED", "UNSAFE", "TOO_LARGE", "UNREACHABLE", "NOT_TOLD", "NO_ROOM"):
        assert lookup(getattr(refusal, name))


def test_it_starts_with_the_standard_library_only():
    listing = "import sys, seldon_nb.initializer.bring; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "pandas", "mlflow", "httpx", "pydantic", "yaml", "kubernetes"} & set(loaded)
