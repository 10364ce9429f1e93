"""What the pod's environment asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from seldon_nb.initializer.refusal import NOT_TOLD, RefusalError

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One delivery.

    Attributes:
        source: where the files are (``SNB_SOURCE``).
        digest: what ``tree_digest`` must say of them (``SNB_DIGEST``).
        target: an existing directory, or one that can be made (``SNB_TARGET``); only verified files appear in it.
        environment, environment_digest: the directory of packed environments and the sha256 of the archive in it (``SNB_ENVIRONMENT``,
            ``SNB_ENVIRONMENT_DIGEST``); empty if the image's own packages serve.
        limit: bytes that may come at most (``SNB_LIMIT_BYTES``, 20 GiB).
        seconds: how long it may take in all (``SNB_DEADLINE_SECONDS``, 600).
        secret: the Secret's name, for sentences (``SNB_SECRET``).
        claims: where volumes of ``pvc://`` are mounted (``SNB_CLAIMS``).
    """

    source: str
    digest: str
    target: Path
    environment: str = ""
    environment_digest: str = ""
    limit: int = 20 << 30
    seconds: float = 600.0
    secret: str = ""
    claims: Path = Path("/mnt")

    @property
    def archive(self) -> str:
        """The address of the packed environment: archives are called by their digest."""
        return f"{self.environment.rstrip('/')}/{self.environment_digest.removeprefix('sha256:')}.tar.gz"

    @classmethod
    def read(cls, env: Mapping[str, str]) -> Order:
        """Read and check the environment.

        Raises:
            SNB-153: something is missing or is not what it should be.
        """
        order = cls(
            source=env.get("SNB_SOURCE", ""),
            digest=env.get("SNB_DIGEST", ""),
            target=Path(env.get("SNB_TARGET") or "/mnt/models"),
            environment=env.get("SNB_ENVIRONMENT", ""),
            environment_digest=env.get("SNB_ENVIRONMENT_DIGEST", ""),
            limit=_number(env, "SNB_LIMIT_BYTES", 20 << 30),
            seconds=_number(env, "SNB_DEADLINE_SECONDS", 600),
            secret=env.get("SNB_SECRET", ""),
            claims=Path(env.get("SNB_CLAIMS") or "/mnt"),
        )
        if not order.source:
            raise RefusalError(NOT_TOLD, setting="SNB_SOURCE")
        if not _DIGEST.match(order.digest):
            raise RefusalError(NOT_TOLD, setting="SNB_DIGEST")
        if order.environment and not _DIGEST.match(order.environment_digest):
            raise RefusalError(NOT_TOLD, setting="SNB_ENVIRONMENT_DIGEST")
        return order


def _number(env: Mapping[str, str], name: str, usual: int) -> int:
    text = env.get(name) or str(usual)
    if not text.isdigit():
        raise RefusalError(NOT_TOLD, setting=name)
    return int(text)
