"""What the server's image of this release holds: its own list of requirements, which the steps' image carries."""

from __future__ import annotations

import os
from pathlib import Path

from seldon_nb.domain.errors import fail
from seldon_nb.packaging.environment import pins

#: Beside the packages in the steps' image; ``SNB_SERVER_REQUIREMENTS`` names another file.
REQUIREMENTS = Path("/opt/seldon-nb/server-requirements.txt")


def server_packages(*, model: str, namespace: str) -> dict[str, str]:
    """Package → version in the server's image, for this Python, which is the server's.

    Raises:
        SNB-156: there is no such list here.
    """
    file = Path(os.environ.get("SNB_SERVER_REQUIREMENTS") or REQUIREMENTS)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        reason = f"{file.name}: {type(error).__name__}"
        raise fail("SNB-156", model=model, namespace=namespace, reason=reason) from None
    return pins(line for line in lines if _applies(line))


def _applies(line: str) -> bool:
    """Whether a line's marker holds here."""
    from packaging.markers import InvalidMarker, Marker

    marker = line.partition(" ; ")[2].rstrip("\\ ")
    try:
        return not marker or Marker(marker).evaluate()
    except InvalidMarker:
        return False
