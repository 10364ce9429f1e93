"""Drift: what a place holds of a deployment, against what the revision that serves says of it.

What counts is what the revision says: a field that is another one or gone, and a member of one of its lists that it does not name (a container, a
predictor, a variable).  What a place adds beside that (times, owners, defaults) does not count; fields of which the revision says nothing are named
and not shown.  Values that may be keys never appear.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seldon_nb.diagnosis.secret import HIDDEN, is_secret_name, value_without_secrets
from seldon_nb.domain.deployment import DeploymentStatus, Revision, State, Target
from seldon_nb.render.text import diff

#: By what members of a list are told from each other, the first that does; by their places if none does.
_IDENTITIES = ("name", "mountPath", "containerPort")
#: What an API server writes into a field that was left out.
_DEFAULTS = re.compile(r"\.ports\[[^\]]*\]\.protocol\Z")
_SERVERS = frozenset({"managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"})
_VARIABLE = re.compile(r"\.env\[(?P<name>[^\]]*)\]\.value\Z")
_NOTHING: tuple[Any, ...] = (None, "", {}, [], ())


class Kind(enum.Enum):
    """How a field differs from what the revision says."""

    CHANGED = "changed"
    GONE = "gone"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: ``spec.predictors[default].replicas``."""

    path: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, what is there beside what was said, and what was said with the differences in it, fit to be shown."""

    differences: tuple[Difference, ...]
    beside: tuple[str, ...]
    now: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A deployment against its revision.

    Attributes:
        number: of the revision that serves.
        answering: whether what is there also answers.
        revision: as it was kept; None if it was not, so that nothing could be compared.
        beside: fields of which the revision says nothing, by their paths.
        diff: as a unified diff of YAML, from the revision to what is there; empty if nothing differs.
        writer, written_at: which program wrote the object last that is not ours, and when; empty if nobody knows.
    """

    target: Target
    number: int
    answering: bool
    revision: Revision | None = None
    differences: tuple[Difference, ...] = ()
    beside: tuple[str, ...] = ()
    diff: str = ""
    writer: str = ""
    written_at: str = ""


def measured(
    status: DeploymentStatus,
    revision: Revision | None,
    said: Mapping[str, Any],
    found: Mapping[str, Any],
    *,
    writer: str = "",
    written_at: str = "",
) -> Drift:
    """What differs between what a kept revision says and what was found, as a value."""
    seen = compared(said, found)
    number = revision.number if revision is not None else status.revision.number
    name = status.target.name
    return Drift(
        target=status.target,
        number=number,
        answering=status.state is State.ANSWERING,
        revision=revision,
        differences=seen.differences,
        beside=seen.beside,
        diff=diff(said, seen.now, name, was=f"revision {number}", now="live") if seen.differences else "",
        writer=writer if seen.differences else "",
        written_at=written_at if seen.differences else "",
    )


def compared(said: Mapping[str, Any], found: Mapping[str, Any]) -> Comparison:
    """Plain documents (JSON values) field by field."""
    walk = _Walk()
    now = walk.mapping(said, found, "")
    return Comparison(tuple(walk.differences), tuple(walk.beside), now)


def presentable(document: Mapping[str, Any]) -> dict[str, Any]:
    """An object as it was found without what an API server writes into its metadata, and without what may be a key."""
    metadata = document.get("metadata") or {}
    kept = {**document, "metadata": {key: value for key, value in metadata.items() if key not in _SERVERS}}
    return {key: _shown(value, key, whole=False) for key, value in kept.items() if key != "status"}


class _Walk:
    """One walk through both documents at once; what it returns is what was said, with what was found in the places that differ."""

    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self.beside: list[str] = []

    def mapping(self, said: Mapping[str, Any], found: Mapping[str, Any], path: str) -> dict[str, Any]:
        now: dict[str, Any] = {}
        for key, value in said.items():
            where = f"{path}.{key}" if path else key
            if found.get(key) is not None:
                now[key] = self.value(value, found[key], where)
            elif value in _NOTHING:
                now[key] = value  # left out says the same
            else:
                self._tell(where, Kind.GONE)
        if path != "metadata" and not path.startswith("metadata."):  # everybody may put marks there
            more = (f"{path}.{key}" for key, value in found.items() if key not in said and value not in _NOTHING)
            self.beside += [where for where in more if path and not _DEFAULTS.search(where)]
        return now

    def value(self, said: Any, found: Any, path: str) -> Any:
        if isinstance(said, Mapping) and isinstance(found, Mapping):
            return self.mapping(said, found, path)
        if isinstance(said, (list, tuple)) and isinstance(found, (list, tuple)):
            return self.list(said, found, path)
        if said == found and isinstance(said, bool) == isinstance(found, bool):
            return said
        self._tell(path, Kind.CHANGED)
        return _shown(found, path, whole=False)

    def list(self, said: Sequence[Any], found: Sequence[Any], path: str) -> list[Any]:
        if not all(isinstance(item, Mapping) for item in (*said, *found)):
            if list(said) == list(found):
                return list(said)
            self._tell(path, Kind.CHANGED)
            shown: list[Any] = _shown(found, path)
            return shown
        wanted, there = _named(said, found)
        now = []
        for name, item in wanted.items():
            if name in there:
                now.append(self.mapping(item, there[name], f"{path}[{name}]"))
            else:
                self._tell(f"{path}[{name}]", Kind.GONE)
        for name, item in there.items():
            if name not in wanted:
                self._tell(f"{path}[{name}]", Kind.ADDED)
                now.append(_shown(item, f"{path}[{name}]"))
        return now

    def _tell(self, path: str, kind: Kind) -> None:
        self.differences.append(Difference(path, kind))


def _named(said: Sequence[Any], found: Sequence[Any]) -> tuple[dict[Hashable, Any], dict[Hashable, Any]]:
    """The members of both lists by what tells them apart."""
    for key in _IDENTITIES:
        lists = [[item.get(key) for item in items] for items in (said, found)]
        if all(isinstance(name, (str, int)) for names in lists for name in names) and all(
            len(set(names)) == len(names) for names in lists
        ):
            return dict(zip(lists[0], said, strict=True)), dict(zip(lists[1], found, strict=True))
    return dict(enumerate(said)), dict(enumerate(found))


def _shown(value: Any, path: str, *, whole: bool = True) -> Any:
    """A value that was found, without what may be a key.

    Args:
        whole: the field and all in it is new; a new variable's value is nobody's to show.
    """
    if isinstance(value, Mapping):
        return {key: _shown(item, f"{path}.{key}", whole=whole) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        names = [item.get("name", index) if isinstance(item, Mapping) else index for index, item in enumerate(value)]
        return [_shown(item, f"{path}[{name}]", whole=whole) for name, item in zip(names, value, strict=True)]
    variable = _VARIABLE.search(path)
    if variable and (whole or is_secret_name(variable["name"])):
        return HIDDEN
    return value_without_secrets(path.rpartition(".")[2], value) if isinstance(value, str) else value
