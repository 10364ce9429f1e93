"""The verbs of the grammar, each a thin line over the workspace.

What lives here: what a verb takes, which call of the workspace it makes, and the line of Python that does the same.
What must not: how an outcome is shown; that is the skins'.
"""

from __future__ import annotations

import click

from seldon_nb.verbs import asking, deploying, looking, models, place, training


def commands(*, notebook: bool = False) -> list[click.Command]:
    """All verbs, in the order of the journey; those that only a notebook can do come first."""
    return [
        *([training.train(), training.autolog()] if notebook else []),
        models.log(),
        deploying.plan(),
        deploying.deploy(),
        looking.listing(),
        looking.show(),
        asking.predict(),
        asking.token(),
        looking.history(),
        deploying.delete(),
        looking.doctor(),
        place.here(),
        looking.explain(),
        place.completion(),
    ]
