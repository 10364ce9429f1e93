"""The namespaces that a node lives in: its own processes, mounts and network, as a container would have.

The first process of the nest is a reaper; when it dies the kernel ends every process of the nest, and with the last
process go its mounts, its network devices and its packet rules. On the host there remain a directory and cgroups only,
so nothing has to be undone by hand after a killed run.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path

import psutil

from tests.cluster.node.place import Addresses, Place
from tests.cluster.node.requirements import SYSTEM_PATH, CannotError, program

# Directories that the node's programs write to by name, private to the nest; what the host keeps there stays readable below /var/lib.
# The node's own directories are bound again above them, wherever they lie.
_FURNISH = """
set -e
mount --make-rshared /
exec 7<"$IMAGES" 8<"$DATA" 9<"$RUN"
mkdir -p "$DATA/private/upper" "$DATA/private/work"
mount -t tmpfs -o mode=0755 none /run
mount -t tmpfs -o mode=0755 none /var/log
mount -t overlay -o "lowerdir=/var/lib,upperdir=$DATA/private/upper,workdir=$DATA/private/work" none /var/lib
mkdir -p "$RUN" "$DATA" "$IMAGES" /run/lock /run/netns /var/lib/kubelet
mount -c --bind /proc/self/fd/7 "$IMAGES"
mount -c --bind /proc/self/fd/8 "$DATA"
mount -c --bind /proc/self/fd/9 "$RUN"
mkdir -p "$DATA/kubelet"
mount --bind "$DATA/kubelet" /var/lib/kubelet
exec 7<&- 8<&- 9<&-
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
touch "$RUN/furnished"
exec "$REAPER"
"""


def environment(place: Place, name: str) -> dict[str, str]:
    """What the node's programs are started with: the system's PATH, the marks, and nothing of the user's."""
    return {"PATH": SYSTEM_PATH, "HOME": "/root", "LANG": "C.UTF-8", "SELDON_NB_NEST": place.id, "SELDON_NB_PROGRAM": name}


def found(place: Place, program_name: str | None = None) -> list[psutil.Process]:
    """The node's processes on the host, or those of one program; an environment variable of theirs marks them.

    A process id is therefore never mistaken for another's, and what a killed run left is found without a file.
    """
    ours = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            marks = process.environ()
            mine = marks.get("SELDON_NB_NEST") == place.id and process.pid != os.getpid()
            if mine and (program_name is None or _is_program(process, marks, program_name)):
                ours.append(process)
    return ours


def _is_program(process: psutil.Process, marks: dict[str, str], name: str) -> bool:
    # containerd's shims inherit its environment: the command tells them apart.
    return marks.get("SELDON_NB_PROGRAM") == name and process.status() != psutil.STATUS_ZOMBIE and "shim" not in process.name()


def dig(place: Place, reaper: Path, log: Path) -> psutil.Process:
    """Start the nest and furnish it; returns its first process, as the host sees it."""
    script_environment = {
        **environment(place, "nest"),
        "RUN": str(place.run),
        "DATA": str(place.data),
        "IMAGES": str(place.images),
        "REAPER": str(reaper),
    }
    # A session of its own and no parent: the node outlives the shell, the test run or the kernel that started it.
    words = ["setsid", "--fork", str(program("unshare")), "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with log.open("ab") as output:
        subprocess.run(
            [*words, "--propagation", "slave", "sh", "-c", _FURNISH],
            env=script_environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            check=True,
        )
    started = time.monotonic()
    while time.monotonic() < started + 20:
        processes = found(place, "nest")
        inner = [process for process in processes if process.ppid() in {other.pid for other in processes}]
        if inner and (place.run / "furnished").exists():
            return inner[0]
        if not processes and time.monotonic() > started + 1:
            break
        time.sleep(0.02)
    destroy(place)
    raise CannotError(f"The node's namespaces could not be made: {_last_line(log)}")


def start(place: Place, first: psutil.Process, name: str, command: list[str], variables: dict[str, str]) -> psutil.Process:
    """Start a program in the nest, detached, its output appended to its log; returns its process."""
    launch = 'cd /; setsid "$@" >>"$SELDON_NB_LOG" 2>&1 </dev/null &'
    log = place.log(name)
    log.parent.mkdir(parents=True, exist_ok=True)
    marks = {**environment(place, name), **variables, "SELDON_NB_LOG": str(log)}
    subprocess.run([*enter(first), "sh", "-c", launch, "sh", *command], env=marks, check=True, cwd="/")
    end = time.monotonic() + 5
    while time.monotonic() < end:
        processes = [process for process in found(place, name) if process.name() == Path(command[0]).name]
        if processes:
            return processes[0]
        time.sleep(0.01)
    raise CannotError(f"{name} ended at once: {_last_line(log)}")


def stop(place: Place, name: str, grace: float) -> bool:
    """Ask a program to end, and end it after the grace (seconds); False where it was not running."""
    processes = found(place, name)
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(processes, timeout=grace)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    return bool(processes)


def destroy(place: Place) -> None:
    """End the nest: the kernel ends whatever is left in it."""
    processes = found(place)
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, timeout=15)


def connect(place: Place, addresses: Addresses, first: psutil.Process) -> None:
    """Lay the cable between the host and the nest, with a route to the node's pods and services."""
    inside = enter(first)
    link, cable = place.link, addresses.cable
    _run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", str(first.pid))
    _run("ip", "address", "add", f"{addresses.host}{cable}", "dev", link)
    _run("ip", "link", "set", link, "up")
    _run(*inside, "ip", "address", "add", f"{addresses.node}{cable}", "dev", "eth0")
    _run(*inside, "ip", "link", "set", "eth0", "up")
    _run(*inside, "ip", "route", "add", "default", "via", addresses.host)
    _run("ip", "route", "add", addresses.network, "via", addresses.node, "dev", link)


def enter(first: psutil.Process) -> list[str]:
    """The words before a command that is to run in the nest."""
    return [str(program("nsenter")), "--target", str(first.pid), "--net", "--mount", "--pid", "--"]


def has_link(place: Place) -> bool:
    return Path("/sys/class/net", place.link).exists()


def remove_link(place: Place) -> None:
    """The cable goes with the nest's network; this is for a nest that has just ended."""
    end = time.monotonic() + 5
    while has_link(place) and time.monotonic() < end:
        subprocess.run([str(program("ip")), "link", "delete", place.link], capture_output=True, check=False)
        time.sleep(0.05)


def cgroups(place: Place) -> list[Path]:
    """The cgroup directories of the node, the deepest first, in every hierarchy."""
    base = Path("/sys/fs/cgroup")
    roots = [
        base / place.cgroup,
        *(child / place.cgroup for child in base.iterdir() if child.is_dir() and not child.is_symlink()),
    ]
    return [Path(top) for root in roots if root.is_dir() for top, _, _ in os.walk(root, topdown=False)]


def make_cgroups(place: Place) -> None:
    """The kubelet wants its root cgroup to exist, with the controllers switched on (version 2) in its parent."""
    base = Path("/sys/fs/cgroup")
    if (base / "cgroup.controllers").exists():
        for controller in (base / "cgroup.controllers").read_text(encoding="utf-8").split():
            with contextlib.suppress(OSError):
                (base / "cgroup.subtree_control").write_text(f"+{controller}", encoding="utf-8")
        (base / place.cgroup).mkdir(exist_ok=True)
        return
    for child in base.iterdir():
        if child.is_dir() and not child.is_symlink() and (child / "cgroup.procs").exists():
            (child / place.cgroup).mkdir(exist_ok=True)


def remove_cgroups(place: Place) -> int:
    """Remove them; returns how many. A cgroup goes a moment after its last process."""
    number, end = len(cgroups(place)), time.monotonic() + 5
    while time.monotonic() < end:
        for path in cgroups(place):
            with contextlib.suppress(OSError):
                path.rmdir()
        if not cgroups(place):
            break
        time.sleep(0.05)
    return number


def _run(*command: str) -> None:
    done = subprocess.run([program(command[0]) or command[0], *command[1:]], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotError(f"`{' '.join(command)}` failed: {done.stderr.strip() or done.returncode}")


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
