"""Write ``requirements.txt`` of every image: names, versions and hashes taken from the project's own ``requirements.lock``.

    python images/lock.py

``requirements.in`` beside each Dockerfile says what an image needs; lines ``# without: name name`` say what is asked for by somebody and left
out all the same.  Which other packages follow is worked out by ``uv pip compile``; the versions and the hashes are those of the lock, so what
runs in a pod is what the tests ran with.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "images"
HEADER = "# Made by images/lock.py from requirements.lock; not written by hand.\n"
_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?P<marker> ; [^\\\n]+?)?(?: \\)?$")


def canonical_name(name: str) -> str:
    """``ml_dtypes`` and ``ML.dtypes`` are ``ml-dtypes``."""
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(text: str) -> dict[str, list[str]]:
    """The entries of a lock by package: each one line ``name==version ; marker`` and the lines of its hashes."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if head := _ENTRY.match(line):
            current = found.setdefault(canonical_name(head["name"]), [])
            current.append(line)
        elif line.startswith("    --hash=") and current:
            current[-1] += "\n" + line
    return found


def inputs() -> list[Path]:
    """Every ``requirements*.in``, sorted."""
    return sorted(IMAGES.glob("*/requirements*.in"))


def left_out(source: Path) -> set[str]:
    """The packages that ``# without:`` lines name."""
    lines = source.read_text(encoding="utf-8").splitlines()
    return {canonical_name(name) for line in lines if line.startswith("# without:") for name in line.partition(":")[2].split()}


def closure(source: Path) -> set[str]:
    """The packages that a ``requirements.in`` leads to, under the versions of the lock."""
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--python-version",
        "3.10",
        "--no-annotate",
    ]
    done = subprocess.run(
        [*command, "--no-header", "--constraint", "requirements.lock", str(source)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    names = (line.partition("==")[0].partition("[")[0] for line in done.stdout.splitlines() if "==" in line)
    return {canonical_name(name) for name in names}


def write(source: Path, locked: dict[str, list[str]]) -> list[str]:
    """Write the ``.txt`` beside one ``.in``; the packages that the lock does not hold are returned and left out."""
    names = closure(source) - left_out(source)
    if source.stem != "requirements":  # an addition: what the image has anyway is not said twice
        names -= set(entries(source.with_name("requirements.txt").read_text(encoding="utf-8")))
    parts = [part for name in sorted(names) for part in locked.get(name, [])]
    parts = [part for part in parts if "sys_platform == 'win32'" not in part.partition("\n")[0].partition(" ; ")[2]]
    source.with_suffix(".txt").write_text(HEADER + "\n".join(parts) + "\n", encoding="utf-8")
    return sorted(names - set(locked))


def main() -> int:
    """Write all of them; 1 if the lock lacks something."""
    locked = entries((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    code = 0
    for source in sorted(inputs(), key=lambda path: len(path.name)):
        if missing := write(source, locked):
            sys.stderr.write(f"{source.relative_to(ROOT)}: not in requirements.lock: {', '.join(missing)}\n")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
