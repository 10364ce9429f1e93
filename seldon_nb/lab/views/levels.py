"""Classifications with their badges."""

from __future__ import annotations

from seldon_nb.cards.tones import badge
from seldon_nb.domain.classification import Classification
from seldon_nb.lab.schema import Level


def level(classification: Classification) -> Level:
    """The stable word, the badge, and whether its rows may be kept."""
    return Level(value=classification.value, badge=badge(classification), protected=classification.is_protected)
