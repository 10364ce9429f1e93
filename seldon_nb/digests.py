"""One digest for a directory of files: what pins a model's bytes wherever they are copied."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from seldon_nb.domain.canonical import DIGEST_PREFIX

#: MLflow writes this into a model when it is registered, so it says nothing about the model's bytes.
LEFT_OUT = "registered_model_meta"


def tree_digest(path: Path) -> str:
    """``sha256:…`` over the sorted relative paths (``/`` between parts) of all files, each followed by the sha256 of its content.

    ``registered_model_meta`` in the top directory and compiled Python (``__pycache__``) do not count; links are read through.

    Raises:
        OSError: if ``path`` is not a directory, or a file cannot be read.
    """
    total = hashlib.sha256()
    for relative in tree_files(path):
        with (path / relative).open("rb") as file:
            content = _digest_of_file(file.fileno())
        total.update(relative.encode() + b"\0" + content)
    return DIGEST_PREFIX + total.hexdigest()


def tree_files(path: Path) -> list[str]:
    """The relative paths of the files that :func:`tree_digest` covers, sorted."""
    found: list[str] = []
    waiting = [(path, "")]
    while waiting:
        directory, prefix = waiting.pop()
        with os.scandir(directory) as entries:
            for entry in entries:
                relative = prefix + entry.name
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        waiting.append((Path(entry.path), relative + "/"))
                elif relative != LEFT_OUT:
                    found.append(relative)
    return sorted(found)


def _digest_of_file(handle: int) -> bytes:
    content = hashlib.sha256()
    while block := os.read(handle, 1 << 20):
        content.update(block)
    return content.digest()
