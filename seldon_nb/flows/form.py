"""The form of the test view: what a deployment takes, what was usual while its model was trained, and what else there is to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seldon_nb.domain.cases import CaseSet
from seldon_nb.domain.deployment import DeploymentStatus, State, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.model import Answer, ModelRef, ModelVersion
from seldon_nb.domain.profile import ColumnProfile, Holds, Profile
from seldon_nb.domain.signature import Column, ColumnType, Tensor
from seldon_nb.flows.try_out import chosen, most_rows
from seldon_nb.ports import Ports, SampleRows
from seldon_nb.words import tr

#: So many other versions are offered for a comparison.
MOST_VERSIONS = 50
_KINDS = {
    ColumnType.BOOLEAN: "boolean",
    ColumnType.INTEGER: "integer",
    ColumnType.LONG: "integer",
    ColumnType.FLOAT: "number",
    ColumnType.DOUBLE: "number",
    ColumnType.STRING: "text",
    ColumnType.BINARY: "binary",
    ColumnType.DATETIME: "datetime",
    ColumnType.ANY: "other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input and how it is asked for; ``kind`` is one of the words of the panel's contract.

    Attributes:
        accepts_missing: None if nobody tried.
        minimum, maximum, typical: of the training data, where they are known and may be shown.
    """

    name: str
    kind: str
    type: str
    required: bool
    accepts_missing: bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    typical: str | int | float | bool | None = None
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What to draw.

    Attributes:
        keep: values may be saved as cases.
        problem: why it is not answering, if that is known.
    """

    status: DeploymentStatus
    predictor: str
    keep: bool
    notice: str
    answering: bool
    problem: SeldonNbError | None = None
    fields: tuple[Field, ...] = ()
    tensors: tuple[Tensor, ...] = ()
    outputs: tuple[str, ...] = ()
    sample: SampleRows | None = None
    why_no_sample: str = ""
    versions: tuple[str, ...] = ()
    cases: tuple[CaseSet, ...] = ()
    most_rows: int = 0


def form(ports: Ports, target: Target, predictor: str = "") -> Form:
    """The form of one deployment.  A catalogue that does not answer only makes it poorer.

    Raises:
        SNB-301: there is none that the person may see.  SNB-361: it has no such predictor.
    """
    status = ports.serving.status(target) if ports.access.may("see", target) else None
    if status is None:
        raise fail("SNB-301", name=str(target), nearest="-")
    revision = status.revision
    signature = revision.signature
    version = version_of(ports, revision.model)
    keep = may_keep(revision.classification.is_protected, version)
    profile = _quietly_profile(ports, version) if keep else None
    sample, why = _sample(ports, version, keep=keep)
    inputs = signature.inputs if signature is not None else None
    fields = tuple(field_of(column, profile, version) for column in inputs.columns) if inputs is not None else ()
    answering = status.state in (State.ANSWERING, State.UPDATING)
    return Form(
        status=status,
        predictor=chosen(revision, predictor),
        keep=keep,
        notice=tr("Values stay in this view: nothing is saved in the notebook."),
        answering=answering,
        problem=fail(status.diagnosis, **dict(status.diagnosis_facts)) if status.diagnosis and not answering else None,
        fields=fields,
        tensors=inputs.tensors if inputs is not None else (),
        outputs=signature.outputs.names if signature is not None else (),
        sample=_in_order(sample, fields),
        why_no_sample=why,
        versions=_other_versions(ports, version),
        cases=_cases(ports, version) if keep else (),
        most_rows=most_rows(revision),
    )


def version_of(ports: Ports, model: str) -> ModelVersion | None:
    """The version behind ``fraud@3``; None if the catalogue does not tell."""
    try:
        return ports.catalog.find(ModelRef.parse(model))
    except (SeldonNbError, ValueError):
        return None


def may_keep(protected: bool, version: ModelVersion | None) -> bool:
    """Whether values may be kept and shown again: neither the deployment nor its model is protected, and the model is known."""
    return not protected and version is not None and not version.classification.is_protected


def field_of(column: Column, profile: Profile | None, version: ModelVersion | None) -> Field:
    """How one column is asked for."""
    seen = profile.column(column.name) if profile is not None else None
    kind = _kind(column, seen)
    whole = kind == "integer"
    typical = seen.typical if seen is not None and kind in ("integer", "number", "category") else None
    return Field(
        name=column.name,
        kind=kind,
        type=column.type.value,
        required=column.required,
        accepts_missing=_accepts_missing(column, version),
        minimum=seen.minimum if seen is not None and kind in ("integer", "number") else None,
        maximum=seen.maximum if seen is not None and kind in ("integer", "number") else None,
        typical=int(typical) if whole and isinstance(typical, float) else typical,
        choices=tuple(name for name, _ in seen.categories) if seen is not None and kind == "category" else (),
        hint=_hint(kind, seen, sample=profile is not None and profile.source == "sample"),
    )


def _kind(column: Column, seen: ColumnProfile | None) -> str:
    if column.type is ColumnType.STRING and seen is not None and seen.holds is Holds.CATEGORY:
        return "category"
    if column.type is ColumnType.DATETIME and seen is not None and len(seen.earliest) == len("2026-11-21"):
        return "date"
    return _KINDS[column.type]


def _accepts_missing(column: Column, version: ModelVersion | None) -> bool | None:
    """Types without room for a missing value refuse it before the model is asked."""
    if column.type.is_integer or column.type is ColumnType.BINARY or (column.type is ColumnType.BOOLEAN and column.required):
        return False
    nan: Mapping[str, Answer] = dict(version.contract.nan) if version is not None and version.contract is not None else {}
    return {Answer.SAME_KIND: True, Answer.REFUSES: False}.get(nan.get(column.name, Answer.UNTRIED))


def _hint(kind: str, seen: ColumnProfile | None, *, sample: bool) -> str:
    if kind == "binary":
        return tr("Bytes, as base64")
    if kind == "other":
        return tr("A list or an object, as JSON")
    if seen is None:
        return ""
    low, high = seen.earliest, seen.latest
    if seen.minimum is not None and seen.maximum is not None and kind in ("integer", "number"):
        low, high = f"{seen.minimum:.6g}", f"{seen.maximum:.6g}"
    if not low:
        return ""
    if sample:
        return tr("{low} to {high} in the sample", low=low, high=high)
    return tr("{low} to {high} in training", low=low, high=high)


def _quietly_profile(ports: Ports, version: ModelVersion | None) -> Profile | None:
    try:
        return ports.catalog.profile(version) if version is not None else None
    except SeldonNbError:
        return None


def _sample(ports: Ports, version: ModelVersion | None, *, keep: bool) -> tuple[SampleRows | None, str]:
    if version is None:
        return None, tr("The catalogue does not answer, so the sample is not known.")
    if not keep:
        return None, tr("Rows of protected data are not kept, so there is no sample.")
    try:
        found = ports.catalog.sample(version)
    except SeldonNbError:
        return None, tr("The catalogue does not answer, so the sample is not known.")
    return found, "" if found is not None else tr("No sample was logged with this model.")


def _in_order(sample: SampleRows | None, fields: tuple[Field, ...]) -> SampleRows | None:
    """The sample's columns in the form's order, days as days; None if it is of other columns."""
    names = tuple(field.name for field in fields)
    if sample is None or not names or not set(names) <= set(sample.columns):
        return None
    places = [(sample.columns.index(field.name), field.kind) for field in fields]
    return SampleRows(names, tuple(tuple(_as_asked(row[place], kind) for place, kind in places) for row in sample.data))


def _as_asked(value: str | int | float | bool | None, kind: str) -> str | int | float | bool | None:
    return value.removesuffix("T00:00:00") if kind == "date" and isinstance(value, str) else value


def _other_versions(ports: Ports, version: ModelVersion | None) -> tuple[str, ...]:
    if version is None:
        return ()
    try:
        found = ports.catalog.versions(version.name, limit=MOST_VERSIONS + 1).items
    except SeldonNbError:
        return ()
    return tuple(str(other.version) for other in found if other.version != version.version)[:MOST_VERSIONS]


def _cases(ports: Ports, version: ModelVersion | None) -> tuple[CaseSet, ...]:
    try:
        return ports.catalog.cases(version.name) if version is not None else ()
    except SeldonNbError:
        return ()
