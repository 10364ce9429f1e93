"""Workflows as they are checked in, here and in ``workflows/``; ``UPDATE_GOLDEN=1`` writes them anew.

Their plans hold a stand-in for the SeldonDeployment, so that a change of that renderer is not a change of these.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seldon_nb.checks.samples import COLLEAGUE, YOU, spec, version
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.plan import Base, Document, Plan, plan_digest
from seldon_nb.render.argo import workflow
from seldon_nb.render.argo.lint import lint
from seldon_nb.render.text import from_yaml, to_yaml

HERE = Path(__file__).parent
SHOWN = HERE.parents[1] / "workflows"
SERVER = {
    "apiVersion": "machinelearning.seldon.io/v1",
    "kind": "SeldonDeployment",
    "metadata": {"name": "fraud", "namespace": "team-a"},
}


def plan_of(base: Base | None = None, **changes) -> Plan:
    asked = spec(**{"namespace": "team-a", "place": "cluster", "tracking_uri": "http://mlflow.mlflow:5000", **changes})
    documents = (Document("SeldonDeployment", SERVER),)
    base = base or Base()
    return Plan(spec=asked, findings=(), documents=documents, base=base, digest=plan_digest(asked, documents, base))


PLANS = {
    "apply": plan_of(),
    "protected-with-secret": plan_of(
        version=version(classification=Classification.PROTECTED_B),
        source=ArtifactSource(uri="s3://models/fraud/3", secret="model-store"),
        service_account="deployer-of-team-a",
        step_image="registry.example/seldon-nb/step@sha256:" + "5e" * 32,
    ),
    "from-a-claim": plan_of(source=ArtifactSource(uri="pvc://models/fraud/3"), tracking_uri=""),
    "large-and-slow-update": plan_of(
        Base("sha256:" + "ba" * 32, 6),
        version=version(size=3 << 30),
        timeout_s=600,
        callers=(YOU, COLLEAGUE),
        deployment="a-deployment-whose-name-is-about-as-long-as-a-name-may-ever-be",
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_the_workflow_is_the_one_that_was_reviewed(name):
    text = to_yaml(workflow(PLANS[name]))
    file = HERE / "argo" / f"{name}.yaml"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_every_file_of_the_directory_is_still_made():
    assert {file.stem for file in (HERE / "argo").iterdir()} == set(PLANS)


def test_the_workflow_that_is_shown_is_one_that_is_made():
    text = to_yaml(workflow(PLANS["apply"]))
    if os.environ.get("UPDATE_GOLDEN"):
        (SHOWN / "apply.yaml").write_text(text, encoding="utf-8")
    assert text == (SHOWN / "apply.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PLANS)
def test_the_lint_has_nothing_to_say(name):
    assert lint(from_yaml((HERE / "argo" / f"{name}.yaml").read_text(encoding="utf-8"))) == ()
