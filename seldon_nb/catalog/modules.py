"""Which modules a pickled object needs: seen while pickling it, not guessed from its text."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seldon_nb.checks.trial import MAIN

_INSTALLED = ("site-packages", "dist-packages")


@dataclass(slots=True)
class Needs:
    """What was met while pickling: modules by full name, and the names of what the notebook defines."""

    modules: set[str] = field(default_factory=set)
    of_notebook: set[str] = field(default_factory=set)

    @property
    def top_level(self) -> tuple[str, ...]:
        """Top-level modules outside the standard library, without ``__main__``, sorted."""
        tops = {module.partition(".")[0] for module in self.modules}
        return tuple(sorted(tops - sys.stdlib_module_names - {MAIN, "builtins", ""}))

    def local(self) -> tuple[tuple[str, str], ...]:
        """(module, file) for what no package provides: the files to include, or for ``__main__`` the names of what it defines."""
        found: dict[str, str] = {}
        for module in self.top_level:
            if where := local_file(module):
                found[module] = where
        for module in _reached_from(found):
            found[module] = local_file(module)
        listed = [(MAIN, ", ".join(sorted(self.of_notebook)))] if self.of_notebook else []
        return (*listed, *sorted(found.items()))


def needs_of(model: Any) -> Needs:
    """Pickle ``model`` into nothing and note every class, function and module on the way.

    Raises:
        Exception: whatever the object raises that cannot be pickled.
    """
    import cloudpickle

    needs = Needs()

    class Recorder(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle is untyped
        def reducer_override(self, obj: Any) -> Any:
            _note(obj, needs)
            return super().reducer_override(obj)

    # arrays stay where they are (out-of-band buffers), so that a large model is walked through without being copied
    Recorder(_Nowhere(), protocol=5, buffer_callback=lambda _: None).dump(model)
    return needs


def _note(obj: Any, needs: Needs) -> None:
    """Modules, and whatever has a module and a name: classes and functions, compiled ones too."""
    if isinstance(obj, types.ModuleType):
        needs.modules.add(obj.__name__)
        return
    module, name = getattr(obj, "__module__", None), getattr(obj, "__qualname__", None)
    if not module or not name:
        return
    if module == MAIN:
        needs.of_notebook.add(name.partition(".")[0])
    elif _is_importable(obj, module, name):  # what is not, travels as a copy of its code and needs no module
        needs.modules.add(module)


def _is_importable(obj: Any, module: str, name: str) -> bool:
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is obj or not isinstance(obj, (type, types.FunctionType))


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)


def local_file(module: str) -> str:
    """The file (for a package its directory) of a top-level module that is neither installed nor standard, relative to here if below; else empty."""
    if module in sys.stdlib_module_names:
        return ""
    loaded = sys.modules.get(module)
    file = getattr(loaded, "__file__", None)
    paths = list(getattr(loaded, "__path__", ()))
    where = paths[0] if paths else file
    if not where or any(part in _INSTALLED for part in Path(where).parts) or not Path(where).exists():
        return ""
    path = Path(where)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _reached_from(found: dict[str, str]) -> Iterable[str]:
    """Local modules that the found ones import in turn, as seen in the names that they hold."""
    waiting, seen = list(found), set(found)
    while waiting:
        top = waiting.pop()
        members = [module for name, module in sys.modules.copy().items() if name == top or name.startswith(top + ".")]
        for value in [value for module in members for value in list(vars(module).values())]:
            name = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", None)
            other = name.partition(".")[0] if isinstance(name, str) else ""
            if other and other not in seen and other != MAIN and local_file(other):
                seen.add(other)
                waiting.append(other)
                yield other
