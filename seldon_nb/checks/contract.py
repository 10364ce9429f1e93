"""The contract between a model and the server that will answer for it: one rule, one code.

The rules judge a :class:`Trial`; the words are those of the codes 112 to 137.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from seldon_nb.checks.rule import Rule
from seldon_nb.checks.trial import MAIN, MEGABYTE, ReplayFacts, Trial, covers, sample_trial
from seldon_nb.domain.code import Severity
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.model import Answer, Contract, Environment, Flavor, ModelVersion
from seldon_nb.domain.names import nearest
from seldon_nb.domain.plan import Finding, Override
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature

__all__ = [
    "RULES",
    "Trial",
    "column_differences",
    "contract_of",
    "contract_of_stored",
    "covers",
    "judge",
    "judge_stored",
    "reads_skops",
    "trial_of_stored",
]

#: Above this, copying and loading a model is felt.
LARGE_MB = 500
#: The first MLflow that can read skops models; since 3.14 it writes them unless told otherwise.
SKOPS_SINCE = (3, 9)
NONE = "—"
_SHOWN = 8


def judge(trial: Trial, *, overrides: Iterable[Override] = ()) -> tuple[Finding, ...]:
    """All rules' words on a trial, blocking ones first; an override counts only where the code allows one."""
    reasons = {override.code: override.reason for override in overrides}
    found = [finding for rule in RULES for finding in rule.check(trial)]
    told = [
        replace(finding, overridden_by=reasons[finding.code])
        if finding.code in reasons and lookup(finding.code).overridable
        else finding
        for finding in found
    ]
    order = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}
    return tuple(sorted(told, key=lambda finding: (not finding.blocks, order[finding.severity])))


def judge_stored(version: ModelVersion, replay: ReplayFacts) -> tuple[Finding, ...]:
    """The rules' words on a version that somebody logged, replayed without a sample."""
    return judge(trial_of_stored(version, replay))


def trial_of_stored(version: ModelVersion, replay: ReplayFacts | None) -> Trial:
    """A stored version as something to judge: no sample, no answers of a kernel, nothing local."""
    return Trial(candidate=_Stored(version), request=_Asked(name=version.name), replay=replay)


def contract_of(candidate: object, replay: ReplayFacts | None) -> Contract:
    """What is kept of a replay with the version; ``checked`` is false if the flavour was passed through."""
    sample = getattr(candidate, "sample", None)
    environment: Environment | None = getattr(candidate, "environment", None)
    return _contract(environment, replay, 0 if sample is None else len(sample))


def contract_of_stored(version: ModelVersion, replay: ReplayFacts) -> Contract:
    """The same for a version that somebody logged, replayed without a sample."""
    return _contract(version.environment, replay, 0)


def column_differences(fitted: tuple[str, ...], given: tuple[str, ...]) -> dict[str, str] | None:
    """How the columns of a sample differ from those of the training: facts ``missing``, ``extra`` and ``order``; None if they do not."""
    if not fitted or fitted == given:
        return None
    missing = [column for column in fitted if column not in given]
    extra = [column for column in given if column not in fitted]
    order = NONE
    if not missing and not extra:
        order = next(f"{was} → {now}" for was, now in zip(fitted, given, strict=False) if was != now)
    return {"missing": _few(missing), "extra": _few(_with_nearest(extra, missing)), "order": order}


def reads_skops(server: Environment) -> bool:
    """Whether a server with these packages can read models that were saved with skops."""
    return server.version("skops") is not None and _numbers(server.version("mlflow") or "0")[:2] >= SKOPS_SINCE


# --- the rules ---------------------------------------------------------------------------------------------------------------


def _other_columns(trial: Trial) -> Iterator[Finding]:
    if trial.sample_columns and (differences := column_differences(trial.candidate.fitted_columns, trial.sample_columns)):
        yield _finding("SNB-112", trial, **differences)


def _lives_in_notebook(trial: Trial) -> Iterator[Finding]:
    for module, objects in trial.uncovered():
        if module == MAIN:
            yield _finding("SNB-113", trial, objects=objects, python=trial.candidate.environment.python_minor)


def _lives_in_file(trial: Trial) -> Iterator[Finding]:
    local = [(module, file) for module, file in trial.uncovered() if module != MAIN]
    if local:
        modules = _few([f"{module} ({file})" for module, file in local])
        yield _finding("SNB-114", trial, modules=modules, include=" ".join(f"--include {_quoted(file)}" for _, file in local))


def _other_packages(trial: Trial) -> Iterator[Finding]:
    if trial.replay is None or not _ended_at(trial, "load") or not _versions_to_blame(trial):
        return
    conflicts = trial.conflicts()
    package, wanted, found = conflicts[0]
    yield _finding(
        "SNB-115",
        trial,
        subject=package,
        package=package,
        wanted=wanted,
        found=found or NONE,
        error_type=trial.replay.error_type,
        hint=_sentence(trial.replay.error_hint),
        conflicts=_arrows(conflicts),
        pin=f"{package}=={found}" if found else package,
    )


def _unreadable_format(trial: Trial) -> Iterator[Finding]:
    if _skops_unread(trial):
        yield _finding("SNB-116", trial, serialization=trial.candidate.serialization, readable="cloudpickle, pickle")


def _does_not_load(trial: Trial) -> Iterator[Finding]:
    if trial.replay is None or not _ended_at(trial, "load") or _explained(trial):
        return
    server = trial.replay.environment
    own = [name for name, _ in trial.candidate.environment.packages if server.version(name)]
    yield _finding(
        "SNB-117",
        trial,
        python=server.python,
        packages=_few([f"{name} {server.version(name)}" for name in own]),
        error_type=trial.replay.error_type,
        hint=_sentence(trial.replay.error_hint),
    )


def _integers_without_room(trial: Trial) -> Iterator[Finding]:
    if trial.candidate.signature is None or trial.request.integers == "float":
        return
    columns = [column.name for column in trial.candidate.signature.inputs.columns if column.type.is_integer]
    if columns:
        yield _finding("SNB-118", trial, subject=f"column {columns[0]}", columns=_few(columns))


def _other_answers(trial: Trial) -> Iterator[Finding]:
    comparison = trial.compared()
    if comparison is not None and not comparison.equal:
        yield _finding("SNB-120", trial, differing=comparison.differing, rows=comparison.rows, how=comparison.how)


def _order_matters(trial: Trial) -> Iterator[Finding]:
    if trial.replay is not None and trial.replay.permuted_equal is False:
        yield _finding("SNB-121", trial)


def _missing_values(trial: Trial) -> Iterator[Finding]:
    if trial.replay is None:
        return
    signature = trial.candidate.signature
    told = {column.name for column in signature.inputs.columns if column.type.is_integer} if signature else set()
    refusing = [name for name, answer in trial.replay.nan if answer is Answer.REFUSES and name not in told]
    if refusing:
        answering = sum(answer is Answer.SAME_KIND for _, answer in trial.replay.nan)
        yield _finding("SNB-122", trial, subject=f"column {refusing[0]}", columns=_few(refusing), answering=answering)


def _passed_through(trial: Trial) -> Iterator[Finding]:
    if trial.candidate.flavor is Flavor.OTHER:
        yield _finding("SNB-123", trial, flavor=trial.candidate.serialization or trial.candidate.flavor.value)


def _versions_differ(trial: Trial) -> Iterator[Finding]:
    conflicts = trial.conflicts()
    if trial.replay is not None and trial.replay.loaded and conflicts and not trial.replay.failed_at:
        pins = " ".join(f'"{package}=={found}"' for package, _, found in conflicts if found)
        yield _finding("SNB-124", trial, subject=conflicts[0][0], conflicts=_arrows(conflicts), pins=pins or NONE)


def _large(trial: Trial) -> Iterator[Finding]:
    size = trial.candidate.size // MEGABYTE
    if size > LARGE_MB:
        yield _finding("SNB-125", trial, size_mb=size, limit_mb=LARGE_MB)


def _no_outputs(trial: Trial) -> Iterator[Finding]:
    signature = trial.candidate.signature
    if signature is not None and not signature.outputs:
        yield _finding("SNB-126", trial)


def _other_python(trial: Trial) -> Iterator[Finding]:
    if _minor_differs(trial) and trial.replay is not None:
        facts = {"python": trial.candidate.environment.python_minor, "server": trial.replay.environment.python_minor}
        severity = Severity.BLOCK if _holds_code(trial) else Severity.WARN
        yield replace(_finding("SNB-127", trial, **facts), severity=severity)


def _raises_on_sample(trial: Trial) -> Iterator[Finding]:
    if trial.replay is not None and _ended_at(trial, "predict") and not _skops_unread(trial):
        yield _finding("SNB-137", trial, error_type=trial.replay.error_type, conflicts=_arrows(trial.conflicts()) or NONE)


# --- what the rules ask --------------------------------------------------------------------------------------------------------


def _ended_at(trial: Trial, where: str) -> bool:
    return trial.replay is not None and trial.replay.failed_at == where


def _explained(trial: Trial) -> bool:
    """Whether another rule tells why the model does not load."""
    return (
        bool(trial.uncovered())
        or _skops_unread(trial)
        or (_minor_differs(trial) and _holds_code(trial))
        or _versions_to_blame(trial)
    )


def _versions_to_blame(trial: Trial) -> bool:
    """A missing module blames a version only if a package of other version would have brought it; any other error blames every difference."""
    conflicts = trial.conflicts()
    if not conflicts or trial.uncovered() or _skops_unread(trial) or (_minor_differs(trial) and _holds_code(trial)):
        return False
    assert trial.replay is not None
    hint = trial.replay.error_hint
    if not hint.startswith("No module named"):
        return True
    module = hint.partition("'")[2].partition("'")[0].partition(".")[0]
    package = {"sklearn": "scikit-learn"}.get(module, module.replace("_", "-"))
    return any(package == name for name, _, _ in conflicts)


def _skops_unread(trial: Trial) -> bool:
    return trial.candidate.serialization == "skops" and trial.replay is not None and not reads_skops(trial.replay.environment)


def _minor_differs(trial: Trial) -> bool:
    mine = trial.candidate.environment.python_minor
    return trial.replay is not None and bool(mine) and mine != trial.replay.environment.python_minor


def _holds_code(trial: Trial) -> bool:
    """Whether bytecode lies in the pickle: a Python model saved by value, or anything of the notebook."""
    by_value = trial.candidate.flavor is Flavor.PYFUNC and trial.candidate.serialization == "cloudpickle"
    return by_value or any(module == MAIN for module, _ in trial.candidate.local_modules)


def _finding(code: str, trial: Trial, *, subject: str = "", **facts: object) -> Finding:
    severity = lookup(code).severity
    assert severity is not None
    return Finding(code, {"name": trial.name, **facts}, subject or trial.name, severity)


def _contract(environment: Environment | None, replay: ReplayFacts | None, rows: int) -> Contract:
    if replay is None:
        return Contract(checked=False)
    wanted = {name for name, _ in environment.packages} if environment else set()
    held = tuple(
        item for item in replay.environment.packages if item[0] in wanted
    )  # the rest of a server's packages says nothing of this model
    return Contract(
        checked=replay.loaded and not replay.failed_at,
        load_ms=replay.load_ms,
        predict_ms=replay.predict_ms,
        rows=rows,
        nan=replay.nan,
        order_matters=replay.permuted_equal is False,
        server=Environment(replay.environment.python, held),
    )


def _few(names: list[str]) -> str:
    more = f" … (+{len(names) - _SHOWN})" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else NONE


def _with_nearest(extra: list[str], missing: list[str]) -> list[str]:
    """Each with the missing column that it may stand for; what differs in capitals only comes first, and none is offered twice."""
    left = {column.casefold(): column for column in missing}
    meant = {column: left.pop(column.casefold()) for column in extra if column.casefold() in left}
    for column in extra:
        if column not in meant and (near := nearest(column, left.values(), most=1)):
            meant[column] = left.pop(near[0].casefold())
    return [f"{column} ({meant[column]}?)" if column in meant else column for column in extra]


def _arrows(conflicts: tuple[tuple[str, str, str], ...]) -> str:
    return _few([f"{package} {wanted} → {found or NONE}" for package, wanted, found in conflicts]) if conflicts else ""


def _sentence(hint: str) -> str:
    return hint if not hint or hint.endswith(".") else hint + "."


def _quoted(file: str) -> str:
    return f'"{file}"' if " " in file else file


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    include: tuple[str, ...] = ()
    integers: str = "keep"
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A stored version read as a candidate: no sample, no answers of a kernel, nothing local."""

    version: ModelVersion
    sample: None = None
    expected: None = None
    referenced: tuple[str, ...] = ()
    local_modules: tuple[tuple[str, str], ...] = ()
    fitted_columns: tuple[str, ...] = ()

    @property
    def flavor(self) -> Flavor:
        return self.version.flavor

    @property
    def serialization(self) -> str:
        return self.version.serialization

    @property
    def signature(self) -> Signature | None:
        return self.version.signature

    @property
    def environment(self) -> Environment:
        return self.version.environment or Environment("")

    @property
    def size(self) -> int:
        return self.version.size


# --- the table, each with a sample that passes and one that does not ---------------------------------------------------------------

_OK = sample_trial
_OLD = Environment("3.11.7", (("scikit-learn", "1.6.1"),))
_PY310 = Environment("3.10.12", (("scikit-learn", "1.9.1"),))
_AGE = Schema(columns=(Column("age", ColumnType.LONG),))
_OUT = Schema(columns=(Column("answer", ColumnType.DOUBLE),))
_CONFLICT = (("scikit-learn", "1.9.1", "1.6.1"),)
_NO_LOSS = {
    "loaded": False,
    "failed_at": "load",
    "error_type": "ModuleNotFoundError",
    "error_hint": "No module named 'sklearn._loss'",
    "answers": None,
}
_NO_CONFIG = _NO_LOSS | {"error_hint": "No module named 'settings_of_mine'"}

RULES: tuple[Rule[Trial], ...] = (
    Rule(code="SNB-112", source="MLflow signatures; scikit-learn feature_names_in_", check=_other_columns, allowed=_OK,
         denied=partial(_OK, candidate={"sample": sample_trial().candidate.sample, "fitted_columns": ("age", "income", "region")})),
    Rule(code="SNB-113", source="pickle: objects of __main__; mlflow#14145", check=_lives_in_notebook,
         allowed=partial(_OK, candidate={"local_modules": ((MAIN, "Ratio"),)}, request={"include": (MAIN,)}),
         denied=partial(_OK, candidate={"local_modules": ((MAIN, "Ratio"),)})),
    Rule(code="SNB-114", source="mlflow code_paths; mlflow#3258", check=_lives_in_file,
         allowed=partial(_OK, candidate={"local_modules": (("features", "features.py"),)}, request={"include": ("features.py",)}),
         denied=partial(_OK, candidate={"local_modules": (("features", "features.py"),)})),
    Rule(code="SNB-115", source="seldon-core#4315; kserve#2818", check=_other_packages, allowed=_OK,
         denied=partial(_OK, replay=_NO_LOSS | {"environment": _OLD, "missing": _CONFLICT})),
    Rule(code="SNB-116", source="MLflow 3.14 saves scikit-learn models as skops; MLServer images hold MLflow 2.19", check=_unreadable_format,
         allowed=_OK, denied=partial(_OK, candidate={"serialization": "skops"})),
    Rule(code="SNB-117", source="MLServer: one model that fails to load keeps the server from starting", check=_does_not_load,
         allowed=_OK, denied=partial(_OK, replay=_NO_CONFIG)),
    Rule(code="SNB-118", source="MLflow schema enforcement: whole numbers have no missing value; mlflow#3798", check=_integers_without_room,
         allowed=partial(_OK, candidate={"signature": Signature(_AGE, _OUT)}, request={"integers": "float"}),
         denied=partial(_OK, candidate={"signature": Signature(_AGE, _OUT)})),
    Rule(code="SNB-120", source="the served model is the one that was tested", check=_other_answers, allowed=_OK,
         denied=partial(_OK, replay={"answers": (0.25, 0.5)})),
    Rule(code="SNB-121", source="callers name their columns", check=_order_matters, allowed=_OK, denied=partial(_OK, replay={"permuted_equal": False})),
    Rule(code="SNB-122", source="MLServer answers 500 without a reason; mlflow#12516", check=_missing_values, allowed=_OK,
         denied=partial(_OK, replay={"nan": (("age", Answer.REFUSES), ("income", Answer.SAME_KIND))})),
    Rule(code="SNB-123", source="flavours beyond scikit-learn, XGBoost, LightGBM and pyfunc", check=_passed_through, allowed=_OK,
         denied=partial(_OK, candidate={"flavor": Flavor.OTHER, "serialization": "statsmodels"})),
    Rule(code="SNB-124", source="seldon-core#4315; scikit-learn InconsistentVersionWarning", check=_versions_differ, allowed=_OK,
         denied=partial(_OK, replay={"missing": (("numpy", "2.4.6", "2.3.5"),)})),
    Rule(code="SNB-125", source="start-up time grows with the files", check=_large, allowed=_OK, denied=partial(_OK, candidate={"size": 900 * MEGABYTE})),
    Rule(code="SNB-126", source="mlserver_mlflow/metadata.py reads the outputs of every signature", check=_no_outputs, allowed=_OK,
         denied=partial(_OK, candidate={"signature": Signature(_OUT)})),
    Rule(code="SNB-127", source="CPython bytecode differs between minor versions", check=_other_python, allowed=_OK,
         denied=partial(_OK, candidate={"flavor": Flavor.PYFUNC}, replay={"environment": _PY310})),
    Rule(code="SNB-137", source="the sample is asked in a clean process", check=_raises_on_sample, allowed=_OK,
         denied=partial(_OK, replay={"failed_at": "predict", "error_type": "AttributeError", "answers": None})),
)  # fmt: skip
