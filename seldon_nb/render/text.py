"""Documents as people read them: YAML text in one stable order, and the difference between two."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: What people look for first; everything else follows by name.
_FIRST = ("apiVersion", "kind", "metadata", "spec", "name", "namespace")
_RANK = {key: rank for rank, key in enumerate(_FIRST)}
#: Words that can be nothing but words: names, paths, addresses, digests.
_SAFE = re.compile(r"[A-Za-z/][A-Za-z0-9_/.-]*(:[A-Za-z0-9_/.-]+)*\Z")
#: Words that YAML 1.1 takes for something else.
_TAKEN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def to_yaml(document: Mapping[str, Any]) -> str:
    """A plain document as YAML text, the same for the same meaning whatever the order of its keys; empty for an empty document."""
    return "".join(f"{line}\n" for line in _mapping(document, ""))


def from_yaml(text: str) -> dict[str, Any]:
    """The document in YAML or JSON text.

    Raises:
        ValueError: if it is not YAML, or not one mapping.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ValueError(f"line {mark.line + 1}: not YAML" if mark else "not YAML") from None
    if not isinstance(found, dict):
        raise ValueError("not one document")  # noqa: TRY004 - one kind of error for whoever reads text
    return found


def diff(old: Mapping[str, Any], new: Mapping[str, Any], name: str, *, was: str = "live", now: str = "planned") -> str:
    """What changes from one document to another, as a unified diff of their text; empty if nothing does, all of it if there was none."""
    lines = difflib.unified_diff(
        to_yaml(old).splitlines(keepends=True),
        to_yaml(new).splitlines(keepends=True),
        fromfile=f"{name} ({was})" if old else "(nothing)",
        tofile=f"{name} ({now})" if new else "(nothing)",
        n=3,
    )
    return "".join(lines)


# The layout of plain mappings and lists is ours (ten times as fast as a general writer, and plans are compared all the time); how a word is
# quoted is PyYAML's, always its Python one: what is built in differs between machines.


def _mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key in sorted(value, key=_rank):
        yield from _entry(f"{indent}{_word(key)}:", value[key], indent)


def _entry(before: str, value: Any, indent: str) -> Iterator[str]:
    if _is_mapping(value) and value:
        yield before
        yield from _mapping(value, indent + "  ")
    elif isinstance(value, (list, tuple)) and value:
        yield before
        yield from _list(value, indent)
    else:
        yield f"{before} {_leaf(value)}"


def _list(value: Sequence[Any], indent: str) -> Iterator[str]:
    for item in value:
        if _is_mapping(item) and item:
            inner = _mapping(item, indent + "  ")
        elif isinstance(item, (list, tuple)) and item:
            inner = _list(item, indent + "  ")
        else:
            yield f"{indent}- {_leaf(item)}"
            continue
        yield f"{indent}- {next(inner)[len(indent) + 2 :]}"
        yield from inner


def _is_mapping(value: Any) -> bool:
    return type(value) is dict or isinstance(value, Mapping)


def _leaf(value: Any) -> str:
    if isinstance(value, str):
        return _word(value)
    if _is_mapping(value):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


@functools.lru_cache(maxsize=4096)
def _word(text: str) -> str:
    """Text as a YAML scalar on one line, quoted where YAML would read something else."""
    if _SAFE.match(text) and text.lower() not in _TAKEN:
        return text
    import yaml

    style = '"' if not text.isprintable() else None
    written: str = yaml.dump(text, Dumper=yaml.SafeDumper, default_style=style, allow_unicode=True, width=float("inf"))
    return written.removesuffix("\n").removesuffix("\n...")


def _rank(key: str) -> tuple[int, str]:
    return (_RANK.get(key, len(_FIRST)), key)
