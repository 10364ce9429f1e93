"""Cards for IPython."""

from __future__ import annotations

from typing import Any


class CardView:
    """A card for IPython: HTML, and plain text where HTML cannot be shown."""

    def __init__(self, card: Any) -> None:
        self.card = card

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from seldon_nb.cards.html import to_html
        from seldon_nb.cards.skin import Skin
        from seldon_nb.cards.text import to_text

        return {"text/html": to_html(self.card, Skin.NOTEBOOK), "text/plain": to_text(self.card, Skin.NOTEBOOK)}


class Nothing:
    """What stands where something was shown for a while."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": "", "text/plain": ""}


def show(card: Any) -> None:
    """Show a card where the output is now."""
    from IPython.display import display

    display(CardView(card))


def show_error(error: Any) -> None:
    """A foreseeable mistake as a card, without a traceback."""
    from seldon_nb.cards.error import error_card
    from seldon_nb.cards.skin import Skin

    show(error_card(error, skin=Skin.NOTEBOOK))
