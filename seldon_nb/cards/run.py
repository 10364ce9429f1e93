"""The run of MLflow that a model version came out of: what it was given and what came out, as far as MLflow wrote it down."""

from __future__ import annotations

from collections.abc import Mapping

from seldon_nb.cards.amounts import moment
from seldon_nb.cards.card import Block, Card, Facts, Table, Text
from seldon_nb.cards.training import figure
from seldon_nb.diagnosis.secret import value_without_secrets
from seldon_nb.domain.training import TrainingRun
from seldon_nb.words import tr, trn

#: As many rows a table shows, and as much of a long value.
MOST, _WIDTH = 50, 200


def run_card(run: TrainingRun) -> Card:
    """Name, id, experiment, metrics and parameters of a run; of parameters no value that may be a key."""
    parameters = {name: value_without_secrets(name, value)[:_WIDTH] for name, value in run.parameters.items()}
    metrics = {name: figure(value) for name, value in run.metrics.items()}
    blocks: list[Block] = [Facts(tuple(_facts(run)))]
    blocks += _table(tr("Metric"), metrics, right=True)
    blocks += _table(tr("Parameter"), parameters)
    if not metrics and not parameters:
        blocks.append(Text(tr("MLflow recorded no metric and no parameter of this run.")))
    data = {
        "id": run.id,
        "name": run.name,
        "experiment": run.experiment,
        "at": run.at,
        "metrics": dict(run.metrics),
        "parameters": parameters,
        "address": run.address,
    }
    return Card(kind="run", title=tr("MLflow run {name}", name=run.name), blocks=tuple(blocks), data=data)


def _facts(run: TrainingRun) -> list[tuple[str, str]]:
    rows = [(tr("Run"), run.id), (tr("Experiment"), run.experiment)]
    if run.estimator:
        rows.append((tr("Estimator"), run.estimator))
    if run.at:
        rows.append((tr("Began"), moment(run.at, year=True)))
    return rows


def _table(label: str, values: Mapping[str, str], *, right: bool = False) -> list[Block]:
    if not values:
        return []
    rows = tuple(sorted(values.items()))
    blocks: list[Block] = [Table((label, tr("Value")), rows[:MOST], right=frozenset({1} if right else ()))]
    if len(rows) > MOST:
        blocks.append(Text(trn("… and {n} more.", "… and {n} more.", len(rows) - MOST)))
    return blocks
