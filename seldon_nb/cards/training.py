"""The strip below a cell that trained a model: what it is called, how it compares, what it saw."""

from __future__ import annotations

import math
import re

from seldon_nb.cards.amounts import decimal, number
from seldon_nb.cards.card import Block, Card, Facts, Line, Lines, Spark, Sparklines, Step, Text, Tone
from seldon_nb.cards.tones import badge
from seldon_nb.domain.canonical import short
from seldon_nb.domain.training import Fingerprint, Trained, TrainingRun
from seldon_nb.words import tr, trn

MOST_METRICS = 3
_SMALL = re.compile(r"(^|_)(loss|error|mae|mse|rmse|mape|deviance|brier|logloss|perplexity|l1|l2)(_|$)")
_GREAT = re.compile(r"(^|_)(score|accuracy|auc|roc|f1|precision|recall|r2|ap|gini|kappa)(_|$)")
_FIRST = ("auc", "f1", "accuracy", "r2", "rmse", "root_mean", "mae", "mean_absolute", "loss", "precision", "recall")
_ASIDE = re.compile(r"^(mean_(fit|score)_time|std_|rank_)")


def training_card(trained: Trained) -> Card:
    """The last run of a cell: up to three metrics against the last five runs, the data's fingerprint, the classification, what to do next."""
    run = trained.run
    blocks: list[Block] = []
    sparks = tuple(_spark(name, run, trained.former) for name in best(run.metrics))
    if sparks:
        blocks.append(Sparklines(sparks, caption=_against(trained)))
    else:
        blocks.append(
            Text(tr("MLflow recorded no number of this fit. Ask for one in the cell, for example with `.score(X, y)`."))
        )
    blocks.append(Facts(tuple(_facts(trained))))
    notes = _notes(trained)
    if notes:
        blocks.append(Lines(notes))
    title = tr("{run}: {estimator}", run=run.name, estimator=run.estimator) if run.estimator else run.name
    return Card(
        kind="training",
        title=title,
        badge=badge(trained.level),
        tone=Tone.WARN if trained.stopped else Tone.GOOD,
        state=tr("Recorded, then stopped") if trained.stopped else tr("Recorded"),
        blocks=tuple(blocks),
        steps=(_next(trained),),
        data=_data(trained),
    )


def nothing_fitted_card() -> Card:
    """A cell that was to train a model and fitted none."""
    return Card(
        kind="training",
        title=tr("No model was fitted in this cell"),
        state=tr("Nothing recorded"),
        blocks=(Text(tr("The cell ran as usual. A run is recorded when a model's `fit` is called in it.")),),
        data={"recorded": False, "reason": "nothing-fitted"},
    )


def not_recorded_card() -> Card:
    """A cell that ended with an error before a fit was complete."""
    return Card(
        kind="training",
        title=tr("This cell stopped before a model was fitted"),
        tone=Tone.WARN,
        state=tr("Not recorded"),
        blocks=(Text(tr("The error above is your cell's own. Nothing of it counts among your runs.")),),
        data={"recorded": False, "reason": "stopped"},
    )


def autolog_card(*, on: bool) -> Card:
    """Whether every cell that fits a model leaves a strip."""
    if on:
        return Card(
            kind="autolog",
            title=tr("Every cell that fits a model is recorded from now on"),
            tone=Tone.GOOD,
            state=tr("On"),
            blocks=(
                Text(tr("Parameters and metrics are kept, never rows of data. A strip below the cell tells how it compares.")),
            ),
            steps=(Step(tr("Switch it off:"), "autolog off"),),
            data={"on": True},
        )
    return Card(kind="autolog", title=tr("Cells are not recorded any more"), state=tr("Off"), data={"on": False})


def best(metrics: object) -> tuple[str, ...]:
    """Up to three names of metrics: what the user measured before what was measured on the training data, the well-known ones first."""
    assert hasattr(metrics, "keys")
    names = [name for name in metrics if not _ASIDE.search(name)]  # type: ignore[attr-defined]

    def order(name: str) -> tuple[bool, int, str]:
        plain = name.removeprefix("training_")
        return name.startswith("training_"), next((i for i, word in enumerate(_FIRST) if word in plain), len(_FIRST)), name

    return tuple(sorted(names, key=order)[:MOST_METRICS])


def _spark(name: str, run: TrainingRun, former: tuple[TrainingRun, ...]) -> Spark:
    value, before = run.metrics[name], [item.metrics.get(name) for item in former]
    last = next((item for item in reversed(before) if item is not None), None)
    return Spark(name, (*before, value), figure(value), *_compared(name, value, last))


def _compared(name: str, value: float, last: float | None) -> tuple[str, Tone]:
    if last is None:
        return tr("the first of its kind"), Tone.NEUTRAL
    change = value - last
    if not math.isfinite(change) or figure(value) == figure(last):
        return tr("as in the last run"), Tone.NEUTRAL
    note = (
        tr("{change} higher than in the last run", change=figure(abs(change)))
        if change > 0
        else tr("{change} lower than in the last run", change=figure(abs(change)))
    )
    small, great = bool(_SMALL.search(name.lower())), bool(_GREAT.search(name.lower()))
    if small:  # mean_squared_error_score is an error all the same
        return note, Tone.GOOD if change < 0 else Tone.WARN
    return note, (Tone.GOOD if change > 0 else Tone.WARN) if great else Tone.NEUTRAL


def figure(value: float) -> str:
    """A metric as it is read: ``0.941``, ``12.3``, ``4,200``, ``2.3e-05``."""
    size = abs(value)
    if size and (size < 0.0005 or size >= 1e9):
        return f"{value:.1e}"
    if size >= 1000:
        return number(round(value))
    return decimal(value, 3 if size < 10 else 1)


def _against(trained: Trained) -> str:
    if not trained.former:
        return ""
    return trn("Against the last run", "Against the last {n} runs", len(trained.former))


def _facts(trained: Trained) -> list[tuple[str, str]]:
    rows = [(tr("Experiment"), trained.run.experiment)]
    if trained.fingerprint is not None:
        rows.append((tr("Data"), _seen(trained.fingerprint, trained.former)))
    if len(trained.runs) > 1:
        others = ", ".join(run.name for run in trained.runs[:-1][-5:])
        rows.append(
            (
                tr("In this cell"),
                trn("{n} run before this one: {names}", "{n} runs before this one: {names}", len(trained.runs) - 1, names=others),
            )
        )
    return rows


def _seen(taken: Fingerprint, former: tuple[TrainingRun, ...]) -> str:
    rows = trn("{count} row", "{count} rows", taken.rows, count=number(taken.rows))
    size = (
        tr("{rows} of {columns}", rows=rows, columns=trn("{n} column", "{n} columns", taken.columns)) if taken.columns else rows
    )
    parts = [size, tr("fingerprint {digest}", digest=short(taken.digest))]
    if taken.every > 1:
        parts.append(tr("over one row in {n}", n=taken.every))
    elif taken.every == 0:
        parts.append(tr("over names and types only"))
    last = next((run.fingerprint for run in reversed(former) if run.fingerprint), "")
    if last:
        parts.append(tr("as in the last run") if last == taken.digest else tr("other than in the last run"))
    return " · ".join(parts)


def _notes(trained: Trained) -> tuple[Line, ...]:
    notes = []
    if trained.declared:
        told = tr("This cell read `{path}`. Models from it can be deployed only to protected namespaces.", path=trained.declared)
        notes.append(Line(Tone.WARN, told))
    if trained.stopped:
        notes.append(Line(Tone.WARN, tr("The cell stopped with an error after the fit.")))
    return tuple(notes)


def _next(trained: Trained) -> Step:
    if not trained.model:
        return Step(tr("Give the model a name in the notebook (`model = …`), then log it with a few rows."))
    sample = f" --sample '{trained.data}.head()'" if trained.data else ""
    return Step(tr("Keep it, once it is good:"), f"log {trained.model} --name {_slug(trained.run.experiment)}{sample}")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "model"


def _data(trained: Trained) -> dict[str, object]:
    run, taken = trained.run, trained.fingerprint
    return {
        "recorded": True,
        "run": run.id,
        "name": run.name,
        "experiment": run.experiment,
        "estimator": run.estimator,
        "metrics": {
            name: {"value": run.metrics[name], "former": [item.metrics.get(name) for item in trained.former]}
            for name in best(run.metrics)
        },
        "data": {"rows": taken.rows, "columns": taken.columns, "digest": taken.digest, "every": taken.every} if taken else None,
        "classification": trained.level.value,
        "declared": trained.declared,
        "stopped": trained.stopped,
    }
