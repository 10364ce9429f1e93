"""Bringing the node up and taking it down, under a lock; each clears what a killed run has left."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from filelock import FileLock

from tests.cluster.node import build, certificates, install, machine, nest, programs, requirements
from tests.cluster.node.api import condition
from tests.cluster.node.machine import Node, ObjectStore
from tests.cluster.node.place import Place, cache, free_addresses, here
from tests.cluster.node.requirements import CannotError

Tell = Callable[[str], None]
_OWN_IMAGES = ("pause", "argoexec", "probe")


@contextlib.contextmanager
def _locked(place: Place) -> Iterator[None]:
    cache().mkdir(parents=True, exist_ok=True)
    with FileLock(place.lock, timeout=600):
        yield


def up(tell: Tell) -> Node:
    """The running node, started where it is not. Raises CannotError, in one sentence, where this machine cannot."""
    place = here()
    with _locked(place):
        node = machine.read(place)
        if node is not None:
            restarted = node.restart_missing()
            if restarted:
                tell(f"started again: {', '.join(restarted)}")
                node.wait_ready()
            return node
        requirements.check_machine()
        requirements.install_packages(tell)
        build.build(tell)
        if leftovers():
            tell("clearing what an earlier run left")
            _clear(place)
        try:
            return _start(place, tell)
        except BaseException:
            _keep_logs(place, tell)
            _clear(place)
            raise


def down(tell: Tell) -> None:
    """Take the node down, with everything of it but the cache."""
    place = here()
    with _locked(place):
        if not leftovers():
            tell("no node of this checkout is running")
            return
        started = time.monotonic()
        pods = _stop_orderly(place)
        processes = len(nest.found(place))
        number = _clear(place)
        tell(
            f"stopped {pods} containers and {processes} processes, removed {place.link}, {number} cgroups, {place.run}, {place.data}"
        )
        left = leftovers()
        tell(
            f"down in {time.monotonic() - started:.1f} s; "
            + (f"LEFT: {'; '.join(left)}" if left else "nothing is left but the cache")
        )


def leftovers() -> list[str]:
    """What exists of this checkout's node on the host, each as one line; empty after `down`."""
    place = here()
    found = [f"process {process.pid}" for process in nest.found(place)]
    if nest.has_link(place):
        found.append(f"network device {place.link}")
    found += [f"cgroup {path}" for path in nest.cgroups(place)]
    found += [f"directory {path}" for path in (place.run, place.data) if path.exists()]
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8")
    found += [
        f"mount {line.split()[1]}"
        for line in mounts.splitlines()
        if any(str(path) in line for path in (place.run, place.data, place.images))
    ]
    found += [f"address lease {path}" for path in Path("/var/lib/cni/networks").glob(f"seldon-nb-{place.id}*")]
    rules = subprocess.run([requirements.program("iptables-save") or "true"], capture_output=True, text=True, check=False).stdout
    marks = (place.link, f"seldon-nb-{place.id}")
    return found + [f"packet rule {line}" for line in rules.splitlines() if any(mark in line for mark in marks)]


def _start(place: Place, tell: Tell) -> Node:
    began = time.monotonic()
    for path in (place.run, place.data, place.data / "logs", place.images):
        path.mkdir(parents=True, exist_ok=True)
    place.run.chmod(0o700)
    addresses = free_addresses(place)
    setting = programs.Setting(
        place=place,
        addresses=addresses,
        tokens={identity: secrets.token_hex(16) for identity in programs.IDENTITIES},
        s3_access_key=secrets.token_hex(8),
        s3_secret_key=secrets.token_hex(20),
        argo_requeue=os.environ.get("SELDON_NB_NODE_ARGO_REQUEUE", "1s"),
    )
    names = [f"kubernetes{rest}" for rest in ("", ".default", ".default.svc", ".default.svc.cluster.local")]
    certificates.write(setting.files, [addresses.node, "127.0.0.1", addresses.api_service], [*names, "localhost"])
    programs.write_configurations(setting)
    nest.make_cgroups(place)
    first = nest.dig(place, build.program("probe"), place.log("nest"))
    nest.connect(place, addresses, first)
    node = Node(
        kubeconfig=place.run / "kubeconfig",
        api_url=setting.api_url,
        tokens={persona: setting.tokens[persona] for persona in programs.PERSONAS},
        node_ip=addresses.node,
        host_ip=addresses.host,
        pods=addresses.pods,
        services=addresses.services,
        dns=addresses.dns_service,
        s3=ObjectStore(f"http://{addresses.node}:{programs.S3_PORT}", setting.s3_access_key, setting.s3_secret_key),
        authority=(setting.files / "ca.pem").read_text(encoding="utf-8"),
        first=(first.pid, first.create_time()),
        started=programs.programs(setting),
        kubectl_path=build.program("kubectl"),
        own_images={name: build.image_archive(name)[0] for name in _OWN_IMAGES},
    )
    _start_programs(node, setting)
    machine.write(node, place)
    tell(f"the node is ready ({time.monotonic() - began:.0f} s)")
    return node


def _start_programs(node: Node, setting: programs.Setting) -> None:
    admin = node.api()
    for name in ("etcd", "containerd", "apiserver", "s3"):
        node.launch(name)
    _prepare_containerd(node)
    machine.wait_api(admin, still=lambda: _alive(node, "apiserver", "etcd"))
    for name in ("controller-manager", "scheduler", "kubelet", "kube-proxy", "dns"):
        node.launch(name)
    install.install(admin, setting.addresses)
    node.launch("argo")
    try:
        admin.wait(f"/api/v1/nodes/{programs.NODE}", condition("Ready"))
        admin.wait("/api/v1/namespaces/default/serviceaccounts/default", lambda _: True)
    except TimeoutError:
        _alive(node, *node.started)
        raise
    _alive(node, *node.started)


def _alive(node: Node, *names: str) -> None:
    for name in names:
        if node.process(name) is None:
            lines = node.logs(name).strip().splitlines()[-3:]
            raise CannotError(f"{name} ended while the node was starting: {' | '.join(lines)[-1500:]}")


def _prepare_containerd(node: Node) -> None:
    """Forget the containers of a run that was killed, keep its images, and bring the node's own images."""
    end = time.monotonic() + 20
    while True:
        try:
            containers = node.ctr("containers", "ls", "-q").split()
            break
        except RuntimeError:
            _alive(node, "containerd")
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
    if containers:
        node.ctr("containers", "rm", *containers)
        node.stop_process("containerd")
        node.launch("containerd")
        return _prepare_containerd(node)
    have = set(node.images())
    for name in _OWN_IMAGES:
        reference, archive = build.image_archive(name)
        if reference not in have:
            node.import_image(archive)
    return None


def _stop_orderly(place: Place) -> int:
    """Stop the programs in reverse order and remove the containers, so that containerd's root keeps images only."""
    order = list(reversed(programs.ORDER))
    for name in order[: order.index("kubelet") + 1]:
        nest.stop(place, name, grace=1)
    number = _remove_containers(place)
    nest.stop(place, "containerd", grace=10)
    return number


def _remove_containers(place: Place) -> int:
    """Remove them from containerd; returns how many ran. What stays is forgotten at the next start."""
    number = 0
    with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired, OSError):
        number = len(machine.ctr(place, "tasks", "ls", "-q").split())
        for turn in range(3):
            tasks = machine.ctr(place, "tasks", "ls", "-q").split()
            containers = machine.ctr(place, "containers", "ls", "-q").split()
            if not containers:
                break
            # A task that ends meanwhile makes the whole command fail: the next turn sees what is left.
            with contextlib.suppress(RuntimeError):
                if tasks:
                    machine.ctr(place, "tasks", "rm", "--force", *tasks)
            with contextlib.suppress(RuntimeError):
                machine.ctr(place, "containers", "rm", *containers)
            time.sleep(0.1 * turn)
    return number


def _clear(place: Place) -> int:
    nest.destroy(place)
    nest.remove_link(place)
    number = nest.remove_cgroups(place)
    # The node's mounts were never visible out here, so this removes plain files only.
    for path in (place.run, place.data):
        shutil.rmtree(path, ignore_errors=True)
    return number


def _keep_logs(place: Place, tell: Tell) -> None:
    kept = cache() / f"failed-{place.id}"
    shutil.rmtree(kept, ignore_errors=True)
    with contextlib.suppress(OSError, shutil.Error):
        shutil.copytree(place.data / "logs", kept)
        tell(f"the logs of this start are kept in {kept}")


def memory(place: Place) -> dict[str, int]:
    """Resident memory in bytes of each program of the running node."""
    found: dict[str, int] = {}
    for name in programs.ORDER:
        for process in nest.found(place, name):
            with contextlib.suppress(psutil.Error):
                found[name] = found.get(name, 0) + process.memory_info().rss
    return found
