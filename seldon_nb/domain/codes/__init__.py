"""The table of codes, one module per hundred.

1xx the model and its contract · 2xx the plan and its documents · 3xx the deployment and its answers · 4xx access and classification ·
5xx the place it runs in · 6xx the audit · 7xx how it was asked · 9xx faults of ours.
"""

from __future__ import annotations

from seldon_nb.domain.code import Code
from seldon_nb.domain.codes import (
    access,
    audit,
    cluster,
    cluster_api,
    frames,
    lab,
    model,
    ours,
    place,
    plan,
    serving,
    steps,
    trying,
    usage,
)

ALL: dict[str, Code] = {}
for _module in (model, plan, serving, frames, cluster, access, place, cluster_api, steps, audit, usage, lab, trying, ours):
    for _code in _module.CODES:
        if _code.id in ALL:
            raise ValueError(f"two codes are called {_code.id}")
        ALL[_code.id] = _code

__all__ = ["ALL", "lookup"]


def lookup(code_id: str) -> Code:
    """The code called ``code_id``; ``KeyError`` if there is none."""
    return ALL[code_id]
