"""What the machine must offer, each lack as one sentence; what Debian's packages can add is added."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

GO_NEEDED = (1, 25)
# The program that proves a package is there, and the package.
PROGRAMS = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "iptables": "iptables",
    "conntrack": "conntrack",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
}
# The node starts without these; the tests that build images need them.
FOR_IMAGES = {"buildah": "buildah", "debootstrap": "debootstrap"}
CNI_DIRECTORIES = (Path("/usr/lib/cni"), Path("/opt/cni/bin"))
CNI_PLUGINS = ("ptp", "host-local", "portmap", "loopback")
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class CannotError(Exception):
    """This machine cannot carry the node; the text is one sentence for the user."""


def program(name: str) -> str | None:
    """The path of a program, with the directories that a plain user's PATH may lack."""
    return shutil.which(name) or shutil.which(name, path=SYSTEM_PATH)


def cni_directory() -> Path | None:
    """The directory that holds every network plugin the node uses."""
    for directory in CNI_DIRECTORIES:
        if all((directory / plugin).exists() for plugin in CNI_PLUGINS):
            return directory
    return None


def missing_packages(*, images: bool = False) -> list[str]:
    """Debian packages that would add what is absent; with `images` also what building images needs."""
    wanted = {**PROGRAMS, **(FOR_IMAGES if images else {})}
    found = {package for name, package in wanted.items() if program(name) is None}
    if cni_directory() is None:
        found.add("containernetworking-plugins")
    return sorted(found)


def check_machine() -> None:
    """Raise CannotError for what no package can cure: the system, the rights, the kernel."""
    if platform.system() != "Linux":
        raise CannotError(
            f"The node needs Linux, and this is {platform.system()}: give KUBECONFIG of any cluster (kind, k3d) instead."
        )
    if os.geteuid() != 0:
        raise CannotError("The node needs root (namespaces, mounts, cgroups), and this user is not root: run it with sudo.")
    if not _has_sys_admin():
        raise CannotError(
            "The node needs CAP_SYS_ADMIN, and this container does not have it: run it privileged or on the machine itself."
        )
    filesystems = Path("/proc/filesystems").read_text(encoding="utf-8")
    if (
        not re.search(r"\boverlay$", filesystems, re.MULTILINE)
        and subprocess.run(["modprobe", "overlay"], check=False).returncode
    ):
        raise CannotError("The kernel has no overlay file system, which containers are made of.")
    if not _has_memory_cgroup():
        raise CannotError("The memory cgroup is not mounted under /sys/fs/cgroup, and the kubelet cannot work without it.")


def check_go() -> str:
    """The path of a Go that can build the node. Raises CannotError."""
    go = program("go") or next((path for path in ("/usr/local/go/bin/go", "/usr/lib/go/bin/go") if Path(path).exists()), None)
    wanted = ".".join(map(str, GO_NEEDED))
    if go is None:
        raise CannotError(f"Go {wanted} or newer is needed once to build the node, and there is no `go` in PATH.")
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False, cwd="/").stdout.strip()
    version = re.match(r"go(\d+)\.(\d+)", said)
    # Since 1.21 Go fetches the newer toolchain that a module asks for.
    if version is None or (int(version[1]), int(version[2])) < (1, 21):
        raise CannotError(f"Go {wanted} or newer is needed once to build the node, and {go} is {said or 'unreadable'}.")
    return go


def install_packages(tell: Callable[[str], None]) -> None:
    """Add the Debian packages that are absent. Raises CannotError where the node cannot start without one."""
    missing = missing_packages(images=True)
    if not missing:
        return
    names = " ".join(missing)
    apt = program("apt-get")
    if apt is None:
        if not missing_packages():
            tell(f"without {names} the tests that build images cannot run")
            return
        raise CannotError(f"This machine lacks {names}, and has no apt-get to install them with: install them by its own means.")
    tell(f"installing Debian packages: {names}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}"}
    for arguments in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *missing]):
        done = subprocess.run([apt, *arguments], capture_output=True, text=True, check=False, env=environment)
        if done.returncode and arguments[0] == "install":
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise CannotError(f"apt-get could not install {names}: {' '.join(last)}")
    still = missing_packages()
    if still:
        raise CannotError(f"This machine lacks {' '.join(still)}, and apt-get did not bring them.")


def _has_sys_admin() -> bool:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) & (1 << 21))
    return False


def _has_memory_cgroup() -> bool:
    if Path("/sys/fs/cgroup/memory").is_dir():
        return True
    controllers = Path("/sys/fs/cgroup/cgroup.controllers")
    return controllers.exists() and "memory" in controllers.read_text(encoding="utf-8").split()
