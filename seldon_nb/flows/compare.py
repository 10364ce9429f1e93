"""Compare: the same rows answered by a deployment, by other versions of its model, and by whoever else has answered them already.

Another version is asked where a deployment that the person may see serves it; else its files are loaded in a clean process with the server's packages.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from seldon_nb.cards.amounts import number
from seldon_nb.codecs.cells import Scalar
from seldon_nb.codecs.comparing import rows_of as answers_of
from seldon_nb.codecs.comparing import same_row
from seldon_nb.domain.deployment import DeploymentStatus, Revision, State
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.model import ModelRef, ModelVersion
from seldon_nb.flows.deployments import visible
from seldon_nb.flows.form import version_of
from seldon_nb.flows.predict import Tokens
from seldon_nb.flows.try_out import Question, Reply, ask, rows_of, serving
from seldon_nb.ports import Ports
from seldon_nb.words import tr, trn

#: How far apart answers may be and still be called the same.
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Whom else to ask: ``version`` of the same model, or nobody, because ``answers`` are there already.

    Attributes:
        label: how to call it; a name follows from the version.
        columns: of ``answers``.
    """

    version: str = ""
    label: str = ""
    columns: tuple[str, ...] = ()
    answers: tuple[tuple[Scalar, ...], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Who answered, how, and what; ``rows`` is None, with ``error``, if it did not."""

    label: str
    how: str
    took_ms: int | None = None
    rows: tuple[tuple[Scalar, ...], ...] | None = None
    error: SeldonNbError | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The answers side by side, the deployment's first.

    Attributes:
        differing: the rows (from 0) in which somebody's answer is another than the deployment's.
        text: that in one sentence.
    """

    outputs: tuple[str, ...]
    parties: tuple[Answered, ...]
    differing: tuple[int, ...]
    text: str


def compare(
    ports: Ports, question: Question, others: Sequence[Other], *, tolerance: float = TOLERANCE, tokens: Tokens | None = None
) -> Compared:
    """Ask the deployment and the others.  Somebody who does not answer has a problem of their own; only the deployment must.

    Raises: what :func:`seldon_nb.flows.try_out.ask` raises.
    """
    revision = serving(ports, question.target)
    reply = ask(ports, question, tokens=tokens)
    first = Answered(
        label=f"{revision.target} ({revision.model})",
        how=tr("through its endpoint"),
        took_ms=reply.took_ms,
        rows=reply.data,
        digest=revision.model_digest,
    )
    parties = [first]
    asking = _Asking(ports, question, revision, reply.columns, tokens)
    for other in others:
        try:
            answered = _given(other, reply.columns) if other.answers is not None else asking.version(other)
            parties.append(_fitting(answered, reply, revision))
        except SeldonNbError as error:  # noqa: PERF203 - a few of them
            label = other.label or f"{_name(revision)}@{other.version}"
            parties.append(Answered(label=label, how="", error=error))
    differing = tuple(row for row in range(len(reply.data)) if _differs(row, parties, tolerance))
    text = _sentence(ports, revision, parties, (len(differing), len(reply.data)), tolerance)
    return Compared(outputs=reply.columns, parties=tuple(parties), differing=differing, text=text)


def _name(revision: Revision) -> str:
    return revision.model.rpartition("@")[0]


def _differs(row: int, parties: Sequence[Answered], tolerance: float) -> bool:
    first = parties[0].rows or ()
    return any(not same_row(first[row], party.rows[row], tolerance) for party in parties[1:] if party.rows is not None)


def _fitting(answered: Answered, reply: Reply, revision: Revision) -> Answered:
    """Answers that can be laid beside the deployment's. Raises: SNB-366."""
    rows = answered.rows or ()
    if len(rows) != len(reply.data):
        reason = tr("It gave {got} answers to {rows} rows.", got=len(rows), rows=len(reply.data))
        raise _cannot(answered.label, revision, reason)
    if any(len(row) != len(reply.columns) for row in rows):
        reason = tr(
            "It gives {got} values per answer, the deployment gives {wanted}.", got=len(rows[0]), wanted=len(reply.columns)
        )
        raise _cannot(answered.label, revision, reason)
    return answered


def _cannot(other: str, revision: Revision, reason: str) -> SeldonNbError:
    return fail("SNB-366", other=other, name=str(revision.target), reason=reason, short=other.replace("@", "-"))


def _given(other: Other, outputs: tuple[str, ...]) -> Answered:
    rows = _arranged(other.columns, other.answers or (), outputs)
    return Answered(label=other.label or tr("your kernel"), how=tr("in the kernel"), rows=rows)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks others than the deployment itself."""

    ports: Ports
    question: Question
    revision: Revision
    outputs: tuple[str, ...]
    tokens: Tokens | None

    def version(self, other: Other) -> Answered:
        """Another version of the model. Raises: SNB-131, SNB-133, SNB-366, and what asking raises."""
        ref = f"{_name(self.revision)}@{other.version}"
        if not other.version.isdecimal():
            raise fail("SNB-133", ref=ref[:200])
        version = self.ports.catalog.find(ModelRef.parse(ref))
        label = other.label or ref
        served = _served(self.ports, self.revision, ref)
        if served is None:
            return self._in_clean_room(version, label)
        asked = ask(self.ports, replace(self.question, target=served.target, predictor=""), tokens=self.tokens)
        return Answered(
            label=label,
            how=tr("through the endpoint of {name}", name=str(served.target)),
            took_ms=asked.took_ms,
            rows=_arranged(asked.columns, asked.data, self.outputs),
            digest=served.revision.model_digest,
        )

    def _in_clean_room(self, version: ModelVersion, label: str) -> Answered:
        rows = rows_of(self.question, version.signature, model=version.ref)
        if isinstance(rows, dict):
            raise _cannot(label, self.revision, tr("It takes several tensors, and a clean process can be asked with one only."))
        began = time.monotonic()
        replay = self.ports.clean_room.replay(self.ports.catalog.files(version), rows, deep=False)
        if not replay.loaded or replay.answers is None:
            told = replay.error_type or tr("an error that is not named")
            reason = tr("In a clean process with the server's packages it ended with {error_type}.", error_type=told)
            raise _cannot(label, self.revision, reason)
        try:
            answers = answers_of(replay.answers, self.outputs)
        except ValueError:
            raise _cannot(label, self.revision, tr("Its answers are not one per row.")) from None
        return Answered(
            label=label,
            how=tr("in a clean process with the server's packages"),
            took_ms=max(1, replay.predict_ms or round((time.monotonic() - began) * 1000)),
            rows=answers,
            digest=version.digest,
        )


def _arranged(
    columns: tuple[str, ...], rows: tuple[tuple[Scalar, ...], ...], outputs: tuple[str, ...]
) -> tuple[tuple[Scalar, ...], ...]:
    """The answers in the order of the deployment's outputs, if they have the same names."""
    if len(columns) != len(outputs) or set(columns) != set(outputs):
        return rows
    places = [columns.index(name) for name in outputs]
    return tuple(tuple(row[place] for place in places) for row in rows)


def _served(ports: Ports, revision: Revision, ref: str) -> DeploymentStatus | None:
    """A deployment that serves a version and answers, the same namespace first; never one that may hold less sensitive data only."""
    found = [
        status
        for status in visible(ports)
        if status.revision.model == ref
        and status.state in (State.ANSWERING, State.UPDATING)
        and status.revision.classification >= revision.classification
        and ports.access.may("predict", status.target)
    ]
    found.sort(key=lambda status: (status.target.namespace != revision.target.namespace, str(status.target)))
    return next(iter(found), None)


# --- in one sentence -------------------------------------------------------------------------------------------------------------------


def _sentence(ports: Ports, revision: Revision, parties: Sequence[Answered], counts: tuple[int, int], tolerance: float) -> str:
    differing, rows = counts
    if sum(party.rows is not None for party in parties) < 2:
        return tr("Nothing could be compared.")
    facts = {"rows": number(rows), "tolerance": f"{tolerance:g}"}
    if not differing:
        return trn(
            "The answer to {rows} row is the same, within {tolerance}.",
            "The answers to {rows} rows are the same, within {tolerance}.",
            rows,
            **facts,
        )
    told = trn(
        "{n} of {rows} rows differs by more than {tolerance}",
        "{n} of {rows} rows differ by more than {tolerance}",
        differing,
        **facts,
    )
    packages = _other_packages(ports, revision, parties)
    if packages:
        return tr("{told}: same model, different packages? {packages}.", told=told, packages=packages)
    return told + "."


def _other_packages(ports: Ports, revision: Revision, parties: Sequence[Answered]) -> str:
    """Which packages differ between the kernel that logged the model and the server, as ``pandas 2.2.3 → 2.1.4``.

    Only where it may explain something: where the same bytes, or the kernel's own model, answered otherwise.
    """
    same_bytes = any(
        party.rows is not None and (not party.digest or party.digest == revision.model_digest) for party in parties[1:]
    )
    version = version_of(ports, revision.model) if same_bytes else None
    if version is None or version.environment is None or version.contract is None or version.contract.server is None:
        return ""
    server = version.contract.server
    pairs = [(name, logged, server.version(name)) for name, logged in version.environment.packages]
    return ", ".join(f"{name} {logged} → {found}" for name, logged, found in pairs if found and found != logged)
