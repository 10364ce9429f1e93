"""Typed objects to plain JSON and back, by their type hints: one reader and one writer for all of them.

A field's name in the document is its Python name in camel case, unless its metadata names another ``key``.  What equals its default
is not written, except where the metadata says ``always``; a field ``beside`` the document is neither read nor written.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
Reader = Callable[[Any], Any]
Writer = Callable[[Any], Any]
#: Keys and positions from the top of a document to something empty, and what it is: text, a list or a mapping.
Path = tuple[tuple[str | int, ...], str]


class _Field(NamedTuple):
    attribute: str
    key: str
    read: Reader
    write: Writer
    default: Any
    required: bool
    always: bool


class _Table(NamedTuple):
    """A type's fields: in order, by their names in a document, and those that a document must have."""

    fields: tuple[_Field, ...]
    by_key: dict[str, _Field]
    required: tuple[_Field, ...]


class _Misfit(Exception):  # noqa: N818 - never leaves this module
    """Something that does not belong; its path grows on the way out, so that reading what fits costs no paths."""

    def __init__(self, what: str, path: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.path = path

    def below(self, step: str) -> _Misfit:
        """The same, seen from one level above."""
        self.path = step + self.path
        return self


def read(kind: type[T], document: Any) -> T:
    """A ``kind`` out of plain JSON values; ``ValueError`` with the path of whatever does not belong there."""
    try:
        found: T = _object_reader(kind)(document)
    except _Misfit as misfit:
        raise ValueError(f"{misfit.path.lstrip('.') or 'the document'}: {misfit.what}") from None
    return found


def write(value: object) -> dict[str, Any]:
    """Plain JSON values of a typed object."""
    return _write_object(value)


def empties(document: Any) -> tuple[Path, ...]:
    """Where a document says something empty: a typed object does not tell that from saying nothing."""
    found: list[Path] = []
    open_: list[tuple[Any, tuple[str | int, ...]]] = [(document, ())]
    while open_:
        above, path = open_.pop()
        for key, held in above.items() if type(above) is dict else enumerate(above):
            kind = type(held)
            if kind is dict or kind is list:
                if held:
                    open_.append((held, (*path, key)))
                else:
                    found.append(((*path, key), "mapping" if kind is dict else "list"))
            elif held == "":
                found.append(((*path, key), "text"))
    return tuple(found)


def say_empty(document: dict[str, Any], said: tuple[Path, ...]) -> dict[str, Any]:
    """The document with empty values at these paths, wherever nothing else stands there by now; changed in place."""
    for (*steps, last), kind in said:
        above: Any = document
        for step in steps:
            known = step in above if isinstance(above, dict) else isinstance(above, list) and step in range(len(above))
            above = above[step] if known else None
        if isinstance(above, dict):
            above.setdefault(last, {"mapping": {}, "list": [], "text": ""}[kind])
    return document


def _write_object(value: Any) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for item in _table(type(value)).fields:
        held = getattr(value, item.attribute)
        if item.always or (held is not item.default and held != item.default):
            document[item.key] = item.write(held)
    return document


def _object_reader(kind: type[Any]) -> Reader:
    def reader(value: Any) -> Any:
        if type(value) is not dict and not isinstance(value, Mapping):  # the second question is slow
            raise _Misfit("a mapping is expected")
        table = _table(kind)
        found: dict[str, Any] = {}
        key = ""
        try:
            for key, held in value.items():
                item = table.by_key.get(key) or _unknown()
                found[item.attribute] = item.read(held)
        except _Misfit as misfit:
            raise misfit.below(f".{key}") from None
        for item in table.required:
            if item.attribute not in found:
                raise _Misfit("missing", f".{item.key}")
        return kind(**found)

    return reader


def _unknown() -> _Field:
    raise _Misfit("no such field")


_tables: dict[type[Any], _Table] = {}


def _table(kind: type[Any]) -> _Table:
    """A type's fields; compiled once, when the type is first met."""
    found = _tables.get(kind)
    if found is None:
        hints = typing.get_type_hints(kind)
        fields = tuple(_compile(item, hints[item.name]) for item in dataclasses.fields(kind) if not item.metadata.get("beside"))
        found = _Table(fields, {item.key: item for item in fields}, tuple(item for item in fields if item.required))
        _tables[kind] = found
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

    def read_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise _Misfit("a list is expected")
        found: list[Any] = []
        try:
            for item in value:
                found.append(reader(item))  # noqa: PERF401 - its length is the place of what does not fit
        except _Misfit as misfit:
            raise misfit.below(f"[{len(found)}]") from None
        return tuple(found)

    return read_list, lambda held: [writer(item) for item in held]


def _mapping_reader(reader: Reader) -> Reader:
    def read_mapping(value: Any) -> dict[str, Any]:
        if type(value) is not dict and not isinstance(value, Mapping):
            raise _Misfit("a mapping is expected")
        found: dict[str, Any] = {}
        key: Any = ""
        try:
            for key, held in value.items():
                found[_text(key)] = reader(held)
        except _Misfit as misfit:
            raise misfit.below(f".{key}") from None
        return found

    return read_mapping


def _one_of(kinds: tuple[type[Any], ...]) -> Reader:
    expected = " or ".join(kind.__name__ for kind in kinds)

    def read_scalar(value: Any) -> Any:
        # bool is an int to Python, and never one to a document
        if type(value) not in kinds:
            raise _Misfit(f"{expected} is expected")
        return value

    return read_scalar


def _plain(value: Any) -> Any:
    """Carried as it is, but plain: no floats, text keys."""
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    if isinstance(value, (list, tuple)):
        return list(_plain_list(value))
    if value is None or type(value) in (str, int, bool):
        return value
    raise _Misfit("text, a whole number or a list is expected")


def _text(key: Any) -> str:
    if not isinstance(key, str):
        raise _Misfit("keys are text")
    return key


def _same(value: Any) -> Any:
    return value


_plain_mapping = _mapping_reader(_plain)
_plain_list = _list_codec(Any)[0]
