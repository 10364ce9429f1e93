"""The last lines that a deployment's servers wrote, as far as they may be shown.

Of a protected deployment only lines whose form is known to hold no value are shown; of every other one all lines, but no secret that gives itself away.
A model's own code may print anything, also a row of somebody's data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from seldon_nb.diagnosis.lines import safe
from seldon_nb.diagnosis.secret import without_secrets
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import fail
from seldon_nb.flows.deployments import find
from seldon_nb.ports import Ports

MOST = 1000
_WIDTH = 2000
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Log:
    """Lines that may be shown; ``left_out`` of those that were read may not, because the deployment is ``protected``."""

    lines: tuple[str, ...]
    left_out: int = 0
    protected: bool = False


def logs(ports: Ports, target: Target, *, lines: int = 100) -> Log:
    """The last lines of what serves, oldest first.

    Raises:
        SNB-301: it is gone, or you may not see it.  SNB-401: you may see it, but not what it writes.
    """
    status = find(ports, str(target))
    if not (ports.access.may("apply", target) or ports.access.may("delete", target)):
        raise fail("SNB-401", who=str(ports.access.whoami()), verb="apply", target=str(target))
    raw = ports.serving.logs(target, lines=min(lines, MOST))
    if status.revision.classification.is_protected:
        return _known_only(raw)
    return Log(tuple(without_secrets(line)[:_WIDTH] for line in raw))


def _known_only(raw: tuple[str, ...]) -> Log:
    """Each run of lines that may not be shown as one ``…``."""
    found: list[str] = []
    left_out = 0
    for line in raw:
        said = line if _NAME_OF_A_CONTAINER.fullmatch(line) else safe(line)
        if said == _CUT:
            left_out += bool(line.strip())
            if found and found[-1] == _CUT:
                continue
        found.append(said)
    return Log(tuple(found), left_out, protected=True)


_NAME_OF_A_CONTAINER = re.compile(r"--- [a-z0-9.-]{1,253} [a-z0-9-]{1,63} ---")
