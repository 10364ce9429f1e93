"""The place on this machine, as a card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from seldon_nb.cards.amounts import listed, number
from seldon_nb.cards.card import Block, Card, Facts, Line, Lines, Step, Text, Tone
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.tones import badge
from seldon_nb.domain.classification import Classification
from seldon_nb.words import tr, trn


class Returned(Protocol):
    """Something that had stopped and is back."""

    @property
    def what(self) -> str:
        """Its name."""

    @property
    def reason(self) -> str:
        """How it had ended."""

    def sentence(self) -> str:
        """For people, in their language."""


class Report(Protocol):
    """What was found of a place, and what was done."""

    @property
    def running(self) -> bool:
        """Whether it runs now."""

    @property
    def home(self) -> Path:
        """Its directory."""

    @property
    def port(self) -> int:
        """The gateway's."""

    @property
    def url(self) -> str:
        """The gateway's."""

    @property
    def classification(self) -> Classification:
        """Of the data that the workspace holds."""

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Their names."""

    @property
    def deployments(self) -> tuple[str, ...]:
        """Their names."""

    @property
    def started(self) -> tuple[str, ...]:
        """Names of what was started."""

    @property
    def restored(self) -> Sequence[Returned]:
        """What had stopped without being told to."""

    @property
    def spare(self) -> bool:
        """Whether a warm model server is in reserve."""

    @property
    def processes(self) -> int:
        """How many belong to the place."""


def place_card(report: Report, *, skin: Skin = Skin.NOTEBOOK) -> Card:
    """Whether it runs, where it listens, what lives in it, and what had to be brought back."""
    blocks: list[Block] = []
    if report.restored:
        blocks.append(Lines(tuple(Line(Tone.WARN, item.sentence()) for item in report.restored)))
    if not report.running:
        blocks.append(Text(_stopped(report)))
    blocks.append(Facts(tuple(_facts(report))))
    return Card(
        kind="place",
        title=tr("This machine's place"),
        badge=badge(report.classification),
        tone=(Tone.WARN if report.restored else Tone.GOOD) if report.running else Tone.NEUTRAL,
        state=tr("Running") if report.running else tr("Stopped"),
        blocks=tuple(blocks),
        steps=() if report.running else (Step(tr("Start it:"), "here up"),),
        data={
            "running": report.running,
            "home": str(report.home),
            "port": report.port,
            "url": report.url,
            "classification": report.classification.value,
            "namespaces": list(report.namespaces),
            "deployments": list(report.deployments),
            "started": list(report.started),
            "restored": [{"what": item.what, "reason": item.reason} for item in report.restored],
            "spare": report.spare,
            "processes": report.processes,
        },
    )


def _stopped(report: Report) -> str:
    if report.processes:
        return trn("{n} process of it still runs.", "{n} processes of it still run.", report.processes)
    if report.deployments:
        return tr("No process and no port is left. Its deployments come back when it is started.")
    return tr("No process and no port is left.")


def _facts(report: Report) -> list[tuple[str, str]]:
    rows = []
    if report.running:
        rows.append((tr("Gateway"), report.url))
        reserve = tr("a warm model server is in reserve") if report.spare else tr("no warm model server is in reserve")
        rows.append((tr("Processes"), f"{number(report.processes)} · {reserve}"))
    if report.started:
        rows.append((tr("Started"), listed(list(report.started))))
    rows.append((tr("Namespaces"), listed(list(report.namespaces))))
    rows.append((tr("Deployments"), listed(list(report.deployments)) or tr("none")))
    rows.append((tr("Directory"), str(report.home)))
    return rows
