"""How IPython shows the plain values that our calls return: as cards.

Values know nothing of cards; this names them to IPython's own registry, which imports nothing until one of them is shown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from seldon_nb.cards.card import Card
from seldon_nb.cards.skin import Skin

Show = Callable[[Any], Card]


def _chain(value: Any) -> Card:
    from seldon_nb.cards.history import chain_card

    return chain_card(value, skin=Skin.NOTEBOOK)


def _place(value: Any) -> Card:
    from seldon_nb.cards.place import place_card

    return place_card(value, skin=Skin.NOTEBOOK)


def _status(value: Any) -> Card:
    from seldon_nb.cards.deployment import deployment_card

    return deployment_card(value, skin=Skin.NOTEBOOK)


def _drift(value: Any) -> Card:
    from seldon_nb.cards.drift import drift_card

    return drift_card(value, skin=Skin.NOTEBOOK)


def _version(value: Any) -> Card:
    from seldon_nb.cards.model import model_card

    return model_card(value, skin=Skin.NOTEBOOK)


def _token(value: Any) -> Card:
    from seldon_nb.cards.token import token_card

    return token_card(value)


_SHOWN: dict[tuple[str, str], Show] = {
    ("seldon_nb.ports", "ChainVerdict"): _chain,
    ("seldon_nb.here.report", "PlaceReport"): _place,
    ("seldon_nb.diagnosis.drift", "Drift"): _drift,
    ("seldon_nb.domain.deployment", "DeploymentStatus"): _status,
    ("seldon_nb.domain.model", "ModelVersion"): _version,
    ("seldon_nb.domain.principal", "SecretToken"): _token,
}
_told: list[int] = []


def tell_ipython() -> None:
    """Name them to the running IPython, once; does nothing where there is none."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None
    if shell is None or id(shell) in _told:
        return
    _told.append(id(shell))
    formatter = shell.display_formatter.mimebundle_formatter
    for (where, name), show in _SHOWN.items():
        formatter.for_type_by_name(where, name, _bundle(show))


def _bundle(show: Show) -> Callable[..., dict[str, str]]:
    def bundle(value: Any, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from seldon_nb.cards.html import to_html
        from seldon_nb.cards.text import to_text

        card = show(value)
        return {"text/html": to_html(card, Skin.NOTEBOOK), "text/plain": to_text(card, Skin.NOTEBOOK)}

    return bundle
