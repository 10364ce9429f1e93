"""A small image registry for tests: what a push and a pull need of the OCI distribution protocol, over plain HTTP, in a directory."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_PATH = re.compile(r"/v2/(?P<name>.+)/(?P<kind>blobs/uploads|blobs|manifests)/?(?P<what>[^/?]*)(?:\?(?P<query>.*))?\Z")


class Registry:
    """Blobs by digest, whoever they belong to; manifests by name and tag or digest."""

    def __init__(self, directory: Path) -> None:
        self.blobs = directory / "blobs"
        self.uploads = directory / "uploads"
        self.blobs.mkdir(parents=True)
        self.uploads.mkdir()
        self.tags: dict[tuple[str, str], str] = {}
        self.types: dict[str, str] = {}

    def bring(self, layout: Path, name: str, tag: str) -> str:
        """Offer an image of an OCI layout; its digest."""
        for blob in (layout / "blobs/sha256").iterdir():
            with contextlib.suppress(FileExistsError):
                (self.blobs / blob.name).hardlink_to(blob)
        entry = json.loads((layout / "index.json").read_text())["manifests"][0]
        self.types[entry["digest"]] = entry["mediaType"]
        self.tags[name, tag] = entry["digest"]
        return str(entry["digest"])

    def blob(self, digest: str) -> Path:
        return self.blobs / digest.partition(":")[2]


def _handler(registry: Registry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key.replace("_", "-"), value)
            self.send_header("Content-Length", headers.pop("length", str(len(body))))
            self.end_headers()
            self.wfile.write(body)

        def _send(self, digest: str, kind: str) -> None:
            path = registry.blob(digest)
            if not path.is_file():
                return self._answer(404, b'{"errors": [{"code": "BLOB_UNKNOWN"}]}')
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Docker-Content-Digest", digest)
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            if self.command == "GET":
                with path.open("rb") as file:
                    shutil.copyfileobj(file, self.wfile, 1 << 20)
            return None

        def do_GET(self) -> None:
            found = _PATH.match(self.path)
            if found is None:
                return self._answer(200, b"{}")
            if found["kind"] == "blobs":
                return self._send(found["what"], "application/octet-stream")
            digest = (
                found["what"] if found["what"].startswith("sha256:") else registry.tags.get((found["name"], found["what"]), "")
            )
            return self._send(digest, registry.types.get(digest, "application/vnd.oci.image.manifest.v1+json"))

        do_HEAD = do_GET  # noqa: N815 - the name that the standard library asks for

        def _body(self, path: Path) -> None:
            with path.open("ab") as file:
                if "chunked" in (self.headers["Transfer-Encoding"] or ""):
                    while size := int(self.rfile.readline().strip() or b"0", 16):
                        file.write(self.rfile.read(size))
                        self.rfile.readline()
                    self.rfile.readline()
                else:
                    left = int(self.headers["Content-Length"] or 0)
                    while left:
                        part = self.rfile.read(min(left, 1 << 20))
                        left -= len(part)
                        file.write(part)

        def _at(self, found: re.Match[str], number: str) -> str:
            return f"http://{self.headers['Host']}/v2/{found['name']}/blobs/uploads/{number}"

        def do_POST(self) -> None:
            found = _PATH.match(self.path)
            assert found is not None
            mounted = re.search(r"mount=(sha256(?::|%3A)[0-9a-f]+)", found["query"] or "")
            if mounted and registry.blob(mounted[1].replace("%3A", ":")).is_file():
                return self._answer(201, Location=f"/v2/{found['name']}/blobs/{mounted[1]}")
            number = uuid.uuid4().hex
            (registry.uploads / number).touch()
            return self._answer(202, Location=self._at(found, number), Docker_Upload_UUID=number, Range="0-0")

        def do_PATCH(self) -> None:
            found = _PATH.match(self.path)
            assert found is not None
            path = registry.uploads / found["what"]
            self._body(path)
            self._answer(202, Location=self._at(found, found["what"]), Range=f"0-{path.stat().st_size - 1}")

        def do_PUT(self) -> None:
            found = _PATH.match(self.path)
            assert found is not None
            path = registry.uploads / (found["what"] if found["kind"] == "blobs/uploads" else uuid.uuid4().hex)
            self._body(path)
            digest = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
            path.replace(registry.blob(digest))
            if found["kind"] == "manifests":
                registry.types[digest] = self.headers["Content-Type"]
                registry.tags[found["name"], found["what"]] = digest
            self._answer(201, Location=self.path, Docker_Content_Digest=digest)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextlib.contextmanager
def registry(host: str, directory: Path) -> Iterator[tuple[Registry, str]]:
    """A registry on an address that pods reach: itself, and its ``host:port``."""
    made = Registry(directory)
    server = ThreadingHTTPServer((host, 0), _handler(made))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made, f"{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
