"""Domain values and cards as the contract's shapes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest

from seldon_nb.cards import card as cards
from seldon_nb.cards.skin import Skin
from seldon_nb.checks.samples import in_cluster, revision
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.deployment import DeploymentStatus, Revision, State, Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.principal import Principal
from seldon_nb.lab import schema
from seldon_nb.lab.views.cards import block_view, card_view
from seldon_nb.lab.views.deployments import deployment_detail
from seldon_nb.lab.views.plans import plan_view
from seldon_nb.lab.views.problems import as_ours, problem, status_of
from seldon_nb.words import speaking
from tests.unit.test_cards_golden import SAMPLES, cluster_plan, missing

HOSTILE = "<img src=x onerror=alert(1)>\x1b[31mred\x1b[0m\u202egnp\x00"
SHOWN = "<img src=x onerror=alert(1)>red⟨U+202E⟩gnp␀"


@dataclass
class Door:
    """Somebody's rights in a place."""

    verbs: frozenset[str] = frozenset({"plan", "apply"})
    name: str = "ana"

    def may(self, verb: str, target: Target) -> bool:
        return verb in self.verbs

    def whoami(self) -> Principal:
        return Principal(self.name)


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    return [text for item in value for text in texts(item)] if isinstance(value, (list, tuple)) else []


@pytest.mark.parametrize("name", sorted(SAMPLES))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_card_of_ours_travels_whole(name, language):
    with speaking(language):
        card = SAMPLES[name](Skin.NOTEBOOK)
        seen = card_view(card)
    assert (seen.kind, seen.title, seen.state) == (card.kind, card.title, card.state)
    assert [block.type for block in seen.blocks] == [type(block).__name__.lower() for block in card.blocks]
    assert schema.CardView.model_validate_json(seen.model_dump_json(by_alias=True)) == seen
    for step in seen.steps:
        assert bool(step.command) == bool(step.kind)
        assert step.kind != "magic" or step.command.startswith("%seldon ")


def test_every_block_can_travel_and_what_others_wrote_is_shown_as_characters():
    blocks: list[cards.Block] = [
        cards.Text(HOSTILE),
        cards.Facts(((HOSTILE, HOSTILE),)),
        cards.Table((HOSTILE,), ((HOSTILE,),), HOSTILE, frozenset({0})),
        cards.Lines((cards.Line(cards.Tone.BAD, HOSTILE, "SNB-301", (cards.Step(HOSTILE, "list"),)),)),
        cards.Listing(HOSTILE, HOSTILE + "\n" + HOSTILE),
        cards.Timeline(((HOSTILE, cards.Tone.BUSY, HOSTILE),)),
        cards.Meters((cards.Meter(HOSTILE, 0.1, 0.2, HOSTILE),), HOSTILE),
        cards.Sparklines((cards.Spark(HOSTILE, (None, 0.5), HOSTILE, HOSTILE),), HOSTILE),
        cards.Bars((cards.Bar(HOSTILE, 0.5, HOSTILE),), HOSTILE),
        cards.Strip((cards.Stop("run", "Run", HOSTILE, HOSTILE), cards.Stop("notebook", "Notebook", "")), HOSTILE),
    ]
    kinds = {type(block) for block in blocks}
    assert kinds == set(cards.Block.__args__)
    for block in blocks:
        said = texts(block_view(block).model_dump())
        assert any(SHOWN in text for text in said)
        assert not [text for text in said for char in text if unicodedata.category(char) in ("Cc", "Cf") and char != "\n"]


def test_an_error_is_told_with_its_steps_as_magics():
    told = problem(fail("SNB-516"))
    assert (told.code, told.next[0].command, told.next[0].kind) == ("SNB-516", "%seldon here up", "magic")
    with speaking("fr"):
        assert problem(fail("SNB-516")).what != told.what


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("SNB-301", 404),
        ("SNB-130", 404),
        ("SNB-220", 409),
        ("SNB-224", 409),
        ("SNB-401", 403),
        ("SNB-531", 502),
        ("SNB-307", 504),
        ("SNB-711", 400),
        ("SNB-712", 413),
        ("SNB-900", 500),
    ],
)
def test_the_status_follows_from_the_kind_of_error(code, status):
    assert status_of(fail(code)) == status


def test_what_nobody_foresaw_keeps_its_message_to_itself():
    try:
        raise ValueError("row 7: 4111 1111 1111 1111")
    except ValueError as error:
        told = problem(as_ours(error))
    assert told.code == "SNB-900"
    assert "ValueError" in told.saw
    assert "4111" not in told.model_dump_json()


def test_a_field_that_is_meant_is_named():
    told = problem(fail("SNB-711", field="timeout", reason="No.", row=3))
    assert (told.field, told.row) == ("timeout", 3)


def test_a_plan_for_a_cluster_asks_for_each_right_that_is_missing():
    plan = cluster_plan(*missing(), free=False, gateway="")
    seen = plan_view(plan, Door())
    assert seen.digest == plan.digest
    refused = [right for right in seen.rights if not right.allowed]
    assert refused
    for right in refused:
        assert "kind: Role" in right.request
        assert right.verb in right.request
    assert not seen.ok
    assert "SNB-" in seen.why_not
    assert seen.documents[-1].name == "Workflow"
    assert seen.shell == f"seldon-nb {seen.card.shell.removeprefix('seldon-nb plan').strip()}".replace(
        "seldon-nb ", "seldon-nb deploy ", 1
    )


def test_the_reason_beside_apply_is_the_first_that_holds():
    plan = replace(cluster_plan(), findings=())
    assert plan_view(plan, Door()).why_not == ""
    assert "SeldonNbApp" not in plan_view(plan, Door(), may_act=False).why_not
    assert "panel" in plan_view(plan, Door(), may_act=False).why_not
    assert "ana" in plan_view(plan, Door(frozenset({"plan"}))).why_not
    facts = plan.facts
    assert facts is not None
    lacking = replace(plan, facts=replace(facts, rights=tuple(replace(right, allowed=False) for right in facts.rights)))
    assert "create workflows" in plan_view(lacking, Door()).why_not


class Serving:
    """Keeps two revisions."""

    def __init__(self, kept: tuple[Revision, ...]) -> None:
        self._kept = kept

    def revisions(self, target: Target) -> tuple[Revision, ...]:
        return self._kept


class Silent:
    """A catalogue that cannot be reached."""

    def find(self, ref: object) -> None:
        raise fail("SNB-140", uri="https://mlflow", reason="ConnectError")


@dataclass
class Seen:
    """A workspace that sees one deployment of a cluster."""

    status: DeploymentStatus
    kept: tuple[Revision, ...]
    door: Door
    places: tuple[str, ...] = ("here", "cluster")

    def at(self, place: str) -> SimpleNamespace:
        assert place == "cluster"
        return SimpleNamespace(access=self.door, serving=Serving(self.kept), workflows=None)

    @property
    def ports(self) -> SimpleNamespace:
        return SimpleNamespace(catalog=Silent())

    def look_at(self, target: Target) -> DeploymentStatus:
        return self.status


def test_a_stuck_deployment_of_a_cluster_is_told_although_mlflow_is_away():
    first = revision(in_cluster())
    second = revision(replace(in_cluster(), timeout_s=30), number=first.number + 1)
    facts = dict(lookup("SNB-333").example)
    status = DeploymentStatus(revision=second, state=State.STUCK, diagnosis="SNB-333", diagnosis_facts=facts)
    seen = deployment_detail(Seen(status, (first, second), Door(frozenset({"see"}))), second.target)
    assert (seen.row.place, seen.row.tone, seen.row.code) == ("cluster", "bad", "SNB-333")
    assert seen.problem is not None
    assert seen.problem.what == seen.row.what
    assert [(item.number, item.live) for item in seen.revisions] == [(second.number, True), (first.number, False)]
    assert "-" in seen.diff
    assert "ana" in seen.why_not
    assert not seen.may_delete
    assert [bool(link.title) for link in seen.lineage.links] == [False, False, True, False, True]
    assert seen.shell == f"seldon-nb show cluster/{second.target}"
    assert seen.python == f'sn.deployment("cluster/{second.target}")'
