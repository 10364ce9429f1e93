"""Whatever fits arrives as it is: encode, let MLServer's own codecs read the bytes, and compare; and back."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seldon_nb.codecs.v2 import Layout, decode, encode
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    mlserver = pytest.importorskip("mlserver")
    from mlserver.codecs import NumpyRequestCodec, PandasCodec
    from mlserver.codecs.utils import decode_inference_request
    from mlserver.types import InferenceRequest

settings.register_profile("codecs", max_examples=60, deadline=None)
settings.load_profile("codecs")


def takes(kind: ColumnType, *, required: bool = True) -> Signature:
    return Signature(Schema(columns=(Column("x", kind, required),)))


def read_by_server(body: bytes) -> pd.DataFrame:
    """The frame that MLServer makes of a request."""
    request = InferenceRequest.model_validate(orjson.loads(body))
    frame = decode_inference_request(request)
    assert isinstance(frame, pd.DataFrame)
    return frame


def arrives(values: Any, kind: ColumnType, *, required: bool = True) -> pd.Series[Any]:
    return read_by_server(encode(pd.DataFrame({"x": values}), takes(kind, required=required)))["x"]


def same(left: Any, right: Any) -> bool:
    if left is None or right is None or pd.isna(left) or pd.isna(right):
        return bool(pd.isna(left) and pd.isna(right))
    return bool(left == right)


int64 = st.integers(-(2**63), 2**63 - 1)
int32 = st.integers(-(2**31), 2**31 - 1)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
#: Before pandas 3, ``str`` turns a missing value into the text that it prints as.
TEXT_DTYPES = ["object", "string", "category", "string[pyarrow]", *(["str"] if int(pd.__version__.split(".")[0]) >= 3 else [])]
moments = st.datetimes(dt.datetime(1680, 1, 1), dt.datetime(2260, 1, 1))  # noqa: DTZ001 - naive, as models take them


@given(st.lists(int64, min_size=1))
def test_longs(values):
    seen = arrives(np.array(values, dtype="int64"), ColumnType.LONG)
    assert seen.dtype == "int64"
    assert seen.tolist() == values


@given(
    st.lists(int32, min_size=1), st.sampled_from(["int32", "int64", "float64", "Int64", "object", "category", "int64[pyarrow]"])
)
def test_integers_of_any_dtype_that_holds_them(values, dtype):
    seen = arrives(pd.Series(values).astype(dtype), ColumnType.INTEGER)
    assert seen.dtype == "int32"
    assert seen.tolist() == values


@given(st.lists(st.floats(width=64), min_size=1))
def test_doubles_with_nan_and_infinities(values):
    seen = arrives(np.array(values), ColumnType.DOUBLE)
    assert seen.dtype == "float64"
    assert np.array_equal(seen.to_numpy(), np.array(values), equal_nan=True)
    assert [math.copysign(1, a) for a in seen if a == 0] == [math.copysign(1, a) for a in values if a == 0]


@given(st.lists(st.floats(width=32), min_size=1))
def test_floats(values):
    seen = arrives(np.array(values, dtype="float32"), ColumnType.FLOAT)
    assert seen.dtype == "float32"
    assert np.array_equal(seen.to_numpy(), np.array(values, dtype="float32"), equal_nan=True)


@given(st.lists(st.none() | st.integers(-(2**53), 2**53), min_size=1), st.sampled_from(["Int64", "object", "int64[pyarrow]"]))
def test_whole_numbers_with_gaps_as_doubles(values, dtype):
    seen = arrives(pd.Series(values, dtype=dtype), ColumnType.DOUBLE)
    assert all(same(a, b) for a, b in zip(seen, values, strict=True))


@given(st.lists(st.booleans(), min_size=1), st.sampled_from(["bool", "boolean", "object", "bool[pyarrow]"]))
def test_booleans(values, dtype):
    seen = arrives(pd.Series(values, dtype=dtype), ColumnType.BOOLEAN)
    assert seen.dtype == bool
    assert seen.tolist() == values


@given(st.lists(st.none() | st.booleans(), min_size=1), st.sampled_from(["boolean", "object"]))
def test_optional_booleans_keep_their_gaps(values, dtype):
    seen = arrives(pd.Series(values, dtype=dtype), ColumnType.BOOLEAN, required=False)
    assert seen.tolist() == values


@given(st.lists(st.none() | text, min_size=1), st.sampled_from(TEXT_DTYPES))
def test_text(values, dtype):
    seen = arrives(pd.Series(values, dtype="object").astype(dtype), ColumnType.STRING)
    assert all(same(a, b) for a, b in zip(seen, values, strict=True))


@given(st.lists(st.binary(max_size=20), min_size=1))
def test_bytes(values):
    assert arrives(pd.Series(values, dtype="object"), ColumnType.BINARY).tolist() == values


@given(st.lists(st.none() | moments, min_size=1), st.sampled_from(["datetime64[us]", "datetime64[ns]", "object"]))
def test_dates_with_gaps(values, dtype):
    seen = arrives(pd.Series(values, dtype="object").astype(dtype), ColumnType.DATETIME)
    # What MLflow does with the column next.
    seen = seen if seen.dtype.kind == "M" else seen.astype("datetime64[ns]")
    assert all(same(a, b) for a, b in zip(seen, values, strict=True))


json_values = st.recursive(
    st.none() | st.booleans() | int64 | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(json_values, min_size=1))
def test_anything_that_json_can_hold(values):
    column = pd.Series(index=range(len(values)), dtype="object")
    for position, value in enumerate(values):
        column.iat[position] = value
    body = orjson.loads(encode(pd.DataFrame({"x": column}), takes(ColumnType.ANY)))
    assert [orjson.loads(item) for item in body["inputs"][0]["data"]] == values


@given(
    st.sampled_from(
        ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"]
    ),
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
def test_tensors_of_any_rank(dtype, shape, random):
    size = int(np.prod(shape))
    kind = np.dtype(dtype).kind
    if kind == "f":
        flat = [random.choice([random.randint(-1000, 1000) / 8, math.nan, math.inf, -math.inf]) for _ in range(size)]
    elif kind == "b":
        flat = [random.random() < 0.5 for _ in range(size)]
    else:
        limits = np.iinfo(dtype)
        flat = [random.randint(limits.min, limits.max) for _ in range(size)]
    array = np.array(flat, dtype=dtype).reshape(shape)
    signature = Signature(Schema(tensors=(Tensor("0", dtype, (-1,) * array.ndim),)))
    request = InferenceRequest.model_validate(orjson.loads(encode(array, signature)))
    seen = NumpyRequestCodec.decode_request(request)
    assert seen.dtype == array.dtype
    assert np.array_equal(seen, array, equal_nan=kind == "f")


@given(st.lists(st.tuples(st.floats(width=64), int32, st.booleans()), min_size=1))
def test_a_matrix_holds_the_columns_in_the_models_order(values):
    frame = pd.DataFrame(values, columns=["c", "a", "b"])[["b", "c", "a"]]
    columns = tuple(
        Column(name, kind) for name, kind in (("a", ColumnType.LONG), ("b", ColumnType.BOOLEAN), ("c", ColumnType.DOUBLE))
    )
    body = encode(frame, Signature(Schema(columns=columns)), layout=Layout.MATRIX)
    seen = NumpyRequestCodec.decode_request(InferenceRequest.model_validate(orjson.loads(body)))
    assert np.array_equal(seen, frame[["a", "b", "c"]].to_numpy(dtype="float64"), equal_nan=True)


outputs = {
    "double": (ColumnType.DOUBLE, st.floats(allow_infinity=False), "float64"),
    "float": (ColumnType.FLOAT, st.floats(allow_infinity=False, width=32), "float32"),
    "long": (ColumnType.LONG, int64, "int64"),
    "integer": (ColumnType.INTEGER, int32, "int32"),
    "boolean": (ColumnType.BOOLEAN, st.booleans(), "bool"),
    "string": (ColumnType.STRING, text, "object"),
    "binary": (ColumnType.BINARY, text.map(str.encode), "object"),
}


@given(st.data(), st.lists(st.sampled_from(sorted(outputs)), min_size=1, max_size=5))
def test_what_the_server_writes_is_read_as_it_was(data, kinds):
    rows = data.draw(st.integers(1, 4))
    frame = pd.DataFrame(
        {
            f"{kind} {number}": pd.Series(
                data.draw(st.lists(outputs[kind][1], min_size=rows, max_size=rows)), dtype=outputs[kind][2]
            )
            for number, kind in enumerate(kinds)
        }
    )
    schema = Schema(columns=tuple(Column(f"{kind} {number}", outputs[kind][0]) for number, kind in enumerate(kinds)))
    response = PandasCodec.encode_response("m", frame)
    body = orjson.dumps(response.model_dump(), default=lambda item: item.decode())
    seen = decode(body, Signature(Schema(), schema))
    assert list(seen.columns) == list(frame.columns)
    for name in frame:
        assert all(same(a, b) for a, b in zip(seen[name], frame[name], strict=True))
        assert frame[name].dtype == object or seen[name].dtype == frame[name].dtype
