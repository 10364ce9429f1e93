"""The same rows over REST and over gRPC to one real MLServer: the answers are equal, value by value and type by type."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seldon_nb.calling.grpc import Address, GrpcEndpoint
from seldon_nb.codecs.choose import codec_for
from seldon_nb.codecs.protocol import Transport
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from tests.here.mlserver_process import Direct, mlserver, revision
from tests.here.test_codecs_mlserver import SAME, Served, make_models, training

TARGET = Target("dev", "any")


def echo(path: Path) -> Served:
    """A model that answers with what it was asked."""
    import mlflow
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec
    from mlflow.types import Schema as MlSchema

    class Echo(mlflow.pyfunc.PythonModel):
        """Gives back its only column."""

        def predict(self, context, model_input, params=None):
            return model_input["x"].to_numpy()

    x = MlSchema([ColSpec("double", "x")])
    mlflow.pyfunc.save_model(path, python_model=Echo(), signature=ModelSignature(x, x), pip_requirements=[])
    ours = Schema(columns=(Column("x", ColumnType.DOUBLE),))
    return Served("MLFLOW_SERVER", path, Signature(ours, ours), None)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    root = tmp_path_factory.mktemp("grpc")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = make_models(root) | {"echo": echo(root / "echo")}
    with mlserver(root, {name: (model.server, model.uri) for name, model in models.items()}) as address:
        port = json.loads((root / "served" / "settings.json").read_text())["grpc_port"]
        rest = Direct(address)
        grpc = GrpcEndpoint(lambda target: Address(f"127.0.0.1:{port}"))
        yield SimpleNamespace(models=models, rest=rest, grpc=grpc, port=port)
        rest.client.close()
        grpc.close()


@pytest.fixture
def ask(served):
    def asking(name: str, data: Any, transport: Transport, *, raw: bool = True) -> pd.DataFrame:
        model = served.models[name]
        document = {"spec": {"protocol": "v2", **revision(name, model.server, None).document["spec"]}}
        codec = codec_for(document, transport=transport, raw=raw)
        message = codec.encode(data, model.signature, model=name)
        endpoint = served.grpc if transport is Transport.GRPC else served.rest
        answer = endpoint.ask(TARGET, message.path, message.body, None, timeout_s=30)
        assert answer.status == 200, answer
        return codec.decode(answer.body, model.signature, name=name).frame

    return asking


@pytest.fixture
def same(ask):
    def comparing(name: str, data: Any) -> pd.DataFrame:
        rest = ask(name, data, Transport.REST)
        pd.testing.assert_frame_equal(ask(name, data, Transport.GRPC), rest, check_exact=True)
        return rest

    return comparing


@pytest.mark.parametrize(("kind", "sent", "_"), SAME, ids=[f"{kind}-{number}" for number, (kind, _, _) in enumerate(SAME)])
def test_each_type_arrives_as_over_rest(same, kind, sent, _):
    same(f"c-{kind}", pd.DataFrame({"x": sent}))


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("t-float32", np.array([np.nan, np.inf, -np.inf, 0.1, 2, 3], dtype="float32").reshape(1, 2, 3)),
        ("t-float32", np.asfortranarray(np.arange(12, dtype="float32").reshape(2, 2, 3))),
        ("t-int64", np.array([1, -(2**63), 2**63 - 1])),
        ("t-uint8", np.array([[0, 255]], dtype="uint8")),
        ("t-bool", np.array([[True, False], [False, False]])),
        ("t-float64", np.array([[1.5, np.nan], [2, 3]])),
    ],
)
def test_tensors_arrive_as_over_rest(same, name, array):
    same(name, array)


def test_named_tensors_and_columns_of_several_types(same):
    same("t-named", {"right": np.array([7, 8], dtype="int32"), "left": np.array([[1.0, 2.0], [3.0, 4.0]])})
    same("several", pd.DataFrame({"extra": [0, 0], "é ü": ["x", None], "a": [1, 2], "b": [0.5, np.nan]}))


@pytest.mark.parametrize("name", ["sk", "sk-mlflow", "sk-text-mlflow", "sk-words", "sk-words-mlflow", "xg", "lg", "proba"])
def test_answers_of_each_server_are_the_same(same, name):
    rows, _ = training()
    if "text" in name:
        rows = rows.assign(s=np.where(rows["a"] > 4, "high", "low"))
    same(name, rows[rows.columns[::-1]])


def test_a_frame_comes_back_with_its_names_and_types(same):
    assert list(same("answering", pd.DataFrame({"x": [0.5, 2.0]})).dtypes.astype(str)) == ["float32", "bool", "int64", "float64"]


def test_what_does_not_fit_is_refused_before_it_is_sent(ask):
    with pytest.raises(SeldonNbError) as caught:
        ask("several", pd.DataFrame({"B": [0.5], "a": [1], "é ü": ["x"]}), Transport.GRPC)
    assert caught.value.code_id == "SNB-320" and "`b`" in str(caught.value)


def test_a_model_that_raises_is_an_http_500_without_its_words(served):
    model = served.models["raising"]
    document = {"spec": {"protocol": "v2", **revision("raising", model.server, None).document["spec"]}}
    message = codec_for(document, transport=Transport.GRPC).encode(pd.DataFrame({"x": [1.0]}), model.signature)
    answer = served.grpc.ask(TARGET, message.path, message.body, None, timeout_s=30)
    assert (answer.status, answer.body) == (500, b"")
    assert "a message with a value" not in repr(answer)


def test_a_model_that_is_not_there_and_a_method_that_is_not_there(served):
    document = {"spec": {"protocol": "v2", "predictors": [{"graph": {"name": "nobody"}}]}}
    message = codec_for(document, transport=Transport.GRPC).encode(pd.DataFrame({"x": [1.0]}), None)
    assert served.grpc.ask(TARGET, message.path, message.body, None, timeout_s=30).status == 404
    assert served.grpc.ask(TARGET, "/seldon.protos.Seldon/Predict", b"", None, timeout_s=30).status == 404
    assert served.grpc.ask(TARGET, "/inference.GRPCInferenceService/ServerReady", None, None, timeout_s=30).body == b"\x08\x01"


@pytest.mark.parametrize("name", ["sk", "sk-mlflow", "xg", "lg", "proba"])
def test_typed_contents_give_the_same_answers(ask, name):
    rows, _ = training()
    typed, raw = (ask(name, rows, Transport.GRPC, raw=raw) for raw in (False, True))
    pd.testing.assert_frame_equal(typed, raw, check_exact=True)


def test_text_in_an_answer_still_needs_raw_contents(ask):
    """When this fails, the server has learnt it: typed contents could be the ordinary form (``codecs.v2_grpc``)."""
    rows, _ = training()
    with pytest.raises(AssertionError, match="status=500"):
        ask("sk-words", rows, Transport.GRPC, raw=False)


def test_missing_numbers_in_an_answer_still_cannot_come_over_grpc(ask):
    """When this fails, the server has learnt it: take the sentence out of ``codecs.v2_grpc``."""
    rows = pd.DataFrame({"x": [np.nan, 1.5]})
    assert ask("echo", rows, Transport.REST)["x"].isna().tolist() == [True, False]
    assert ask("echo", rows.tail(1), Transport.GRPC)["x"].tolist() == [1.5]
    with pytest.raises(AssertionError, match="status=500"):
        ask("echo", rows, Transport.GRPC)


def test_a_limit_on_the_answer_is_kept(served):
    model = served.models["answering"]
    document = {"spec": {"protocol": "v2", **revision("answering", model.server, None).document["spec"]}}
    message = codec_for(document, transport=Transport.GRPC).encode(pd.DataFrame({"x": np.ones(1000)}), model.signature)
    small = GrpcEndpoint(lambda target: Address(f"127.0.0.1:{served.port}"), max_answer_bytes=1000)
    with pytest.raises(SeldonNbError) as caught:
        small.ask(TARGET, message.path, message.body, None, timeout_s=30)
    small.close()
    assert caught.value.code_id == "SNB-325"
    tall = codec_for(document, transport=Transport.GRPC).encode(pd.DataFrame({"x": np.ones(600_000)}), model.signature)
    assert served.grpc.ask(TARGET, tall.path, tall.body, None, timeout_s=30).status == 413  # the server's own limit is 4 MiB


def test_nobody_there_and_too_slow_are_told_apart():
    from tests.conftest import free_port

    gone = GrpcEndpoint(lambda target: Address(f"127.0.0.1:{free_port()}"))
    with pytest.raises(SeldonNbError) as caught:
        gone.ask(TARGET, "/inference.GRPCInferenceService/ServerReady", None, None, timeout_s=5)
    gone.close()
    assert caught.value.code_id == "SNB-302"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = GrpcEndpoint(lambda target: Address(f"127.0.0.1:{silent.getsockname()[1]}"))
        with pytest.raises(SeldonNbError) as caught:
            mute.ask(TARGET, "/inference.GRPCInferenceService/ServerReady", None, None, timeout_s=0.3)
        mute.close()
    assert caught.value.code_id == "SNB-307"


def test_nothing_of_the_servers_is_imported_for_it():
    code = """
        import sys
        from seldon_nb.codecs.choose import codec_for
        from seldon_nb.calling.grpc import GrpcEndpoint
        assert not {"grpc", "google.protobuf", "numpy", "pandas"} & set(sys.modules), "light until used"
        from seldon_nb.codecs.protocol import Transport
        import pandas as pd
        spec = {"spec": {"protocol": "v2", "predictors": [{"graph": {"name": "m"}}]}}
        codec_for(spec, transport=Transport.GRPC).encode(pd.DataFrame({"x": [1.0]}), None)
        assert not [name for name in sys.modules if name.startswith(("mlserver", "grpc", "tritonclient"))]
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
