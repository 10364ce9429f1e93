"""The two shapes that the strictest namespace lets in, and the container that brings the files."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from seldon_nb.checks.samples import SOURCE, in_cluster
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.plan import Server
from seldon_nb.render.seldon import STEP_IMAGE, initializer_container, names, render

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "documents" / "restricted.json").read_text(encoding="utf-8"))["cases"]


def pod(found):
    return found["spec"]["predictors"][0]["componentSpecs"][0]["spec"]


def env(container):
    return {item["name"]: item.get("value") for item in container["env"]}


def test_our_engine_is_told_what_the_recorded_one_was_told():
    found = render(in_cluster(), engine="own").to_document()
    recorded = RECORDED["own engine container and label seldon-app, own probes"]["document"]
    ours, theirs = (next(c for c in pod(d)["containers"] if c["name"] == names.ENGINE) for d in (found, recorded))
    change = {"e5": "fraud", "prot": "dev"}
    assert ours["args"] == [change.get(word, word) for word in theirs["args"]]
    assert ours["ports"] == theirs["ports"]
    assert ours["securityContext"] == theirs["securityContext"]
    assert ours["volumeMounts"] == theirs["volumeMounts"]
    told, wanted = (json.loads(base64.b64decode(env(c)["ENGINE_PREDICTOR"])) for c in (ours, theirs))
    wanted["graph"]["name"] = "model"
    assert told == wanted
    part = found["spec"]["predictors"][0]["componentSpecs"][0]
    assert part["metadata"]["labels"][names.APP_LABEL] == names.service(found)
    assert names.NO_ENGINE not in found["spec"]["predictors"][0].get("annotations", {})
    assert "seldon-podinfo" not in [volume["name"] for volume in part["spec"]["volumes"]]


def test_the_initializer_is_told_what_to_fetch_and_what_it_must_be():
    digest = "sha256:" + "3f" * 32
    found = initializer_container(SOURCE, digest)
    assert found.image == STEP_IMAGE
    assert found.command == ("python", "-m", "seldon_nb.initializer")
    assert {item.name: item.value for item in found.env} == {
        "HOME": "/tmp",
        "SNB_DIGEST": digest,
        "SNB_SECRET": "models-s3",
        "SNB_SOURCE": "s3://models/fraud/3",
        "SNB_TARGET": "/mnt/models",
    }
    assert found.env_from == ({"secretRef": {"name": "models-s3"}},)
    assert initializer_container(SOURCE, digest, "i:1", "other").env_from == ({"secretRef": {"name": "other"}},)


def test_a_claim_is_mounted_where_the_initializer_looks_and_nobody_writes_to_it():
    found = pod(render(in_cluster(source=ArtifactSource(uri="pvc://models/fraud/3"))).to_document())
    (fetch,) = found["initContainers"]
    assert {"name": "claim", "mountPath": "/mnt/claim/models", "readOnly": True} in fetch["volumeMounts"]
    assert {"name": "claim", "persistentVolumeClaim": {"claimName": "models", "readOnly": True}} in found["volumes"]
    assert env(fetch)["SNB_CLAIMS"] == "/mnt/claim"
    assert "envFrom" not in fetch
    assert "claim" not in [mount["name"] for mount in found["containers"][0]["volumeMounts"]]


def test_a_plan_without_a_source_fetches_nothing_by_itself():
    assert "initContainers" not in pod(render(in_cluster(source=None)).to_document())


def test_the_server_never_sees_the_secret_of_the_store():
    found = pod(render(in_cluster()).to_document())
    assert all("envFrom" not in container for container in found["containers"])
    assert found["automountServiceAccountToken"] is False


@pytest.mark.parametrize(("protocol", "behind"), [("tensorflow", "model"), ("seldon", "tfserving")])
def test_tensorflow_files_are_brought_to_whoever_reads_them(protocol, behind):
    found = pod(render(in_cluster(server=Server.TENSORFLOW, protocol=protocol)).to_document())
    assert found["initContainers"][0]["name"] == f"{behind}-model-initializer"
    readers = [c["name"] for c in found["containers"] if any(m["mountPath"] == "/mnt/models" for m in c["volumeMounts"])]
    assert readers == [behind]


def test_a_language_wrapper_is_asked_for_its_port_only():
    found = pod(render(in_cluster(server=Server.CUSTOM, protocol="seldon")).to_document())
    probes = [found["containers"][0][name] for name in ("startupProbe", "readinessProbe", "livenessProbe")]
    assert all(probe["tcpSocket"] == {"port": 9000} and "httpGet" not in probe for probe in probes)


def test_images_of_the_place_are_used_for_the_server_and_for_the_initializer():
    found = pod(render(in_cluster(image="r.example/server@sha256:00", step_image="r.example/step@sha256:00")).to_document())
    assert found["containers"][0]["image"] == "r.example/server@sha256:00"
    assert found["initContainers"][0]["image"] == "r.example/step@sha256:00"
