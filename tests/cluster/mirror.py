"""A mirror of Python packages for pods: what this machine's own package index says, passed on over plain HTTP."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_ELSEWHERE = re.compile(rb"https://([A-Za-z0-9.-]+)/")
_ASKED = ("Accept", "Range", "If-None-Match")
_SAID = ("Content-Type", "Content-Range", "Accept-Ranges", "ETag", "Cache-Control")


def upstream() -> str:
    """The index that this machine's tools use, without a final slash."""
    told = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL")
    if told:
        return told.rstrip("/")
    words = [sys.executable, "-m", "uv", "pip", "install", "--help"]  # says which one goes without saying
    found = re.search(r"https://[^ >)]+/simple", subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    assert found is not None, "set UV_DEFAULT_INDEX"
    return found[0]


@contextlib.contextmanager
def mirror(host: str) -> Iterator[str]:
    """The address of the index while the block runs; ``host`` is an address that pods reach."""
    index = upstream()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/simple/"):
                uri = index + self.path.removeprefix("/simple")
            else:
                uri = "https://" + self.path.removeprefix("/at/")
            asked = {name: self.headers[name] for name in _ASKED if self.headers[name]}
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(uri, headers=asked, method=self.command), timeout=60
                ) as answer:
                    body, status, said = answer.read(), answer.status, answer.headers
            except urllib.error.HTTPError as error:
                with error:
                    body, status, said = error.read(), error.code, error.headers
            except OSError:
                return self.send_error(502)
            if self.path.startswith("/simple/"):
                body = _ELSEWHERE.sub(f"http://{self.headers['Host']}/at/".encode() + rb"\1/", body)
            self.send_response(status)
            for name in _SAID:
                if said.get(name) and not (name == "ETag" and status == 206):
                    self.send_header(name, said[name])
            self.send_header("Content-Length", str(len(body)) if self.command == "GET" else said.get("Content-Length", "0"))
            self.end_headers()
            self.wfile.write(body)
            return None

        do_HEAD = do_GET  # noqa: N815 - the name that the standard library asks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}/simple"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
