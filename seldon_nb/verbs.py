"""The verbs of the grammar, each a thin line over the workspace."""

from __future__ import annotations

from typing import Any

import click

from seldon_nb.cards.card import Card, Listing, Text, Tone
from seldon_nb.domain.errors import fail
from seldon_nb.domain.names import nearest
from seldon_nb.grammar import Outcome, Session, as_option, command, json_option, levels, overrides, protocols, servers
from seldon_nb.words import tr


def commands() -> list[click.Command]:
    """All verbs, in the order of the journey."""
    return [
        _log(),
        _plan(),
        _deploy(),
        _list(),
        _show(),
        _predict(),
        _token(),
        _history(),
        _delete(),
        _doctor(),
        _here(),
        _explain(),
        _completion(),
    ]


def call(verb: str, *things: str, **options: Any) -> str:
    """The Python line: ``sn.plan("fraud@1", to="dev")``; options at their defaults are left out."""
    parts = list(things)
    parts += [f"{key}={_literal(value)}" for key, value in options.items() if value not in ("", (), None, False)]
    return f"sn.{verb}({', '.join(parts)})"


def _literal(value: Any) -> str:
    if isinstance(value, tuple):
        return _literal(value[0]) if len(value) == 1 else "(" + ", ".join(_literal(item) for item in value) + ")"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else repr(value)


def _log() -> click.Command:
    def action(session: Session, model: str, sample: str, **options: Any) -> Outcome:
        workspace = session.workspace
        options["classification"] = options["classification"] or ""
        shown = workspace.log(session.reader.model(model), sample=session.reader.frame(sample) if sample else None, **options)
        defaults = {"integers": "keep", "predict": "predict"}
        kept = {key: value for key, value in options.items() if value != defaults.get(key)}
        line = call("log", "model" if session.skin.value == "shell" else model, name=kept.pop("name"))
        extra = {"sample": "X" if session.skin.value == "shell" else sample} if sample else {}
        line = line[:-1] + "".join(f", {key}={value}" for key, value in extra.items())
        line += "".join(f", {key}={_literal(value)}" for key, value in kept.items() if value not in ("", ())) + ")"
        return Outcome(card=shown.card(session.skin), python=f"mv = {line}", value=shown, bind="mv")

    return command(
        "log",
        tr("Log a model with a sample, after trying it in a clean process with the server's packages."),
        "log model --name fraud --sample 'X.head()'",
        click.Argument(["model"]),
        click.Option(["--name"], required=True, help=tr("The model's registered name.")),
        click.Option(
            ["--sample"],
            default="",
            help=tr("A few rows like those that callers will send: an expression in a notebook, a file in a shell."),
        ),
        click.Option(["--include"], multiple=True, help=tr("Your own file that the model needs; may be repeated.")),
        click.Option(
            ["--integers"],
            type=click.Choice(["keep", "float"]),
            default="keep",
            help=tr("'float' gives integer columns room for missing values."),
        ),
        click.Option(
            ["--predict"],
            type=click.Choice(["predict", "predict_proba"]),
            default="predict",
            help=tr("The method behind the endpoint."),
        ),
        click.Option(
            ["--classification"],
            type=levels(),
            default=None,
            help=tr("Higher than the workspace's, if the data was."),
        ),
        click.Option(["--alias"], default="", help=tr("An alias such as champion.")),
        click.Option(["--data"], default="", help=tr("Where the training data came from, for the record.")),
        *overrides(),
        json_option(),
        action=action,
    )


def _or_nothing(context: click.Context, param: click.Parameter, value: str | None) -> str:
    """A choice that was not made is the empty word."""
    return value or ""


def _plan_options() -> tuple[click.Parameter, ...]:
    return (
        click.Option(["--name"], default="", help=tr("The deployment's name, if not the model's.")),
        click.Option(
            ["--server"],
            type=servers(),
            default=None,
            callback=_or_nothing,
            help=tr("The runtime that answers; 'mlflow' unless an image or a protocol says otherwise."),
        ),
        click.Option(
            ["--protocol"], type=protocols(), default=None, callback=_or_nothing, help=tr("What it speaks; 'v2' where it can.")
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


def _plan() -> click.Command:
    def action(session: Session, ref: str, to: str, save: str, **options: Any) -> Outcome:
        shown = session.workspace.plan(ref, to=to, **options)
        if save:
            shown.save(save)
        return Outcome(
            card=shown.card(session.skin),
            python="plan = " + call("plan", _literal(ref), to=to, **_options(**options)),
            value=shown,
            bind="plan",
        )

    return command(
        "plan",
        tr("Say what deploying a model would do. Nothing is changed."),
        "plan fraud@1 --to dev",
        click.Argument(["ref"], shell_complete=_refs),
        click.Option(["--to"], required=True, shell_complete=_namespaces, help=tr("The namespace.")),
        click.Option(
            ["--save"], default="", metavar=tr("FILE"), help=tr("Write the plan to a file, to apply later or by somebody else.")
        ),
        *_plan_options(),
        json_option(),
        action=action,
    )


def _deploy() -> click.Command:
    def action(session: Session, ref: str, to: str, plan_file: str, no_wait: bool, **options: Any) -> Outcome:
        workspace = session.workspace
        wait = {"wait": False} if no_wait else {}
        if bool(ref) == bool(plan_file) or (ref and not to):
            raise click.UsageError(tr("Give a model and --to, or --plan with a file."))
        if plan_file:
            shown = workspace.apply(workspace.load_plan(plan_file), **wait)
            line = f"dep = sn.load_plan({_literal(plan_file)}).apply({'wait=False' if no_wait else ''})"
        else:
            shown = workspace.deploy(ref, to=to, **wait, **options)
            line = "dep = " + call("deploy", _literal(ref), to=to, **_options(**options))
            line = line[:-1] + ", wait=False)" if no_wait else line
        return Outcome(card=shown.card(session.skin), python=line, value=shown, bind="dep")

    return command(
        "deploy",
        tr("Deploy a model version: plan, apply, and ask it once through its own route."),
        "deploy fraud@1 --to dev",
        click.Argument(["ref"], required=False, default="", shell_complete=_refs),
        click.Option(["--to"], default="", shell_complete=_namespaces, help=tr("The namespace.")),
        click.Option(["--plan", "plan_file"], default="", metavar=tr("FILE"), help=tr("Apply a plan that was saved.")),
        click.Option(
            ["--no-wait"], is_flag=True, help=tr("In a cluster: hand the plan to its workflow and come back to it with 'list'.")
        ),
        *_plan_options(),
        json_option(),
        action=action,
    )


def _list() -> click.Command:
    def action(session: Session, what: str, name: str, page: str, limit: int) -> Outcome:
        if what == "models":
            from seldon_nb.cards.model import versions_card

            found = session.workspace.models(name, page=page, limit=limit)
            return Outcome(
                card=versions_card(found, skin=session.skin),
                python=call("models", *([_literal(name)] if name else [])),
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


def _show() -> click.Command:
    def action(session: Session, thing: str, docs: bool) -> Outcome:
        workspace = session.workspace
        if docs:
            return Outcome(raw=workspace.deployment(thing).docs_url, python=f"sn.deployment({_literal(thing)}).docs_url")
        if "@" in thing or ":/" in thing:
            version = workspace.model(thing)
            return Outcome(card=version.card(session.skin), python=call("model", _literal(thing)), value=version)
        deployment = workspace.deployment(thing)
        return Outcome(
            card=deployment.card(session.skin), python=call("deployment", _literal(thing)), value=deployment, bind="dep"
        )

    return command(
        "show",
        tr("Show a deployment (fraud, dev/fraud) or a model version (fraud@1)."),
        "show fraud",
        click.Argument(["thing"], shell_complete=_deployments),
        click.Option(["--docs"], is_flag=True, help=tr("Print the link of the endpoint's Swagger page, good for ten minutes.")),
        as_option(),
        json_option(),
        action=action,
    )


def _predict() -> click.Command:
    def action(session: Session, name: str, data: str, out: str, transport: str) -> Outcome:
        deployment = session.workspace.deployment(name)
        signature = deployment.revision.signature
        rows = session.reader.frame(data, columns=signature.inputs.columns if signature else ())
        frame = deployment.predict(rows, transport=transport)
        way = f", transport={_literal(transport)}" if transport else ""
        line = f"sn.deployment({_literal(name)}).predict({'X' if session.skin.value == 'shell' else data}{way})"
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
        click.Argument(["name"], shell_complete=_deployments),
        click.Argument(["data"]),
        click.Option(["--out"], default="", metavar=tr("FILE"), help=tr("Write the answers to a CSV file.")),
        click.Option(
            ["--transport"],
            type=click.Choice(["rest", "grpc"]),
            default=None,
            callback=_or_nothing,
            help=tr("The way there; 'grpc' works from inside a cluster and through a gateway."),
        ),
        as_option(),
        json_option(),
        action=action,
    )


def _token() -> click.Command:
    def action(session: Session, name: str, minutes: int, show: bool) -> Outcome:
        deployment = session.workspace.deployment(name)
        secret = deployment.token(minutes)
        line = f"sn.deployment({_literal(name)}).token(minutes={minutes})"
        if show:
            return Outcome(raw=secret.reveal(), python=line, value=secret)
        card = Card(
            kind="token",
            title=tr("A token for {target}, for {minutes} minutes", target=str(deployment.target), minutes=minutes),
            tone=Tone.GOOD,
            blocks=(
                Text(
                    tr(
                        "It is not shown here, because what is shown is saved. In a shell, --show prints it; in Python, .reveal() gives it."
                    )
                ),
            ),
            data={"audience": secret.audience, "subject": secret.subject, "expiresAt": secret.expires_at},
        )
        return Outcome(card=card, python=line, value=secret, bind="tok")

    return command(
        "token",
        tr("Make a token for one endpoint, for some minutes."),
        "token fraud --minutes 10",
        click.Argument(["name"], shell_complete=_deployments),
        click.Option(["--minutes"], type=int, default=10, help=tr("1 to 60.")),
        click.Option(["--show"], is_flag=True, help=tr("Print the token itself, for a script.")),
        as_option(),
        json_option(),
        action=action,
    )


def _history() -> click.Command:
    def action(session: Session, subject: str, since: str, verify: bool) -> Outcome:
        from seldon_nb.cards.history import chain_card, history_card

        workspace = session.workspace
        if verify:
            verdict = workspace.verify()
            return Outcome(card=chain_card(verdict), python=call("verify"), value=verdict)
        records = workspace.history(subject, since=since)
        arguments = [_literal(subject)] if subject else []
        return Outcome(
            card=history_card(records, subject=subject), python=call("history", *arguments, since=since), value=records
        )

    return command(
        "history",
        tr("Tell what was done to a deployment or a model, and who called it."),
        "history fraud --verify",
        click.Argument(["subject"], default="", required=False, shell_complete=_deployments),
        click.Option(["--since"], default="", metavar="2026-01-31", help=tr("Only from this day on.")),
        click.Option(["--verify"], is_flag=True, help=tr("Recompute the chain of records and name the first bad one.")),
        as_option(),
        json_option(),
        action=action,
    )


def _delete() -> click.Command:
    def action(session: Session, name: str) -> Outcome:
        target = session.workspace.delete(name)
        card = Card(
            kind="deleted",
            title=tr("{target} is deleted.", target=str(target)),
            tone=Tone.GOOD,
            blocks=(Text(tr("Its endpoint answers nobody any more. The model version, the revisions and the records stay.")),),
            data={"namespace": target.namespace, "name": target.name},
        )
        return Outcome(card=card, python=call("delete", _literal(name)), value=target)

    return command(
        "delete",
        tr("Stop and forget a deployment. The model stays."),
        "delete fraud",
        click.Argument(["name"], shell_complete=_deployments),
        as_option(),
        json_option(),
        action=action,
    )


def _doctor() -> click.Command:
    def action(session: Session) -> Outcome:
        from seldon_nb.cards.doctor import doctor_card

        found = session.workspace.doctor()
        return Outcome(card=doctor_card(found, skin=session.skin), python=call("doctor"), value=found)

    return command("doctor", tr("Say what works here and what does not."), "doctor", json_option(), action=action)


def _here() -> click.Command:
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


def _explain() -> click.Command:
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
        click.Argument(["code"], default="", required=False),
        click.Option(["--all", "show_all"], is_flag=True, help=tr("List all codes.")),
        click.Option(["--rules"], is_flag=True, help=tr("List all rules.")),
        json_option(),
        action=action,
    )


def _completion() -> click.Command:
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


def _refs(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from seldon_nb.workspace import current

    try:
        found = current().models(limit=200).items
    except Exception:
        return []
    return [version.ref for version in found if version.ref.startswith(incomplete)]


def _namespaces(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from seldon_nb.workspace import current

    return [name for name in current().ports.serving.namespaces() if name.startswith(incomplete)]


def _deployments(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from seldon_nb.workspace import current

    names = [status.target.name for status in current().ports.serving.statuses()]
    return [name for name in names if name.startswith(incomplete)]
