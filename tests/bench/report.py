"""Runs every benchmark and writes ``tests/bench/REPORT.md``; each ratio is against its peer in the same run."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from pathlib import Path

REPORT = Path(__file__).parent / "REPORT.md"
BENCHES = {
    "bench_journey": "From log to the first correct answer",
    "bench_log": "What a log is made of",
    "bench_gateway": "The gateway against bare MLServer",
    "bench_plan": "A thousand plans",
    "bench_predict": "100,000 rows × 20 columns",
    "bench_load_ext": "Loading the extension",
    "bench_grpc": "gRPC beside REST",
    "bench_lab": "JupyterLab with the panel",
    "bench_panel_live": "The panel's server",
    "bench_render_cluster": "A thousand deployments for a cluster",
    "bench_cluster_plan": "A plan at a real API server",
    "bench_cluster_watch": "Watching 5,000 deployments",
    "bench_cluster_deploy": "From a plan to an answer in a cluster",
}


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all, and write the report if all ran."""
    chosen = names or list(BENCHES)
    sections = []
    for name in chosen:
        print(f"… {BENCHES[name]}", file=sys.stderr, flush=True)
        lines = importlib.import_module(f"tests.bench.{name}").run()
        sections.append("\n".join([f"## {BENCHES[name]}", "", *lines, ""]))
        print(sections[-1], flush=True)
    if not names:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        head = [
            "# Measurements",
            "",
            f"`make bench` on {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}. "
            "The load and the servers share the cores. Medians; peers are measured in the same run, interleaved. A goal that was missed is shown as it is.",
            "",
        ]
        REPORT.write_text("\n".join([*head, *sections]), encoding="utf-8")
        print(f"Written to {REPORT.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main(sys.argv[1:])
