"""``python -m tests.lab.check``: types, style and units of the panel, with the Node that the dev packages bring."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """The exit code of the first thing that failed."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for words, folder in ((("make", "--no-print-directory", "extension"), ROOT), (("jlpm", "check"), ROOT / "extension")):
        if code := subprocess.run(words, cwd=folder, env=environment, check=False).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
