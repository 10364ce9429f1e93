"""``%load_ext seldon_nb`` over plain IPython: milliseconds and mebibytes, interleaved, medians."""

from __future__ import annotations

import statistics
import subprocess
import sys

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


def run(rounds: int = 9) -> list[str]:
    """Lines for the report."""
    once("shell.run_line_magic('load_ext', 'seldon_nb')")
    ours = [once("shell.run_line_magic('load_ext', 'seldon_nb')") for _ in range(rounds)]
    seconds = statistics.median(item[0] for item in ours)
    mebibytes = statistics.median(item[1] for item in ours)
    return [
        "| what | measured | goal |",
        "|---|---|---|",
        f"| `%load_ext seldon_nb` over plain IPython, time | {seconds * 1000:.0f} ms | ≤ 100 ms |",
        f"| the same, memory | {mebibytes:.1f} MiB | ≤ 15 MiB |",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
