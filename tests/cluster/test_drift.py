"""What lives against what the revision says, on a real API server: somebody edits by hand, and the next apply puts it back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from seldon_nb.cluster import kinds
from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.cluster.revisions import name_of
from seldon_nb.cluster.serving import ClusterServing
from seldon_nb.diagnosis.drift import Drift, Kind, measured
from seldon_nb.domain.deployment import Target
from tests.cluster.reach import Clock, reach, revision

NOWHERE = Path("/nonexistent")
CONTAINERS = "spec.predictors[default].componentSpecs[0].spec.containers"


@pytest.fixture
def api(kubeconfig, seldon_operator):
    with reach(kubeconfig) as made:
        yield made


@pytest.fixture
def serving(api):
    return ClusterServing(api, ClusterEndpoint(api), Clock())


def look(serving, target: Target) -> Drift:
    status, held = serving.status(target), serving.held(target)
    assert status is not None
    assert held is not None
    return measured(status, held.revision, held.said, held.found, writer=held.writer, written_at=held.written_at)


def test_a_hand_that_edits_is_seen_and_the_next_apply_puts_it_back(serving, api, cluster, own_namespace):
    first = revision(own_namespace, cluster.image("probe"), name="edited")
    serving.apply(first, NOWHERE, lambda _: None)
    seen = look(serving, first.target)
    assert (seen.differences, seen.beside, seen.diff, seen.answering) == ((), (), "", True)

    pod = "/spec/predictors/0/componentSpecs/0/spec"
    extra = {"name": "extra", "image": cluster.image("probe"), "args": ["serve", ":9999", "x"]}
    edits = [
        {"op": "add", "path": f"{pod}/containers/-", "value": extra},
        {"op": "replace", "path": f"{pod}/containers/0/imagePullPolicy", "value": "Always"},
        {"op": "remove", "path": f"{pod}/containers/0/lifecycle"},
        {"op": "add", "path": f"{pod}/enableServiceLinks", "value": False},
        {"op": "add", "path": "/metadata/labels/team", "value": "somebody"},
    ]
    cluster.kubectl("patch", "sdep", "edited", "-n", own_namespace, "--type=json", "-p", json.dumps(edits))
    seen = look(serving, first.target)
    assert [(item.path, item.kind) for item in seen.differences] == [
        (f"{CONTAINERS}[model].imagePullPolicy", Kind.CHANGED),
        (f"{CONTAINERS}[model].lifecycle", Kind.GONE),
        (f"{CONTAINERS}[extra]", Kind.ADDED),
    ]
    assert seen.beside == ("spec.predictors[default].componentSpecs[0].spec.enableServiceLinks",)
    assert seen.writer == "kubectl-patch"
    assert seen.written_at
    assert "+  " in seen.diff

    again = replace(first, number=2, plan_digest=f"sha256:{2:064x}")
    serving.apply(again, NOWHERE, lambda _: None)
    seen = look(serving, first.target)
    assert (seen.number, seen.differences, seen.beside) == (2, (), ())
    serving.delete(first.target)
    assert serving.held(first.target) is None


def test_without_the_kept_revision_nothing_is_claimed(serving, api, cluster, own_namespace):
    first = revision(own_namespace, cluster.image("probe"), name="unkept")
    serving.apply(first, NOWHERE, lambda _: None)
    api.delete(kinds.CONFIG_MAP, own_namespace, name_of(first.target, 1))
    assert serving.held(first.target) is None
    serving.delete(first.target)
