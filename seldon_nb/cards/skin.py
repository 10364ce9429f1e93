"""Where a card is shown decides how its commands are written: one grammar, three prefixes."""

from __future__ import annotations

import enum
import shlex
from collections.abc import Callable

from seldon_nb.cards.card import Step


class Skin(enum.Enum):
    """Who reads the card: a notebook, a shell, or a Python session."""

    NOTEBOOK = "notebook"
    SHELL = "shell"
    PYTHON = "python"


def command(step: Step, skin: Skin) -> str:
    """The step's command, complete and ready to paste; empty if it has none.

    A line of the grammar gets the skin's prefix; in a Python session it becomes the call that does the same, or a shell line if there is none.
    """
    if not step.command or step.kind != "verb":
        return step.command
    if skin is Skin.NOTEBOOK:
        return "%seldon " + step.command
    if skin is Skin.PYTHON:
        return python_line(step.command) or f"seldon-nb {step.command}"
    return f"seldon-nb {step.command}"


def python_line(verb_line: str) -> str:
    """The Python call behind a line of the grammar; empty if there is none.

    >>> python_line("deploy fraud@1 --to dev --caller colleague")
    'sn.deploy("fraud@1", to="dev", callers="colleague")'
    """
    try:
        verb, *words = shlex.split(verb_line)
    except ValueError:
        return ""
    things, options = _options(words)
    write = _VERBS.get(verb)
    if write is None or not options.keys() <= _KNOWN:
        return ""
    return write(things, options)


def _options(words: list[str]) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    things: list[str] = []
    options: dict[str, tuple[str, ...]] = {}
    index = 0
    while index < len(words):
        word = words[index]
        if not word.startswith("--"):
            things.append(word)
        else:
            name, equals, value = word[2:].partition("=")
            if not equals and index + 1 < len(words) and not words[index + 1].startswith("--"):
                index += 1
                value = words[index]
            options[name] = (*options.get(name, ()), value)
        index += 1
    return things, options


_KNOWN = {
    "to",
    "name",
    "server",
    "caller",
    "timeout",
    "override",
    "because",
    "sample",
    "include",
    "integers",
    "predict",
    "classification",
} | {
    "alias",
    "data",
    "minutes",
    "since",
    "verify",
    "plan",
    "port",
    "transport",
    "protocol",
    "image",
    "environment",
    "drift",
}
_RAW = {"sample", "minutes", "timeout", "port"}  # expressions and numbers
_RENAMED = {"caller": "callers"}

_Write = Callable[[list[str], dict[str, tuple[str, ...]]], str]


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _keywords(options: dict[str, tuple[str, ...]]) -> list[str]:
    found = []
    for name, values in options.items():
        written = [value if name in _RAW else _text(value) for value in values]
        found.append(f"{_RENAMED.get(name, name)}={written[0] if len(written) == 1 else '(' + ', '.join(written) + ')'}")
    return found


def _call(function: str) -> _Write:
    def write(things: list[str], options: dict[str, tuple[str, ...]]) -> str:
        return f"sn.{function}({', '.join([_text(thing) for thing in things] + _keywords(options))})"

    return write


def _log(things: list[str], options: dict[str, tuple[str, ...]]) -> str:
    return f"sn.log({', '.join(things[:1] + _keywords(options))})"


def _deploy(things: list[str], options: dict[str, tuple[str, ...]]) -> str:
    if "plan" in options:
        return f"sn.load_plan({_text(options['plan'][0])}).apply()"
    return _call("deploy")(things, options)


def _list(things: list[str], options: dict[str, tuple[str, ...]]) -> str:
    if things[:1] == ["models"]:
        return f"sn.models({', '.join(_text(value) for value in options.get('name', ()))})"
    return "sn.deployments()"


def _show(things: list[str], options: dict[str, tuple[str, ...]]) -> str:
    if len(things) != 1:
        return ""
    if "@" in things[0] or ":/" in things[0]:
        return _call("model")(things, {})
    return _call("deployment")(things, {}) + (".drift" if "drift" in options else "")


def _on_deployment(method: str) -> _Write:
    def write(things: list[str], options: dict[str, tuple[str, ...]]) -> str:
        if not things:
            return ""
        return f"sn.deployment({_text(things[0])}).{method}({', '.join(things[1:] + _keywords(options))})"

    return write


def _history(things: list[str], options: dict[str, tuple[str, ...]]) -> str:
    return "sn.verify()" if "verify" in options else _call("history")(things, options)


def _here(things: list[str], options: dict[str, tuple[str, ...]]) -> str:
    return f"sn.here.{things[0]}({', '.join(_keywords(options))})" if things[:1] in (["up"], ["down"]) else ""


_VERBS: dict[str, _Write] = {
    "log": _log,
    "plan": _call("plan"),
    "deploy": _deploy,
    "list": _list,
    "show": _show,
    "predict": _on_deployment("predict"),
    "token": _on_deployment("token"),
    "history": _history,
    "delete": _call("delete"),
    "doctor": _call("doctor"),
    "here": _here,
}
