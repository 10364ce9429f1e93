"""What of a log may be shown, and what it says about a failure.

A line passes only if its form is known to hold names, versions and places; of everything else only the kind of an error is kept.  A model's own
code may print anything, a row of its data too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_CUT = "…"
_WIDTH = 200
_MODULE = r"[A-Za-z_][\w.]{0,120}"
_PATH = r"(?:/[\w.@+-]{1,80}){1,12}/?"
_DATE = r"(?:\d{4}-\d\d-\d\d[T ][\d:.,]{8,15}Z? )?"

#: Forms that hold names, versions and places only.
_SAFE = tuple(
    re.compile(form)
    for form in (
        rf"(?:\w+\.)*(?:ModuleNotFoundError|ImportError): No module named '{_MODULE}'(?:; '{_MODULE}' is not a package)?",
        rf"(?:\w+\.)*ImportError: cannot import name '\w{{1,80}}' from '{_MODULE}'(?: \((?:{_PATH}|unknown location)\))?",
        rf"(?:\w+\.)*AttributeError: Can't get attribute '\w{{1,80}}' on <module '{_MODULE}'(?: from '{_PATH}'| \([\w.-]+\))?>",
        rf"(?:\w+\.)*AttributeError: (?:module '{_MODULE}'|type object '\w{{1,80}}'|'\w{{1,80}}' object) has no attribute '\w{{1,80}}'",
        r"ValueError: unsupported pickle protocol: \d{1,3}",
        r"ValueError: node array from the pickle has an incompatible dtype:?",
        r"TypeError: code\(\) (?:argument \d+ must be \w+, not \w+|takes at (?:most|least) \d+ arguments \(\d+ given\))",
        rf"ValueError: <class '{_MODULE}'> is not a known BitGenerator module\.",
        r"(?:\w+\.)*\w*Exception: Unrecognized serialization format: \w{1,40}",
        rf"(?:\w+\.)*(?:FileNotFoundError|PermissionError|IsADirectoryError|OSError): \[Errno \d+\] [A-Z][a-z -]{{3,40}}(?: [a-z]+){{0,6}}: '{_PATH}'",
        r".*InconsistentVersionWarning: Trying to unpickle estimator \w{1,80} from version [\w.]{1,20} when using version [\w.]{1,20}\..*",
        rf'\s*File "(?:{_PATH}|<frozen [\w.]+>|<string>)", line \d+(?:, in [\w<>.]+)?',
        r"Traceback \(most recent call last\):",
        rf"{_DATE}\[mlserver(?:\.\w+)*\] (?:DEBUG|INFO|WARNING|ERROR) - (?:Loading|Loaded|Unloaded|Couldn't load) model '[\w.-]{{1,63}}'(?: succesfully| successfully)?.{{0,20}}",
        rf"{_DATE}\[mlserver(?:\.\w+)*\] INFO - (?:Using asyncio event-loop policy: \w+|HTTP server running on http://[\d.:]+|gRPC server running on http://[\d.:]+|Metrics server running on http://[\d.:]+.*)",
        r"INFO:\s+(?:Started server process \[\d+\]|Waiting for application (?:startup|shutdown)\.|Application (?:startup|shutdown) complete\.|Uvicorn running on http://[\d.:]+ \(Press CTRL\+C to quit\)|Shutting down|Finished server process \[\d+\])",
        rf"(?:exec )?{_PATH}: exec format error",
        r"Killed|Terminated|Segmentation fault(?: \(core dumped\))?|Bus error|Illegal instruction",
        r"Fatal Python error: [A-Z][A-Za-z ]{2,40}(?:: [a-z ]{2,40})?",
        rf"python3?: can't open file '{_PATH}': \[Errno 2\] No such file or directory",
        rf"(?:{_PATH}|python3?): No module named {_MODULE}",
    )
)
_ERROR = re.compile(r"(?P<kind>(?:[A-Za-z_]\w{0,60}\.){0,8}[A-Z]\w{0,60}(?:Error|Exception|Warning|Interrupt|Exit))(?:: .*|:)?\Z")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_SKLEARN = re.compile(r"Trying to unpickle estimator (\w+) from version ([\w.]*\w) when using version ([\w.]*\w)")
_FRAME = re.compile(r'\s*File "[^"]*?(?:pickle|joblib|skops|numpy_pickle)[^"]*", line')
_CALLS = re.compile(r"(?:pickle|joblib|skops)[\w.]*\.load")
_READING = (
    re.compile(r"Can't get attribute '"),
    re.compile(r"unsupported pickle protocol"),
    re.compile(r"from the pickle has an incompatible dtype"),
    re.compile(r"\bUnpicklingError\b"),
    re.compile(r"Unrecognized serialization format: "),
    re.compile(r"is not a known BitGenerator module"),
    re.compile(r"TypeError: code\(\) "),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a container said of its own failure.

    Attributes:
        code, facts: of one of our codes, if it spoke in codes.
        error_type: ``ModuleNotFoundError``; hint: a sentence that may be shown, empty if none may.
        unpickling: whether it was while a model was read back.
        versions: ``scikit-learn: model 1.2.0, server 1.9.1``; empty if nothing differs or nobody knows.
    """

    code: str = ""
    facts: Mapping[str, object] | None = None
    error_type: str = ""
    hint: str = ""
    unpickling: bool = False
    versions: tuple[tuple[str, str, str], ...] = ()


def shown(lines: Iterable[str], *, most: int = 20) -> tuple[str, ...]:
    """The last lines that may be shown; each run of lines that may not is one ``…``."""
    found: list[str] = []
    for line in lines:
        said = safe(line)
        if said != _CUT or not found or found[-1] != _CUT:
            found.append(said)
    return tuple(found[-most:])


def telling(lines: Sequence[str]) -> tuple[str, ...]:
    """The last lines that may be shown, if they tell anything: what comes with and after a word in one of our codes is told by the code itself."""
    end = next((place for place, line in enumerate(lines) if coded_line(line.strip())), len(lines))
    found = shown(lines[:end])
    return found if any(line != _CUT for line in found) else ()


def safe(line: str) -> str:
    """The line if its form is known; of an error its kind; otherwise ``…``."""
    plain = _ANSI.sub("", line).rstrip()
    coded = coded_line(plain)
    if coded:
        return str(coded["code"]) + "".join(f" {key}={value}" for key, value in sorted(coded["facts"].items()))[:_WIDTH]
    if len(plain) <= 2 * _WIDTH and any(form.fullmatch(plain) for form in _SAFE):
        return plain[:_WIDTH]
    error = _ERROR.match(plain.strip())
    return error["kind"] if error else _CUT


def sentence(hint: str) -> str:
    """A hint as the sentence that it becomes a part of; empty if there is none."""
    return hint if not hint or hint.endswith((".", "!", "?", "…")) else hint + "."


def last_word(lines: Sequence[str]) -> str:
    """The last line that says something and may be shown; ``-`` if none does."""
    said = [line for line in map(safe, lines) if line != _CUT]
    errors = [line for line in said if _ERROR.match(line) or "Error" in line]
    return (errors or said or ["-"])[-1].strip()


def coded_line(line: str) -> dict[str, Any]:
    """``{"code": "SNB-…", "facts": {…}}`` if the line is one that our own programs write; empty otherwise."""
    if not line.startswith("{"):
        return {}
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(told, dict) or not re.fullmatch(r"SNB-\d{3}", str(told.get("code", ""))):
        return {}
    facts = told.get("facts")
    kept = {str(key): fact for key, fact in facts.items() if isinstance(fact, (str, int))} if isinstance(facts, dict) else {}
    return {"code": told["code"], "facts": kept}


def told(message: str, lines: Sequence[str]) -> Told:
    """What a container said: in its last words (``message``, the termination message) or else in its log."""
    said = [*lines, *message.splitlines()]
    for line in reversed(said):
        coded = coded_line(line.strip())
        if coded:
            return Told(code=coded["code"], facts=coded["facts"])
    for line in reversed(said):
        failure = _launcher(line.strip())
        if failure:
            return failure
    return _from_traceback([_ANSI.sub("", line).rstrip() for line in said])


def _launcher(line: str) -> Told | None:
    """What our model server's launcher writes of a failed load: ``{"error_type": …, "message": …, "differences": [[…]]}``."""
    if not line.startswith("{"):
        return None
    try:
        told = json.loads(line)
    except ValueError:
        return None
    told = told.get("failure", told) if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(told.get("error_type"), str):
        return None
    kind = told["error_type"]
    said = safe(f"{kind}: {told.get('message', '')}")
    differences = told.get("differences") or ()
    return Told(
        error_type=kind,
        hint=said.partition(": ")[2] or str(told.get("where", "")),
        unpickling=bool(told.get("unpickling")),
        versions=tuple((str(item[0]), str(item[1]), str(item[2])) for item in differences if len(item) == 3),
    )


def _from_traceback(said: Sequence[str]) -> Told:
    errors = [line.strip() for line in said if _ERROR.match(line.strip()) and "Warning" not in line]
    versions = {(found[2], found[3]) for line in said if (found := _SKLEARN.search(line))}
    if not errors:
        return Told(versions=tuple(("scikit-learn", was, now) for was, now in sorted(versions)))
    # The first error of a chain is the cause; what follows is what others made of it.
    first = next((line for line in errors if any(form.search(line) for form in _READING)), errors[0])
    reading = any(form.search(first) for form in _READING) or any(_FRAME.match(line) or _CALLS.search(line) for line in said)
    kind, _, _ = first.partition(":")
    return Told(
        error_type=kind.rpartition(".")[2],
        hint=safe(first).partition(": ")[2],
        unpickling=reading,
        versions=tuple(("scikit-learn", was, now) for was, now in sorted(versions)),
    )
