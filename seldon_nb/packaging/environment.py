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

from seldon_nb.domain.environment import PLATFORM, environment_key
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
#: What the program says when it was not the packages that stood in the way.
_NOT_FETCHED = ("Failed to fetch", "Request failed", "error sending request", "Could not connect", "Failed to download")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[A-Za-z0-9.!+_-]+)$")


@dataclass(frozen=True, slots=True)
class Packed:
    """One packed environment: its key, its archive (``.tar.gz``), the archive's digest, and what is in it."""

    key: str
    archive: Path
    digest: str
    packages: tuple[tuple[str, str], ...]


def pins(requirements: Iterable[str]) -> dict[str, str]:
    """Package → version of every exact pin; what is not pinned is left to the server."""
    found = {}
    for line in requirements:
        if pin := _PIN.match(line.partition(";")[0].partition("#")[0].replace(" ", "").rstrip("\\").strip()):
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
    platform: str = PLATFORM,
    key: str = "",
    uv: tuple[str, ...] = (sys.executable, "-m", "uv"),
) -> Packed | None:
    """Fetch and pack what differs; None if nothing does.

    Args:
        requirements: the model's own, one pin a line.
        server: package → version in the server's image.
        into: a directory for the archive ``<64 hex of the key>.tar.gz``.
        python: the server's minor version, ``3.11``; this Python's if empty.
        key: of the wish, where somebody settled it.

    Raises:
        SNB-155: they cannot stand beside the server's.
        SNB-156: they could not be fetched.
    """
    wanted = pins(requirements)
    python = python or f"{sys.version_info[0]}.{sys.version_info[1]}"
    lines = [f"{name}=={version}" for name, version in sorted(wanted.items())]
    key = key or environment_key(lines, python=python, platform=platform)
    change = differing(wanted, server, model=model, namespace=namespace)
    if not change:
        return None
    uses = _Uses(uv, python, platform, model, namespace)
    with tempfile.TemporaryDirectory() as work:
        moved = _moved(change, server, uses, Path(work))
        overlay = Path(work) / "overlay"
        command = ["pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(overlay)]
        uses.run([*command, *uses.target, *(f"{name}=={version}" for name, version in sorted(moved.items()))], "SNB-156")
        if sys.version_info[:2] == tuple(int(part) for part in python.split(".")):  # the server cannot write beside them
            compileall.compile_dir(overlay, quiet=2, stripdir=overlay, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
        archive = into / f"{key.removeprefix('sha256:')}.tar.gz"
        digest = write(overlay, archive)
    return Packed(key=key, archive=archive, digest=digest, packages=tuple(sorted(moved.items())))


def _moved(change: Mapping[str, str], server: Mapping[str, str], uses: _Uses, work: Path) -> dict[str, str]:
    """What changes, and whatever must move with it; what the server does without, although somebody asks for it, it goes on doing without."""
    fixed = {name: version for name, version in server.items() if name in SERVER} | dict(change)
    resolved = uses.compile(fixed, {**server, **fixed}, work)
    needed = uses.compile(change, resolved, work)
    return {name: pin for name, pin in resolved.items() if server.get(name) != pin and (name in server or name in needed)}


@dataclass(frozen=True, slots=True)
class _Uses:
    """The program that knows Python's packages, and for whom it works."""

    uv: tuple[str, ...]
    python: str
    platform: str
    model: str
    namespace: str

    @property
    def target(self) -> list[str]:
        """For which Python and machine."""
        return ["--python-version", self.python, "--python-platform", self.platform]

    def compile(self, wanted: Mapping[str, str], preferred: Mapping[str, str], work: Path) -> dict[str, str]:
        """All that ``wanted`` needs.  What is preferred stays, so that a package moves only if it must. Raises: SNB-155."""
        source, output = work / "wanted.in", work / "resolved.txt"
        source.write_text(_lines(wanted), encoding="utf-8")
        output.write_text(_lines(preferred), encoding="utf-8")
        words = ["pip", "compile", "--quiet", "--no-annotate", "--no-header", "--output-file", str(output), str(source)]
        self.run([*words, *self.target], "SNB-155")
        return pins(output.read_text(encoding="utf-8").splitlines())

    def run(self, words: list[str], code: str) -> None:
        """Run it; its last words are the reason of a refusal."""
        env = {**os.environ, "NO_COLOR": "1"}
        done = subprocess.run([*self.uv, *words], capture_output=True, text=True, check=False, timeout=600, env=env)
        if done.returncode:
            said = " ".join(re.sub(r"\S+://\S+", "…", done.stderr).split())[-300:]  # an address may hold a password
            if any(sign in done.stderr for sign in _NOT_FETCHED):
                code = "SNB-156"
            raise fail(code, model=self.model, namespace=self.namespace, reason=said)


def _lines(pinned: Mapping[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in sorted(pinned.items()))


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
