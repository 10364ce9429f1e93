"""What the server pays for our extension before anybody asks it anything."""

from __future__ import annotations

import json
import subprocess
import sys

PROBE = """
import json, sys
import jupyter_server.serverapp, jupyter_server.extension.application
before = set(sys.modules)
import seldon_nb.lab.app
seldon_nb.lab.app.routes()
print(json.dumps(sorted(set(sys.modules) - before)))
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
    done = subprocess.run([sys.executable, "-c", PROBE], check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert loaded.isdisjoint(HEAVY)
    assert loaded <= {"seldon_nb", *sys.stdlib_module_names}, "what the server itself does not load either"
