"""What each protocol says, what it refuses, how its answers and its failures are read; no value of a row is ever told."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest

from seldon_nb.codecs import descriptors
from seldon_nb.codecs.choose import Codec, codec_for
from seldon_nb.codecs.feedback import feedback
from seldon_nb.codecs.protocol import Transport
from seldon_nb.codecs.seldon_payload import Payload
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor

SECRET = "4520 0034 1212 9876"


def a_codec(protocol: str, *, server: str = "", transport: str = "", **options: Any) -> Codec:
    graph = {"name": "m"} | ({"implementation": server} if server else {})
    spec = {"protocol": protocol, "predictors": [{"graph": graph}]} | ({"transport": transport} if transport else {})
    return codec_for({"metadata": {"name": "fraud"}, "spec": spec}, **options)


def takes(**kinds: str) -> Signature:
    return Signature(Schema(columns=tuple(Column(name, ColumnType(kind)) for name, kind in kinds.items())))


def gives(**kinds: str) -> Signature:
    return Signature(Schema(), takes(**kinds).inputs)


def tensor(dtype: str, shape: tuple[int, ...], name: str = "0") -> Signature:
    schema = Schema(tensors=(Tensor(name, dtype, shape),))
    return Signature(schema, schema)


def said(codec: Codec, data: Any, signature: Signature | None) -> Any:
    return json.loads(codec.encode(data, signature, model="m").body)


# --- which codec ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protocol", "transport", "path", "content_type"),
    [
        ("v2", "", "/v2/models/m/infer", "application/json"),
        ("kfserving", "rest", "/v2/models/m/infer", "application/json"),
        ("v2", "grpc", "/inference.GRPCInferenceService/ModelInfer", "application/grpc"),
        ("seldon", "", "/api/v1.0/predictions", "application/json"),
        ("", "", "/api/v1.0/predictions", "application/json"),
        ("seldon", "grpc", "/seldon.protos.Seldon/Predict", "application/grpc"),
        ("tensorflow", "rest", "/v1/models/m:predict", "application/json"),
    ],
)
def test_the_document_says_how_it_is_asked(protocol, transport, path, content_type):
    codec = a_codec(protocol, transport=transport)
    assert (codec.path, codec.content_type) == (path, content_type)


@pytest.mark.parametrize(("protocol", "transport"), [("tensorflow", "grpc"), ("v3", "rest"), ("v2", "kafka")])
def test_what_we_do_not_speak_has_a_code(protocol, transport):
    with pytest.raises(SeldonNbError) as caught:
        a_codec(protocol, transport=transport)
    assert caught.value.code_id == "SNB-329" and "fraud" in str(caught.value)


def test_a_graph_of_several_nodes_is_asked_without_a_name():
    graph = {"name": "m", "children": [{"name": "n"}]}
    assert codec_for({"spec": {"protocol": "v2", "predictors": [{"graph": graph}]}}).path == "/v2/models/infer"


# --- the seldon protocol --------------------------------------------------------------------------------------------------------


def test_numbers_go_as_a_table_with_names_and_mixed_types_as_records():
    rows = pd.DataFrame({"b": [0.5, 1.0], "a": [1, 2]})
    assert said(a_codec("seldon"), rows, takes(a="long", b="double")) == {
        "data": {"names": ["a", "b"], "ndarray": [[1.0, 0.5], [2.0, 1.0]]}
    }
    mixed = rows.assign(s=["x", None], yes=[True, False])
    assert said(a_codec("seldon"), mixed, takes(a="long", s="string", b="double", yes="boolean")) == {
        "jsonData": [{"a": 1, "s": "x", "b": 0.5, "yes": True}, {"a": 2, "s": None, "b": 1.0, "yes": False}]
    }


def test_seldons_mlflow_server_always_gets_records():
    body = a_codec("seldon", server="MLFLOW_SERVER").encode(pd.DataFrame({"x": [1, None]}), takes(x="double")).body
    assert body == b'{"jsonData":[{"x":1.0},{"x":null}]}'


def test_a_tensor_goes_with_its_shape():
    array = np.arange(4.0).reshape(1, 2, 2)
    assert said(a_codec("seldon"), array, tensor("float64", (-1, 2, 2))) == {
        "data": {"names": [], "tensor": {"shape": [1, 2, 2], "values": [0, 1, 2, 3]}}
    }
    with_gap = np.array([[1.0, np.nan]])
    assert said(a_codec("seldon"), with_gap, tensor("float64", (-1, 2)))["data"]["ndarray"] == [[1.0, None]]


@pytest.mark.parametrize("transport", ["rest", "grpc"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int32", "int64", "uint8", "uint64", "bool", "str"])
def test_tensorflows_tensors_keep_every_value(dtype, transport):
    array = np.array([["é", "b"]]) if dtype == "str" else np.array([[0, 1], [1, 0]]).astype(dtype)
    if dtype.startswith("float"):
        array[0] = [np.nan, np.inf]
    codec = a_codec("seldon", transport=transport, payload=Payload.TFTENSOR)
    body = codec.encode(array, tensor(dtype, (-1, 2))).body  # an answer has the same form
    frame = codec.decode(body, tensor(dtype, (-1, 2))).frame
    assert np.array_equal(frame.to_numpy(), array, equal_nan=dtype.startswith("float"))


def test_a_tensor_with_typed_values_is_read_as_tensorflow_writes_it():
    held = {"dtype": "DT_INT64", "tensorShape": {"dim": [{"size": "3"}, {"size": "1"}]}, "int64Val": ["7"]}
    assert a_codec("seldon").decode(orjson.dumps({"data": {"tftensor": held}}), None).frame["prediction"].tolist() == [7, 7, 7]


_LONG = 2**53 + 1


@pytest.mark.parametrize(
    ("server", "transport", "kind", "value", "reason"),
    [
        ("", "rest", "datetime", pd.Timestamp("2020-01-01"), "dates"),
        ("", "rest", "binary", b"x", "bytes"),
        ("", "rest", "double", np.inf, "infinite"),
        ("", "grpc", "long", _LONG, "rounded"),
        ("MLFLOW_SERVER", "rest", "integer", 1, "32 bits"),
        ("MLFLOW_SERVER", "rest", "float", 0.5, "32 bits"),
        ("MLFLOW_SERVER", "rest", "datetime", pd.Timestamp("2020-01-01"), "dates"),
        ("MLFLOW_SERVER", "grpc", "long", 1, "decimals"),
    ],
)
def test_what_would_arrive_as_something_else_is_refused(server, transport, kind, value, reason):
    with pytest.raises(SeldonNbError) as caught:
        a_codec("seldon", server=server, transport=transport).encode(pd.DataFrame({"x": [value]}), takes(x=kind), model="fraud@3")
    assert caught.value.code_id == "SNB-326"
    assert reason in str(caught.value) and "`x`" in str(caught.value)
    assert str(value) not in caught.value.facts.values()


def test_text_beside_numbers_and_large_numbers_beside_decimals_need_records():
    rows = pd.DataFrame({"n": [_LONG], "x": [0.5], "s": ["a"]})
    assert said(a_codec("seldon"), rows, takes(n="long", x="double", s="string"))["jsonData"][0]["n"] == _LONG
    for frame, kinds in ((rows[["n", "s"]], {"n": "long", "s": "string"}), (rows[["n", "x"]], {"n": "long", "x": "double"})):
        with pytest.raises(SeldonNbError) as caught:
            a_codec("seldon", server="SKLEARN_SERVER").encode(frame, takes(**kinds))
        assert caught.value.code_id == "SNB-326"


def test_one_row_at_a_time_where_the_form_has_room_for_one():
    codec = a_codec("seldon", payload=Payload.TEXT)
    assert codec.encode(pd.DataFrame({"s": ["hello"]}), takes(s="string")).body == b'{"strData":"hello"}'
    assert list(codec.parts(3, 100)) == [(0, 1), (1, 2), (2, 3)]
    with pytest.raises(SeldonNbError):
        codec.encode(pd.DataFrame({"s": ["a"], "t": ["b"]}), takes(s="string", t="string"))


def test_text_that_is_not_unicode_is_named():
    frame = pd.DataFrame({"s": pd.Series(["\ud800"], dtype=object), "n": [1]})
    for protocol, transport in (("seldon", "rest"), ("seldon", "grpc"), ("tensorflow", "rest"), ("v2", "grpc")):
        with pytest.raises(SeldonNbError) as caught:
            a_codec(protocol, transport=transport).encode(frame, takes(s="string", n="long"))
        assert caught.value.code_id == "SNB-321"


@pytest.mark.parametrize(
    ("data", "signature", "columns", "values"),
    [
        ({"names": ["no", "yes"], "ndarray": [[0.25, 0.75]]}, None, ["no", "yes"], [[0.25, 0.75]]),
        ({"names": ["t:0", "t:1"], "ndarray": [[0.25, 0.75]]}, None, ["prediction_0", "prediction_1"], [[0.25, 0.75]]),
        ({"names": ["no", "yes"], "ndarray": [[0, 1]]}, tensor("float64", (-1, 2)), ["no", "yes"], [[0.0, 1.0]]),
        ({"names": ["p", "q"], "ndarray": [[0, 1]]}, gives(a="long", b="long"), ["a", "b"], [[0, 1]]),
        ({"names": ["b", "a"], "ndarray": [[0, 1]]}, gives(a="long", b="long"), ["a", "b"], [[1, 0]]),
        ({"names": [], "tensor": {"shape": [2], "values": [1.0, 2.0]}}, gives(risk="long"), ["risk"], [[1], [2]]),
        ({"names": [], "ndarray": ["cat", "dog"]}, None, ["prediction"], [["cat"], ["dog"]]),
    ],
)
def test_tables_in_answers_are_named_and_typed(data, signature, columns, values):
    frame = a_codec("seldon").decode(orjson.dumps({"data": data, "meta": {}}), signature).frame
    assert list(frame.columns) == columns
    assert frame.to_numpy().tolist() == values
    assert signature is None or {str(dtype) for dtype in frame.dtypes} == {"float64" if signature.outputs.tensors else "int64"}


def test_other_answers_are_read():
    codec = a_codec("seldon")
    assert codec.decode(b'{"strData": "ok"}', None).frame["prediction"].tolist() == ["ok"]
    assert codec.decode(b'{"binData": "AP8="}', None).frame["prediction"].tolist() == [b"\x00\xff"]
    assert codec.decode(b'{"jsonData": {"a": [1, 2], "b": ["x", null]}}', None).frame.shape == (2, 2)
    assert codec.decode(b'{"jsonData": {"a": 1, "b": "x"}}', None).frame.iloc[0].tolist() == [1, "x"]
    assert codec.decode(b'{"data": {"ndarray": [[NaN]]}}', None).frame["prediction"].isna().all()


def test_what_an_answer_says_about_itself_is_kept_and_its_metrics_are_not():
    meta = {
        "puid": "p1",
        "tags": {"outlier": True},
        "routing": {"ab": 1.0},
        "requestPath": {"m": "image:1"},
        "metrics": [{"key": SECRET}],
    }
    decoded = a_codec("seldon").decode(orjson.dumps({"data": {"ndarray": [1]}, "meta": meta}), None)
    assert (decoded.meta.puid, decoded.meta.routing, decoded.meta.tags) == ("p1", {"ab": 1}, {"outlier": True})
    assert SECRET not in repr(decoded)
    for odd in (None, [], {"tags": 3, "routing": {"x": "y"}, "puid": 4}):
        a_codec("seldon").decode(orjson.dumps({"data": {"ndarray": [1]}, "meta": odd}), None)


@pytest.mark.parametrize("flag", [1, "FAILURE"])
@pytest.mark.parametrize(
    ("reason", "code"), [("MICROSERVICE_BAD_DATA", "SNB-327"), ("ENGINE_MICROSERVICE_ERROR", "SNB-315"), (SECRET, "SNB-315")]
)
def test_an_answer_that_says_failure_is_an_error(flag, reason, code):
    body = orjson.dumps({"status": {"code": 500, "info": SECRET, "reason": reason, "status": flag}, "data": {"ndarray": [1]}})
    codec = a_codec("seldon")
    with pytest.raises(SeldonNbError) as caught:
        codec.decode(body, None, name="dev/fraud")
    assert caught.value.code_id == code
    assert SECRET not in str(caught.value) + repr(caught.value.facts) + repr(codec.told(body))
    assert (codec.failure(body, name="dev/fraud") is not None) is (code == "SNB-327")


def test_a_failure_over_grpc_is_the_same_error():
    message = descriptors.seldon("SeldonMessage")()
    message.status.status, message.status.reason, message.status.info = 1, "MICROSERVICE_BAD_DATA", SECRET
    with pytest.raises(SeldonNbError) as caught:
        a_codec("seldon", transport="grpc").decode(message.SerializeToString(), None, name="dev/fraud")
    assert caught.value.code_id == "SNB-327" and SECRET not in str(caught.value)


def test_feedback_holds_question_answer_and_truth():
    told = feedback(b'{"data":{"ndarray":[[1]]}}', b'{"data":{"ndarray":[2]},"meta":{"routing":{"ab":0}}}', 0.5)
    assert told.path == "/api/v1.0/feedback"
    assert json.loads(told.body) == {
        "request": {"data": {"ndarray": [[1]]}},
        "response": {"data": {"ndarray": [2]}, "meta": {"routing": {"ab": 0}}},
        "reward": 0.5,
    }
    for wrong in ((b"{", b"{}", 1.0), (b"{}", b"{}", float("nan"))):
        with pytest.raises(ValueError):
            feedback(*wrong)
    with pytest.raises(ValueError):
        feedback(b"\xff", b"", 1.0, transport=Transport.GRPC)


# --- the tensorflow protocol ----------------------------------------------------------------------------------------------------


def test_one_tensor_goes_in_rows_and_columns_go_by_name():
    codec = a_codec("tensorflow")
    assert codec.encode(np.array([[1.0, 2.5]], dtype="float32"), tensor("float32", (-1, 2))).body == b'{"instances":[[1.0,2.5]]}'
    rows = pd.DataFrame({"tag": ["foo", "bar"], "image": [b"\x00", b"\xff"], "n": [1, 2]})
    assert said(codec, rows, takes(tag="string", image="binary", n="long")) == {
        "inputs": {"tag": ["foo", "bar"], "image": [{"b64": "AA=="}, {"b64": "/w=="}], "n": [1, 2]}
    }


def test_its_words_for_what_json_lacks():
    body = a_codec("tensorflow").encode(np.array([np.nan, np.inf, -np.inf]), tensor("float64", (-1,))).body
    assert body == b'{"instances":[NaN,Infinity,-Infinity]}'
    seen = a_codec("tensorflow").decode(b'{"predictions": [NaN, Infinity, 1.5]}', None).frame["prediction"]
    assert np.array_equal(seen, [np.nan, np.inf, 1.5], equal_nan=True)


@pytest.mark.parametrize(
    ("kind", "values"), [("string", ["a", None]), ("datetime", [pd.Timestamp("2020-01-01")] * 2), ("any", [[1], [2]])]
)
def test_what_it_cannot_say_is_refused(kind, values):
    with pytest.raises(SeldonNbError) as caught:
        a_codec("tensorflow").encode(pd.DataFrame({"x": values}), takes(x=kind))
    assert caught.value.code_id == "SNB-326"


@pytest.mark.parametrize(
    ("answer", "columns", "values"),
    [
        ({"predictions": [3.5, 4.0]}, ["prediction"], [[3.5], [4.0]]),
        ({"predictions": [[0.1, 0.9]]}, ["prediction_0", "prediction_1"], [[0.1, 0.9]]),
        ({"predictions": 3.5}, ["prediction"], [[3.5]]),
        ({"predictions": [{"label": "a", "p": [0.1, 0.9]}]}, ["label", "p_0", "p_1"], [["a", 0.1, 0.9]]),
        ({"predictions": [{"b64": "AP8="}]}, ["prediction"], [[b"\x00\xff"]]),
        ({"predictions": [{"crop_bytes": {"b64": "AP8="}, "n": 1}]}, ["crop_bytes", "n"], [[b"\x00\xff", 1]]),
        ({"outputs": [[1], [2]]}, ["prediction"], [[1], [2]]),
        ({"outputs": {"label": ["a", "b"], "p": [[0.5], [0.25]]}}, ["label", "p"], [["a", 0.5], ["b", 0.25]]),
    ],
)
def test_its_answers_are_read(answer, columns, values):
    frame = a_codec("tensorflow").decode(orjson.dumps(answer), None).frame
    assert list(frame.columns) == columns
    assert frame.to_numpy().tolist() == values


def test_its_errors_are_told_without_their_words():
    codec = a_codec("tensorflow")
    with pytest.raises(SeldonNbError) as caught:
        codec.decode(orjson.dumps({"error": f"could not parse {SECRET}"}), None, name="dev/fraud")
    assert caught.value.code_id == "SNB-315" and SECRET not in str(caught.value) + repr(caught.value.facts)


# --- what is no answer ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", ["seldon", "tensorflow"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>" + SECRET.encode(),
        b"[]",
        b"{}",
        b"[" * 100_000,
        orjson.dumps({"data": {"ndarray": [[1], SECRET]}}),
        orjson.dumps({"data": {"ndarray": [[1], [1, 2]]}}),
        orjson.dumps({"data": {"tensor": {"shape": [3], "values": [1, 2]}}}),
        orjson.dumps({"data": {"tensor": {"shape": [1], "values": [SECRET]}}}),
        orjson.dumps({"data": {"tensor": {"shape": SECRET, "values": [1]}}}),
        orjson.dumps({"data": {"tftensor": {"dtype": SECRET}}}),
        orjson.dumps({"data": SECRET}),
        orjson.dumps({"binData": SECRET}),
        orjson.dumps({"customData": {"value": SECRET}}),
        orjson.dumps({"predictions": [{"a": 1}, {"b": SECRET}]}),
        orjson.dumps({"predictions": [[1], SECRET]}),
        orjson.dumps({"outputs": {"a": [1], "b": [1, 2]}}),
        orjson.dumps({"predictions": [{"b64": SECRET}]}),
    ],
)
def test_what_is_no_answer_is_a_value_error_without_values(protocol, body):
    with pytest.raises(ValueError) as caught:
        a_codec(protocol).decode(body, None)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert a_codec(protocol).told(body) == {}


@pytest.mark.parametrize("protocol", ["seldon", "v2"])
@pytest.mark.parametrize("body", [b"", b"\xff\xff", b"{}", SECRET.encode()])
def test_what_is_no_message_is_a_value_error_too(protocol, body):
    with pytest.raises(ValueError) as caught:
        a_codec(protocol, transport="grpc").decode(body, None)
    assert SECRET not in str(caught.value)


def test_raw_answers_that_are_cut_short_are_refused():
    codec = a_codec("v2", transport="grpc")
    for datatype, raw in (("FP64", b"\x00" * 7), ("FP64", b"\x00" * 8), ("BYTES", b"\x09\x00\x00\x00abc"), ("BYTES", b"\x01")):
        message = descriptors.v2("ModelInferResponse")()
        message.outputs.add(name="x", datatype=datatype, shape=[2])
        message.raw_output_contents.append(raw)
        with pytest.raises(ValueError):
            codec.decode(message.SerializeToString(), None)


def test_without_protobuf_grpc_says_what_to_install(monkeypatch):
    def gone(name: str) -> Any:
        raise ImportError("no", name="google.protobuf")

    monkeypatch.setattr(descriptors, "seldon", gone)
    with pytest.raises(SeldonNbError) as caught:
        a_codec("seldon", transport="grpc").encode(pd.DataFrame({"x": [1.0]}), takes(x="double"), model="fraud@3")
    assert caught.value.code_id == "SNB-328"
