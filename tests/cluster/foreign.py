"""A cluster of the user's, offered to the tests as the node of this machine is.

    KUBECONFIG=…  SELDON_NB_LOAD_IMAGE="kind load image-archive {archive}"  SELDON_NB_HOST_ADDRESS=172.18.0.1  make test-cluster

The current context must be an administrator's.  ``SELDON_NB_LOAD_IMAGE`` brings an image archive to the nodes; ``SELDON_NB_HOST_ADDRESS`` is where pods
and the API server reach this machine.  Tests that stop parts of a node, or need its object store, want the node of this machine and are skipped.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.cluster.node.api import Api

#: Who acts in the tests, with their groups: the administrator speaks for them.
PERSONAS = {"you": ("analysts",), "colleague": ("callers",), "stranger": (), "auditor": ("auditors",)}


@dataclass(frozen=True)
class Foreign:
    """The user's cluster; ``kubeconfig`` has the contexts ``admin``, ``you``, ``colleague``, ``stranger`` and ``auditor``."""

    kubeconfig: Path
    host_ip: str

    def api(self, persona: str = "admin") -> Api:
        """Requests in the name of a persona."""
        import ssl

        from seldon_nb.cluster.credentials import of_context

        known = of_context(persona, str(self.kubeconfig))
        context = known.tls()
        assert isinstance(context, ssl.SSLContext)
        return Api(known.server, headers=(*known.headers.items(), *known.acting_as), context=context)

    def kubectl(self, *words: str, persona: str = "admin", given: str | None = None, timeout: float = 60) -> str:
        """Run kubectl and return what it printed. Raises CalledProcessError, which holds its `stderr`."""
        command = [_kubectl(), "--kubeconfig", str(self.kubeconfig), "--context", persona, *words]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=timeout, check=False)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        return done.stdout

    def image(self, name: str) -> str:
        """The reference of an image of the tests' own, brought to the cluster."""
        from tests.cluster.node import build, requirements

        requirements.install_packages(lambda _: None)
        build.build(lambda _: None)
        reference, archive = build.image_archive(name)
        self.import_image(archive)
        return reference

    def import_image(self, archive: Path | str) -> None:
        """Bring an image archive to the cluster's nodes, once."""
        _load(str(archive))


@cache
def _load(archive: str) -> None:
    told = os.environ.get("SELDON_NB_LOAD_IMAGE")
    if not told:
        raise RuntimeError(
            'SELDON_NB_LOAD_IMAGE says how images come to your cluster, for instance "kind load image-archive {archive}"'
        )
    subprocess.run(
        [word.replace("{archive}", archive) for word in shlex.split(told)], check=True, timeout=900, stdout=subprocess.DEVNULL
    )


@cache
def _kubectl() -> str:
    found = shutil.which("kubectl")
    if found is None:
        from tests.cluster.node import build

        build.build(lambda _: None)
        found = str(build.program("kubectl"))
    return found


def chosen() -> Foreign | None:
    """The user's own cluster, where KUBECONFIG names one; the kubeconfig of our node does not count."""
    from tests.cluster import node

    named, ours = os.environ.get("SELDON_NB_TEST_KUBECONFIG"), node.running()
    return of(Path(named)) if named and not (ours is not None and Path(named) == ours.kubeconfig) else None


@cache
def of(kubeconfig: Path) -> Foreign:
    """The cluster of a kubeconfig's current context."""
    import yaml

    read: dict[str, Any] = yaml.safe_load(kubeconfig.read_text("utf-8"))
    chosen = next(entry["context"] for entry in read["contexts"] if entry["name"] == read["current-context"])
    cluster = next(entry["cluster"] for entry in read["clusters"] if entry["name"] == chosen["cluster"])
    user = next(entry["user"] for entry in read["users"] if entry["name"] == chosen["user"])
    people = {"admin": user, **{name: {**user, "as": name, "as-groups": list(groups)} for name, groups in PERSONAS.items()}}
    made = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "admin",
        "clusters": [{"name": "theirs", "cluster": cluster}],
        "users": [{"name": name, "user": user} for name, user in people.items()],
        "contexts": [{"name": name, "context": {"cluster": "theirs", "user": name}} for name in people],
    }
    path = Path(tempfile.mkdtemp(prefix="snb-kubeconfig-")) / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(made), "utf-8")
    return Foreign(path, os.environ.get("SELDON_NB_HOST_ADDRESS", "127.0.0.1"))
