"""Verbs that ask a deployment: predict, token."""

from __future__ import annotations

import click

from seldon_nb.cards.card import Card, Text, Tone
from seldon_nb.cards.token import token_card
from seldon_nb.grammar import Outcome, Session, as_option, command, json_option
from seldon_nb.verbs import offers
from seldon_nb.verbs.deploying import or_nothing
from seldon_nb.verbs.writing import literal
from seldon_nb.words import tr


def predict() -> click.Command:
    """``predict``."""

    def action(session: Session, name: str, data: str, out: str, transport: str) -> Outcome:
        deployment = session.workspace.deployment(name)
        signature = deployment.revision.signature
        rows = session.reader.frame(data, columns=signature.inputs.columns if signature else ())
        frame = deployment.predict(rows, transport=transport)
        way = f", transport={literal(transport)}" if transport else ""
        line = f"sn.deployment({literal(name)}).predict({'X' if session.skin.value == 'shell' else data}{way})"
        if out:
            frame.to_csv(out)
            card = Card(
                kind="prediction",
                title=tr("{n} answers were written to {path}.", n=len(frame), path=out),
                tone=Tone.GOOD,
                data={"rows": len(frame), "path": out},
            )
            return Outcome(card=card, python=line, value=frame)
        if session.skin.value == "shell" and not deployment.revision.classification.is_protected:
            return Outcome(
                raw=frame.to_json(orient="records", lines=True, date_format="iso") if session.as_json else frame.to_csv(),
                python=line,
                value=frame,
            )
        card = Card(kind="prediction", title=str(deployment.target), blocks=(Text(repr(frame)),), data={"rows": len(frame)})
        return Outcome(card=card, python=line, value=frame)

    return command(
        "predict",
        tr("Ask a deployment."),
        "predict fraud X",
        click.Argument(["name"], shell_complete=offers.deployments),
        click.Argument(["data"], shell_complete=offers.data_variables),
        click.Option(["--out"], default="", metavar=tr("FILE"), help=tr("Write the answers to a CSV file.")),
        click.Option(
            ["--transport"],
            type=click.Choice(["rest", "grpc"]),
            default=None,
            callback=or_nothing,
            help=tr("The way there; 'grpc' works from inside a cluster and through a gateway."),
        ),
        as_option(),
        json_option(),
        action=action,
    )


def token() -> click.Command:
    """``token``."""

    def action(session: Session, name: str, minutes: int, show: bool) -> Outcome:
        deployment = session.workspace.deployment(name)
        secret = deployment.token(minutes)
        line = f"sn.deployment({literal(name)}).token(minutes={minutes})"
        if show:
            return Outcome(raw=secret.reveal(), python=line, value=secret)
        return Outcome(card=token_card(secret), python=line, value=secret, bind="tok")

    return command(
        "token",
        tr("Make a token for one endpoint, for some minutes."),
        "token fraud --minutes 10",
        click.Argument(["name"], shell_complete=offers.deployments),
        click.Option(["--minutes"], type=int, default=10, help=tr("1 to 60.")),
        click.Option(["--show"], is_flag=True, help=tr("Print the token itself, for a script.")),
        as_option(),
        json_option(),
        action=action,
    )
