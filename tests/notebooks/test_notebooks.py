"""The tutorials run, and the cells that promise an output give it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import free_port

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
HERE = [path for path in NOTEBOOKS if "cluster" not in path.stem]  # tests/cluster/test_notebook.py runs the others


@pytest.mark.parametrize("notebook", HERE, ids=lambda path: path.stem)
def test_the_notebook_runs(notebook, short_tmp):
    environment = os.environ | {"SELDON_NB_HOME": str(short_tmp / "home"), "SELDON_NB_LANG": "en", "JUPYTER_PLATFORM_DIRS": "1"}
    seldon_nb = [sys.executable, "-m", "seldon_nb"]
    subprocess.run([*seldon_nb, "here", "up", "--port", str(free_port())], env=environment, check=True, capture_output=True)
    try:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--nbval-lax",
            "-q",
            "-p",
            "no:cacheprovider",
            "-W",
            "ignore",
            "--nbval-cell-timeout=120",
            str(notebook),
        ]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)
        assert done.returncode == 0, done.stdout[-4000:]
    finally:
        subprocess.run([*seldon_nb, "here", "down"], env=environment, check=True, capture_output=True)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_cell_promises_stands_in_the_notebook(notebook):
    """A cell without a stored output would be compared with nothing."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    promising = [cell for cell in cells if "NBVAL_CHECK_OUTPUT" in "".join(cell["source"])]
    assert promising
    assert [cell["id"] for cell in promising if not cell["outputs"] or not cell["execution_count"]] == []
