"""Classification: ordered, inherited, never lowered.

The levels and the label key are those of Statistics Canada's workspace (``data.statcan.gc.ca/classification``).  What nobody classified is
treated as protected: :attr:`Classification.effective` of ``UNKNOWN`` is Protected B.
"""

from __future__ import annotations

import enum

LABEL_KEY = "data.statcan.gc.ca/classification"


class Classification(enum.Enum):
    """How sensitive the data behind a model is; ordered from open to secret."""

    UNCLASSIFIED = "unclassified"
    PROTECTED_A = "protected-a"
    PROTECTED_B = "protected-b"
    PROTECTED_C = "protected-c"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"
    TOP_SECRET = "top-secret"
    UNKNOWN = "unknown"

    @property
    def effective(self) -> Classification:
        """The level to act by: unknown counts as Protected B."""
        return Classification.PROTECTED_B if self is Classification.UNKNOWN else self

    @property
    def is_protected(self) -> bool:
        """Whether payload rows must never become notebook state."""
        return self.effective is not Classification.UNCLASSIFIED

    @property
    def rank(self) -> int:
        """Position in the order; higher is more sensitive."""
        return _ORDER.index(self.effective)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Classification):
            return NotImplemented
        return self.rank < other.rank

    def __le__(self, other: object) -> bool:
        if not isinstance(other, Classification):
            return NotImplemented
        return self.rank <= other.rank

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, Classification):
            return NotImplemented
        return self.rank > other.rank

    def __ge__(self, other: object) -> bool:
        if not isinstance(other, Classification):
            return NotImplemented
        return self.rank >= other.rank

    @classmethod
    def parse(cls, text: str | None) -> Classification:
        """Read a label, tag or option; empty, missing or unreadable is ``UNKNOWN``, never unclassified."""
        word = (text or "").strip().lower().replace(" ", "-").replace("_", "-")
        try:
            return cls(word)
        except ValueError:
            return cls.UNKNOWN


_ORDER: list[Classification] = [level for level in Classification if level is not Classification.UNKNOWN]


def highest(*levels: Classification) -> Classification:
    """The most sensitive of the levels: what a model inherits from all that it was made of.

    ``UNKNOWN`` counts as Protected B, and stays ``UNKNOWN`` in the answer if nothing said is higher.
    """
    if not levels:
        return Classification.UNKNOWN
    return max(levels, key=lambda level: (level.rank, level is Classification.UNKNOWN))
