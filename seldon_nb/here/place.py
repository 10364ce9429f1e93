"""The place: supervisor, gateway, model servers and one in reserve; down, up, and back to what it was after any stop."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seldon_nb import wire
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.here.home import Home, write_private
from seldon_nb.here.installed import check_installed
from seldon_nb.here.loopback import answers, free_port, is_free, port_holder
from seldon_nb.here.records import Live, Records
from seldon_nb.here.report import GATEWAY, PlaceFile, PlaceReport, Restored
from seldon_nb.here.slots import PREFIX, Slot, Slots
from seldon_nb.here.supervision import Program, ProgramState, Supervisor
from seldon_nb.words import tr

if TYPE_CHECKING:
    from seldon_nb.here.gateway import Gateway

DEFAULT_PORT = 8901
_LOCK_S = 180.0
_RESTORE_S = 120.0
_RELEASE_S = 3.0
_SAME_BOOT_S = 10  # the clock may be set meanwhile


@dataclass(frozen=True, slots=True)
class _Seen:
    """What ran when somebody last looked; a process id that changed since then tells of a stop."""

    pids: Mapping[str, int] = field(default_factory=dict)
    python: str = ""
    boot: int = 0


class Place:
    """The processes of one home.

    Args:
        server_python: the Python of the model servers; this one if None.
        port: of the gateway, for a place that has none yet.
        extra_programs: others to keep alive, by name.
    """

    def __init__(
        self,
        home: Home,
        *,
        server_python: Path | None = None,
        port: int | None = None,
        extra_programs: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.home = home
        self.supervisor = Supervisor(home)
        self.records = Records(home)
        self.slots = Slots(home, self.supervisor, server_python or Path(sys.executable))
        self.last_report: PlaceReport | None = None
        self._python = server_python or Path(sys.executable)
        self._first_port = port
        self._extra = dict(extra_programs or {})
        self._early: threading.Thread | None = None

    @cached_property
    def gateway(self) -> Gateway:
        """The gateway's files and the conversation with it."""
        from seldon_nb.here.gateway import Gateway

        return Gateway(self.home)

    # --- what it is ------------------------------------------------------------------------------------------------------------

    @property
    def file(self) -> PlaceFile:
        """What this place is; the defaults, without a port, if it was never up. Raises: SNB-514 if it cannot be read."""
        try:
            return wire.loads(PlaceFile, self.home.place_file.read_bytes())
        except FileNotFoundError:
            return PlaceFile(port=self._first_port or 0)
        except (OSError, ValueError) as error:
            raise fail("SNB-514", path=str(self.home.place_file), reason=type(error).__name__) from error

    @property
    def exists(self) -> bool:
        """Whether it was ever up."""
        return self.home.place_file.exists()

    @property
    def classification(self) -> Classification:
        """Of the data that this workspace holds."""
        return self.file.classification

    @property
    def url(self) -> str:
        """The gateway's address, without a final slash."""
        return f"http://127.0.0.1:{self.file.port}"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """One at a time may start, stop, claim or publish; other processes wait."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.home.root / "place.lock", timeout=_LOCK_S, mode=0o600, poll_interval=0.005):
                yield
        except Timeout as error:
            raise fail("SNB-512", reason="place.lock", log=str(self.supervisor.log)) from error

    # --- up --------------------------------------------------------------------------------------------------------------------

    def up(self, *, port: int | None = None, classification: str = "") -> PlaceReport:
        """Start what does not run; returns at once if everything does.

        Models that had stopped are waited for; the spare is not.

        Raises:
            SNB-510 … SNB-517.  Nothing that was deployed is lost by any of them.
        """
        if port is None and not classification:
            states = self._states()
            if states is not None and self._is_whole(states):
                return self._report(states)
        self.home.prepare()
        with self.lock():
            return self._up(port, classification)

    def start_spare_early(self) -> None:
        """Begin :meth:`up` in the background, so that the first deploy does not wait; says nothing if it fails (the next ``up`` will)."""
        if self._early is not None and self._early.is_alive():
            return

        def begin() -> None:
            with contextlib.suppress(SeldonNbError, OSError):
                self.up()

        self._early = threading.Thread(target=begin, name="seldon_nb-early", daemon=True)
        self._early.start()

    def expects(self, program: str) -> bool:
        """Whether a program of this place runs or is about to: the place is being started, or its supervisor says so."""
        if self._early is not None and self._early.is_alive():
            return True
        state = (self._states() or {}).get(program)
        return state is not None and state.is_up

    def _up(self, port: int | None, classification: str) -> PlaceReport:
        file = self._settle(port, classification)
        lives = self.records.all()
        seen = self._seen()
        states = self._states()
        known = set(states or ())
        if states is None:
            check_installed(self._python)
            self.supervisor.end_orphans()
        gateway_runs = states is not None and GATEWAY in states and states[GATEWAY].is_up
        moved = gateway_runs and self.gateway.port != file.port
        if not gateway_runs or moved:
            self._check_port(file.port)
        write_private(self.home.place_file, wire.dumps(file).encode())
        programs = self._programs(lives)
        if states is None:
            self._start_all(programs, with_spare=not lives)
        else:
            for program in programs:
                self.supervisor.add(program)
            self._revive(states)
        self._start_gateway(file.port, anew=moved)
        self.publish()
        if not self.gateway.ready(10.0):
            self._check_port(file.port)
            raise fail("SNB-513", reason=tr("no answer in 10 seconds"))
        self._await_models(lives)
        self._tidy(lives)
        self.keep_spare()
        states = self.supervisor.states()
        restored = self._restored(seen, states, lives)
        self._remember(states)
        return self._report(states, started=tuple(sorted(set(states) - known)), restored=restored)

    def _settle(self, port: int | None, classification: str) -> PlaceFile:
        """What the place is to be: what it was, with what was asked changed."""
        file = self.file
        if port is not None:
            file = replace(file, port=port)
        if not file.port:
            file = replace(file, port=free_port(DEFAULT_PORT))
        if classification:
            file = replace(file, classification=Classification.parse(classification).effective)
        return file

    def _programs(self, lives: Sequence[Live]) -> list[Program]:
        """What has to run, the gateway and the spare left out."""
        root = self.home.root
        extra = [
            Program(name=name, argv=tuple(argv), cwd=root, log=self.home.supervisor / f"{name}.log")
            for name, argv in self._extra.items()
        ]
        slots = (self.slots.get(live.slot) for live in lives)
        return [*extra, *(self.slots.program(slot) for slot in slots if slot.root.exists())]

    def _start_all(self, programs: Sequence[Program], *, with_spare: bool) -> None:
        """Write every program down, then start the supervisor, which starts them all at once; what serves goes before the spare."""
        spares = self.slots.spares() or ([self.slots.new()] if with_spare else [])
        for spare in spares[1:]:
            self.slots.retire(spare)
        wanted = [*programs, *(self.slots.program(spare) for spare in spares[:1] if with_spare)]
        for program in wanted:
            self.supervisor.write(program)
        keep = {program.name for program in wanted}
        for name in self.supervisor.names() - keep:
            self.supervisor.remove(name)
        self.supervisor.start()

    def _start_gateway(self, port: int, *, anew: bool) -> None:
        """After the model servers, which take longer: the documents are written while they import."""
        self.gateway.prepare(port)
        if anew:
            self.supervisor.restart(GATEWAY)
        self.supervisor.add(
            Program(name=GATEWAY, argv=tuple(self.gateway.argv()), cwd=self.home.root, log=self.home.gateway / "log")
        )

    def keep_spare(self) -> None:
        """Have a model server in reserve; not waited for.  The caller holds the place's lock."""
        spares = self.slots.spares() or [self.slots.new()]
        self.supervisor.add(self.slots.program(spares[0]))

    def _revive(self, states: Mapping[str, ProgramState]) -> None:
        """Start what was stopped; a model server that ends again and again would only do so once more, so that the card says so instead."""
        for name, state in states.items():
            if state.state in ("EXITED", "STOPPED") or (state.state in ("BACKOFF", "FATAL") and not name.startswith(PREFIX)):
                self.supervisor.restart(name)  # somebody asks for it now: not after the supervisor's growing pause

    def _await_models(self, lives: Sequence[Live]) -> None:
        """Wait until every deployment's server has loaded its model, or has said that it cannot."""
        import time

        until = time.monotonic() + _RESTORE_S
        waiting = [self.slots.get(live.slot) for live in lives]
        while waiting and time.monotonic() < until:
            states = self.supervisor.states()
            waiting = [slot for slot in waiting if self.is_coming(slot, states.get(slot.program))]
            if waiting:
                time.sleep(0.05)

    def is_coming(self, slot: Slot, state: ProgramState | None) -> bool:
        """Whether a slot's server is on its way to answering."""
        if state is None or state.is_given_up:
            return False
        said = slot.state()
        return not (said.pid == state.pid and said.state in ("loaded", "failed"))

    def _tidy(self, lives: Sequence[Live]) -> None:
        """Remove what an interrupted apply left behind, and programs that nobody wants any more."""
        for slot in self._forgotten(lives):
            self.slots.retire(slot)
        wanted = {GATEWAY, *self._extra, *(slot.program for slot in self.slots.all())}
        for name in self.supervisor.names() - wanted:
            self.supervisor.remove(name)

    # --- down and state ----------------------------------------------------------------------------------------------------------

    def down(self) -> PlaceReport:
        """Stop every process of the place; files stay, and ``up`` brings everything back."""
        if self._early is not None:
            self._early.join()
        self.home.prepare()
        with self.lock():
            self.supervisor.stop()
            self._seen_file.unlink(missing_ok=True)
        return self._report(None)

    def status(self) -> PlaceReport:
        """What runs now; changes nothing."""
        return self._report(self._states())

    @contextlib.contextmanager
    def untold_calls(self) -> Iterator[tuple[dict[str, Any], ...]]:
        """The calls that the gateway logged since they were last told; metadata only.

        They count as told when the block ends without an error, so that none is lost if the record cannot be written.
        """
        mark = self.home.gateway / "calls.offset"
        with self.lock():
            try:
                offset = int(mark.read_text(encoding="ascii"))
            except (OSError, ValueError):
                offset = 0
            records, after = self.gateway.calls(offset)
            yield tuple(records)
            if after != offset:
                write_private(mark, str(after).encode())
            self.gateway.rotate()

    # --- the routes --------------------------------------------------------------------------------------------------------------

    def publish(self, candidate: Live | None = None, *, without: Target | None = None) -> None:
        """Tell the gateway what serves: every ``live.json``, with a candidate in the place of its former self, or without a target.

        Raises:
            SNB-513: the gateway refuses; what was routed before still is.
        """
        from seldon_nb.here.identity import audience
        from seldon_nb.render.envoy import Route, Upstream
        from seldon_nb.render.mlserver import node_name

        leave_out = {without, candidate.revision.target if candidate else None}
        lives = [live for live in self.records.all() if live.revision.target not in leave_out]
        if candidate is not None:
            lives.append(candidate)
        slots = [self.slots.get(live.slot) for live in lives]
        upstreams = [Upstream(slot.program, str(slot.socket)) for slot in slots]
        routes = [
            Route(
                target=live.revision.target,
                node=node_name(live.revision.document),
                callers=tuple(caller.name for caller in live.revision.callers),
                audience=audience(live.revision.target),
                cluster=slot.program,
                timeout_s=live.revision.timeout_s,
            )
            for live, slot in zip(lives, slots, strict=True)
        ]
        self.gateway.publish(upstreams, routes)

    # --- looking -----------------------------------------------------------------------------------------------------------------

    def _states(self) -> dict[str, ProgramState] | None:
        try:
            return self.supervisor.states()
        except OSError:
            return None

    def _is_whole(self, states: Mapping[str, ProgramState]) -> bool:
        """Whether everything is as when somebody last looked: the same processes run, and what was given up then still is."""
        seen = self._seen()
        lives = self.records.all()
        slots = (self.slots.get(live.slot) for live in lives)
        names = {GATEWAY, *self._extra, *(slot.program for slot in slots if slot.root.exists())}
        now = _pids(states)
        return (
            seen.python == str(self._python)
            and answers(self.file.port)
            and all(name in now and seen.pids.get(name) == now[name] for name in names)
            and any(now.get(slot.program, 0) > 0 for slot in self.slots.spares())
            and not self._forgotten(lives)
        )

    def _forgotten(self, lives: Sequence[Live]) -> list[Slot]:
        return self.slots.forgotten({live.slot for live in lives}, self.records.unreadable())

    def _restored(self, seen: _Seen, states: Mapping[str, ProgramState], lives: Sequence[Live]) -> tuple[Restored, ...]:
        """What had run, was not told to stop, and runs now as another process."""
        names = {PREFIX + live.slot: str(live.revision.target) for live in lives} | {GATEWAY: GATEWAY}
        changed = [
            name for name in names if seen.pids.get(name, 0) > 0 and states.get(name) and states[name].pid != seen.pids[name]
        ]
        pid = self.supervisor.own_pid()
        whole = bool(seen.pids) and seen.pids.get("supervisor") != pid
        why = (
            tr("the machine was started anew") if whole and abs(seen.boot - _boot()) > _SAME_BOOT_S else tr("with the supervisor")
        )
        found = [Restored("supervisor", why)] if whole else []
        return (
            *found,
            *(Restored(names[name], why if whole else self.supervisor.last_exit(name) or "-") for name in sorted(changed)),
        )

    @property
    def _seen_file(self) -> Path:
        return self.home.supervisor / "seen.json"

    def _seen(self) -> _Seen:
        try:
            return wire.loads(_Seen, self._seen_file.read_bytes())
        except (OSError, ValueError):
            return _Seen()

    def _remember(self, states: Mapping[str, ProgramState]) -> None:
        seen = _Seen({**_pids(states), "supervisor": self.supervisor.own_pid()}, str(self._python), _boot())
        write_private(self._seen_file, wire.dumps(seen).encode())

    def remember_slot(self, slot: Slot) -> None:
        """Know a slot's process as the one that is meant to run; the caller holds the place's lock."""
        seen = self._seen()
        pids = {**seen.pids, slot.program: slot.state().pid}
        write_private(self._seen_file, wire.dumps(replace(seen, pids=pids)).encode())

    def _report(
        self, states: Mapping[str, ProgramState] | None, *, started: tuple[str, ...] = (), restored: tuple[Restored, ...] = ()
    ) -> PlaceReport:
        file = self.file
        report = PlaceReport(
            running=states is not None,
            home=self.home.root,
            port=file.port,
            url=f"http://127.0.0.1:{file.port}",
            classification=file.classification,
            namespaces=tuple(name for name, _ in file.namespaces),
            deployments=tuple(str(live.revision.target) for live in self.records.all()),
            started=started,
            restored=restored,
            spare=states is not None and any(slot.state().state == "spare" for slot in self.slots.spares()),
            processes=1 + sum(state.is_up for state in states.values()) if states is not None else 0,
        )
        self.last_report = report
        return report

    # --- what it needs -----------------------------------------------------------------------------------------------------------

    def _check_port(self, port: int) -> None:
        """Raises: SNB-510 if somebody else listens on the port."""
        until = time.monotonic() + _RELEASE_S
        while not is_free(port):
            name, pid = port_holder(port)
            if pid and pid in {process.pid for process in self.supervisor.processes()}:
                return  # the supervisor was faster than we
            if not pid and time.monotonic() < until:  # one that was killed keeps its port until its last thread is gone
                time.sleep(0.05)
                continue
            holder = tr("{name} (process {pid})", name=name, pid=pid) if pid else tr("another program, or kept by the system")
            raise fail("SNB-510", port=port, holder=holder, free=free_port(port + 1))


def _pids(states: Mapping[str, ProgramState]) -> dict[str, int]:
    """Process ids by program; -1 for what was given up."""
    return {name: -1 if state.is_given_up else state.pid for name, state in states.items() if state.is_up or state.is_given_up}


def _boot() -> int:
    import psutil

    return int(psutil.boot_time())


__all__ = ["Place", "PlaceFile", "PlaceReport", "Restored"]
