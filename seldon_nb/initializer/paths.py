"""Only files, only below the directory that was prepared for them, and only so many bytes."""

from __future__ import annotations

import stat
import tarfile
import threading
import time
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from seldon_nb.initializer.refusal import NO_ROOM, NOT_THERE, TOO_LARGE, UNREACHABLE, UNSAFE, RefusalError

_BLOCK = 1 << 20


def inside(root: Path, relative: str) -> Path:
    """``root/relative`` with its directories made.

    Raises:
        SNB-150: the path leads elsewhere (absolute, ``..``, a drive, a control character).
    """
    parts = PurePosixPath(relative).parts
    bad = not parts or relative.startswith("/") or ".." in parts or "\\" in relative or any(ord(sign) < 32 for sign in relative)
    if bad:
        raise RefusalError(UNSAFE, path=relative[:120] or "—")
    path = root.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


class Budget:
    """Bytes and seconds that are left for one delivery; shared by all downloads."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._taken = 0
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._end - time.monotonic())

    def take(self, amount: int) -> None:
        """Count bytes (a negative amount gives back what a failed try took). Raises: SNB-151, SNB-152."""
        with self._lock:
            self._taken += amount
            taken = self._taken
        if taken > self._limit:
            raise RefusalError(TOO_LARGE, limit=self._limit)
        if not self.left:
            raise RefusalError(UNREACHABLE, source="—", reason="the time for bringing the files is over")

    def copy(self, stream: IO[bytes], path: Path) -> int:
        """Write a stream to a file; how many bytes it was. Raises: SNB-151, SNB-152, SNB-154."""
        size = 0
        try:
            with path.open("wb") as file:
                while block := stream.read(_BLOCK):
                    self.take(len(block))
                    size += len(block)
                    file.write(block)
        except OSError as error:
            self.take(-size)
            if error.errno in (28, 122):  # no space, or no quota, left on the volume
                raise RefusalError(NO_ROOM, written=size) from None
            raise
        return size


def unpack(archive: Path, into: Path, budget: Budget, source: str) -> None:
    """Unpack a ``.tar.gz``, ``.tar`` or ``.zip``: regular files only.

    Raises:
        SNB-150: it holds a link, a device or a path that leads elsewhere.
        SNB-336: it is no archive.
    """
    try:
        if zipfile.is_zipfile(archive):
            _unzip(archive, into, budget)
        else:
            _untar(archive, into, budget)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise RefusalError(NOT_THERE, source=source, reason=f"not an archive that can be read ({type(error).__name__})") from None


def _untar(archive: Path, into: Path, budget: Budget) -> None:
    with tarfile.open(archive, "r:*") as tar:
        for member in tar:
            name = member.name.removeprefix("./")
            if member.isdir():
                continue
            if not member.isreg():
                raise RefusalError(UNSAFE, path=name[:120])
            path = inside(into, name)
            stream = tar.extractfile(member)
            assert stream is not None  # it is a regular file
            budget.copy(stream, path)
            path.chmod(0o755 if member.mode & 0o100 else 0o644)


def _unzip(archive: Path, into: Path, budget: Budget) -> None:
    with zipfile.ZipFile(archive) as bundle:
        for member in bundle.infolist():
            if member.is_dir():
                continue
            mode = member.external_attr >> 16
            if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
                raise RefusalError(UNSAFE, path=member.filename[:120])
            with bundle.open(member) as stream:
                budget.copy(stream, inside(into, member.filename))


def only_files(root: Path) -> None:
    """Nothing but directories and regular files may lie there. Raises: SNB-150."""
    for path in root.rglob("*"):
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise RefusalError(UNSAFE, path=path.relative_to(root).as_posix()[:120])
