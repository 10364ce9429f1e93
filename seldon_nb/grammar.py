"""The grammar: what a verb is, takes and leaves, for the shell and for the magics alike.

``<verb> <thing> [--options]``.  Every verb returns an :class:`Outcome`; the skins decide how it is shown.  What a thing is — a file in a shell, an
expression in a notebook — is the session's :class:`Reader`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import click

from seldon_nb.cards.card import Card
from seldon_nb.cards.skin import Skin
from seldon_nb.checks.choice import PROTOCOLS
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.plan import Server
from seldon_nb.domain.signature import Column
from seldon_nb.handles import Plan
from seldon_nb.words import tr
from seldon_nb.workspace import Workspace


class Reader(Protocol):
    """Turns the words of a line into things."""

    def model(self, text: str) -> Any:
        """An estimator."""

    def frame(self, text: str, *, columns: tuple[Column, ...] = ()) -> Any:
        """A DataFrame or array; ``columns`` say how a file's text is to be read."""


class Notebook(Protocol):
    """What only a notebook can do."""

    def train(self, *, experiment: str, data: tuple[str, ...]) -> None:
        """Record what the rest of this cell fits, and say so below it."""

    def autolog(self, *, on: bool, experiment: str) -> None:
        """The same for every cell from now on."""

    @property
    def is_watched(self) -> bool:
        """Whether somebody sits before it; a notebook that a program runs is stored with the outputs that it has at its end."""

    def deploy(self, plan: Plan) -> Any:
        """Apply a plan without holding up the notebook, and show how far it is; returns the deployment."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb leaves.

    Attributes:
        card: what is shown.
        python: the one line of Python that does the same.
        value: the object behind it; bind: the name it gets in a notebook.
        raw: text for a pipe instead of a card (a token, a script).
    """

    card: Card | None = None
    python: str = ""
    value: Any = None
    bind: str = ""
    raw: str = ""


@dataclass(slots=True)
class Session:
    """One line's surroundings; ``notebook`` only where there is one."""

    workspace: Workspace
    reader: Reader
    skin: Skin
    as_json: bool = False
    notebook: Notebook | None = None


def command(name: str, help_text: str, example: str, *params: click.Parameter, action: Callable[..., Outcome]) -> click.Command:
    """One verb: its help, an example line, its parameters, and what it does with a session."""

    def callback(**values: Any) -> Outcome:
        context = click.get_current_context()
        session: Session = context.obj
        session.as_json = bool(values.pop("as_json", False))
        identity = values.pop("acting_as", None)
        if identity and identity != session.workspace.acting_as:
            session.workspace = session.workspace.as_(identity)
        return action(session, **values)

    return click.Command(
        name,
        params=list(params),
        callback=callback,
        help=help_text,
        epilog=tr("Example: {line}", line=example),
        short_help=help_text.split(". ", maxsplit=1)[0].rstrip("."),
    )


def overrides() -> tuple[click.Parameter, ...]:
    """``--override CODE --because REASON``."""
    return (
        click.Option(
            ["--override"], multiple=True, metavar="SNB-…", help=tr("Take a blocking finding upon yourself; needs --because.")
        ),
        click.Option(["--because"], default="", metavar=tr("REASON"), help=tr("The reason, which is kept.")),
    )


def json_option() -> click.Parameter:
    """``--json``."""
    return click.Option(["--json", "as_json"], is_flag=True, help=tr("For scripts: JSON with stable keys instead of a card."))


def as_option() -> click.Parameter:
    """``--as IDENTITY``."""
    names = ["you", "colleague", "auditor", "stranger"]
    return click.Option(["--as", "acting_as"], type=click.Choice(names), help=tr("See it as another identity of the rehearsal."))


def servers() -> click.Choice[str]:
    """The runtimes."""
    return click.Choice([server.value for server in Server])


def protocols() -> click.Choice[str]:
    """What servers speak."""
    return click.Choice(list(PROTOCOLS))


def levels() -> click.Choice[str]:
    """The classifications that can be declared."""
    return click.Choice([level.value for level in Classification if level is not Classification.UNKNOWN])
