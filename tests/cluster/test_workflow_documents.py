"""Every workflow that we make is accepted by Argo: by its full kinds on a real API server, read strictly, and by its own lint."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path

import pytest

from seldon_nb.render.argo import plan_map, workflow
from seldon_nb.render.argo.lint import lint
from seldon_nb.render.text import from_yaml
from tests.cluster.node import build
from tests.golden.test_golden_argo import PLANS

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "argo"
DOCUMENTS = {file.stem: from_yaml(file.read_text(encoding="utf-8")) for file in sorted(GOLDEN.glob("*.yaml"))}


def sent(api, namespace, document, plural, group="apis/argoproj.io/v1alpha1"):
    """What the server says of a document, without keeping it; a field that it does not know is refused."""
    document = copy.deepcopy(document)
    document["metadata"]["namespace"] = namespace
    return api.ask("POST", f"/{group}/namespaces/{namespace}/{plural}?dryRun=All&fieldValidation=Strict", document)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_api_server_accepts_the_workflow(cluster, own_namespace, name):
    answer = sent(cluster.api(), own_namespace, DOCUMENTS[name], "workflows")
    assert answer.status == 201, answer.message


@pytest.mark.parametrize("name", PLANS)
def test_the_api_server_accepts_what_carries_the_plan(cluster, own_namespace, name):
    answer = sent(cluster.api(), own_namespace, plan_map(PLANS[name]), "configmaps", "api/v1")
    assert answer.status == 201, answer.message


def test_nothing_that_we_send_is_dropped_by_the_server(cluster, own_namespace):
    for name, document in DOCUMENTS.items():
        kept = sent(cluster.api(), own_namespace, document, "workflows").body
        assert kept["spec"] == document["spec"], name


@pytest.mark.parametrize(
    "bend",
    [
        lambda spec: spec.update(onexit="report"),
        lambda spec: spec["synchronization"].update(mutex={"name": "a"}),
        lambda spec: spec["templates"][1].update(retrystrategy={}),
    ],
    ids=["unknown field", "a field that is gone", "unknown field of a template"],
)
def test_what_our_lint_refuses_the_server_refuses_too(cluster, own_namespace, bend):
    document = copy.deepcopy(DOCUMENTS["apply"])
    bend(document["spec"])
    assert lint(document)
    assert sent(cluster.api(), own_namespace, document, "workflows").status == 400


def test_argos_own_lint_has_nothing_to_say(tmp_path):
    try:
        argo = Path(build.program("argo"))
    except Exception:
        argo = Path("/nowhere")
    if not argo.exists():
        pytest.skip("Argo's command line is not built: python -m tests.cluster.node build --lint")
    for name, document in DOCUMENTS.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    done = subprocess.run([str(argo), "lint", "--offline", str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_controller_takes_the_workflow_up_and_does_not_call_it_wrong(cluster, own_namespace):
    """Argo's validation is the first thing its controller does; what it refuses ends at once with ``invalid spec``."""
    api = cluster.api()
    account = {"name": "snb-deployer", "namespace": own_namespace}
    api.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
    document = copy.deepcopy(workflow(PLANS["apply"]))
    document["metadata"]["namespace"] = own_namespace
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{own_namespace}/workflows"
    answer = api.ask("POST", path, document)
    assert answer.status == 201, answer
    taken = api.wait(
        f"{path}/{document['metadata']['name']}",
        lambda seen: (
            seen.get("status", {}).get("phase") in ("Failed", "Error") or len(seen.get("status", {}).get("nodes", {})) > 4
        ),
    )
    assert "invalid spec" not in taken["status"].get("message", ""), taken["status"]
    assert {"check", "package", "deploy", "smoke-test"} <= {item["displayName"] for item in taken["status"]["nodes"].values()}
