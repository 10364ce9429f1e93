"""Deployments as cards: one word, six stages, one diagnosed sentence if it is stuck, and what the live check saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from seldon_nb.cards.amounts import duration, listed, moment, number
from seldon_nb.cards.card import Block, Card, Facts, Line, Lines, Step, Table, Text, Timeline, Tone
from seldon_nb.cards.error import sentence, steps_of
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.standing import standing
from seldon_nb.cards.tones import ICONS, badge, level_word, progress_tone, progress_word, stage_word, state_tone, state_word
from seldon_nb.domain.canonical import short
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.deployment import DeploymentStatus, Progress, StageStatus, State
from seldon_nb.domain.principal import Principal
from seldon_nb.words import tr


class Smoke(Protocol):
    """What a live check saw."""

    @property
    def allowed(self) -> Principal:
        """Who was answered."""

    @property
    def denied(self) -> Principal | None:
        """Who was refused; nobody where no gateway asks who is calling."""

    @property
    def denied_status(self) -> int:
        """With which HTTP status."""

    @property
    def answer_ms(self) -> int:
        """How long the last answer took."""

    @property
    def asked_with(self) -> str:
        """``sample`` or ``ready``."""


def deployment_card(status: DeploymentStatus, *, smoke: Smoke | None = None, skin: Skin = Skin.NOTEBOOK) -> Card:
    """One deployment: its state, its stages, who may call, and what the live check saw if one was just made."""
    revision = status.revision
    blocks: list[Block] = []
    if status.timeline:
        blocks.append(timeline(status.timeline, whole_seconds=status.target.place == "cluster"))
    if status.note:
        blocks.append(Text(status.note))
    lines = [*_diagnosis(status), *(_smoke(smoke) if smoke is not None else ())]
    if lines:
        blocks.append(Lines(tuple(lines)))
    if status.diagnosis:
        blocks += standing(lookup(status.diagnosis), status.diagnosis_facts, with_stage=not status.timeline)
    blocks.append(Facts(tuple(_facts(status))))
    return Card(
        kind="deployment",
        title=f"{revision.target} · {revision.model}",
        badge=badge(revision.classification),
        tone=state_tone(status.state),
        state=state_word(status.state),
        blocks=tuple(blocks),
        steps=_steps(status, skin),
        data=_data(status, smoke),
    )


def deployments_card(statuses: Sequence[DeploymentStatus], *, skin: Skin = Skin.NOTEBOOK) -> Card:
    """All deployments that somebody may see."""
    if not statuses:
        return Card(
            kind="deployments",
            title=tr("Nothing is deployed"),
            blocks=(Text(tr("A deployment appears here once a plan is applied.")),),
            steps=(Step(tr("See which models there are:"), "list models"),),
            data={"deployments": []},
        )
    headers = (tr("Deployment"), tr("State"), tr("Model"), tr("Classification"), tr("Calls"), tr("Median"), tr("Since"))
    rows = tuple(_row(status) for status in statuses)
    stuck = sum(status.state is State.STUCK for status in statuses)
    answering = sum(status.state is State.ANSWERING for status in statuses)
    return Card(
        kind="deployments",
        title=tr("Deployments"),
        tone=Tone.BAD if stuck else Tone.GOOD if answering == len(statuses) else Tone.BUSY,
        state=tr("{answering} of {all} answering", answering=answering, all=len(statuses)),
        blocks=(Table(headers, rows, right=frozenset({4, 5})),),
        data={"deployments": [_data(status, None) for status in statuses]},
    )


def timeline(stages: Iterable[StageStatus], *, whole_seconds: bool = False) -> Timeline:
    """The six stages with their tone and time.

    Args:
        whole_seconds: the times were told in whole seconds, so that none is less than one.
    """
    return Timeline(tuple((stage_word(item.stage), progress_tone(item.progress), _note(item, whole_seconds)) for item in stages))


def _note(item: StageStatus, whole_seconds: bool) -> str:
    if item.progress is Progress.DONE:
        return tr("under 1 s") if whole_seconds and not item.took_ms else duration(item.took_ms)
    if item.progress is Progress.WAITING:
        return "—"
    word = progress_word(item.progress)
    return f"{word}, {duration(item.took_ms)}" if item.took_ms else word


def _diagnosis(status: DeploymentStatus) -> list[Line]:
    if not status.diagnosis:
        return []
    code, facts = lookup(status.diagnosis), status.diagnosis_facts
    text = " ".join(part for part in (sentence(code.what, facts), sentence(code.saw, facts)) if part)
    tone = Tone.BUSY if code.id == "SNB-346" else Tone.BAD  # nothing wrong was seen
    return [Line(tone, text, code.id, steps_of(code, facts))]


def _smoke(smoke: Smoke, me: str = "you") -> list[Line]:
    facts = {"who": smoke.allowed.name, "time": duration(smoke.answer_ms)}
    mine, sampled = smoke.allowed.name == me, smoke.asked_with == "sample"
    if sampled and mine:
        asked = tr("You were answered in {time}, with your sample's first row.", **facts)
    elif sampled:
        asked = tr("{who} was answered in {time}, with the sample's first row.", **facts)
    elif mine:
        asked = tr("You were answered in {time}, when asking whether it is ready.", **facts)
    else:
        asked = tr("{who} was answered in {time}, when asking whether it is ready.", **facts)
    if smoke.denied is None:
        return [Line(Tone.GOOD, asked)]
    refused = tr("{who} was refused (HTTP {status}), as it must be.", who=smoke.denied.name, status=smoke.denied_status)
    return [Line(Tone.GOOD, asked), Line(Tone.GOOD, refused)]


def _facts(status: DeploymentStatus) -> list[tuple[str, str]]:
    revision = status.revision
    applied = tr("{when} by {who}", when=moment(revision.applied_at), who=revision.applied_by.name)
    rows = [(tr("Revision"), tr("{number}, applied {applied}", number=revision.number, applied=applied))]
    if status.url:
        rows.append((tr("Endpoint"), status.url))
    rows.append((tr("May call"), listed([caller.name for caller in revision.callers]) or tr("nobody")))
    if status.calls:
        median = tr(", half of them within {time}", time=duration(status.p50_ms)) if status.p50_ms is not None else ""
        rows.append((tr("Calls"), number(status.calls) + median))
    rows += [(tr("Taken on"), f"{item.code}: {item.reason}") for item in revision.overrides]
    rows.append((tr("Model digest"), short(revision.model_digest)))
    return rows


def _row(status: DeploymentStatus) -> tuple[str, ...]:
    revision = status.revision
    return (
        str(revision.target),
        f"{ICONS[state_tone(status.state)]} {state_word(status.state)}",
        revision.model,
        level_word(revision.classification),
        number(status.calls),
        duration(status.p50_ms) if status.p50_ms is not None else "—",
        moment(revision.applied_at),
    )


def _steps(status: DeploymentStatus, skin: Skin) -> tuple[Step, ...]:
    name = str(status.target)
    if status.state is State.ANSWERING:
        if skin is Skin.SHELL:
            return (Step(tr("Ask it with the rows of a file:"), f"predict {name} rows.csv"),)
        return (Step(tr("Ask it:"), "dep.predict(X)", "python"),)
    if status.state is State.STOPPED:
        return (Step(tr("Bring it back:"), "here up"),)
    return () if status.diagnosis else (Step(tr("Look again:"), f"show {name}"),)


def _data(status: DeploymentStatus, smoke: Smoke | None) -> dict[str, object]:
    revision = status.revision
    data: dict[str, object] = {
        "namespace": revision.target.namespace,
        "name": revision.target.name,
        "place": revision.target.place,
        "state": status.state.value,
        "revision": revision.number,
        "model": revision.model,
        "modelDigest": revision.model_digest,
        "planDigest": revision.plan_digest,
        "classification": revision.classification.value,
        "callers": [caller.name for caller in revision.callers],
        "appliedBy": revision.applied_by.name,
        "appliedAt": revision.applied_at,
        "url": status.url,
        "calls": status.calls,
        "medianMs": status.p50_ms,
        "timeline": [
            {"stage": item.stage.value, "progress": item.progress.value, "tookMs": item.took_ms} for item in status.timeline
        ],
        "diagnosis": status.diagnosis,
    }
    if smoke is not None:
        data["check"] = {
            "answered": smoke.allowed.name,
            "refused": smoke.denied.name if smoke.denied is not None else None,
            "refusedStatus": smoke.denied_status,
            "answerMs": smoke.answer_ms,
            "askedWith": smoke.asked_with,
        }
    return data
