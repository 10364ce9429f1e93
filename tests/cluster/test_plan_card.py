"""A plan's card tells what the real cluster says of a person's rights, of room, and of the place; and what it may not see it does not claim."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from seldon_nb.cards.card import Listing
from seldon_nb.cards.plan import plan_card
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.catalog.given import GivenCatalog
from seldon_nb.checks.samples import PACKAGES, version
from seldon_nb.cluster.ports import cluster_ports
from seldon_nb.domain.namespace import PlaceSettings
from seldon_nb.domain.plan import Plan
from seldon_nb.flows.plan import Wish, plan
from seldon_nb.places import SystemClock
from seldon_nb.render.roles import request_of
from seldon_nb.settings import Settings

QUOTA = {"requests.cpu": "4", "requests.memory": "4Gi", "limits.memory": "8Gi", "pods": "20"}


def prepare(cluster: Any, namespace: str) -> None:
    """A strict namespace with quotas, defaults and the platform team's word."""
    about = {"namespace": namespace}
    container = {"type": "Container", "defaultRequest": {"cpu": "50m", "memory": "64Mi"}, "default": {"memory": "512Mi"}}
    labels = ("pod-security.kubernetes.io/enforce=restricted", "data.statcan.gc.ca/classification=protected-b")
    cluster.kubectl("label", "--overwrite", "namespace", namespace, *labels)
    for kind, name, more in (
        ("ResourceQuota", "compute", {"spec": {"hard": QUOTA}}),
        ("LimitRange", "defaults", {"spec": {"limits": [container]}}),
        ("ConfigMap", "seldon-nb", {"data": {"gateway": "https://models.example", "serviceAccount": "deployer"}}),
    ):
        document = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **about}, **more}
        cluster.kubectl("apply", "-f", "-", given=json.dumps(document))


def planned(namespace: str) -> Plan:
    """As the colleague, whose rights of a moment ago are not remembered."""
    catalog = GivenCatalog(version())
    clean_room: Any = SimpleNamespace(environment=lambda: PACKAGES)
    settings = Settings(context="colleague", place="cluster", cluster=PlaceSettings(storage_secret=""))
    ports = cluster_ports(settings, catalog, clean_room, SystemClock())
    try:
        return plan(ports, Wish(ref="fraud@3", to=namespace), place="cluster")
    finally:
        ports.endpoint.close()


def until(namespace: str, true: Callable[[Plan], bool]) -> Plan:
    """Rights take a moment to be known everywhere."""
    end = time.monotonic() + 15
    while True:
        found = planned(namespace)
        if true(found) or time.monotonic() > end:
            return found
        time.sleep(0.2)


def text(found: Plan) -> str:
    return to_text(plan_card(found, skin=Skin.SHELL), Skin.SHELL)


def test_rights_are_shown_by_verb_and_the_request_is_enough(
    cluster, seldon_operator, operator_namespace, kubeconfig, monkeypatch
):
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    prepare(cluster, operator_namespace)
    who = {"who": "colleague", "namespace": operator_namespace}
    look = request_of([("get", "seldondeployments.machinelearning.seldon.io")], **who).replace("snb-analyst", "look")
    cluster.kubectl("apply", "-f", "-", given=look)
    time.sleep(1)

    closed = planned(operator_namespace)
    shown = text(closed)
    assert f"What you may do in `{operator_namespace}`: 1 of 5." in shown
    assert "✕ Hand the plan over to its workflow (`create workflows`): no" in shown
    assert "✓ See what is deployed (`get seldondeployments`)" in shown
    assert "! See why something is stuck (`list pods`): no" in shown
    assert "Protection      you may not look" in shown and "Gateway         you may not look" in shown
    assert f"Room in `{operator_namespace}`: you may not look." in shown
    assert "SNB-245" not in shown and not closed.ok

    (request,) = [item.text for item in plan_card(closed).blocks if isinstance(item, Listing) and item.title == "Request to send"]
    cluster.kubectl("apply", "-f", "-", given=request)
    granted = until(
        operator_namespace, lambda found: found.facts is not None and all(right.allowed for right in found.facts.rights)
    )
    assert f"What you may do in `{operator_namespace}`: 5 of 5." in text(granted)
    assert [block for block in plan_card(granted).blocks if isinstance(block, Listing) and block.title == "Request to send"] == []

    reading = [("get", "namespaces"), ("list", "resourcequotas"), ("list", "limitranges"), ("get", "configmaps")]
    cluster.kubectl("apply", "-f", "-", given=request_of(reading, **who).replace("snb-analyst", "read"))
    whole = until(operator_namespace, lambda found: found.facts is not None and found.facts.unread == ())
    shown = text(whole)
    assert "Data there      Protected B at most" in shown
    assert "Protection      strictest (`restricted`)" in shown
    assert "Gateway         https://models.example" in shown
    assert "as `deployer`" in shown
    assert "· processors, reserved  ▓▓░░░░░░░░░░░░░░░░░░  0 → 0.5 of 4 (0.75 on the way)" in shown
    assert "0 → 0.5 of 4\u00a0GiB (1.22 on the way)" in shown
    assert "▸ Workflow (" in shown
    assert {change.resource for change in whole.room} == set(QUOTA)
