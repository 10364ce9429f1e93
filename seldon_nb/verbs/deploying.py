"""Verbs that plan and change what serves: plan, deploy, delete."""

from __future__ import annotations

from typing import Any

import click

from seldon_nb.cards.card import Card, Text, Tone
from seldon_nb.grammar import Outcome, Session, as_option, command, json_option, overrides, protocols, servers
from seldon_nb.verbs import offers
from seldon_nb.verbs.writing import call, literal
from seldon_nb.words import tr


def plan() -> click.Command:
    """``plan``."""

    def action(session: Session, ref: str, to: str, save: str, **options: Any) -> Outcome:
        shown = session.workspace.plan(ref, to=to, **options)
        if save:
            shown.save(save)
        return Outcome(
            card=shown.card(session.skin),
            python="plan = " + call("plan", literal(ref), to=to, **_options(**options)),
            value=shown,
            bind="plan",
        )

    return command(
        "plan",
        tr("Say what deploying a model would do. Nothing is changed."),
        "plan fraud@1 --to dev",
        click.Argument(["ref"], shell_complete=offers.references),
        click.Option(["--to"], required=True, shell_complete=offers.namespaces, help=tr("The namespace.")),
        click.Option(
            ["--save"], default="", metavar=tr("FILE"), help=tr("Write the plan to a file, to apply later or by somebody else.")
        ),
        *_plan_options(),
        json_option(),
        action=action,
    )


def deploy() -> click.Command:
    """``deploy``; in a notebook that somebody sits before, the kernel stays free."""

    def action(session: Session, *, ref: str, to: str, plan_file: str, no_wait: bool, wait: bool, **options: Any) -> Outcome:
        workspace, notebook = session.workspace, session.notebook
        if bool(ref) == bool(plan_file) or (ref and not to):
            raise click.UsageError(tr("Give a model and --to, or --plan with a file."))
        if wait and no_wait:
            raise click.UsageError(tr("Give --wait or --no-wait, not both."))
        line = _python(ref, to, plan_file, "wait=False" if no_wait else "", options)
        held = {"wait": False} if no_wait else {}
        free = notebook if notebook is not None and notebook.is_watched and not (wait or no_wait) else None
        plan = workspace.load_plan(plan_file) if plan_file else None
        if free is not None and plan is None:
            plan = workspace.plan(ref, to=to, **options)
        if free is not None and plan is not None and plan.ok:
            return Outcome(python=line, value=free.deploy(plan), bind="dep")
        shown = workspace.apply(plan, **held) if plan is not None else workspace.deploy(ref, to=to, **held, **options)
        return Outcome(card=shown.card(session.skin), python=line, value=shown, bind="dep")

    return command(
        "deploy",
        tr("Deploy a model version: plan, apply, and ask it once through its own route."),
        "deploy fraud@1 --to dev",
        click.Argument(["ref"], required=False, default="", shell_complete=offers.references),
        click.Option(["--to"], default="", shell_complete=offers.namespaces, help=tr("The namespace.")),
        click.Option(["--plan", "plan_file"], default="", metavar=tr("FILE"), help=tr("Apply a plan that was saved.")),
        click.Option(
            ["--no-wait"], is_flag=True, help=tr("In a cluster: hand the plan to its workflow and come back to it with 'list'.")
        ),
        click.Option(
            ["--wait"],
            is_flag=True,
            help=tr("In a notebook: hold the kernel until it answers, instead of showing how far it is."),
        ),
        *_plan_options(),
        json_option(),
        action=action,
    )


def _python(ref: str, to: str, plan_file: str, wait: str, options: dict[str, Any]) -> str:
    if plan_file:
        return f"dep = sn.load_plan({literal(plan_file)}).apply({wait})"
    line = "dep = " + call("deploy", literal(ref), to=to, **_options(**options))
    return f"{line[:-1]}, {wait})" if wait else line


def delete() -> click.Command:
    """``delete``."""

    def action(session: Session, name: str) -> Outcome:
        target = session.workspace.delete(name)
        card = Card(
            kind="deleted",
            title=tr("{target} is deleted.", target=str(target)),
            tone=Tone.GOOD,
            blocks=(Text(tr("Its endpoint answers nobody any more. The model version, the revisions and the records stay.")),),
            data={"namespace": target.namespace, "name": target.name},
        )
        return Outcome(card=card, python=call("delete", literal(name)), value=target)

    return command(
        "delete",
        tr("Stop and forget a deployment. The model stays."),
        "delete fraud",
        click.Argument(["name"], shell_complete=offers.deployments),
        as_option(),
        json_option(),
        action=action,
    )


def _plan_options() -> tuple[click.Parameter, ...]:
    return (
        click.Option(["--name"], default="", help=tr("The deployment's name, if not the model's.")),
        click.Option(
            ["--server"],
            type=servers(),
            default=None,
            callback=or_nothing,
            help=tr("The runtime that answers; 'mlflow' unless an image or a protocol says otherwise."),
        ),
        click.Option(
            ["--protocol"], type=protocols(), default=None, callback=or_nothing, help=tr("What it speaks; 'v2' where it can.")
        ),
        click.Option(
            ["--image"],
            default="",
            metavar="NAME@sha256:…",
            help=tr("The server's image by version or digest; an image of your own if no --server is named."),
        ),
        click.Option(
            ["--environment"],
            type=click.Choice(["server", "own"]),
            default="server",
            help=tr("'own' for the packages that the model was logged with, in a cluster."),
        ),
        click.Option(["--caller", "callers"], multiple=True, help=tr("Who may call besides you; may be repeated.")),
        click.Option(["--timeout"], type=click.IntRange(1, 3600), default=60, help=tr("Seconds that one request may take.")),
        *overrides(),
    )


def _options(**options: Any) -> dict[str, Any]:
    defaults = {"timeout": 60, "environment": "server"}
    return {key: value for key, value in options.items() if value != defaults.get(key)}


def or_nothing(context: click.Context, param: click.Parameter, value: str | None) -> str:
    """A choice that was not made is the empty word."""
    return value or ""
