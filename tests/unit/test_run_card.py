"""The run of MLflow that a model version came out of, as a card and in the lineage."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from seldon_nb.cards.run import MOST, run_card
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.checks.samples import version
from seldon_nb.domain.model import Lineage
from seldon_nb.domain.training import TrainingRun
from seldon_nb.lab.views.lineage import lineage_of_model

RUN = TrainingRun(
    id="0123456789abcdef",
    name="bold-hen",
    experiment="fraud",
    metrics={"auc": 0.91, "loss": 0.00001},
    parameters={"depth": "4", "api_key": "hunter2", "store": "s3://ana:hunter2@store/x", "note": "x" * 900},
    at="2026-11-21T10:00:00.000Z",
    address="https://mlflow.example/#/experiments/1/runs/0123456789abcdef",
)


def test_metrics_and_parameters_are_shown_and_no_key_is():
    card = run_card(RUN)
    text = to_text(card, Skin.SHELL) + json.dumps(card.data)
    assert "0.910" in text
    assert "depth" in text
    assert "hunter2" not in text
    assert "x" * 300 not in text


def test_many_are_counted_and_none_is_said():
    many = replace(RUN, metrics={}, parameters={f"p{index:03}": "1" for index in range(MOST + 7)})
    assert "… and 7 more." in to_text(run_card(many), Skin.SHELL)
    assert "no metric and no parameter" in to_text(run_card(replace(RUN, metrics={}, parameters={})), Skin.SHELL)


@pytest.mark.parametrize(
    ("run", "link"),
    [
        (RUN, ("bold-hen", "url", RUN.address)),
        (replace(RUN, address=""), ("bold-hen", "", "")),
        (replace(RUN, address="javascript:alert(1)"), ("bold-hen", "", "")),
        (None, ("01234567", "", "")),
    ],
)
def test_in_the_tab_of_its_version_a_run_opens_its_page_if_it_has_one(run, link):
    strip = lineage_of_model(version(lineage=Lineage(run_id=RUN.id)), run=run)
    found = next(item for item in strip.links if item.kind == "run")
    assert (found.title, found.open, found.ref) == link
