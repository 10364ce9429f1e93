"""What can stand at the cursor of a line of ours: asked of the same declarations as a shell's Tab."""

from __future__ import annotations

import re
from typing import Any

from click.shell_completion import CompletionItem, ShellComplete

from seldon_nb.verbs.offers import Offers

_PLAIN = re.compile(r"[\w@%+=:,./-]*")
_EXPRESSION = set(".([{'\"")
_TABLES = {"pandas": {"DataFrame"}, "numpy": {"ndarray"}, "polars": {"DataFrame"}, "pyarrow": {"Table"}}
_offers: dict[int, Offers] = {}


def complete(shell: Any, text: str) -> tuple[str, list[tuple[str, str]]]:
    """(the part of ``text`` that is replaced, [(what it could become, what that is)]) for the words after ``%seldon``, up to the cursor."""
    words, raw, value = split(text)
    fragment = raw
    if value.startswith("--") and "=" in value:
        fragment = raw.partition("=")[2]
    offers = _offers.setdefault(
        id(shell), Offers(_workspace, patient=False, variables=lambda kind, begun: variables(shell, kind, begun))
    ).begin()
    found = _ask(offers, words, value)
    if not found and not value:
        found = _ask(offers, words, "--")  # nothing more to name: what can be said besides
    if not found and fragment and not set(fragment) & _EXPRESSION:
        found = [
            CompletionItem(value.partition("=")[2] if fragment != raw else value)
        ]  # nobody offers Python for the words of a line
    quote = fragment[:1] if fragment[:1] in {"'", '"'} else ""
    return fragment, [(_quoted(item.value, quote), item.help or "") for item in found if item.type == "plain"]


def _workspace() -> Any:
    from seldon_nb.workspace import current

    return current()


def _ask(offers: Offers, words: list[str], value: str) -> list[CompletionItem]:
    from seldon_nb.parser import build

    return ShellComplete(build(notebook=True), {"obj": offers}, "%seldon", "").get_completions(words, value)


def split(text: str) -> tuple[list[str], str, str]:
    """Complete words, then the last one as it is written and as it is meant; a quote that is still open ends at the cursor."""
    words: list[str] = []
    raw, value, quote = "", "", ""
    for char in text:
        if quote:
            raw += char
            if char == quote:
                quote = ""
            else:
                value += char
        elif char in "'\"":
            raw, quote = raw + char, char
        elif char.isspace():
            if raw:
                words.append(value)
            raw, value = "", ""
        else:
            raw, value = raw + char, value + char
    return words, raw, value


def _quoted(value: str, quote: str) -> str:
    if quote:
        return f"{quote}{value}{quote}"
    return value if _PLAIN.fullmatch(value) else "'" + value.replace("'", "'\"'\"'") + "'"


def variables(shell: Any, kind: str, begun: str = "") -> list[str]:
    """The names of the notebook's own variables that are a ``model`` (it can fit and predict) or ``data`` (a table or an array).

    After ``X.`` the names of what its class has; nothing of a value is computed for it.
    """
    fits = _is_model if kind == "model" else _is_data
    hidden = getattr(shell, "user_ns_hidden", {})
    found = {
        name: value
        for name, value in list(shell.user_ns.items())
        if not name.startswith("_") and name not in hidden and fits(value)
    }
    owner, dot, _ = begun.partition(".")
    if dot and owner in found:
        return [f"{owner}.{name}" for name in dir(type(found[owner])) if not name.startswith("_")]
    return list(found)


def _is_model(value: Any) -> bool:
    kind = type(value)  # asked of the class: an attribute of a value may be computed
    return not isinstance(value, type) and hasattr(kind, "predict") and (hasattr(kind, "fit") or hasattr(kind, "load_context"))


def _is_data(value: Any) -> bool:
    kind = type(value)
    return kind.__name__ in _TABLES.get(kind.__module__.partition(".")[0], ())
