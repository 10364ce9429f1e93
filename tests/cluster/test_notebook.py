"""The tutorial for a cluster runs as an analyst would run it, and the cells that promise an output give it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cluster.foreign import chosen
from tests.cluster.stage import stage

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02-to-a-cluster.ipynb"


def test_the_tutorial_for_a_cluster_runs(short_tmp):
    with stage(short_tmp, "team-a", cluster=chosen()) as ready:
        environment = os.environ | {
            "KUBECONFIG": str(ready.kubeconfig),
            "MLFLOW_TRACKING_URI": ready.tracking_uri,
            "SELDON_NB_HOME": str(short_tmp / "home"),
            "SELDON_NB_LANG": "en",
            "SELDON_NB_PLACE": "cluster",
            "JUPYTER_PLATFORM_DIRS": "1",
        }
        words = ["--nbval-lax", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--nbval-cell-timeout=120", str(NOTEBOOK)]
        try:
            command = [sys.executable, "-m", "pytest", *words]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
            assert done.returncode == 0, done.stdout[-4000:]
        finally:
            ready.cluster.kubectl("delete", "namespace", "team-a", "--wait=true", timeout=120)
