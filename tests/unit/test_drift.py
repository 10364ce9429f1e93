"""What lives against what the revision says, without a cluster."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest

from seldon_nb.cards.drift import again, drift_card
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.checks.samples import in_cluster, revision, spec
from seldon_nb.cluster import kinds
from seldon_nb.cluster.revisions import stamped
from seldon_nb.diagnosis.drift import Kind, compared, measured, presentable
from seldon_nb.diagnosis.secret import value_without_secrets, without_secrets
from seldon_nb.domain.deployment import DeploymentStatus, State
from seldon_nb.domain.plan import Override, Server
from seldon_nb.domain.principal import Principal

GOLDEN = Path(__file__).parents[1] / "golden" / "seldon"
KEY = "AKIA" + "ABCDEFGHIJKL1234"


@pytest.fixture
def kept():
    return revision(in_cluster(), number=3)


@pytest.fixture
def live(kept):
    """The object as an API server gives it back."""
    found = stamped(kept)
    found["metadata"] |= {
        "uid": "1f2e",
        "resourceVersion": "712",
        "generation": 4,
        "creationTimestamp": "2026-11-21T10:00:00Z",
        "managedFields": [
            {"manager": "seldon-nb", "operation": "Apply", "time": "2026-11-21T10:00:00Z"},
            {"manager": "kubectl-edit", "operation": "Update", "time": "2026-11-21T11:30:00Z"},
            {"manager": "manager", "operation": "Update", "time": "2026-11-21T12:00:00Z", "subresource": "status"},
        ],
    }
    found["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] = "{}"
    found["status"] = {"state": "Available"}
    return found


def pod(document):
    return document["spec"]["predictors"][0]["componentSpecs"][0]["spec"]


def differences(kept, live):
    return [(item.path, item.kind) for item in compared(stamped(kept), live).differences]


def drift(kept, live, **more):
    return measured(DeploymentStatus(revision=kept, state=State.ANSWERING), kept, stamped(kept), live, **more)


def test_what_an_api_server_and_an_operator_add_is_no_drift(kept, live):
    for container in pod(live)["containers"]:
        for port in container.setdefault("ports", []):
            port["protocol"] = "TCP"
    seen = compared(stamped(kept), live)
    assert seen.differences == ()
    assert seen.now == stamped(kept)
    card = drift_card(drift(kept, live))
    assert (card.title, card.state, card.steps) == ("The cluster runs exactly what revision 3 says", "As applied", ())
    assert drift(kept, live).diff == ""


@pytest.mark.parametrize("path", sorted(GOLDEN.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_document_of_ours_is_the_same_as_itself(path):
    from seldon_nb.render.text import from_yaml

    document = from_yaml(path.read_text("utf-8"))
    assert compared(document, json.loads(json.dumps(document))).differences == ()
    assert compared(document, json.loads(json.dumps(document))).beside == ()


def test_a_field_that_somebody_changed_is_shown_with_both_values(kept, live):
    live["spec"]["predictors"][0]["replicas"] = 5
    found = drift(kept, live, writer="kubectl-edit", written_at="2026-11-21T11:30:00Z")
    assert [(item.path, item.kind) for item in found.differences] == [("spec.predictors[default].replicas", Kind.CHANGED)]
    assert "-    replicas: 1" in found.diff or "-  replicas: 1" in found.diff
    assert "replicas: 5" in found.diff
    assert found.diff.startswith("--- fraud (revision 3)\n+++ fraud (live)\n")
    text = to_text(drift_card(found), Skin.SHELL)
    assert "1 field differs from revision 3" in text
    assert "kubectl-edit" in text
    assert "seldon-nb deploy fraud@3 --to cluster/" in text


def test_what_is_gone_and_what_came_is_told_by_its_name(kept, live):
    gone = pod(live)["containers"][0]["env"].pop(0)["name"]
    pod(live)["containers"].append({"name": "miner", "image": "registry.example/miner:1"})
    more = copy.deepcopy(live["spec"]["predictors"][0]) | {"name": "shadow"}
    live["spec"]["predictors"].append(more)
    where = "spec.predictors[default].componentSpecs[0].spec.containers"
    assert differences(kept, live) == [
        (f"{where}[model].env[{gone}]", Kind.GONE),
        (f"{where}[miner]", Kind.ADDED),
        ("spec.predictors[shadow]", Kind.ADDED),
    ]
    assert "+" in drift(kept, live).diff
    assert "registry.example/miner:1" in drift(kept, live).diff


def test_another_order_of_what_has_names_is_no_drift(kept, live):
    pod(live)["containers"][0]["env"].reverse()
    assert differences(kept, live) == []


def test_a_truth_value_is_no_number():
    assert compared({"a": {"b": True}}, {"a": {"b": 1}}).differences
    assert not compared({"a": {"b": {}}}, {"a": {}}).differences


def test_fields_of_which_the_revision_says_nothing_are_named_and_not_shown(kept, live):
    live["spec"]["replicas"] = 7777
    pod(live)["hostNetwork"] = True
    found = drift(kept, live)
    assert (found.differences, found.diff) == ((), "")
    assert found.beside == ("spec.predictors[default].componentSpecs[0].spec.hostNetwork", "spec.replicas")
    text = to_text(drift_card(found), Skin.SHELL)
    assert "There are 2 fields besides of which the revision says nothing" in text
    assert "7777" not in text


def test_no_key_that_somebody_wrote_there_is_shown(kept, live):
    env = pod(live)["containers"][0]["env"]
    env.append({"name": "GREETING", "value": "hunter2"})
    env[0]["value"] = f"s3://ana:hunter2@store/{KEY}"
    pod(live)["containers"][0]["args"] = ["--token=hunter2", "--key", "aB3" * 12]
    pod(live)["containers"].append({"name": "more", "image": "x:1", "env": [{"name": "PLAIN", "value": "hunter2"}]})
    found = drift(kept, live)
    assert "GREETING" in found.diff
    for secret in ("hunter2", KEY, "aB3aB3"):
        assert secret not in found.diff
        assert secret not in json.dumps(drift_card(found).data)
    live["metadata"]["annotations"] |= {"password": "hunter2"}
    assert "hunter2" not in json.dumps(presentable(live) | {"spec": {}})
    assert "managedFields" not in presentable(live)["metadata"]


def test_what_a_key_looks_like_in_a_setting_is_more_than_in_a_log():
    digest = "sha256:" + "0a" * 32
    assert value_without_secrets("image", f"registry.example/ml/model-server@{digest}").endswith(digest)
    assert value_without_secrets("MODEL_URI", "mlflow-artifacts:/1/models/m-0a1b/artifacts").startswith("mlflow-artifacts:/1")
    assert value_without_secrets("HF_TOKEN", "x") == "«…»"
    assert without_secrets("loaded aB3aB3aB3aB3aB3aB3aB3aB3") == "loaded aB3aB3aB3aB3aB3aB3aB3aB3"


def test_without_a_record_nothing_is_claimed(kept):
    status = DeploymentStatus(revision=kept, state=State.ANSWERING)
    card = drift_card(measured(status, None, {}, {}))
    assert card.data["compared"] is False
    assert card.data["same"] is False
    assert "could not be compared" in card.title
    assert card.steps == ()


def test_what_does_not_answer_is_not_said_to_run(kept, live):
    status = DeploymentStatus(revision=kept, state=State.STARTING)
    assert "is asked for" in drift_card(measured(status, kept, stamped(kept), live)).title


def test_who_wrote_last_is_neither_us_nor_what_writes_the_status(live):
    assert kinds.last_writer(live) == ("kubectl-edit", "2026-11-21T11:30:00Z")
    assert kinds.last_writer({"metadata": {}}) == ("", "")


def test_the_line_that_puts_it_back_asks_for_the_same_documents():
    plain = revision(spec(deployment="fraud", place="here"))
    assert again(plain) == "deploy fraud@3 --to dev --caller colleague"
    asked = spec(
        deployment="second", server=Server.SKLEARN, place="here", timeout_s=90, callers=(Principal("you"), Principal("colleague"))
    )
    odd = replace(revision(asked), timeout_s=90, overrides=(Override("SNB-231", "we know"),))
    line = again(odd)
    for words in (
        "--name second",
        "--server sklearn",
        "--timeout 90",
        "--caller colleague",
        "--override SNB-231 --because 'we know'",
    ):
        assert words in line
    assert "--caller you" not in line
