"""The running node, as tests use it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tarfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from tests.cluster.node import nest, requirements
from tests.cluster.node.api import Api, condition
from tests.cluster.node.place import STATE_VERSION, Place, here
from tests.cluster.node.programs import NODE, Program


@dataclass(frozen=True)
class ObjectStore:
    """The S3 server: the same URL from the host and from pods."""

    url: str
    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True)
class Node:
    """A node that is up. Every address works from the host and from pods."""

    kubeconfig: Path
    api_url: str
    tokens: dict[str, str] = field(repr=False)
    node_ip: str
    host_ip: str
    pods: str
    services: str
    dns: str
    s3: ObjectStore
    authority: str = field(repr=False)
    first: tuple[int, float]
    started: dict[str, Program] = field(repr=False)
    kubectl_path: Path
    own_images: dict[str, str] = field(repr=False)

    @property
    def state(self) -> Path:
        """Where this is written down, as JSON."""
        return here().state

    def api(self, persona: str = "admin") -> Api:
        """Requests in the name of a persona."""
        return Api(self.api_url, self.authority, self.tokens[persona])

    def kubectl(self, *words: str, persona: str = "admin", given: str | None = None, timeout: float = 60) -> str:
        """Run kubectl and return what it printed. Raises CalledProcessError, which holds its `stderr`."""
        command = [str(self.kubectl_path), "--kubeconfig", str(self.kubeconfig), "--context", persona, *words]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=timeout, check=False)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        return done.stdout

    def import_image(self, archive: Path | str) -> list[str]:
        """Import an archive (docker or OCI); returns the references that it brought. One that is there already is not imported again."""
        with FileLock(here().run / "import.lock", timeout=600):
            told = _contents(Path(archive))
            if told and told.items() <= self._digests().items():
                return list(told)
            for attempt in range(3):
                try:
                    said = self.ctr("images", "import", str(archive), timeout=600)
                    return [line.split()[1] for line in said.splitlines() if line.startswith("unpacking")]
                except RuntimeError:  # containerd's collector took a layer of the former image while it was being looked up
                    if attempt == 2:
                        raise
                    time.sleep(1)
        return []

    def _digests(self) -> dict[str, str]:
        """The references of the node's images and what each is."""
        rows = [line.split() for line in self.ctr("images", "ls").splitlines()[1:]]
        return {row[0]: row[2] for row in rows if len(row) > 2}

    def images(self) -> list[str]:
        """The references of every image that pods can use."""
        return [name for name in self.ctr("images", "ls", "-q").split() if "@" not in name and not name.startswith("sha256:")]

    def ctr(self, *words: str, timeout: float = 60) -> str:
        """containerd's own command line, in the namespace that the kubelet uses."""
        return ctr(here(), *words, timeout=timeout)

    def image(self, name: str) -> str:
        """The reference of one of the node's own images: `probe` (see `go/probe`), `pause` or `argoexec`."""
        return self.own_images[name]

    def allow_plain_registry(self, address: str) -> None:
        """Let image pulls from `host:port` use HTTP, so that a test can be the registry."""
        directory = here().data / "configuration" / "registries" / address
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "hosts.toml").write_text(f'server = "http://{address}"\n[host."http://{address}"]\n', encoding="utf-8")

    def process(self, name: str) -> psutil.Process | None:
        """The process of one program, as the host sees it."""
        if name not in self.started:
            raise KeyError(f"{name} is none of {', '.join(self.started)}")
        return next((one for one in nest.found(here(), name)), None)

    def stop_process(self, name: str) -> None:
        """End one program of the node (`argo`, `dns`, `scheduler`, `apiserver`, `kubelet`, …), as if it had crashed."""
        if self.process(name):
            nest.stop(here(), name, self.started[name].grace)

    def start_process(self, name: str) -> None:
        """Start it again, as it was; nothing happens where it runs."""
        if self.process(name) is None:
            self.launch(name)
            if name == "apiserver":
                self.wait_ready()

    def launch(self, name: str) -> None:
        """Start a program that does not run, without waiting for it."""
        program = self.started[name]
        nest.start(here(), psutil.Process(self.first[0]), name, program.command, program.variables)

    @contextlib.contextmanager
    def without(self, name: str) -> Any:
        """A stretch of a test without one program."""
        self.stop_process(name)
        try:
            yield self
        finally:
            self.start_process(name)

    def logs(self, name: str) -> str:
        """What one program has said so far."""
        path = here().log(name)
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def wait_ready(self, timeout: float = 60) -> None:
        """Until the API server and the node are ready. Raises TimeoutError with what was seen last."""
        wait_api(self.api(), timeout)
        self.api().wait(f"/api/v1/nodes/{NODE}", condition("Ready"), timeout)

    def restart_missing(self) -> list[str]:
        """Start the programs that do not run (a test may have been killed between stopping and starting one)."""
        missing = [name for name in self.started if self.process(name) is None]
        for name in missing:
            self.start_process(name)
        return missing


def _contents(archive: Path) -> dict[str, str]:
    """The references that an OCI archive says it brings, and their digests; empty for another kind of archive."""
    try:
        with tarfile.open(archive) as tar:
            index = tar.extractfile("index.json")
            entries = json.load(index)["manifests"] if index is not None else []
        return {entry["annotations"]["io.containerd.image.name"]: entry["digest"] for entry in entries}
    except (tarfile.TarError, KeyError, ValueError):
        return {}


def wait_api(api: Api, timeout: float = 60, still: Callable[[], None] = lambda: None) -> None:
    """Until the API server says that it is ready; `still` may raise where waiting is in vain."""
    end = time.monotonic() + timeout
    while True:
        answer = api.ask("GET", "/readyz", timeout=2)
        if answer.status == 200:
            return
        still()
        if time.monotonic() > end:
            raise TimeoutError(f"the API server after {timeout:.0f} s: {answer.status} {answer.message[:500]}")
        time.sleep(0.1)


def write(node: Node, place: Place) -> None:
    """Write the state file; only its owner may read it."""
    body = {"version": STATE_VERSION, "id": place.id, **asdict(node), "kubeconfig": str(node.kubeconfig)}
    body["kubectl_path"] = str(node.kubectl_path)
    partial = place.state.with_suffix(".part")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(body, indent=1), encoding="utf-8")
    partial.replace(place.state)


def read(place: Place) -> Node | None:
    """The node of the state file, where its first process still lives."""
    try:
        body = json.loads(place.state.read_text(encoding="utf-8"))
        if body.pop("version") != STATE_VERSION:
            return None
        del body["id"]
        for name in ("kubeconfig", "kubectl_path"):
            body[name] = Path(body[name])
        body["s3"] = ObjectStore(**body["s3"])
        body["first"] = (int(body["first"][0]), float(body["first"][1]))
        body["started"] = {name: Program(**program) for name, program in body["started"].items()}
        node = Node(**body)
        alive = abs(psutil.Process(node.first[0]).create_time() - node.first[1]) < 2
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    return node if alive else None


def ctr(place: Place, *words: str, timeout: float = 60) -> str:
    """Run containerd's command line. Raises RuntimeError with what it said."""
    command = [str(requirements.program("ctr")), "--address", str(place.containerd_socket), "--namespace", "k8s.io", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, env={**os.environ, "LANG": "C.UTF-8"}
    )
    if done.returncode:
        raise RuntimeError(f"ctr {' '.join(words[:2])}: {done.stderr.strip()[-500:]}")
    return done.stdout
