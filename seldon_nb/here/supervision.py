"""The process supervisor of one place: ``supervisord`` from PyPI, detached from whoever started it.

It keeps programs alive and starts them again when they stop; nothing of ours watches a process.  Its environment is made from scratch and
carries :data:`MARK`, which every process of the place inherits: that mark, the user's id and a live process handle are how our own processes are
recognised after a crash, and nothing else is ever ended.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shlex
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seldon_nb.domain.errors import fail
from seldon_nb.here.home import Home, write_private

if TYPE_CHECKING:
    import psutil

MARK = "SELDON_NB_PLACE"
UP = frozenset({"RUNNING", "STARTING"})
_KEPT = ("HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")
_START_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program to keep alive.

    Attributes:
        settle_s: seconds after which a start counts as one that went well; after a few that did not, it is given up.
        stop_s: seconds between being asked to stop and being ended.
        env: names and values on top of the supervisor's own clean environment; a value holds no quotes.
        log: where its output goes; rotated at 1 MB.
    """

    name: str
    argv: tuple[str, ...]
    cwd: Path
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    settle_s: int = 1
    stop_s: int = 6

    def section(self, base: Path) -> str:
        """Its section of the configuration of a supervisor that works in the directory ``base``."""
        env = ",".join(f'{name}="{value}"' for name, value in sorted(self.env.items()))
        settings = {
            "command": shlex.join(self.argv),
            "directory": str(self.cwd),
            "environment": env,
            "autostart": "true",
            "autorestart": "true",
            "startsecs": str(self.settle_s),
            "startretries": "3",
            "stopwaitsecs": str(self.stop_s),
            "stopasgroup": "true",
            "killasgroup": "true",
            "umask": "077",
            "redirect_stderr": "true",
            "stdout_logfile": os.path.relpath(self.log, base),  # this one setting has its percent signs read twice
            "stdout_logfile_maxbytes": "1MB",
            "stdout_logfile_backups": "1",
        }
        lines = [f"{name}={_escape(value)}" for name, value in settings.items() if value]
        return "\n".join([f"[program:{self.name}]", *lines, ""])


@dataclass(frozen=True, slots=True)
class ProgramState:
    """What the supervisor knows of a program: its state word (``RUNNING``, ``BACKOFF``, ``FATAL``…), pid (0 if none) and start (Unix seconds)."""

    name: str
    state: str
    pid: int
    started: int

    @property
    def is_given_up(self) -> bool:
        """Whether it ended so often in a row that it is not started any more."""
        return self.state == "FATAL"

    @property
    def is_up(self) -> bool:
        """Whether its process lives."""
        return self.state in UP and self.pid > 0


class Supervisor:
    """The supervisor of one home.  It is told what to do through a Unix socket that only its owner can open."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._config = home.supervisor / "supervisord.conf"
        self._programs = home.supervisor / "conf.d"
        self._socket = home.run / "sv.sock"
        self.log = home.supervisor / "log"

    # --- itself --------------------------------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether it answers."""
        try:
            self._call("supervisor.getState")
        except OSError:
            return False
        return True

    def ensure_running(self) -> bool:
        """Start it unless it answers; True if it had to be started.

        What a killed supervisor left behind is ended first: a process that nobody watches must not answer beside its successor.

        Raises:
            SNB-512: it does not start.  SNB-514: the home's path cannot be written in its configuration.
        """
        if self.is_running():
            return False
        self.end_orphans()
        self.start()
        return True

    def start(self) -> None:
        """Start it with every program that stands in the configuration; nothing of this home may be running. Raises: as above."""
        self._write_config()
        argv = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._config)]
        try:
            done = subprocess.run(
                ["/bin/sh", "-c", 'ulimit -c 0; umask 077; exec "$@"', "sh", *argv],  # a core file would hold payloads
                env=self._environment(),
                cwd=self._home.supervisor,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                timeout=_START_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise fail("SNB-512", reason=type(error).__name__, log=str(self.log)) from error
        if done.returncode != 0:  # it detaches only after it listens
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            reason = lines[0][:200] if lines else f"status {done.returncode}"
            raise fail("SNB-512", reason=reason, log=str(self.log))

    def stop(self, timeout_s: float = 15.0) -> None:
        """Stop every program, then itself; when this returns, no process and no socket of this home is left."""
        ours = self.processes()
        with contextlib.suppress(OSError, xmlrpc.client.Fault):
            self._call("supervisor.shutdown")
            until = time.monotonic() + timeout_s
            while time.monotonic() < until and any(process.is_running() and not _is_gone(process) for process in ours):
                time.sleep(0.02)
                with contextlib.suppress(OSError, xmlrpc.client.Fault):
                    self._call("supervisor.getState")  # every question makes it look at its children
        self.end_orphans()

    # --- programs ------------------------------------------------------------------------------------------------------------

    def write(self, program: Program) -> bool:
        """Write a program's section for the next start or :meth:`refresh`; False if it stands there already."""
        self._programs.mkdir(mode=0o700, exist_ok=True)
        path = self._programs / f"{program.name}.conf"
        data = program.section(self._home.supervisor).encode()
        with contextlib.suppress(FileNotFoundError):
            if path.read_bytes() == data:
                return False
        write_private(path, data)
        return True

    def names(self) -> set[str]:
        """The programs that stand in the configuration."""
        return {path.stem for path in self._programs.glob("*.conf")}

    def add(self, program: Program) -> None:
        """Write a program and start it; one that changed is stopped first.

        Raises:
            SNB-512: the supervisor refuses or does not answer.
        """
        changed = self.write(program)
        known = program.name in self.states()
        if known and changed:
            self._stop_group(program.name, wait=True)
        if changed or not known:
            self._ask("supervisor.reloadConfig")
            self._ask("supervisor.addProcessGroup", program.name, unless=90)  # 90: it is there already

    def remove(self, name: str) -> None:
        """Stop a program and forget it; nothing happens if it is not there."""
        (self._programs / f"{name}.conf").unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._stop_group(name, wait=True)
            self._ask("supervisor.reloadConfig")

    def restart(self, name: str) -> None:
        """Start a program that gave up, or start it anew."""
        self._ask("supervisor.stopProcess", name, True, unless=70)  # 70: not running
        self._ask("supervisor.startProcess", name, False, unless=60)  # 60: already started

    def states(self) -> dict[str, ProgramState]:
        """All programs by name. Raises: ``OSError`` if it does not answer."""
        infos: list[dict[str, Any]] = self._call("supervisor.getAllProcessInfo")
        return {info["name"]: _state(info) for info in infos}

    def state(self, name: str) -> str:
        """A program's state word; empty if it is not known, or if the supervisor does not answer."""
        with contextlib.suppress(OSError):
            found = self.states().get(name)
            return found.state if found else ""
        return ""

    def pid(self, name: str) -> int:
        """A program's process id; 0 if it does not run."""
        with contextlib.suppress(OSError):
            found = self.states().get(name)
            return found.pid if found else 0
        return 0

    def own_pid(self) -> int:
        """The supervisor's own process id; 0 if it does not answer."""
        with contextlib.suppress(OSError):
            return int(self._call("supervisor.getPID"))
        return 0

    def last_exit(self, name: str) -> str:
        """How a program ended the last time, as the supervisor saw it (``terminated by SIGKILL``); empty if it does not say."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - 65536))
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        for line in reversed(lines):
            _, found, rest = line.partition(f"exited: {name} (")
            if found:
                return rest.partition(";")[0].rstrip(")")
        return ""

    # --- processes -----------------------------------------------------------------------------------------------------------

    def processes(self) -> list[psutil.Process]:
        """Every living process of this home: the supervisor, what it runs, and what that started."""
        import psutil

        mark = str(self._home.root)
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                mine = process.pid != os.getpid() and process.uids().real == os.getuid()
                if mine and process.environ().get(MARK) == mark and not _is_gone(process):
                    found.append(process)
        return found

    def end_orphans(self) -> None:
        """End every process of this home and remove its sockets; for when the supervisor does not answer."""
        import psutil

        ours = self.processes()
        ours.sort(
            key=lambda process: "supervisor.supervisord" not in " ".join(_argv(process))
        )  # first the one that starts others again
        for process in ours:
            with contextlib.suppress(psutil.Error):
                process.kill() if "supervisor.supervisord" in " ".join(_argv(process)) else process.terminate()
        _, alive = psutil.wait_procs(ours, timeout=3)
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(alive, timeout=5)
        for path in self._home.run.glob("*.sock*"):
            path.unlink(missing_ok=True)

    # --- the conversation -----------------------------------------------------------------------------------------------------

    def _call(self, method: str, *arguments: Any, timeout_s: float = 15.0) -> Any:
        connection = http.client.HTTPConnection("supervisor")
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.sock.settimeout(timeout_s)
            connection.sock.connect(str(self._socket))
            connection.request("POST", "/RPC2", xmlrpc.client.dumps(arguments, method), {"Content-Type": "text/xml"})
            answer = connection.getresponse().read()
        except http.client.HTTPException as error:
            raise ConnectionError(type(error).__name__) from error
        finally:
            connection.close()
        values, _ = xmlrpc.client.loads(answer)
        return values[0]

    def _ask(self, method: str, *arguments: Any, unless: int = 0) -> Any:
        try:
            return self._call(method, *arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == unless:
                return None
            raise fail("SNB-512", reason=str(fault.faultString)[:200], log=str(self.log)) from fault
        except OSError as error:
            raise fail("SNB-512", reason=type(error).__name__, log=str(self.log)) from error

    def _stop_group(self, name: str, *, wait: bool) -> None:
        try:
            self._call("supervisor.stopProcessGroup", name, wait)
            self._call("supervisor.removeProcessGroup", name)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != 10:  # 10: no such program
                raise fail("SNB-512", reason=str(fault.faultString)[:200], log=str(self.log)) from fault

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {**kept, "PATH": os.defpath, "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1", MARK: str(self._home.root)}

    def _write_config(self) -> None:
        self._programs.mkdir(mode=0o700, exist_ok=True)
        settings: Iterable[tuple[str, Mapping[str, str]]] = (
            ("unix_http_server", {"file": str(self._socket), "chmod": "0700"}),
            (
                "supervisord",
                {
                    "logfile": str(self.log),
                    "logfile_maxbytes": "1MB",
                    "logfile_backups": "2",
                    "loglevel": "info",
                    "pidfile": str(self._home.run / "sv.pid"),
                    "childlogdir": str(self._home.supervisor),
                    "nocleanup": "true",
                    "umask": "077",
                    "directory": str(self._home.supervisor),
                },
            ),
            ("rpcinterface:supervisor", {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"}),
            ("include", {"files": "conf.d/*.conf"}),  # relative: this one setting is split at spaces
        )
        text = "\n".join(
            f"[{name}]\n" + "".join(f"{key}={_escape(value)}\n" for key, value in items.items()) for name, items in settings
        )
        write_private(self._config, text.encode())


def _state(info: Mapping[str, Any]) -> ProgramState:
    """The supervisor's word, unless the process has died since it last looked."""
    if info["pid"] and _has_died(info["pid"]):
        return ProgramState(info["name"], "BACKOFF", 0, info["start"])
    return ProgramState(info["name"], info["statename"], info["pid"], info["start"])


def _has_died(pid: int) -> bool:
    """Whether a child of the supervisor is dead; False where the system does not tell at a glance."""
    proc = Path("/proc")
    try:
        stat = (proc / str(pid) / "stat").read_bytes()
    except OSError:
        return (proc / "self" / "stat").exists()
    return stat.rpartition(b")")[2].split()[0] in (b"Z", b"X", b"x")


def _escape(value: str) -> str:
    """A value of the supervisor's configuration; SNB-514 for what its format cannot hold."""
    if any(sign in value for sign in ("\n", "\r", " ;", " #", "\t;", "\t#")):
        raise fail("SNB-514", path=value[:200], reason="' ;', ' #'")
    return value.replace("%", "%%")


def _argv(process: psutil.Process) -> Sequence[str]:
    import psutil

    with contextlib.suppress(psutil.Error):
        return process.cmdline()
    return ()


def _is_gone(process: psutil.Process) -> bool:
    import psutil

    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True
