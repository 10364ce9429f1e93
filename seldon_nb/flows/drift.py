"""What lives, against what the revision that serves says."""

from __future__ import annotations

from seldon_nb.diagnosis.drift import Drift, measured
from seldon_nb.domain.deployment import Target
from seldon_nb.flows.deployments import find
from seldon_nb.ports import Ports


def drift(ports: Ports, target: Target) -> Drift:
    """Compare a deployment with the record of its last apply; nothing is changed.

    Raises:
        SNB-301: it is gone, or you may not see it.  SNB-533: what lives, or what was kept of it, may not be read.
    """
    status = find(ports, str(target))
    held = ports.serving.held(target)
    if held is None:
        return measured(status, None, {}, {})
    return measured(status, held.revision, held.said, held.found, writer=held.writer, written_at=held.written_at)
