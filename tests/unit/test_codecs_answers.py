"""Answers: names, types and shapes of what comes back; what cannot be read says so without a value."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import orjson
import pytest

from seldon_nb.codecs.answers import class_names
from seldon_nb.codecs.v2 import Layout, decode, layout_of
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor


def answer(*outputs: dict[str, Any]) -> bytes:
    return orjson.dumps({"model_name": "m", "outputs": list(outputs)})


def output(
    data: list[Any], *, name: str = "output-1", shape: list[int] | None = None, datatype: str = "FP64", content_type: str = "np"
) -> dict[str, Any]:
    return {
        "name": name,
        "shape": shape or [len(data), 1],
        "datatype": datatype,
        "parameters": {"content_type": content_type},
        "data": data,
    }


def gives(*columns: tuple[str, ColumnType]) -> Signature:
    return Signature(Schema(), Schema(columns=tuple(Column(name, kind) for name, kind in columns)))


def tensor(name: str, shape: tuple[int, ...]) -> Signature:
    return Signature(Schema(), Schema(tensors=(Tensor(name, "float64", shape),)))


def test_the_signatures_name_counts_and_not_the_servers():
    frame = decode(answer(output([1.0, 2.0])), gives(("risk", ColumnType.DOUBLE)))
    assert list(frame.columns) == ["risk"]


@pytest.mark.parametrize("name", ["0", "output-0", "output", "output_0", "predict", ""])
def test_what_nobody_named_is_called_prediction(name):
    assert list(decode(answer(output([1.0])), tensor(name, (-1,))).columns) == ["prediction"]
    wide = answer(output([0.1, 0.9], shape=[1, 2]))
    assert list(decode(wide, tensor(name, (-1, 2))).columns) == ["prediction_0", "prediction_1"]
    assert list(decode(wide, None).columns) == ["prediction_0", "prediction_1"]


def test_a_named_tensor_gives_its_name_to_its_columns():
    frame = decode(answer(output([1, 2, 3, 4], shape=[2, 2])), tensor("score", (-1, 2)))
    assert list(frame.columns) == ["score_0", "score_1"]
    assert frame.to_numpy().tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_a_matrix_takes_the_signatures_names_if_there_are_as_many():
    frame = decode(answer(output([1, 2, 3, 4], shape=[2, 2])), gives(("no", ColumnType.DOUBLE), ("yes", ColumnType.DOUBLE)))
    assert list(frame.columns) == ["no", "yes"]


def test_columns_that_come_back_by_name_are_put_in_the_signatures_order():
    body = answer(output([2.0], name="b"), output([1.0], name="a"))
    frame = decode(body, gives(("a", ColumnType.DOUBLE), ("b", ColumnType.DOUBLE)))
    assert frame.to_dict("list") == {"a": [1.0], "b": [2.0]}


def test_columns_of_another_number_keep_the_servers_names():
    body = answer(output([2.0], name="b"), output([1.0], name="a"), output([0.0], name="c"))
    assert list(decode(body, gives(("a", ColumnType.DOUBLE), ("b", ColumnType.DOUBLE))).columns) == ["b", "a", "c"]


def test_more_dimensions_are_a_column_of_arrays():
    frame = decode(answer(output(list(range(8)), shape=[2, 2, 2])), tensor("map", (-1, 2, 2)))
    assert list(frame.columns) == ["map"]
    assert np.array_equal(frame["map"][1], [[4, 5], [6, 7]])


def test_null_is_a_missing_number_and_a_missing_text():
    frame = decode(
        answer(output([None, 1.5], name="x"), output([None, "a"], name="y", datatype="BYTES", content_type="str")), None
    )
    assert frame["x"].isna().tolist() == [True, False]
    assert frame["y"].isna().tolist() == [True, False]


def test_bytes_are_read_by_their_content_type():
    body = answer(
        output(["aGk="], name="b64", datatype="BYTES", content_type="base64"),
        output(['{"a": [1]}'], name="json", datatype="BYTES", content_type="pd_json"),
        output(["é"], name="text", datatype="BYTES", content_type="str"),
    )
    assert decode(body, None).iloc[0].tolist() == [b"hi", {"a": [1]}, "é"]


def test_the_order_of_whole_numbers_is_kept():
    frame = decode(answer(output([2**63 - 1, 0], datatype="INT64")), None)
    assert frame.iloc[0, 0] == 2**63 - 1


SECRET = "4520 0034 1212 9876"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>" + SECRET.encode(),
        b"[]",
        b"{}",
        b'{"outputs": []}',
        b'{"outputs": [1]}',
        b'{"outputs": [{}]}',
        answer(output([SECRET])),
        answer(output([1.0], shape=[2, 1])),
        answer(output([1.0], shape=[2]), output([1.0, 2.0], name="b")),
        answer(output([1.0]), output([1.0, 2.0], name="b")),
        answer(output([SECRET], datatype="BYTES", content_type="pd_json")),
        answer(output([[1.0], [2.0, 3.0]], shape=[2, 2])),
        answer({**output([1.0]), "shape": SECRET}),
        answer({**output([1.0]), "data": SECRET}),
        answer({**output([1.0]), "data": None}),
    ],
)
def test_what_is_no_answer_is_a_value_error_without_values(body):
    with pytest.raises(ValueError) as caught:
        decode(body, None)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("graph", "env", "layout"),
    [
        ({"implementation": "MLFLOW_SERVER"}, [], Layout.COLUMNS),
        ({"implementation": "SKLEARN_SERVER"}, [], Layout.COLUMNS),
        ({"implementation": "XGBOOST_SERVER"}, [], Layout.MATRIX),
        ({}, [{"name": "MLSERVER_MODEL_IMPLEMENTATION", "value": "mlserver_lightgbm.LightGBMModel"}], Layout.MATRIX),
        ({}, [{"name": "MLSERVER_MODEL_IMPLEMENTATION", "value": "mine.Model"}], Layout.COLUMNS),
    ],
)
def test_the_document_says_which_layout_its_server_reads(graph, env, layout):
    containers = [{"name": "side", "env": []}, {"name": "model", "env": env}]
    predictor = {"graph": {"name": "model", **graph}, "componentSpecs": [{"spec": {"containers": containers}}]}
    assert layout_of({"spec": {"predictors": [predictor]}}) is layout


@pytest.mark.parametrize(
    ("classes", "count", "names"),
    [
        (np.array(["b", "a"]), 2, ("b", "a")),
        (["a", "a"], 2, ()),
        (["a", "b"], 3, ()),
        (["a", ""], 2, ()),
        (["a", "x" * 61], 2, ()),
        ([0, 1], 2, ()),
        (["0", "1"], 2, ()),
        (None, 2, ()),
    ],
)
def test_classes_name_the_columns_where_they_are_words(classes, count, names):
    assert class_names(SimpleNamespace(classes_=classes), count) == names
