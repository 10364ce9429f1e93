"""SeldonDeployments and MLServer settings as they are checked in; ``UPDATE_GOLDEN=1`` writes them anew.

Each SeldonDeployment is held against a small schema of our own, written by hand: only the fields that we send, of the types that Seldon and
Kubernetes have for them.  MLServer itself accepts each of its settings.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from seldon_nb.checks.samples import COLLEAGUE, CONTRACT, YOU, spec, version
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.environment import own_environment
from seldon_nb.domain.model import Flavor, Lineage
from seldon_nb.domain.plan import Override, Server
from seldon_nb.render.mlserver import model_settings, server_settings
from seldon_nb.render.runtimes import RUNTIMES
from seldon_nb.render.seldon import Container, render
from seldon_nb.render.text import diff, to_yaml

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "seldon" / "schema.json").read_text(encoding="utf-8"))
LINEAGE = Lineage(run_id="0a1b2c3d4e5f60718293a4b5c6d7e8f9", notebook="fraud.ipynb")
SAVED = {
    Server.MLFLOW: (Flavor.SKLEARN, "cloudpickle"),
    Server.SKLEARN: (Flavor.SKLEARN, "cloudpickle"),
    Server.XGBOOST: (Flavor.XGBOOST, "ubj"),
    Server.LIGHTGBM: (Flavor.LIGHTGBM, "text"),
    Server.HUGGINGFACE: (Flavor.OTHER, "transformers"),
    Server.TRITON: (Flavor.OTHER, "onnx"),
    Server.TENSORFLOW: (Flavor.OTHER, "tensorflow"),
    Server.CUSTOM: (Flavor.PYFUNC, "cloudpickle"),
}
OURS = [server for server, runtime in RUNTIMES.items() if runtime.ours]
PINNED = "registry.example/ml/{}@sha256:" + "5e" * 32
S3 = ArtifactSource(uri="s3://models/fraud/3", secret="models-s3")
SOURCES = {
    "s3": S3,
    "pvc": ArtifactSource(uri="pvc://models/fraud/3"),
    "mlflow": ArtifactSource(uri="http://mlflow.team-a:5000/api/2.0/mlflow-artifacts/artifacts/1/models/m-1/artifacts"),
}


def asked(server, level=Classification.UNCLASSIFIED, **changes):
    flavor, saved = SAVED[server]
    model = version(flavor=flavor, serialization=saved, lineage=LINEAGE, classification=level, **changes.pop("model", {}))
    return spec(version=model, server=server, **changes)


def in_own_environment():
    plain = asked(Server.MLFLOW, place="cluster", source=S3, image=PINNED.format("server"), step_image=PINNED.format("step"))
    return replace(plain, environment=own_environment(plain.version, S3, server=plain.image))


PLANS = {
    **{f"{server.value}-unclassified": asked(server) for server in OURS},
    **{f"{server.value}-protected-b": asked(server, Classification.PROTECTED_B) for server in OURS},
    "mlflow-own-packages": in_own_environment(),
    "mlflow-nobody-classified": asked(Server.MLFLOW, Classification.UNKNOWN),
    "mlflow-update": asked(
        Server.MLFLOW,
        model={"version": 4, "digest": "sha256:" + "41" * 32, "uri": "s3://models/fraud/4", "size": 300 << 20},
        callers=(YOU,),
        timeout_s=120,
    ),
    "mlflow-slow-and-overridden": asked(
        Server.MLFLOW,
        model={"signature": None, "contract": replace(CONTRACT, load_ms=40_000)},
        overrides=(Override("SNB-111", "callers = old scripts that send arrays"),),
        callers=(COLLEAGUE,),
    ),
    **{f"mlflow-from-{name}": asked(Server.MLFLOW, place="cluster", source=source) for name, source in SOURCES.items()},
    "mlflow-images-of-the-place": asked(
        Server.MLFLOW, place="cluster", source=S3, image=PINNED.format("server"), step_image=PINNED.format("step")
    ),
    **{
        f"{server.value}-s3": asked(server, place="cluster", source=S3, image=PINNED.format(server.value))
        for server in Server
        if server not in OURS
    },
    "tensorflow-seldon-s3": asked(
        Server.TENSORFLOW, place="cluster", source=S3, image=PINNED.format("tensorflow"), protocol="seldon"
    ),
    "custom-wrapper-s3": asked(Server.CUSTOM, place="cluster", source=S3, image=PINNED.format("wrapper"), protocol="seldon"),
}
INITIALIZER = Container(name="fetch", image="seldon-nb/initializer:0.1.0", args=("s3://models/fraud/3", "/mnt/models"))


def documents():
    for name, plan in PLANS.items():
        yield name, render(plan).to_document()
    yield "mlflow-own-initializer", render(PLANS["mlflow-unclassified"], initializer=INITIALIZER).to_document()
    yield "mlflow-own-engine", render(PLANS["mlflow-from-s3"], engine="own").to_document()


def texts():
    found = dict(documents())
    for name, document in found.items():
        yield f"seldon/{name}.yaml", to_yaml(document)
    yield "seldon/update.diff", diff(found["mlflow-unclassified"], found["mlflow-update"], "fraud")
    for server in OURS:
        document = found[f"{server.value}-unclassified"]
        yield f"mlserver/{server.value}.model-settings.json", pretty(model_settings(document, model_dir="/home/models/fraud-3"))
    yield "mlserver/settings.json", pretty(server_settings(found["mlflow-unclassified"], state_dir="/home/slot"))


def pretty(value):
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize(("name", "text"), list(texts()), ids=[name for name, _ in texts()])
def test_the_text_is_the_one_that_was_reviewed(name, text):
    file = HERE / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["seldon", "mlserver"])
def test_every_file_of_the_directory_is_still_made(folder):
    made = {name.partition("/")[2] for name, _ in texts() if name.startswith(folder)}
    assert {file.name for file in (HERE / folder).iterdir()} - {"schema.json"} == made


@pytest.mark.parametrize(("name", "document"), list(documents()), ids=[name for name, _ in documents()])
def test_the_document_has_only_fields_that_seldon_has(name, document):
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_the_schema_is_a_schema_and_forgives_nothing():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = dict(documents())["mlflow-unclassified"]
    document["spec"]["predictors"][0]["replica"] = 3
    with pytest.raises(jsonschema.ValidationError, match="replica"):
        jsonschema.Draft202012Validator(SCHEMA).validate(document)


@pytest.mark.parametrize(("name", "document"), list(documents()), ids=[name for name, _ in documents()])
def test_nothing_that_a_pod_reads_holds_an_equals_sign_and_nothing_holds_a_secret(name, document):
    predictor = document["spec"]["predictors"][0]
    notes = [
        document["spec"]["annotations"],
        predictor.get("annotations", {}),
        predictor["componentSpecs"][0]["metadata"].get("annotations", {}),
    ]
    assert all("=" not in value for part in notes for value in part.values())
    text = re.sub(
        "automountServiceAccountToken|envSecretRefName|secretRef|SNB_SECRET", "", to_yaml(document)
    )  # names, never values
    assert not re.search(r"(?i)token|password|secret|bearer|AKIA", text)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="MLServer 1.7.1 does not support Python 3.13")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("server", OURS, ids=lambda server: server.value)
def test_mlserver_accepts_the_models_settings_and_understands_every_key(server):
    from mlserver.settings import ModelSettings

    told = json.loads((HERE / "mlserver" / f"{server.value}.model-settings.json").read_text(encoding="utf-8"))
    found = ModelSettings.model_validate(dict(told))
    assert found.name == "model"
    assert found.implementation_ == told["implementation"]
    assert found.version == "3"
    assert found.parameters.model_dump(include=set(told["parameters"])) == told["parameters"]
    assert set(told) - {"implementation"} <= set(ModelSettings.model_fields)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="MLServer 1.7.1 does not support Python 3.13")
@pytest.mark.filterwarnings("ignore")
def test_mlserver_accepts_the_servers_settings_and_understands_every_key():
    from mlserver.settings import Settings

    told = json.loads((HERE / "mlserver" / "settings.json").read_text(encoding="utf-8"))
    assert set(told) <= set(Settings.model_fields)
    assert Settings.model_validate(told).model_dump(include=set(told)) == told


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="MLServer 1.7.1 does not support Python 3.13")
@pytest.mark.filterwarnings("ignore")
def test_in_a_pod_mlserver_reads_the_same_from_the_environment(monkeypatch):
    from mlserver.settings import ModelParameters, ModelSettings, Settings

    document = dict(documents())["lightgbm-unclassified"]
    (container,) = document["spec"]["predictors"][0]["componentSpecs"][0]["spec"]["containers"]
    for item in container["env"]:
        monkeypatch.setenv(item["name"], item["value"])
    told = model_settings(document, model_dir="/mnt/models")
    assert ModelSettings().name == told["name"]
    assert ModelSettings().implementation_ == told["implementation"]
    assert ModelParameters().uri == told["parameters"]["uri"]
    assert ModelParameters().content_type == told["parameters"]["content_type"]
    assert (Settings().parallel_workers, Settings().debug) == (0, False)
