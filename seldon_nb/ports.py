"""The seams: one protocol per outside thing, in the verbs of our journey.

A flow imports these and never an adapter.  Each has an adapter per place; one contract suite holds them to the same promises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from seldon_nb.domain.audit import Act, AuditRecord
from seldon_nb.domain.cases import CaseRows, CaseSet
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import DeploymentStatus, Revision, StageStatus, Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import Answer, Environment, Flavor, Lineage, ModelRef, ModelVersion
from seldon_nb.domain.namespace import NamespaceFacts
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.principal import Principal, SecretToken
from seldon_nb.domain.profile import Profile
from seldon_nb.domain.signature import Signature
from seldon_nb.domain.training import TrainingRun
from seldon_nb.domain.workflow import Run, Step

# --- the catalogue ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRequest:
    """What the user wants logged.

    Attributes:
        model: the estimator in the kernel.
        sample: a DataFrame (n_rows, n_columns) or array; a few rows like those that callers will send.
        include: files, directories or ``__main__`` that may travel with the model.
        integers: ``keep``, or ``float`` to log integer columns as decimals with room for missing values.
        predict: the estimator's method behind the endpoint: ``predict`` or ``predict_proba``.
        name: what it will be called, for sentences only.
        profile: of the training data, kept beside the model unless it is protected.
    """

    model: Any
    sample: Any = None
    include: tuple[str, ...] = ()
    integers: str = "keep"
    predict: str = "predict"
    classification: Classification = Classification.UNKNOWN
    name: str = ""
    profile: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model serialised in a directory of its own, not yet known to anybody.

    Attributes:
        path: a complete MLflow model directory; the caller removes it.
        expected: the kernel's answers to ``sample`` (array-like or DataFrame).
        sample: the sample as a DataFrame (or array for tensors).
        referenced: top-level modules that the serialised object needs.
        local_modules: of these, the ones that no package provides: module → file; ``__main__`` included.
    """

    path: Path
    flavor: Flavor
    serialization: str
    signature: Signature | None
    environment: Environment
    sample: Any
    expected: Any
    digest: str
    size: int
    save_ms: int
    has_sample: bool = False
    referenced: tuple[str, ...] = ()
    local_modules: tuple[tuple[str, str], ...] = ()
    fitted_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleRows:
    """A few rows as plain JSON values: dates are ISO 8601 text, bytes base64 text, what is missing is None."""

    columns: tuple[str, ...]
    data: tuple[tuple[str | int | float | bool | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list of versions and the token for the next one; an empty token means that this is the end."""

    items: tuple[ModelVersion, ...]
    next: str = ""


class Catalog(Protocol):
    """Where models are kept."""

    def open_ahead(self) -> None:
        """Begin opening in the background, so that the first use need not wait; says nothing if it fails (the first use will)."""

    def pack(self, request: PackRequest, into: Path) -> Candidate:
        """Serialise a model into ``into``, so that the server can load it; nothing is registered.

        Raises: SNB-110 … SNB-129 where the model itself stands in the way.
        """

    def register(self, candidate: Candidate, name: str, *, tags: Mapping[str, str], lineage: Lineage) -> ModelVersion:
        """Log and register; either a complete version exists afterwards or nothing does.

        Raises: SNB-140 (not reachable), SNB-141 (disk full), SNB-142 (refused).
        """

    def find(self, ref: ModelRef) -> ModelVersion:
        """The version behind a reference, with everything known of it. Raises: SNB-130 … SNB-134, SNB-140."""

    def versions(self, name: str = "", *, page: str = "", limit: int = 50, holding: tuple[str, ...] = ()) -> Page:
        """Versions of one model or of all, newest first; ``holding`` narrows all to names that hold these words, in any case. Raises: SNB-130, SNB-140."""

    def files(self, version: ModelVersion) -> Path:
        """A local directory with the model's files (not to be changed). Raises: SNB-140, SNB-141."""

    def annotate(self, version: ModelVersion, *, tags: Mapping[str, str] | None = None, alias: str = "") -> ModelVersion:
        """Add tags or an alias to a version; a classification tag is never lowered (SNB-404)."""

    def profile(self, version: ModelVersion) -> Profile | None:
        """What the training data of a version looked like; None if nothing was kept. Raises: SNB-140."""

    def run(self, version: ModelVersion) -> TrainingRun | None:
        """The run that a version came out of; None if nobody wrote it down, or it is gone. Raises: SNB-140."""

    def sample(self, version: ModelVersion) -> SampleRows | None:
        """The rows that were logged beside a version; None if there are none, or none that can be shown as a table. Raises: SNB-140."""

    def cases(self, model: str = "") -> tuple[CaseSet, ...]:
        """The named sets of cases of one model, or of all, by model and name. Raises: SNB-140, SNB-142."""

    def save_cases(self, about: CaseSet, rows: CaseRows) -> CaseSet:
        """Keep a set; one of the same model and name is replaced. Raises: SNB-140, SNB-141, SNB-142."""

    def case_rows(self, about: CaseSet) -> CaseRows:
        """The questions and right answers of a set. Raises: SNB-140, SNB-365 (it cannot be read)."""

    def delete_cases(self, about: CaseSet) -> None:
        """Forget a set; does nothing if it is not there. Raises: SNB-140, SNB-142."""


# --- training ----------------------------------------------------------------------------------------------------------------------


class Trainings(Protocol):
    """Records what is fitted in this process."""

    def watch(self, *, experiment: str, otherwise: str, protected: bool, seen: Callable[[Any, Any, Any], None]) -> None:
        """Begin to record every fit as a run, and tell ``seen`` of it: the model, what it was fitted to, its target.

        Args:
            experiment: the one to record in; empty for the one that the user chose in this process, or else ``otherwise``.
            protected: keep nothing that describes the data.

        Raises: SNB-140, SNB-141, SNB-142.
        """

    def mark(self, cell: str) -> None:
        """Runs that begin from now on belong to this cell."""

    def unwatch(self) -> None:
        """End; the user's own choices stand again.  Does nothing if nobody watches."""

    def runs(self, cell: str) -> tuple[TrainingRun, ...]:
        """What was recorded of a cell, oldest first. Raises: SNB-140."""

    def former(self, run: TrainingRun, *, most: int = 5) -> tuple[TrainingRun, ...]:
        """The finished runs of the same experiment before this one that have a metric, oldest first. Raises: SNB-140."""

    def note(self, run: TrainingRun, *, fingerprint: str = "", classification: str = "") -> None:
        """Write on a run what only we know. Raises: SNB-140, SNB-142."""


# --- the clean room ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replay:
    """What a clean process with the server's packages saw.

    Attributes:
        loaded: whether the model could be loaded; if not, ``error_type``/``error_module`` say how it ended, without values.
        answers: the answers to the sample, as plain lists (records for DataFrames), None if predict raised.
        permuted_equal: the answers to the sample with its columns permuted were the same; None if untried.
        nan: per column, what happened when its first value was missing.
        missing: (package, wanted, found) for every pin that the server's environment does not hold.
    """

    loaded: bool
    environment: Environment
    load_ms: int = 0
    predict_ms: int = 0
    error_type: str = ""
    error_hint: str = ""
    failed_at: str = ""
    answers: Any = None
    permuted_equal: bool | None = None
    nan: tuple[tuple[str, Answer], ...] = ()
    missing: tuple[tuple[str, str, str], ...] = ()


class CleanRoom(Protocol):
    """A process of its own with the packages that the server will have."""

    def environment(self) -> Environment:
        """The packages and Python of the server. Raises: SNB-511 if there is no server environment."""

    def replay(self, model: Path, sample: Any, *, deep: bool = True) -> Replay:
        """Load and ask. ``sample`` may be None: load only. ``deep`` also permutes columns and tries missing values."""


# --- serving --------------------------------------------------------------------------------------------------------------------

Report = Callable[[tuple[StageStatus, ...]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a place holds of a deployment right now, beside what the revision that serves says of it.

    Attributes:
        revision: as it was kept when it was applied.
        said, found: plain documents of the same things, as the revision says them and as they are.
        writer, written_at: which program that is not ours wrote there last, and when; empty where nobody knows.
    """

    revision: Revision
    said: Mapping[str, Any]
    found: Mapping[str, Any]
    writer: str = ""
    written_at: str = ""


class Serving(Protocol):
    """A place that answers."""

    def namespaces(self) -> tuple[str, ...]:
        """The names of all namespaces, sorted."""

    def levels(self) -> tuple[tuple[str, Classification], ...]:
        """The same with the highest classification that may live in each; unknown where nobody has said or it may not be read."""

    def namespace(self, name: str, *, deployment: str = "") -> NamespaceFacts:
        """Facts of a namespace, and of ``deployment`` in it where a place asks for each. Raises: SNB-212 with the nearest names."""

    def live(self, target: Target) -> Revision | None:
        """The revision that serves, or None."""

    def apply(self, revision: Revision, model: Path, report: Report) -> DeploymentStatus:
        """Bring a revision to life; the former one serves until the new one answers. A failure leaves the former one as it was.

        Raises: SNB-220 (the base changed), SNB-310 … SNB-319, SNB-5xx.
        """

    def statuses(self) -> tuple[DeploymentStatus, ...]:
        """All deployments of the place, sorted by namespace and name."""

    def status(self, target: Target) -> DeploymentStatus | None:
        """One deployment, looked at closely: how long its stages took, why it is stuck if it is; None if it is not there."""

    def revisions(self, target: Target) -> tuple[Revision, ...]:
        """Every revision that was kept, oldest first."""

    def held(self, target: Target) -> Held | None:
        """What is there of a deployment beside what its revision says; None if it is not there, or its revision was not kept. Raises: SNB-533."""

    def callers(self, target: Target) -> tuple[str, ...]:
        """The names of those who may call it; empty if it is not there."""

    def delete(self, target: Target) -> None:
        """Stop and forget; does nothing if it is not there."""

    def logs(self, target: Target, *, lines: int = 100) -> tuple[str, ...]:
        """The last lines that its servers wrote, as they wrote them: not to be shown before somebody has looked at them.  Empty if there are none."""


# --- workflows -------------------------------------------------------------------------------------------------------------------


class Workflows(Protocol):
    """What carries a plan through its steps without the person who asked."""

    def submit(self, plan: Plan) -> Run:
        """Hand a plan over; the same plan a second time is the same run, taken up where it is.

        Raises: SNB-533 (no rights), SNB-535 (the name is somebody else's), SNB-537 (no workflows in this cluster), SNB-341 (refused at the door).
        """

    def run(self, plan_digest: str, target: Target) -> Run | None:
        """The run of a plan, or None."""

    def runs(self, namespace: str = "") -> tuple[Run, ...]:
        """The latest run of every deployment, in one namespace or in all that the person may see."""

    def follow(self, run: Run, report: Report) -> Run:
        """Tell every change of the six stages until the run ends; whoever follows may go away without harm.

        Returns: the ended run, with a diagnosed code if it failed.
        """

    def stop(self, run: Run) -> Run:
        """End a run; what serves goes on serving."""

    def logs(self, run: Run, step: Step, *, lines: int = 20) -> tuple[str, ...]:
        """The last lines of a step, without values; empty if nothing was written."""


# --- watching -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What a place shows at one moment: its deployments, and the plans that somebody carries or carried; unsorted.

    A watched deployment's revision has no documents: a list needs none, and thousands of them would fill the memory.
    """

    statuses: tuple[DeploymentStatus, ...]
    runs: tuple[Run, ...] = ()


Told = Callable[[frozenset[Target] | None], None]


class Watch(Protocol):
    """A place that is kept in view, so that many may look without asking it each time.  Starts no process of the place."""

    def start(self, told: Told) -> None:
        """Begin, in threads of its own.

        Args:
            told: called in one of these with the deployments that something changed about, or with None if it may be anything.

        Raises: what keeps it from beginning (SNB-530 … SNB-538); it may be started again.
        """

    def look(self, targets: frozenset[Target] | None = None) -> Glimpse:
        """What is there now of some deployments, or of all.  What is gone is left out. Raises: as above, before anything was ever seen."""

    def check(self) -> SeldonNbError | None:
        """To be called every second or so: takes up what came into reach, and says what keeps it from seeing right now.

        Until that ends, a look shows what was seen last.
        """

    def stop(self) -> None:
        """End; nothing is told any more when this returns."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer of an endpoint: HTTP status, media type, body, and the time it took in seconds."""

    status: int
    media_type: str
    body: bytes
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)


class Endpoint(Protocol):
    """The way to an answer, through the same route that every caller takes."""

    def url(self, target: Target) -> str:
        """The endpoint's address, without a final slash: ``…/seldon/<namespace>/<name>``."""

    def ask(self, target: Target, path: str, body: bytes | None, token: SecretToken | None, *, timeout_s: float) -> HttpAnswer:
        """POST ``body`` (GET if None) to ``path`` below the endpoint. Raises: SNB-302 (nobody answers), SNB-307 (too slow)."""

    def close(self) -> None:
        """Let go of connections; the next question opens new ones."""


class Access(Protocol):
    """Who is who, and who may."""

    def whoami(self) -> Principal:
        """The principal that this process acts as."""

    def may(self, verb: str, target: Target) -> bool:
        """Whether that principal may ``plan``, ``apply``, ``delete``, ``predict``, ``see`` or ``audit`` this deployment."""

    def token(self, target: Target, *, minutes: int = 10) -> SecretToken:
        """A token for one endpoint, 1 to 60 minutes. Raises: SNB-401 if the principal may not call it, SNB-405 for other lengths."""

    def probe_identities(self, target: Target) -> tuple[Principal, Principal | None]:
        """(somebody who must be answered, somebody who must be refused) for the live check; nobody where no gateway stands in front."""

    def token_for_probe(self, principal: Principal, target: Target) -> SecretToken:
        """A one-minute token for the live check; speaks for ``principal``."""


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """Whether the chain of records holds: ``bad_seq`` names the first bad record, 0 if none; ``reason`` says what is wrong with it."""

    records: int
    bad_seq: int = 0
    reason: str = ""
    head: str = ""

    @property
    def ok(self) -> bool:
        """Whether every record is as it was written."""
        return self.bad_seq == 0


class Audit(Protocol):
    """The append-only record of every act."""

    def append(
        self,
        *,
        who: Principal,
        act: Act,
        subject: str,
        result: str = "ok",
        digest: str = "",
        details: Mapping[str, str | int] | None = None,
    ) -> AuditRecord:
        """Add one record; durable when this returns."""

    def records(self, *, subject: str = "", since: str = "") -> Iterable[AuditRecord]:
        """Records in order; ``subject`` selects one deployment or model (and its versions), ``since`` is RFC 3339."""

    def verify(self) -> ChainVerdict:
        """Recompute the chain and compare with the anchor."""


class Clock(Protocol):
    """Time, so that tests can hold it still."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Progress(Protocol):
    """Where long work shows how far it is."""

    def start(self, label: str, total: int) -> None:
        """Begin; ``total`` in units of the work (rows, steps)."""

    def advance(self, n: int) -> None:
        """``n`` more units are done."""

    def close(self) -> None:
        """Done or given up."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All seams of one place, wired by the workspace.

    Attributes:
        workflows: what carries every plan, where a place has such.
        grpc: the same endpoints over gRPC; None where a place offers none.
        applies: what carries a plan only if it is asked to, where the steps usually run in the asking process.
        watch: makes a new watch over the place; None where it cannot be kept in view.
    """

    catalog: Catalog
    clean_room: CleanRoom
    serving: Serving
    endpoint: Endpoint
    access: Access
    audit: Audit
    clock: Clock
    workflows: Workflows | None = None
    grpc: Endpoint | None = None
    applies: Workflows | None = None
    watch: Callable[[], Watch] | None = None

    @property
    def carrier(self) -> Workflows | None:
        """What carries a plan without the person who asked; None where a place has nothing of the kind."""
        return self.workflows or self.applies


@dataclass(frozen=True, slots=True)
class Inspection:
    """One thing that ``doctor`` looked at: what, whether it works, a translated sentence, and a code that explains it if it does not."""

    subject: str
    ok: bool
    text: str
    code: str = ""
    warn: bool = False
