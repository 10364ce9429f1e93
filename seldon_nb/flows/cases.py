"""Cases: questions kept with the answers that are right for them, asked again part by part.

What a deployment answers while the cases are saved is what later answers are held to.  Nothing of protected data is ever kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from seldon_nb.cards.amounts import moment
from seldon_nb.codecs.cells import Scalar, TensorCells
from seldon_nb.codecs.comparing import same_row
from seldon_nb.domain.audit import Act
from seldon_nb.domain.cases import NAME, CaseRows, CaseSet, CaseTensor
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.names import nearest
from seldon_nb.flows.compare import TOLERANCE
from seldon_nb.flows.form import version_of
from seldon_nb.flows.predict import Tokens
from seldon_nb.flows.try_out import MOST_ROWS, Question, ask, serving
from seldon_nb.ports import Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Different:
    """A case whose answer is another than the right one."""

    row: int
    expected: tuple[Scalar, ...]
    got: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a replay: cases ``start`` to ``stop`` (not included) of ``total``."""

    start: int
    stop: int
    total: int
    same: int
    differing: tuple[Different, ...]
    outputs: tuple[str, ...]
    took_ms: int


def sets(ports: Ports, model: str = "") -> tuple[CaseSet, ...]:
    """The sets of one model, or of all. Raises: SNB-140, SNB-142."""
    return ports.catalog.cases(model)


def find(ports: Ports, model: str, name: str) -> CaseSet:
    """One set. Raises: SNB-364 with the nearest names."""
    known = sets(ports, model)
    for about in known:
        if about.name == name:
            return about
    names = [about.name for about in known]
    raise fail("SNB-364", model=model, cases=name[:64], known=", ".join(nearest(name, names) or names[:5]) or "—")


def save(ports: Ports, question: Question, name: str, *, replace: bool = False, tokens: Tokens | None = None) -> CaseSet:
    """Ask the deployment now and keep its answers as the right ones.

    Raises:
        SNB-362: the data is protected.  SNB-363: the name is taken, and ``replace`` was not said.
        What :func:`seldon_nb.flows.try_out.ask` raises, and SNB-140 … SNB-142.
    """
    if not NAME.match(name):
        raise ValueError("not a name for cases")
    revision = serving(ports, question.target)
    version = version_of(ports, revision.model)
    level = revision.classification
    if level.is_protected or (version is not None and version.classification.is_protected):
        raise fail("SNB-362", name=str(question.target), level=level.effective.value)
    model, _, number = revision.model.rpartition("@")
    former = next((about for about in sets(ports, model) if about.name == name), None)
    if former is not None and not replace:
        raise fail(
            "SNB-363",
            model=model,
            cases=name,
            rows=former.rows,
            who=former.author or "—",
            when=moment(former.created_at, year=True),
        )
    reply = ask(ports, question, tokens=tokens)
    if len(reply.data) != question.rows:
        raise fail("SNB-325", name=str(question.target), reason=_other_rows(len(reply.data)), rows=f"1–{question.rows}")
    rows = CaseRows(
        columns=question.columns,
        data=question.data,
        tensors=tuple(CaseTensor(name=item.name, shape=item.shape, data=tuple(item.data)) for item in question.tensors),
        outputs=reply.columns,
        expected=reply.data,
        tolerance=TOLERANCE,
    )
    who = ports.access.whoami()
    about = CaseSet(name=name, model=model, version=number, rows=rows.rows, author=who.name)
    kept = ports.catalog.save_cases(about, rows)
    _record(ports, kept, question.target, "saved")
    return kept


def _other_rows(count: int) -> str:
    from seldon_nb.words import tr

    return tr("The model gave {got} answers to all rows together, so none of them is one row's right answer.", got=count)


def delete(ports: Ports, model: str, name: str) -> None:
    """Forget a set. Raises: SNB-364, SNB-140, SNB-142."""
    about = find(ports, model, name)
    ports.catalog.delete_cases(about)
    _record(ports, about, None, "deleted")


def _record(ports: Ports, about: CaseSet, target: Target | None, outcome: str) -> None:
    details: dict[str, str | int] = {"model": about.model, "note": about.name, "rows": about.rows, "outcome": outcome}
    if about.version:
        details["version"] = about.version
    if target is not None:
        details["deployment"] = str(target)
    ports.audit.append(who=ports.access.whoami(), act=Act.CASES, subject=about.model, details=details)


def replay(
    ports: Ports,
    target: Target,
    model: str,
    name: str,
    *,
    predictor: str = "",
    start: int = 0,
    stop: int = MOST_ROWS,
    tolerance: float | None = None,
    tokens: Tokens | None = None,
) -> Part:
    """Ask cases ``start`` to ``stop`` (not included) again.

    Args:
        tolerance: in place of the one that was kept with the set.

    Raises:
        SNB-364, SNB-365: the set.  What :func:`seldon_nb.flows.try_out.ask` raises.
    """
    about = find(ports, model, name)
    rows = ports.catalog.case_rows(about)
    stop = min(stop, rows.rows, start + MOST_ROWS)
    part = rows.part(start, stop)
    if not part.rows:
        return Part(start=start, stop=max(start, stop), total=rows.rows, same=0, differing=(), outputs=rows.outputs, took_ms=0)
    began = time.monotonic()
    tensors = tuple(TensorCells(item.name, item.shape, item.data) for item in part.tensors)
    question = Question(target=target, predictor=predictor, columns=part.columns, data=part.data, tensors=tensors)
    reply = ask(ports, question, tokens=tokens)
    allowed = rows.tolerance if tolerance is None else tolerance
    differing = tuple(
        Different(row=start + place, expected=expected, got=got)
        for place, (expected, got) in enumerate(zip(part.expected, reply.data, strict=False))
        if not same_row(expected, got, allowed)
    )
    return Part(
        start=start,
        stop=stop,
        total=rows.rows,
        same=part.rows - len(differing),
        differing=differing,
        outputs=rows.outputs,
        took_ms=max(1, round((time.monotonic() - began) * 1000)),
    )
