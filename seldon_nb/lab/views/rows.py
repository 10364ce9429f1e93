"""Rows of the panel's lists."""

from __future__ import annotations

from collections.abc import Sequence

from seldon_nb.cards.clean import visible
from seldon_nb.cards.error import sentence
from seldon_nb.cards.history import told
from seldon_nb.cards.tones import stage_word, state_tone, state_word
from seldon_nb.domain.audit import Act, AuditRecord
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.deployment import DeploymentStatus, Progress, Revision
from seldon_nb.domain.model import ModelVersion
from seldon_nb.lab.schema import DeploymentRow, HistoryRow, ModelRow, RevisionView, Tone
from seldon_nb.lab.views.levels import level
from seldon_nb.lab.views.places import place_name


def deployment_row(status: DeploymentStatus, me: str) -> DeploymentRow:
    """A deployment.

    Args:
        me: the name of whoever looks, in the deployment's place.
    """
    revision = status.revision
    counted = status.p50_ms is not None or status.calls > 0 or status.target.place == "here"
    return DeploymentRow(
        place=place_name(status.target.place),
        namespace=status.target.namespace,
        name=status.target.name,
        model=visible(revision.model),
        revision=revision.number,
        state=status.state.value,
        word=state_word(status.state),
        tone=_tone(status),
        owner=revision.applied_by.name,
        mine=revision.applied_by.name == me,
        applied_at=revision.applied_at,
        calls=status.calls if counted else None,
        p50_ms=status.p50_ms,
        level=level(revision.classification),
        stage=_stage(status),
        code=status.diagnosis,
        what=visible(sentence(lookup(status.diagnosis).what, status.diagnosis_facts)) if status.diagnosis else "",
        url=status.url,
    )


def model_row(version: ModelVersion, live: Sequence[str] = ()) -> ModelRow:
    """A model version; ``live`` are the deployments that serve it."""
    return ModelRow(
        name=visible(version.name),
        version=version.version,
        ref=visible(version.ref),
        aliases=tuple(visible(alias) for alias in version.aliases),
        flavor=version.flavor.value,
        author=visible(version.lineage.author),
        notebook=visible(version.lineage.notebook),
        created_at=version.created_at,
        size=version.size,
        level=level(version.classification),
        live=tuple(live),
    )


def history_row(record: AuditRecord, me: str) -> HistoryRow:
    """A record as a sentence."""
    refused = record.act is Act.REFUSED or record.result != "ok"
    return HistoryRow(
        at=record.at,
        who=visible(record.who),
        act=record.act.value,
        subject=visible(record.subject),
        result=visible(record.result),
        tone="bad" if refused else "good",
        text=visible(told(record, me=me)),
        digest=record.digest,
    )


def revision_view(revision: Revision, live: int) -> RevisionView:
    """One apply, as the place keeps it; ``live`` is the number of the revision that serves."""
    return RevisionView(
        number=revision.number,
        model=visible(revision.model),
        who=revision.applied_by.name,
        at=revision.applied_at,
        digest=revision.plan_digest,
        live=revision.number == live,
    )


def _tone(status: DeploymentStatus) -> Tone:
    found: Tone = state_tone(status.state).value
    return found


def _stage(status: DeploymentStatus) -> str:
    """The stage at which it is or stands; empty where none is under way."""
    return next((stage_word(item.stage) for item in status.timeline if item.progress in (Progress.RUNNING, Progress.FAILED)), "")
