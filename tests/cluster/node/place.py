"""Where one checkout's node lives: its identity, its paths and its addresses. Two checkouts share none of them."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
SOURCES = Path(__file__).resolve().parent / "go"
STATE_VERSION = 1


def cache() -> Path:
    """The directory of everything that outlives a run: built programs, and containerd's images.

    `SELDON_NB_NODE_CACHE` names another one than `${XDG_CACHE_HOME:-~/.cache}/seldon-nb/node`.
    """
    given = os.environ.get("SELDON_NB_NODE_CACHE")
    if given:
        return Path(given).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).resolve() / "seldon-nb" / "node"


@dataclass(frozen=True)
class Place:
    """The names that follow from the checkout's path alone: they find what a killed run left, even without its state.

    `run` holds the sockets, the kubeconfig and `state.json` (short paths: a socket's path may have 107 bytes);
    `data` is wiped with every start; `images` is containerd's root and outlives the runs.
    """

    id: str
    run: Path
    data: Path
    images: Path

    @property
    def link(self) -> str:
        """The host's end of the cable to the node (15 characters at most)."""
        return f"snb{self.id}"

    @property
    def cgroup(self) -> str:
        return f"seldon-nb-{self.id}"

    @property
    def state(self) -> Path:
        return self.run / "state.json"

    @property
    def lock(self) -> Path:
        return cache() / f"{self.id}.lock"

    @property
    def containerd_socket(self) -> Path:
        return self.run / "containerd.sock"

    def log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"


def here() -> Place:
    """The place of this checkout."""
    short = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    return Place(
        id=short,
        run=Path("/run") / f"seldon-nb-node-{short}",
        data=cache() / "runs" / short,
        images=cache() / "images" / short,
    )


@dataclass(frozen=True)
class Addresses:
    """One /16 of the private range, cut into pods, services and the cable between the host and the node."""

    network: str

    def _at(self, offset: int) -> str:
        return str(ipaddress.ip_network(self.network)[offset])

    @property
    def pods(self) -> str:
        return f"{self._at(0)}/17"

    @property
    def services(self) -> str:
        return f"{self._at(1 << 15)}/18"

    @property
    def api_service(self) -> str:
        return self._at((1 << 15) + 1)

    @property
    def dns_service(self) -> str:
        return self._at((1 << 15) + 10)

    @property
    def host(self) -> str:
        """Where pods reach a process of the host."""
        return self._at((255 << 8) + 1)

    @property
    def node(self) -> str:
        return self._at((255 << 8) + 2)

    @property
    def cable(self) -> str:
        """The prefix length of the cable's network, as `/24`."""
        return "/24"


def free_addresses(place: Place) -> Addresses:
    """A /16 that no route of the host touches; the first candidate follows from the place, so it is mostly the same."""
    taken = [ipaddress.ip_network(network) for network in _routes(place)]
    start = int(place.id, 16)
    for turn in range(64):
        network = ipaddress.ip_network(f"10.{64 + (start + turn) % 64}.0.0/16")
        if not any(network.overlaps(other) for other in taken):
            return Addresses(str(network))
    raise RuntimeError("every network of 10.64.0.0/10 is in use on this machine")


def _routes(place: Place) -> list[str]:
    listed = subprocess.run(["ip", "-json", "-4", "route", "show", "table", "all"], capture_output=True, text=True, check=True)
    found = []
    for route in json.loads(listed.stdout or "[]"):
        destination = str(route.get("dst", "default"))
        if destination != "default" and route.get("dev") != place.link:
            found.append(destination)
    # A name server outside every route (as in some virtual machines) is an address in use as well.
    for line in Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines() if Path("/etc/resolv.conf").exists() else ():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver" and ":" not in words[1]:
            found.append(words[1])
    return found
