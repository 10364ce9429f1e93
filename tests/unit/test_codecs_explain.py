"""What does not fit is told before anything is sent: which column, what was found, what is wanted, what to paste; never a value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seldon_nb.codecs.explain import Fitted, fit
from seldon_nb.codecs.v2 import Layout, question
from seldon_nb.domain.code import fill
from seldon_nb.domain.errors import SeldonNbError, UserInputError
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor

PEOPLE = Signature(
    Schema(
        columns=(
            Column("age", ColumnType.LONG),
            Column("income", ColumnType.DOUBLE),
            Column("region", ColumnType.STRING),
            Column("note", ColumnType.STRING, required=False),
        )
    )
)
ROWS = pd.DataFrame({"age": [30, 41], "income": [1.5, 2.5], "region": ["N", "S"]})


def one(kind: str, *, required: bool = True) -> Signature:
    return Signature(Schema(columns=(Column("x", ColumnType(kind), required),)))


def refused(data: Any, signature: Signature = PEOPLE) -> SeldonNbError:
    with pytest.raises(UserInputError) as caught:
        fit(data, signature, model="fraud@3")
    return caught.value


def steps(error: SeldonNbError) -> list[str]:
    return [fill(step.python, error.facts) for step in error.code.next if step.python]


# --- names: SNB-320 ----------------------------------------------------------------------------------------------------------------


def test_a_misspelt_column_is_answered_with_the_nearest_and_the_line_to_paste():
    error = refused(ROWS.rename(columns={"age": "Age"}))
    assert str(error) == (
        "SNB-320 Your rows do not have the columns that fraud@3 takes; nothing was sent. "
        "Column `Age` is not in the model; did you mean `age`? The model expects: age, income, region, note."
    )
    assert steps(error) == ['rows = rows.rename(columns={"Age": "age"})']
    rows = ROWS.rename(columns={"age": "Age"})
    scope = {"rows": rows}
    exec(steps(error)[0], scope)
    assert fit(scope["rows"], PEOPLE).rows == 2


def test_a_missing_column_is_named():
    error = refused(ROWS.drop(columns=["region"]))
    assert error.code_id == "SNB-320"
    assert "Column `region` is missing. The model expects" in str(error)


def test_missing_and_unlike_columns_are_both_named():
    error = refused(ROWS.drop(columns=["region", "age"]).assign(zzz=1, Income=2))
    assert "2 columns are missing: `age`, `region`." in str(error)
    assert "2 columns are not in the model: `zzz`, `Income`." in str(error)


def test_two_misspelt_columns_are_paired_each_with_its_own():
    error = refused(ROWS.rename(columns={"age": "AGE", "region": "regions"}))
    assert steps(error) == ['rows = rows.rename(columns={"AGE": "age", "regions": "region"})']


def test_surplus_columns_alone_are_left_out_and_noted():
    fitted = fit(ROWS.assign(id=1, nott="x"), PEOPLE)
    assert fitted.notes.dropped == ("id", "nott")
    assert fitted.notes.sentences() == (
        "2 columns are not in the model and were left out: `id`, `nott`.",
        "Did you mean the optional column `note` by `nott`?",
    )
    assert [wired.name for wired in fitted.inputs] == ["age", "income", "region"]


def test_nothing_is_noted_when_nothing_was_done():
    assert not fit(ROWS, PEOPLE).notes


def test_columns_with_the_same_name_are_refused():
    doubled = pd.concat([ROWS, ROWS[["age"]]], axis=1)
    error = refused(doubled)
    assert error.code_id == "SNB-324"
    assert "`age`" in str(error)


# --- types: SNB-321 ----------------------------------------------------------------------------------------------------------------

AWARE = pd.Series(pd.to_datetime(["2020-01-01", "2020-06-01"])).dt.tz_localize("America/Toronto")
WRONG = [
    ("long", ["30", "41"], "text that looks like numbers", 'rows["x"] = pd.to_numeric(rows["x"])'),
    ("double", ["30.5", None], "text that looks like numbers", 'rows["x"] = pd.to_numeric(rows["x"])'),
    ("double", ["high", "low"], "text (", 'rows[pd.to_numeric(rows["x"], errors="coerce").isna()]'),
    ("long", [30.5, 41.0], "decimals, not all of them whole", 'rows["x"] = rows["x"].round()'),
    ("long", [30.5, None], "decimals, not all of them whole", 'rows["x"] = rows["x"].round()'),
    ("long", [np.inf, 1.0], "decimals, not all of them whole", 'rows["x"] = rows["x"].round()'),
    ("long", [2.0**63, 1.0], "numbers too large", 'rows["x"].describe()'),
    ("long", np.array([2**63, 1], dtype="uint64"), "numbers too large", 'rows["x"].describe()'),
    ("integer", [2**31, 1], "numbers too large", 'rows["x"].describe()'),
    ("float", [1e39, 1.0], "numbers too large", 'rows["x"].describe()'),
    ("long", [True, False], "yes/no values", 'rows["x"] = rows["x"].astype("int64")'),
    ("double", [True, False], "yes/no values", 'rows["x"] = rows["x"].astype("int64")'),
    ("boolean", [1, 0], "whole numbers", 'rows["x"] = rows["x"].astype(bool)'),
    ("boolean", ["yes", "no"], "text (", 'rows["x"].map(type).value_counts()'),
    ("string", [1, 2], "whole numbers", 'rows["x"] = rows["x"].astype(str)'),
    ("string", [b"a", b"b"], "bytes", 'rows["x"] = rows["x"].str.decode("utf-8")'),
    ("string", [1, "a"], "values of several types", 'rows["x"].map(type).value_counts()'),
    ("binary", ["a", "b"], "text", 'rows["x"] = rows["x"].str.encode("utf-8")'),
    ("datetime", ["2020-01-01", "2020-02-01"], "text that looks like dates", 'rows["x"] = pd.to_datetime(rows["x"])'),
    ("datetime", AWARE, "dates with a time zone", 'rows["x"] = rows["x"].dt.tz_convert("UTC").dt.tz_localize(None)'),
    (
        "datetime",
        np.array(["3020-01-01", "2020-01-01"], dtype="datetime64[us]"),
        "dates outside the years 1678 to 2261",
        'rows["x"].describe()',
    ),
    ("datetime", [1577836800, 1577836801], "whole numbers", 'rows["x"].map(type).value_counts()'),
    ("double", pd.to_datetime(["2020-01-01", "2020-01-02"]), "dates", 'rows["x"].map(type).value_counts()'),
    ("double", pd.to_timedelta([1, 2], unit="s"), "values of type timedelta64", 'rows["x"].map(type).value_counts()'),
    ("double", [1 + 2j, 1.0], "values of type complex128", 'rows["x"].map(type).value_counts()'),
    ("any", [{1, 2}, [1]], "values of several types", 'rows["x"].map(type).value_counts()'),
]


@pytest.mark.parametrize(("kind", "values", "found", "line"), WRONG)
def test_a_wrong_type_is_told_with_what_was_found_and_a_line_to_paste(kind, values, found, line):
    rows = pd.DataFrame({"x": values})
    error = refused(rows, one(kind))
    assert error.code_id == "SNB-321"
    assert f"Found {found}" in str(error)
    assert f"({kind}" in str(error) or kind == "any"
    assert steps(error) == [line]
    exec(line, {"rows": rows, "pd": pd})  # it can be pasted


@pytest.mark.parametrize("number", [0, 1, 3, 10, 11, 12, 14, 15, 17, 18, 19])
def test_after_the_line_was_pasted_the_rows_fit(number):
    kind, values, _, line = WRONG[number]
    scope = {"rows": pd.DataFrame({"x": values}), "pd": pd}
    exec(line, scope)
    assert fit(scope["rows"], one(kind)).rows == 2


def test_all_columns_of_a_wrong_type_are_named_at_once():
    error = refused(ROWS.assign(age=["30", "41"], income=["a", "b"], region=[1, 2]))
    assert error.facts["column"] == "age"
    assert "The same goes for 2 more columns: `income`, `region`." in str(error)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("long", np.array([1, 2], dtype="uint64")),
        ("long", [1.0, 2.0]),
        ("long", [Decimal(1), Decimal(2)]),
        ("double", [Decimal("1.5"), None]),
        ("double", np.array([1.5, 2.5], dtype="float16")),
        ("double", pd.arrays.SparseArray([0.0, 1.0])),
        ("float", [1, 2]),
        ("string", pd.Series([np.nan, np.nan])),
        ("boolean", pd.Series([True, False], dtype=object)),
        ("datetime", pd.array(["2020-01-01", None], dtype="timestamp[ns][pyarrow]")),
    ],
)
def test_what_keeps_every_value_is_converted_without_a_word(kind, values):
    fitted = fit(pd.DataFrame({"x": values}), one(kind))
    assert not fitted.notes


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("float", [0.1, 0.5]),
        ("float", [2**24 + 1, 1]),
        ("double", [2**53 + 1, 1]),
        ("datetime", pd.to_datetime(["2020-01-01T00:00:00.123456789", "2020-01-01"], format="ISO8601")),
    ],
)
def test_rounding_is_noted(kind, values):
    fitted = fit(pd.DataFrame({"x": values}), one(kind))
    assert fitted.notes.sentences() == ("The model's type of column `x` holds fewer digits; some values were rounded.",)


def test_a_server_that_reads_a_matrix_takes_numbers_only():
    fitted = fit(ROWS, PEOPLE)
    with pytest.raises(UserInputError) as caught:
        question(fitted, Layout.MATRIX, model="fraud@3")
    assert caught.value.code_id == "SNB-321"
    assert caught.value.facts["column"] == "region"


def test_text_that_is_not_unicode_is_named_by_its_column():
    fitted = fit(ROWS.assign(region=pd.Series(["ok", "\udcff"], dtype=object)), PEOPLE)
    with pytest.raises(UserInputError) as caught:
        question(fitted, model="fraud@3").body(0, 2)
    assert caught.value.facts["column"] == "region"


# --- missing values: SNB-322 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("long", [1.0, None, 3.0, None]),
        ("integer", pd.array([1, None, 3, None], dtype="Int32")),
        ("boolean", pd.array([True, None, False, None], dtype="boolean")),
        ("binary", pd.Series([b"a", None, b"b", None], dtype=object)),
    ],
)
def test_missing_values_are_counted_and_placed(kind, values):
    error = refused(pd.DataFrame({"x": values}), one(kind))
    assert error.code_id == "SNB-322"
    assert "2 of 4 values are missing, at row 1, 3 (counting from 0)." in str(error)
    assert steps(error)[0] == 'rows = rows.dropna(subset=["x"])'
    assert steps(error)[2] == 'sn.log(model, name="fraud", sample=rows, integers="float")'


def test_only_the_first_positions_are_given():
    error = refused(pd.DataFrame({"x": [None] * 100 + [1.0]}), one("long"))
    assert error.facts["positions"] == "0, 1, 2, 3, 4, …"


def test_an_optional_column_of_whole_numbers_has_no_room_either():
    assert refused(pd.DataFrame({"x": [1.0, None]}), one("long", required=False)).code_id == "SNB-322"


@pytest.mark.parametrize(
    ("kind", "values"), [("double", [1.0, None]), ("string", ["a", None]), ("datetime", pd.to_datetime(["2020-01-01", None]))]
)
def test_where_there_is_room_missing_values_are_no_matter(kind, values):
    assert fit(pd.DataFrame({"x": values}), one(kind)).rows == 2


# --- no rows, no table: SNB-323, SNB-324 -------------------------------------------------------------------------------------------


def test_an_empty_frame():
    error = refused(ROWS.head(0))
    assert error.code_id == "SNB-323"
    assert "a DataFrame of 0 rows and 3 columns" in str(error)


@pytest.mark.parametrize("data", [[[1, 2, 3]], {"age": [1]}, None, "rows.csv", 5])
def test_what_is_no_table_is_refused_with_its_type_and_a_line_to_paste(data):
    error = refused(data)
    assert error.code_id == "SNB-324"
    assert (
        f"Found an object of type {type(data).__name__}; the model takes a DataFrame with the columns age, income, region, note."
        in str(error)
    )
    assert steps(error) == ["rows = pd.DataFrame(rows)"]


def test_an_array_goes_by_position_and_says_so():
    signature = Signature(Schema(columns=(Column("a", ColumnType.DOUBLE), Column("b", ColumnType.LONG))))
    fitted = fit(np.array([[0.5, 1.0], [1.5, 2.0]]), signature)
    assert fitted.notes.sentences() == ("The array's columns were taken in the model's order: `a`, `b`.",)
    assert fitted.inputs[1].values.tolist() == [1, 2]


def test_an_array_of_another_width_is_refused():
    error = refused(np.zeros((2, 3)))
    assert "Found an array of shape (2, 3)" in str(error)
    assert steps(refused(np.zeros(4))) == ["rows = rows.reshape(1, -1)"]


def test_a_row_taken_as_a_series_is_turned_into_a_row():
    error = refused(ROWS.assign(note="x").iloc[0])
    assert steps(error) == ["rows = rows.to_frame().T.infer_objects()"]


def test_a_series_is_enough_for_one_column():
    fitted = fit(pd.Series([1.0, 2.0], index=["p", "q"]), one("double"))
    assert list(fitted.index) == ["p", "q"]


def test_tables_of_other_libraries_are_taken():
    import pyarrow as pa

    assert fit(pa.table({"age": [1], "income": [1.0], "region": ["N"]}), PEOPLE).rows == 1


# --- tensors -----------------------------------------------------------------------------------------------------------------------


def image(dtype: str = "float32", shape: tuple[int, ...] = (-1, 2, 3)) -> Signature:
    return Signature(Schema(tensors=(Tensor("0", dtype, shape),)))


@pytest.mark.parametrize(
    ("array", "line"),
    [
        (np.zeros((2, 3)), "rows = rows[None]"),
        (np.zeros((4, 6)), "rows = rows.reshape(-1, 2, 3)"),
        (np.zeros((4, 5, 7)), "rows.shape"),
        (np.zeros(6), "rows = rows.reshape(-1, 2, 3)"),
    ],
)
def test_a_wrong_shape_is_told_with_the_wanted_one(array, line):
    error = refused(array, image())
    assert error.code_id == "SNB-324"
    assert (
        f"Found an array of shape {array.shape}; the model takes an array of float32 with the shape (any number, 2, 3)."
        in str(error)
    )
    assert steps(error) == [line]


@pytest.mark.parametrize(
    ("dtype", "array", "code"),
    [
        ("int64", np.array([[1.0, np.nan]]), "SNB-322"),
        ("int64", np.array([[1.0, 0.5]]), "SNB-321"),
        ("uint8", np.array([[1, 256]]), "SNB-321"),
        ("float32", np.array([["a", "b"]]), "SNB-321"),
        ("float32", np.array([[1e39, 1]]), "SNB-321"),
        ("bool", np.array([[1, 0]]), "SNB-321"),
        ("str", np.array([["a", None]], dtype=object), "SNB-321"),
    ],
)
def test_a_wrong_dtype_of_a_tensor(dtype, array, code):
    assert refused(array, image(dtype, (-1, 2))).code_id == code


def test_a_frame_can_stand_for_a_matrix():
    fitted = fit(pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]}, index=[5, 6]), image("float64", (-1, 2)))
    assert list(fitted.index) == [5, 6]
    assert fitted.inputs[0].values.tolist() == [[1.0, 0.5], [2.0, 1.5]]


def test_no_rows_in_a_tensor():
    assert refused(np.zeros((0, 2, 3)), image()).code_id == "SNB-323"


def test_several_tensors_come_as_a_dictionary():
    signature = Signature(Schema(tensors=(Tensor("left", "float64", (-1,)), Tensor("right", "int64", (-1, 2)))))
    assert fit({"right": np.zeros((2, 2), dtype=int), "left": np.zeros(2)}, signature).rows == 2
    assert refused(np.zeros(2), signature).code_id == "SNB-324"
    assert "no `right`" in str(refused({"left": np.zeros(2)}, signature))
    assert refused({"left": np.zeros(2), "right": np.zeros((3, 2))}, signature).code_id == "SNB-324"


# --- without a signature, and without values ---------------------------------------------------------------------------------------


def test_without_a_signature_rows_go_as_they_are():
    fitted = fit(ROWS.assign(flag=True, when=pd.Timestamp("2020-01-01"), more=[[1], {"a": 2}]), None)
    assert isinstance(fitted, Fitted)
    assert [wired.datatype for wired in fitted.inputs] == ["INT64", "FP64", "BYTES", "BOOL", "BYTES", "BYTES"]
    assert question(fit(np.zeros((2, 2)), None)).content_type == "np"


SECRET = "4520 0034 1212 9876"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("long", [SECRET, "1"]),
        ("datetime", [SECRET, "x"]),
        ("double", [SECRET, "1"]),
        ("boolean", [SECRET, 1]),
        ("binary", [SECRET, None]),
        ("any", [{SECRET}, 1]),
    ],
)
def test_no_message_ever_holds_a_value(kind, values):
    error = refused(pd.DataFrame({"x": values}), one(kind))
    assert SECRET not in str(error)
    assert SECRET not in repr(error.facts)
