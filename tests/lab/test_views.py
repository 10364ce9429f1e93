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
from seldon_nb.domain.plan import Document, Finding, Override, Server
from seldon_nb.domain.principal import Principal
from seldon_nb.lab import schema
from seldon_nb.lab.views.cards import block_view, card_view
from seldon_nb.lab.views.deployments import deployment_detail
from seldon_nb.lab.views.places import servers
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


def test_a_plan_says_which_findings_stop_it_and_which_may_be_taken_on():
    stopped = tuple(Finding(code, lookup(code).example) for code in ("SNB-213", "SNB-258"))
    seen = plan_view(replace(cluster_plan(), findings=stopped, passed=7), Door())
    assert seen.passed == 7
    assert [(one.code, one.tone, one.blocks, one.overridable, one.field) for one in seen.findings] == [
        ("SNB-213", "bad", True, False, "server"),
        ("SNB-258", "bad", True, True, ""),
    ]
    assert "--override" not in seen.card.model_dump_json()  # the panel has a form for that
    reason = replace(stopped[1], overridden_by="agreed")
    assert not plan_view(replace(cluster_plan(), findings=(reason,)), Door()).findings[0].blocks


@pytest.mark.parametrize(
    ("path", "server", "field"),
    [
        ("spec.protocol", Server.MLFLOW, "protocol"),
        ("spec.predictors[0].graph", Server.TRITON, "server"),
        ("spec.predictors[0].graph", Server.CUSTOM, "image"),
        ("spec.predictors[0].componentSpecs[0].spec.containers[0]", Server.MLFLOW, "image"),
        ("spec.predictors[0].explainer", Server.MLFLOW, ""),
    ],
)
def test_what_one_machine_cannot_rehearse_is_told_at_the_choice_that_asks_for_it(path, server, field):
    plan = cluster_plan()
    found = Finding("SNB-215", {"place": "here", "deployment": "fraud", "path": path}, path)
    plan = replace(plan, spec=replace(plan.spec, server=server), findings=(found,))
    assert plan_view(plan, Door()).findings[0].field == field


def test_a_plan_knows_the_wish_that_makes_it_again():
    plan = cluster_plan()
    spec = replace(plan.spec, server=Server.CUSTOM, image="ghcr.io/team/own:1.2", protocol="seldon", timeout_s=5)
    spec = replace(
        spec, deployment="other", callers=(spec.requested_by, Principal("bo")), overrides=(Override("SNB-258", "agreed"),)
    )
    wish = plan_view(replace(plan, spec=spec), Door()).wish
    assert wish is not None
    assert wish.model_dump(exclude_defaults=True) == {
        "ref": spec.version.ref,
        "place": "cluster",
        "to": spec.namespace,
        "name": "other",
        "image": "ghcr.io/team/own:1.2",
        "protocol": "seldon",
        "callers": ("bo",),
        "timeout": 5,
        "override": ("SNB-258",),
        "because": "agreed",
    }
    title = plan_view(replace(plan, spec=spec), Door()).card.title
    assert title.endswith(f"to {spec.namespace} as other")
    assert plan_view(plan, Door()).card.title.endswith(f"to {spec.namespace}")


def test_a_machine_offers_its_own_runtimes_and_a_cluster_all():
    assert [(one.value, one.protocols) for one in servers("here")] == [
        (name, ("v2",)) for name in ("mlflow", "sklearn", "xgboost", "lightgbm")
    ]
    assert [one.value for one in servers("cluster")] == [server.value for server in Server]


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


def test_who_may_not_read_the_kept_revisions_sees_the_deployment_and_why():
    first = revision(in_cluster())
    live = Document("SeldonDeployment", {**dict(first.document), "metadata": {**first.document["metadata"], "managedFields": []}})
    door = Door(frozenset({"see"}))
    seen = Seen(DeploymentStatus(revision=replace(first, documents=(live,)), state=State.ANSWERING), (), door)

    def refuse(target: Target) -> None:
        raise fail("SNB-533", who="ana", verb="list", resource="configmaps", namespace="team-a", request="kind: Role")

    seen.at = lambda place: SimpleNamespace(access=door, serving=SimpleNamespace(revisions=refuse), workflows=None)
    told = deployment_detail(seen, first.target)
    assert told.unread is not None
    assert told.unread.code == "SNB-533"
    assert told.revisions == ()
    assert "managedFields" not in told.documents[0].yaml


def test_documents_are_those_that_were_applied_and_not_what_somebody_made_of_them():
    first = revision(in_cluster(), number=1)
    body = dict(first.document) | {"spec": {**first.document["spec"], "replicas": 77}}
    live = replace(first, documents=(Document("SeldonDeployment", body),))
    seen = deployment_detail(Seen(DeploymentStatus(revision=live, state=State.ANSWERING), (first,), Door()), first.target)
    assert "replicas: 77" not in seen.documents[0].yaml
    assert seen.diff == ""
