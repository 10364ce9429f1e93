"""History: what was done to a deployment or a model, and whether the record is whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seldon_nb.domain.audit import Act, AuditRecord
from seldon_nb.domain.calls import summarise
from seldon_nb.domain.canonical import digest_of
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.principal import Principal
from seldon_nb.ports import ChainVerdict, Ports


def history(ports: Ports, subject: str = "", *, since: str = "") -> tuple[AuditRecord, ...]:
    """The records about a deployment (``dev/fraud`` or ``fraud``) or a model (``fraud``, ``fraud@2``); all if empty.

    Raises:
        SNB-401: the person may not read them.
    """
    me = ports.access.whoami()
    if not ports.access.may("audit", Target("-", subject or "-")):
        raise fail("SNB-401", who=str(me), verb="audit", target=subject or "*")
    return tuple(ports.audit.records(subject=subject, since=since))


def collect(ports: Ports, calls: Iterable[Mapping[str, Any]]) -> int:
    """Tell the gateway's calls in the audit, one record per caller, deployment and outcome; returns how many records were added."""
    groups = summarise(calls)
    for group in groups:
        ports.audit.append(who=Principal("gateway"), act=Act.CALLS, subject=str(group["deployment"]), details=group)
    return len(groups)


def verify(ports: Ports) -> ChainVerdict:
    """Recompute the chain.

    Raises:
        SNB-601: a record was changed, removed or inserted; the first bad one is named.
        SNB-602: records are missing at the end.
    """
    verdict = ports.audit.verify()
    if verdict.ok:
        return verdict
    code = "SNB-602" if verdict.reason == "truncated" else "SNB-601"
    raise fail(code, seq=verdict.bad_seq, reason=verdict.reason, records=verdict.records)


def together(verdicts: Sequence[ChainVerdict]) -> ChainVerdict:
    """Several whole records as one: their number, and one digest over their heads."""
    if len(verdicts) == 1:
        return verdicts[0]
    heads = [verdict.head for verdict in verdicts]
    return ChainVerdict(records=sum(verdict.records for verdict in verdicts), head=digest_of(heads) if any(heads) else "")
