"""Every server and protocol that a person can ask for: the plan's documents are accepted by the real API server, its CRDs and the operator's webhook."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seldon_nb.render.argo.workflow import plan_map, workflow
from tests.unit.test_flow_plan import CHOICES, planned


def dry(cluster: Any, namespace: str, document: dict[str, Any]) -> str:
    """Sent for real, strictly, and not kept."""
    placed = {**document, "metadata": {**document["metadata"], "namespace": namespace}}
    told: str = cluster.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", given=json.dumps(placed))
    return told


@pytest.mark.parametrize("line", CHOICES)
def test_the_cluster_accepts_what_was_planned(cluster, seldon_operator, operator_namespace, line):
    found = planned(line)
    assert "created" in dry(cluster, operator_namespace, dict(found.document("SeldonDeployment")))
    for document in (plan_map(found), workflow(found)):
        assert "created" in dry(cluster, operator_namespace, document)
