"""Try out: a few rows of plain values, asked through the route that every caller takes, with limits of their own.

The test view and its widget ask like this.  Nothing of a question or an answer is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seldon_nb.cards.amounts import number
from seldon_nb.codecs.cells import Scalar, TensorCells, cells_of, table_of, tensors_of, troubles
from seldon_nb.codecs.comparing import shares
from seldon_nb.codecs.explain import fit
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.flows.predict import Tokens, predict
from seldon_nb.ports import Ports
from seldon_nb.steps.asking import way_to
from seldon_nb.words import tr, trn

if TYPE_CHECKING:
    from seldon_nb.domain.signature import Signature

#: Rows and bytes of one question.
MOST_ROWS, MOST_BYTES = 1000, 4 * 2**20
#: The same for a protected deployment.
PROTECTED_ROWS, PROTECTED_BYTES = 100, 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of whom.  Exactly one of ``data`` and ``tensors`` holds something.

    Attributes:
        predictor: one of the deployment's own; empty for its first.
        columns, data: see :func:`seldon_nb.codecs.cells.table_of`.
    """

    target: Target
    predictor: str = ""
    columns: tuple[str, ...] = ()
    data: tuple[tuple[Scalar, ...], ...] = ()
    tensors: tuple[TensorCells, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows it asks about."""
        if self.tensors:
            return max((tensor.shape[0] if tensor.shape else 0) for tensor in self.tensors)
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answers as plain values.

    Attributes:
        shares: per row, (class, share), where the answers look like shares of a whole; else empty.
        notes: what was done to the rows on their way, one translated sentence each.
    """

    columns: tuple[str, ...]
    data: tuple[tuple[Scalar, ...], ...]
    shares: tuple[tuple[tuple[str, float], ...], ...]
    took_ms: int
    requests: int
    model: str
    notes: tuple[str, ...] = ()


def most_rows(revision: Revision) -> int:
    """How many rows one question may have."""
    return PROTECTED_ROWS if revision.classification.is_protected else MOST_ROWS


def serving(ports: Ports, target: Target) -> Revision:
    """The revision that serves.

    Raises:
        SNB-301: there is none that the person may see.
    """
    live = ports.serving.live(target) if ports.access.may("see", target) else None
    if live is None:
        raise fail("SNB-301", name=str(target), nearest="-")
    return live


def predictors_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of a deployment's predictors."""
    return tuple(str(predictor.get("name") or "") for predictor in document["spec"]["predictors"])


def chosen(revision: Revision, predictor: str) -> str:
    """The predictor that is meant. Raises: SNB-361."""
    known = predictors_of(revision.document)
    if predictor and predictor not in known:
        raise fail("SNB-361", name=str(revision.target), predictor=predictor[:63], known=", ".join(known))
    return predictor or known[0]


def ask(ports: Ports, question: Question, *, tokens: Tokens | None = None, most: int = MOST_ROWS) -> Reply:
    """Ask the deployment.

    Args:
        most: an administrator's limit of rows; a protected deployment has one of its own besides.

    Raises:
        SNB-301, SNB-361: nobody is there to be asked.  SNB-360: too much at once.
        SNB-320 … SNB-326: the rows do not fit, with the facts ``field`` and ``row`` where they are known; nothing was sent.
        What :func:`seldon_nb.flows.predict.predict` raises.
    """
    revision = serving(ports, question.target)
    chosen(revision, question.predictor)
    check_rows(revision, question, most)
    rows = rows_of(question, revision.signature, model=revision.model)
    check_size(ports, revision, rows)
    prediction = predict(ports, revision, rows, tokens=tokens)
    columns = tuple(str(name) for name in prediction.frame.columns)
    data = cells_of(prediction.frame)
    return Reply(
        columns=columns,
        data=data,
        shares=shares(columns, data),
        took_ms=max(1, round(prediction.seconds * 1000)),
        requests=prediction.requests,
        model=prediction.model,
        notes=prediction.notes.sentences(),
    )


def rows_of(question: Question, signature: Signature | None, *, model: str) -> Any:
    """The rows as the model's types: a DataFrame, or arrays by name.

    Raises:
        SNB-320 … SNB-324: the first thing that does not fit.
    """
    first = next(misfits(question, signature, model=model), None)
    if first is not None:
        raise first
    return _plain_rows(question, signature, model)


def misfits(question: Question, signature: Signature | None, *, model: str) -> Iterator[SeldonNbError]:
    """Everything that does not fit, field by field; nothing if all of it does."""
    try:
        rows = _plain_rows(question, signature, model)
    except SeldonNbError as error:
        yield error
        return
    found = False
    if not question.tensors and question.data:
        for trouble in troubles(rows, signature, model=model):
            found = True
            yield trouble
    if found:
        return
    try:
        fit(rows, signature, model=model)
    except SeldonNbError as error:
        if question.tensors and "column" in error.facts:
            error.facts["field"] = error.facts["column"]
        yield error


def _plain_rows(question: Question, signature: Signature | None, model: str) -> Any:
    if question.tensors:
        arrays = tensors_of(question.tensors, signature, model=model)
        return next(iter(arrays.values())) if len(arrays) == 1 else arrays
    return table_of(question.columns, question.data, signature, model=model)


def check_rows(revision: Revision, question: Question, most: int = MOST_ROWS) -> None:
    """Refuse more rows than may go at once. Raises: SNB-360."""
    most = min(most, most_rows(revision))
    if question.rows > most:
        found, limit = (trn("{count} row", "{count} rows", n, count=number(n)) for n in (question.rows, most))
        raise fail("SNB-360", name=str(revision.target), found=found, limit=limit)


def check_size(ports: Ports, revision: Revision, rows: Any) -> None:
    """Refuse more bytes than may go at once. Raises: SNB-360, SNB-326."""
    size = len(way_to(ports, revision).codec.encode(rows, revision.signature, model=revision.model).body)
    most = PROTECTED_BYTES if revision.classification.is_protected else MOST_BYTES
    if size > most:
        found, limit = (tr("{count} KiB", count=number(-(-n // 1024))) for n in (size, most))
        raise fail("SNB-360", name=str(revision.target), found=found, limit=limit)
