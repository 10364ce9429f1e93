from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seldon_nb.checks.samples import CONTRACT, SIGNATURE, spec, version
from seldon_nb.domain.canonical import canonical
from seldon_nb.domain.classification import LABEL_KEY, Classification
from seldon_nb.domain.model import Flavor, Lineage
from seldon_nb.domain.plan import Override, Server
from seldon_nb.domain.signature import Schema, Signature, Tensor
from seldon_nb.render.runtimes import RUNTIMES, can_serve, servers_for
from seldon_nb.render.seldon import Container, SeldonDeployment, render
from seldon_nb.render.seldon.build import annotation
from seldon_nb.render.text import diff, from_yaml, to_yaml

FLAVORS = {
    Server.MLFLOW: (Flavor.SKLEARN, "cloudpickle"),
    Server.SKLEARN: (Flavor.SKLEARN, "cloudpickle"),
    Server.XGBOOST: (Flavor.XGBOOST, "ubj"),
    Server.LIGHTGBM: (Flavor.LIGHTGBM, "text"),
    Server.HUGGINGFACE: (Flavor.OTHER, "transformers"),
    Server.TRITON: (Flavor.OTHER, "onnx"),
    Server.TENSORFLOW: (Flavor.OTHER, "tensorflow"),
    Server.CUSTOM: (Flavor.PYFUNC, "cloudpickle"),
}


def document(server=Server.MLFLOW, **changes):
    flavor, saved = FLAVORS[server]
    return render(spec(version=version(flavor=flavor, serialization=saved, **changes), server=server)).to_document()


def pod(found):
    return found["spec"]["predictors"][0]["componentSpecs"][0]["spec"]


def env(found):
    return {item["name"]: item["value"] for item in pod(found)["containers"][0]["env"]}


@pytest.mark.parametrize("server", list(Server))
def test_a_document_read_back_is_the_same_value(server):
    found = document(server)
    assert SeldonDeployment.from_document(found).to_document() == found
    assert SeldonDeployment.from_document(json.loads(json.dumps(found, sort_keys=True))).to_document() == found


@pytest.mark.parametrize("server", list(Server))
def test_the_same_plan_gives_the_same_bytes(server):
    assert json.dumps(document(server)) == json.dumps(document(server))
    canonical(document(server))  # no floats


def test_two_measurements_of_one_model_give_one_document():
    assert document(contract=replace(CONTRACT, load_ms=901)) == document(contract=replace(CONTRACT, load_ms=1999))


def test_a_slow_model_gets_more_time_to_start():
    slow, quick = document(contract=replace(CONTRACT, load_ms=20_000)), document()
    assert pod(slow)["containers"][0]["startupProbe"]["failureThreshold"] == 60 + 210
    assert pod(quick)["containers"][0]["startupProbe"]["failureThreshold"] == 60 + 30
    assert slow["spec"]["predictors"][0]["progressDeadlineSeconds"] > quick["spec"]["predictors"][0]["progressDeadlineSeconds"]


def test_a_large_model_gets_more_memory():
    small, large = (pod(document(size=size))["containers"][0]["resources"] for size in (1 << 20, 1 << 30))
    assert small == {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"memory": "1024Mi"}}
    assert large == {"requests": {"cpu": "500m", "memory": "3456Mi"}, "limits": {"memory": "6912Mi"}}


def test_protected_by_label_everywhere_even_if_nobody_said_so():
    found = document(classification=Classification.UNKNOWN)
    predictor = found["spec"]["predictors"][0]
    for labels in (found["metadata"]["labels"], predictor["labels"], predictor["componentSpecs"][0]["metadata"]["labels"]):
        assert labels[LABEL_KEY] == "protected-b"
    assert annotation(found, "classification") == "unknown"


def test_provenance_stands_where_no_pod_sees_it():
    asked = spec(
        version=version(lineage=Lineage(run_id="0a1b2c3d"), signature=None),
        overrides=(Override("SNB-111", "an old model = no signature"),),
    )
    found = render(asked).to_document()
    assert annotation(found, "model") == "fraud@3"
    assert annotation(found, "run") == "0a1b2c3d"
    assert annotation(found, "callers") == "colleague,you"
    assert annotation(found, "overrides") == "SNB-111"
    assert found["spec"]["annotations"] == {"seldon.io/rest-timeout": "60000"}
    assert found["spec"]["predictors"][0]["annotations"] == {"seldon.io/no-engine": "true"}


def test_the_annotation_of_anything_else_is_empty():
    assert (
        annotation({}, "model")
        == annotation({"metadata": None}, "model")
        == annotation({"metadata": {"annotations": {}}}, "model")
        == ""
    )


def test_the_pod_is_hardened_and_the_operator_decides_nothing():
    found = pod(document())
    assert found["automountServiceAccountToken"] is False
    assert found["securityContext"]["runAsNonRoot"] is True
    assert found["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = found["containers"]
    assert container["image"] == "seldon-nb/model-server:0.1.0"
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert container["readinessProbe"]["periodSeconds"] == container["startupProbe"]["periodSeconds"] == 1
    assert container["readinessProbe"]["httpGet"] == {"path": "/v2/health/ready", "port": 9000}


def test_an_image_of_the_place_takes_the_place_of_ours():
    found = render(spec(), image="registry.example/server@sha256:00").to_document()
    assert pod(found)["containers"][0]["image"] == "registry.example/server@sha256:00"


def test_an_own_initializer_gets_the_name_and_the_volume_that_the_operator_looks_for():
    found = pod(render(spec(), initializer=Container(name="fetch", image="i:1", args=("s3://a", "/mnt/models"))).to_document())
    (fetch,) = found["initContainers"]
    assert fetch["name"] == "model-model-initializer"
    assert fetch["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert fetch["volumeMounts"] == [{"name": "model-provision-location", "mountPath": "/mnt/models"}]
    mounts = {mount["name"]: mount for mount in found["containers"][0]["volumeMounts"]}
    assert mounts["model-provision-location"] == {
        "name": "model-provision-location",
        "mountPath": "/mnt/models",
        "readOnly": True,
    }
    assert {volume["name"] for volume in found["volumes"]} == {"model-provision-location", "tmp"}


@pytest.mark.parametrize(
    ("server", "implementation"),
    [
        (Server.MLFLOW, "MLFLOW_SERVER"),
        (Server.SKLEARN, "SKLEARN_SERVER"),
        (Server.XGBOOST, "XGBOOST_SERVER"),
        (Server.HUGGINGFACE, "HUGGINGFACE_SERVER"),
        (Server.TRITON, "TRITON_SERVER"),
        (Server.TENSORFLOW, "TENSORFLOW_SERVER"),
    ],
)
def test_a_server_of_seldons_is_named(server, implementation):
    graph = document(server)["spec"]["predictors"][0]["graph"]
    assert graph == {"name": "model", "implementation": implementation, "modelUri": "s3://models/fraud/3"}


def test_lightgbm_is_a_node_of_our_own_pointed_at_its_file():
    found = document(Server.LIGHTGBM)
    assert found["spec"]["predictors"][0]["graph"] == {"name": "model", "type": "MODEL", "modelUri": "s3://models/fraud/3"}
    assert env(found)["MLSERVER_MODEL_IMPLEMENTATION"] == "mlserver_lightgbm.LightGBMModel"
    assert env(found)["MLSERVER_MODEL_URI"] == "/mnt/models/model.lgb"


def test_columns_are_announced_to_servers_that_do_not_read_the_signature():
    tensors = Signature(Schema(tensors=(Tensor("x", "float32", (-1, 4)),)), SIGNATURE.outputs)
    assert env(document(Server.SKLEARN))["MLSERVER_MODEL_CONTENT_TYPE"] == "pd"
    assert "MLSERVER_MODEL_CONTENT_TYPE" not in env(document(Server.SKLEARN, signature=tensors))
    assert "MLSERVER_MODEL_CONTENT_TYPE" not in env(document(Server.MLFLOW))


@pytest.mark.parametrize(
    ("path", "change", "message"),
    [
        ("spec.predictors[0].replica", lambda d: d["spec"]["predictors"][0].update(replica=3), "spec.predictors[0].replica: no such field"),
        ("a child", lambda d: d["spec"]["predictors"][0]["graph"].update(children=[{"nam": "x"}]), "spec.predictors[0].graph.children[0].nam: no such field"),
        ("a number as text", lambda d: d["spec"]["predictors"][0].update(replicas="1"), "spec.predictors[0].replicas: int is expected"),
        ("truth as a number", lambda d: d["spec"]["predictors"][0].update(replicas=True), "spec.predictors[0].replicas: int is expected"),
        ("a float", lambda d: d["spec"]["predictors"][0].update(ssl={"x": 1.5}), "spec.predictors[0].ssl.x: text, a whole number or a list is expected"),
        ("no predictors", lambda d: d["spec"].pop("predictors"), "spec.predictors: missing"),
        ("a mapping for a list", lambda d: d["spec"].update(predictors={}), "spec.predictors: a list is expected"),
        ("text for a mapping", lambda d: d.update(spec="x"), "spec: a mapping is expected"),
        ("another kind", lambda d: d.update(kind="InferenceService"), "kind: machinelearning.seldon.io/v1 InferenceService is not a SeldonDeployment"),
        ("null", lambda d: d["metadata"].update(name=None), "metadata.name: str is expected"),
        ("a label that is a number", lambda d: d["metadata"].update(labels={"a": 1}), "metadata.labels.a: str is expected"),
    ],
)  # fmt: skip
def test_a_field_that_does_not_belong_is_named(path, change, message):
    found = json.loads(json.dumps(document()))
    change(found)
    with pytest.raises(ValueError) as caught:
        SeldonDeployment.from_document(found)
    assert str(caught.value) == message


def test_servers_read_what_they_can():
    assert servers_for(version()) == (Server.MLFLOW, Server.SKLEARN)
    assert servers_for(version(flavor=Flavor.LIGHTGBM, serialization="cloudpickle")) == (Server.MLFLOW,)
    assert not can_serve(RUNTIMES[Server.SKLEARN], version(serialization="skops"))
    assert not can_serve(RUNTIMES[Server.SKLEARN], version(extra_modules=("features",)))
    assert can_serve(RUNTIMES[Server.MLFLOW], version(extra_modules=("features",)))


# --- text ----------------------------------------------------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(st.characters(codec="utf-8", exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1, max_size=6), PLAIN, min_size=1, max_size=4))
def test_text_read_back_is_the_same_document(found):
    assert from_yaml(to_yaml(found)) == found


def test_text_does_not_depend_on_the_order_of_keys_and_starts_as_people_expect():
    found = document()
    assert to_yaml(found) == to_yaml(json.loads(json.dumps(found, sort_keys=True)))
    assert [line for line in to_yaml(found).splitlines() if not line.startswith(" ")] == [
        "apiVersion: machinelearning.seldon.io/v1",
        "kind: SeldonDeployment",
        "metadata:",
        "spec:",
    ]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1))
def test_any_word_survives_as_key_and_value_and_in_lists(word):
    found = {word: word, "list": [word, [word], {word: [word]}]}
    assert from_yaml(to_yaml(found)) == found


WORDS = ("yes", "No", "ON", "null", "~", "1", "1e3", "0x1f", "1_000", "12:30", "2026-01-01", "-", "- a", "a: b", "a:", "a #b", "#", "", " ", "a ", "=", "<<", "!x", "&a", "*a",
         "{", "[a]", "'", '"', "%", "@a", "`", ".", ".5", ".inf", "a\tb", "a\nb", "\u2028", "\ufeff", "é", "😀", "s3://b/p", "a:1", "a/b:0.1.0", "y", "x=y", "?", "? a", "|", ">")  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_yaml_could_take_for_something_else_stays_itself(word):
    assert from_yaml(to_yaml({"k": word, "l": [word]})) == {"k": word, "l": [word]}
    assert to_yaml({"k": word}).count("\n") == 1


def test_words_that_look_like_truth_stay_words():
    assert from_yaml(to_yaml({"a": "true", "b": "on", "c": "1.0", "d": "null", "e": "2026-01-01"})) == {
        "a": "true",
        "b": "on",
        "c": "1.0",
        "d": "null",
        "e": "2026-01-01",
    }


def test_a_difference_shows_only_what_changes():
    before, after = document(), document(classification=Classification.PROTECTED_A)
    lines = diff(before, after, "fraud").splitlines()
    assert lines[:2] == ["--- fraud (live)", "+++ fraud (planned)"]
    changed = {line[0] + line[1:].strip() for line in lines[2:] if line[0] in "+-"}
    assert changed == {
        "-seldon-nb.io/classification: unclassified",
        "+seldon-nb.io/classification: protected-a",
        "-data.statcan.gc.ca/classification: unclassified",
        "+data.statcan.gc.ca/classification: protected-a",
    }
    assert diff(before, before, "fraud") == ""


def test_a_first_document_is_all_new():
    assert {line[0] for line in diff({}, document(), "fraud").splitlines()[3:]} == {"+"}


@pytest.mark.parametrize(("text", "message"), [("a: [", "not YAML"), ("- 1", "not one document"), ("", "not one document")])
def test_text_that_is_no_document_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        from_yaml(text)


def test_yaml_that_would_run_something_is_refused():
    with pytest.raises(ValueError):
        from_yaml("!!python/object/apply:os.system ['true']")
