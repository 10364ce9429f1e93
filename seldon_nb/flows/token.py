"""Token: the right to call one endpoint for some minutes; recorded without its value."""

from __future__ import annotations

from seldon_nb.domain.audit import Act
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.principal import SecretToken
from seldon_nb.ports import Ports


def token(ports: Ports, target: Target, *, minutes: int) -> SecretToken:
    """Mint and record.

    Raises:
        SNB-401: the person may not call it.  SNB-405: not 1 to 60 minutes.
    """
    minted = ports.access.token(target, minutes=minutes)
    ports.audit.append(who=ports.access.whoami(), act=Act.TOKEN, subject=str(target), details={"minutes": minutes})
    return minted
