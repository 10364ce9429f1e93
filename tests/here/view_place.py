"""Models for the tests of the test view: one that remembers its rows, one that answers with markup, one with probabilities, one of tensors, one protected."""

from __future__ import annotations

import operator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace
from tests.conftest import free_port

HOSTILE = ("<img src=x onerror=alert(1)>", "\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link", "plain & simple")
REGIONS = ("QC", "ON", 'a "quoted" one', "it's \\ here", "line\nbreak\ttab", "é 日本 😀", ')---" $HOME `id`')


def table() -> pd.DataFrame:
    """42 rows; every region with six dates."""
    draw = np.random.default_rng(5)
    rows = pd.DataFrame(
        {
            "age": draw.integers(18, 90, 42),
            "income": np.where(draw.random(42) < 0.2, np.nan, draw.normal(50_000, 10_000, 42).round(2)),
            "region": [REGIONS[place % len(REGIONS)] for place in range(42)],
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 365, 42), unit="D"),
            "member": draw.random(42) < 0.5,
        }
    )
    rows.loc[0, "age"] = 41
    return rows


def _as(kind: str) -> Any:
    from sklearn.preprocessing import FunctionTransformer

    return FunctionTransformer(operator.methodcaller("astype", kind))


def memory(offset: float = 0.0) -> Any:
    """A tree that gives another number for every row of the table, so that a value that arrives as something else is seen."""
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder
    from sklearn.tree import DecisionTreeRegressor

    columns = ColumnTransformer(
        [
            ("numbers", "passthrough", ["age", "income", "member"]),
            ("region", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["region"]),
            ("seen", make_pipeline(_as("datetime64[ns]"), _as("int64")), ["seen"]),  # dates of one unit, whatever they came in
        ]
    )
    rows = table()
    return make_pipeline(columns, DecisionTreeRegressor(random_state=0)).fit(rows, np.arange(len(rows)) * 1.5 + 0.25 + offset)


def speaker() -> Any:
    """Answers with text that is markup, or speaks to a terminal."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(random_state=0).fit(pd.DataFrame({"x": [0.0, 1.0, 2.0]}), np.array(HOSTILE, dtype=object))


def chances() -> Any:
    """Three classes, with probabilities."""
    from sklearn.linear_model import LogisticRegression

    rows = pd.DataFrame({"x": np.linspace(-3, 3, 30), "y": np.linspace(3, -3, 30) ** 2})
    return LogisticRegression().fit(rows, np.repeat([0, 1, 2], 10)), rows


def image() -> Any:
    """Takes an array of shape (-1, 4)."""
    from sklearn.linear_model import LinearRegression

    draw = np.random.default_rng(3)
    values = draw.normal(size=(20, 4))
    return LinearRegression().fit(values, values.sum(axis=1)), values


def a_workspace(home: Path) -> Workspace:
    """Brought up; the caller takes it down."""
    made = Workspace(Settings(home=home))
    made.up(port=free_port())
    return made
