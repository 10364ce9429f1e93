"""Slots: one directory and one model server each, for one deployment or in reserve.

A spare is a slot without a model whose server has done its imports.  To deploy is to claim a spare, copy the model's files into it and have
them loaded; the slot's server finds them again by itself when it is started anew.

::

    slots/<id>/server.json    the socket and MLServer's settings
    slots/<id>/state.json     written by the server: starting, spare, loading, loaded, failed
    slots/<id>/claim.json     whose it is, and which process claimed it
    slots/<id>/model/         the model's files, copied and compared with their digest
    slots/<id>/repository/<node>/model-settings.json
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import shutil
import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seldon_nb.digests import tree_digest, tree_files
from seldon_nb.domain.canonical import short
from seldon_nb.domain.errors import fail
from seldon_nb.here.home import Home, write_private
from seldon_nb.here.supervision import Program, Supervisor

PREFIX = "slot-"
_LAUNCHER = Path(__file__).with_name("model_server.py")
_POLL_S = 0.002
_START_S = 120.0
_LOAD_S = 1800.0
_SETTLE_S = 10  # longer than it takes to load most models: one that ends its server each time is not tried for ever
_ROOM_LEFT = 32 << 20  # bytes that a copy must leave free


@dataclass(frozen=True, slots=True)
class SlotState:
    """What a slot's server said last: ``starting``, ``spare``, ``loading``, ``loaded``, ``failed``, or nothing; and which process said it."""

    state: str = ""
    pid: int = 0
    failure: Mapping[str, Any] = field(default_factory=dict)


class LoadFailure(Exception):  # noqa: N818 - what a server said, before it has a code
    """The server could not load the model; ``seen`` is what it said, empty if it stopped instead of answering."""

    def __init__(self, seen: Mapping[str, Any]) -> None:
        super().__init__(str(seen.get("error_type", "")))
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot by its id."""

    id: str
    root: Path
    socket: Path

    @property
    def program(self) -> str:
        """Its name at the supervisor."""
        return PREFIX + self.id

    @property
    def model(self) -> Path:
        """Its copy of the model."""
        return self.root / "model"

    def state(self) -> SlotState:
        """What its server said last."""
        told = _read(self.root / "state.json")
        return SlotState(str(told.get("state", "")), int(told.get("pid", 0)), told.get("failure") or {})

    def owner(self) -> str:
        """The deployment that claimed it; empty for a spare."""
        return str(_read(self.root / "claim.json").get("target", ""))

    def settings(self, node: str) -> dict[str, Any]:
        """The ``model-settings.json`` of its model as it is on disk; empty if it cannot be read."""
        return _read(self.root / "repository" / node / "model-settings.json")


class Digests:
    """The digests of slots' models as they are on disk; what did not change since it was read is not read again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[list[tuple[str, int, int, int]], str]] = {}

    def digest(self, slot: Slot) -> str:
        """``sha256:…``; empty if the files cannot be read."""
        try:
            stats = [(name, (slot.model / name).stat()) for name in tree_files(slot.model)]
            marks = [(name, stat.st_ino, stat.st_size, stat.st_ctime_ns) for name, stat in stats]
            known = self._known.get(slot.id)
            if known is None or known[0] != marks:
                self._known[slot.id] = known = (marks, tree_digest(slot.model))
        except OSError:
            return ""
        return known[1]


class Slots:
    """All slots of one home."""

    def __init__(self, home: Home, supervisor: Supervisor, python: Path) -> None:
        self._home = home
        self._supervisor = supervisor
        self._python = python

    def get(self, slot_id: str) -> Slot:
        """The slot of that id, whether or not it is there."""
        return Slot(slot_id, self._home.slots / slot_id, self._home.run / f"{PREFIX}{slot_id}.sock")

    def all(self) -> list[Slot]:
        """Every slot, oldest first."""
        roots = [path for path in self._home.slots.iterdir() if (path / "server.json").exists()]
        return [self.get(root.name) for root in sorted(roots, key=lambda root: (root.stat().st_ctime_ns, root.name))]

    def program(self, slot: Slot) -> Program:
        """How the supervisor runs it."""
        argv = (str(self._python), str(_LAUNCHER), str(slot.root))
        return Program(name=slot.program, argv=argv, cwd=slot.root, log=slot.root / "log", settle_s=_SETTLE_S)

    # --- spares --------------------------------------------------------------------------------------------------------------

    def spares(self) -> list[Slot]:
        """Slots that nobody claimed, the ready ones first."""
        free = [slot for slot in self.all() if not (slot.root / "claim.json").exists()]
        return sorted(free, key=lambda slot: slot.state().state != "spare")

    def new(self) -> Slot:
        """A new slot, written down but not started."""
        slot = self.get(os.urandom(4).hex())
        slot.root.mkdir(mode=0o700)
        (slot.root / "repository").mkdir(mode=0o700)
        told = {"socket": str(slot.socket), "settings": {"server_name": "seldon_nb"}}
        write_private(slot.root / "server.json", json.dumps(told).encode())
        self._supervisor.write(self.program(slot))
        return slot

    def claim(self, target: str) -> Slot:
        """Take a spare for a deployment, the readiest first; makes one if there is none.  The caller holds the place's lock."""
        spares = self.spares()
        slot = spares[0] if spares else self.new()
        write_private(slot.root / "claim.json", json.dumps({"target": target, **_myself()}).encode())
        self._supervisor.add(self.program(slot))
        return slot

    def await_ready(self, slot: Slot, timeout_s: float = _START_S) -> None:
        """Wait until a claimed slot's server can load a model.

        Raises:
            SNB-512: it does not start, or gives up.
        """
        until = time.monotonic() + timeout_s
        look = time.monotonic() + 1.0
        while slot.state().state != "spare" or not slot.socket.exists():
            now = time.monotonic()
            if now > look:
                look = now + 1.0
                word = self._supervisor.state(slot.program)
                if word in ("FATAL", "EXITED", "STOPPED", "") or now > until:
                    raise fail("SNB-512", reason=f"model server: {word.lower() or 'no answer'}", log=str(slot.root / "log"))
            time.sleep(_POLL_S)

    # --- a model in a slot ---------------------------------------------------------------------------------------------------

    def fill(self, slot: Slot, model: Path, digest: str, settings: Mapping[str, Any], ref: str) -> None:
        """Copy a model's files into a slot and write the settings beside them.

        Args:
            digest: that the copy must have.
            settings: MLServer's ``model-settings.json``.

        Raises:
            SNB-128: the files are not the ones of the digest.  SNB-515: the disk is full.
        """
        needed = 0
        try:
            names = tree_files(model)
            needed = sum((model / name).stat().st_size for name in names)
            if shutil.disk_usage(slot.root).free < needed + _ROOM_LEFT:
                raise OSError(errno.ENOSPC, "full")  # noqa: TRY301 - a full disk seen early and one seen late are told alike
            slot.model.mkdir(mode=0o700, exist_ok=True)
            for name in names:
                into = slot.model / name
                into.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copyfile(model / name, into)
                into.chmod(0o600)
            found = tree_digest(slot.model)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise disk_full(self._home, needed) from error
            raise fail("SNB-128", ref=ref, planned=short(digest), found=error.strerror or type(error).__name__) from error
        if found != digest:
            raise fail("SNB-128", ref=ref, planned=short(digest), found=short(found))
        folder = slot.root / "repository" / str(settings["name"])
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(folder / "model-settings.json", json.dumps(settings, indent=2, sort_keys=True).encode())

    def load(self, slot: Slot, node: str) -> None:
        """Have the slot's server load its model.

        Raises:
            LoadFailure: with what the server said.
        """
        try:
            status, body = ask(slot.socket, "POST", f"/v2/repository/models/{node}/load", timeout_s=_LOAD_S)
        except OSError as error:
            raise LoadFailure({}) from error
        if status != 200:
            try:
                seen = json.loads(body)
            except ValueError:
                seen = {}
            raise LoadFailure(seen if isinstance(seen, dict) else {})

    def retire(self, slot: Slot) -> None:
        """Stop a slot's server and remove its directory."""
        if slot.root.exists():
            with contextlib.suppress(OSError):
                write_private(
                    slot.root / "claim.json", json.dumps(_myself()).encode()
                )  # if we die now, the next command finishes it
        self._supervisor.remove(slot.program)
        slot.socket.unlink(missing_ok=True)
        shutil.rmtree(slot.root, ignore_errors=True)

    def forgotten(self, living: Collection[str], doubtful: Collection[str]) -> list[Slot]:
        """Claimed slots that serve no deployment and that no living process is about to fill or to remove.

        Args:
            living: ids of slots that serve.
            doubtful: deployments whose file cannot be read; their slots are kept, whichever they are.
        """
        others = [slot for slot in self.all() if slot.id not in living and (slot.root / "claim.json").exists()]
        return [slot for slot in others if slot.owner() not in doubtful and not _lives(_read(slot.root / "claim.json"))]


def ask(path: Path, method: str, url: str, *, timeout_s: float) -> tuple[int, bytes]:
    """One question over a Unix socket: (HTTP status, body). Raises: ``OSError`` if nobody answers."""
    connection = http.client.HTTPConnection("slot")
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.sock.settimeout(timeout_s)
        connection.sock.connect(str(path))
        connection.request(method, url, headers={"Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise ConnectionError(type(error).__name__) from error
    finally:
        connection.close()


def disk_full(home: Home, needed: int) -> Exception:
    """SNB-515 with what is free now; ``needed`` in bytes."""
    free = shutil.disk_usage(home.root).free
    return fail("SNB-515", path=str(home.root), free_mb=free >> 20, needed_mb=(needed >> 20) + 1)


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _myself() -> dict[str, Any]:
    import psutil

    return {"pid": os.getpid(), "started": psutil.Process().create_time()}


def _lives(claim: Mapping[str, Any]) -> bool:
    """Whether the process that claimed a slot still runs, so that it may be filling it."""
    import psutil

    try:
        return bool(psutil.Process(int(claim.get("pid", 0))).create_time() == claim.get("started"))
    except (psutil.Error, ValueError):
        return False
