"""Object stores through the ``rclone`` program, and volumes that are mounted beside us."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from seldon_nb.initializer.paths import Budget, inside, only_files
from seldon_nb.initializer.refusal import LOCKED, NOT_THERE, UNREACHABLE, UNSAFE, RefusalError, shown
from seldon_nb.initializer.web import again

#: What rclone says when it was not let in.
_LOCKED = (
    "accessdenied",
    "access denied",
    "forbidden",
    "invalidaccesskeyid",
    "signaturedoesnotmatch",
    "unauthorized",
    "403",
    "401",
)
_AZURE = ("wasb", "wasbs", "abfs", "abfss")
_NOT_THERE = ("nosuchbucket", "nosuchkey", "directory not found", "object not found", "not found", "404")


def rclone(uri: str, into: Path, budget: Budget, secret: str) -> None:
    """Everything below an address; its scheme is the remote's name in the environment (``RCLONE_CONFIG_<REMOTE>_…``), as for Seldon.

    Raises:
        SNB-338: no settings for this remote, or it lets nobody in with them.
        SNB-336: nothing lies there.
    """
    path = remote_path(uri, secret)
    again(lambda: _run(["copy", path, str(into), "--no-update-modtime"], uri, budget, secret), budget)
    _found(into, uri)
    budget.take(sum(path.stat().st_size for path in into.rglob("*") if path.is_file()))


def send(file: Path, uri: str, budget: Budget, secret: str) -> None:
    """One file to an address, where nothing or the same lies. Raises: SNB-338, SNB-336 (no such bucket), SNB-152."""
    path = remote_path(uri, secret)
    again(lambda: _run(["copyto", str(file), path, "--s3-no-check-bucket", "--no-traverse"], uri, budget, secret), budget)


def remote_path(uri: str, secret: str = "") -> str:
    """``remote:bucket/path`` of an address, as rclone takes it.

    ``s3://b/p`` and ``s3:b/p`` are the same; of ``wasbs://container@account.host/p`` the account belongs to the settings.

    Raises:
        SNB-338: the environment holds no settings for this remote, or those of another account.
    """
    scheme, _, rest = uri.partition(":")
    prefix = f"RCLONE_CONFIG_{scheme.upper().replace('-', '_')}_"
    if f"{prefix}TYPE" not in os.environ:
        others = sorted(name[14:-5] for name in os.environ if name.startswith("RCLONE_CONFIG_") and name.endswith("_TYPE"))
        reason = f"it is for {', '.join(others).lower()}, not for {scheme}." if others else f"it has no settings for {scheme}."
        raise RefusalError(LOCKED, source=shown(uri), secret=secret or "—", reason=reason)
    bucket, slash, path = rest.lstrip("/").partition("/")
    if scheme in _AZURE and "@" in bucket:
        bucket, _, host = bucket.partition("@")
        account, held = host.partition(".")[0], os.environ.get(f"{prefix}ACCOUNT", "")
        if held and held != account:
            raise RefusalError(
                LOCKED, source=shown(uri), secret=secret or "—", reason=f"it is for the account {held}, not {account}."
            )
    return f"{scheme}:{bucket}{slash}{path}"


def _run(words: list[str], uri: str, budget: Budget, secret: str) -> None:
    env = {**os.environ, "RCLONE_CONFIG": "/dev/null", "HOME": "/tmp"}  # noqa: S108 - the pod's own
    command = ["rclone", *words, "--transfers=4", "--checkers=4", "--retries=1", "--low-level-retries=3", "--log-level=ERROR"]
    command += ["--contimeout=10s", "--timeout=60s"]
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=max(1.0, budget.left), check=False)
    except subprocess.TimeoutExpired:
        raise RefusalError(UNREACHABLE, source=shown(uri), reason="the time for bringing the files is over") from None
    except OSError as error:
        raise RefusalError(UNREACHABLE, source=shown(uri), reason=f"rclone: {type(error).__name__}") from None
    if done.returncode:
        raise _refused(done.stderr.lower(), done.returncode, uri, secret)


def _refused(said: str, code: int, uri: str, secret: str) -> RefusalError:
    """rclone's own words may hold an address with a signature, so only what they are about is told."""
    if any(word in said for word in _LOCKED):
        return RefusalError(LOCKED, source=shown(uri), secret=secret or "—", reason="the store does not let it in.")
    if any(word in said for word in _NOT_THERE) or code in (3, 4):
        return RefusalError(NOT_THERE, source=shown(uri), reason="nothing lies there.")
    return RefusalError(UNREACHABLE, source=shown(uri), reason=f"rclone ended with {code}")


def volume(uri: str, into: Path, budget: Budget, claims: Path) -> None:
    """Everything below ``pvc://claim/path``, from where the claim is mounted.

    Raises:
        SNB-336: nothing lies there.
        SNB-150: a link leads elsewhere.
    """
    parts = urlsplit(uri)
    root = inside(claims, f"{parts.netloc}/{parts.path.strip('/')}".rstrip("/"))
    if not root.is_dir():
        raise RefusalError(NOT_THERE, source=shown(uri), reason="nothing lies there.")
    if not root.resolve().is_relative_to(claims.resolve()):
        raise RefusalError(UNSAFE, path=parts.path[:120])
    only_files(root)
    for path in sorted(root.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                budget.copy(stream, inside(into, path.relative_to(root).as_posix()))
    _found(into, uri)


def _found(into: Path, uri: str) -> None:
    if not any(path.is_file() for path in into.rglob("*")):
        shutil.rmtree(into)
        raise RefusalError(NOT_THERE, source=shown(uri), reason="nothing lies there.")
