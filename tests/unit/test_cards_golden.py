"""Every card as people read it: plain text kept in files that a copy-editor can review, and HTML that is well formed.

``UPDATE_GOLDEN=1`` writes the files again.
"""

from __future__ import annotations

import gettext
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from seldon_nb.cards.card import Bar, Bars, Card, Stop, Strip, Tone
from seldon_nb.cards.clean import width
from seldon_nb.cards.deployment import deployment_card, deployments_card
from seldon_nb.cards.doctor import doctor_card
from seldon_nb.cards.error import error_card, explain_card
from seldon_nb.cards.history import chain_card, history_card
from seldon_nb.cards.html import to_html
from seldon_nb.cards.json import to_json
from seldon_nb.cards.model import model_card, versions_card
from seldon_nb.cards.place import place_card
from seldon_nb.cards.plan import plan_card
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.cards.token import token_card
from seldon_nb.cards.training import autolog_card, not_recorded_card, nothing_fitted_card, training_card
from seldon_nb.checks.samples import PINNED, SOURCE
from seldon_nb.domain.audit import Act, AuditRecord
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.code import Severity
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.deployment import DeploymentStatus, Progress, Revision, Stage, StageStatus, State, Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.model import Answer, Contract, Environment, Flavor, Lineage, ModelVersion
from seldon_nb.domain.namespace import NamespaceFacts, PlaceSettings, QuotaChange, Right, SecretFacts
from seldon_nb.domain.plan import Base, Document, Finding, Plan, PlanSpec, Server, documents_digest, plan_digest
from seldon_nb.domain.principal import Principal, Role, SecretToken
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.domain.training import Fingerprint, Trained, TrainingRun
from seldon_nb.ports import ChainVerdict, Inspection, Page
from seldon_nb.words import DOMAIN, LOCALE_DIR, use_language

GOLDEN = Path(__file__).parents[1] / "golden" / "cards"
YOU, COLLEAGUE, STRANGER = Principal("you", Role.OWNER), Principal("colleague", Role.COLLEAGUE), Principal("stranger")
DIGEST = "sha256:" + "9f31c2" + "0" * 58


@dataclass(frozen=True)
class Saw:
    allowed: Principal = YOU
    denied: Principal = STRANGER
    denied_status: int = 403
    answer_ms: int = 14
    asked_with: str = "sample"


@dataclass(frozen=True)
class Back:
    what: str = "gateway"
    reason: str = "signal 9"

    def sentence(self) -> str:
        return "The gateway had stopped (signal 9) and is back."


@dataclass(frozen=True)
class PlaceSeen:
    running: bool = True
    home: Path = Path("/home/you/seldon_nb")
    port: int = 18080
    url: str = "http://127.0.0.1:18080"
    classification: Classification = Classification.UNCLASSIFIED
    namespaces: tuple[str, ...] = ("dev", "protb")
    deployments: tuple[str, ...] = ("dev/fraud",)
    started: tuple[str, ...] = ()
    restored: tuple[Back, ...] = ()
    spare: bool = True
    processes: int = 5


def version(number: int = 2, level: Classification = Classification.PROTECTED_B) -> ModelVersion:
    columns = (
        Column("age", ColumnType.LONG),
        Column("income", ColumnType.DOUBLE),
        Column("region", ColumnType.STRING, required=False),
    )
    return ModelVersion(
        name="fraud",
        version=number,
        digest=DIGEST,
        uri="file:///models/fraud",
        flavor=Flavor.SKLEARN,
        serialization="cloudpickle",
        signature=Signature(Schema(columns), Schema((Column("fraud", ColumnType.DOUBLE),))),
        environment=Environment("3.11.9", (("scikit-learn", "1.7.2"), ("pandas", "2.2.3"))),
        classification=level,
        contract=Contract(
            checked=True, load_ms=1830, predict_ms=3, rows=5, nan=(("age", Answer.REFUSES), ("income", Answer.SAME_KIND))
        ),
        lineage=Lineage(run_id="ab12", notebook="fraud.ipynb", data="claims 2026-Q3", author="you"),
        aliases=("champion",),
        size=1_234_567,
        created_at="2026-11-21T09:30:00.000Z",
    )


def trained(
    former: int = 5,
    metrics: dict[str, float] | None = None,
    fingerprint: Fingerprint | None = Fingerprint(rows=30_000, columns=12, digest=DIGEST),  # noqa: B008 - frozen
    model: str = "model",
) -> Trained:
    def run(index: int, **more: object) -> TrainingRun:
        values = {"auc": 0.9 + index / 1000, "val_loss": 0.3 - index / 100, "training_f1_score": 0.5}
        return TrainingRun(
            id=f"r{index}", name=f"calm-fox-{index}", experiment="Fraud 2026", metrics=values, fingerprint=DIGEST, **more
        )

    last = run(former, estimator="LogisticRegression")
    return Trained(
        runs=(replace(last, metrics=metrics) if metrics else last,),
        former=tuple(run(index) for index in range(former)),
        fingerprint=fingerprint,
        level=Classification.UNCLASSIFIED,
        model=model,
        data="X_train" if model else "",
    )


def lineage() -> Card:
    stops = (
        Stop("notebook", "Notebook", "fraud.ipynb", "9f31c2"),
        Stop("run", "Run", "calm-fox-12"),
        Stop("version", "Version", "fraud@2"),
        Stop("workflow", "Workflow", ""),
        Stop("deployment", "Deployment", "dev/fraud", "21 Nov 09:30", Tone.GOOD),
    )
    bars = Bars((Bar("fraud", 0.92, "92 %", strong=True), Bar("honest", 0.08, "8 %")), caption="One answer")
    return Card(kind="lineage", title="Where it comes from", blocks=(Strip(stops), bars))


def plan(*findings: Finding, base: Base | None = None, diff: str = "", callers: tuple[Principal, ...] = (YOU,)) -> Plan:
    base = base or Base()
    documents = (
        Document(
            "SeldonDeployment",
            {"apiVersion": "machinelearning.seldon.io/v1", "spec": {"predictors": [{"name": "default", "replicas": 1}]}},
        ),
    )
    spec = PlanSpec(
        version=version(),
        deployment="fraud",
        namespace="dev",
        classification=Classification.PROTECTED_B,
        requested_by=YOU,
        callers=callers,
    )
    return Plan(
        spec=spec,
        findings=findings,
        documents=documents,
        base=base,
        diff=diff,
        passed=14,
        created_at="2026-11-21T09:31:00.000Z",
        digest=plan_digest(spec, documents, base),
    )


def cluster_plan(
    *findings: Finding,
    free: bool = True,
    gateway: str = "https://models.example",
    unread: tuple[str, ...] = (),
    **changes: object,
) -> Plan:
    """A plan for ``team-a``: rights, quotas, facts of the place, and a workflow."""
    spec = PlanSpec(
        version=version(),
        deployment="fraud",
        namespace="team-a",
        place="cluster",
        classification=Classification.PROTECTED_B,
        requested_by=YOU,
        callers=(YOU,),
        source=SOURCE,
        image=PINNED.format("server"),
        **changes,  # type: ignore[arg-type]
    )
    asked = {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}}
    parts = [{"spec": {"containers": [{"name": "model", "resources": asked}]}}]
    predictors = [{"name": "default", "graph": {"name": "model"}, "componentSpecs": parts}]
    # not the renderer's own, so that a change there is no change here
    documents = (Document("SeldonDeployment", {"kind": "SeldonDeployment", "spec": {"predictors": predictors}}),)
    rights = (
        Right("create", "workflows.argoproj.io", allowed=free),
        Right("get", "workflows.argoproj.io", allowed=True),
        Right("create", "configmaps", allowed=True),
        Right("get", "seldondeployments.machinelearning.seldon.io", allowed=True),
        Right("list", "pods", allowed=free),
    )
    facts = NamespaceFacts(
        "team-a",
        Classification.UNKNOWN if unread else Classification.PROTECTED_B,
        place="cluster",
        pod_security="" if unread else "restricted",
        rights=rights,
        secrets=(SecretFacts("models-s3", True, ("s3",)),),
        settings=PlaceSettings(gateway=gateway),
        engines=("argo", "seldon"),
        unread=unread,
    )
    room = (
        QuotaChange("requests.cpu", "8", "2500m", "3", "3200m", "compute"),
        QuotaChange("requests.memory", "8Gi" if free else "2Gi", "1536Mi", "2048Mi", "2720Mi", "compute", fits=free),
        QuotaChange("pods", "20", "3", "4", "5", "compute"),
    )
    base = Base()
    return Plan(
        spec=spec,
        findings=findings,
        documents=documents,
        base=base,
        passed=95 - len(findings),
        created_at="2026-11-21T09:31:00.000Z",
        facts=facts,
        room=() if unread else room,
        digest=plan_digest(spec, documents, base),
    )


def missing() -> tuple[Finding, ...]:
    """What the rules say of the plan without rights, room and gateway."""
    about = {"deployment": "fraud", "namespace": "team-a", "ref": "fraud@2", "place": "cluster"}
    full = {"resource": "requests.memory", "need": "1184Mi", "free": "512Mi", "hard": "2Gi", "used": "1536Mi", "quota": "compute"}
    return (
        Finding("SNB-241", {**about, **full}, "quota requests.memory"),
        Finding("SNB-244", {**about, "verb": "create", "resource": "workflows.argoproj.io"}, "right"),
        Finding("SNB-245", about, "gateway", severity=Severity.WARN),
    )


def revision(level: Classification = Classification.PROTECTED_B) -> Revision:
    documents = plan().documents
    return Revision(
        target=Target("dev", "fraud"),
        number=3,
        plan_digest=DIGEST,
        documents_digest=documents_digest(documents),
        model="fraud@2",
        model_digest=DIGEST,
        classification=level,
        applied_by=YOU,
        applied_at="2026-11-21T09:32:00.000Z",
        callers=(YOU, COLLEAGUE),
        documents=documents,
    )


def status(state: State = State.ANSWERING) -> DeploymentStatus:
    took = dict(zip(Stage, (200, 900, 1100, 340, 90, 14), strict=True))
    return DeploymentStatus(
        revision=revision(),
        state=state,
        timeline=tuple(StageStatus(stage, Progress.DONE, took[stage]) for stage in Stage),
        url="http://127.0.0.1:18080/seldon/dev/fraud",
        calls=1234,
        p50_ms=14,
    )


def stuck() -> DeploymentStatus:
    code = lookup("SNB-603")  # any code will do: the card shows its sentences
    stages = [StageStatus(stage, Progress.DONE, 200) for stage in Stage][:3]
    rest = (StageStatus(Stage.WEIGHTS, Progress.FAILED, 100_000), StageStatus(Stage.LOADED), StageStatus(Stage.ANSWERING))
    return DeploymentStatus(
        revision=revision(),
        state=State.STUCK,
        timeline=(*stages, *rest),
        diagnosis=code.id,
        diagnosis_facts=code.example,
        note="Revision 2 keeps answering.",
    )


def warning() -> Finding:
    from seldon_nb.domain.codes import ALL

    code = next(code for code in ALL.values() if code.severity is Severity.WARN)
    return Finding(code.id, code.example, severity=Severity.WARN)


def records() -> tuple[AuditRecord, ...]:
    def record(seq: int, minute: int, act: Act, **rest: object) -> AuditRecord:
        rest = {"who": "you", "subject": "dev/fraud", **rest}
        return AuditRecord(seq=seq, at=f"2026-03-03T14:{minute:02d}:00.000Z", act=act, **rest)  # type: ignore[arg-type]

    calls = {
        "caller": "colleague",
        "deployment": "dev/fraud",
        "first": "2026-03-03T14:05:00.000Z",
        "last": "2026-03-03T15:00:00.000Z",
    }
    seen = {"answered": "you", "refused": "stranger", "refused_status": 403}
    return (
        record(1, 0, Act.LOG, subject="fraud@2"),
        record(2, 1, Act.PLAN, details={"model": "fraud@2"}),
        record(
            3, 2, Act.APPLY, details={"model": "fraud@2", "revision": 3, "overrides": "SNB-403: checked with the steward", **seen}
        ),
        record(4, 3, Act.TOKEN, who="colleague", details={"minutes": 1}),
        record(5, 4, Act.CALLS, who="gateway", details={**calls, "outcome": "allowed", "calls": 1412, "failed": 2}),
        record(6, 5, Act.CALLS, who="gateway", details={"caller": "nobody", "outcome": "denied", "calls": 1}),
        record(7, 6, Act.REFUSED, who="colleague", result="SNB-401"),
        record(8, 7, Act.RESTORE),
        record(9, 8, Act.DELETE, details={"model": "fraud@2", "revision": 3}),
    )


INSPECTED = (
    Inspection("python", True, "Python 3.11.9"),
    Inspection("disk", True, "The disk has 700 MB left.", "SNB-603", warn=True),
    Inspection("audit", False, "The audit directory cannot be written.", "SNB-603"),
)

DIFF = "--- dev/fraud revision 3\n+++ plan\n@@ -1,3 +1,3 @@\n spec:\n-  modelUri: models:/fraud/1\n+  modelUri: models:/fraud/2\n"

SAMPLES: dict[str, Callable[[Skin], Card]] = {
    "model": lambda skin: model_card(version(), skin=skin),
    "model-warned": lambda skin: model_card(version(), (warning(),), skin=skin),
    "models": lambda skin: versions_card(Page((version(2), version(1, Classification.UNKNOWN)), "abc"), skin=skin),
    "models-none": lambda skin: versions_card(Page(()), skin=skin),
    "plan": lambda skin: plan_card(plan(), skin=skin),
    "plan-warned": lambda skin: plan_card(plan(warning(), callers=(YOU, COLLEAGUE)), skin=skin),
    "plan-update": lambda skin: plan_card(plan(base=Base(DIGEST, 3), diff=DIFF), skin=skin),
    "plan-same": lambda skin: plan_card(plan(base=Base(documents_digest(plan().documents), 3)), skin=skin),
    "plan-cluster": lambda skin: plan_card(cluster_plan(), skin=skin),
    "plan-cluster-blocked": lambda skin: plan_card(cluster_plan(*missing(), free=False, gateway=""), skin=skin),
    "plan-cluster-closed": lambda skin: plan_card(cluster_plan(gateway="", unread=("namespace", "settings", "quota")), skin=skin),
    "plan-cluster-own-image": lambda skin: plan_card(cluster_plan(server=Server.CUSTOM, protocol="seldon"), skin=skin),
    "deployment": lambda skin: deployment_card(status(), smoke=Saw(), skin=skin),
    "deployment-ready-only": lambda skin: deployment_card(status(), smoke=Saw(asked_with="ready"), skin=skin),
    "deployment-stuck": lambda skin: deployment_card(stuck(), skin=skin),
    "deployments": lambda skin: deployments_card((status(), stuck()), skin=skin),
    "deployments-none": lambda skin: deployments_card((), skin=skin),
    "history": lambda skin: history_card(records(), subject="fraud", skin=skin),
    "history-none": lambda skin: history_card((), subject="fraud", skin=skin),
    "chain": lambda skin: chain_card(ChainVerdict(records=1412, head=DIGEST), skin=skin),
    "chain-broken": lambda skin: chain_card(
        ChainVerdict(records=40, bad_seq=7, reason="it was changed after it was written"), skin=skin
    ),
    "chain-short": lambda skin: chain_card(ChainVerdict(records=37, bad_seq=38, reason="truncated"), skin=skin),
    "doctor": lambda skin: doctor_card(INSPECTED, skin=skin),
    "place": lambda skin: place_card(PlaceSeen(), skin=skin),
    "place-back": lambda skin: place_card(PlaceSeen(restored=(Back(),), started=("gateway",)), skin=skin),
    "place-down": lambda skin: place_card(PlaceSeen(running=False, processes=0), skin=skin),
    "training": lambda skin: training_card(trained()),
    "training-first": lambda skin: training_card(trained(0, metrics={"rmse": 12.345}, fingerprint=None, model="")),
    "training-stopped": lambda skin: training_card(
        replace(trained(2), level=Classification.PROTECTED_B, declared="/protected-b", stopped=True)
    ),
    "training-nothing": lambda skin: nothing_fitted_card(),
    "training-none": lambda skin: not_recorded_card(),
    "autolog": lambda skin: autolog_card(on=True),
    "token": lambda skin: token_card(SecretToken("secret-value", "dev/fraud", "you", 1_795_000_000)),
    "lineage": lambda skin: lineage(),
    "error": lambda skin: error_card(
        fail("SNB-603", subject="dev/fraud", path="/home/you/audit", reason="No space left on device"), skin=skin
    ),
    "explain": lambda skin: explain_card(lookup("SNB-601"), skin=skin),
}
FRENCH = gettext.translation(DOMAIN, LOCALE_DIR, languages=["fr"], fallback=True)
#: French is read as soon as there is some.
LANGUAGES = ("en", "fr") if FRENCH.gettext("Answering") != "Answering" else ("en",)


@pytest.fixture(autouse=True)
def ottawa(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/Toronto")
    time.tzset()
    yield
    use_language(None)
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_text_reads_as_the_golden_file_says(name: str, language: str) -> None:
    use_language(language)
    text = to_text(SAMPLES[name](Skin.SHELL), Skin.SHELL)
    file = GOLDEN / f"{name}.{language}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {file.name.split(".")[0] for file in GOLDEN.glob("*.txt")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("columns", [40, 72, 100])
def test_text_keeps_to_the_width(name: str, columns: int) -> None:
    use_language("en")
    lines = to_text(SAMPLES[name](Skin.NOTEBOOK), Skin.NOTEBOOK, columns=columns).splitlines()
    wrapped = [line for line in lines if not line.startswith("    ") and not line.startswith(("▾", "  ", "Python: "))]
    assert [line for line in wrapped if width(line) > columns] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_no_colour_unless_asked_for(name: str) -> None:
    assert "\x1b" not in to_text(SAMPLES[name](Skin.PYTHON), Skin.PYTHON)
    assert "\x1b[" in to_text(SAMPLES["error"](Skin.SHELL), color=True)


@pytest.mark.parametrize("skin", Skin)
@pytest.mark.parametrize("name", SAMPLES)
def test_html_is_well_formed_and_accessible(name: str, skin: Skin) -> None:
    page = Reading()
    page.feed(to_html(SAMPLES[name](skin), skin))
    page.close()
    assert page.open == []
    assert page.found["section"] == 1 and page.found["style"] == 1
    assert not page.found.keys() & {"script", "iframe", "img", "a", "link", "form", "input"}
    assert page.problems == []


@pytest.mark.parametrize("name", SAMPLES)
def test_json_is_plain_and_the_same_in_every_language(name: str) -> None:
    use_language("en")
    english = to_json(SAMPLES[name](Skin.SHELL), Skin.SHELL)
    assert json.loads(json.dumps(english)) == english
    use_language("fr")
    french = to_json(SAMPLES[name](Skin.SHELL), Skin.SHELL)
    assert english.keys() == french.keys()
    assert {key: value for key, value in english.items() if key in STABLE} == {
        key: value for key, value in french.items() if key in STABLE
    }


def test_a_plan_for_a_cluster_tells_machines_the_same() -> None:
    told = to_json(SAMPLES["plan-cluster-blocked"](Skin.SHELL), Skin.SHELL)
    assert [right["verb"] for right in told["rights"] if not right["allowed"]] == ["create", "list"]
    assert {change["resource"]: change["fits"] for change in told["quota"]} == {
        "requests.cpu": True,
        "requests.memory": False,
        "pods": True,
    }
    assert told["documents"]["Workflow"]["metadata"]["name"] == told["workflow"]
    assert told["namespaceFacts"]["podSecurity"] == "restricted"
    assert (told["protocol"], told["ok"]) == ("v2", False)
    assert "rights" not in to_json(SAMPLES["plan"](Skin.SHELL), Skin.SHELL)


STABLE = {
    "kind",
    "tone",
    "code",
    "digest",
    "ok",
    "diff",
    "documents",
    "records",
    "facts",
    "classification",
    "namespaces",
    "timeline",
}
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Reading(HTMLParser):
    """Checks nesting, and what an assistive technology relies on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: dict[str, int] = {}
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found[tag] = self.found.get(tag, 0) + 1
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section" and not (given.get("aria-label") and given.get("lang")):
            self.problems.append("a card is labelled and says its language")
        if tag == "th" and given.get("scope") not in ("col", "row"):
            self.problems.append("a header cell says its scope")
        if any(name.startswith("on") or (value or "").strip().lower().startswith("javascript:") for name, value in attrs):
            self.problems.append(f"{tag} has a handler")
        if "style" in given:
            self.problems.append("no style attributes")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes something else")
