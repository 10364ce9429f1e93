"""The steps in real pods of a strict namespace, by the account and roles of ``manifests/``: what a refusal leaves behind."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from seldon_nb.checks.samples import spec, version
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.plan import Base, Document, Plan, plan_digest
from seldon_nb.render.argo import plan_map, workflow
from seldon_nb.render.seldon import render
from tests.cluster import images

MANIFESTS = Path(__file__).resolve().parents[2] / "manifests"


@pytest.fixture(scope="module")
def strict(cluster, tmp_path_factory):
    """A namespace as a platform team makes it, and the steps' image on the cluster."""
    if images.missing_tools():
        pytest.skip(f"images cannot be built here: {images.missing_tools()}")
    cluster.import_image(images.build("step").archive)
    api, name = cluster.api(), "t-steps"
    folder = tmp_path_factory.mktemp("overlay")
    base = os.path.relpath(MANIFESTS / "restricted", folder.resolve())
    (folder / "kustomization.yaml").write_text(f"namespace: {name}\nresources: [{base}]\n")
    cluster.kubectl("apply", "--server-side", "--kustomize", str(folder))
    yield name
    api.ask("DELETE", f"/api/v1/namespaces/{name}")


def a_plan(namespace, **changes):
    asked = spec(**{"namespace": namespace, "place": "cluster", **changes})
    documents = (Document("SeldonDeployment", render(asked).to_document()),)
    return Plan(spec=asked, findings=(), documents=documents, base=Base(), digest=plan_digest(asked, documents, Base()))


def carried_out(cluster, plan, carried=None):
    """Hand a plan over and wait for its end: (workflow, its parts by name, the last record's body)."""
    api, namespace = cluster.api(), plan.spec.namespace
    document = workflow(plan)
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/workflows"
    for where, body in ((f"/api/v1/namespaces/{namespace}/configmaps", carried or plan_map(plan)), (path, document)):
        answer = api.ask("POST", where, body)
        assert answer.status == 201, answer.message
    done = api.wait(f"{path}/{document['metadata']['name']}", lambda seen: seen.get("status", {}).get("finishedAt"), timeout=120)
    parts = {part["displayName"]: part for part in done["status"]["nodes"].values()}
    maps = api.ask("GET", f"/api/v1/namespaces/{namespace}/configmaps").body["items"]
    records = [json.loads(item["data"]["record.json"]) for item in maps if "record.json" in item.get("data", {})]
    return done, parts, next((record for record in records if record["digest"] == plan.digest), None)


def test_the_step_that_refuses_says_why_and_the_record_keeps_it(cluster, strict):
    source = ArtifactSource(uri=f"http://{cluster.host_ip}:9/nothing-listens-here")
    done, parts, record = carried_out(cluster, a_plan(strict, deployment="unreachable", source=source))
    assert done["status"]["phase"] == "Failed"
    assert parts["check"]["phase"] == "Succeeded", parts["check"].get("message")
    message = parts["package"]["message"]
    told = json.loads(message[message.index("{") :])
    assert told["code"].startswith("SNB-") and told["step"] == "package", message
    assert 'dependency "package" exited with non-zero code: 1' in parts["deploy"]["message"]
    assert record is not None, parts
    assert (record["act"], record["result"], record["details"]["failed"]) == ("refused", told["code"], "package")
    assert (
        cluster.api()
        .ask("GET", f"/apis/machinelearning.seldon.io/v1/namespaces/{strict}/seldondeployments")
        .body.get("items", [])
        == []
    )


def test_a_plan_that_is_not_the_one_that_was_handed_over_is_not_read(cluster, strict):
    plan = a_plan(strict, deployment="altered")
    other = plan_map(replace(plan, spec=replace(plan.spec, version=version(size=2 << 20), timeout_s=3600)))
    done, parts, record = carried_out(cluster, plan, other)
    assert done["status"]["phase"] == "Failed"
    assert '"SNB-221"' in parts["check"]["message"]
    assert record is None  # who asked stands in the plan, and this plan cannot be believed
