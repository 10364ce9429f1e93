"""The real supervisord with small programs: it keeps them alive, and nobody else's process is ever touched."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.here.home import Home
from seldon_nb.here.supervision import MARK, Program, Supervisor

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")


def wait(condition, seconds: float = 10.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.02)
    pytest.fail("it did not happen in time")


def end(pid: int) -> None:
    """kill -9, and wait until it is over."""
    process = psutil.Process(pid)
    os.kill(pid, signal.SIGKILL)
    wait(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


@pytest.fixture
def home():
    """A home whose path has a space, a percent sign and a quote in it."""
    root = Path(tempfile.mkdtemp(prefix="snb "))
    yield Home(root / "50% 'home'").prepare()
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def supervisor(home):
    made = Supervisor(home)
    made.ensure_running()
    yield made
    made.stop()
    assert made.processes() == []
    assert list(home.run.iterdir()) == []


def program(home: Home, name: str = "sleeper", argv: tuple[str, ...] = SLEEP, **options) -> Program:
    return Program(name=name, argv=argv, cwd=home.root, log=home.supervisor / f"{name}.log", **options)


def test_it_starts_once_and_survives_whoever_started_it(supervisor, home):
    assert supervisor.ensure_running() is False
    pid = supervisor.own_pid()
    process = psutil.Process(pid)
    assert os.getsid(pid) != os.getsid(0)
    assert os.getpid() not in [parent.pid for parent in process.parents()]


def test_its_socket_is_private_and_its_environment_clean(supervisor, home, monkeypatch):
    assert stat.S_IMODE((home.run / "sv.sock").stat().st_mode) == 0o700
    environment = psutil.Process(supervisor.own_pid()).environ()
    assert environment[MARK] == str(home.root)
    assert not {"PYTHONDONTWRITEBYTECODE", "PYTEST_CURRENT_TEST", "VIRTUAL_ENV", "PYTHONPATH"} & set(environment)


def test_a_program_that_is_killed_comes_back(supervisor, home):
    supervisor.add(program(home))
    first = wait(lambda: supervisor.pid("sleeper"))
    wait(lambda: supervisor.state("sleeper") == "RUNNING")
    end(first)
    second = wait(lambda: supervisor.pid("sleeper") not in (0, first) and supervisor.pid("sleeper"))
    assert second != first
    assert supervisor.last_exit("sleeper") == "terminated by SIGKILL"


def test_adding_the_same_twice_changes_nothing_and_another_command_replaces_it(supervisor, home):
    supervisor.add(program(home))
    first = wait(lambda: supervisor.pid("sleeper"))
    supervisor.add(program(home))
    assert supervisor.pid("sleeper") == first
    supervisor.add(program(home, argv=(sys.executable, "-c", "import time; time.sleep(599)")))
    assert wait(lambda: supervisor.pid("sleeper")) != first
    assert not psutil.pid_exists(first)


def test_a_removed_program_is_gone(supervisor, home):
    supervisor.add(program(home))
    pid = wait(lambda: supervisor.pid("sleeper"))
    supervisor.remove("sleeper")
    assert supervisor.states() == {}
    assert not psutil.pid_exists(pid)
    supervisor.remove("sleeper")


def test_a_program_gets_its_environment_and_no_core_file(supervisor, home):
    code = "import os, resource, time; print(os.environ['GREETING'], resource.getrlimit(resource.RLIMIT_CORE), flush=True); time.sleep(600)"
    supervisor.add(program(home, argv=(sys.executable, "-c", code), env={"GREETING": "50% off, today"}))
    log = home.supervisor / "sleeper.log"
    assert wait(lambda: log.exists() and log.read_text()) == "50% off, today (0, 0)\n"
    assert stat.S_IMODE(log.stat().st_mode) & 0o077 == 0


def test_after_kill_9_the_next_start_leaves_no_orphan(supervisor, home):
    supervisor.add(program(home))
    orphan = wait(lambda: supervisor.pid("sleeper"))
    end(supervisor.own_pid())
    assert not supervisor.is_running()
    assert psutil.pid_exists(orphan)
    assert supervisor.ensure_running() is True
    assert not psutil.pid_exists(orphan)
    assert wait(lambda: supervisor.pid("sleeper")) != orphan


def test_somebody_elses_process_is_never_ended_even_if_it_names_our_files(supervisor, home):
    tail = subprocess.Popen([*SLEEP, str(home.root), str(home.supervisor / "supervisord.conf"), "supervisor.supervisord"])
    try:
        end(supervisor.own_pid())
        supervisor.ensure_running()
        supervisor.stop()
        assert tail.poll() is None
    finally:
        tail.kill()
        tail.wait()


def test_a_lost_socket_is_as_good_as_a_stopped_supervisor(supervisor, home):
    former = supervisor.own_pid()
    (home.run / "sv.sock").unlink()
    assert supervisor.ensure_running() is True
    assert not psutil.pid_exists(former)


def test_a_home_that_its_configuration_cannot_name_is_refused(tmp_path):
    with pytest.raises(SeldonNbError) as caught:
        Supervisor(Home(tmp_path / "a ;b").prepare()).ensure_running()
    assert caught.value.code_id == "SNB-514"


def test_a_supervisor_that_does_not_start_says_why(home, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SeldonNbError) as caught:
        Supervisor(home).ensure_running()
    assert caught.value.code_id == "SNB-512"
    assert caught.value.facts["reason"] == "status 1"
