"""The contract between the panel and its server: every request and every answer, typed once.

The TypeScript types are generated from here (``make lab-types``), so there are no twins to keep in step.  JSON keys are camelCase.  Times are RFC 3339, UTC;
durations are whole milliseconds; sizes are bytes.  Every ``label``, ``word``, ``text``, ``what``, ``say`` and ``who`` is a sentence in the language of the
request; everything else is stable in every language.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

#: Grows when an answer changes so that an older panel would misread it; the panel refuses only another major number.
API = 1

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
PlaceName = Literal["here", "cluster"]
Tone = Literal["neutral", "good", "warn", "bad", "busy"]
Scalar = str | int | float | bool | None


class Shape(BaseModel):
    """What all of them have in common: camelCase, nothing unknown, never changed."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


# --- trouble ----------------------------------------------------------------------------------------------------------------


class NextStep(Shape):
    """What to do: a sentence, and at most one command, complete and ready to paste."""

    say: str = ""
    command: str = ""
    kind: Literal["", "magic", "python", "shell"] = ""


class Problem(Shape):
    """An error: a code, what happened to your thing, what was seen, what to do, who can help.

    ``field`` names the input that is meant (a column of the model, an option of a plan), ``row`` its row from 0, where one is.
    ``place`` is the place that is silent, in lists that several places give.
    """

    code: str
    what: str
    saw: str = ""
    next: tuple[NextStep, ...] = ()
    who: str = ""
    field: str = ""
    row: int | None = None
    place: str = ""


# --- cards ------------------------------------------------------------------------------------------------------------------
# The same values as seldon_nb.cards.card, with their commands written for a notebook.


class CardText(Shape):
    """A paragraph; what stands between backticks is code."""

    type: Literal["text"] = "text"
    text: str
    strong: bool = False


class CardFacts(Shape):
    """Label and value, one row each."""

    type: Literal["facts"] = "facts"
    rows: tuple[tuple[str, str], ...]


class CardTable(Shape):
    """A table; ``right`` are the indices of the columns that are numbers."""

    type: Literal["table"] = "table"
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    right: tuple[int, ...] = ()


class CardLine(Shape):
    """One checked thing; ``word`` says the tone."""

    tone: Tone
    word: str
    text: str
    code: str = ""
    steps: tuple[NextStep, ...] = ()


class CardLines(Shape):
    """A list of checked things."""

    type: Literal["lines"] = "lines"
    lines: tuple[CardLine, ...]


class CardListing(Shape):
    """Preformatted text, folded under its title."""

    type: Literal["listing"] = "listing"
    title: str
    text: str
    language: str = "text"
    folded: bool = True


class StageView(Shape):
    """One stage: its name, its tone with the word for it, and a short note (``0.2 s``)."""

    name: str
    tone: Tone
    word: str
    note: str = ""


class CardTimeline(Shape):
    """Stages in order."""

    type: Literal["timeline"] = "timeline"
    stages: tuple[StageView, ...]


class MeterView(Shape):
    """A part of a whole, now and afterwards, as shares of 0 to 1 (more, if it does not fit); ``text`` says the same in words."""

    label: str
    now: float
    after: float
    text: str
    tone: Tone = "neutral"


class CardMeters(Shape):
    """Meters below each other."""

    type: Literal["meters"] = "meters"
    meters: tuple[MeterView, ...]
    caption: str = ""


class SparklineView(Shape):
    """A few values in the order of time, the last one being now; ``text`` says what it shows in words."""

    label: str
    values: tuple[float, ...]
    text: str
    tone: Tone = "neutral"


class CardSparklines(Shape):
    """Sparklines below each other."""

    type: Literal["sparklines"] = "sparklines"
    lines: tuple[SparklineView, ...]
    caption: str = ""


class BarView(Shape):
    """One bar: ``share`` of 0 to 1."""

    label: str
    share: float
    text: str


class CardBars(Shape):
    """Bars below each other, as of the classes of an answer."""

    type: Literal["bars"] = "bars"
    bars: tuple[BarView, ...]
    caption: str = ""


class LinkView(Shape):
    """One link of the lineage strip; ``open`` says what the panel can show of it, and ``ref`` which."""

    kind: Literal["notebook", "run", "version", "workflow", "deployment"]
    title: str
    detail: str = ""
    open: Literal["", "notebook", "model", "run", "deployment", "url"] = ""
    ref: str = ""


class CardStrip(Shape):
    """From a notebook to a deployment, in order."""

    type: Literal["strip"] = "strip"
    links: tuple[LinkView, ...]


Block = Annotated[
    CardText
    | CardFacts
    | CardTable
    | CardLines
    | CardListing
    | CardTimeline
    | CardMeters
    | CardSparklines
    | CardBars
    | CardStrip,
    Field(discriminator="type"),
]


class CardView(Shape):
    """One thing shown, described once; drawn by the one renderer of the panel."""

    kind: str
    title: str
    badge: str = ""
    tone: Tone = "neutral"
    state: str = ""
    blocks: tuple[Block, ...] = ()
    steps: tuple[NextStep, ...] = ()
    who: str = ""
    python: str = ""
    shell: str = ""


# --- who and where ------------------------------------------------------------------------------------------------------------


class Level(Shape):
    """A classification: its stable word, and what the badge says in capitals; ``protected`` is true for what is unknown too."""

    value: str
    badge: str
    protected: bool


class NamespaceView(Shape):
    """A namespace of a place."""

    place: PlaceName
    name: str
    level: Level


class ServerView(Shape):
    """What can answer: its word for a plan (``sklearn``), its name for people, and the protocols that it speaks there, the best first."""

    value: str
    label: str
    protocols: tuple[str, ...]


class PlaceView(Shape):
    """A place: its namespaces, or why they cannot be seen; ``running`` is false where it can be started.

    ``servers`` are those that can answer there, first the one that a plan chooses by itself.  ``identity`` is whom the place takes you for.
    """

    name: PlaceName
    label: str
    running: bool
    namespaces: tuple[NamespaceView, ...] = ()
    problem: Problem | None = None
    servers: tuple[ServerView, ...] = ()
    identity: str = ""


class Status(Shape):
    """GET ``status``: who you are, where you are, which version answers.  Starts nothing and asks no cluster."""

    api: int = API
    version: str
    language: str
    identity: str
    level: Level
    places: tuple[PlaceName, ...]


class Places(Shape):
    """GET ``places``: what there is; a cluster that cannot be reached is a place with a problem."""

    items: tuple[PlaceView, ...]


class PlaceAct(Shape):
    """POST ``places/here``: start or stop this machine's place."""

    act: Literal["up", "down"]


# --- deployments -----------------------------------------------------------------------------------------------------------------


class DeploymentRow(Shape):
    """A row: name, version, state as a word and a tone, whose, since when, how it is used."""

    place: PlaceName
    namespace: str
    name: str
    model: str
    revision: int
    state: str
    word: str
    tone: Tone
    owner: str
    mine: bool
    applied_at: str
    calls: int | None = None
    p50_ms: int | None = None
    expires_at: str = ""
    level: Level
    stage: str = ""
    code: str = ""
    what: str = ""
    url: str = ""


Sort = Literal["name", "state", "age", "owner", "calls", "p50"]


class DeploymentsPage(Shape):
    """GET ``deployments``: rows from ``offset`` on of ``total`` that match; ``version`` grows with every change; ``problems`` say which place is silent."""

    items: tuple[DeploymentRow, ...]
    offset: int
    total: int
    version: int
    mine: int
    shared: int
    problems: tuple[Problem, ...] = ()


class DocumentView(Shape):
    """A generated document as YAML."""

    name: str
    yaml: str


class CallerView(Shape):
    """Who may do what with a deployment."""

    name: str
    kind: str
    may: tuple[str, ...]


class RevisionView(Shape):
    """One apply, as the record tells it."""

    number: int
    model: str
    who: str
    at: str
    digest: str
    live: bool = False


class DeploymentDetail(Shape):
    """GET ``deployments/<place>/<namespace>/<name>``: all that the detail tab shows but drift, logs and history.

    ``unread`` says why the kept revisions could not be read; ``documents`` are then as far as the live object tells.
    """

    row: DeploymentRow
    card: CardView
    timeline: CardTimeline
    problem: Problem | None = None
    documents: tuple[DocumentView, ...] = ()
    diff: str = ""
    access: tuple[CallerView, ...] = ()
    revisions: tuple[RevisionView, ...] = ()
    unread: Problem | None = None
    lineage: CardStrip
    predictors: tuple[str, ...] = ("default",)
    may_delete: bool = True
    why_not: str = ""
    python: str = ""
    shell: str = ""


class Logs(Shape):
    """GET ``deployments/…/logs``: last lines, without values; ``note`` says what was left out and why."""

    lines: tuple[str, ...]
    note: str = ""


class Done(Shape):
    """Something was done; ``text`` says it."""

    text: str


# --- models -----------------------------------------------------------------------------------------------------------------------


class ModelRow(Shape):
    """A model version; ``live`` are the deployments that serve it."""

    name: str
    version: int
    ref: str
    aliases: tuple[str, ...] = ()
    flavor: str
    author: str = ""
    notebook: str = ""
    created_at: str = ""
    size: int = 0
    level: Level
    live: tuple[str, ...] = ()


class ModelsPage(Shape):
    """GET ``models``: newest first; ``next`` is the token of the next page, empty at the end."""

    items: tuple[ModelRow, ...]
    next: str = ""


class ModelDetail(Shape):
    """GET ``models/<name>/<version>``; ``run`` is the run of MLflow that it came out of, None where it is not known."""

    row: ModelRow
    card: CardView
    lineage: CardStrip
    run: CardView | None = None


# --- plans and runs -----------------------------------------------------------------------------------------------------------------


class PlanWish(Shape):
    """POST ``plans``: the same options as ``seldon-nb plan``."""

    ref: Annotated[str, StringConstraints(min_length=1, max_length=512)]
    place: PlaceName
    to: Annotated[str, StringConstraints(min_length=1, max_length=253)]
    name: Annotated[str, StringConstraints(max_length=63)] = ""
    server: Annotated[str, StringConstraints(max_length=32)] = ""
    protocol: Annotated[str, StringConstraints(max_length=32)] = ""
    image: Annotated[str, StringConstraints(max_length=512)] = ""
    environment: Annotated[str, StringConstraints(max_length=32)] = ""
    callers: tuple[Annotated[str, StringConstraints(max_length=253)], ...] = ()
    timeout: Annotated[int, Field(ge=1, le=3600)] = 60
    override: tuple[Annotated[str, StringConstraints(max_length=16)], ...] = ()
    because: Annotated[str, StringConstraints(max_length=500)] = ""


class RightView(Shape):
    """One right that the plan needs: asked of the platform, yes or no, and who can give it."""

    verb: str
    resource: str
    allowed: bool
    text: str
    request: str = ""


class FindingView(Shape):
    """One rule's word on a plan; ``field`` names the part of the wish that it is about, where it is about one."""

    code: str
    tone: Tone
    text: str
    blocks: bool
    overridable: bool = False
    field: str = ""


class PlanView(Shape):
    """A plan: the same value and digest as in Python.

    ``wish`` makes it again; ``server`` (its name for people) and ``protocol`` are what answers, chosen or not; ``passed`` counts the checks that found
    nothing.
    """

    digest: str
    ok: bool
    ref: str
    place: PlaceName
    namespace: str
    deployment: str
    update: bool
    level: Level
    card: CardView
    rights: tuple[RightView, ...] = ()
    documents: tuple[DocumentView, ...] = ()
    diff: str = ""
    why_not: str = ""
    python: str = ""
    shell: str = ""
    wish: PlanWish | None = None
    server: str = ""
    protocol: str = ""
    passed: int = 0
    findings: tuple[FindingView, ...] = ()


class ApplyWish(Shape):
    """POST ``plans/<digest>/apply``: nothing to choose; the digest is all."""


class RunRow(Shape):
    """A plan on its way, or where it ended."""

    id: str
    place: PlaceName
    namespace: str
    deployment: str
    model: str
    phase: Literal["waiting", "running", "succeeded", "failed", "stopped"]
    word: str
    tone: Tone
    step: str = ""
    done: int = 0
    of: int = 0
    started_at: str = ""
    finished_at: str = ""
    code: str = ""
    what: str = ""
    digest: str = ""


class RunsPage(Shape):
    """GET ``runs``: newest first."""

    items: tuple[RunRow, ...]
    offset: int
    total: int
    problems: tuple[Problem, ...] = ()


class RunDetail(Shape):
    """GET ``runs/<place>/<namespace>/<id>``: the steps, the six stages, and the one sentence if it failed."""

    row: RunRow
    steps: CardTimeline
    timeline: CardTimeline
    problem: Problem | None = None
    may_stop: bool = False


# --- schedules and history ------------------------------------------------------------------------------------------------------------


class ScheduleRow(Shape):
    """A schedule of the cluster."""

    place: PlaceName
    namespace: str
    name: str
    when: str
    zone: str = ""
    next_at: str = ""
    suspended: bool = False
    last_at: str = ""


class SchedulesPage(Shape):
    """GET ``schedules``; ``note`` says how one gets there if there is none."""

    items: tuple[ScheduleRow, ...]
    offset: int = 0
    total: int = 0
    note: str = ""
    problems: tuple[Problem, ...] = ()


class HistoryRow(Shape):
    """One record as a sentence."""

    at: str
    who: str
    act: str
    subject: str
    result: str
    tone: Tone
    text: str
    digest: str = ""


class HistoryPage(Shape):
    """GET ``history``: newest first; ``whole`` says whether the chain of records holds, None if that was not asked for."""

    items: tuple[HistoryRow, ...]
    offset: int
    total: int
    problems: tuple[Problem, ...] = ()
    whole: bool | None = None


# --- the test view ----------------------------------------------------------------------------------------------------------------------


class FieldView(Shape):
    """One input of the model and how it is asked for.

    ``minimum``, ``maximum`` and ``typical`` are of the training data where they are known and may be shown; ``choices`` the categories that were seen.
    ``accepts_missing`` is what the contract check saw, None if it was not tried.
    """

    name: str
    kind: Literal["integer", "number", "boolean", "category", "text", "date", "datetime", "binary", "other"]
    type: str
    required: bool
    accepts_missing: bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    typical: Scalar = None
    choices: tuple[str, ...] = ()
    hint: str = ""


class TensorView(Shape):
    """One tensor: ``-1`` is a free dimension."""

    name: str
    dtype: str
    shape: tuple[int, ...]


class CaseSetView(Shape):
    """A named set of cases; its rows are read one part at a time."""

    name: str
    model: str
    rows: int
    created_at: str = ""
    who: str = ""
    from_version: str = ""


class TestForm(Shape):
    """GET ``test/<place>/<namespace>/<name>``: what to draw.

    ``sample`` has the columns of ``fields`` in order; it is None, with ``why_no_sample``, where classification forbids rows or none were logged.
    ``keep`` is false where values may not be saved (a protected deployment): no cases, no defaults from former answers.
    """

    __test__ = False  # its name begins with Test, but pytest has no business here

    place: PlaceName
    namespace: str
    name: str
    predictor: str
    model: str
    level: Level
    keep: bool
    notice: str
    answering: bool
    problem: Problem | None = None
    fields: tuple[FieldView, ...] = ()
    tensors: tuple[TensorView, ...] = ()
    outputs: tuple[str, ...] = ()
    sample: tuple[tuple[Scalar, ...], ...] | None = None
    why_no_sample: str = ""
    versions: tuple[str, ...] = ()
    cases: tuple[CaseSetView, ...] = ()
    most_rows: int = 1000


class Rows(Shape):
    """Rows as columns and values in their order; a missing value is null.  Dates are ISO 8601 text, binary is base64 text."""

    columns: tuple[str, ...] = ()
    data: tuple[tuple[Scalar, ...], ...] = ()


class TensorValue(Shape):
    """One tensor's values: flat, in row-major order, with the shape they have."""

    name: str
    shape: tuple[int, ...]
    data: tuple[float | int | bool | str | None, ...]


class Question(Shape):
    """What is asked of whom; never a URL.  Exactly one of ``rows`` and ``tensors`` holds something."""

    place: PlaceName
    namespace: Name
    name: Name
    predictor: Annotated[str, StringConstraints(max_length=63)] = "default"
    rows: Rows = Rows()
    tensors: tuple[TensorValue, ...] = ()


class Snippets(Shape):
    """POST ``test/snippets``: the same question in four languages; ``problems`` say what does not fit, field by field (nothing is sent)."""

    json_text: str = Field(default="", alias="json")
    curl: str = ""
    python: str = ""
    r: str = ""
    problems: tuple[Problem, ...] = ()
    note: str = ""


class AnswerView(Shape):
    """POST ``test/ask``: the answers as text and numbers, never as markup."""

    columns: tuple[str, ...]
    data: tuple[tuple[Scalar, ...], ...]
    bars: tuple[tuple[BarView, ...], ...] = ()
    took_ms: int
    requests: int = 1
    model: str
    notes: tuple[str, ...] = ()


class CompareWith(Shape):
    """Another version of the same model, or what the kernel answered."""

    version: str = ""
    label: str = ""
    answers: Rows | None = None


class Comparison(Shape):
    """POST ``test/compare``: the question, and whom else to ask."""

    question: Question
    others: Annotated[tuple[CompareWith, ...], Field(min_length=1, max_length=3)]
    tolerance: Annotated[float, Field(ge=0)] = 1e-6


class ComparedColumn(Shape):
    """Who answered: the deployment, another version (asked where it serves, or in a clean process), or the kernel."""

    label: str
    how: str
    took_ms: int | None = None
    problem: Problem | None = None


class ComparedRow(Shape):
    """One row: an answer per column (its cells in the order of the outputs), and whether they differ beyond the tolerance."""

    row: int
    answers: tuple[tuple[Scalar, ...], ...]
    differs: bool


class ComparisonView(Shape):
    """The answers side by side."""

    outputs: tuple[str, ...]
    columns: tuple[ComparedColumn, ...]
    rows: tuple[ComparedRow, ...]
    differing: int
    text: str


class SaveCases(Shape):
    """POST ``cases``: keep the question's rows with the answers that are right for them."""

    question: Question
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9À-ÿ][A-Za-z0-9À-ÿ ._-]{0,63}$")]
    replace: bool = False


class CaseSets(Shape):
    """GET ``cases?model=``."""

    items: tuple[CaseSetView, ...]
    total: int


class Replay(Shape):
    """POST ``cases/replay``: rows ``start`` to ``stop`` of a set, asked again."""

    place: PlaceName
    namespace: Name
    name: Name
    predictor: Annotated[str, StringConstraints(max_length=63)] = "default"
    model: str
    cases: str
    start: Annotated[int, Field(ge=0)] = 0
    stop: Annotated[int, Field(ge=1)] = 50
    tolerance: Annotated[float, Field(ge=0)] = 1e-6


class ReplayedRow(Shape):
    """A row whose answer is another than the one that was saved."""

    row: int
    expected: tuple[Scalar, ...]
    got: tuple[Scalar, ...]


class ReplayPart(Shape):
    """One part of a replay."""

    start: int
    stop: int
    total: int
    same: int
    differing: tuple[ReplayedRow, ...] = ()
    outputs: tuple[str, ...] = ()
    took_ms: int = 0


# --- events ------------------------------------------------------------------------------------------------------------------------------


class Change(Shape):
    """What is told on Jupyter's event bus, to everybody who listens there: names and phases, never a value."""

    kind: Literal["deployment", "run", "model", "place"]
    act: Literal["changed", "gone", "reset"]
    place: PlaceName
    namespace: str = ""
    name: str = ""
    state: str = ""
    model: str = ""
    revision: int = 0
    step: str = ""
    version: int = 0


#: All shapes that the panel knows by name, in the order in which they are generated.
SHAPES: tuple[type[Shape], ...] = (
    Problem,
    CardView,
    Status,
    Places,
    PlaceAct,
    DeploymentsPage,
    DeploymentDetail,
    Logs,
    Done,
    ModelsPage,
    ModelDetail,
    PlanWish,
    PlanView,
    ApplyWish,
    RunsPage,
    RunDetail,
    SchedulesPage,
    HistoryPage,
    TestForm,
    Question,
    Snippets,
    AnswerView,
    Comparison,
    ComparisonView,
    SaveCases,
    CaseSets,
    Replay,
    ReplayPart,
    Change,
)


def json_schema() -> dict[str, Any]:
    """One JSON Schema with a definition per shape, in a stable order."""
    from pydantic.json_schema import models_json_schema

    _, schema = models_json_schema([(shape, "serialization") for shape in SHAPES], by_alias=True)
    return schema
