"""Values to plain JSON and back, where they cross a boundary: plan files, state files, REST bodies.

Reading validates: pydantic checks the types, and the values' own constructors check the rest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    if kind not in _adapters:  # building one takes milliseconds
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def dump(value: object) -> Any:
    """A domain value as plain JSON values: enums by value, tuples as lists."""
    return _adapter(type(value)).dump_python(value, mode="json")


def load(kind: type[T], data: Any) -> T:
    """Plain JSON values as a domain value.

    Raises:
        ValueError: if the data does not describe a ``kind`` (pydantic's ValidationError is one).
    """
    result: T = _adapter(kind).validate_python(data)
    return result


def dumps(value: object) -> str:
    """A domain value as indented JSON text with sorted keys and a final newline."""
    return json.dumps(dump(value), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def loads(kind: type[T], text: str | bytes) -> T:
    """JSON text as a domain value; ``ValueError`` if it is not one."""
    return load(kind, json.loads(text))
