"""`python -m tests.cluster.demo`: the quickstart's model through an Argo workflow on the node of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.cluster import node
from tests.cluster.stage import CHECKOUT, stage


def main() -> int:
    """Set the stage, run ``seldon-nb demo --to team-a`` as an analyst, and take the stage down."""
    print("Setting up, for real:", flush=True)
    with tempfile.TemporaryDirectory(prefix="snb-demo-") as made:
        try:
            with stage(Path(made), tell=lambda line: print(f"  {line}", flush=True)) as ready:
                home = Path(made) / "home"
                told = {
                    "KUBECONFIG": str(ready.kubeconfig),
                    "MLFLOW_TRACKING_URI": ready.tracking_uri,
                    "SELDON_NB_HOME": str(home),
                    "SELDON_NB_PLACE": "cluster",
                }
                program = [str(Path(sys.executable).parent / "seldon-nb"), "demo", "--to", ready.namespace]
                done = subprocess.run(program, env={**os.environ, **told}, cwd=CHECKOUT, check=False)
                return done.returncode
        except node.CannotError as error:
            print(error, file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
