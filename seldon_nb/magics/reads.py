"""Which files a notebook reads while it is watched, and what the directories of these files declare.

A directory declares its classification by its name (``protected-b``, as such mounts are called) or by the first line of a file ``.classification``
in it; what it declares holds for all below it.  Only what Python itself opens is seen; ``train --data PATH`` says the rest.
"""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import Any

from seldon_nb.domain.classification import Classification

FILE = ".classification"
_BY_NAME = {Classification.PROTECTED_A, Classification.PROTECTED_B, Classification.PROTECTED_C}
_MOST = 10_000

_seen: dict[str, None] = {}
_state = {"watching": False, "hooked": False}


def begin() -> None:
    """Remember what is opened for reading from now on."""
    if not _state["hooked"]:
        sys.addaudithook(_hear)  # Python has no way to remove one: it hears nothing while nobody watches
        _state["hooked"] = True
    _seen.clear()
    _state["watching"] = True


def end() -> None:
    """Remember no more."""
    _state["watching"] = False
    _seen.clear()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not _state["watching"] or len(_seen) >= _MOST:
        return
    path, mode = arguments[0], arguments[1]
    if isinstance(path, str) and (mode is None or not set(mode) & set("wax+")):
        _seen[path] = None


def declared(also: tuple[str, ...] = ()) -> dict[str, Classification]:
    """The directories above what was read, and above ``also``, that declare something: their paths with their levels."""
    found: dict[str, Classification] = {}
    folders = {os.path.dirname(os.path.abspath(path)) for path in list(_seen)}  # noqa: PTH100, PTH120 - thousands of plain texts
    folders |= {str(path if path.is_dir() else path.parent) for path in (Path(text).expanduser().resolve() for text in also)}
    for folder in folders:
        for place in (Path(folder), *Path(folder).parents):
            level = _level(str(place))
            if level is not Classification.UNKNOWN:
                found[str(place)] = level
    return found


@functools.lru_cache(maxsize=4096)
def _level(folder: str) -> Classification:
    """What one directory declares; UNKNOWN if nothing."""
    named = Classification.parse(os.path.basename(folder))  # noqa: PTH119
    level = named if named in _BY_NAME else Classification.UNKNOWN
    try:
        with open(os.path.join(folder, FILE), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            written = Classification.parse(file.readline(100))
    except (OSError, ValueError):
        return level
    if Classification.UNKNOWN in (level, written):
        return written if level is Classification.UNKNOWN else level
    return max(level, written)
