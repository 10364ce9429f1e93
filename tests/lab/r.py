"""Plain R with httr2 and jsonlite, as a user of R has it: installed from Debian where the tests may, looked for everywhere else."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess

PACKAGES = ("r-base-core", "r-cran-httr2", "r-cran-jsonlite")


@functools.cache
def why_no_r() -> str:
    """Empty if ``Rscript`` can load both packages, else why not; installs them once where this is root in a CI or on a machine that asks for it."""
    if _works():
        return ""
    may = os.environ.get("CI") or os.environ.get("SELDON_NB_REQUIRE_R")
    if not (may and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return f"R is not here: apt-get install --no-install-recommends {' '.join(PACKAGES)}"
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True, "timeout": 500}
    subprocess.run(["apt-get", "update", "-q"], **quiet)
    done = subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES], **quiet)
    return "" if _works() else f"R could not be installed: {done.stderr[-300:]!r}"


def _works() -> bool:
    rscript = shutil.which("Rscript")
    if rscript is None:
        return False
    done = subprocess.run([rscript, "--vanilla", "-e", "library(httr2); library(jsonlite)"], capture_output=True, timeout=60)
    return done.returncode == 0
