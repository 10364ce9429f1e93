"""Verbs about the place and the shell: here, completion."""

from __future__ import annotations

import click

from seldon_nb.grammar import Outcome, Session, command, json_option, levels
from seldon_nb.words import tr


def here() -> click.Command:
    """``here up``, ``here down``, ``here status``."""

    def up(session: Session, port: int | None, classification: str | None) -> Outcome:
        from seldon_nb.cards.place import place_card

        report = session.workspace.up(port=port, classification=classification or "")
        return Outcome(card=place_card(report, skin=session.skin), python="sn.here.up()", value=report)

    def down(session: Session) -> Outcome:
        from seldon_nb.cards.place import place_card

        report = session.workspace.down()
        return Outcome(card=place_card(report, skin=session.skin), python="sn.here.down()", value=report)

    def status(session: Session) -> Outcome:
        from seldon_nb.cards.place import place_card

        report = session.workspace.place.status()
        return Outcome(card=place_card(report, skin=session.skin), python="sn.here.up()", value=report)

    group = click.Group("here", help=tr("This machine's place: start it, stop it, see it."), no_args_is_help=True)
    group.add_command(
        command(
            "up",
            tr("Start the place, or bring it back to what it was."),
            "here up",
            click.Option(["--port"], type=click.IntRange(1024, 65535), default=None, help=tr("The gateway's port.")),
            click.Option(
                ["--classification"],
                type=levels(),
                default=None,
                help=tr("Of the data on this machine; first start only."),
            ),
            json_option(),
            action=up,
        )
    )
    group.add_command(
        command(
            "down",
            tr("Stop every process of the place. Deployments come back with 'here up'."),
            "here down",
            json_option(),
            action=down,
        )
    )
    group.add_command(command("status", tr("Say what runs."), "here status", json_option(), action=status))
    return group


def completion() -> click.Command:
    """``completion``."""

    def action(session: Session, shell: str) -> Outcome:
        from click.shell_completion import get_completion_class

        kind = get_completion_class(shell)
        assert kind is not None
        return Outcome(raw=kind(click.get_current_context().find_root().command, {}, "seldon-nb", "_SELDON_NB_COMPLETE").source())

    return command(
        "completion",
        tr("Print the script that completes verbs, models and namespaces in your shell."),
        "completion bash",
        click.Argument(["shell"], type=click.Choice(["bash", "zsh", "fish"])),
        action=action,
    )
