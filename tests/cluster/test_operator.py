"""SeldonDeployments on a real API server, with real pods: the stand-in operator, or the real one with SELDON_OPERATOR=real."""

from __future__ import annotations

import json
import subprocess
import time

import pytest

PROBE = {"httpGet": {"path": "/", "port": 9000}, "periodSeconds": 1}


def document(cluster, namespace, name="fraud", **changes):
    """A deployment of one container that answers on port 9000, without engine."""
    part = {
        "name": "model",
        "image": cluster.image("probe"),
        "imagePullPolicy": "IfNotPresent",
        "args": ["serve", ":9000", "one"],
        "readinessProbe": PROBE,
        "livenessProbe": PROBE,
        "lifecycle": {"preStop": {"sleep": {"seconds": 1}}},
        **changes,
    }
    predictor = {
        "name": "default",
        "annotations": {"seldon.io/no-engine": "true"},
        "graph": {"name": "model", "type": "MODEL"},
        "componentSpecs": [{"spec": {"containers": [part]}}],
    }
    head = {
        "apiVersion": "machinelearning.seldon.io/v1",
        "kind": "SeldonDeployment",
        "metadata": {"name": name, "namespace": namespace},
    }
    return {**head, "spec": {"protocol": "v2", "predictors": [predictor]}}


def apply(cluster, made):
    return cluster.kubectl("apply", "-f", "-", given=json.dumps(made))


def read(cluster, namespace, kind, name=""):
    return json.loads(cluster.kubectl("get", kind, *([name] if name else []), "-n", namespace, "-o", "json"))


def states(cluster, namespace, seconds, until=None):
    """The (generation, state) pairs seen over some seconds, or until one of them is seen, each as often as it changed."""
    seen, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        found = read(cluster, namespace, "seldondeployment", "fraud")
        now = (found["metadata"]["generation"], (found.get("status") or {}).get("state"))
        if now not in seen[-1:]:
            seen.append(now)
        if now == until:
            break
        time.sleep(0.05)
    return seen


def answered(cluster, namespace):
    """What the predictor's Service answers."""
    path = f"/api/v1/namespaces/{namespace}/services/fraud-default:9000/proxy/"
    return cluster.kubectl("get", "--raw", path).strip()


def test_from_create_over_a_broken_update_to_a_refused_change(cluster, seldon_operator, operator_namespace):
    apply(cluster, document(cluster, operator_namespace))
    seen = states(cluster, operator_namespace, 60, until=(1, "Available"))
    assert [state for _, state in seen if state] == ["Creating", "Available"]
    assert [one["metadata"]["name"] for one in read(cluster, operator_namespace, "deployments")["items"]] == [
        "fraud-default-0-model"
    ]
    assert {one["metadata"]["name"] for one in read(cluster, operator_namespace, "services")["items"]} == {
        "fraud-default",
        "fraud-default-model",
    }
    assert answered(cluster, operator_namespace) == "one"
    told = read(cluster, operator_namespace, "seldondeployment", "fraud")["status"]
    assert told["address"]["url"] == f"http://fraud-default.{operator_namespace}.svc.cluster.local:9000/v2/models/model/infer"
    assert told["deploymentStatus"] == {"fraud-default-0-model": {"replicas": 1, "availableReplicas": 1}}

    (before,) = [one["metadata"]["name"] for one in read(cluster, operator_namespace, "pods")["items"]]
    apply(cluster, document(cluster, operator_namespace, image="127.0.0.1:1/missing:1"))
    seen = states(cluster, operator_namespace, 5)
    if seldon_operator == "stand-in":  # the real one is as quick, and not always to be caught at it
        assert seen[0] == (2, "Available")
    assert seen[-1] == (2, "Creating")
    found = read(cluster, operator_namespace, "seldondeployment", "fraud")["status"]
    assert "observedGeneration" not in found and "description" not in found
    assert found["deploymentStatus"] == {"fraud-default-0-model": {"replicas": 2, "availableReplicas": 1}}
    assert before in [one["metadata"]["name"] for one in read(cluster, operator_namespace, "pods")["items"]]
    assert answered(cluster, operator_namespace) == "one"

    wrong = document(cluster, operator_namespace)
    wrong["spec"]["protocol"] = "v3"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        apply(cluster, wrong)
    assert 'is invalid: spec: Invalid value: "v3": Invalid protocol' in refused.value.stderr
    assert read(cluster, operator_namespace, "seldondeployment", "fraud")["metadata"]["generation"] == 2


def test_a_renamed_container_is_another_workload_and_the_former_one_stays_until_it_is_ready(
    cluster, seldon_operator, operator_namespace
):
    apply(cluster, document(cluster, operator_namespace))
    states(cluster, operator_namespace, 60, until=(1, "Available"))
    made = document(cluster, operator_namespace, name="fraud", args=["serve", ":9000", "two"])
    predictor = made["spec"]["predictors"][0]
    predictor["graph"]["name"] = predictor["componentSpecs"][0]["spec"]["containers"][0]["name"] = "other"
    apply(cluster, made)
    gone, end = False, time.monotonic() + 60
    while not gone and time.monotonic() < end:
        assert answered(cluster, operator_namespace) in {"one", "two"}
        gone = [one["metadata"]["name"] for one in read(cluster, operator_namespace, "deployments")["items"]] == [
            "fraud-default-0-other"
        ]
        if gone:
            assert (
                read(cluster, operator_namespace, "deployment", "fraud-default-0-other")["status"].get("availableReplicas") == 1
            )
    assert gone


def test_what_the_api_server_refuses_of_the_made_objects_is_the_description_of_a_failed_deployment(
    cluster, seldon_operator, operator_namespace
):
    apply(cluster, document(cluster, operator_namespace, image=""))
    seen = states(cluster, operator_namespace, 10, until=(1, "Failed"))
    assert seen[-1] == (1, "Failed")
    told = read(cluster, operator_namespace, "seldondeployment", "fraud")["status"]["description"]
    assert told == 'Deployment.apps "fraud-default-0-model" is invalid: spec.template.spec.containers[0].image: Required value'


def test_with_its_deployment_everything_goes(cluster, seldon_operator, operator_namespace):
    apply(cluster, document(cluster, operator_namespace))
    states(cluster, operator_namespace, 60, until=(1, "Available"))
    cluster.kubectl("delete", "seldondeployment", "fraud", "-n", operator_namespace)
    end = time.monotonic() + 30
    while (left := read(cluster, operator_namespace, "deployments,services,pods")["items"]) and time.monotonic() < end:
        time.sleep(0.2)
    assert left == []
