"""The part of a plan's card that only a cluster has: what you may do there, what there is room for, what the place is, and what will be handed over."""

from __future__ import annotations

from fractions import Fraction

from seldon_nb.cards.amounts import decimal
from seldon_nb.cards.card import Block, Line, Lines, Listing, Meter, Meters, Text, Tone
from seldon_nb.cards.servers import server_name
from seldon_nb.cards.tones import level_word
from seldon_nb.checks.quantities import amount
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.namespace import NamespaceFacts, QuotaChange, Right
from seldon_nb.domain.plan import Document, Plan
from seldon_nb.render.argo.names import workflow_name
from seldon_nb.render.argo.workflow import SERVICE_ACCOUNT, workflow
from seldon_nb.render.roles import request_of
from seldon_nb.render.seldon.build import image_of, protocol_of
from seldon_nb.words import N_, tr, tr_with, trn

#: What a right is good for, in the words of whoever has it.
_USES = {
    ("create", "workflows.argoproj.io"): N_("Hand the plan over to its workflow"),
    ("get", "workflows.argoproj.io"): N_("Follow the workflow"),
    ("create", "configmaps"): N_("Leave the plan where the workflow finds it"),
    ("get", "seldondeployments.machinelearning.seldon.io"): N_("See what is deployed"),
    ("list", "pods"): N_("See why something is stuck"),
}
_RESOURCES = {
    "requests.cpu": N_("processors, reserved"),
    "limits.cpu": N_("processors, at most"),
    "requests.memory": N_("memory, reserved"),
    "limits.memory": N_("memory, at most"),
    "requests.ephemeral-storage": N_("scratch space, reserved"),
    "limits.ephemeral-storage": N_("scratch space, at most"),
    "pods": N_("running parts (pods)"),
    "services": N_("addresses (services)"),
    "configmaps": N_("records (configmaps)"),
    "count/deployments.apps": N_("workloads (deployments)"),
    "count/replicasets.apps": N_("workload versions (replicasets)"),
}
_SECURITY = {
    "restricted": N_("strictest (`restricted`): nothing runs with more rights than it needs"),
    "baseline": N_("known ways out are closed (`baseline`)"),
    "privileged": N_("none is enforced (`privileged`)"),
    "": N_("none is enforced"),
}
#: Without the right to change these nothing can be handed over.
_CHANGING = frozenset({"create", "patch", "update", "delete"})


def size_words(plan: Plan) -> str:
    """``0.5 processors, 512 MiB``: what its servers reserve, all together."""
    total: dict[str, Fraction] = {}
    for predictor in plan.document("SeldonDeployment")["spec"]["predictors"]:
        for part in predictor.get("componentSpecs") or ():
            for container in (part.get("spec") or {}).get("containers") or ():
                for name, asked in ((container.get("resources") or {}).get("requests") or {}).items():
                    total[name] = total.get(name, Fraction(0)) + amount(asked)
    words = []
    if cpu := total.get("cpu"):
        words.append(tr("{n} processor", n=1) if cpu == 1 else tr("{n} processors", n=_plain(cpu)))
    if memory := total.get("memory"):
        words.append(quantity(memory, "requests.memory"))
    return ", ".join(words)


def place_blocks(plan: Plan) -> list[Block]:
    """Rights and room in the namespace; nothing where none were seen."""
    if plan.facts is None:
        return []
    blocks: list[Block] = []
    if plan.facts.rights:
        blocks += [
            Text(_rights_title(plan, plan.facts), strong=True),
            Lines(tuple(right_line(right) for right in plan.facts.rights)),
        ]
    if plan.room:
        caption = tr("Room in `{namespace}`: now → when it is done, of what it may use", namespace=plan.spec.namespace)
        order = list(_RESOURCES)
        lines = sorted(plan.room, key=lambda change: order.index(change.resource) if change.resource in order else len(order))
        blocks.append(Meters(tuple(_meter(change) for change in lines), caption))
    elif "quota" in plan.facts.unread:
        blocks.append(Text(tr("Room in `{namespace}`: you may not look.", namespace=plan.spec.namespace)))
    return blocks


def handed_over(plan: Plan) -> tuple[Document, ...]:
    """What will be handed over beside the documents themselves; nothing for one machine."""
    return () if plan.spec.place == "here" else (Document("Workflow", workflow(plan)),)


def request_block(plan: Plan) -> list[Block]:
    """What to send to the people who run the cluster, who can give the missing rights."""
    missing = [(right.verb, right.resource) for right in (plan.facts.rights if plan.facts else ()) if not right.allowed]
    if not missing:
        return []
    text = request_of(missing, who=plan.spec.requested_by.name, namespace=plan.spec.namespace)
    return [Listing(tr("Request to send"), text, language="yaml")]


def place_data(plan: Plan) -> dict[str, object]:
    """The same for machines."""
    if plan.facts is None:
        return {}
    facts, spec = plan.facts, plan.spec
    return {
        "protocol": protocol_of(spec),
        "image": image_of(spec),
        "workflow": workflow_name(spec.deployment, plan.digest),
        "rights": [{"verb": right.verb, "resource": right.resource, "allowed": right.allowed} for right in facts.rights],
        "quota": [
            {
                "quota": change.quota,
                "resource": change.resource,
                "hard": change.hard,
                "used": change.used,
                "after": change.after,
                "peak": change.peak,
                "fits": change.fits,
            }
            for change in plan.room
        ],
        "namespaceFacts": {
            "classification": facts.ceiling.value,
            "podSecurity": facts.pod_security,
            "gateway": facts.settings.gateway,
            "modelStore": spec.source.uri if spec.source else "",
            "secret": spec.source.secret if spec.source else "",
            "serviceAccount": spec.service_account or SERVICE_ACCOUNT,
            "engines": list(facts.engines),
            "unread": list(facts.unread),
        },
    }


# --- rights ----------------------------------------------------------------------------------------------------------------------


def _rights_title(plan: Plan, facts: NamespaceFacts) -> str:
    granted = sum(right.allowed for right in facts.rights)
    return tr(
        "What you may do in `{namespace}`: {granted} of {count}. The rest is done by `{account}`, the workflow's own account.",
        namespace=plan.spec.namespace,
        granted=granted,
        count=len(facts.rights),
        account=plan.spec.service_account or SERVICE_ACCOUNT,
    )


def right_line(right: Right) -> Line:
    """One right in the words of whoever has it, or what its lack means."""
    use = _USES.get((right.verb, right.resource))
    plain = f"`{right.verb} {right.resource.partition('.')[0]}`"
    words = tr("{use} ({right})", use=tr_with(use, {}), right=plain) if use else plain
    if right.allowed:
        return Line(Tone.GOOD, words)
    if right.verb in _CHANGING:
        return Line(Tone.BAD, tr("{right}: no; without it nothing can be handed over.", right=words))
    return Line(Tone.WARN, tr("{right}: no; it works without, and you see less.", right=words))


# --- room ------------------------------------------------------------------------------------------------------------------------


def _meter(change: QuotaChange) -> Meter:
    hard, used, after, peak = (amount(text) for text in (change.hard, change.used, change.after, change.peak))
    unit = _unit(change.resource, hard)
    told = {"now": _in(unit, used), "after": _in(unit, after), "hard": f"{_in(unit, hard)}{unit[0]}"}
    if not change.fits:
        text = tr("{now} → {after} of {hard}, but {peak} on the way", **told, peak=_in(unit, peak))
    elif peak > after:
        text = tr("{now} → {after} of {hard} ({peak} on the way)", **told, peak=_in(unit, peak))
    else:
        text = tr("{now} → {after} of {hard}", **told)
    label = _RESOURCES.get(change.resource)
    share = float(after / hard) if hard else 1.0
    return Meter(
        label=tr_with(label, {}) if label else change.resource,
        now=float(used / hard) if hard else 1.0,
        after=share if change.fits else max(share, 1.0),
        text=text,
        tone=Tone.NEUTRAL if change.fits else Tone.BAD,
    )


def quantity(value: Fraction, resource: str) -> str:
    """``1.5 GiB``, ``512 MiB``, ``0.5``, ``3``."""
    unit = _unit(resource, value)
    return f"{_in(unit, value)}{unit[0]}"


def _unit(resource: str, value: Fraction) -> tuple[str, int]:
    """The unit in which amounts about as large as ``value`` are told: its name with a space before it, and its size."""
    if resource.rpartition(".")[2] not in ("memory", "ephemeral-storage"):
        return "", 1
    return ("\u00a0" + tr("GiB"), 1 << 30) if value >= 1 << 30 else ("\u00a0" + tr("MiB"), 1 << 20)


def _in(unit: tuple[str, int], value: Fraction) -> str:
    return _plain(value / unit[1])


def _plain(value: Fraction) -> str:
    """A number with at most two digits behind the point, and no more than it needs."""
    rounded = round(value, 2)
    return decimal(float(rounded), 0 if rounded.denominator == 1 else 1 if (rounded * 10).denominator == 1 else 2)


# --- the place -------------------------------------------------------------------------------------------------------------------


def place_rows(plan: Plan) -> list[tuple[str, str]]:
    """What the namespace is and what answers there, label and value; nothing where it was not seen."""
    spec, facts = plan.spec, plan.facts
    if facts is None:
        return []
    rows = [
        (tr("Place"), f"{spec.place} · {spec.namespace}"),
        (tr("Data there"), _level(facts)),
        (tr("Protection"), _protection(facts)),
        (tr("Gateway"), _gateway(facts)),
        (tr("Model files"), _files(plan, facts)),
        (
            tr("Answers with"),
            tr(
                "{server}, protocol {protocol}, within {seconds} s",
                server=server_name(plan.spec.server),
                protocol=protocol_of(spec),
                seconds=spec.timeout_s,
            ),
        ),
    ]
    if image := image_of(spec):
        rows.append((tr("Image"), image))
    if spec.environment is not None:
        count = len(spec.environment.requirements)
        packed = trn("{n} of the model's own before the server's", "{n} of the model's own before the server's", count)
        rows.append((tr("Packages"), packed))
    carried = tr(
        "workflow `{name}`, as `{account}`",
        name=workflow_name(spec.deployment, plan.digest),
        account=spec.service_account or SERVICE_ACCOUNT,
    )
    return [*rows, (tr("Carried out by"), carried)]


def _protection(facts: NamespaceFacts) -> str:
    if "namespace" in facts.unread:
        return tr("you may not look")
    return tr_with(_SECURITY[facts.pod_security], {}) if facts.pod_security in _SECURITY else facts.pod_security


def _gateway(facts: NamespaceFacts) -> str:
    if facts.settings.gateway:
        return facts.settings.gateway
    return tr("you may not look") if "settings" in facts.unread else tr("none is named: nobody asks who calls")


def _level(facts: NamespaceFacts) -> str:
    if facts.ceiling is Classification.UNKNOWN and "namespace" in facts.unread:
        return tr("you may not look")
    if facts.ceiling is Classification.UNKNOWN:
        return tr("nobody has said how sensitive it may be")
    return tr("{level} at most", level=level_word(facts.ceiling))


def _files(plan: Plan, facts: NamespaceFacts) -> str:
    source = plan.spec.source
    if source is None:
        return plan.spec.version.uri
    if not source.secret:
        return source.uri
    known = next((secret for secret in facts.secrets if secret.name == source.secret), None)
    if known is None or known.exists is None:
        return tr("{uri}, opened by `{secret}`, which you may not look at", uri=source.uri, secret=source.secret)
    if not known.exists:
        return tr("{uri}, to be opened by `{secret}`, which is not there", uri=source.uri, secret=source.secret)
    return tr("{uri}, opened by `{secret}`", uri=source.uri, secret=source.secret)
