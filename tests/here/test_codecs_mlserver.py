"""Real models on a real MLServer 1.7.1: every type of column arrives as the model gets it in the kernel, and the answers are equal."""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pandas as pd
import pytest

from seldon_nb.codecs.v2 import encode
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor
from seldon_nb.flows.predict import Prediction, predict
from tests.here.mlserver_process import Direct, mlserver, ports, revision

NS = ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime", "any")


@dataclass(frozen=True)
class Served:
    """A model, where it is, and what it would say in the kernel."""

    server: str
    uri: Path
    signature: Signature
    kernel: Any


def make_models(root: Path) -> dict[str, Served]:
    import mlflow
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, TensorSpec
    from mlflow.types import Schema as MlSchema
    from mlflow.types.schema import AnyType

    class Teller(mlflow.pyfunc.PythonModel):
        """Says what it was given."""

        def predict(self, context, model_input, params=None):
            import numpy as np
            import pandas as pd

            if isinstance(model_input, pd.DataFrame):
                seen = [(name, str(model_input[name].dtype), [repr(item) for item in model_input[name]]) for name in model_input]
                return np.array([repr(seen)] * len(model_input), dtype=object)
            arrays = model_input if isinstance(model_input, dict) else {"": model_input}
            seen = [(name, str(array.dtype), array.shape, array.tolist()) for name, array in arrays.items()]
            return np.array([repr(seen)] * len(next(iter(arrays.values()))), dtype=object)

    class Answering(mlflow.pyfunc.PythonModel):
        """Answers with one column of each type that the server can write."""

        def predict(self, context, model_input, params=None):
            x = model_input["x"]
            return model_input.assign(x=x, n=(x * 2).astype("int64"), yes=x > 1, small=x.astype("float32"))[
                ["small", "yes", "n", "x"]
            ]

    class Raising(mlflow.pyfunc.PythonModel):
        """Raises at predict."""

        def predict(self, context, model_input, params=None):
            raise ValueError("a message with a value")

    class Summing(mlflow.pyfunc.PythonModel):
        """One answer to all rows."""

        def predict(self, context, model_input, params=None):
            return model_input[["x"]].sum().to_numpy()

    out = MlSchema([ColSpec("string", "told")])
    answers = Schema(columns=(Column("told", ColumnType.STRING),))
    models: dict[str, Served] = {}

    def keep(name: str, model: Any, theirs: Any, ours: Signature) -> None:
        mlflow.pyfunc.save_model(root / name, python_model=model, signature=theirs, pip_requirements=[])
        models[name] = Served("MLFLOW_SERVER", root / name, ours, mlflow.pyfunc.load_model(str(root / name)))

    for kind in NS:
        spec = ColSpec(AnyType() if kind == "any" else kind, "x", required=False)
        ours = Signature(Schema(columns=(Column("x", ColumnType(kind), required=False),)), answers)
        keep(f"c-{kind}", Teller(), ModelSignature(MlSchema([spec]), out), ours)
    several = [("b", "double"), ("a", "long"), ("é ü", "string"), ("o", "boolean")]
    theirs = ModelSignature(MlSchema([ColSpec(kind, name, required=name != "o") for name, kind in several]), out)
    keep(
        "several",
        Teller(),
        theirs,
        Signature(Schema(columns=tuple(Column(n, ColumnType(k), required=n != "o") for n, k in several)), answers),
    )
    unnamed = Signature(Schema(columns=(Column("0", ColumnType.DOUBLE), Column("1", ColumnType.DOUBLE))), answers)
    keep("unnamed", Teller(), ModelSignature(MlSchema([ColSpec("double"), ColSpec("double")]), out), unnamed)
    for dtype, shape in (
        ("float32", (-1, 2, 3)),
        ("int64", (-1,)),
        ("uint8", (-1, 2)),
        ("bool", (-1, 2)),
        ("float64", (2, 2)),
        ("str", (-1, 2)),
    ):
        ours = Signature(Schema(tensors=(Tensor("0", dtype, shape),)), answers)
        keep(f"t-{dtype}", Teller(), ModelSignature(MlSchema([TensorSpec(np.dtype(dtype), shape)]), out), ours)
    named = (("left", "float64", (-1, 2)), ("right", "int32", (-1,)))
    theirs = ModelSignature(MlSchema([TensorSpec(np.dtype(d), s, n) for n, d, s in named]), out)
    keep("t-named", Teller(), theirs, Signature(Schema(tensors=tuple(Tensor(n, d, s) for n, d, s in named)), answers))
    x = MlSchema([ColSpec("double", "x")])
    x_in = Schema(columns=(Column("x", ColumnType.DOUBLE),))
    frame_out = [("small", "float"), ("yes", "boolean"), ("n", "long"), ("x", "double")]
    keep(
        "answering",
        Answering(),
        ModelSignature(x, MlSchema([ColSpec(kind, name) for name, kind in frame_out])),
        Signature(x_in, Schema(columns=tuple(Column(name, ColumnType(kind)) for name, kind in frame_out))),
    )
    single = Signature(x_in, Schema(columns=(Column("total", ColumnType.DOUBLE),)))
    keep("raising", Raising(), ModelSignature(x, MlSchema([ColSpec("double", "total")])), single)
    keep("summing", Summing(), ModelSignature(x, MlSchema([ColSpec("double", "total")])), single)
    models |= native_models(root)
    return models


def training() -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
    draw = np.random.default_rng(7)
    rows = pd.DataFrame({"b": draw.normal(size=300), "a": draw.integers(0, 9, 300), "c": draw.normal(size=300).astype("float32")})
    return rows, (rows["b"] + rows["a"] > 4).to_numpy().astype("int64")


def native_models(root: Path) -> dict[str, Served]:
    import lightgbm
    import mlflow
    import xgboost
    from mlflow.models import infer_signature
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    rows, target = training()
    text = rows.assign(s=np.where(rows["a"] > 4, "high", "low"))
    number = Schema(tensors=(Tensor("0", "int64", (-1,)),))
    columns = (Column("b", ColumnType.DOUBLE), Column("a", ColumnType.LONG), Column("c", ColumnType.FLOAT))
    takes = Schema(columns=columns)
    takes_text = Schema(columns=(*columns, Column("s", ColumnType.STRING)))
    plain = LogisticRegression(max_iter=500).fit(rows, target)
    encoder = make_column_transformer((OneHotEncoder(), ["s"]), remainder="passthrough")
    mixed = make_pipeline(encoder, LogisticRegression(max_iter=500)).fit(text, target)
    labels = np.array(["no", "yes"], dtype=object)[target]
    worded = LogisticRegression(max_iter=500).fit(rows, labels)
    models: dict[str, Served] = {}
    for name, model, sample, schema, outputs in (
        ("sk", plain, rows, takes, number),
        ("sk-text", mixed, text, takes_text, number),
        ("sk-words", worded, rows, takes, Schema(columns=(Column("label", ColumnType.STRING),))),
    ):
        signature = infer_signature(sample, model.predict(sample))
        mlflow.sklearn.save_model(
            model, root / name, signature=signature, serialization_format="cloudpickle", pip_requirements=[]
        )
        for server, suffix in (("SKLEARN_SERVER", ""), ("MLFLOW_SERVER", "-mlflow")):
            models[name + suffix] = Served(server, root / name, Signature(schema, outputs), model)
    proba = Signature(takes, Schema(tensors=(Tensor("0", "float64", (-1, 2)),)))
    mlflow.sklearn.save_model(
        plain,
        root / "proba",
        signature=infer_signature(rows, plain.predict_proba(rows)),
        serialization_format="cloudpickle",
        pyfunc_predict_fn="predict_proba",
        pip_requirements=[],
    )
    models["proba"] = Served("MLFLOW_SERVER", root / "proba", proba, mlflow.pyfunc.load_model(str(root / "proba")))
    boosted = xgboost.XGBRegressor(n_estimators=5).fit(rows, rows["b"])
    mlflow.xgboost.save_model(boosted, root / "xg", signature=infer_signature(rows, boosted.predict(rows)), pip_requirements=[])
    models["xg"] = Served("XGBOOST_SERVER", root / "xg" / "model.ubj", Signature(takes, number), boosted)
    booster = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1).fit(rows, rows["b"]).booster_
    mlflow.lightgbm.save_model(booster, root / "lg", signature=infer_signature(rows, booster.predict(rows)), pip_requirements=[])
    models["lg"] = Served("LIGHTGBM", root / "lg" / "model.lgb", Signature(takes, number), booster)
    return models


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    root = tmp_path_factory.mktemp("codecs")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = make_models(root)
    with mlserver(root, {name: (model.server, model.uri) for name, model in models.items()}) as address:
        yield models, address


@pytest.fixture
def ask(served):
    models, address = served
    endpoint = Direct(address)

    def asking(name: str, data: Any, **options: Any) -> Prediction:
        model = models[name]
        return predict(ports(endpoint), revision(name, model.server, model.signature), data, **options)

    yield asking
    endpoint.client.close()


@pytest.fixture
def kernel(served):
    models, _ = served

    def answer(name: str, data: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return models[name].kernel.predict(data)

    return answer


INDEX = pd.Index([30, 10, 20], name="id")
#: type, what is sent, and the same as the model in the kernel takes it.
SAME = [
    ("boolean", [True, False, True], [True, False, True]),
    ("boolean", pd.array([True, None, False], dtype="boolean"), pd.Series([True, None, False], dtype=object)),
    ("boolean", pd.Series([None, None, True], dtype=object), pd.Series([None, None, True], dtype=object)),
    ("integer", np.array([1, -(2**31), 2**31 - 1], dtype="int32"), np.array([1, -(2**31), 2**31 - 1], dtype="int32")),
    ("integer", np.array([1, 2, 3], dtype="int64"), np.array([1, 2, 3], dtype="int32")),
    ("integer", [1.0, 2.0, 3.0], np.array([1, 2, 3], dtype="int32")),
    ("long", [1, 2**62, -(2**63)], [1, 2**62, -(2**63)]),
    ("long", pd.array([1, 2, 3], dtype="Int64"), [1, 2, 3]),
    ("long", pd.array([1, 2, 3], dtype="int16[pyarrow]"), [1, 2, 3]),
    ("long", np.array([1, 2, 3], dtype="uint8"), [1, 2, 3]),
    ("long", pd.Categorical([1, 3, 1]), [1, 3, 1]),
    ("float", np.array([0.1, np.nan, np.inf], dtype="float32"), np.array([0.1, np.nan, np.inf], dtype="float32")),
    ("float", [0.1, -np.inf, 3.5], np.array([0.1, -np.inf, 3.5], dtype="float32")),
    ("double", [0.1, np.nan, -np.inf], [0.1, np.nan, -np.inf]),
    ("double", [5e-324, 1.7976931348623157e308, -0.0], [5e-324, 1.7976931348623157e308, -0.0]),
    ("double", [1, 2, 3], [1.0, 2.0, 3.0]),
    ("double", pd.array([1, None, 3], dtype="Int64"), [1.0, np.nan, 3.0]),
    ("double", pd.array([1.5, None, 3], dtype="Float64"), [1.5, np.nan, 3.0]),
    ("double", pd.Series([None, None, None], dtype=object), [np.nan] * 3),
    ("string", ["é\0 \u2028", "", "NaN"], ["é\0 \u2028", "", "NaN"]),
    ("string", ["a", None, "b"], ["a", None, "b"]),
    ("string", pd.array(["a", pd.NA, "b"], dtype="string"), ["a", None, "b"]),
    ("string", pd.Categorical(["x", None, "y"]), ["x", None, "y"]),
    ("string", pd.Series(["a", np.nan, "b"], dtype=object), ["a", None, "b"]),
    ("string", [np.nan] * 3, pd.Series([None] * 3, dtype=object)),
    ("binary", [b"", b"\xff\x00hello", b"aGVsbG8="], [b"", b"\xff\x00hello", b"aGVsbG8="]),
    ("datetime", pd.to_datetime(["2020-01-01", "1960-02-29T12:34:56.123456", "2261-01-01"], format="ISO8601"), None),
    ("datetime", pd.to_datetime(["2020-01-01", None, "1969-12-31T23:59:59.5"], format="ISO8601"), None),
    ("datetime", pd.to_datetime([None, None, None]), pd.to_datetime([None, None, None])),
    ("datetime", [dt.date(2020, 1, 1), None, dt.date(2020, 1, 2)], pd.to_datetime(["2020-01-01", None, "2020-01-02"])),
    ("datetime", [dt.datetime(2020, 1, 1, 5), dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 2)], None),  # noqa: DTZ001 - naive, as models take them
    ("any", [[1.5, 2], {"a": [None, "x"]}, "text"], [[1.5, 2], {"a": [None, "x"]}, "text"]),
]


@pytest.mark.parametrize(("kind", "sent", "same"), SAME, ids=[f"{kind}-{number}" for number, (kind, _, _) in enumerate(SAME)])
def test_each_type_arrives_as_the_model_gets_it_in_the_kernel(ask, kernel, kind, sent, same):
    rows = pd.DataFrame({"x": sent})
    rows.index = INDEX
    answer = ask(f"c-{kind}", rows).frame
    expected = kernel(f"c-{kind}", pd.DataFrame({"x": sent if same is None else same}))
    assert answer["told"].tolist() == list(expected)
    assert answer.index.equals(INDEX)
    assert answer.index.name == "id"


@pytest.mark.parametrize(("kind", "values"), [("long", [1, None]), ("binary", [b"a", None]), ("integer", [None, None])])
def test_what_has_no_room_for_missing_values_is_refused_before_it_is_sent(ask, kind, values):
    with pytest.raises(SeldonNbError) as caught:
        ask(f"c-{kind}", pd.DataFrame({"x": pd.Series(values, dtype=object)}))
    assert caught.value.code_id == "SNB-322"


def test_order_and_surplus_of_columns_do_not_matter(ask, kernel):
    rows = pd.DataFrame({"extra": [0, 0], "é ü": ["x", None], "a": [1, 2], "b": [0.5, np.nan]})
    prediction = ask("several", rows)
    assert prediction.frame["told"].tolist() == list(kernel("several", rows[["b", "a", "é ü"]]))
    assert prediction.notes.dropped == ("extra",)


def test_an_optional_column_may_be_left_out_or_sent(ask, kernel):
    rows = pd.DataFrame({"b": [0.5], "a": [1], "é ü": ["x"]})
    for frame in (rows, rows.assign(o=[True])):
        assert ask("several", frame).frame["told"].tolist() == list(kernel("several", frame))


def test_columns_without_names_go_by_position(ask, kernel):
    array = np.array([[1.0, 2.0], [3.0, 4.0]])
    expected = list(kernel("unnamed", pd.DataFrame(array)))
    assert [item.replace("'0'", "0").replace("'1'", "1") for item in ask("unnamed", array).frame["told"]] == expected


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("t-float32", np.arange(12, dtype="float32").reshape(2, 2, 3)),
        ("t-float32", np.array([np.nan, np.inf, -np.inf, 0.1, 2, 3], dtype="float32").reshape(1, 2, 3)),
        ("t-float32", np.asfortranarray(np.arange(12, dtype="float32").reshape(2, 2, 3))),
        ("t-int64", np.array([1, -(2**63), 2**63 - 1])),
        ("t-uint8", np.array([[0, 255]], dtype="uint8")),
        ("t-bool", np.array([[True, False], [False, False]])),
        ("t-float64", np.array([[1.5, np.nan], [2, 3]])),
        ("t-str", np.array([["é", "b"], ["", "longer"]])),
    ],
)
def test_tensors_arrive_as_they_are(ask, kernel, name, array):
    assert ask(name, array).frame["told"].tolist() == list(kernel(name, array))


def test_named_tensors_arrive_by_name(ask, kernel):
    arrays = {"right": np.array([7, 8], dtype="int32"), "left": np.array([[1.0, 2.0], [3.0, 4.0]])}
    assert ask("t-named", arrays).frame["told"].tolist() == list(kernel("t-named", arrays))


def test_a_frame_comes_back_with_its_names_and_types(ask, kernel):
    rows = pd.DataFrame({"x": [0.5, 2.0]}, index=["one", "two"])
    pd.testing.assert_frame_equal(ask("answering", rows).frame, kernel("answering", rows), check_names=False)


@pytest.mark.parametrize("name", ["sk", "sk-mlflow", "sk-text", "sk-text-mlflow", "sk-words", "sk-words-mlflow", "xg", "lg"])
def test_answers_of_each_server_equal_the_kernels(ask, kernel, name):
    rows, _ = training()
    if "text" in name:
        rows = rows.assign(s=np.where(rows["a"] > 4, "high", "low"))
    rows.index = rows.index[::-1] * 10
    answer = ask(name, rows[rows.columns[::-1]])
    expected = np.asarray(kernel(name, rows))
    assert list(answer.frame.columns) == (["label"] if "words" in name else ["prediction"])
    assert answer.frame.index.equals(rows.index)
    if expected.dtype.kind == "f":
        np.testing.assert_allclose(answer.frame.iloc[:, 0], expected, rtol=1e-6)
    else:
        assert answer.frame.iloc[:, 0].tolist() == expected.tolist()


def test_probabilities_come_back_as_one_column_per_class(ask, kernel):
    rows, _ = training()
    answer = ask("proba", rows).frame
    assert list(answer.columns) == ["prediction_0", "prediction_1"]
    np.testing.assert_allclose(answer.to_numpy(), kernel("proba", rows))


def test_many_rows_go_in_parts_and_come_back_in_order(ask):
    rows = pd.DataFrame({"x": np.random.default_rng(1).normal(size=200_000)})
    rows.index = rows.index[::-1]
    shown: list[Any] = []

    class Watch:
        def start(self, label: str, total: int) -> None:
            shown.append(("start", label, total))

        def advance(self, n: int) -> None:
            shown.append(n)

        def close(self) -> None:
            shown.append("close")

    prediction = ask("answering", rows, progress=Watch())
    assert prediction.requests > 1
    assert prediction.frame["x"].equals(rows["x"])
    assert shown[0] == ("start", "Asking dev/answering", 200_000)
    assert sum(shown[1:-1]) == 200_000
    assert shown[-1] == "close"


def test_a_model_that_raises_is_named_as_such(ask):
    with pytest.raises(SeldonNbError) as caught:
        ask("raising", pd.DataFrame({"x": [1.0]}))
    assert caught.value.code_id == "SNB-315"
    assert "a message with a value" not in repr(caught.value.facts)


def test_one_answer_to_all_rows_is_given_as_it_is_and_noted(ask):
    prediction = ask("summing", pd.DataFrame({"x": [1.0, 2.0]}))
    assert prediction.frame["total"].tolist() == [3.0]
    assert prediction.notes.sentences() == ("The model gave one answer to all rows together.",)


def test_one_answer_to_all_rows_cannot_be_had_in_parts(ask):
    with pytest.raises(SeldonNbError) as caught:
        ask("summing", pd.DataFrame({"x": np.ones(200_000)}))
    assert caught.value.code_id == "SNB-325"
    assert str(caught.value.facts["rows"]).startswith("1–")


def test_the_server_still_has_no_binary_form(served):
    """When this fails, the server has learnt it: see what it would save (module ``codecs.v2``)."""
    _, address = served
    assert httpx.get(f"{address}/v2").json()["extensions"] == []
    raw = np.zeros((2, 3)).tobytes()
    tensor = {"name": "x", "shape": [2, 3], "datatype": "FP64", "parameters": {"binary_data_size": len(raw)}}
    head = orjson.dumps({"inputs": [tensor]})
    headers = {"Inference-Header-Content-Length": str(len(head)), "Content-Type": "application/octet-stream"}
    assert httpx.post(f"{address}/v2/models/sk/infer", content=head + raw, headers=headers).status_code in (422, 500)


#: What fails at the server, and is therefore never sent; if one of these succeeds one day, a workaround can go.
NEVER_SENT = [
    ("c-double", {"datatype": "FP64", "data": [1], "shape": [1]}, True),
    ("c-double", {"datatype": "INT64", "data": [5], "shape": [1]}, False),
    ("c-long", {"datatype": "INT64", "data": [None], "shape": [1]}, False),
    ("c-long", {"datatype": "FP64", "data": [None], "shape": [1]}, False),
    ("c-datetime", {"datatype": "BYTES", "data": ["2020-01-01", None], "shape": [2]}, False),
    ("c-datetime", {"datatype": "BYTES", "data": ["2020-01-01T00:00:00Z"], "shape": [1]}, False),
    ("c-binary", {"datatype": "BYTES", "data": [None], "shape": [1]}, False),
    ("c-string", {"datatype": "BYTES", "data": ["a", None], "shape": [2, 1]}, True),
    ("several", {"datatype": "FP64", "data": [1, 2, 3, 4], "shape": [1, 4]}, False),
]


@pytest.mark.parametrize(("model", "tensor", "works"), NEVER_SENT)
def test_the_table_of_what_the_server_takes_still_holds(served, model, tensor, works):
    _, address = served
    answer = httpx.post(
        f"{address}/v2/models/{model}/infer", json={"inputs": [{"name": "x", **tensor}], "parameters": {"content_type": "pd"}}
    )
    assert (answer.status_code == 200) is works


def test_the_request_is_plain_json_of_the_protocol(served):
    models, address = served
    body = encode(pd.DataFrame({"x": [1.5, None]}), models["c-double"].signature)
    assert httpx.post(f"{address}/v2/models/c-double/infer", content=body).status_code == 200
    assert orjson.loads(body) == {
        "parameters": {"content_type": "pd"},
        "inputs": [{"name": "x", "shape": [2], "datatype": "FP64", "parameters": {"content_type": "np"}, "data": [1.5, None]}],
    }
