"""Documents as people read them: YAML text in one stable order, and the difference between two."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

#: What people look for first; everything else follows by name.
_FIRST = ("apiVersion", "kind", "metadata", "spec", "name", "namespace")
_RANK = {key: rank for rank, key in enumerate(_FIRST)}


def to_yaml(document: Mapping[str, Any]) -> str:
    """A document as YAML text, the same for the same meaning whatever the order of its keys; empty for an empty document."""
    import yaml

    if not document:
        return ""
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # seven times as fast where PyYAML was built with libyaml
    text: str = yaml.dump(
        _ordered(document), Dumper=dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=10_000
    )
    return text


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


def diff(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> str:
    """What changes from one document to another, as a unified diff of their text; empty if nothing does, all of it if there was none."""
    lines = difflib.unified_diff(
        to_yaml(old).splitlines(keepends=True),
        to_yaml(new).splitlines(keepends=True),
        fromfile=f"{name} (live)" if old else "(nothing)",
        tofile=f"{name} (planned)" if new else "(nothing)",
        n=3,
    )
    return "".join(lines)


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: (_RANK.get(key, len(_FIRST)), key))}
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    return value
