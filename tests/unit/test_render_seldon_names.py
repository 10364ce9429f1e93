"""The names that a real operator made of 35 documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seldon_nb.checks.samples import deployment, in_cluster, predictor, spec
from seldon_nb.render.seldon import SeldonDeployment, names, render

DATA = Path(__file__).parents[1] / "data" / "documents"
ACCEPTED = json.loads((DATA / "accepted.json").read_text(encoding="utf-8"))["cases"]
WRONG = json.loads((DATA / "wrong.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_document_read_strictly_and_written_back_is_the_same(name):
    document = ACCEPTED[name]["document"]
    assert SeldonDeployment.from_document(document).to_document() == document


def test_something_empty_that_a_document_says_is_said_again_and_changes_nothing_else():
    document = deployment().to_document()
    document["metadata"] |= {"labels": {}, "annotations": {"note": ""}}
    document["spec"]["predictors"][0]["componentSpecs"] = [
        {"spec": {"containers": [{"name": "model", "env": [{"name": "EMPTY", "value": ""}], "args": []}], "volumes": []}}
    ]
    found = SeldonDeployment.from_document(document)
    assert found.to_document() == document
    assert json.loads(json.dumps(found.to_document())) == document


@pytest.mark.parametrize("name", ACCEPTED)
def test_workloads_and_services_are_called_as_the_operator_called_them(name):
    recorded = ACCEPTED[name]
    assert sorted(names.workloads(recorded["document"])) == recorded["workloads"]
    assert set(names.services(recorded["document"])) == set(recorded["services"])
    assert names.workload(recorded["document"]) in recorded["workloads"]


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_ports_are_those_that_the_operator_opened(name):
    recorded = ACCEPTED[name]
    ports = [names.port(recorded["document"]), names.grpc_port(recorded["document"])]
    assert ports == recorded["services"][names.service(recorded["document"])]


def test_a_document_of_ours_is_asked_on_the_nodes_own_port_unless_it_brings_an_engine():
    without, own = render(in_cluster()).to_document(), render(in_cluster(), engine="own").to_document()
    assert (names.service(without), names.port(without)) == ("fraud-default", 9000)
    assert (names.service(own), names.port(own)) == ("fraud-default", 8000)
    assert names.workload(without) == names.workload(own) == "fraud-default-0-model"


def test_what_is_longer_than_a_label_becomes_a_checksum():
    just = "x" * (63 - len("-default-0-model"))
    assert names.deployment_name(just, "default", 0, ["model"]) == f"{just}-default-0-model"
    assert names.deployment_name("x" * 70, "default", 0, ["classifier"]) == "seldon-4e3fdc1e957382119bbfbb502ccd55b5"
    assert names.service_name("x" * 70, "default", "classifier") == "seldon-513cb8583681d9a625d44f8c63046a86"
    assert names.service_name("x" * 70, "default") == "seldon-fb2d6e5049ab79ea5074bf6ade234f61"


def test_an_address_that_a_predictor_asks_for_is_its_own():
    found = deployment(predictor(annotations={names.SVC_NAME: "chosen"})).to_document()
    assert names.service(found) == "chosen"


def test_an_engine_in_a_pod_of_its_own_is_a_workload():
    found = deployment(annotations={names.SEPARATE_ENGINE: "true"}).to_document()
    assert names.workloads(found) == ("fraud-default-0-model", "fraud-default-svc-orch")


def test_a_plan_for_one_machine_has_the_same_names():
    assert names.workloads(render(spec()).to_document()) == ("fraud-default-0-model",)
