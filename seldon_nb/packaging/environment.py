"""Packages that differ from the image's, packed once: a directory that is laid before the server's own packages.

Only what differs is packed, so a changed scikit-learn weighs what scikit-learn weighs.  The key names the wish (requirements, Python, platform),
the digest names the bytes; equal packed files give equal archives.
"""

from __future__ import annotations

import compileall
import gzip
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

from seldon_nb.domain.canonical import digest_of
from seldon_nb.domain.errors import fail

#: What the server itself is made of: another version of these is another server.
SERVER = frozenset(
    [
        "mlserver",
        "mlserver-sklearn",
        "mlserver-mlflow",
        "mlserver-xgboost",
        "mlserver-lightgbm",
        "fastapi",
        "starlette",
        "uvicorn",
        "uvloop",
        "grpcio",
        "pydantic",
    ]
)
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[A-Za-z0-9.!+_-]+)$")


@dataclass(frozen=True, slots=True)
class Packed:
    """One packed environment: its key, its archive (``.tar.gz``), the archive's digest, and what is in it."""

    key: str
    archive: Path
    digest: str
    packages: tuple[tuple[str, str], ...]


def environment_key(requirements: Iterable[str], *, python: str, platform: str) -> str:
    """``sha256:…`` of a wish: the same pins in any order, for the same Python minor version and platform, have the same key."""
    return digest_of({"requirements": sorted(set(requirements)), "python": ".".join(python.split(".")[:2]), "platform": platform})


def pins(requirements: Iterable[str]) -> dict[str, str]:
    """Package → version of every exact pin; what is not pinned is left to the server."""
    found = {}
    for line in requirements:
        if pin := _PIN.match(line.partition(";")[0].partition("#")[0].replace(" ", "").strip()):
            found[re.sub(r"[-_.]+", "-", pin["name"]).lower()] = pin["version"]
    return found


def differing(wanted: Mapping[str, str], server: Mapping[str, str], *, model: str, namespace: str = "") -> dict[str, str]:
    """The pins that the server's image does not hold.

    Raises:
        SNB-155: one of them is a part of the server itself.
    """
    found = {name: version for name, version in wanted.items() if server.get(name) != version}
    if part := sorted(SERVER & set(found)):
        raise fail("SNB-155", model=model, namespace=namespace, reason=f"{', '.join(part)}: part of the server.")
    return found


def pack(
    requirements: Iterable[str],
    server: Mapping[str, str],
    into: Path,
    *,
    model: str,
    namespace: str = "",
    python: str = "",
    platform: str = "x86_64-manylinux_2_28",
    uv: tuple[str, ...] = (sys.executable, "-m", "uv"),
) -> Packed | None:
    """Fetch and pack what differs; None if nothing does.

    Args:
        requirements: the model's own, one pin a line.
        server: package → version in the server's image.
        into: a directory for the archive ``<64 hex of the key>.tar.gz``.
        python: the server's minor version, ``3.11``; this Python's if empty.

    Raises:
        SNB-155: they cannot stand beside the server's.
        SNB-156: they could not be fetched.
    """
    wanted = pins(requirements)
    python = python or f"{sys.version_info[0]}.{sys.version_info[1]}"
    lines = [f"{name}=={version}" for name, version in sorted(wanted.items())]
    key = environment_key(lines, python=python, platform=platform)
    change = differing(wanted, server, model=model, namespace=namespace)
    if not change:
        return None
    with tempfile.TemporaryDirectory() as work:
        # What the changed packages need is resolved together with the server's own; whatever moves with them is packed too.
        fixed = {name: version for name, version in server.items() if name in SERVER} | change
        resolved = _resolve(fixed, server, python, platform, uv, Path(work), model, namespace)
        moved = {name: version for name, version in resolved.items() if server.get(name) != version}
        overlay = Path(work) / "overlay"
        command = [*uv, "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(overlay)]
        command += ["--python-version", python, "--python-platform", platform]
        _run([*command, *(f"{name}=={version}" for name, version in sorted(moved.items()))], model, namespace, "SNB-156")
        if sys.version_info[:2] == tuple(int(part) for part in python.split(".")):  # the server cannot write beside them
            compileall.compile_dir(overlay, quiet=2, stripdir=overlay, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
        archive = into / f"{key.removeprefix('sha256:')}.tar.gz"
        digest = write(overlay, archive)
    return Packed(key=key, archive=archive, digest=digest, packages=tuple(sorted(moved.items())))


def _resolve(  # noqa: PLR0917 - private, called once
    fixed: Mapping[str, str],
    server: Mapping[str, str],
    python: str,
    platform: str,
    uv: tuple[str, ...],
    work: Path,
    model: str,
    namespace: str,
) -> dict[str, str]:
    source = work / "wanted.in"
    source.write_text("".join(f"{name}=={version}\n" for name, version in sorted(fixed.items())), encoding="utf-8")
    command = [*uv, "pip", "compile", "--quiet", "--no-annotate", "--no-header", "--python-version", python]
    # What stands in the output beforehand is preferred, so that a package moves only if it must.
    output = work / "resolved.txt"
    output.write_text("".join(f"{name}=={version}\n" for name, version in sorted({**server, **fixed}.items())), encoding="utf-8")
    _run([*command, "--python-platform", platform, "--output-file", str(output), str(source)], model, namespace, "SNB-155")
    return pins(output.read_text(encoding="utf-8").splitlines())


def _run(command: list[str], model: str, namespace: str, code: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env={**os.environ, "NO_COLOR": "1"})
    if done.returncode:
        said = " ".join(re.sub(r"\S+://\S+", "…", done.stderr).split())[-300:]  # an address may hold a password
        raise fail(code, model=model, namespace=namespace, reason=said)
    return done.stdout


def write(directory: Path, archive: Path) -> str:
    """Archive a directory's files so that equal files give equal bytes; the archive's digest."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_name(archive.name + ".part")
    with (
        part.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0, compresslevel=1) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(directory.rglob("*")):
            if path.is_symlink() or not path.is_file() or path.name == ".lock":
                continue
            info = tarfile.TarInfo(path.relative_to(directory).as_posix())
            info.size, info.mode = path.stat().st_size, 0o755 if path.stat().st_mode & 0o100 else 0o644
            with path.open("rb") as file:
                tar.addfile(info, file)
    part.replace(archive)
    with archive.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return f"sha256:{digest.hexdigest()}"
