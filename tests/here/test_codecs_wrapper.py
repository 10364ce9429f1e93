"""The seldon protocol against the real wrapper of Seldon Core 1.17.1, in an environment of its own: what arrives is what was meant, over REST and gRPC."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seldon_nb.calling.grpc import Address, GrpcEndpoint
from seldon_nb.codecs import descriptors
from seldon_nb.codecs.choose import codec_for
from seldon_nb.codecs.feedback import feedback
from seldon_nb.codecs.protocol import Decoded, Transport
from seldon_nb.codecs.seldon_payload import Payload
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor
from tests.here.mlserver_process import Direct
from tests.peers.environment import python_of
from tests.peers.wrapper_process import wrapper

TARGET = Target("dev", "peer")
BOTH = [Transport.REST, Transport.GRPC]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with wrapper(tmp_path_factory.mktemp("wrapper")) as (address, authority):
        rest = Direct(address)
        grpc = GrpcEndpoint(lambda target: Address(authority))
        yield SimpleNamespace(rest=rest, grpc=grpc)
        rest.client.close()
        grpc.close()


def columns(**kinds: str) -> Schema:
    return Schema(columns=tuple(Column(name, ColumnType(kind)) for name, kind in kinds.items()))


def codec(transport: Transport, payload: Payload | None = None, server: str = "") -> Any:
    graph = {"name": "m", "implementation": server} if server else {"name": "m"}
    return codec_for({"spec": {"protocol": "seldon", "predictors": [{"graph": graph}]}}, transport=transport, payload=payload)


@pytest.fixture(scope="module")
def send(served):
    def sending(transport: Transport, message: Any) -> Any:
        endpoint = served.grpc if transport is Transport.GRPC else served.rest
        return endpoint.ask(TARGET, message.path, message.body, None, timeout_s=30)

    return sending


@pytest.fixture(scope="module")
def ask(send):
    def asking(
        data: Any, signature: Signature | None, transport: Transport, payload: Payload | None = None, server: str = ""
    ) -> Decoded:
        way = codec(transport, payload, server)
        answer = send(transport, way.encode(data, signature, model="m"))
        assert answer.status == 200, answer
        return way.decode(answer.body, signature, name="dev/peer")

    return asking


def test_our_messages_are_those_of_the_wrapper():
    code = """
import json
from seldon_core.proto import prediction_pb2
from seldon_core.proto.tensorflow.core.framework import tensor_pb2, tensor_shape_pb2
out = {}
def dump(message):
    out[message.full_name] = [
        [f.number, f.name, 5 if f.type == 14 else f.type, f.label, f.containing_oneof.name if f.containing_oneof else "",
         f.message_type.full_name if f.message_type else ""] for f in message.fields]
    for inner in message.nested_types:
        dump(inner)
for file in (prediction_pb2, tensor_pb2, tensor_shape_pb2):
    for message in file.DESCRIPTOR.message_types_by_name.values():
        dump(message)
print(json.dumps(out))
"""
    done = subprocess.run(
        [str(python_of("seldon-wrapper")), "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    theirs = json.loads(done.stdout.splitlines()[-1])
    checked = 0
    for makes, package, names in (
        (descriptors.seldon, "seldon.protos", ("SeldonMessage", "DefaultData", "Tensor", "Meta", "Status", "Metric", "Feedback")),
        (descriptors.tensorflow, "tensorflow", ("TensorProto", "TensorShapeProto", "TensorShapeProto.Dim")),
    ):
        for name in names:
            for field in makes(name).DESCRIPTOR.fields:
                oneof = field.containing_oneof.name if field.containing_oneof else ""
                label = 3 if field.is_repeated else 1
                inner = field.message_type.full_name if field.message_type else ""
                assert [field.number, field.name, field.type, label, oneof, inner] in theirs[f"{package}.{name}"]
                checked += 1
    assert checked > 40


def sorted_types(told: Any) -> list[str]:
    """The dtypes that arrived, of the column ``tell`` first."""
    pairs = [item.split() for item in (told if isinstance(told, list) else [told])]
    return [dtype for name, dtype in sorted(pairs, key=lambda pair: pair[0] != "tell")]


@pytest.mark.parametrize("transport", BOTH)
@pytest.mark.parametrize(
    ("frame", "kinds", "rest", "grpc"),
    [
        ({"tell": [1, 2], "b": [3, 4]}, "long long", "int64: int64 int64", "float64: float64 float64"),
        ({"tell": [1, 2], "b": [0.5, 1]}, "long double", "float64: float64 float64", "float64: float64 float64"),
        ({"tell": [1, 2], "b": [0.5, np.nan]}, "long double", "object: object object", "float64: float64 float64"),
        ({"tell": ["a", None], "b": ["c", "d"]}, "string string", "object: object object", "object: object object"),
        ({"tell": ["a", "b"]}, "string", "<U1: object", "<U1: object"),
        ({"tell": [True, False]}, "boolean", "bool: bool", "bool: bool"),
        ({"tell": [1, 2], "s": ["a", None]}, "long string", "list: int64 object", "list: float64 object"),
        ({"tell": [1.0, np.nan], "s": ["a", "b"]}, "double string", "list: float64 object", "list: float64 object"),
        ({"tell": [True, False], "x": [1.0, 2.0]}, "boolean double", "list: bool float64", "list: bool float64"),
    ],
)
def test_what_arrives(ask, transport, frame, kinds, rest, grpc):
    schema = columns(**dict(zip(frame, kinds.split(), strict=True)))
    told = ask(pd.DataFrame(frame), Signature(schema), transport).frame.iloc[0]
    arrived = f"{told['kind']}: {' '.join(sorted_types(told['dtypes']))}"
    assert arrived == (grpc if transport is Transport.GRPC else rest)


@pytest.mark.parametrize("transport", BOTH)
def test_seldons_mlflow_server_gets_records_whose_types_its_schema_accepts(ask, transport):
    rows = pd.DataFrame(
        {"tell": [1.0, 2.0], "s": ["a", "b"], "yes": [True, False]} | ({"n": [1, 2]} if transport is Transport.REST else {})
    )
    schema = columns(tell="double", s="string", yes="boolean", **({"n": "long"} if transport is Transport.REST else {}))
    told = ask(rows, Signature(schema), transport, server="MLFLOW_SERVER").frame.iloc[0]
    assert told["kind"] == "list"
    number = {"n": "int64"} if transport is Transport.REST else {}
    assert dict(item.split() for item in told["dtypes"]) == {"tell": "float64", "s": "object", "yes": "bool"} | number


exact = st.integers(-(2**53), 2**53)
finite = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = {"long": exact, "double": finite, "string": st.none() | text, "boolean": st.booleans()}


@st.composite
def frames(draw):
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=0, max_size=3))
    rows = draw(st.integers(1, 4))
    kinds = [draw(st.sampled_from(["long", "double"])), *kinds]
    names = ["echo", *(f"c{number}" for number in range(1, len(kinds)))]
    held = {}
    for name, kind in zip(names, kinds, strict=True):
        values = draw(st.lists(VALUES[kind], min_size=rows, max_size=rows))
        held[name] = pd.Series(values, dtype={"long": "int64", "double": "float64", "boolean": "bool"}.get(kind, "str"))
    frame = pd.DataFrame(held, index=draw(st.permutations(range(rows))))
    return frame, columns(**dict(zip(names, kinds, strict=True)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(frames(), st.sampled_from(BOTH), st.booleans())
def test_what_goes_out_comes_back(ask, given_, transport, permuted):
    frame, schema = given_
    sent = frame[frame.columns[::-1]] if permuted else frame
    seen = ask(sent, Signature(schema, schema), transport).frame
    seen.index = sent.index
    seen = seen.astype(
        {column.name: "str" for column in schema.columns if column.type is ColumnType.STRING}
    )  # all missing: no type
    pd.testing.assert_frame_equal(seen, frame, check_exact=True)


@pytest.mark.parametrize("transport", BOTH)
def test_numbers_equal_the_kernels(ask, transport):
    draw = np.random.default_rng(3)
    rows = pd.DataFrame(draw.normal(size=(200, 4)), columns=["linear", "b", "c", "d"])
    gives = Schema(tensors=(Tensor("0", "float64", (-1,)),))
    answer = ask(rows, Signature(columns(linear="double", b="double", c="double", d="double"), gives), transport)
    assert list(answer.frame.columns) == ["prediction"]
    assert answer.frame["prediction"].to_numpy() == pytest.approx(rows.to_numpy() @ [1, 2, 3, 4], rel=1e-12)
    assert answer.meta.tags == {"outlier": [1, 0], "note": "ok"}


@pytest.mark.parametrize("transport", BOTH)
def test_missing_and_infinite_numbers(ask, transport):
    signature = Signature(columns(linear="double", b="double"), columns(y="double"))
    gaps = pd.DataFrame({"linear": [1.0, np.nan], "b": [2.0, 3.0]})
    assert ask(gaps, signature, transport).frame["y"].isna().tolist() == [False, True]
    endless = pd.DataFrame({"linear": [np.inf], "b": [1.0]})
    if transport is Transport.GRPC:
        assert ask(endless, signature, transport).frame["y"].tolist() == [np.inf]
    else:
        with pytest.raises(SeldonNbError) as caught:
            ask(endless, signature, transport)
        assert caught.value.code_id == "SNB-326"


@pytest.mark.parametrize("transport", BOTH)
@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (np.arange(12.0).reshape(2, 2, 3), "float64"),
        (np.array([0.1, 2.5], dtype="float32"), "float32"),
        (np.array([[1, -5], [2**53, 0]]), "int64"),
        (np.array([[True], [False]]), "bool"),
    ],
)
def test_tensors_come_back(ask, transport, array, dtype):
    schema = Schema(tensors=(Tensor("0", dtype, (-1,) * array.ndim),))
    frame = ask(array, Signature(schema, schema), transport).frame
    seen = np.stack(frame["prediction"].tolist()) if array.ndim == 3 else frame.to_numpy()
    assert seen.astype(dtype).tolist() == (array.tolist() if array.ndim > 1 else array[:, None].tolist())
    assert array.ndim == 3 or {str(kind) for kind in frame.dtypes} == {dtype}


@pytest.mark.parametrize("transport", BOTH)
def test_one_text_and_one_piece_of_bytes_are_whole_questions(ask, transport):
    words = Signature(columns(s="string"), columns(s="string"))
    assert ask(pd.DataFrame({"s": ["é\n"]}), words, transport, Payload.TEXT).frame["s"].tolist() == ["é\n"]
    raw = Signature(columns(b="binary"), columns(b="binary"))
    assert ask(pd.DataFrame({"b": [b"\x00\xff"]}), raw, transport, Payload.BYTES).frame["b"].tolist() == [b"\x00\xff"]


@pytest.mark.parametrize("transport", BOTH)
def test_a_model_that_raises_is_told_without_its_words(send, transport):
    way = codec(transport)
    answer = send(transport, way.encode(pd.DataFrame({"raise": [4520.5]}), Signature(columns(**{"raise": "double"}))))
    assert answer.status == 500
    assert way.told(answer.body) == ({} if transport is Transport.GRPC else {"error_type": "MICROSERVICE_INTERNAL_ERROR"})
    assert transport is Transport.REST or answer.body == b""


def test_what_the_wrapper_cannot_read_has_a_code(send):
    way = codec(Transport.REST)
    answer = send(Transport.REST, SimpleNamespace(path=way.path, body=b'{"rows": [4520]}'))
    assert answer.status == 400 and b"4520" in answer.body
    error = way.failure(answer.body, name="dev/peer")
    assert error is not None and error.code_id == "SNB-327" and "4520" not in str(error)
    with pytest.raises(SeldonNbError) as caught:
        way.decode(answer.body, None, name="dev/peer")
    assert caught.value.code_id == "SNB-327"


@pytest.mark.parametrize("transport", BOTH)
def test_feedback_reaches_the_model(send, ask, transport):
    way = codec(transport)
    signature = Signature(columns(linear="double", b="double"))
    asked = way.encode(pd.DataFrame({"linear": [1.5], "b": [2.0]}), signature)
    answered = send(transport, asked)
    truth = way.encode(pd.DataFrame({"y": [4.0]}), None)
    told = send(transport, feedback(asked.body, answered.body, 0.5, truth=truth.body, transport=transport))
    assert told.status == 200
    if transport is Transport.REST:  # gRPC has a process of its own, with another model in it
        rewards = ask(pd.DataFrame({"rewards": [1.0]}), Signature(columns(rewards="double")), transport).frame
        assert rewards.iloc[0].tolist() == [0.5, 3.5, 4.0]
