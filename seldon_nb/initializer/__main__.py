"""``python -m seldon_nb.initializer``: 0 if the planned files are there, 1 with one JSON line ``{"code": …, "facts": …}`` if not."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from seldon_nb.initializer.bring import bring
from seldon_nb.initializer.order import Order
from seldon_nb.initializer.refusal import NO_ROOM, UNREACHABLE, RefusalError


def main() -> int:
    """Bring and tell."""
    os.umask(0o022)
    try:
        brought = bring(Order.read(os.environ))
    except RefusalError as refusal:
        return _refuse({"code": refusal.code, "facts": refusal.facts})
    except OSError as error:
        code = NO_ROOM if error.errno in (28, 122) else UNREACHABLE
        facts = (
            {"written": 0}
            if code == NO_ROOM
            else {"source": "—", "reason": f"{type(error).__name__} {error.errno or ''}".strip()}
        )
        return _refuse({"code": code, "facts": facts})
    sys.stdout.write(json.dumps({"brought": brought}) + "\n")
    return 0


def _refuse(word: dict[str, Any]) -> int:
    line = json.dumps(word, ensure_ascii=False)
    sys.stdout.write(line + "\n")
    with contextlib.suppress(OSError):
        Path(os.environ.get("SNB_TERMINATION_LOG", "/dev/termination-log")).write_text(line, encoding="utf-8")
    return 1


if __name__ == "__main__":
    sys.exit(main())
