"""The lines that ask elsewhere say what the body says, whatever is in it; none holds a token."""

from __future__ import annotations

import ast
import json
import math
import re
import subprocess

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seldon_nb.codecs.snippets import VARIABLE, lines_of

URL = "http://127.0.0.1:8901/seldon/dev/fraud/v2/models/fraud/infer"
AWKWARD = [
    "it's",
    'a "b"',
    "back\\slash",
    "line\nbreak\r",
    "tab\t",
    "é 日本 😀",
    "\x1b[31mred",
    "JSON",
    ')---"',
    "$HOME `id` $(id)",
    "%s {x}",
    "\u2028",
    "\x7f",
    "",
]


def body(value: object) -> bytes:
    return orjson.dumps(value)


def python_body(text: str) -> object:
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "body":  # type: ignore[attr-defined]
            return eval(compile(ast.Expression(node.value), "body", "eval"), {"float": float})
    raise AssertionError(text)


def r_body(text: str) -> object:
    found = re.search(r'body <- r"(-+)\((.*?)\)\1"', text, re.DOTALL)
    assert found is not None, text
    return json.loads(found[2])


def curl_body(text: str) -> object:
    return json.loads(text.split("<<'JSON'\n", 1)[1].removesuffix("\nJSON"))


def check(value: object) -> None:
    lines = lines_of(URL, body(value))
    wanted = json.loads(body(value))
    assert json.loads(lines.json) == wanted
    assert curl_body(lines.curl) == wanted
    assert python_body(lines.python) == wanted
    assert r_body(lines.r) == wanted
    assert lines.r.isascii() and lines.curl.isascii()
    for text in (lines.json, lines.curl, lines.r):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)


@pytest.mark.parametrize("text", AWKWARD)
def test_text_comes_through_every_language(text):
    check({"inputs": [{"name": text, "data": [text, None, text * 40]}]})


_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8")),
        st.recursive(_scalars, lambda inner: st.lists(inner, max_size=30), max_leaves=60),
        max_size=4,
    )
)
def test_any_body_comes_through_every_language(value):
    check(value)


def test_whole_numbers_stay_whole_and_decimals_have_no_exponent_that_can_be_avoided():
    whole = lines_of(URL, body({"data": [1, 41.0, 100000, 10000000000, 1e16, 1e-7, 0.1, 123456789.125, -0.0]}))
    assert "[1, 41.0, 100000, 10000000000, 10000000000000000.0, 0.0000001, 0.1, 123456789.125, -0.0]" in whole.json
    assert "e" not in lines_of(URL, body([1e20, 2.5e-8, 123456.789e10])).json.lower()
    assert json.loads(lines_of(URL, body([1e300, 5e-324])).json) == [1e300, 5e-324]


def test_the_bare_words_of_the_tensorflow_protocol_are_kept():
    lines = lines_of(URL, b'{"inputs":{"x":[NaN,Infinity,-Infinity,1.5]}}')
    assert "[NaN, Infinity, -Infinity, 1.5]" in lines.json and "[NaN, Infinity, -Infinity, 1.5]" in lines.r
    found = python_body(lines.python)["inputs"]["x"]  # type: ignore[index,call-overload]
    assert math.isnan(found[0]) and found[1:] == [math.inf, -math.inf, 1.5]


def test_the_token_is_read_from_the_environment():
    lines = lines_of(URL, body({"a": 1}))
    for text in (lines.curl, lines.python, lines.r):
        assert VARIABLE in text and "Bearer" in text and "eyJ" not in text
    assert VARIABLE not in lines.json


def test_a_message_of_grpc_is_refused():
    with pytest.raises(ValueError):
        lines_of(URL, b"\x0a\x05\xff\xfehello")


def test_long_lists_are_filled_and_the_shell_can_read_the_lines(tmp_path):
    lines = lines_of(URL, body({"data": list(range(2000)), "rows": [[1, 2]] * 100}))
    assert max(map(len, lines.json.splitlines())) < 120
    assert subprocess.run(["bash", "-n"], input=lines.curl, text=True, capture_output=True).stderr == ""
