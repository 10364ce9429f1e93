"""What lies beside a model for those who try it: the profile of its training data, and a few rows of its sample.

Both are files of the model and covered by its digest like every other.  Neither exists for protected models.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from seldon_nb.domain.profile import Profile
from seldon_nb.ports import SampleRows
from seldon_nb.wire import dumps, loads

#: In the model's directory; servers do not look at it.
FILE = "seldon_nb_profile.json"
#: MLflow's own.
SAMPLE = "input_example.json"


def write(profile: Profile | None, names: tuple[str, ...], into: Path) -> None:
    """Keep what is known of the model's own columns; nothing is written if that is nothing.

    Args:
        names: the columns that the model takes; a column with the answers, or of another table, is left out.
    """
    kept = profile.only(names) if profile is not None else None
    if kept is not None and kept.columns:
        (into / FILE).write_text(dumps(kept), encoding="utf-8")


def read(path: Path) -> Profile | None:
    """The profile in a model's directory; None if there is none, or if it is not as we write it."""
    file = path / FILE
    try:
        return loads(Profile, file.read_bytes()) if file.is_file() else None
    except ValueError:  # somebody else's file of that name must not hide the model
        return None


def sample(path: Path) -> SampleRows | None:
    """The logged rows in a model's directory; None if they are no table of columns."""
    try:
        written = json.loads((path / SAMPLE).read_bytes())
        columns = tuple(str(name) for name in written["columns"])
        rows = tuple(tuple(_scalar(value) for value in row) for row in written["data"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return SampleRows(columns, rows) if rows and all(len(row) == len(columns) for row in rows) else None


def _scalar(value: Any) -> str | int | float | bool | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None  # MLflow writes a missing number as the bare word NaN
    return value if value is None or isinstance(value, (str, int, float, bool)) else json.dumps(value, ensure_ascii=False)
