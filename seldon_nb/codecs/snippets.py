"""One question in four languages: the JSON that is sent, and the lines of shell, Python and R that send it.

All are made from the very body that would be sent, so they cannot say anything else.  None holds a token: it is read from the environment.

Numbers keep their digits and are written without an exponent as far as that can be read, so that whole numbers stay whole in R as well.  In the shell and in R the
body is ASCII and stands in a form of quotation in which nothing needs an escape: a here-document, and R's raw string (R 4.0 and later).
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

#: Where the lines find a token.
VARIABLE = "SELDON_NB_TOKEN"
_WIDTH = 100
#: Numbers from here to there are written without an exponent.
_SMALLEST, _LARGEST = Decimal("1e-9"), Decimal("1e21")


@dataclass(frozen=True, slots=True)
class Lines:
    """The question in each language; ``json`` is the body alone."""

    json: str
    curl: str
    python: str
    r: str


def lines_of(url: str, body: bytes, *, timeout_s: int = 60) -> Lines:
    """The lines that send ``body`` to ``url``.

    Args:
        url: of the endpoint, with the protocol's path.
        body: JSON in UTF-8; NaN and infinities may be the bare words that the tensorflow protocol allows.

    Raises:
        ValueError: it is not JSON (a message of gRPC).
    """
    value = _read(body)
    return Lines(
        json=_written(value, _Json(ascii_only=False)),
        curl=_curl(url, _written(value, _Json(ascii_only=True)), timeout_s),
        python=_python(url, _written(value, _Python()), timeout_s),
        r=_r(url, _written(value, _Json(ascii_only=True)), timeout_s),
    )


# --- values ------------------------------------------------------------------------------------------------------------------------------


class _Number(str):
    """A number by its digits."""

    __slots__ = ()


def _read(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=_decimal, parse_int=_Number, parse_constant=_Number)
    except UnicodeDecodeError:
        raise ValueError("not JSON") from None


def _decimal(digits: str) -> _Number:
    number = Decimal(digits)
    if number and not _SMALLEST <= abs(number) < _LARGEST:
        return _Number(digits)
    plain = format(number, "f")
    return _Number(plain if "." in plain else plain + ".0")


class _Json:
    """JSON, with non-ASCII characters as they are or escaped."""

    def __init__(self, *, ascii_only: bool) -> None:
        self._ascii = ascii_only

    def scalar(self, value: Any) -> str:
        if isinstance(value, _Number):
            return str(value)
        text = json.dumps(value, ensure_ascii=self._ascii)
        return text.replace("\x7f", "\\u007f").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


class _Python:
    """Python's own words; characters that cannot be seen are escaped by ``repr``."""

    _WORDS: ClassVar = {"NaN": 'float("nan")', "Infinity": 'float("inf")', "-Infinity": 'float("-inf")'}

    def scalar(self, value: Any) -> str:
        if isinstance(value, _Number):
            return self._WORDS.get(value, str(value))
        if isinstance(value, str) and value.isprintable():
            return json.dumps(value, ensure_ascii=False)
        return repr(value)


def _written(value: Any, words: _Json | _Python, indent: int = 0) -> str:
    """A value over several lines: objects and long lists are opened, short lists stay on one line, long lists of plain values are filled."""
    if not isinstance(value, (dict, list)):
        return words.scalar(value)
    short = _on_one_line(value, words)
    if len(short) <= _WIDTH - indent and not (isinstance(value, dict) and indent == 0 and value):
        return short
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        items = [f"{words.scalar(str(key))}: {_written(item, words, indent + 2)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner + item for item in items) + "\n" + " " * indent + "}"
    if all(not isinstance(item, (dict, list)) for item in value):
        rows = _filled([words.scalar(item) for item in value], _WIDTH - indent)
    else:
        rows = [_written(item, words, indent + 2) for item in value]
    return "[\n" + ",\n".join(inner + row for row in rows) + "\n" + " " * indent + "]"


def _on_one_line(value: Any, words: _Json | _Python) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{words.scalar(str(key))}: {_on_one_line(item, words)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_on_one_line(item, words) for item in value) + "]"
    return words.scalar(value)


def _filled(words: list[str], width: int) -> list[str]:
    rows: list[str] = []
    for word in words:
        if rows and len(rows[-1]) + 2 + len(word) <= width:
            rows[-1] += ", " + word
        else:
            rows.append(word)
    return rows


# --- languages -----------------------------------------------------------------------------------------------------------------------


def _curl(url: str, body: str, timeout_s: int) -> str:
    return "\n".join(
        (
            f"curl --silent --show-error --fail-with-body --max-time {timeout_s} {shlex.quote(url)} \\",
            f'  --header "Authorization: Bearer ${VARIABLE}" \\',
            "  --header 'Content-Type: application/json' \\",
            "  --data-binary @- <<'JSON'",
            body,  # no line of it can be the closing word: a body begins with a brace, and text in it has no line breaks
            "JSON",
        )
    )


def _python(url: str, body: str, timeout_s: int) -> str:
    return f"""\
import json
import os

import requests

body = {body}

response = requests.post(
    {_quoted(url)},
    data=json.dumps(body).encode(),
    headers={{"Authorization": f"Bearer {{os.environ['{VARIABLE}']}}", "Content-Type": "application/json"}},
    timeout={timeout_s},
)
response.raise_for_status()
answer = response.json()
print(json.dumps(answer, indent=2, ensure_ascii=False))"""


def _r(url: str, body: str, timeout_s: int) -> str:
    return f"""\
library(httr2)
library(jsonlite)

body <- {_raw(body)}

response <- request({_r_quoted(url)}) |>
  req_headers(Authorization = paste("Bearer", Sys.getenv("{VARIABLE}"))) |>
  req_body_raw(charToRaw(body), type = "application/json") |>
  req_timeout({timeout_s}) |>
  req_perform()

answer <- fromJSON(resp_body_string(response), simplifyVector = TRUE)
str(answer)"""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


def _r_quoted(text: str) -> str:
    """A string of R; its escapes of ASCII are those of JSON."""
    return json.dumps(text, ensure_ascii=True).replace("\\/", "/")


def _raw(text: str) -> str:
    """R's raw string, with as many dashes as keep its end from standing inside."""
    dashes = "---"
    while f'){dashes}"' in text:
        dashes += "-"
    return f'r"{dashes}({text}){dashes}"'
