"""`python -m tests.parts`: every test, part by part, with the time of each part at the end."""

from __future__ import annotations

import subprocess
import sys
import time

PARTS = (
    ("units and documents", ("-m", "pytest", "tests/unit", "tests/golden", "-q")),
    ("this machine", ("-m", "pytest", "tests/here", "tests/contract", "tests/peers", "-q")),
    ("the panel's own checks", ("-m", "tests.lab.check")),
    ("the panel", ("-m", "pytest", "tests/lab", "-q")),
    ("a Kubernetes", ("-m", "tests.cluster.suite")),
    ("the notebooks", ("-m", "pytest", "tests/notebooks", "-q")),
)


def main() -> int:
    """Run all parts, also after one that failed; the exit code is that of the first failure."""
    ended = []
    for name, words in PARTS:
        print(f"\n=== {name} ===", flush=True)
        began = time.monotonic()
        code = subprocess.run([sys.executable, *words], check=False).returncode
        ended.append((name, time.monotonic() - began, code))
    print()
    for name, seconds, code in ended:
        print(f"  {name:22} {seconds // 60:3.0f} min {seconds % 60:2.0f} s   {'passed' if code == 0 else f'FAILED ({code})'}")
    return next((code for _, _, code in ended if code), 0)


if __name__ == "__main__":
    sys.exit(main())
