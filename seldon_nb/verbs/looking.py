"""Verbs that look: list, show, history, doctor, explain."""

from __future__ import annotations

import click

from seldon_nb.cards.card import Card, Listing
from seldon_nb.domain.errors import fail
from seldon_nb.domain.names import nearest
from seldon_nb.grammar import Outcome, Session, as_option, command, json_option
from seldon_nb.verbs import offers
from seldon_nb.verbs.writing import call, literal
from seldon_nb.words import tr


def listing() -> click.Command:
    """``list``."""

    def action(session: Session, what: str, name: str, page: str, limit: int) -> Outcome:
        if what == "models":
            from seldon_nb.cards.model import versions_card

            found = session.workspace.models(name, page=page, limit=limit)
            return Outcome(
                card=versions_card(found, skin=session.skin),
                python=call("models", *([literal(name)] if name else [])),
                value=found,
            )
        from seldon_nb.cards.deployment import deployments_card

        statuses = session.workspace.statuses()
        return Outcome(card=deployments_card(statuses, skin=session.skin), python=call("deployments"), value=statuses)

    return command(
        "list",
        tr("List deployments, or models."),
        "list models",
        click.Argument(["what"], type=click.Choice(["deployments", "models"]), default="deployments", required=False),
        click.Option(["--name"], default="", help=tr("Only this model.")),
        click.Option(["--page"], default="", help=tr("The next page, as the last one said.")),
        click.Option(["--limit"], type=click.IntRange(1, 200), default=50, help=tr("Rows a page.")),
        as_option(),
        json_option(),
        action=action,
    )


def show() -> click.Command:
    """``show``."""

    def action(session: Session, thing: str, docs: bool, drift: bool) -> Outcome:
        workspace = session.workspace
        if drift:
            from seldon_nb.cards.drift import drift_card

            found = workspace.deployment(thing).drift
            python = f"sn.deployment({literal(thing)}).drift"
            return Outcome(card=drift_card(found, skin=session.skin), python=python, value=found)
        if docs:
            return Outcome(raw=workspace.deployment(thing).docs_url, python=f"sn.deployment({literal(thing)}).docs_url")
        if "@" in thing or ":/" in thing:
            version = workspace.model(thing)
            return Outcome(card=version.card(session.skin), python=call("model", literal(thing)), value=version)
        deployment = workspace.deployment(thing)
        return Outcome(
            card=deployment.card(session.skin), python=call("deployment", literal(thing)), value=deployment, bind="dep"
        )

    return command(
        "show",
        tr("Show a deployment (fraud, dev/fraud) or a model version (fraud@1)."),
        "show fraud",
        click.Argument(["thing"], shell_complete=offers.shown),
        click.Option(["--drift"], is_flag=True, help=tr("Compare what lives with what the revision that serves says.")),
        click.Option(["--docs"], is_flag=True, help=tr("Print the link of the endpoint's Swagger page, good for ten minutes.")),
        as_option(),
        json_option(),
        action=action,
    )


def history() -> click.Command:
    """``history``."""

    def action(session: Session, subject: str, since: str, verify: bool) -> Outcome:
        from seldon_nb.cards.history import chain_card, history_card

        workspace = session.workspace
        if verify:
            verdict = workspace.verify()
            return Outcome(card=chain_card(verdict), python=call("verify"), value=verdict)
        records = workspace.history(subject, since=since)
        arguments = [literal(subject)] if subject else []
        return Outcome(
            card=history_card(records, subject=subject), python=call("history", *arguments, since=since), value=records
        )

    return command(
        "history",
        tr("Tell what was done to a deployment or a model, and who called it."),
        "history fraud --verify",
        click.Argument(["subject"], default="", required=False, shell_complete=offers.shown),
        click.Option(["--since"], default="", metavar="2026-01-31", help=tr("Only from this day on.")),
        click.Option(["--verify"], is_flag=True, help=tr("Recompute the chain of records and name the first bad one.")),
        as_option(),
        json_option(),
        action=action,
    )


def doctor() -> click.Command:
    """``doctor``."""

    def action(session: Session) -> Outcome:
        from seldon_nb.cards.doctor import doctor_card

        found = session.workspace.doctor()
        return Outcome(card=doctor_card(found, skin=session.skin), python=call("doctor"), value=found)

    return command("doctor", tr("Say what works here and what does not."), "doctor", json_option(), action=action)


def explain() -> click.Command:
    """``explain``."""

    def action(session: Session, code: str, show_all: bool, rules: bool) -> Outcome:
        from seldon_nb.cards.error import explain_card
        from seldon_nb.cards.reference import codes_page
        from seldon_nb.domain.codes import ALL

        if rules:
            from seldon_nb.checks.registry import rules_page

            page = Listing(tr("Rules"), rules_page(), folded=False)
            return Outcome(card=Card(kind="rules", title=tr("All rules"), blocks=(page,), data={"page": page.text}))
        if show_all or not code:
            return Outcome(
                card=Card(
                    kind="codes",
                    title=tr("All codes"),
                    blocks=(Listing(tr("Codes"), codes_page(), folded=False),),
                    data={"codes": sorted(ALL)},
                ),
                python="",
            )
        wanted = code.upper() if code.upper().startswith("SNB-") else f"SNB-{code}"
        if wanted not in ALL:
            raise fail("SNB-702", code=code, nearest=", ".join(nearest(wanted, ALL)) or "SNB-900")
        return Outcome(card=explain_card(ALL[wanted], skin=session.skin), python="")

    return command(
        "explain",
        tr("Tell a code in full; works offline."),
        "explain SNB-312",
        click.Argument(["code"], default="", required=False, shell_complete=offers.codes),
        click.Option(["--all", "show_all"], is_flag=True, help=tr("List all codes.")),
        click.Option(["--rules"], is_flag=True, help=tr("List all rules.")),
        json_option(),
        action=action,
    )
