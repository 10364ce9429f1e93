"""Verbs that only a notebook has: train, autolog."""

from __future__ import annotations

import click

from seldon_nb.grammar import Outcome, Session, command
from seldon_nb.words import tr


def train() -> click.Command:
    """``train``."""

    def action(session: Session, experiment: str, data: tuple[str, ...]) -> Outcome:
        assert session.notebook is not None
        session.notebook.train(experiment=experiment, data=data)
        return Outcome()

    return command(
        "train",
        tr("Record the models that this cell fits; as the first line of a cell, with two percent signs."),
        "train --experiment fraud",
        click.Option(
            ["--experiment"], default="", help=tr("Compare with the runs of this experiment; the notebook's own if not said.")
        ),
        click.Option(
            ["--data"],
            multiple=True,
            metavar=tr("PATH"),
            help=tr("A file or directory that the data came from, if the cell does not read it itself; may be repeated."),
        ),
        action=action,
    )


def autolog() -> click.Command:
    """``autolog``."""

    def action(session: Session, switch: str, experiment: str) -> Outcome:
        from seldon_nb.cards.training import autolog_card

        assert session.notebook is not None
        session.notebook.autolog(on=switch == "on", experiment=experiment)
        return Outcome(card=autolog_card(on=switch == "on"))

    return command(
        "autolog",
        tr("Record every cell that fits a model, as if it began with train."),
        "autolog on",
        click.Argument(["switch"], type=click.Choice(["on", "off"]), default="on", required=False),
        click.Option(
            ["--experiment"], default="", help=tr("Compare with the runs of this experiment; the notebook's own if not said.")
        ),
        action=action,
    )
