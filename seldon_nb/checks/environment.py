"""An environment of the model's own: whether it can be had, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import SOURCE, cluster, context, in_cluster, spec, version
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.environment import OwnEnvironment, own_environment
from seldon_nb.domain.plan import Finding, PlanSpec
from seldon_nb.render.runtimes import RUNTIMES
from seldon_nb.words import tr

_SHOWN = 5


def possible(plan: PlanContext) -> Iterator[Finding]:
    """It can be packed, kept and laid before the server's packages."""
    if reason := _hindrance(plan):
        yield finding(plan, "SNB-158", "environment", reason=reason)


def told(plan: PlanContext) -> Iterator[Finding]:
    """Whoever approves it sees which packages will run."""
    own = plan.spec.environment
    if own is None or _hindrance(plan):
        return
    pins = [line.replace("==", " ") for line in own.requirements]
    more = f" … (+{len(pins) - _SHOWN})" if len(pins) > _SHOWN else ""
    yield finding(plan, "SNB-159", "environment", packages=", ".join(pins[:_SHOWN]) + more)


def _hindrance(plan: PlanContext) -> str:
    """Why it cannot be; empty if it can, or nobody asked for it."""
    own, spec = plan.spec.environment, plan.spec
    return "" if own is None else _of_the_place(plan) or _of_the_model(plan, own) or _of_the_store(spec, own)


def _of_the_place(plan: PlanContext) -> str:
    spec = plan.spec
    if spec.place == "here":
        return tr("This machine's servers run with this machine's packages; a workflow in a cluster packs others.")
    if not RUNTIMES[spec.server].ours:
        return tr("The server `{server}` is not one of ours, and brings its own packages.", server=spec.server.value)
    return ""


def _of_the_model(plan: PlanContext, own: OwnEnvironment) -> str:
    if not own.requirements:
        return tr("The model does not say which packages it needs.")
    server = plan.server.python_minor if plan.server is not None else ""
    if server and own.python and own.python != server:
        return tr("It was logged with Python {python}, and the server has Python {server}.", python=own.python, server=server)
    return ""


def _of_the_store(spec: PlanSpec, own: OwnEnvironment) -> str:
    if own.uri:
        return ""
    return tr("The store at {uri} takes no files from a workflow.", uri=spec.source.uri if spec.source else spec.version.uri)


def _own(source: ArtifactSource = SOURCE) -> PlanContext:
    asked = in_cluster(source=source)
    return cluster(spec=replace(asked, environment=own_environment(asked.version, source, server=asked.image)))


RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-158",
        source="packed by a workflow, kept in the model's store, laid upon a server of ours",
        check=possible,
        allowed=_own,
        denied=lambda: _own(ArtifactSource(uri="pvc://models/fraud/3")),
    ),
    Rule(
        code="SNB-159",
        source="what runs is said beforehand",
        check=told,
        allowed=lambda: context(spec=spec(version=version())),
        denied=_own,
    ),
)
