"""Who acts, who may call."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+:-]{0,252}\Z")  # a service account's name has colons


class Role(enum.Enum):
    """What a person is to a namespace."""

    OWNER = "owner"
    COLLEAGUE = "colleague"
    AUDITOR = "auditor"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or service by its stable name; two principals with one name are the same."""

    name: str
    role: Role = Role.STRANGER

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise ValueError("a principal's name is lower-case letters, digits and . _ @ + : -")

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class SecretToken:
    """A bearer token that cannot print itself.

    Attributes:
        audience: the one endpoint that accepts it.
        subject: who it speaks for.
        expires_at: seconds since the epoch, UTC.
    """

    _value: str
    audience: str
    subject: str
    expires_at: int

    def reveal(self) -> str:
        """The token itself; the only way to it."""
        return self._value

    def __repr__(self) -> str:
        return f"SecretToken(audience={self.audience!r}, subject={self.subject!r}, expires_at={self.expires_at}, value hidden)"

    __str__ = __repr__
