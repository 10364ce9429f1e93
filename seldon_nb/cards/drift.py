"""A deployment against the revision that serves: the same, or what differs and how it is put back."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from seldon_nb.cards.amounts import listed, moment
from seldon_nb.cards.card import Block, Card, Listing, Step, Text, Tone
from seldon_nb.cards.clean import visible
from seldon_nb.cards.skin import Skin
from seldon_nb.diagnosis.drift import Drift
from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.plan import Server
from seldon_nb.render.runtimes import RUNTIMES
from seldon_nb.render.seldon.build import IMAGE, annotation
from seldon_nb.words import tr, trn

#: As many paths are named; more are counted.
_MOST = 5
_SECONDS = 60


def drift_card(drift: Drift, *, skin: Skin = Skin.NOTEBOOK) -> Card:
    """One sentence; where something differs also what, since when, and the line that puts it back."""
    tone, state = _state(drift)
    blocks: list[Block] = [*_notes(drift)]
    if drift.diff:
        blocks.append(Listing(tr("What differs"), drift.diff, language="diff", folded=False))
    steps: tuple[Step, ...] = ()
    if drift.differences and drift.revision is not None:
        say = tr("Put back what revision {number} says, as a new revision:", number=drift.number)
        steps = (Step(say, again(drift.revision)),)
    return Card(kind="drift", title=_title(drift), tone=tone, state=state, blocks=tuple(blocks), steps=steps, data=_data(drift))


def _state(drift: Drift) -> tuple[Tone, str]:
    if drift.revision is None:
        return Tone.NEUTRAL, tr("Not compared")
    return (Tone.WARN, tr("Changed since")) if drift.differences else (Tone.GOOD, tr("As applied"))


def _title(drift: Drift) -> str:
    number = drift.number
    if drift.revision is None:
        return tr("What runs could not be compared with what was applied")
    if drift.differences:
        return trn(
            "{n} field differs from revision {number}: it was changed since, and not by an apply",
            "{n} fields differ from revision {number}: they were changed since, and not by an apply",
            len(drift.differences),
            number=number,
        )
    if drift.target.place != "cluster":
        return tr("What runs is exactly what revision {number} says", number=number)
    if drift.answering:
        return tr("The cluster runs exactly what revision {number} says", number=number)
    return tr("The cluster is asked for exactly what revision {number} says", number=number)


def _notes(drift: Drift) -> list[Text]:
    if drift.revision is None:
        return [Text(tr("No revision of it is kept there, or none came to life yet."))]
    notes = []
    if drift.differences and drift.writer:
        notes.append(tr("Last written by `{program}`, {when}.", program=drift.writer, when=moment(drift.written_at)))
    if drift.target.place != "cluster":
        if drift.differences:
            notes.append(tr("Its server goes on with what it has loaded until it is started again."))
        else:
            notes.append(
                tr(
                    "On this machine nothing but an apply changes a deployment. The files that it is served from were compared just now: "
                    "its settings, and the model by its digest."
                )
            )
    if drift.beside:
        named = listed([f"`{visible(path)}`" for path in drift.beside[:_MOST]])
        notes.append(
            trn(
                "There is {n} field besides of which the revision says nothing: {fields}.",
                "There are {n} fields besides of which the revision says nothing: {fields}.",
                len(drift.beside),
                fields=named if len(drift.beside) <= _MOST else f"{named} …",
            )
        )
    return [Text(note) for note in notes]


def again(revision: Revision) -> str:
    """The line of the grammar that applies a revision's documents once more."""
    target, document = revision.target, revision.document
    to = target.namespace if target.place == "here" else f"{target.place}/{target.namespace}"
    words = ["deploy", revision.model, "--to", to]
    if target.name != revision.model.rpartition("@")[0]:
        words += ["--name", target.name]
    server, image = annotation(document, "server") or Server.MLFLOW.value, _image(document)
    if server != (Server.CUSTOM if image else Server.MLFLOW).value:
        words += ["--server", server]
    protocol = str(_spec(document).get("protocol") or "")
    if protocol and protocol != RUNTIMES[Server(server)].protocols[0]:
        words += ["--protocol", protocol]
    if image:
        words += ["--image", image]
    if annotation(document, "environment"):
        words += ["--environment", "own"]
    asker = annotation(document, "requested-by") or revision.applied_by.name
    for caller in revision.callers:
        if caller.name != asker:
            words += ["--caller", caller.name]
    if revision.timeout_s != _SECONDS:
        words += ["--timeout", str(revision.timeout_s)]
    for override in revision.overrides:
        words += ["--override", override.code]
    if revision.overrides:
        words += ["--because", revision.overrides[0].reason]
    return shlex.join(words)


def _image(document: Mapping[str, Any]) -> str:
    """The image of what answers; empty if it is the release's own, or the operator's."""
    for predictor in _spec(document).get("predictors") or ():
        node = (predictor.get("graph") or {}).get("name")
        for part in predictor.get("componentSpecs") or ():
            for container in (part.get("spec") or {}).get("containers") or ():
                if container.get("name") == node and container.get("image") not in (None, "", IMAGE):
                    return str(container["image"])
    return ""


def _spec(document: Mapping[str, Any]) -> Mapping[str, Any]:
    spec: Mapping[str, Any] = document.get("spec") or {}
    return spec


def _data(drift: Drift) -> dict[str, object]:
    return {
        "namespace": drift.target.namespace,
        "name": drift.target.name,
        "place": drift.target.place,
        "revision": drift.number,
        "compared": drift.revision is not None,
        "same": drift.revision is not None and not drift.differences,
        "differences": [{"path": item.path, "kind": item.kind.value} for item in drift.differences],
        "beside": list(drift.beside),
        "diff": drift.diff,
        "writer": drift.writer,
        "writtenAt": drift.written_at,
    }
