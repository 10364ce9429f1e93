"""Documents that were sent to a real operator: 35 right ones, 33 wrong ones of which it accepted more than half, and nine shapes."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest

from seldon_nb.checks.document import predictors
from seldon_nb.checks.registry import PLAN, run
from seldon_nb.checks.samples import cluster, context, deployment, in_cluster, own, pod, predictor, served, spec
from seldon_nb.checks.samples import image as container
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.code import Severity
from seldon_nb.render.seldon.objects import Explainer, Logger, Parameter, SeldonDeployment

DATA = Path(__file__).parents[1] / "data" / "documents"
ACCEPTED = json.loads((DATA / "accepted.json").read_text(encoding="utf-8"))["cases"]
WRONG = json.loads((DATA / "wrong.json").read_text(encoding="utf-8"))["cases"]
RESTRICTED = json.loads((DATA / "restricted.json").read_text(encoding="utf-8"))["cases"]

#: What we call the mistake in each of them.
CODES = {
    "ab test one child": "SNB-230",
    "container missing for node": "SNB-270",
    "container without image": "SNB-232",
    "deployment name 70 chars": "SNB-210",
    "deployment name with dot": "SNB-210",
    "duplicate port": "SNB-233",
    "duplicate predictor names": "SNB-268",
    "explainer without type": "SNB-229",
    "kserve style field": "SNB-263",
    "logger bad mode": "SNB-229",
    "no predictors": "SNB-267",
    "node without type or implementation or methods": "SNB-234",
    "one predictor traffic 50": "SNB-278",
    "only shadow": "SNB-265",
    "predictor name upper case": "SNB-227",
    "predictor name with underscore": "SNB-227",
    "prepackaged server without modelUri": "SNB-272",
    "protocol grpc transport": "SNB-262",
    "replicas and hpa": "SNB-235",
    "replicas negative": "SNB-231",
    "same container twice": "SNB-228",
    "same node name twice in graph": "SNB-228",
    "ssl without secret": "SNB-236",
    "tensorflow protocol with sklearn server": "SNB-273",
    "traffic over 100": "SNB-237",
    "traffic sums to 90": "SNB-277",
    "two predictors without traffic": "SNB-277",
    "two shadows": "SNB-276",
    "unknown field": "SNB-226",
    "unknown implementation": "SNB-274",
    "unknown protocol": "SNB-261",
    "unknown type": "SNB-229",
    "v2 with mab parameters wrong type": "SNB-229",
}
#: Two mistakes that do no harm by themselves are warned of.
WARNED = {"node without type or implementation or methods", "replicas and hpa"}

DEFAULTS = {"SNB-290", "SNB-294"}  # an image of Seldon's choice, watched as Seldon watches
OWN_IMAGE = {"SNB-294"}
#: Everything that is said of a document that is right, besides that nothing opens its store.
SAID = {
    "canary-2-predictors": DEFAULTS | {"SNB-257"},
    "component-spec-named": OWN_IMAGE,
    "explainer": DEFAULTS | {"SNB-295"},
    "graph-combiner": OWN_IMAGE,
    "graph-router-mab": DEFAULTS | {"SNB-287"},
    "graph-transformers": OWN_IMAGE,
    "graph-two-pods": OWN_IMAGE,
    "hpa": OWN_IMAGE,
    "hpa-v2-metrics": OWN_IMAGE | {"SNB-285"},
    "huggingface-v2": DEFAULTS,
    "keda": OWN_IMAGE | {"SNB-284"},
    "logger": DEFAULTS | {"SNB-259"},
    "long-names": DEFAULTS | {"SNB-211"},
    "mlflow-seldon": DEFAULTS | {"SNB-289"},
    "mlflow-v2": DEFAULTS,
    "mlflow-v2-explicit-image": OWN_IMAGE | {"SNB-280"},
    "no-engine": DEFAULTS,
    "own-image-grpc-port": OWN_IMAGE | {"SNB-298"},
    "own-image-seldon": OWN_IMAGE,
    "own-image-v2": OWN_IMAGE,
    "pdb": OWN_IMAGE,
    "private-registry": OWN_IMAGE,
    "random-abtest": DEFAULTS,
    "replicas-zero": DEFAULTS | {"SNB-299"},
    "separate-engine": DEFAULTS | {"SNB-280"},
    "shadow": DEFAULTS | {"SNB-257", "SNB-258"},
    "sklearn-seldon": DEFAULTS,
    "sklearn-v2": DEFAULTS,
    "ssl": OWN_IMAGE,
    "svc-name-and-timeouts": DEFAULTS | {"SNB-280"},
    "tensorflow-seldon": DEFAULTS,
    "tensorflow-tensorflow": DEFAULTS,
    "triton-v2": DEFAULTS,
    "xgboost-seldon": DEFAULTS,
    "xgboost-v2": DEFAULTS,
}


def judged(document, **facts):
    asked = in_cluster(deployment="recorded", namespace="team-a")
    facts.setdefault("ceiling", Classification.UNKNOWN)
    return run(cluster(document=document, spec=asked, **facts))[0]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_whether_the_operator_refuses_it_or_not(name):
    recorded = WRONG[name]
    found = {finding.code: finding for finding in judged(recorded["document"])}
    assert CODES[name] in found
    if not recorded["accepted"] or name not in WARNED:
        assert found[CODES[name]].severity is Severity.BLOCK
    blocking = {code for code, finding in found.items() if finding.blocks}
    assert blocking <= {CODES[name]}  # one mistake, one refusal


def test_all_that_were_recorded_are_asked_about():
    assert (len(ACCEPTED), len(WRONG), sum(not case["accepted"] for case in WRONG.values())) == (35, 33, 15)
    assert set(CODES) == set(WRONG)
    assert set(SAID) == set(ACCEPTED)


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_right_is_never_blocked_and_every_warning_is_meant(name):
    found = judged(ACCEPTED[name]["document"])
    assert not [finding.code for finding in found if finding.blocks]
    assert {finding.code for finding in found} - {"SNB-253"} == SAID[name]


@pytest.mark.parametrize("name", RESTRICTED)
def test_a_shape_passes_the_strictest_namespace_exactly_if_the_admission_let_it_in(name):
    recorded = RESTRICTED[name]
    found = [finding for finding in judged(recorded["document"], pod_security="restricted") if finding.code == "SNB-240"]
    assert bool(found) == bool(recorded["message"])
    for finding in found:
        said = finding.facts["found"]
        assert set(re.findall(r"(\w+)[^;]*?\(", said)) >= {
            what
            for what in ("allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "seccompProfile")
            if what in recorded["message"]
        }
        named = set(re.findall(r"[a-z-]+-initializer|classifier|seldon-container-engine", recorded["message"]))
        assert named == set(re.findall(r"[a-z-]+-initializer|classifier|seldon-container-engine", said))


def test_shapes_that_were_let_in_and_never_answered_are_blocked_by_other_rules():
    silent = {name for name, case in RESTRICTED.items() if not case["message"] and not case["answeredTenths"]}
    found = {name: {item.code for item in judged(RESTRICTED[name]["document"]) if item.blocks} for name in RESTRICTED}
    assert {name for name in found if found[name] & {"SNB-296", "SNB-297"}} == silent
    assert not [name for name in RESTRICTED if RESTRICTED[name].get("answeredTenths") and found[name]]


@pytest.mark.parametrize("name", ["x" * 70, "a.b"])
def test_a_name_that_fails_after_it_was_accepted_is_found(name):
    assert "SNB-210" in [finding.code for finding in run(context(document=deployment(name=name)))[0]]


# --- look-alikes ---------------------------------------------------------------------------------------------------------------


def found_in(document):
    found = run(context(document=document, spec=spec(place="cluster")))[0]
    return [(finding.code, finding.subject) for finding in found if finding.blocks]


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
