"""What a plan does to a namespace's quotas, and what is asked of whoever can give the missing rights."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from seldon_nb.cards.card import Card, Meter, Meters
from seldon_nb.cards.html import to_html
from seldon_nb.cards.plan_place import quantity
from seldon_nb.cards.skin import python_line
from seldon_nb.cards.text import to_text
from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.quantities import amount
from seldon_nb.checks.registry import run
from seldon_nb.checks.room import PACKING, STEPS, changes
from seldon_nb.checks.samples import cluster, context, in_cluster, revision
from seldon_nb.domain.environment import OwnEnvironment
from seldon_nb.domain.namespace import QuotaChange, QuotaLine
from seldon_nb.domain.plan import Base, Document, Plan, plan_digest
from seldon_nb.render.argo import workflow
from seldon_nb.render.roles import request, request_of


def quota(**hard: tuple[str, str]) -> tuple[QuotaLine, ...]:
    names = {"cpu": "requests.cpu", "memory": "requests.memory", "most": "limits.memory"}
    return tuple(QuotaLine(names.get(name, name), *line, "compute") for name, line in hard.items())


def by_resource(found: tuple[QuotaChange, ...]) -> dict[str, tuple[str, str, bool]]:
    return {change.resource: (change.after, change.peak, change.fits) for change in found}


def test_a_first_deployment_adds_its_own_and_on_the_way_the_steps():
    found = changes(
        cluster(quota=quota(cpu=("4", "1"), memory=("4Gi", "1Gi"), most=("8Gi", "0"), pods=("20", "3"), services=("9", "1")))
    )
    assert by_resource(found) == {
        "requests.cpu": ("1500m", "1700m", True),
        "requests.memory": ("1536Mi", "2208Mi", True),
        "limits.memory": ("1024Mi", "2816Mi", True),
        "pods": ("4", "5", True),
        "services": ("3", "3", True),
    }


def test_an_update_needs_room_on_the_way_and_gives_it_back():
    live = revision(replace(in_cluster(), timeout_s=30))
    found = changes(cluster(live=live, quota=quota(memory=("1600Mi", "512Mi"), pods=("20", "1"))))
    assert by_resource(found) == {"requests.memory": ("512Mi", "1696Mi", False), "pods": ("1", "3", True)}


def test_what_changes_nothing_touches_no_quota_and_what_is_not_counted_is_not_shown():
    same = revision(in_cluster())
    assert changes(cluster(live=same, quota=quota(memory=("4Gi", "512Mi")))) == ()
    assert changes(cluster(quota=quota(persistentvolumeclaims=("5", "1")))) == ()
    assert changes(cluster()) == changes(context()) == ()


def said(found: PlanContext) -> list[tuple[str, bool, object]]:
    return [(item.subject, item.blocks, item.facts["resource"]) for item in run(found)[0] if item.code == "SNB-242"]


def test_the_engines_own_parts_are_a_warning_where_a_quota_counts_what_they_may_not_say():
    both = quota(memory=("8Gi", "0"), most=("8Gi", "0"), pods=("9", "0"))
    assert said(cluster(quota=both)) == [("workflow", False, "requests.memory, limits.memory")]
    assert said(cluster(quota=both, default_limits=(("memory", "512Mi"),))) == []
    assert said(cluster(quota=both, default_requests=(("memory", "64Mi"),))) == [("workflow", False, "limits.memory")]
    assert said(cluster(quota=quota(pods=("9", "0")))) == []


def test_what_the_namespace_gives_to_the_engines_own_parts_counts_on_the_way():
    given = {"default_requests": (("memory", "64Mi"),), "default_limits": (("memory", "512Mi"),)}
    found = changes(cluster(quota=quota(memory=("4Gi", "0"), most=("8Gi", "0")), **given))
    assert by_resource(found) == {"requests.memory": ("512Mi", "1248Mi", True), "limits.memory": ("1024Mi", "3328Mi", True)}


@pytest.mark.parametrize("own", [False, True])
def test_the_steps_are_counted_as_the_workflow_asks_for_them(own):
    environment = OwnEnvironment(requirements=("numpy==2",), python="3.11", key="sha256:" + "0" * 64) if own else None
    asked = in_cluster(environment=environment)
    documents = (Document("SeldonDeployment", {}),)
    plan = Plan(spec=asked, findings=(), documents=documents, base=Base(), digest=plan_digest(asked, documents, Base()))
    steps = next(item for item in workflow(plan)["spec"]["templates"] if "containerSet" in item)["containerSet"]["containers"]
    for resource in ("requests.cpu", "requests.memory", "limits.memory"):
        side, _, kind = resource.partition(".")
        wanted = sum(amount(step["resources"][side][kind]) for step in steps)
        assert amount(STEPS[resource]) + (amount(PACKING[resource]) if own else 0) == wanted


@pytest.mark.parametrize(
    ("text", "resource", "told"),
    [
        ("1536Mi", "requests.memory", "1.5\u00a0GiB"),
        ("512Mi", "limits.memory", "512\u00a0MiB"),
        ("1184Mi", "requests.memory", "1.16\u00a0GiB"),
        ("2500m", "requests.cpu", "2.5"),
        ("20", "pods", "20"),
    ],
)
def test_amounts_are_told_in_units_of_people(text, resource, told):
    assert quantity(amount(text), resource) == told


def card(*meters: Meter) -> Card:
    return Card(kind="plan", title="Plan", blocks=(Meters(meters, "Room"),))


@pytest.mark.parametrize(
    ("now", "after", "drawn"),
    [
        (0.0, 0.5, "▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░"),
        (0.5, 0.75, "██████████▓▓▓▓▓░░░░░"),
        (0.75, 0.5, "██████████░░░░░░░░░░"),
        (0.9, 1.7, "██████████████████▓▓"),
        (1.0, 1.0, "████████████████████"),
    ],
)
def test_a_meter_is_drawn_and_told(now, after, drawn):
    meter = Meter("memory", now, after, "1 → 2 of 4 GiB")
    assert f"· memory  {drawn}  1 → 2 of 4 GiB" in to_text(card(meter)).splitlines()
    narrow = to_text(card(meter), columns=40)
    assert "· memory: 1 → 2 of 4 GiB" in narrow and "█" not in narrow
    html = to_html(card(meter))
    assert 'aria-hidden="true"><rect' in html and "1 → 2 of 4 GiB" in html and "style=" not in html


def test_one_request_holds_all_missing_rights_and_nothing_more():
    text = request_of(
        [("create", "workflows.argoproj.io"), ("get", "workflows.argoproj.io"), ("get", "pods/log")],
        who="ana",
        namespace="team-a",
    )
    role, binding = yaml.safe_load_all(text)
    assert role["rules"] == [
        {"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["create", "get"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    ]
    assert binding["subjects"] == [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "ana"}]
    assert {item["metadata"]["namespace"] for item in (role, binding)} == {"team-a"}


def test_a_part_of_a_resource_is_asked_for_as_such():
    role, _ = yaml.safe_load_all(
        request(who="ana", verb="create", resource="seldondeployments.machinelearning.seldon.io/infer", namespace="a")
    )
    (rule,) = role["rules"]
    assert rule == {"apiGroups": ["machinelearning.seldon.io"], "resources": ["seldondeployments/infer"], "verbs": ["create"]}


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("predict dev/fraud X --transport rest", 'sn.deployment("dev/fraud").predict(X, transport="rest")'),
        (
            "plan fraud@3 --to a --server triton --protocol v2 --image r/i:1",
            'sn.plan("fraud@3", to="a", server="triton", protocol="v2", image="r/i:1")',
        ),
    ],
)
def test_the_new_words_have_their_python(line, python):
    assert python_line(line) == python
