"""Where something comes from and where it went: notebook → run → version → workflow → deployment."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from seldon_nb.cards.amounts import moment
from seldon_nb.cards.clean import visible
from seldon_nb.cards.tones import state_word
from seldon_nb.domain.deployment import DeploymentStatus, Revision
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import ModelRef, ModelVersion
from seldon_nb.domain.training import TrainingRun
from seldon_nb.lab.schema import CardStrip, LinkView

if TYPE_CHECKING:
    from seldon_nb.workspace import Workspace

#: As much of a long identifier as tells it from others.
_SHORT = 8


def lineage_of_deployment(workspace: Workspace, revision: Revision, notebooks: Path | None = None) -> CardStrip:
    """From the notebook to this deployment; what cannot be looked up is a gap."""
    version = _version(workspace, revision.model)
    target = revision.target
    return CardStrip(
        links=(
            *_before(version, notebooks),
            LinkView(
                kind="version",
                title=visible(revision.model),
                detail=moment(version.created_at) if version is not None else "",
                open="model",
                ref=revision.model,
            ),
            _workflow(workspace, revision),
            LinkView(
                kind="deployment",
                title=str(target),
                detail=moment(revision.applied_at),
                open="deployment",
                ref=f"{target.place}/{target}",
            ),
        )
    )


def lineage_of_model(
    version: ModelVersion, serving: Iterable[DeploymentStatus] = (), notebooks: Path | None = None, run: TrainingRun | None = None
) -> CardStrip:
    """From the notebook to every deployment that serves this version; the run opens its page in MLflow, where there is one."""
    here = LinkView(kind="version", title=visible(version.ref), detail=moment(version.created_at), open="model", ref=version.ref)
    onward = (
        LinkView(
            kind="deployment",
            title=str(status.target),
            detail=state_word(status.state),
            open="deployment",
            ref=f"{status.target.place}/{status.target}",
        )
        for status in serving
    )
    notebook, unnamed = _before(version, notebooks)
    return CardStrip(links=(notebook, _named(unnamed, run), here, *onward))


def _named(link: LinkView, run: TrainingRun | None) -> LinkView:
    """A run that is shown beside the strip: by its name, and with its page in MLflow if it has one."""
    if run is None:
        return link.model_copy(update={"open": "", "ref": ""})
    page = run.address if run.address.startswith(("http://", "https://")) else ""
    return link.model_copy(update={"title": visible(run.name), "open": "url" if page else "", "ref": visible(page)})


def _before(version: ModelVersion | None, notebooks: Path | None) -> tuple[LinkView, LinkView]:
    """The notebook and MLflow's run; a notebook that is there can be opened, a run is told in its version's tab, and what is not known is a gap."""
    if version is None:
        return LinkView(kind="notebook", title=""), LinkView(kind="run", title="")
    lineage = version.lineage
    name = lineage.notebook
    there = bool(name) and notebooks is not None and Path(name).name == name and (notebooks / name).is_file()
    notebook = LinkView(
        kind="notebook",
        title=visible(name),
        detail=visible(lineage.author) if name else "",
        open="notebook" if there else "",
        ref=name if there else "",
    )
    known = bool(lineage.run_id)
    run = LinkView(
        kind="run",
        title=visible(lineage.run_id[:_SHORT]),
        detail=visible(lineage.data),
        open="model" if known else "",
        ref=version.ref if known else "",
    )
    return notebook, run


def _workflow(workspace: Workspace, revision: Revision) -> LinkView:
    """The run that carried the plan, where one is kept."""
    run = None
    with suppress(SeldonNbError):
        workflows = workspace.at(revision.target.place).workflows
        run = workflows.run(revision.plan_digest, revision.target) if workflows is not None else None
    if run is None:
        return LinkView(kind="workflow", title="")
    target = revision.target
    return LinkView(kind="workflow", title=visible(run.name), open="run", ref=f"{target.place}/{target.namespace}/{run.name}")


def _version(workspace: Workspace, ref: str) -> ModelVersion | None:
    try:
        return workspace.ports.catalog.find(ModelRef.parse(ref))
    except (SeldonNbError, ValueError):
        return None
