"""Environments for peers that cannot live beside the tests: built once from a lock, kept outside the checkout under the digest of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

HERE = Path(__file__).parent


def python_of(peer: str) -> Path:
    """The interpreter of the environment that ``<peer>.lock`` describes; builds it if it is not there (about ten seconds with a warm cache)."""
    lock = HERE / f"{peer}.lock"
    digest = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    root = Path(os.environ.get("SELDON_NB_PEERS") or user_cache_path("seldon_nb") / "peers") / f"{peer}-{digest}"
    python = root / "bin" / "python"
    root.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{root}.lock"):
        if not (root / "complete").exists():
            shutil.rmtree(root, ignore_errors=True)
            uv = str(Path(sys.executable).parent / "uv")
            environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
            for arguments in (
                ["venv", "--quiet", "--python", sys.executable, str(root)],
                ["pip", "install", "--quiet", "--python", str(python), "--require-hashes", "--compile-bytecode", "-r", str(lock)],
            ):
                done = subprocess.run([uv, *arguments], env=environment, capture_output=True, text=True, timeout=300)
                assert done.returncode == 0, f"the peer {peer} could not be installed:\n{done.stderr[-2000:]}"
            (root / "complete").touch()
    return python
