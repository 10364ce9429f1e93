"""Plans as cards: first in words, then what was found, then the documents one click away."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from seldon_nb.cards.amounts import listed, moment
from seldon_nb.cards.card import Block, Card, Facts, Line, Lines, Listing, Step, Text, Tone
from seldon_nb.cards.error import finding_data, finding_line
from seldon_nb.cards.plan_place import handed_over, place_blocks, place_data, place_rows, request_block, size_words
from seldon_nb.cards.servers import server_name
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.tones import badge
from seldon_nb.domain.canonical import short
from seldon_nb.domain.plan import Document, Finding, Plan, Server
from seldon_nb.words import tr, trn

SHORT_DIFF = 30


def plan_card(plan: Plan, *, skin: Skin = Skin.NOTEBOOK, take_on: bool = True) -> Card:
    """What would be created or replaced, who may call it, every finding with its fixes, the difference and the documents.

    Args:
        take_on: say of a finding how it is taken on; false where there is a form for that.
    """
    checks = Lines((*_checks(plan, take_on=take_on),))
    blocks: list[Block] = [Text(_words(plan)), checks, *place_blocks(plan), Facts(_facts(plan))]
    blocks += request_block(plan)
    if plan.is_update and plan.diff.strip():
        blocks.append(Listing(tr("What changes"), plan.diff, language="diff", folded=plan.diff.count("\n") > SHORT_DIFF))
    blocks += [_document(document) for document in _documents(plan)]
    tone, state = _state(plan)
    spec = plan.spec
    return Card(
        kind="plan",
        title=_title(plan),
        badge=badge(spec.classification),
        tone=tone,
        state=state,
        blocks=tuple(blocks),
        steps=_steps(plan, skin),
        data=_data(plan),
    )


def _title(plan: Plan) -> str:
    """The name stands there where it is not the model's."""
    ref, namespace, name = plan.spec.version.ref, plan.spec.namespace, plan.spec.deployment
    if name == plan.spec.version.name:
        return tr("Plan · deploy {ref} to {namespace}", ref=ref, namespace=namespace)
    return tr("Plan · deploy {ref} to {namespace} as {name}", ref=ref, namespace=namespace, name=name)


def _words(plan: Plan) -> str:
    spec = plan.spec
    name = f"{spec.namespace}/{spec.deployment}"
    if _is_same(plan):
        return tr(
            "`{name}` is this already, as revision {revision}: applying the plan changes nothing.",
            name=name,
            revision=plan.base.revision,
        )
    if plan.is_update:
        first = tr(
            "Will replace revision {revision} of `{name}` by {ref}. The former one answers until the new one does.",
            revision=plan.base.revision,
            name=name,
            ref=spec.version.ref,
        )
    elif plan.facts is None:
        first = tr("Will create `{name}`: one model server, one access rule, no public route.", name=name)
    else:
        first = tr("Will create `{name}`: one model server ({size}), no public route.", name=name, size=size_words(plan))
    if plan.facts is not None:
        onward = tr("A workflow carries it out; you may close this and come back to it.")
        first = f"{first} {onward}"
        if not plan.facts.settings.gateway:
            return first  # nobody could keep others out, and a finding says so
    return f"{first} {_callers(plan)}"


def _callers(plan: Plan) -> str:
    names = [caller.name for caller in plan.spec.callers]
    if not names:
        return tr("Nobody may call it.")
    if len(names) == 1:
        return tr("Only {who} may call it.", who=names[0])
    return tr("It may be called by {who}, and by nobody else.", who=listed(names))


def in_order(plan: Plan) -> list[Finding]:
    """Its findings, those first that stop it."""
    return sorted(
        plan.findings, key=lambda finding: (not finding.blocks, bool(finding.overridden_by), finding.severity.value != "warn")
    )


def _checks(plan: Plan, *, take_on: bool) -> list[Line]:
    lines = [finding_line(finding, take_on=take_on) for finding in in_order(plan)]
    if plan.passed:
        lines.insert(0, Line(Tone.GOOD, trn("{n} check passed.", "{n} checks passed.", plan.passed)))
    return lines


def _facts(plan: Plan) -> tuple[tuple[str, str], ...]:
    spec = plan.spec
    answers = tr("{server}, within {seconds} s", server=server_name(spec.server), seconds=spec.timeout_s)
    here = [(tr("Place"), f"{spec.place} · {spec.namespace}"), (tr("Answers with"), answers)]
    rows = [*(place_rows(plan) or here), (tr("Digest"), short(plan.digest))]
    if plan.created_at:
        rows.append((tr("Made"), tr("{when} by {who}", when=moment(plan.created_at), who=spec.requested_by.name)))
    return tuple(rows)


def _state(plan: Plan) -> tuple[Tone, str]:
    if not plan.ok:
        return Tone.BAD, tr("Blocked")
    if any(_counts(finding) for finding in plan.findings):
        return Tone.WARN, tr("Ready, with warnings")
    return Tone.GOOD, tr("Ready")


def _counts(finding: Finding) -> bool:
    return bool(finding.overridden_by) or finding.severity.value == "warn"


def _is_same(plan: Plan) -> bool:
    return plan.is_update and plan.base.digest == plan.documents_digest()


def _steps(plan: Plan, skin: Skin) -> tuple[Step, ...]:
    if not plan.ok or _is_same(plan):
        return ()
    if skin is not Skin.SHELL:
        return (Step(tr("Apply it:"), "plan.apply()", "python"),)
    return (Step(tr("Plan and apply in one line:"), deploy_line(plan)),)


def deploy_line(plan: Plan) -> str:
    """The line of the grammar that makes this plan and applies it."""
    words = ["deploy", plan.spec.version.ref, "--to", plan.spec.namespace]
    for name, value in asked(plan).items():
        for one in value if isinstance(value, tuple) else (value,):
            words += [f"--{_SINGLE.get(name, name)}", str(one)]
    return shlex.join(words)


#: Options that are repeated, by the name of one.
_SINGLE = {"callers": "caller"}


def asked(plan: Plan) -> dict[str, str | int | tuple[str, ...]]:
    """The options that make this plan again, as :meth:`~seldon_nb.workspace.Workspace.plan` takes them; none that goes without saying."""
    spec = plan.spec
    named = bool(spec.image) and spec.image != _of_the_place(plan)
    implied = Server.CUSTOM if named else Server.MLFLOW
    options: dict[str, str | int | tuple[str, ...]] = {
        "name": "" if spec.deployment == spec.version.name else spec.deployment,
        "server": "" if spec.server is implied else spec.server.value,
        "protocol": spec.protocol,
        "image": spec.image if named else "",
        "environment": "" if spec.environment is None else "own",
        "callers": tuple(caller.name for caller in spec.callers if caller.name != spec.requested_by.name),
        "timeout": 0 if spec.timeout_s == 60 else spec.timeout_s,
        "override": tuple(override.code for override in spec.overrides),
        "because": spec.overrides[0].reason if spec.overrides else "",
    }
    return {name: value for name, value in options.items() if value}


def _of_the_place(plan: Plan) -> str:
    """The image that the platform team settled, which nobody has to name."""
    return plan.facts.settings.server_image if plan.facts is not None else ""


def _documents(plan: Plan) -> tuple[Document, ...]:
    """Everything that would be sent; where nothing changes no workflow is."""
    return plan.documents if _is_same(plan) else (*plan.documents, *handed_over(plan))


def _document(document: Document) -> Listing:
    return Listing(document.name, _yaml(document.body), language="yaml")


def _yaml(body: Mapping[str, Any]) -> str:
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(_plain(body), Dumper=dumper, sort_keys=False, allow_unicode=True, width=110))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _data(plan: Plan) -> dict[str, object]:
    spec = plan.spec
    return {
        "model": spec.version.ref,
        "modelDigest": spec.version.digest,
        "deployment": spec.deployment,
        "namespace": spec.namespace,
        "place": spec.place,
        "server": spec.server.value,
        "classification": spec.classification.value,
        "requestedBy": spec.requested_by.name,
        "callers": [caller.name for caller in spec.callers],
        "timeoutSeconds": spec.timeout_s,
        "digest": plan.digest,
        "ok": plan.ok,
        "update": plan.is_update,
        "changes": not _is_same(plan),
        "passed": plan.passed,
        "findings": [finding_data(finding) for finding in plan.findings],
        "documents": {document.name: document.body for document in _documents(plan)},
        "base": {"digest": plan.base.digest, "revision": plan.base.revision},
        "diff": plan.diff,
        "createdAt": plan.created_at,
        **place_data(plan),
    }
