"""A plan as the panel shows it, with the reason beside each button that does not work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from seldon_nb.cards.clean import visible
from seldon_nb.cards.error import finding_line, sentence
from seldon_nb.cards.plan import asked, deploy_line, in_order, plan_card
from seldon_nb.cards.plan_place import handed_over, right_line
from seldon_nb.cards.servers import server_name
from seldon_nb.cards.skin import python_line
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.namespace import Right
from seldon_nb.domain.plan import Finding, Plan, Server
from seldon_nb.lab import schema
from seldon_nb.lab.views.cards import card_view, tone
from seldon_nb.lab.views.levels import level
from seldon_nb.lab.views.places import place_name
from seldon_nb.render.roles import request
from seldon_nb.render.seldon.build import protocol_of
from seldon_nb.render.text import to_yaml
from seldon_nb.words import tr, trn

if TYPE_CHECKING:
    from seldon_nb.ports import Access

#: Without one of these rights nothing can be handed over.
_CHANGING = frozenset({"create", "patch", "update", "delete"})
#: The part of the wish that a finding is about, by its code.
_FIELDS = {
    "SNB-158": "environment",
    "SNB-212": "to",
    "SNB-213": "server",
    "SNB-217": "server",
    "SNB-243": "name",
    "SNB-249": "server",
    "SNB-260": "protocol",
}


def plan_view(plan: Plan, access: Access, *, may_act: bool = True) -> schema.PlanView:
    """A plan; the same value and digest as in Python.

    Args:
        access: of the plan's place, for whether you may apply it.
        may_act: whether this server's panel may change anything.
    """
    spec = plan.spec
    documents = (*plan.documents, *handed_over(plan))
    line = deploy_line(plan)
    return schema.PlanView(
        digest=plan.digest,
        ok=plan.ok,
        ref=visible(spec.version.ref),
        place=place_name(spec.place),
        namespace=spec.namespace,
        deployment=spec.deployment,
        update=plan.is_update,
        level=level(spec.classification),
        card=card_view(plan_card(plan, take_on=False), line=line.replace("deploy", "plan", 1)),
        rights=_rights(plan, access),
        documents=tuple(schema.DocumentView(name=item.name, yaml=to_yaml(item.body)) for item in documents),
        diff=visible(plan.diff, lines=True),
        why_not=why_not(plan, access, may_act=may_act),
        python=python_line(line),
        shell=f"seldon-nb {line}",
        wish=_wish(plan),
        server=server_name(spec.server),
        protocol=protocol_of(spec),
        passed=plan.passed,
        findings=tuple(_finding(finding, plan) for finding in in_order(plan)),
    )


def _wish(plan: Plan) -> schema.PlanWish:
    spec, options = plan.spec, cast("dict[str, Any]", asked(plan))
    return schema.PlanWish(ref=visible(spec.version.ref), place=place_name(spec.place), to=spec.namespace, **options)


def _finding(finding: Finding, plan: Plan) -> schema.FindingView:
    line = finding_line(finding)
    return schema.FindingView(
        code=finding.code,
        tone=tone(line.tone),
        text=visible(line.text),
        blocks=finding.blocks,
        overridable=lookup(finding.code).overridable,
        field=_field(finding, plan),
    )


def _field(finding: Finding, plan: Plan) -> str:
    if finding.code != "SNB-215":
        return _FIELDS.get(finding.code, "")
    if finding.subject == "spec.protocol":
        return "protocol"
    if ".containers[" in finding.subject or plan.spec.server is Server.CUSTOM:
        return "image"
    return "server" if finding.subject.endswith(".graph") else ""


def why_not(plan: Plan, access: Access, *, may_act: bool = True) -> str:
    """The sentence beside a button *Apply* that does not work; empty if it does."""
    if not may_act:
        return sentence(lookup("SNB-415").what, {})
    blocking = sorted(
        {finding.code for finding in plan.findings if finding.blocks} - {"SNB-244"}
    )  # which rights says more than that
    if blocking:
        return trn("{n} finding stops it: {codes}.", "{n} findings stop it: {codes}.", len(blocking), codes=", ".join(blocking))
    missing = [right for right in _seen(plan) if not right.allowed and right.verb in _CHANGING]
    if missing:
        rights = ", ".join(f"{right.verb} {right.resource.partition('.')[0]}" for right in missing)
        return tr("You lack a right in {namespace} that it needs: {rights}.", namespace=plan.spec.namespace, rights=rights)
    target = Target(plan.spec.namespace, plan.spec.deployment, plan.spec.place)
    if not access.may("apply", target):
        return visible(sentence(lookup("SNB-401").what, {"target": str(target), "who": access.whoami().name}))
    return ""


def _seen(plan: Plan) -> tuple[Right, ...]:
    return plan.facts.rights if plan.facts is not None else ()


def _rights(plan: Plan, access: Access) -> tuple[schema.RightView, ...]:
    """What the platform said about each right; on this machine, whether you may apply."""
    if plan.facts is None:
        return (_own_right(plan, access),)
    who, namespace = plan.spec.requested_by.name, plan.spec.namespace
    return tuple(
        schema.RightView(
            verb=right.verb,
            resource=right.resource,
            allowed=right.allowed,
            text=visible(right_line(right).text),
            request="" if right.allowed else request(who=who, verb=right.verb, resource=right.resource, namespace=namespace),
        )
        for right in plan.facts.rights
    )


def _own_right(plan: Plan, access: Access) -> schema.RightView:
    target = Target(plan.spec.namespace, plan.spec.deployment, plan.spec.place)
    allowed = access.may("apply", target)
    who = access.whoami().name
    text = (
        tr("You may apply it: this machine's place is yours.")
        if allowed
        else sentence(lookup("SNB-401").what, {"target": str(target), "who": who})
    )
    return schema.RightView(verb="apply", resource="deployments", allowed=allowed, text=visible(text))
