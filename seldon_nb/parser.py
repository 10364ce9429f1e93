"""The parser: one line of words becomes one verb, done.  The shell and the magics share it, and its help text."""

from __future__ import annotations

import shlex
import traceback
from pathlib import Path

import click

from seldon_nb.cards.skin import Skin
from seldon_nb.domain.errors import SeldonNbError, UsageError, fail
from seldon_nb.grammar import Outcome, Session
from seldon_nb.verbs import commands
from seldon_nb.words import tr


def run(line: list[str], session: Session) -> Outcome:
    """Parse and do one line.

    Raises:
        SNB-701: the line cannot be read (:class:`UsageError`, exit code 2).
        KeyboardInterrupt: it was interrupted.
        SeldonNbError: as the verb says.
    """
    program = "%seldon" if session.skin is Skin.NOTEBOOK else "seldon-nb"
    group = build(notebook=session.notebook is not None)
    try:
        result = group.main(args=line, prog_name=program, standalone_mode=False, obj=session)
    except click.exceptions.NoArgsIsHelpError as error:
        return Outcome(raw=error.format_message())
    except click.UsageError as error:
        verb = error.ctx.command_path.removeprefix(program).strip() if error.ctx else ""
        raise UsageError("SNB-701", {"reason": error.format_message(), "verb": verb}) from None
    except click.exceptions.Exit:
        return Outcome(raw="")
    except click.exceptions.Abort:  # what click makes of an interrupt
        raise KeyboardInterrupt from None
    return result if isinstance(result, Outcome) else Outcome(raw="")


def as_fault(error: BaseException, verb: str) -> SeldonNbError:
    """An unforeseen exception as SNB-900: its type and place, never its message, which may hold data."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "seldon_nb" in Path(frame.filename).parts] or list(frames)
    where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "-"
    return fail("SNB-900", error_type=type(error).__name__, where=where, verb=verb or "doctor")


def words(line: str) -> list[str]:
    """A line as words; quotes hold spaces together.  Raises SNB-701 for an unclosed quote."""
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError("SNB-701", {"reason": str(error), "verb": ""}) from None


def build(*, notebook: bool = False) -> click.Group:
    """The grammar in the user's language; with the verbs that only a notebook has."""
    group = click.Group(
        name="seldon-nb",
        help=tr("From a notebook to a governed answer: log a model, see a plan, deploy it, ask it, and know who did what."),
        epilog=tr("Every verb has --help with an example. 'explain SNB-312' tells a code in full."),
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    for verb in commands(notebook=notebook):
        group.add_command(verb)
    return group
