"""An environment of a model's own: where it lies, what pins it, what the server's image holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seldon_nb.checks.samples import in_cluster, version
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.environment import own_environment
from seldon_nb.domain.plan import Base, Document, Plan, plan_digest
from seldon_nb.packaging.environment import pins
from seldon_nb.packaging.own import deployed, trust
from seldon_nb.packaging.server import server_packages
from seldon_nb.render.argo import workflow
from seldon_nb.render.seldon import render
from seldon_nb.render.seldon.environment import known_digest, with_digest

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("uri", "shelf"),
    [
        ("s3://models/team/fraud/3", "s3://models/seldon-nb-environments/"),
        ("s3:models/team/fraud/3", "s3://models/seldon-nb-environments/"),
        ("gs://models/fraud", "gs://models/seldon-nb-environments/"),
        ("wasbs://models@acme.blob.core.windows.net/f", "wasbs://models@acme.blob.core.windows.net/seldon-nb-environments/"),
        (
            "http://mlflow:5000/api/2.0/mlflow-artifacts/artifacts/7/models/m-1/artifacts",
            "http://mlflow:5000/api/2.0/mlflow-artifacts/artifacts/7/seldon-nb-environments/",
        ),
    ],
)
def test_it_lies_in_the_models_own_store_and_never_in_the_model(uri, shelf):
    own = own_environment(version(), ArtifactSource(uri=uri), server="image")
    assert own.uri == shelf + own.key.removeprefix("sha256:")
    assert "fraud" not in own.uri


@pytest.mark.parametrize("uri", ["pvc://models/fraud/3", "https://example/fraud.tar.gz", "file:///tmp/fraud"])
def test_a_store_that_takes_nothing_has_no_place_for_it(uri):
    assert own_environment(version(), ArtifactSource(uri=uri), server="image").uri == ""


def test_another_server_or_another_pin_is_another_environment():
    source = ArtifactSource(uri="s3://models/fraud/3")
    first = own_environment(version(), source, server="image:1")
    assert first.key != own_environment(version(), source, server="image:2").key
    packages = (("numpy", "0.0.1"),)
    other = version(environment=replace(version().environment, packages=packages))
    assert first.key != own_environment(other, source, server="image:1").key
    assert first.requirements == tuple(sorted(first.requirements))


def a_plan() -> Plan:
    asked = in_cluster()
    asked = replace(asked, environment=own_environment(asked.version, asked.source, server=asked.image))
    documents = (Document("SeldonDeployment", render(asked).to_document()),)
    return Plan(spec=asked, findings=(), documents=documents, base=Base(), digest=plan_digest(asked, documents, Base()))


def told(plan: Plan) -> dict[str, str]:
    (container,) = plan.document("SeldonDeployment")["spec"]["predictors"][0]["componentSpecs"][0]["spec"]["initContainers"]
    names = [item["name"] for item in container["env"]]
    assert names == sorted(names)
    return {item["name"]: item.get("value", "") for item in container["env"]}


def test_what_is_sent_names_the_digest_and_the_plan_stays_the_one_that_was_shown():
    plan = a_plan()
    assert "SNB_ENVIRONMENT_DIGEST" not in told(plan)
    sent = deployed(plan, DIGEST)
    assert told(sent)["SNB_ENVIRONMENT_DIGEST"] == DIGEST
    assert sent.digest == plan.digest
    assert "SNB_ENVIRONMENT_DIGEST" not in told(plan)
    assert known_digest(sent.document("SeldonDeployment"), plan.spec.environment.uri) == DIGEST
    assert known_digest(sent.document("SeldonDeployment"), "s3://elsewhere") == known_digest(None, "") == ""


def test_where_nothing_differs_nothing_is_asked_for():
    assert not {"SNB_ENVIRONMENT", "SNB_ENVIRONMENT_DIGEST"} & set(told(deployed(a_plan(), "")))


def test_a_digest_that_is_known_is_part_of_the_document():
    plan = a_plan()
    pinned = replace(plan.spec, environment=replace(plan.spec.environment, digest=DIGEST))
    documents = (Document("SeldonDeployment", render(pinned).to_document()),)
    assert with_digest(plan.documents, DIGEST) == documents


def test_only_the_step_that_packs_is_given_the_mirror_and_room():
    containers = workflow(a_plan())["spec"]["templates"][0]["containerSet"]["containers"]
    given = {item["name"]: [source["secretRef"]["name"] for source in item.get("envFrom", ())] for item in containers}
    assert given == {"check": [], "package": ["models-s3", "snb-packages"], "deploy": [], "smoke-test": []}


def test_the_servers_packages_are_those_of_this_python(tmp_path, monkeypatch):
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# Made\nnumpy==1.0 ; python_full_version < '3.5' \\\n    --hash=sha256:aa\nnumpy==2.0 ; python_full_version >= '3.5' \\\n"
        "    --hash=sha256:bb\nmlserver==1.7.1 \\\n    --hash=sha256:cc\n"
    )
    monkeypatch.setenv("SNB_SERVER_REQUIREMENTS", str(file))
    assert server_packages(model="m", namespace="n") == {"numpy": "2.0", "mlserver": "1.7.1"}
    assert pins(["numpy==2.0 \\"]) == {"numpy": "2.0"}


def test_certificates_of_the_mirror_are_trusted(monkeypatch, tmp_path):
    monkeypatch.setenv("SNB_CA", "-----BEGIN CERTIFICATE-----")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    trust()
    import os
    from pathlib import Path

    assert Path(os.environ["SSL_CERT_FILE"]).read_text() == "-----BEGIN CERTIFICATE-----"
