"""The line of Python that does the same as a verb."""

from __future__ import annotations

from typing import Any


def call(verb: str, *things: str, **options: Any) -> str:
    """The Python line: ``sn.plan("fraud@1", to="dev")``; options at their defaults are left out."""
    parts = list(things)
    parts += [f"{key}={literal(value)}" for key, value in options.items() if value not in ("", (), None, False)]
    return f"sn.{verb}({', '.join(parts)})"


def literal(value: Any) -> str:
    """A value as it is written in Python: text in double quotes, one thing of a tuple alone."""
    if isinstance(value, tuple):
        return literal(value[0]) if len(value) == 1 else "(" + ", ".join(literal(item) for item in value) + ")"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else repr(value)
