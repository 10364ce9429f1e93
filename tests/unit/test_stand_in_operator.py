"""The stand-in operator of the cluster tests makes what a recorded Seldon operator 1.17.1 made, object by object.

The recordings stand reduced in tests/data/seldon: ``reduced`` drops what an API server adds to an object.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.cluster.operator.admission import answer, refusal
from tests.cluster.operator.objects import LEFT_OUT, objects
from tests.cluster.operator.routes import routes
from tests.cluster.operator.status import status

DATA = Path(__file__).parents[1] / "data" / "seldon"
ACCEPTED = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((DATA / "accepted").glob("*.json"))}
BAD = json.loads((DATA / "bad.json").read_text("utf-8"))
OVER_TIME = json.loads((DATA / "over-time.json").read_text("utf-8"))
SCHEMA = yaml.safe_load((DATA / "crd.yaml").read_text("utf-8"))["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


def simple(name, *predictors):
    """A document whose predictors have one container of their own, ``iris``."""
    part = {
        "graph": {"name": "iris", "type": "MODEL"},
        "componentSpecs": [{"spec": {"containers": [{"name": "iris", "image": "x:1"}]}}],
    }
    meta = {"name": name, "namespace": "team-a"}
    return {
        "apiVersion": "machinelearning.seldon.io/v1",
        "kind": "SeldonDeployment",
        "metadata": meta,
        "spec": {"protocol": "v2", "predictors": [{**part, **one} for one in predictors]},
    }


READY = simple("upd", {"name": "default"})
CANARY = simple("can", {"name": "main", "traffic": 75}, {"name": "canary", "traffic": 25})

# What an API server fills in.
POD = {"dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler", "securityContext": {}}
CONTAINER = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "resources": {}}
PROBE = {"timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3, "periodSeconds": 10, "initialDelaySeconds": 0}
SERVICE = {"internalTrafficPolicy": "Cluster", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "sessionAffinity": "None"}


def without(part, defaults):
    return {key: value for key, value in part.items() if key not in defaults or defaults[key] != value}


def a_probe(part):
    return {key: without(value, {"scheme": "HTTP"}) if key == "httpGet" else value for key, value in without(part, PROBE).items()}


def a_variable(part):
    if part["name"] != "ENGINE_PREDICTOR":
        return part.get("value", part.get("valueFrom", ""))
    told = json.loads(base64.b64decode(part["value"]))
    return {key: told[key] for key in ("name", "graph", "labels", "replicas")}


def a_container(part):
    part = without(part, CONTAINER)
    for probe in {"livenessProbe", "readinessProbe", "startupProbe"} & set(part):
        part[probe] = a_probe(part[probe])
    if "env" in part:
        part["env"] = {one["name"]: a_variable(one) for one in part["env"]}
    if "ports" in part:
        part["ports"] = sorted([port.get("name", ""), port["containerPort"]] for port in part["ports"])
    if "volumeMounts" in part:
        part["volumeMounts"] = sorted(part["volumeMounts"], key=lambda mount: mount["name"])
    return part


def a_pod(part):
    part = {key: value for key, value in without(part, POD).items() if key != "serviceAccount"}
    for key in {"containers", "initContainers"} & set(part):
        part[key] = [a_container(one) for one in part[key]]
    part["volumes"] = sorted(
        (
            {key: without(value, {"defaultMode": 420}) if isinstance(value, dict) else value for key, value in one.items()}
            for one in part["volumes"]
        ),
        key=lambda volume: volume["name"],
    )
    return part


def reduced(made):
    """One object without what an API server adds, what changes from run to run, and the order of what has names."""
    spec, meta = dict(made.get("spec") or {}), made["metadata"]
    if made["kind"] == "Deployment":
        template = spec["template"]
        spec = without(spec, {"revisionHistoryLimit": 10})
        spec["selector"] = spec["selector"]["matchLabels"]
        spec["template"] = {
            **{key: template["metadata"].get(key) or {} for key in ("labels", "annotations")},
            "spec": a_pod(template["spec"]),
        }
    if made["kind"] == "Service":
        spec = {key: value for key, value in without(spec, {**SERVICE, "type": "ClusterIP"}).items() if "clusterIP" not in key}
        spec["ports"] = [[port["name"], port["port"], port["targetPort"]] for port in spec["ports"]]
    owners = [
        [owner["kind"], owner["name"], owner.get("controller"), owner.get("blockOwnerDeletion")]
        for owner in meta.get("ownerReferences") or []
    ]
    notes = {key: value for key, value in (meta.get("annotations") or {}).items() if "deployment.kubernetes.io" not in key}
    return {
        "kind": made["kind"],
        "name": meta["name"],
        "labels": meta.get("labels") or {},
        "annotations": notes,
        "owners": owners,
        "spec": spec,
    }


def by_name(found):
    return {(one["kind"], one["name"]): one for one in found}


@pytest.mark.parametrize("name", sorted(set(ACCEPTED) - {"explainer"}))
def test_every_accepted_document_becomes_the_recorded_objects(name):
    made = [reduced(one) for one in objects(ACCEPTED[name]["input"])]
    assert by_name(made) == by_name(ACCEPTED[name]["objects"])


def test_of_all_documents_only_explainers_are_left_out_and_that_is_said():
    made = by_name(reduced(one) for one in objects(ACCEPTED["explainer"]["input"]))
    missing = {key: one for key, one in by_name(ACCEPTED["explainer"]["objects"]).items() if made.get(key) != one}
    assert {name for _, name in missing} == {"expl-default-explainer"}
    assert set(LEFT_OUT) == {
        "explainer", "kedaSpec", "engine-separate-pod", "svc-name", "kafka", "TEMPO_SERVER", "Istio", "ENGINE_PREDICTOR", "conditions", "events",
    }  # fmt: skip


def test_the_objects_of_deployments_that_became_ready_are_the_recorded_ones():
    for key, document in (("objects-ready", READY), ("canary-ready", CANARY)):
        want = [one for one in OVER_TIME[key] if one["kind"] in {"Deployment", "Service"}]
        assert sorted(one["name"] for one in want) == sorted(one["metadata"]["name"] for one in objects(document))
        made = by_name(reduced(one) for one in objects(document))
        for one in want:
            assert {**made[one["kind"], one["name"]], "spec": 0} == {**one, "spec": 0}


@pytest.mark.parametrize(("key", "document"), [("objects-ready", READY), ("canary-ready", CANARY)])
def test_the_routes_of_ready_deployments_are_the_recorded_ones(key, document):
    want = {
        (one["kind"], one["name"]): one["spec"] for one in OVER_TIME[key] if one["kind"] in {"VirtualService", "DestinationRule"}
    }
    assert {(one["kind"], one["name"]): one["spec"] for one in routes(document)} == want


def test_a_document_with_its_own_initializer_keeps_it():
    document = json.loads(json.dumps(ACCEPTED["mlflow-v2"]["input"]))
    mine = {
        "name": "classifier-model-initializer",
        "image": "step:1",
        "volumeMounts": [{"name": "classifier-provision-location", "mountPath": "/mnt/models"}],
    }
    spec = {
        "containers": [{"name": "classifier", "image": "server:1"}],
        "initContainers": [mine],
        "volumes": [{"name": "classifier-provision-location", "emptyDir": {}}],
    }
    document["spec"]["predictors"][0]["componentSpecs"] = [{"spec": spec}]
    (pod,) = [one["spec"]["template"]["spec"] for one in objects(document) if one["kind"] == "Deployment"]
    assert pod["initContainers"] == [mine]
    assert [volume["name"] for volume in pod["volumes"]] == ["classifier-provision-location", "seldon-podinfo"]


# --- admission ----------------------------------------------------------------------------------------------------------------------

REFUSED = {name: one for name, one in BAD.items() if not one["accepted"]}
SWALLOWED = {name: one for name, one in BAD.items() if one["accepted"]}


def test_the_recordings_hold_fifteen_refusals_and_eighteen_wrong_documents_that_pass():
    assert (len(REFUSED), len(SWALLOWED), len(ACCEPTED)) == (15, 18, 35)


@pytest.mark.parametrize("name", REFUSED)
def test_what_was_refused_is_refused_in_the_same_words(name):
    assert refusal(REFUSED[name]["input"], SCHEMA) == REFUSED[name]["message"]


@pytest.mark.parametrize("name", [*SWALLOWED, *ACCEPTED])
def test_what_was_accepted_is_accepted(name):
    assert refusal((SWALLOWED.get(name) or ACCEPTED[name])["input"], SCHEMA) is None


def test_the_webhook_answers_a_review_as_the_api_server_expects():
    answered = answer({"request": {"uid": "u", "object": REFUSED["unknown protocol"]["input"]}})["response"]
    assert (answered["uid"], answered["allowed"], answered["status"]["code"]) == ("u", False, 422)
    assert answered["status"]["details"]["causes"] == [
        {"reason": "FieldValueInvalid", "field": "spec", "message": 'Invalid value: "v3": Invalid protocol'}
    ]
    assert answer({"request": {"uid": "u", "object": ACCEPTED["sklearn-v2"]["input"]}})["response"] == {
        "uid": "u",
        "allowed": True,
    }


def test_the_definition_takes_every_recorded_document():
    check = jsonschema.Draft202012Validator(
        json.loads(json.dumps(SCHEMA).replace('"x-kubernetes-int-or-string": true', '"type": ["integer", "string"]'))
    )
    for one in [*ACCEPTED.values(), *SWALLOWED.values()]:
        assert not list(check.iter_errors(one["input"]))
    for wrong in (
        {},
        {"predictors": [{"name": "x"}]},
        {"predictors": [{"name": "x", "graph": {}}]},
        {"predictors": [{"name": "x", "graph": {"name": "m"}, "replicas": "2"}]},
    ):
        assert list(check.iter_errors({"spec": wrong}))


# --- status -------------------------------------------------------------------------------------------------------------------------


def observed(document, **state):
    """The objects as an API server holds them, each Deployment with one state."""
    found = objects(document)
    for one in found:
        if one["kind"] == "Deployment":
            one["status"] = state
    return found


def deployment(replicas=1, available=0, progressing="True", calm=False):
    """A Deployment's status with so many copies, of which so many are available; ``calm`` where none is wanted."""
    good = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    bad = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    told = [dict(zip(("status", "reason", "message"), good if available or calm else bad, strict=True), type="Available")]
    counts = {
        "replicas": replicas,
        "readyReplicas": available,
        "availableReplicas": available,
        "unavailableReplicas": replicas - available,
    }
    return {
        **{key: value for key, value in counts.items() if value},
        "conditions": [*told, {"type": "Progressing", "status": progressing}],
    }


def comparable(told):
    """A status without the conditions that need Istio."""
    told = {key: value for key, value in told.items() if value is not None and key not in {"generation", "observedGeneration"}}
    return {
        **told,
        "conditions": [
            one
            for one in told.get("conditions", [])
            if one["type"] not in {"AmbassadorMappingsReady", "istioVirtualServicesReady"}
        ],
    }


@pytest.mark.parametrize("name", sorted(set(ACCEPTED) - {"explainer"}))
def test_while_no_pod_runs_the_status_is_the_recorded_one(name):
    document = ACCEPTED[name]["input"]
    found = objects(document)
    for one in found:
        if one["kind"] == "Deployment":
            one["status"] = deployment(one["spec"]["replicas"], calm=name == "replicas-zero")
    assert comparable(status(document, found)) == comparable(ACCEPTED[name]["status"])


@pytest.mark.parametrize("name", SWALLOWED)
def test_a_wrong_document_that_passed_ends_in_the_recorded_state(name):
    document, want = SWALLOWED[name]["input"], SWALLOWED[name]["status"]
    found = objects(document) if "address" in want else []
    found = [one for one in found if one["kind"] != "Deployment" or want["state"] == "Creating"]
    for one in found:
        if one["kind"] == "Deployment":
            one["status"] = deployment(one["spec"]["replicas"])
    assert comparable(status(document, found, want.get("description"))) == comparable(want)


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (2, deployment(1)),
        (3, deployment(1, 1)),
        (5, deployment(2, 1)),
        (6, deployment(2, 2)),
        (7, deployment(1, 1)),
        (8, deployment(2, 1)),
    ],
)
def test_over_create_update_and_a_missing_image_the_status_follows_the_recording(step, state):
    assert comparable(status(READY, observed(READY, **state))) == comparable(OVER_TIME["status-timeline"][step]["status"])


def test_a_first_version_that_is_given_up_has_failed_and_an_update_that_is_given_up_says_creating_for_ever():
    first = status(READY, observed(READY, **deployment(1, 0, progressing="False")))
    assert (first["state"], first["description"]) == ("Failed", "Deployment is no longer progressing and not available.")
    update = status(READY, observed(READY, **deployment(2, 1, progressing="False")))
    assert (update["state"], "description" in update) == ("Creating", False)


def test_a_generation_that_was_observed_is_never_told():
    assert "observedGeneration" not in status(READY, observed(READY, **deployment(1, 1)))
