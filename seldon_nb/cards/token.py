"""A token as a card: for whom and how long, never the token itself."""

from __future__ import annotations

from seldon_nb.cards.amounts import moment
from seldon_nb.cards.card import Card, Text, Tone
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.principal import SecretToken
from seldon_nb.words import tr


def token_card(secret: SecretToken) -> Card:
    """What a token opens, and until when."""
    told = tr(
        "It is not shown here, because what is shown is saved. In a shell, --show prints it; in Python, .reveal() gives it."
    )
    return Card(
        kind="token",
        title=tr("A token for {target}, until {when}", target=secret.audience, when=moment(timestamp(secret.expires_at))),
        tone=Tone.GOOD,
        blocks=(Text(told),),
        data={"audience": secret.audience, "subject": secret.subject, "expiresAt": secret.expires_at},
    )
