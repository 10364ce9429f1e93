"""What was done, told in sentences and in order; and whether the record of it is whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from seldon_nb.cards.amounts import moment, number, year_of
from seldon_nb.cards.card import Block, Card, Facts, Step, Table, Text, Tone
from seldon_nb.cards.error import error_card
from seldon_nb.cards.skin import Skin
from seldon_nb.domain.audit import Act, AuditRecord
from seldon_nb.domain.calls import NOBODY, UNREADABLE
from seldon_nb.domain.canonical import short
from seldon_nb.domain.errors import fail
from seldon_nb.words import tr, trn

MOST = 200


class Verdict(Protocol):
    """Whether the chain of records holds."""

    @property
    def records(self) -> int:
        """How many there are."""

    @property
    def bad_seq(self) -> int:
        """The first bad one, 0 if none."""

    @property
    def reason(self) -> str:
        """What is wrong; with ``bad_seq`` 0, a note."""

    @property
    def head(self) -> str:
        """The last record's hash."""


def history_card(records: Sequence[AuditRecord], *, subject: str = "", me: str = "you", skin: Skin = Skin.NOTEBOOK) -> Card:
    """One sentence per act, oldest first; the last :data:`MOST` of them.

    Args:
        me: whose acts are told in the second person.
    """
    title = tr("History of {subject}", subject=subject) if subject else tr("History")
    if not records:
        text = tr("Nothing was recorded of it.") if subject else tr("Nothing was recorded yet.")
        return Card(kind="history", title=title, blocks=(Text(text),), data={"subject": subject, "records": []})
    shown = records[-MOST:]
    years = len({year_of(record.at) for record in shown}) > 1
    rows = tuple((moment(record.at, year=years), told(record, me=me)) for record in shown)
    blocks: list[Block] = []
    if hidden := len(records) - len(shown):
        blocks.append(Text(trn("{n} earlier act is not shown.", "{n} earlier acts are not shown.", hidden)))
    blocks.append(Table((tr("When"), tr("What happened")), rows))
    return Card(
        kind="history",
        title=title,
        state=trn("{n} act", "{n} acts", len(records)),
        blocks=tuple(blocks),
        steps=(Step(tr("See whether the record is whole:"), "history --verify"),),
        data={"subject": subject, "records": [{**record.body(), "hash": record.hash} for record in records]},
    )


def chain_card(verdict: Verdict, *, skin: Skin = Skin.NOTEBOOK) -> Card:
    """Whether the record is whole; the error card of SNB-601 or SNB-602 if it is not."""
    data = {
        "ok": not verdict.bad_seq,
        "records": verdict.records,
        "firstBad": verdict.bad_seq,
        "reason": verdict.reason,
        "head": verdict.head,
    }
    if verdict.bad_seq:
        code = "SNB-602" if verdict.reason == "truncated" else "SNB-601"
        card = error_card(fail(code, seq=verdict.bad_seq, reason=verdict.reason, records=verdict.records), skin=skin)
        return Card(
            kind="chain",
            title=card.title,
            tone=card.tone,
            state=card.state,
            blocks=card.blocks,
            steps=card.steps,
            who=card.who,
            data=data,
        )
    text = trn(
        "{count} record, as it was written. Nothing was changed, removed or inserted.",
        "{count} records, each as it was written. Nothing was changed, removed or inserted.",
        verdict.records,
        count=number(verdict.records),
    )
    blocks: list[Block] = [Text(text)]
    if verdict.reason:
        blocks.append(Text(tr("To be told: {note}.", note=tr(verdict.reason))))
    if verdict.head:
        blocks.append(Facts(((tr("Last hash"), short(verdict.head)),)))
    return Card(
        kind="chain",
        title=tr("The record of acts"),
        tone=Tone.WARN if verdict.reason else Tone.GOOD,
        state=tr("Whole"),
        blocks=tuple(blocks),
        data=data,
    )


def told(record: AuditRecord, *, me: str = "you") -> str:
    """One act as a sentence, and what is to be known of it."""
    mine = record.who == me
    sentence = (
        _refused(record, mine=mine) if record.act is Act.REFUSED or record.result != "ok" else _ACTS[record.act](record, mine)
    )
    return " ".join(part for part in (sentence, *_more(record, me)) if part)


def _more(record: AuditRecord, me: str) -> list[str]:
    details, parts = record.details, []
    if details.get("answered") and details.get("refused"):
        facts = {"who": details["answered"], "other": details["refused"], "status": details.get("refused_status", "")}
        if details["answered"] == me:
            parts.append(tr("Checked live: you were answered, {other} was refused ({status}).", **facts))
        else:
            parts.append(tr("Checked live: {who} was answered, {other} was refused ({status}).", **facts))
    if details.get("overrides"):
        parts.append(tr("Taken on: {overrides}.", overrides=details["overrides"]))
    if details.get("reason"):
        parts.append(tr("Reason: {reason}.", reason=details["reason"]))
    return parts


def _refused(record: AuditRecord, *, mine: bool) -> str:
    facts = {"who": record.who, "subject": record.subject, "code": record.result}
    if mine:
        return tr("You were refused at {subject} ({code}).", **facts)
    return tr("{who} was refused at {subject} ({code}).", **facts)


def _logged(record: AuditRecord, mine: bool) -> str:
    if mine:
        return tr("You logged {subject}.", subject=record.subject)
    return tr("{who} logged {subject}.", who=record.who, subject=record.subject)


def _planned(record: AuditRecord, mine: bool) -> str:
    facts = {"who": record.who, "subject": record.subject, "model": record.details.get("model", "")}
    if mine:
        return tr("You planned {model} for {subject}.", **facts)
    return tr("{who} planned {model} for {subject}.", **facts)


def _applied(record: AuditRecord, mine: bool) -> str:
    facts = {
        "who": record.who,
        "subject": record.subject,
        "model": record.details.get("model", ""),
        "revision": record.details.get("revision", ""),
    }
    if mine:
        return tr("You deployed {model} as {subject}, revision {revision}.", **facts)
    return tr("{who} deployed {model} as {subject}, revision {revision}.", **facts)


def _deleted(record: AuditRecord, mine: bool) -> str:
    facts = {"who": record.who, "subject": record.subject, "model": record.details.get("model", "")}
    if mine:
        return tr("You deleted {subject}, which served {model}.", **facts)
    return tr("{who} deleted {subject}, which served {model}.", **facts)


def _token(record: AuditRecord, mine: bool) -> str:
    minutes = record.details.get("minutes", 0)
    n = minutes if isinstance(minutes, int) else 0
    if mine:
        return trn(
            "You took a token for {subject}, for {n} minute.",
            "You took a token for {subject}, for {n} minutes.",
            n,
            subject=record.subject,
        )
    return trn(
        "{who} took a token for {subject}, for {n} minute.",
        "{who} took a token for {subject}, for {n} minutes.",
        n,
        who=record.who,
        subject=record.subject,
    )


def _called(record: AuditRecord, mine: bool) -> str:
    details = record.details
    calls = details.get("calls", 0)
    n = calls if isinstance(calls, int) else 0
    caller = str(details.get("caller", ""))
    facts = {"who": _caller(caller), "subject": record.subject, "count": number(n)}
    if details.get("outcome") == "denied":
        text = trn(
            "{who} asked {subject} once and was refused.", "{who} asked {subject} {count} times and was refused.", n, **facts
        )
    else:
        text = trn("{who} asked {subject} once.", "{who} asked {subject} {count} times.", n, **facts)
    first, last = str(details.get("first", "")), str(details.get("last", ""))
    if n > 1 and first and last:
        text += " " + tr("From {first} to {last}.", first=moment(first), last=moment(last))
    if isinstance(failed := details.get("failed"), int):
        text += " " + trn("{n} call ended without an answer.", "{n} calls ended without an answer.", failed)
    return text


def _caller(name: str) -> str:
    if name in (NOBODY, ""):
        return tr("Somebody without a token")
    return tr("Somebody whose name could not be read") if name == UNREADABLE else name


def _probed(record: AuditRecord, mine: bool) -> str:
    return tr("The live check asked {subject}.", subject=record.subject)


def _restored(record: AuditRecord, mine: bool) -> str:
    return tr("{subject} had stopped and was brought back.", subject=record.subject)


def _kept_cases(record: AuditRecord, mine: bool) -> str:
    rows = record.details.get("rows", 0)
    n = rows if isinstance(rows, int) else 0
    facts = {"who": record.who, "cases": record.details.get("note", ""), "model": record.details.get("model", "")}
    if record.details.get("outcome") == "deleted":
        if mine:
            return tr('You deleted the cases "{cases}" of {model}.', **facts)
        return tr('{who} deleted the cases "{cases}" of {model}.', **facts)
    if mine:
        return trn('You kept {n} case of {model} as "{cases}".', 'You kept {n} cases of {model} as "{cases}".', n, **facts)
    return trn('{who} kept {n} case of {model} as "{cases}".', '{who} kept {n} cases of {model} as "{cases}".', n, **facts)


_ACTS: dict[Act, Callable[[AuditRecord, bool], str]] = {
    Act.LOG: _logged,
    Act.PLAN: _planned,
    Act.APPLY: _applied,
    Act.DELETE: _deleted,
    Act.TOKEN: _token,
    Act.CALLS: _called,
    Act.PROBE: _probed,
    Act.RESTORE: _restored,
    Act.CASES: _kept_cases,
}
