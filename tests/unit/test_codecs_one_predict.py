"""One way to ask for all protocols: the same frame goes in, the same frame comes out.

The servers here only read their protocol, strictly, and send back what they read: MLServer's own codecs for V2 over REST and gRPC, and for tensorflow what TensorFlow
Serving's documentation says.  The seldon protocol is asked of its real wrapper in ``tests/here/test_codecs_wrapper.py``; here its documented form is read.
"""

from __future__ import annotations

import json
import warnings
from base64 import b64decode, b64encode
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seldon_nb.codecs import descriptors
from seldon_nb.codecs.choose import Codec, codec_for
from seldon_nb.codecs.protocol import Message, Transport
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    mlserver = pytest.importorskip("mlserver")
    from mlserver.codecs import PandasCodec
    from mlserver.codecs.utils import decode_inference_request
    from mlserver.grpc import dataplane_pb2 as theirs
    from mlserver.grpc.converters import ModelInferRequestConverter, ModelInferResponseConverter
    from mlserver.types import InferenceRequest


#: MLServer's converters use an older way of pydantic's.
pytestmark = pytest.mark.filterwarnings("ignore:The `construct` method")


def a_codec(protocol: str, transport: Transport = Transport.REST, **options: Any) -> Codec:
    document = {"spec": {"protocol": protocol, "transport": transport.value, "predictors": [{"graph": {"name": "m"}}]}}
    return codec_for(document, **options)


def v2_rest(message: Message) -> bytes:
    assert message.path == "/v2/models/m/infer"
    frame = decode_inference_request(InferenceRequest.model_validate(orjson.loads(message.body)))
    return orjson.dumps(PandasCodec.encode_response("m", written(frame)).model_dump(), default=lambda item: item.decode())


def written(frame: pd.DataFrame) -> pd.DataFrame:
    """As MLServer's codec can write it: it does not know the dtype that pandas 3 has for text."""
    return frame.astype({name: object for name in frame if frame[name].dtype == "str"})


def v2_grpc(message: Message) -> bytes:
    assert message.path == "/inference.GRPCInferenceService/ModelInfer"
    request = theirs.ModelInferRequest.FromString(message.body)
    assert request.model_name == "m"
    frame = decode_inference_request(ModelInferRequestConverter.to_types(request))
    response = PandasCodec.encode_response("m", written(frame))
    raw = bool(request.raw_input_contents)
    data: bytes = ModelInferResponseConverter.from_types(response, use_raw=raw).SerializeToString()
    return data


def seldon_rest(message: Message) -> bytes:
    assert message.path == "/api/v1.0/predictions"
    asked = json.loads(message.body, parse_constant=refuse)
    if "data" in asked:
        assert {len(row) for row in asked["data"]["ndarray"]} == {len(asked["data"]["names"])}
        return orjson.dumps({"data": asked["data"], "meta": {}})
    assert list(asked) == ["jsonData"]
    return orjson.dumps({"jsonData": asked["jsonData"], "meta": {"puid": "p", "metrics": [1]}})


def seldon_grpc(message: Message) -> bytes:
    assert message.path == "/seldon.protos.Seldon/Predict"
    data: bytes = descriptors.seldon("SeldonMessage").FromString(message.body).SerializeToString()
    return data


def refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


def tensorflow_rest(message: Message) -> bytes:
    """A strict reading of the documentation: either instances or inputs; each tensor of one type and a full shape."""
    assert message.path == "/v1/models/m:predict"
    asked = json.loads(message.body)
    assert set(asked) <= {"signature_name", "instances", "inputs"} and len({"instances", "inputs"} & set(asked)) == 1
    if "instances" in asked:
        return json.dumps({"predictions": a_tensor(asked["instances"])}).encode()
    named = {name: a_tensor(held) for name, held in asked["inputs"].items()}
    return json.dumps({"outputs": named if len(named) > 1 else next(iter(named.values()))}).encode()


def a_tensor(held: Any) -> Any:
    flat = [held]
    while any(isinstance(item, list) for item in flat):
        assert all(isinstance(item, list) for item in flat) and len({len(item) for item in flat}) == 1
        flat = [item for part in flat for item in part]
    assert len({type(item) for item in flat}) <= 1, "one type for each tensor"
    for item in flat:
        assert not isinstance(item, dict) or (set(item) == {"b64"} and b64encode(b64decode(item["b64"])).decode() == item["b64"])
        assert item is not None
    return held


SERVERS = {
    "v2-rest": (a_codec("v2"), v2_rest),
    "v2-grpc-raw": (a_codec("v2", Transport.GRPC), v2_grpc),
    "v2-grpc-typed": (a_codec("v2", Transport.GRPC, raw=False), v2_grpc),
    "seldon-rest": (a_codec("seldon"), seldon_rest),
    "seldon-grpc": (a_codec("seldon", Transport.GRPC), seldon_grpc),
    "tensorflow-rest": (a_codec("tensorflow"), tensorflow_rest),
}
#: What every protocol can say; whole numbers beyond 2**53 and missing values are told apart below.
VALUES = {
    "long": (st.integers(-(2**53), 2**53), "int64"),
    "double": (st.floats(allow_nan=False, allow_infinity=False), "float64"),
    "float": (st.floats(width=32, allow_nan=False, allow_infinity=False), "float32"),
    "integer": (st.integers(-(2**31), 2**31 - 1), "int32"),
    "boolean": (st.booleans(), "bool"),
    "string": (st.text(st.characters(exclude_categories=["Cs"]), max_size=10), "str"),
}


@st.composite
def frames(draw):
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=4))
    rows = draw(st.integers(1, 5))
    names = draw(st.permutations([f"column {number} é" for number in range(len(kinds))]))
    made = {
        name: pd.Series(draw(st.lists(VALUES[kind][0], min_size=rows, max_size=rows)), dtype=VALUES[kind][1])
        for name, kind in zip(names, kinds, strict=True)
    }
    schema = Schema(columns=tuple(Column(name, ColumnType(kind)) for name, kind in zip(names, kinds, strict=True)))
    frame = pd.DataFrame(made)
    frame.index = draw(st.permutations(range(10, 10 + rows)))
    return frame, schema


@pytest.mark.parametrize("name", SERVERS)
@settings(max_examples=60, deadline=None)
@given(given_=frames(), permuted=st.booleans())
def test_the_same_frame_comes_out(name, given_, permuted):
    frame, schema = given_
    codec, server = SERVERS[name]
    sent = frame[frame.columns[::-1]] if permuted else frame
    seen = codec.decode(server(codec.encode(sent, Signature(schema, schema), model="m")), Signature(schema, schema)).frame
    assert list(seen.index) == list(range(len(frame)))
    seen.index = sent.index
    pd.testing.assert_frame_equal(seen, frame, check_exact=True)


@pytest.mark.parametrize("name", SERVERS)
def test_a_misspelt_column_is_refused_with_the_nearest_name(name):
    schema = Schema(columns=(Column("age", ColumnType.LONG), Column("income", ColumnType.DOUBLE)))
    with pytest.raises(SeldonNbError) as caught:
        SERVERS[name][0].encode(pd.DataFrame({"income": [1.0], "aeg": [30]}), Signature(schema), model="m")
    assert caught.value.code_id == "SNB-320" and "did you mean `age`" in str(caught.value)


@pytest.mark.parametrize("name", SERVERS)
def test_missing_and_infinite_numbers_arrive_or_are_refused(name):
    schema = Schema(columns=(Column("x", ColumnType.DOUBLE),))
    codec, server = SERVERS[name]
    for value in (np.nan, np.inf, -np.inf):
        frame = pd.DataFrame({"x": [value, 1.5]})
        if name == "seldon-rest" and np.isinf(value):
            with pytest.raises(SeldonNbError) as caught:
                codec.encode(frame, Signature(schema), model="m")
            assert caught.value.code_id == "SNB-326" and "infinite" in str(caught.value)
            continue
        message = codec.encode(frame, Signature(schema), model="m")
        if name.startswith("v2-grpc") and np.isnan(value):
            continue  # this server cannot answer with missing numbers over gRPC; asked with them it can be
        if name == "v2-rest" and np.isinf(value):
            continue  # its JSON has no word for them in an answer
        seen = codec.decode(server(message), Signature(schema, schema)).frame
        assert np.array_equal(seen["x"], frame["x"], equal_nan=True)


def test_whole_numbers_beyond_2_53_are_exact_or_refused():
    schema = Schema(columns=(Column("n", ColumnType.LONG), Column("s", ColumnType.STRING)))
    frame = pd.DataFrame({"n": [2**53 + 1, -(2**63)], "s": ["a", "b"]})
    for name, (codec, server) in SERVERS.items():
        if name == "seldon-grpc":
            with pytest.raises(SeldonNbError) as caught:
                codec.encode(frame, Signature(schema), model="m")
            assert caught.value.code_id == "SNB-326"
        else:
            message = codec.encode(frame, Signature(schema), model="m")
            assert codec.decode(server(message), Signature(schema, schema)).frame["n"].tolist() == frame["n"].tolist()


def test_our_messages_of_v2_are_those_of_the_protocol():
    checked = 0
    for name in ("InferParameter", "InferTensorContents", "ModelInferRequest", "ModelInferResponse"):
        pending = [(descriptors.v2(name).DESCRIPTOR, getattr(theirs, name).DESCRIPTOR)]
        while pending:
            ours, known = pending.pop()
            assert ours.full_name == known.full_name
            for field in ours.fields:
                if field.name in ("double_param", "uint64_param"):
                    continue  # younger than MLServer's copy of the protocol
                other = known.fields_by_number[field.number]
                assert (field.name, field.type, field.is_repeated) == (other.name, other.type, other.is_repeated)
                assert (field.containing_oneof is None) == (other.containing_oneof is None)
                assert not field.message_type or field.message_type.full_name == other.message_type.full_name
                checked += 1
            pending += [(inner, known.nested_types_by_name[inner.name]) for inner in ours.nested_types]
    assert checked > 35
