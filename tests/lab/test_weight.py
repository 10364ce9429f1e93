"""What the server pays for our extension before anybody asks it anything."""

from __future__ import annotations

import json
import subprocess
import sys

PROBE = """
import json, sys, time
import jupyter_server.serverapp, jupyter_server.extension.application
before = set(sys.modules)
began = time.process_time()  # of this process alone: other tests run beside it
import seldon_nb.lab.app
seldon_nb.lab.app.routes()
took = time.process_time() - began
print(json.dumps({"took": took, "modules": sorted(set(sys.modules) - before)}))
"""

HEAVY = (
    "pydantic",
    "pydantic_core",
    "mlflow",
    "pandas",
    "numpy",
    "httpx",
    "kubernetes",
    "click",
    "yaml",
    "orjson",
    "psutil",
    "filelock",
)


def test_loading_the_extension_costs_the_server_next_to_nothing():
    seen = [
        json.loads(subprocess.run([sys.executable, "-c", PROBE], check=True, capture_output=True, text=True).stdout)
        for _ in range(2)
    ]
    heavy = [name for name in seen[0]["modules"] if name.partition(".")[0] in HEAVY]
    assert heavy == []
    assert min(one["took"] for one in seen) < 0.05, [one["took"] for one in seen]
