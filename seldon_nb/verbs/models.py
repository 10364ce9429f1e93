"""Verbs about models: log."""

from __future__ import annotations

from typing import Any

import click

from seldon_nb.domain.classification import Classification
from seldon_nb.grammar import Outcome, Session, command, json_option, levels, overrides
from seldon_nb.verbs import offers
from seldon_nb.verbs.writing import call, literal
from seldon_nb.words import tr


def log() -> click.Command:
    """``log``."""

    def action(session: Session, model: str, sample: str, train: str, **options: Any) -> Outcome:
        workspace = session.workspace
        estimator = session.reader.model(model)
        options["classification"] = options["classification"] or _inherited(estimator, workspace.classification)
        tables = {name: session.reader.frame(text) for name, text in (("sample", sample), ("train", train)) if text}
        shown = workspace.log(estimator, **tables, **options)
        defaults = {"integers": "keep", "predict": "predict"}
        kept = {key: value for key, value in options.items() if value != defaults.get(key)}
        line = call("log", "model" if session.skin.value == "shell" else model, name=kept.pop("name"))
        extra = {
            name: variable if session.skin.value == "shell" else text
            for name, text, variable in (("sample", sample, "X"), ("train", train, "X_train"))
            if text
        }
        line = line[:-1] + "".join(f", {key}={value}" for key, value in extra.items())
        line += "".join(f", {key}={literal(value)}" for key, value in kept.items() if value not in ("", ())) + ")"
        return Outcome(card=shown.card(session.skin), python=f"mv = {line}", value=shown, bind="mv")

    return command(
        "log",
        tr("Log a model with a sample, after trying it in a clean process with the server's packages."),
        "log model --name fraud --sample 'X.head()'",
        click.Argument(["model"], shell_complete=offers.model_variables),
        click.Option(["--name"], required=True, help=tr("The model's registered name.")),
        click.Option(
            ["--sample"],
            default="",
            shell_complete=offers.data_variables,
            help=tr("A few rows like those that callers will send: an expression in a notebook, a file in a shell."),
        ),
        click.Option(
            ["--train"],
            default="",
            shell_complete=offers.data_variables,
            help=tr(
                "What it was trained with, without the answers: ranges and categories are kept for the test view, never a row."
            ),
        ),
        click.Option(["--include"], multiple=True, help=tr("Your own file that the model needs; may be repeated.")),
        click.Option(
            ["--integers"],
            type=click.Choice(["keep", "float"]),
            default="keep",
            help=tr("'float' gives integer columns room for missing values."),
        ),
        click.Option(
            ["--predict"],
            type=click.Choice(["predict", "predict_proba"]),
            default="predict",
            help=tr("The method behind the endpoint."),
        ),
        click.Option(
            ["--classification"],
            type=levels(),
            default=None,
            help=tr("Higher than the workspace's, if the data was."),
        ),
        click.Option(["--alias"], default="", help=tr("An alias such as champion.")),
        click.Option(["--data"], default="", help=tr("Where the training data came from, for the record.")),
        *overrides(),
        json_option(),
        action=action,
    )


def _inherited(model: Any, held: Classification) -> str:
    """The classification of the data that the model was fitted to in this notebook, if it is higher than the workspace's."""
    from seldon_nb.flows.train import classification_of

    level = classification_of(model)
    return level.value if level > held else ""
