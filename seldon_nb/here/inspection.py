"""What ``doctor`` looks at on this machine; nothing is changed by looking."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from seldon_nb.ports import Inspection
from seldon_nb.words import tr

if TYPE_CHECKING:
    from seldon_nb.here.place import Place

ROOM_NEEDED = 500 * 1024 * 1024
NEEDED = ("mlserver", "mlserver_mlflow", "envoy", "supervisor", "jwt")


class Chosen(Protocol):
    """The settings that doctor tells, with where each came from."""

    @property
    def server_python(self) -> Path:
        """The Python of the model servers."""

    @property
    def origin(self) -> tuple[tuple[str, str], ...]:
        """For each setting, who chose it."""


def inspect(place: Place, settings: Chosen, tracking_uri: str) -> tuple[Inspection, ...]:
    """Python, packages, home, disk, catalogue, processes, isolation: one line each."""
    return (
        python(),
        packages(settings.server_python),
        home(place.home.root),
        disk(place.home.root),
        catalogue(tracking_uri),
        *processes(place),
        isolation(place.home.run),
        origins(settings),
    )


def python() -> Inspection:
    """The notebook's Python."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    ok = (3, 10) <= sys.version_info[:2] <= (3, 12)
    text = (
        tr("Python {version}", version=version)
        if ok
        else tr("Python {version}: model servers run on 3.10 to 3.12", version=version)
    )
    return Inspection("python", ok, text, "" if ok else "SNB-517")


def packages(server_python: Path) -> Inspection:
    """What the servers need, in the notebook's environment; another environment is the administrator's to check."""
    if server_python.resolve() != Path(sys.executable).resolve():
        return Inspection("servers", server_python.exists(), tr("Model servers use their own Python: {path}", path=server_python))
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        return Inspection(
            "servers", False, tr("Packages of the model servers are missing: {names}", names=", ".join(missing)), "SNB-511"
        )
    return Inspection("servers", True, tr("Model server, gateway and supervisor are installed"))


def home(root: Path) -> Inspection:
    """Whether the place's directory is the user's own and private."""
    seen = root.stat()
    ok = seen.st_uid == os.getuid() and not stat.S_IMODE(seen.st_mode) & 0o077 and os.access(root, os.W_OK)
    text = tr("Everything lies in {path}, private to you", path=root) if ok else tr("{path} is not private to you", path=root)
    return Inspection("home", ok, text, "" if ok else "SNB-514")


def disk(root: Path) -> Inspection:
    """Whether there is room for models."""
    free = shutil.disk_usage(root).free
    gib = f"{free / 2**30:.1f}"
    if free < ROOM_NEEDED:
        return Inspection("disk", False, tr("Only {gib} GiB are free", gib=gib), "SNB-515")
    return Inspection("disk", True, tr("{gib} GiB are free", gib=gib))


def catalogue(tracking_uri: str) -> Inspection:
    """Whether MLflow's store can be reached."""
    from urllib.parse import urlparse

    parts = urlparse(tracking_uri)
    if parts.scheme not in ("http", "https"):
        return Inspection("catalogue", True, tr("Models are kept in {uri}", uri=tracking_uri))
    import socket

    address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    where = f"{parts.scheme}://{address[0]}:{address[1]}"
    try:
        socket.create_connection(address, timeout=3).close()
    except OSError:
        return Inspection("catalogue", False, tr("MLflow does not answer at {uri}", uri=where), "SNB-140")
    return Inspection("catalogue", True, tr("MLflow answers at {uri}", uri=where))


def processes(place: Place) -> tuple[Inspection, ...]:
    """What runs; a place that is down is not a fault."""
    report = place.status()
    if not report.running:
        return (Inspection("place", True, tr("The place is down; the next command that needs it starts it"), warn=True),)
    return (Inspection("place", True, tr("The place is up; the gateway listens on 127.0.0.1:{port}", port=report.port)),)


def isolation(run: Path) -> Inspection:
    """Whether other users of the machine can get around the gateway."""
    ok = not stat.S_IMODE(run.stat().st_mode) & 0o077
    text = tr("Model servers listen on sockets that only you can open; everybody else goes through the gateway")
    return Inspection("isolation", ok, text if ok else tr("{path} is open to others", path=run), "" if ok else "SNB-514")


def origins(settings: Chosen) -> Inspection:
    """Settings that somebody chose, and where."""
    chosen = [f"{name} ({origin})" for name, origin in settings.origin if origin != "default"]
    return Inspection(
        "settings", True, tr("Chosen: {names}", names=", ".join(chosen)) if chosen else tr("All settings are at their defaults")
    )
