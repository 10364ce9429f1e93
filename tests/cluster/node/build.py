"""Builds the node's programs from Go modules, once: each lies in the cache under the digest of what made it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from tests.cluster.node import place, requirements, scratch
from tests.cluster.node.requirements import CannotError

Tell = Callable[[str], None]
KUBERNETES = "v1.34.4"
ARGO = "v4.0.2"
RECIPE = 2  # raise it when the way of building changes
_STAMPS = {
    "k8s.io/component-base/version.gitVersion": KUBERNETES,
    "k8s.io/component-base/version.gitMajor": KUBERNETES.split(".", maxsplit=1)[0].lstrip("v"),
    "k8s.io/component-base/version.gitMinor": KUBERNETES.split(".")[1],
    "k8s.io/component-base/version.gitTreeState": "clean",
}


@dataclass(frozen=True)
class Part:
    """One wrapper module: the packages to build, each with the name of its program."""

    name: str
    programs: dict[str, str]
    stamps: dict[str, str]
    vendored: str = ""  # the module whose archive lacks files that lie in `_supplied`
    optional: bool = False


_ARGO_MODULE = "github.com/argoproj/argo-workflows/v4"
_KUBE = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl", "kube-proxy"]
PARTS = (
    Part("probe", {"probe": "."}, {}),
    Part("etcd", {"etcd": "go.etcd.io/etcd/server/v3"}, {}),
    Part("kubernetes", {name: f"k8s.io/kubernetes/cmd/{name}" for name in _KUBE}, _STAMPS),
    Part("argo", {name: f"{_ARGO_MODULE}/cmd/{name}" for name in ("workflow-controller", "argoexec")}, {}, vendored=_ARGO_MODULE),
    Part("coredns", {"coredns": "github.com/coredns/coredns"}, {}),
    Part("minio", {"minio": "github.com/minio/minio"}, {}),
    Part("lint", {"argo": f"{_ARGO_MODULE}/cmd/argo"}, {}, vendored=_ARGO_MODULE, optional=True),
)


def sources(part: Part) -> Path:
    """The wrapper module of a part; `argo` and `lint` share one."""
    return place.SOURCES / ("argo" if part.vendored else part.name)


def home(part: Part) -> Path:
    """Where the part lies when built: the name holds the digest of its sources and of this recipe."""
    digest = hashlib.sha256(json.dumps([RECIPE, part.name, part.programs, part.stamps]).encode())
    for path in sorted(sources(part).rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(sources(part))}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return place.cache() / "built" / f"{part.name}-{digest.hexdigest()[:12]}"


def unbuilt(*, lint: bool = False) -> list[Part]:
    """The parts that the cache does not hold yet."""
    return [part for part in PARTS if (lint or not part.optional) and not home(part).is_dir()]


def program(name: str) -> Path:
    """The path of a built program. Raises KeyError for a name that no part builds."""
    for part in PARTS:
        if name in part.programs:
            return home(part) / name
    raise KeyError(name)


def definitions() -> list[dict[str, Any]]:
    """Argo's CustomResourceDefinitions, complete, without their descriptions."""
    packed = home(next(part for part in PARTS if part.name == "argo")) / "definitions.json.gz"
    loaded = json.loads(gzip.decompress(packed.read_bytes()))
    assert isinstance(loaded, list)
    return loaded


def image_archive(name: str) -> tuple[str, Path]:
    """(reference, archive) of one of the node's own images: `pause`, `probe` or `argoexec`."""
    part = next(part for part in PARTS if part.name == ("argo" if name == "argoexec" else "probe"))
    return f"localhost/seldon-nb-node/{name}:{home(part).name.rsplit('-', 1)[1]}", home(part) / f"{name}.tar"


def build(tell: Tell, *, lint: bool = False) -> None:
    """Bring every part into the cache. Raises CannotError, in one sentence, where this machine cannot."""
    todo = unbuilt(lint=lint)
    if not todo:
        return
    go = requirements.check_go()
    (place.cache() / "built").mkdir(parents=True, exist_ok=True)
    with FileLock(place.cache() / "build.lock"):
        todo = unbuilt(lint=lint)
        number = sum(len(part.programs) for part in todo)
        if number > 3:
            tell(
                f"building {number} programs from Go modules: about 15 minutes the first time on two processors, then never again"
            )
        for part in todo:
            _build_part(go, part, tell)
        _forget_old()


def _build_part(go: str, part: Part, tell: Tell) -> None:
    started = time.monotonic()
    final = home(part)
    with tempfile.TemporaryDirectory(dir=final.parent, prefix=f".{part.name}-") as made:
        output, module = Path(made) / "out", Path(made) / "module"
        output.mkdir()
        environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": ""}
        shutil.copytree(sources(part), module)
        if part.vendored:
            _go([go, "mod", "vendor", "-e"], module, environment)
            # The vendored copy is ours alone, so what its archive lacks is simply put into it.
            shutil.copytree(module / "_supplied", module / "vendor" / part.vendored, dirs_exist_ok=True)
        mode = ["-mod=vendor"] if part.vendored else ["-mod=readonly"]
        flags = " ".join(["-s -w", *(f"-X {name}={value}" for name, value in part.stamps.items())])
        for name, package in part.programs.items():
            before = time.monotonic()
            _go([go, "build", *mode, "-trimpath", "-ldflags", flags, "-o", str(output / name), package], module, environment)
            tell(f"built {name} ({(output / name).stat().st_size >> 20} MiB, {time.monotonic() - before:.0f} s)")
        _extras(go, part, output, module, environment)
        output.rename(final)
    tell(f"{part.name} is ready ({time.monotonic() - started:.0f} s)")


def _extras(go: str, part: Part, output: Path, module: Path, environment: dict[str, str]) -> None:
    if part.name == "probe":
        for name in ("pause", "probe"):
            files = {f"/bin/{name}": output / "probe"}
            scratch.write_archive(output / f"{name}.tar", image_archive(name)[0], files, [f"/bin/{name}"], user="65532")
    if part.name == "argo":
        scratch.write_archive(
            output / "argoexec.tar", image_archive("argoexec")[0], {"/bin/argoexec": output / "argoexec"}, ["argoexec"]
        )
        directory = _go([go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", part.vendored], module, environment).strip()
        found = [
            yaml.load(path.read_bytes(), _loader())
            for path in sorted(Path(directory, "manifests/base/crds/full").glob("argoproj.io_*.yaml"))
        ]
        (output / "definitions.json.gz").write_bytes(
            gzip.compress(json.dumps([_without_descriptions(one) for one in found]).encode())
        )


def _loader() -> type[yaml.SafeLoader]:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _without_descriptions(value: object) -> object:
    """The schema without its prose: it validates the same and costs the API server a tenth of the memory."""
    if isinstance(value, dict):
        return {
            key: _without_descriptions(item)
            for key, item in value.items()
            if not (key == "description" and isinstance(item, str))
        }
    if isinstance(value, list):
        return [_without_descriptions(item) for item in value]
    return value


def _go(command: list[str], directory: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-8:])
        raise CannotError(f"`go {command[1]}` of {directory.name} failed with code {done.returncode}:\n{said}")
    return done.stdout


def _forget_old() -> None:
    """Remove builds of former sources: two weeks unused."""
    current = {home(part) for part in PARTS}
    for path in (place.cache() / "built").iterdir():
        if path not in current and time.time() - path.stat().st_mtime > 14 * 24 * 3600:
            shutil.rmtree(path, ignore_errors=True)
