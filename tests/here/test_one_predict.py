"""One ``predict`` for all protocols: the same frame, through the flow itself, to a real MLServer and to the real wrapper of Seldon Core 1.17.1."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seldon_nb.calling.grpc import Address, GrpcEndpoint
from seldon_nb.checks.samples import spec, version
from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.plan import Document
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor
from seldon_nb.flows.predict import Prediction, predict
from seldon_nb.steps.smoke_test import Smoke, smoke_test
from tests.here.mlserver_process import Direct, mlserver, ports, revision
from tests.here.test_codecs_mlserver import INDEX, make_models, training
from tests.peers.wrapper_process import wrapper

BOTH = ["rest", "grpc"]


@pytest.fixture(scope="module")
def oip(tmp_path_factory):
    root = tmp_path_factory.mktemp("one")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = make_models(root)
    with mlserver(root, {name: (model.server, model.uri) for name, model in models.items()}) as address:
        port = json.loads((root / "served" / "settings.json").read_text())["grpc_port"]
        rest, grpc = Direct(address), GrpcEndpoint(lambda target: Address(f"127.0.0.1:{port}"))
        yield SimpleNamespace(models=models, ports=ports(rest, grpc), only_rest=ports(rest))
        rest.client.close()
        grpc.close()


@pytest.fixture(scope="module")
def seldon(tmp_path_factory):
    with wrapper(tmp_path_factory.mktemp("wrapper")) as (address, authority):
        rest, grpc = Direct(address), GrpcEndpoint(lambda target: Address(authority))
        yield ports(rest, grpc)
        rest.client.close()
        grpc.close()


def of(oip: Any, name: str) -> Revision:
    model = oip.models[name]
    return revision(name, model.server, model.signature)


def wrapped(*columns: str, outputs: Schema | None = None, protocol: str | None = "seldon", transport: str = "") -> Revision:
    """A revision of a server of somebody's own; without a protocol it speaks seldon."""
    signature = Signature(Schema(tuple(Column(name, ColumnType.DOUBLE) for name in columns)), outputs or Schema())
    found = revision("m", "LIGHTGBM", signature)
    told = {key: value for key, value in (("protocol", protocol), ("transport", transport)) if value}
    predictors = [{"name": "default", "annotations": {"seldon.io/no-engine": "true"}, "graph": {"name": "m", "type": "MODEL"}}]
    return replace(found, documents=(Document("SeldonDeployment", {"spec": {**told, "predictors": predictors}}),))


def refused(seams: Any, asked: Revision, rows: Any, **options: Any) -> SeldonNbError:
    with pytest.raises(SeldonNbError) as caught:
        predict(seams, asked, rows, **options)
    return caught.value


@pytest.mark.parametrize("name", ["sk", "sk-mlflow", "sk-words-mlflow", "proba", "xg", "lg"])
def test_the_answers_of_each_server_are_those_of_the_kernel_both_ways(oip, name):
    rows, _ = training()
    rows = rows.head(3).set_axis(INDEX)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = np.asarray(oip.models[name].kernel.predict(rows)).reshape(3, -1)
    seen = [predict(oip.ports, of(oip, name), rows[rows.columns[::-1]], transport=way).frame for way in BOTH]
    pd.testing.assert_frame_equal(seen[0], seen[1], check_exact=True)
    assert seen[0].index.equals(INDEX)
    if wanted.dtype == object:
        assert seen[0].to_numpy().tolist() == wanted.tolist()
    else:
        np.testing.assert_allclose(seen[0].to_numpy(), wanted, rtol=1e-6)


def test_many_rows_go_in_parts_over_grpc_too(oip):
    rows, _ = training()
    many = pd.concat([rows] * (150_000 // len(rows)), ignore_index=True)
    many.index = many.index[::-1]
    over_grpc = predict(oip.ports, of(oip, "sk"), many, transport="grpc")
    assert over_grpc.requests > 1
    pd.testing.assert_frame_equal(over_grpc.frame, predict(oip.ports, of(oip, "sk"), many).frame, check_exact=True)


@pytest.mark.parametrize("way", BOTH)
def test_a_model_that_raises_is_told_without_its_words(oip, way):
    error = refused(oip.ports, of(oip, "raising"), pd.DataFrame({"x": [1.0]}), transport=way)
    assert error.code_id == "SNB-315"
    assert "value" not in repr(error.facts["where"]) and "a message" not in repr(error.facts)


def test_grpc_that_is_not_offered_is_one_refusal_with_the_other_way(oip):
    error = refused(oip.only_rest, of(oip, "sk"), pd.DataFrame({"x": [1.0]}), transport="grpc")
    assert error.code_id == "SNB-303" and "transport" in error.code.next[0].verb
    assert refused(oip.ports, of(oip, "sk"), pd.DataFrame({"x": [1.0]}), transport="carrier pigeon").code_id == "SNB-329"


@pytest.mark.parametrize("way", BOTH)
def test_the_wrapper_answers_the_same_frame(seldon, way):
    rows = pd.DataFrame({"b": [10.0, 20.0, 30.5], "linear": [1.0, 2.0, np.nan]}, index=INDEX)
    asked = wrapped("linear", "b", outputs=Schema(tensors=(Tensor("score", "float64", (-1,)),)))
    prediction = predict(seldon, asked, rows.dropna(), transport=way)
    assert prediction.frame.to_numpy().ravel().tolist() == [21.0, 42.0]
    assert list(prediction.frame.index) == [30, 10]


def test_a_document_that_names_no_protocol_speaks_seldon_and_its_transport_counts(seldon):
    rows = pd.DataFrame({"linear": [1.0], "b": [10.0]})
    assert predict(seldon, wrapped("linear", "b", protocol=None), rows).frame.to_numpy().tolist() == [[21.0]]
    only_grpc = SimpleNamespace(**{**vars(seldon), "endpoint": None})
    assert predict(only_grpc, wrapped("linear", "b", transport="grpc"), rows).frame.to_numpy().tolist() == [[21.0]]


@pytest.mark.parametrize("way", BOTH)
def test_the_wrapper_is_asked_in_parts(seldon, way):
    rows = pd.DataFrame({"linear": np.arange(300_000.0), "b": np.arange(300_000.0)})
    prediction = predict(seldon, wrapped("linear", "b"), rows, transport=way)
    assert prediction.requests > 1
    assert np.array_equal(prediction.frame.iloc[:, 0], rows["linear"] * 3)


@pytest.mark.parametrize("way", BOTH)
def test_a_wrapper_that_raises_is_told_without_its_words(seldon, way):
    error = refused(seldon, wrapped("raise"), pd.DataFrame({"raise": [4520.0034]}), transport=way)
    assert error.code_id in ("SNB-315", "SNB-327")
    assert "4520" not in repr(error.facts)


def test_what_cannot_travel_is_not_sent(seldon):
    nobody = SimpleNamespace(**{**vars(seldon), "endpoint": None})
    error = refused(nobody, wrapped("linear"), pd.DataFrame({"linear": [np.inf]}))
    assert error.code_id == "SNB-326" and "seldon" in str(error.facts["protocol"])


def smoke(seams: Any, asked: Revision, folder: Path, rows: pd.DataFrame | None) -> Smoke:
    if rows is not None:
        told = {"columns": list(rows), "data": rows.to_numpy().tolist()}
        (folder / "input_example.json").write_text(json.dumps(told), encoding="utf-8")
    plan: Any = SimpleNamespace(spec=spec(version=version(has_sample=rows is not None)))
    return smoke_test(seams, plan, asked, folder)


def test_the_live_check_asks_every_protocol_with_the_sample_or_for_its_readiness(oip, seldon, tmp_path):
    rows, _ = training()
    assert smoke(oip.ports, of(oip, "sk"), tmp_path, rows.head(1)).asked_with == "sample"
    pairs = pd.DataFrame({"linear": [1.0], "b": [10.0]})
    for transport in ("", "grpc"):
        assert smoke(seldon, wrapped("linear", "b", transport=transport), tmp_path, pairs).asked_with == "sample"
    (tmp_path / "input_example.json").unlink()
    assert smoke(oip.ports, of(oip, "sk"), tmp_path, None).asked_with == "ready"
    assert smoke(seldon, wrapped("linear", "b"), tmp_path, None).asked_with == "ready"


def test_the_live_check_does_not_take_a_failure_for_an_answer(oip, seldon, tmp_path):
    for seams, asked, rows in (
        (seldon, wrapped("raise"), pd.DataFrame({"raise": [4520.0034]})),
        (oip.ports, of(oip, "raising"), pd.DataFrame({"x": [4520.0034]})),
    ):
        with pytest.raises(SeldonNbError) as caught:
            smoke(seams, asked, tmp_path, rows)
        assert caught.value.code_id in ("SNB-315", "SNB-318", "SNB-327")
        assert "4520" not in repr(caught.value.facts)


def test_a_sample_that_cannot_travel_is_replaced_by_readiness(seldon, tmp_path):
    asked = wrapped("linear")
    when = Signature(Schema((Column("linear", ColumnType.DATETIME),)))
    (tmp_path / "input_example.json").write_text(json.dumps({"columns": ["linear"], "data": [["2026-11-21"]]}), encoding="utf-8")
    plan: Any = SimpleNamespace(spec=spec(version=version(has_sample=True)))
    assert smoke_test(seldon, plan, replace(asked, signature=when), tmp_path).asked_with == "ready"


def test_a_prediction_knows_who_answered(seldon):
    found = predict(seldon, wrapped("linear", "b"), pd.DataFrame({"linear": [1.0], "b": [1.0]}))
    assert isinstance(found, Prediction) and found.model == "m@1"
