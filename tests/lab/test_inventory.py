"""The inventory: found, sorted, cut into pages; five thousand deployments in memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest

from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import DeploymentStatus, Progress, Revision, Stage, StageStatus, State, Target
from seldon_nb.domain.plan import Document
from seldon_nb.domain.principal import Principal
from seldon_nb.domain.workflow import Phase, Run
from seldon_nb.lab.inventory import Inventory, Query, fold
from seldon_nb.lab.views.rows import deployment_row
from seldon_nb.words import speaking

MANY = 5000


def status(
    name: str,
    *,
    namespace: str = "dev",
    place: str = "here",
    owner: str = "you",
    model: str = "fraud@1",
    state: State = State.ANSWERING,
    at: str = "2026-11-21T12:00:00.000Z",
    calls: int = 0,
    p50: int | None = None,
    number: int = 1,
    timeline: tuple[StageStatus, ...] = (),
) -> DeploymentStatus:
    revision = Revision(
        target=Target(namespace, name, place),
        number=number,
        plan_digest=f"sha256:{number:064x}",
        documents_digest="",
        model=model,
        model_digest="",
        classification=Classification.UNCLASSIFIED,
        applied_by=Principal(owner),
        applied_at=at,
        callers=(),
        documents=(Document("SeldonDeployment", {"kind": "SeldonDeployment", "filler": "x" * 2000}),),
    )
    return DeploymentStatus(revision=revision, state=state, calls=calls, p50_ms=p50, timeline=timeline)


def holding(*statuses: DeploymentStatus, me: str = "you") -> Inventory:
    inventory = Inventory(deployment_row)
    for place in ("here", "cluster"):
        inventory.put(place, me, [item for item in statuses if item.target.place == place])
    return inventory


def names(inventory: Inventory, **query) -> list[str]:
    return [row.name for row in inventory.page(Query(**query)).rows]


def test_a_word_is_found_in_name_model_owner_namespace_and_state_without_case_and_accents():
    inventory = holding(
        status("fraud", model="fraude-élevée@3"),
        status("churn", owner="andre@example.org"),
        status("risk", namespace="equipe-a", state=State.STUCK),
    )
    assert names(inventory, text="ELEVEE") == ["fraud"]
    assert names(inventory, text="élevée") == ["fraud"]
    assert names(inventory, text="André") == ["churn"]
    assert names(inventory, text="équipe") == ["risk"]
    assert names(inventory, text="stuck") == ["risk"]
    assert names(inventory, text="fraud 3") == ["fraud"], "all words have to be found"
    assert names(inventory, text="fraud nowhere") == []
    assert fold("Straße ÉTÉ") == "strasse ete"


def test_a_state_is_found_by_its_word_in_the_language_of_whoever_asks():
    inventory = holding(status("fraud", state=State.STUCK), status("churn"))
    words = ((State.STUCK, "Bloqué"), (State.ANSWERING, "Répond"))
    assert names(inventory, text="bloque", words=words) == ["fraud"]
    assert names(inventory, text="repond", words=words) == ["churn"]


def test_mine_and_shared_are_counted_over_all_that_matches():
    inventory = holding(
        status("a"), status("b", owner="colleague"), status("c", owner="colleague", place="cluster"), status("d", model="other@1")
    )
    assert names(inventory, whose="mine") == ["a", "d"]
    assert names(inventory, whose="shared") == ["b", "c"]
    found = inventory.page(Query(text="fraud", whose="mine"))
    assert (found.total, found.mine, found.shared) == (1, 1, 2)


def test_each_order_goes_both_ways_and_what_is_not_known_comes_last():
    inventory = holding(
        status("b", at="2026-11-03T00:00:00.000Z", calls=5, p50=30, owner="zoe", state=State.ANSWERING),
        status("A", at="2026-11-01T00:00:00.000Z", calls=0, owner="you", state=State.STUCK),
        status("c", at="2026-11-02T00:00:00.000Z", calls=9, p50=4, owner="adam", state=State.UPDATING),
    )
    assert names(inventory) == ["A", "b", "c"] and names(inventory, descending=True) == ["c", "b", "A"]
    assert names(inventory, sort="state") == ["A", "c", "b"] and names(inventory, sort="state", descending=True) == [
        "b",
        "c",
        "A",
    ]
    assert names(inventory, sort="age") == ["b", "c", "A"] and names(inventory, sort="age", descending=True) == ["A", "c", "b"]
    assert names(inventory, sort="owner") == ["c", "A", "b"]
    assert names(inventory, sort="calls") == ["A", "b", "c"] and names(inventory, sort="calls", descending=True) == [
        "c",
        "b",
        "A",
    ]
    assert names(inventory, sort="p50") == ["c", "b", "A"] and names(inventory, sort="p50", descending=True) == ["b", "c", "A"]


def test_pages_and_places():
    inventory = holding(*(status(f"m{number:02}", place=("here", "cluster")[number % 2]) for number in range(25)))
    assert names(inventory, offset=20, limit=10) == ["m20", "m21", "m22", "m23", "m24"]
    assert inventory.page(Query(place="cluster", limit=3)).total == 12
    assert names(inventory, offset=100) == []
    assert inventory.page(Query(namespace="elsewhere")).total == 0


def test_only_what_differs_is_a_change_and_the_version_grows_with_each():
    inventory = holding(status("fraud"), status("churn"))
    version = inventory.version
    same = inventory.put("here", "you", [status("fraud"), status("churn")])
    assert (same.changed, same.gone, inventory.version) == ((), (), version)

    now = replace(status("fraud"), state=State.UPDATING, timeline=(StageStatus(Stage.IMAGE, Progress.RUNNING),))
    found = inventory.put("here", "you", [now, status("churn")])
    assert [item.target.name for item in found.changed] == ["fraud"] and inventory.version == version + 1
    assert names(inventory, state="updating") == ["fraud"]

    one = frozenset({Target("dev", "churn"), Target("dev", "new")})
    found = inventory.put("here", "you", [status("new")], one)
    assert ([item.target.name for item in found.changed], [item.target.name for item in found.gone]) == (["new"], ["churn"])
    assert names(inventory) == ["fraud", "new"]
    assert inventory.put("cluster", "you", []).gone == (), "another place is left alone"


def test_rows_speak_the_language_of_each_request():
    inventory = holding(status("fraud"))
    with speaking("fr"):
        french = inventory.page(Query()).rows[0]
    with speaking("en"):
        english = inventory.page(Query()).rows[0]
    assert (french.state, english.word) == ("answering", "Answering")
    assert french.word != english.word


def test_runs_are_kept_apart_and_only_changes_are_told():
    def run(name, phase=Phase.RUNNING, deployment="fraud"):
        return Run(target=Target("dev", deployment), name=name, plan_digest="sha256:1", phase=phase, started_at=name)

    inventory = Inventory(deployment_row)
    changed, gone = inventory.put_runs("here", [run("1"), run("2", deployment="churn")])
    assert (len(changed), gone) == (2, ())
    assert inventory.put_runs("here", [run("1"), run("2", deployment="churn")]) == ((), ())
    changed, gone = inventory.put_runs("here", [run("1", Phase.SUCCEEDED)], frozenset({Target("dev", "fraud")}))
    assert [(item.name, item.phase) for item in changed] == [("1", Phase.SUCCEEDED)] and gone == ()
    assert {item.name for item in inventory.runs(namespace="dev")} == {"1", "2"}
    _, gone = inventory.put_runs("here", [])
    assert {item.name for item in gone} == {"1", "2"}


@pytest.fixture(scope="module")
def many():
    states = list(State)
    return [
        status(
            f"model-{number:04}",
            namespace=f"team-{number % 40}",
            place="cluster",
            owner=("you", "colleague", "andre@example.org")[number % 3],
            model=f"fraude-{number % 300}@{number % 9 + 1}",
            state=states[number % len(states)],
            at=f"2026-11-{number % 28 + 1:02}T12:00:00.000Z",
            calls=number % 700,
            p50=number % 90 or None,
        )
        for number in range(MANY)
    ]


def test_of_five_thousand_only_the_rows_of_the_page_are_made_and_each_once(many):
    made = []
    inventory = Inventory(lambda status, me: made.append(status.target) or deployment_row(status, me))
    inventory.put("cluster", "you", many)
    asked = set()
    questions = [
        Query(limit=100),
        Query(limit=500, offset=4000, sort="state"),
        Query(text="fraude 12 you", sort="age", limit=200),
        Query(whose="shared", sort="p50", descending=True, limit=100),
        Query(sort="calls", descending=True, limit=500),
    ]
    for query in questions * 2:
        found = inventory.page(query)
        assert 0 < len(found.rows) <= query.limit
        asked |= {(row.namespace, row.name) for row in found.rows}
        assert len(made) == len(asked)
        assert {(target.namespace, target.name) for target in made} == asked


def test_five_thousand_take_little_room(many):
    tracemalloc.start()
    inventory = Inventory(deployment_row)
    inventory.put("cluster", "you", many)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{grown / 2**20:.1f} MB")
    assert grown < 20 * 2**20
