"""What of a log may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seldon_nb.diagnosis.lines import last_word, safe, shown, told

CUT = "…"


@pytest.mark.parametrize(
    "line",
    [
        "ModuleNotFoundError: No module named 'sklearn.tree.tree'",
        "AttributeError: Can't get attribute 'Ratio' on <module '__main__' (built-in)>",
        "2026-11-21 14:00:00,123 [mlserver] INFO - Loading model 'model'",
        '  File "/opt/server/lib/python3.11/site-packages/joblib/numpy_pickle.py", line 650, in _unpickle',
        "FileNotFoundError: [Errno 2] No such file or directory: '/mnt/models/lookup.csv'",
        "INFO:     Application startup complete.",
    ],
)
def test_names_versions_and_places_are_shown(line: str) -> None:
    assert safe(line) == line


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("ValueError: could not convert string to float: 'Alice'", "ValueError"),
        ("KeyError: '613-555-0199'", "KeyError"),
        ("mlflow.exceptions.MlflowException: row 12: [42, 'Ottawa']", "mlflow.exceptions.MlflowException"),
        ("age income\n17 42000", CUT),
        ("AWS_SECRET_ACCESS_KEY=abc", CUT),
        ("    raise ValueError(x)  # Alice", CUT),
    ],
)
def test_of_everything_else_the_kind_of_the_error_at_most(line: str, kept: str) -> None:
    assert safe(line) == kept


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=60))
def test_a_value_in_an_errors_message_does_not_pass(value: str) -> None:
    assert safe(f"ValueError: {value}".replace("\n", " ")) in ("ValueError", CUT) or value.strip() == "" or "pickle" in value


def test_a_run_of_hidden_lines_is_one_mark() -> None:
    assert shown(["a b", "c d", "INFO:     Shutting down", "e f"]) == (CUT, "INFO:     Shutting down", CUT)


def test_the_last_word_prefers_an_error() -> None:
    assert last_word(["KeyError: 'x'", "INFO:     Shutting down"]) == "KeyError"
    assert last_word(["Alice"]) == "-"


def test_what_a_launcher_says_in_codes_is_read_first() -> None:
    lines = ["ValueError: 12", '{"code": "SNB-335", "facts": {"error_type": "ValueError", "rows": [1]}}', "Traceback"]
    found = told("", lines)
    assert (found.code, found.facts) == ("SNB-335", {"error_type": "ValueError"})


def test_an_error_outside_unpickling_is_not_called_unpickling() -> None:
    assert not told("", ["ModuleNotFoundError: No module named 'mlserver_sklearn'"]).unpickling
    assert told("", ["AttributeError: Can't get attribute 'Ratio' on <module '__main__' (built-in)>"]).unpickling
