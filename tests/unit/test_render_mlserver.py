from __future__ import annotations

import asyncio
import sys

import pytest

from seldon_nb.checks.samples import deployment, image, own, pod, predictor, served, spec, version
from seldon_nb.domain.model import Flavor
from seldon_nb.domain.plan import Server
from seldon_nb.render.mlserver import has_model_settings, model_settings, node_name, server_settings, unrehearsable
from seldon_nb.render.seldon import IMAGE, render
from seldon_nb.render.seldon.objects import ComponentSpec, EnvVar, Explainer, Logger, SvcOrchSpec

SAVED = {
    Server.MLFLOW: (Flavor.SKLEARN, "cloudpickle"),
    Server.SKLEARN: (Flavor.SKLEARN, "cloudpickle"),
    Server.XGBOOST: (Flavor.XGBOOST, "ubj"),
    Server.LIGHTGBM: (Flavor.LIGHTGBM, "text"),
}
RUNTIMES = {
    Server.MLFLOW: "mlserver_mlflow.MLflowRuntime",
    Server.SKLEARN: "mlserver_sklearn.SKLearnModel",
    Server.XGBOOST: "mlserver_xgboost.XGBoostModel",
    Server.LIGHTGBM: "mlserver_lightgbm.LightGBMModel",
}


def document(server=Server.MLFLOW):
    flavor, saved = SAVED[server]
    return render(spec(version=version(flavor=flavor, serialization=saved), server=server)).to_document()


@pytest.mark.parametrize("server", list(SAVED))
def test_the_runtime_is_the_one_that_the_operator_would_start(server):
    found = model_settings(document(server), model_dir="/home/models/3f2a")
    assert found["implementation"] == RUNTIMES[server]
    assert found["name"] == node_name(document(server)) == "model"
    assert found["parameters"]["version"] == "3"


def test_a_path_in_the_pod_becomes_a_path_on_this_machine():
    assert model_settings(document(), model_dir="/m")["parameters"]["uri"] == "/m"
    assert model_settings(document(Server.LIGHTGBM), model_dir="/m")["parameters"]["uri"] == "/m/model.lgb"


@pytest.mark.parametrize(
    ("uri", "inside"),
    [
        ("/mnt/modelsx/model.lgb", "/m/mnt/modelsx/model.lgb"),
        ("/etc/passwd", "/m/etc/passwd"),
        ("/mnt/models/../../etc/passwd", "/m/etc/passwd"),
        ("/mnt/models/./sub//model.lgb", "/m/sub/model.lgb"),
        ("/mnt/models/", "/m"),
        ("..", "/m"),
    ],
)
def test_no_path_leads_out_of_the_models_directory(uri, inside):
    container = image(image=IMAGE, env=(_class(), EnvVar(name="MLSERVER_MODEL_URI", value=uri)))
    found = deployment(predictor(own(), pod(container))).to_document()
    assert model_settings(found, model_dir="/m")["parameters"]["uri"] == inside


@pytest.mark.parametrize("server", [server for server in Server if server not in SAVED])
def test_servers_of_others_have_no_settings_of_ours_and_are_not_pretended(server):
    found = render(spec(server=server, image="registry.example/server:1")).to_document()
    assert not has_model_settings(found)
    assert "spec.predictors[0].graph" in unrehearsable(found)


def test_a_node_without_a_server_of_ours_is_refused():
    found = deployment(predictor(own(), pod(image()))).to_document()
    assert not has_model_settings(found)
    assert has_model_settings(document())
    with pytest.raises(ValueError, match=r"spec\.predictors\[0\]\.graph"):
        model_settings(found, model_dir="/m")


@pytest.mark.parametrize(
    "found",
    [{}, {"spec": {"predictors": []}}, {"spec": {"predictors": [{}]}}, {"spec": None}, {"spec": {"predictors": [{"graph": 1}]}}],
)
def test_what_is_no_deployment_is_refused(found):
    with pytest.raises(ValueError):
        model_settings(found, model_dir="/m")


def test_the_server_answers_on_the_loopback_and_tells_no_traceback():
    found = server_settings(document(), http_port=1, grpc_port=2, metrics_port=3, state_dir="/home/slot")
    assert found["host"] == "127.0.0.1"
    assert found["debug"] is False
    assert found["parallel_workers"] == 0
    assert (found["http_port"], found["grpc_port"], found["metrics_port"]) == (1, 2, 3)
    assert found["metrics_dir"].startswith("/home/slot/")
    assert found["environments_dir"].startswith("/home/slot/")


@pytest.mark.parametrize("server", list(SAVED))
def test_what_we_render_can_be_rehearsed(server):
    assert unrehearsable(document(server)) == ()


@pytest.mark.parametrize(
    ("made", "paths"),
    [
        (deployment(protocol="seldon"), ["spec.protocol"]),
        (deployment(transport="grpc"), ["spec.transport"]),
        (deployment(server_type="kafka"), ["spec.serverType"]),
        (deployment(replicas=2), ["spec.replicas"]),
        (deployment(predictor(traffic=50), predictor(name="canary", traffic=50)), ["spec.predictors[1]"]),
        (deployment(predictor(replicas=3)), ["spec.predictors[0].replicas"]),
        (deployment(predictor(explainer=Explainer(type="ALE"))), ["spec.predictors[0].explainer"]),
        (deployment(predictor(ssl={"certSecretName": "x"})), ["spec.predictors[0].ssl"]),
        (deployment(predictor(svc_orch_spec=SvcOrchSpec())), ["spec.predictors[0].svcOrchSpec"]),
        (deployment(predictor(served(children=(served("b"),)))), ["spec.predictors[0].graph.children[0]"]),
        (deployment(predictor(served(logger=Logger(mode="all")))), ["spec.predictors[0].graph.logger"]),
        (deployment(predictor(served(implementation="TRITON_SERVER"))), ["spec.predictors[0].graph"]),
        (
            deployment(predictor(served(), pod(image()))),
            ["spec.predictors[0].componentSpecs[0].spec.containers[0]"],
        ),
        (
            deployment(predictor(served(), pod(image(image=IMAGE + ".evil.example")))),
            ["spec.predictors[0].componentSpecs[0].spec.containers[0]"],
        ),
        (
            deployment(predictor(served(), pod(image(image=IMAGE, command=("sh",))))),
            ["spec.predictors[0].componentSpecs[0].spec.containers[0]"],
        ),
        (
            deployment(predictor(served(), ComponentSpec(hpa_spec={"maxReplicas": 3}, replicas=2))),
            ["spec.predictors[0].componentSpecs[0].replicas", "spec.predictors[0].componentSpecs[0].hpaSpec"],
        ),
    ],
)
def test_what_one_machine_cannot_do_is_named(made, paths):
    assert unrehearsable(made.to_document()) == unrehearsable(made) == tuple(paths)


def _class():
    return EnvVar(name="MLSERVER_MODEL_IMPLEMENTATION", value=RUNTIMES[Server.LIGHTGBM])


# --- the real runtimes read what MLflow writes ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """One model for each server, as MLflow saves it, and the frame it was fitted on."""
    import lightgbm
    import mlflow
    import numpy as np
    import pandas as pd
    import xgboost
    from mlflow.models import infer_signature
    from sklearn.linear_model import LogisticRegression

    root = tmp_path_factory.mktemp("saved")
    features = pd.DataFrame({"a": np.arange(40.0), "b": np.arange(40.0) % 7})
    target = (features["a"] > 20).astype(int)
    common = {"signature": infer_signature(features, target), "pip_requirements": ["mlflow"]}
    linear = LogisticRegression().fit(features, target)
    for server in (Server.MLFLOW, Server.SKLEARN):
        mlflow.sklearn.save_model(linear, root / server.value, serialization_format="cloudpickle", **common)
    boosted = xgboost.XGBClassifier(n_estimators=2).fit(features, target)
    mlflow.xgboost.save_model(boosted, root / "xgboost", **common)
    light = lightgbm.train({"objective": "binary", "min_data_in_leaf": 1, "verbose": -1}, lightgbm.Dataset(features, target), 2)
    mlflow.lightgbm.save_model(light, root / "lightgbm", **common)
    return root, features


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="MLServer 1.7.1 does not support Python 3.13")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("server", list(SAVED))
def test_the_real_runtime_loads_the_model_and_answers(server, saved):
    pytest.importorskip(RUNTIMES[server].split(".", maxsplit=1)[0])
    from mlserver.settings import ModelSettings
    from mlserver.types import InferenceRequest

    root, features = saved
    rows = features.iloc[[1, 39]]
    request = {"inputs": [{"name": c, "shape": [2, 1], "datatype": "FP64", "data": rows[c].tolist()} for c in rows]}

    async def answers():
        settings = ModelSettings.model_validate(model_settings(document(server), model_dir=str(root / server.value)))
        model = settings.implementation(settings)
        await model.load()
        return await model.predict(InferenceRequest.model_validate(request))

    found = asyncio.run(answers())
    assert (found.model_name, found.model_version) == ("model", "3")
    low, high = found.outputs[0].data
    assert low < high
