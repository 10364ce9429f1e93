"""What the browser tests look at: real models, really logged and served, in a home of their own.

``python -m tests.lab.stage <home> [protected]`` prepares a home and ends; the place stays up until ``seldon-nb here down`` with that home.

``fraud@1``, ``fraud@2``: numbers with gaps, a category, a truth value, a date; version 1 answers as ``dev/fraud``.
``digits@1``: a tensor of 8 by 8, answers as ``dev/digits``.
``hostile@1``: its classes are markup and terminal codes, answers as ``dev/hostile``.
A protected home has ``claims@1`` in ``dev/claims`` instead, of the same kind as fraud.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MARKUP = "<img src=x onerror=window.pwned=1>"
TERMINAL = "\x1b[31mred\x1b[0m"


def table(rows: int, seed: int = 7) -> Any:
    """Claims as a DataFrame (rows, 6): ``age`` and ``claims`` whole, ``income`` with gaps, ``region``, ``urgent``, ``opened``."""
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": draw.integers(18, 97, rows),
            "income": draw.normal(52_000, 14_000, rows).round(0),
            "claims": draw.integers(0, 9, rows),
            "region": draw.choice(["BC", "ON", "QC", "YT"], rows),
            "urgent": draw.random(rows) < 0.3,
            "opened": pd.Timestamp("2026-01-05") + pd.to_timedelta(draw.integers(0, 300, rows), unit="D"),
        }
    )
    frame.loc[frame.index % 11 == 3, "income"] = float("nan")
    return frame


def labels(frame: Any) -> Any:
    """What the models learn: many claims, or a low income with some."""
    return ((frame["claims"] > 5) | ((frame["income"].fillna(0) < 45_000) & (frame["claims"] > 2))).map(
        {True: "fraud", False: "honest"}
    )


def classifier(frame: Any, depth: int) -> Any:
    """A fitted pipeline that answers probabilities; of two depths, some rows differ."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    chosen = ColumnTransformer(
        [
            ("numbers", "passthrough", ["age", "income", "claims"]),
            ("region", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["region"]),
        ]
    )
    model = make_pipeline(chosen, HistGradientBoostingClassifier(max_depth=depth, max_iter=30, random_state=0))
    return model.fit(frame, labels(frame))


def prepare(home: Path, *, protected: bool = False) -> None:
    """Log and deploy all of it."""
    from seldon_nb.settings import Settings
    from seldon_nb.workspace import Workspace

    workspace = Workspace(Settings.read(home=home))
    try:
        workspace.up(classification="protected-b" if protected else "")
        frame = table(400)
        name = "claims" if protected else "fraud"
        for depth in (2,) if protected else (2, 5):
            workspace.log(classifier(frame, depth), name=name, sample=frame, predict="predict_proba", data="made for the tests")
        workspace.deploy(f"{name}@1", to="dev")
        if not protected:
            _others(workspace)
    finally:
        workspace.close()


def _others(workspace: Any) -> None:
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.tree import DecisionTreeClassifier

    draw = np.random.default_rng(3)
    images = draw.random((60, 8, 8)).astype("float32")
    flat = LogisticRegression(max_iter=50).fit(images.reshape(60, 64), (images.mean(axis=(1, 2)) > 0.5).astype(int))
    workspace.log(flat, name="digits", sample=images.reshape(60, 64)[:3])
    workspace.deploy("digits@1", to="dev")
    pair = pd.DataFrame({"x": [0.0, 1.0] * 10})
    tree = DecisionTreeClassifier().fit(pair, [MARKUP, TERMINAL] * 10)
    workspace.log(tree, name="hostile", sample=pair)
    workspace.deploy("hostile@1", to="dev")


def staged(home: Path, *, protected: bool = False) -> Path:
    """Prepare a home in a process of its own; RuntimeError with what it said if that fails."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SELDON_NB_", "MLFLOW_TRACKING", "KUBECONFIG"))
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.lab.stage", str(home), *(["protected"] if protected else [])],
        cwd=ROOT,
        env=kept | {"MLFLOW_DISABLE_TELEMETRY": "true", "SELDON_NB_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-4000:])
    return home


def struck(home: Path) -> None:
    """Stop the processes of a staged home."""
    subprocess.run(
        [sys.executable, "-m", "seldon_nb", "here", "down"],
        env=os.environ | {"SELDON_NB_HOME": str(home)},
        capture_output=True,
        timeout=120,
        check=False,
    )


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), protected="protected" in sys.argv[2:])
