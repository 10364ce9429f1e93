"""Wrong documents that were sent to a real operator, reduced: it refused some, and accepted more than half without a word."""

from __future__ import annotations

import copy

import pytest

from seldon_nb.checks.document import predictors
from seldon_nb.checks.registry import PLAN, run
from seldon_nb.checks.samples import context, deployment, own, pod, predictor, served, spec
from seldon_nb.checks.samples import image as container
from seldon_nb.domain.code import Severity
from seldon_nb.render.seldon.objects import Explainer, Logger, Parameter, SeldonDeployment

NODE = {"name": "classifier", "implementation": "SKLEARN_SERVER", "modelUri": "s3://models/fraud/12"}
OWN = {"name": "m", "type": "MODEL"}
POD = [{"spec": {"containers": [{"name": "m", "image": "x:1"}]}}]
REFUSED = {
    "no container for a node": ("SNB-270", [{"graph": OWN, "componentSpecs": [{"spec": {"containers": [{"name": "other", "image": "x:1"}]}}]}], {}),
    "two predictors of one name": ("SNB-268", [{"graph": NODE, "traffic": 50}, {"graph": NODE, "traffic": 50}], {}),
    "an unknown kind of server": ("SNB-263", [{"graph": NODE}], {"serverType": "rpc2"}),
    "no predictors": ("SNB-267", [], {}),
    "one predictor with half of the calls": ("SNB-278", [{"graph": NODE, "traffic": 50}], {}),
    "only a shadow": ("SNB-265", [{"graph": NODE, "shadow": True, "traffic": 100}], {}),
    "a server without a model": ("SNB-272", [{"graph": {"name": "m", "implementation": "SKLEARN_SERVER"}}], {}),
    "an unknown transport": ("SNB-262", [{"graph": NODE}], {"transport": "smtp"}),
    "tensorflow for scikit-learn": ("SNB-273", [{"graph": NODE}], {"protocol": "tensorflow"}),
    "shares that sum to 90": ("SNB-277", [{"graph": NODE, "traffic": 50}, {"name": "b", "graph": NODE, "traffic": 40}], {}),
    "two predictors without shares": ("SNB-277", [{"graph": NODE}, {"name": "b", "graph": NODE}], {}),
    "two shadows": ("SNB-276", [{"graph": NODE, "traffic": 100}, *({"name": f"s{i}", "graph": NODE, "shadow": True, "traffic": 10} for i in (1, 2))], {}),
    "an unknown field": ("SNB-226", [{"graph": NODE, "replica": 3}], {}),
    "an unknown server": ("SNB-274", [{"graph": {**NODE, "implementation": "NO_SUCH_SERVER"}}], {}),
    "an unknown protocol": ("SNB-261", [{"graph": NODE}], {"protocol": "v3"}),
}  # fmt: skip
ACCEPTED = {
    "an A/B test with one branch": ("SNB-230", [{"graph": {"name": "ab", "implementation": "RANDOM_ABTEST", "children": [NODE], "parameters": [{"name": "ratioA", "type": "FLOAT", "value": "0.5"}]}}], {}),
    "a container without an image": ("SNB-232", [{"graph": OWN, "componentSpecs": [{"spec": {"containers": [{"name": "m"}]}}]}], {}),
    "one port twice": ("SNB-233", [{"graph": {"name": "a", "type": "MODEL", "endpoint": {"httpPort": 9000}, "children": [{"name": "b", "type": "MODEL", "endpoint": {"httpPort": 9000}}]}, "componentSpecs": [{"spec": {"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "x:1"}]}}]}], {}),
    "an explainer without a type": ("SNB-229", [{"graph": NODE, "explainer": {"modelUri": "s3://m"}}], {}),
    "a log of some": ("SNB-229", [{"graph": {**NODE, "logger": {"mode": "some"}}}], {}),
    "a node that says nothing": ("SNB-234", [{"graph": {"name": "m"}, "componentSpecs": POD}], {}),
    "a predictor in upper case": ("SNB-227", [{"name": "Default", "graph": NODE}], {}),
    "a predictor with an underscore": ("SNB-227", [{"name": "my_pred", "graph": NODE}], {}),
    "copies and scaling": ("SNB-235", [{"graph": OWN, "replicas": 2, "componentSpecs": [{**POD[0], "hpaSpec": {"maxReplicas": 3}}]}], {}),
    "fewer than no copies": ("SNB-231", [{"graph": NODE, "replicas": -1}], {}),
    "one container twice": ("SNB-228", [{"graph": OWN, "componentSpecs": [{"spec": {"containers": [{"name": "m", "image": "x:1"}, {"name": "m", "image": "y:1"}]}}]}], {}),
    "one node twice": ("SNB-228", [{"graph": {**OWN, "children": [OWN]}, "componentSpecs": POD}], {}),
    "encryption without a certificate": ("SNB-236", [{"graph": NODE, "ssl": {}}], {}),
    "150 per cent": ("SNB-237", [{"graph": NODE, "traffic": 150}], {}),
    "an unknown type": ("SNB-229", [{"graph": {"name": "m", "type": "MODELL"}, "componentSpecs": POD}], {}),
    "a parameter of no type": ("SNB-229", [{"graph": {**OWN, "parameters": [{"name": "n", "type": "INTEGER", "value": "2"}]}, "componentSpecs": POD}], {}),
}  # fmt: skip


def judged(parts, rest):
    document = {
        "apiVersion": "machinelearning.seldon.io/v1",
        "kind": "SeldonDeployment",
        "metadata": {"name": "bad", "namespace": "dev"},
        "spec": {"protocol": "v2", **rest, "predictors": [{"name": "default", **part} for part in parts]},
    }
    return run(context(document=document, spec=spec(place="cluster", deployment="bad")))[0]


@pytest.mark.parametrize(("code", "parts", "rest"), REFUSED.values(), ids=REFUSED)
def test_what_the_operator_refuses_the_plan_refuses_first(code, parts, rest):
    (found,) = judged(parts, rest)
    assert (found.code, found.severity) == (code, Severity.BLOCK)


@pytest.mark.parametrize(("code", "parts", "rest"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_the_operator_accepts_and_never_runs_the_plan_names(code, parts, rest):
    (found,) = judged(parts, rest)
    assert found.code == code


@pytest.mark.parametrize("name", ["x" * 70, "a.b"])
def test_a_name_that_fails_after_it_was_accepted_is_found(name):
    assert "SNB-210" in [finding.code for finding in run(context(document=deployment(name=name)))[0]]


# --- look-alikes ---------------------------------------------------------------------------------------------------------------


def found_in(document):
    return [(finding.code, finding.subject) for finding in run(context(document=document, spec=spec(place="cluster")))[0]]


@pytest.mark.parametrize("word", ["V2", "v2 ", " v2", "ｖ2", "v2\n", "v", "*", "seldon,v2"])
def test_a_protocol_is_compared_letter_by_letter(word):
    assert ("SNB-261", "spec.protocol") in found_in(deployment(protocol=word))


@pytest.mark.parametrize("word", ["model", "Model", "MODEL ", "MODEL_", "ΜODEL", "*", "MODELS"])
def test_a_type_is_compared_letter_by_letter(word):
    found = found_in(deployment(predictor(own(type=word), pod(container()))))
    assert found == [("SNB-229", "spec.predictors[0].graph.type")]


@pytest.mark.parametrize("word", ["mlflow_server", "MLFLOW_SERVER ", "MLFLOW_SERVER2", "XMLFLOW_SERVER", "*"])
def test_a_servers_name_is_compared_letter_by_letter(word):
    assert found_in(deployment(predictor(served(implementation=word)))) == [
        ("SNB-274", "spec.predictors[0].graph.implementation")
    ]


@pytest.mark.parametrize(
    ("document", "subject"),
    [
        (deployment(predictor(served(logger=Logger(mode="ALL")))), "spec.predictors[0].graph.logger.mode"),
        (
            deployment(predictor(served(children=(served("b", type="TRANSFORMERS"),)))),
            "spec.predictors[0].graph.children[0].type",
        ),
        (deployment(predictor(served(methods=("transform_input",)))), "spec.predictors[0].graph.methods[0]"),
        (deployment(predictor(explainer=Explainer(type="anchor_tabular"))), "spec.predictors[0].explainer.type"),
        (
            deployment(predictor(served(parameters=(Parameter(name="method", value="predict", type="string"),)))),
            "spec.predictors[0].graph.parameters[0].type",
        ),
    ],
)
def test_a_word_that_seldon_does_not_check_is_checked_wherever_it_stands(document, subject):
    assert found_in(document) == [("SNB-229", subject)]


def test_an_unknown_server_with_an_image_of_its_own_is_allowed():
    assert found_in(deployment(predictor(served(implementation="MY_SERVER"), pod(container())))) == []


def test_the_annotation_without_engine_counts_by_its_presence():
    both = own("a", children=(own("b"),))
    pods = pod(container("a"), container("b"))
    for value in ("true", "false", "", "no"):
        found = found_in(deployment(predictor(both, pods, annotations={"seldon.io/no-engine": value})))
        assert found == [("SNB-269", "spec.predictors[0].annotations")]


@pytest.mark.parametrize("place", ["spec", "predictor", "pod"])
def test_an_equals_sign_is_found_wherever_an_annotation_reaches_a_pod(place):
    document = deployment(predictor(None, pod())).to_document()
    bad = {"run": "https://mlflow.example/?id=1"}
    part = document["spec"]["predictors"][0]
    where = {"spec": document["spec"], "predictor": part, "pod": part["componentSpecs"][0].setdefault("metadata", {})}
    where[place]["annotations"] = bad
    assert [code for code, _ in found_in(document)] == ["SNB-214"]


def test_an_equals_sign_in_the_deployments_own_annotations_is_harmless():
    document = deployment().to_document()
    document["metadata"]["annotations"] = {"run": "https://mlflow.example/?id=1"}
    assert found_in(document) == []


def test_a_document_that_cannot_be_read_is_one_finding_and_not_many():
    document = deployment(protocol="v3", predictors=()).to_document()
    document["spec"]["protocoll"] = "v2"
    assert found_in(document) == [("SNB-226", "spec.protocoll")]


def test_a_rule_leaves_the_document_as_it_was():
    for rule in PLAN.values():
        plan = rule.denied()
        before = copy.deepcopy(dict(plan.document))
        list(rule.check(plan))
        assert plan.document == before


def test_paths_lead_to_what_they_name():
    document = deployment(predictor(traffic=50), predictor(name="canary", traffic=50))
    assert [path for path, _ in predictors(SeldonDeployment.from_document(document.to_document()))] == [
        "spec.predictors[0]",
        "spec.predictors[1]",
    ]
