"""One deployment in full: what the detail tab shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seldon_nb.cards.clean import visible
from seldon_nb.cards.deployment import deployment_card, timeline
from seldon_nb.cards.error import sentence
from seldon_nb.cards.skin import python_line
from seldon_nb.diagnosis.drift import presentable
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.deployment import DeploymentStatus, Revision, Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.plan import Document
from seldon_nb.domain.principal import Principal
from seldon_nb.lab import schema
from seldon_nb.lab.views.cards import card_view, timeline_view
from seldon_nb.lab.views.lineage import lineage_of_deployment
from seldon_nb.lab.views.problems import problem, problem_of
from seldon_nb.lab.views.rows import deployment_row, revision_view
from seldon_nb.render.text import diff, to_yaml
from seldon_nb.words import N_, tr, tr_with

if TYPE_CHECKING:
    from seldon_nb.ports import Ports
    from seldon_nb.workspace import Workspace

#: As many of the newest ones are shown; the history has them all.
MOST_REVISIONS = 50
#: What may be done with a deployment, in the order in which it is told.
_VERBS = {
    "see": N_("see"),
    "predict": N_("ask"),
    "plan": N_("plan"),
    "apply": N_("apply"),
    "delete": N_("delete"),
    "audit": N_("read the history"),
}


def deployment_detail(
    workspace: Workspace, target: Target, *, may_act: bool = True, notebooks: Path | None = None
) -> schema.DeploymentDetail:
    """A deployment with its timeline, documents, callers, revisions and lineage; nothing is started.

    Args:
        may_act: whether this server's panel may change anything.
        notebooks: where notebooks lie, to see which can be opened.

    Raises:
        SNB-301: it is gone, or you may not see it.
    """
    ports = workspace.at(target.place)
    status = workspace.look_at(target)
    revision, me = status.revision, ports.access.whoami()
    revisions, unread = _kept(ports, target)
    applied = _applied(revision, revisions)
    why_not = _why_not_delete(ports, target, me, may_act=may_act)
    name = spoken(workspace, target)
    return schema.DeploymentDetail(
        row=deployment_row(status, me.name),
        card=card_view(deployment_card(status), line=f"show {name}"),
        timeline=timeline_view(timeline(status.timeline, whole_seconds=target.place == "cluster")),
        problem=problem_of(status.diagnosis, status.diagnosis_facts) if status.diagnosis else None,
        documents=tuple(schema.DocumentView(name=item.name, yaml=to_yaml(item.body)) for item in applied.documents),
        diff=_last_change(applied, revisions),
        access=_access(ports, status, me),
        revisions=tuple(revision_view(item, revision.number) for item in reversed(revisions[-MOST_REVISIONS:])),
        unread=unread,
        lineage=lineage_of_deployment(workspace, revision, notebooks),
        predictors=_predictors(revision),
        may_delete=not why_not,
        why_not=why_not,
        python=python_line(f"show {name}"),
        shell=f"seldon-nb show {name}",
    )


def spoken(workspace: Workspace, target: Target) -> str:
    """``dev/fraud``, or ``cluster/team-a/fraud`` where the same name could be in two places."""
    return f"{target.place}/{target}" if len(workspace.places) > 1 else str(target)


def _kept(ports: Ports, target: Target) -> tuple[tuple[Revision, ...], schema.Problem | None]:
    """The revisions that were kept, or why somebody who may see the deployment may not read them."""
    try:
        return ports.serving.revisions(target), None
    except SeldonNbError as error:
        if error.code_id != "SNB-533":
            raise
        return (), problem(error)


def _applied(live: Revision, revisions: tuple[Revision, ...]) -> Revision:
    """The revision that serves as it was kept; as far as the live object tells if it was not."""
    kept = next((item for item in revisions if (item.number, item.plan_digest) == (live.number, live.plan_digest)), None)
    if kept is not None:
        return kept
    return replace(live, documents=tuple(Document(item.name, presentable(item.body)) for item in live.documents))


def _last_change(live: Revision, revisions: tuple[Revision, ...]) -> str:
    """What the revision that serves changed of the one before it; empty if it is the first one that was kept."""
    former = [item for item in revisions if item.number < live.number]
    if not former:
        return ""
    was, now = (f"revision {item.number}" for item in (former[-1], live))
    return diff(dict(former[-1].document), dict(live.document), live.target.name, was=was, now=now)


def _access(ports: Ports, status: DeploymentStatus, me: Principal) -> tuple[schema.CallerView, ...]:
    """Yourself, whoever applied it, and everybody who may call it; of others no more is told than the deployment says."""
    revision = status.revision
    mine = [verb for verb in _VERBS if ports.access.may(verb, revision.target)]
    found = {me.name: _caller(me.name, tr("you"), mine)}
    callers = {caller.name for caller in revision.callers}
    if revision.applied_by.name not in callers:
        found.setdefault(revision.applied_by.name, _caller(revision.applied_by.name, tr("applied it"), ["see"]))
    for name in sorted(callers):
        found.setdefault(name, _caller(name, tr("caller"), ["see", "predict"]))
    return tuple(found.values())


def _caller(name: str, kind: str, verbs: list[str]) -> schema.CallerView:
    return schema.CallerView(name=name, kind=kind, may=tuple(tr_with(_VERBS[verb], {}) for verb in verbs))


def _why_not_delete(ports: Ports, target: Target, me: Principal, *, may_act: bool) -> str:
    if not may_act:
        return sentence(lookup("SNB-415").what, {})
    if ports.access.may("delete", target):
        return ""
    return visible(sentence(lookup("SNB-401").what, {"target": str(target), "who": me.name}))


def _predictors(revision: Revision) -> tuple[str, ...]:
    spec: Any = revision.document.get("spec")
    named = tuple(str(item.get("name", "")) for item in (spec or {}).get("predictors", ()))
    return tuple(name for name in named if name) or ("default",)
