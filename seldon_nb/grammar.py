"""The grammar: one parser and one help text for the shell and for the magics.

``<verb> <thing> [--options]``.  Every verb returns an :class:`Outcome`; the skins decide how it is shown.  What a thing is — a file in a shell, an
expression in a notebook — is the session's :class:`Reader`.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import click

from seldon_nb.cards.card import Card
from seldon_nb.cards.skin import Skin
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.errors import UsageError
from seldon_nb.domain.plan import Server
from seldon_nb.words import tr
from seldon_nb.workspace import Workspace


class Reader(Protocol):
    """Turns the words of a line into things."""

    def model(self, text: str) -> Any:
        """An estimator."""

    def frame(self, text: str) -> Any:
        """A DataFrame or array."""


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
    """One line's surroundings."""

    workspace: Workspace
    reader: Reader
    skin: Skin
    as_json: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def run(line: list[str], session: Session) -> Outcome:
    """Parse and do one line.

    Raises:
        SNB-701: the line cannot be read (:class:`UsageError`, exit code 2).
        SeldonNbError: as the verb says.
    """
    program = "%seldon" if session.skin is Skin.NOTEBOOK else "seldon-nb"
    group = build()
    try:
        result = group.main(args=line, prog_name=program, standalone_mode=False, obj=session)
    except click.exceptions.NoArgsIsHelpError as error:
        return Outcome(raw=error.format_message())
    except click.UsageError as error:
        verb = error.ctx.command_path.removeprefix(program).strip() if error.ctx else ""
        raise UsageError("SNB-701", {"reason": error.format_message(), "verb": verb}) from None
    except click.exceptions.Exit:
        return Outcome(raw=session.extra.pop("help", ""))
    return result if isinstance(result, Outcome) else Outcome(raw=session.extra.pop("help", ""))


def words(line: str) -> list[str]:
    """A line as words; quotes hold spaces together.  Raises SNB-701 for an unclosed quote."""
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError("SNB-701", {"reason": str(error), "verb": ""}) from None


def build() -> click.Group:
    """The grammar in the user's language."""
    group = click.Group(
        name="seldon-nb",
        help=tr("From a notebook to a governed answer: log a model, see a plan, deploy it, ask it, and know who did what."),
        epilog=tr("Every verb has --help with an example. 'explain SNB-312' tells a code in full."),
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    from seldon_nb import verbs

    for command in verbs.commands():
        group.add_command(command)
    return group


def command(name: str, help_text: str, example: str, *params: click.Parameter, action: Callable[..., Outcome]) -> click.Command:
    """One verb: its help, an example line, its parameters, and what it does with a session."""

    def callback(**values: Any) -> Outcome:
        context = click.get_current_context()
        session: Session = context.obj
        session.as_json = bool(values.pop("as_json", False))
        identity = values.pop("acting_as", None)
        if identity and identity != session.workspace.acting_as:
            former = session.workspace
            session.workspace = former.as_(identity)
            session.workspace.tell, session.workspace.progress = former.tell, former.progress
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


def levels() -> click.Choice[str]:
    """The classifications that can be declared."""
    return click.Choice([level.value for level in Classification if level is not Classification.UNKNOWN])
