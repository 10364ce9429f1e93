"""A plan as the panel shows it, with the reason beside each button that does not work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seldon_nb.cards.clean import visible
from seldon_nb.cards.error import sentence
from seldon_nb.cards.plan import deploy_line, plan_card
from seldon_nb.cards.plan_place import handed_over, right_line
from seldon_nb.cards.skin import python_line
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.namespace import Right
from seldon_nb.domain.plan import Plan
from seldon_nb.lab import schema
from seldon_nb.lab.views.cards import card_view
from seldon_nb.lab.views.levels import level
from seldon_nb.lab.views.places import place_name
from seldon_nb.render.roles import request
from seldon_nb.render.text import to_yaml
from seldon_nb.words import tr, trn

if TYPE_CHECKING:
    from seldon_nb.ports import Access

#: Without one of these rights nothing can be handed over.
_CHANGING = frozenset({"create", "patch", "update", "delete"})


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
        card=card_view(plan_card(plan), line=line.replace("deploy", "plan", 1)),
        rights=_rights(plan, access),
        documents=tuple(schema.DocumentView(name=item.name, yaml=to_yaml(item.body)) for item in documents),
        diff=visible(plan.diff, lines=True),
        why_not=why_not(plan, access, may_act=may_act),
        python=python_line(line),
        shell=f"seldon-nb {line}",
    )


def why_not(plan: Plan, access: Access, *, may_act: bool = True) -> str:
    """The sentence beside a button *Apply* that does not work; empty if it does."""
    if not may_act:
        return sentence(lookup("SNB-415").what, {})
    if blocking := sorted({finding.code for finding in plan.findings if finding.blocks}):
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
