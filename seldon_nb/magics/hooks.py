"""Where the magics hang in IPython: the completer and the transformation of a cell.  Light: loaded with the extension."""

from __future__ import annotations

import re
import threading
import time
from importlib import import_module
from typing import Any

_TRAIN = re.compile(r"^%%seldon[ \t]+train(?P<rest>[ \t].*)?$")
_LINE = re.compile(r"^\s*(?:[^%=]*=\s*)?%{1,2}seldon\s+(?P<rest>.*)$", re.DOTALL)
_SOON_S = 0.3
_MARK = "_seldon_nb"  # on what is ours, so that a second %load_ext replaces it


def hook(shell: Any) -> None:
    """Complete lines of ours at the cursor, and let a cell that begins with ``%%seldon train`` run as the plain cell that it is."""
    transforms = shell.input_transformers_cleanup
    transforms[:] = [item for item in transforms if not hasattr(item, _MARK)]
    setattr(transform, _MARK, True)
    transforms.append(transform)
    completer = getattr(shell, "Completer", None)
    if completer is None or not hasattr(completer, "custom_matchers"):  # before IPython 8.6
        return
    completer.custom_matchers[:] = [item for item in completer.custom_matchers if not hasattr(item, _MARK)]
    completer.custom_matchers.append(matcher(shell))
    if getattr(shell, "kernel", None) is not None:
        threading.Thread(target=_warm, name="seldon-nb-warm", daemon=True).start()


def _warm() -> None:
    """Import the grammar while nobody waits, so that the first Tab need not."""
    time.sleep(_SOON_S)
    for module in (
        "magics.completing",
        "workspace",
        "flows.deployments",
        "catalog.glance",
        "here.place",
        "here.serving",
        "here.endpoint",
    ):
        import_module(f"seldon_nb.{module}")


def transform(lines: list[str]) -> list[str]:
    """``%%seldon train …`` becomes one ordinary line, so that the rest keeps its line numbers, its traceback, its ``await`` and its last value."""
    if not lines or (found := _TRAIN.match(lines[0].rstrip("\n"))) is None:
        return lines
    rest = f"train {(found['rest'] or '').strip()}".rstrip()
    return [f"get_ipython().run_line_magic('seldon', {rest!r})\n", *lines[1:]]


def matcher(shell: Any) -> Any:
    """IPython's way to ask for completions of a line of ours; with an answer, nobody else's are shown."""
    from IPython.core.completer import SimpleCompletion, context_matcher

    def seldon_nb_matcher(context: Any) -> dict[str, Any]:
        line = context.full_text.split("\n")[context.cursor_line][: context.cursor_position]
        found = _LINE.match(line)
        if found is None:
            return {"completions": []}
        try:
            fragment, offered = import_module("seldon_nb.magics.completing").complete(shell, found["rest"])
        except Exception:  # a key press never ends in a traceback
            return {"completions": []}
        return {
            "completions": [SimpleCompletion(text=text, type=kind) for text, kind in offered],
            "matched_fragment": fragment,
            "ordered": True,
            "suppress": True,
        }

    setattr(seldon_nb_matcher, _MARK, True)
    return context_matcher(identifier="seldon_nb", priority=1000)(seldon_nb_matcher)
