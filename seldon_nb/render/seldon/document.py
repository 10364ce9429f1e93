"""Typed objects to plain JSON and back, by their type hints: one reader and one writer for all of them.

A field's name in the document is its Python name in camel case, unless its metadata names another ``key``.  What equals its default
is not written, except where the metadata says ``always``.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
Reader = Callable[[Any, str], Any]
Writer = Callable[[Any], Any]


class _Field(NamedTuple):
    attribute: str
    key: str
    read: Reader
    write: Writer
    default: Any
    required: bool
    always: bool


def read(kind: type[T], document: Any) -> T:
    """A ``kind`` out of plain JSON values; ``ValueError`` with the path of whatever does not belong there."""
    found: T = _object_reader(kind)(document, "")
    return found


def write(value: object) -> dict[str, Any]:
    """Plain JSON values of a typed object."""
    return _write_object(value)


def _write_object(value: Any) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for item in _by_key(type(value)).values():
        held = getattr(value, item.attribute)
        if item.required or item.always or held != item.default:
            document[item.key] = item.write(held)
    return document


def _object_reader(kind: type[Any]) -> Reader:
    def reader(value: Any, path: str) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong(path or "the document", "a mapping is expected")
        found: dict[str, Any] = {}
        known = _by_key(kind)
        for key, held in value.items():
            item = known.get(key)
            where = f"{path}.{key}" if path else str(key)
            if item is None:
                raise _wrong(where, "no such field")
            found[item.attribute] = item.read(held, where)
        for item in known.values():
            if item.required and item.attribute not in found:
                raise _wrong(f"{path}.{item.key}" if path else item.key, "missing")
        return kind(**found)

    return reader


_tables: dict[type[Any], dict[str, _Field]] = {}


def _by_key(kind: type[Any]) -> dict[str, _Field]:
    """The fields of a type by their names in a document; compiled once, when the type is first met."""
    found = _tables.get(kind)
    if found is None:
        hints = typing.get_type_hints(kind)
        compiled = [_compile(item, hints[item.name]) for item in dataclasses.fields(kind)]
        found = _tables[kind] = {item.key: item for item in compiled}
    return found


def _compile(item: dataclasses.Field[Any], hint: Any) -> _Field:
    reader, writer = _codec(hint)
    default = item.default
    if item.default_factory is not dataclasses.MISSING:
        default = item.default_factory()
    return _Field(
        attribute=item.name,
        key=item.metadata.get("key") or _camel(item.name),
        read=reader,
        write=writer,
        default=default,
        required=default is dataclasses.MISSING,
        always=bool(item.metadata.get("always")),
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _codec(hint: Any) -> tuple[Reader, Writer]:
    """The reader and the writer of one type hint."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _object_reader(hint), _write_object
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        parts = [part for part in arguments if part is not type(None)]
        return _codec(parts[0]) if len(parts) == 1 else (_one_of(tuple(parts)), _same)
    if origin is tuple:
        return _list_codec(arguments[0])
    if origin is not None and issubclass(origin, Mapping):
        reader, writer = _codec(arguments[1])
        return _mapping_reader(reader), lambda held: {key: writer(held[key]) for key in sorted(held)}
    if hint is Any:
        return _plain, _same
    return _one_of((hint,)), _same


def _list_codec(hint: Any) -> tuple[Reader, Writer]:
    reader, writer = _codec(hint)

    def read_list(value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise _wrong(path, "a list is expected")
        return tuple(reader(item, f"{path}[{index}]") for index, item in enumerate(value))

    return read_list, lambda held: [writer(item) for item in held]


def _mapping_reader(reader: Reader) -> Reader:
    def read_mapping(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _wrong(path, "a mapping is expected")
        return {_text(key, path): reader(held, f"{path}.{key}") for key, held in value.items()}

    return read_mapping


def _one_of(kinds: tuple[type[Any], ...]) -> Reader:
    expected = " or ".join(kind.__name__ for kind in kinds)

    def read_scalar(value: Any, path: str) -> Any:
        # bool is an int to Python, and never one to a document
        if type(value) not in kinds:
            raise _wrong(path, f"{expected} is expected")
        return value

    return read_scalar


def _plain(value: Any, path: str) -> Any:
    """Carried as it is, but plain: no floats, text keys."""
    if isinstance(value, Mapping):
        return {_text(key, path): _plain(held, f"{path}.{key}") for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if value is None or type(value) in (str, int, bool):
        return value
    raise _wrong(path, "text, a whole number or a list is expected")


def _text(key: Any, path: str) -> str:
    if not isinstance(key, str):
        raise _wrong(path, "keys are text")
    return key


def _wrong(path: str, what: str) -> ValueError:
    return ValueError(f"{path}: {what}")


def _same(value: Any) -> Any:
    return value
