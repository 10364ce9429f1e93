"""A small client of the node's S3 server, and the Secret that opens it in the way Seldon's own initializer reads."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from tests.cluster.node import ObjectStore

_REGION = "us-east-1"


class Store:
    """Buckets and objects by signed requests of version 4; every path is ``bucket`` or ``bucket/key``."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def bucket(self, name: str) -> None:
        """Make a bucket; one that is there stays."""
        status, body = self.ask("PUT", name)
        assert status == 200 or b"BucketAlreadyOwnedByYou" in body, (status, body[:500])

    def put(self, path: str, content: bytes) -> None:
        """Write one object."""
        status, body = self.ask("PUT", path, content)
        assert status == 200, (status, body[:500])

    def get(self, path: str) -> bytes | None:
        """One object, or None."""
        status, body = self.ask("GET", path)
        return body if status == 200 else None

    def put_tree(self, root: Path, path: str) -> None:
        """Copy a directory's files below a path."""
        for file in sorted(root.rglob("*")):
            if file.is_file():
                self.put(f"{path}/{file.relative_to(root).as_posix()}", file.read_bytes())

    def ask(self, method: str, path: str, content: bytes = b"") -> tuple[int, bytes]:
        """One signed request: status and body."""
        parts = urlsplit(self._store.url)
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        told = {"host": parts.netloc, "x-amz-content-sha256": hashlib.sha256(content).hexdigest(), "x-amz-date": now}
        names = ";".join(sorted(told))
        lines = [method, quote(f"/{path}"), "", *(f"{name}:{told[name]}" for name in sorted(told)), "", names]
        request = "\n".join([*lines, told["x-amz-content-sha256"]])
        scope = f"{now[:8]}/{_REGION}/s3/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = f"AWS4{self._store.secret_key}".encode()
        for part in (now[:8], _REGION, "s3", "aws4_request", to_sign):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        credential = f"Credential={self._store.access_key}/{scope}"
        headers = {**told, "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={key.hex()}"}
        asked = urllib.request.Request(self._store.url + quote(f"/{path}"), content or None, headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


def secret(store: ObjectStore, namespace: str, name: str = "models-s3", *, remote: str = "s3", **other: str) -> dict[str, Any]:
    """A Secret whose keys are the settings of one rclone remote; ``other`` replaces settings (``secret_access_key="…"``)."""
    settings = {
        "type": "s3",
        "provider": "Minio",
        "env_auth": "false",
        "access_key_id": store.access_key,
        "secret_access_key": store.secret_key,
        "endpoint": store.url,
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "annotations": {"seldon-nb.io/remotes": remote}},
        "stringData": {f"RCLONE_CONFIG_{remote.upper()}_{key.upper()}": value for key, value in {**settings, **other}.items()},
    }
