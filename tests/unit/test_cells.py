"""Plain values become rows of a model's types and back, without a guess; what does not fit is named by field and row."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seldon_nb.codecs.cells import TensorCells, cell, cells_of, table_of, tensors_of, troubles
from seldon_nb.codecs.choose import codec_for
from seldon_nb.codecs.comparing import rows_of, same, same_row, shares
from seldon_nb.codecs.explain import fit
from seldon_nb.codecs.snippets import lines_of
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor

KINDS = {
    "i": ColumnType.LONG,
    "d": ColumnType.DOUBLE,
    "f": ColumnType.FLOAT,
    "s": ColumnType.STRING,
    "b": ColumnType.BOOLEAN,
    "t": ColumnType.DATETIME,
    "x": ColumnType.BINARY,
}
SIGNATURE = Signature(Schema(columns=tuple(Column(name, kind, required=name != "b") for name, kind in KINDS.items())))
ROW = (41, 1.5, 0.25, "é", True, "2024-01-02T03:04:05", "AAH/")


def fitted(*rows):
    return fit(table_of(tuple(KINDS), rows, SIGNATURE, model="m"), SIGNATURE, model="m")


def test_each_value_arrives_as_its_type():
    found = {wired.name: wired.values.tolist() for wired in fitted(ROW).inputs}
    assert (
        found["i"] == [41]
        and found["d"] == [1.5]
        and found["s"] == ["é"]
        and found["b"] == [True]
        and found["x"] == [b"\x00\x01\xff"]
    )
    assert found["t"] == [pd.Timestamp("2024-01-02T03:04:05")]


def test_what_may_be_missing_may_be_missing_also_in_every_row():
    fitted((1, None, None, None, None, None, ""), (1, None, None, None, True, "2024-01-02", ""))
    fitted((1, None, None, None, None, None, ""))


def test_whole_numbers_that_a_browser_cannot_hold_travel_as_text():
    exact = 2**62 + 1
    assert cell(exact) == str(exact) and cell(2**53) == 2**53
    found = fitted((str(exact), *ROW[1:]))
    assert found.inputs[0].values.tolist() == [exact]


@pytest.mark.parametrize(
    "field, value, code",
    [
        ("i", None, "SNB-322"),
        ("i", "41", "SNB-321"),
        ("i", True, "SNB-321"),
        ("i", 1.5, "SNB-321"),
        ("i", 2.0**70, "SNB-321"),
        ("d", "1,5", "SNB-321"),
        ("d", False, "SNB-321"),
        ("f", 1e300, "SNB-321"),
        ("s", 7, "SNB-321"),
        ("b", "oui", "SNB-321"),
        ("b", 0, "SNB-321"),
        ("t", "tomorrow", "SNB-321"),
        ("t", "2024-01-02T03:04:05Z", "SNB-321"),
        ("t", "0001-01-01", "SNB-321"),
        ("t", 20240102, "SNB-321"),
        ("x", "not base64!", "SNB-321"),
        ("x", None, "SNB-322"),
    ],
)
def test_what_does_not_fit_is_named_by_its_field_and_row(field, value, code):
    bad = tuple(value if name == field else good for name, good in zip(KINDS, ROW, strict=True))
    (error,) = troubles(table_of(tuple(KINDS), (ROW, ROW, bad), SIGNATURE, model="m"), SIGNATURE, model="m")
    assert (error.code_id, error.facts["field"], error.facts["row"]) == (code, field, 2)
    assert all(str(value) not in str(fact) for fact in error.facts.values()) or value in (None, True, False, 0, 7)


def test_rows_of_other_lengths_are_no_table():
    for columns, data in ((("i", "i"), ((1, 2),)), (("i", "d"), ((1,),))):
        with pytest.raises(SeldonNbError) as caught:
            table_of(columns, data, SIGNATURE, model="m")
        assert caught.value.code_id == "SNB-324"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-(2**63), 2**63 - 1),
            st.none() | st.floats(allow_nan=False),
            st.none() | st.text(st.characters(codec="utf-8")),
            st.datetimes(*(pd.Timestamp(year, 1, 1).to_pydatetime() for year in (1700, 2200))),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_comes_back_is_what_was_sent(rows):
    signature = Signature(Schema(columns=tuple(Column(name, KINDS[name]) for name in "idst")))
    frame = pd.DataFrame(rows, columns=list("idst"), dtype=object)
    plain = json.loads(json.dumps(cells_of(frame)))
    again = table_of(tuple("idst"), plain, signature, model="m")
    fit(again, signature, model="m")
    assert json.loads(json.dumps(cells_of(again))) == plain


@pytest.mark.parametrize(
    "value, seen",
    [
        (None, None),
        (float("nan"), None),
        (pd.NaT, None),
        (pd.NA, None),
        (np.float32(0.1), 0.1),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (b"\x00", "AA=="),
        (pd.Timestamp("2024-01-02"), "2024-01-02T00:00:00"),
        (np.datetime64("2024-01-02"), "2024-01-02"),
        ([1, {"a": np.float64(2.5)}], '[1, {"a": 2.5}]'),
        (np.array([1, 2]), "[1, 2]"),
        ("<b>", "<b>"),
    ],
)
def test_an_answer_is_a_value_that_json_holds(value, seen):
    assert cell(value) == seen
    json.dumps(cell(value), allow_nan=False)


def test_tensors_fill_their_shape_or_are_refused():
    tensors = Signature(Schema(tensors=(Tensor("0", "float32", (-1, 2)),)))
    found = tensors_of([TensorCells("0", (2, 2), (1, 2, None, 4))], tensors, model="m")["0"]
    assert found.shape == (2, 2) and np.isnan(found[1, 0])
    for shape in ((2, 3), (-1, 4), (2**40, 2**40)):
        with pytest.raises(SeldonNbError) as caught:
            tensors_of([TensorCells("0", shape, (1, 2, 3, 4))], tensors, model="m")
        assert caught.value.code_id == "SNB-324"
    words = Signature(Schema(tensors=(Tensor("0", "str", (-1,)),)))
    assert tensors_of([TensorCells("0", (2,), ("a", "b"))], words, model="m")["0"].tolist() == ["a", "b"]
    assert tensors_of([TensorCells("0", (1,), (True,))], None, model="m")["0"].dtype == bool


# --- comparing ---------------------------------------------------------------------------------------------------------------------------


def test_numbers_are_the_same_within_the_tolerance_and_everything_else_exactly():
    assert same(1.0, 1.0000005, 1e-6) and not same(1.0, 1.00001, 1e-6) and same(1e9, 1e9 + 100, 1e-6)
    assert same(None, None, 0) and not same(None, 0, 1) and not same("1", 1, 1) and same(True, 1, 0)
    assert same_row((1, "a"), (1, "a"), 0) and not same_row((1,), (1, 2), 0)


def test_answers_of_any_form_become_rows():
    assert rows_of([1, None], ("y",)) == ((1,), (None,))
    assert rows_of([[1, 2], [3, 4]], ()) == ((1, 2), (3, 4))
    assert rows_of([{"b": 1, "a": 2}], ("a", "b")) == ((2, 1),) and rows_of([{"b": 1, "a": 2}], ("y",)) == ((1, 2),)
    with pytest.raises(ValueError):
        rows_of(3, ())


def test_only_shares_of_a_whole_are_bars():
    assert shares(("a", "b"), ((0.25, 0.75),)) == ((("a", 0.25), ("b", 0.75)),)
    for data in (((0.2, 0.2),), ((1.5, -0.5),), ((None, 1),), (("x", 1),), ((True, False),), ((0.25, 0.75), (1, 1))):
        assert shares(("a", "b"), data) == ()
    assert shares(("a",), ((1.0,),)) == ()


# --- every protocol ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", ["v2", "seldon", "tensorflow"])
def test_the_lines_are_made_of_the_very_body_that_is_sent(protocol):
    signature = Signature(Schema(columns=(Column("age", ColumnType.LONG), Column("it's", ColumnType.STRING))))
    rows = table_of(("age", "it's"), ((41, 'a "b" \\ é\n'), (7, "x")), signature, model="m")
    document = {
        "spec": {
            "protocol": protocol,
            "predictors": [{"name": "default", "graph": {"name": "m", "implementation": "MLFLOW_SERVER"}}],
        }
    }
    codec = codec_for(document)
    body = codec.encode(rows, signature).body
    lines = lines_of("http://x" + codec.path, body)
    assert json.loads(lines.json) == json.loads(body) and codec.path in lines.curl and codec.path in lines.r
