"""``%load_ext seldon_nb`` over plain IPython, and Tab in a line of ours beside Tab in plain Python; interleaved, medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLAIN = "from IPython.core.interactiveshell import InteractiveShell\nshell = InteractiveShell.instance()\n"
MEASURE = """
import resource, time
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.perf_counter()
{line}
print(time.perf_counter() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def once(line: str) -> tuple[float, float]:
    done = subprocess.run([sys.executable, "-c", PLAIN + MEASURE.format(line=line)], capture_output=True, text=True, check=True)
    seconds, mebibytes = done.stdout.split()
    return float(seconds), float(mebibytes)


def tabs(rounds: int = 30) -> tuple[float, float]:
    """Milliseconds until a front-end has what can be completed: in a line of ours, and in plain Python."""
    from tests.here.kernel import Kernel

    took: dict[str, list[float]] = {"%seldon plan fraud@1 --to ": [], "pri": []}
    with tempfile.TemporaryDirectory(prefix="snbt-") as directory:
        kernel = Kernel(SELDON_NB_HOME=str(Path(directory) / "home"), SELDON_NB_LANG="en")
        try:
            kernel.run("%load_ext seldon_nb")
            for _ in range(rounds):
                for line, times in took.items():
                    began = time.perf_counter()
                    kernel.complete(line)
                    times.append((time.perf_counter() - began) * 1000)
        finally:
            kernel.close()
    ours, plain = (statistics.median(times) for times in took.values())
    return ours, plain


def run(rounds: int = 9) -> list[str]:
    """Lines for the report."""
    once("shell.run_line_magic('load_ext', 'seldon_nb')")
    ours = [once("shell.run_line_magic('load_ext', 'seldon_nb')") for _ in range(rounds)]
    seconds = statistics.median(item[0] for item in ours)
    mebibytes = statistics.median(item[1] for item in ours)
    tab, plain = tabs()
    return [
        "| what | measured | goal |",
        "|---|---|---|",
        f"| `%load_ext seldon_nb` over plain IPython, time | {seconds * 1000:.0f} ms | ≤ 100 ms |",
        f"| the same, memory | {mebibytes:.1f} MiB | ≤ 15 MiB |",
        f"| Tab in a line of ours, over the kernel's own Tab in Python | {tab:.1f} ms ÷ {plain:.1f} ms = {tab / plain:.1f} | ≤ 100 ms |",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
