"""What a notebook holds in its hands: model versions, plans, deployments.

Each wraps one domain value and the workspace it came from, shows itself as a card (HTML, plain text, JSON), and has the verbs that make sense on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seldon_nb.cards.card import Card
from seldon_nb.cards.html import to_html
from seldon_nb.cards.json import to_json
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.domain import deployment as values
from seldon_nb.domain import plan as plans
from seldon_nb.domain.audit import AuditRecord
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import ModelVersion as Version
from seldon_nb.domain.plan import Document, Finding
from seldon_nb.domain.principal import SecretToken
from seldon_nb.wire import dumps

if TYPE_CHECKING:
    import pandas as pd

    from seldon_nb.diagnosis.drift import Drift
    from seldon_nb.flows.apply import Applied
    from seldon_nb.widgets.test import TestView
    from seldon_nb.workspace import Workspace

__all__ = ["Deployment", "ModelVersion", "Plan", "Shown"]


class Shown:
    """Anything that shows itself as a card: HTML in a notebook, plain text elsewhere."""

    def card(self, skin: Skin = Skin.PYTHON) -> Card:
        """The card that describes it."""
        raise NotImplementedError

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        card = self.card(Skin.NOTEBOOK)
        return {"text/html": to_html(card, Skin.NOTEBOOK), "text/plain": to_text(card, Skin.NOTEBOOK)}

    def __repr__(self) -> str:
        return to_text(self.card(), Skin.PYTHON)

    def to_json(self) -> str:
        """The card for machines: stable keys, never translated."""
        return json.dumps(to_json(self.card(), Skin.PYTHON), indent=2, sort_keys=True, ensure_ascii=False)


class ModelVersion(Shown):
    """A registered model version; ``value`` is the plain domain value."""

    def __init__(self, workspace: Workspace, value: Version, findings: Sequence[Finding] = ()) -> None:
        self._workspace = workspace
        self.value = value
        self.findings = tuple(findings)

    def card(self, skin: Skin = Skin.PYTHON) -> Card:
        """Signature, environment, clean-process result, findings, and what to do next."""
        from seldon_nb.cards.model import model_card

        return model_card(self.value, self.findings, to=self._workspace.own_namespace, skin=skin)

    @property
    def name(self) -> str:
        """The registered name."""
        return self.value.name

    @property
    def version(self) -> int:
        """The version's number."""
        return self.value.version

    @property
    def digest(self) -> str:
        """``sha256:…`` over the model's files."""
        return self.value.digest

    @property
    def ref(self) -> str:
        """``fraud@1``."""
        return self.value.ref

    def plan(self, to: str, **options: Any) -> Plan:
        """A plan to deploy this version; the same options as :func:`seldon_nb.plan`."""
        return self._workspace.plan(self.ref, to=to, **options)


class Plan(Shown):
    """What would happen, before it happens."""

    def __init__(self, workspace: Workspace, value: plans.Plan) -> None:
        self._workspace = workspace
        self.value = value

    def card(self, skin: Skin = Skin.PYTHON) -> Card:
        """What would be created or replaced, findings with fixes, documents and the difference."""
        from seldon_nb.cards.plan import plan_card

        return plan_card(self.value, skin=skin)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All rules' words, blocking first."""
        return self.value.findings

    @property
    def documents(self) -> tuple[Document, ...]:
        """What would be sent, complete."""
        return self.value.documents

    @property
    def diff(self) -> str:
        """The difference to what lives, as a unified diff of YAML."""
        return self.value.diff

    @property
    def digest(self) -> str:
        """What pins this plan."""
        return self.value.digest

    @property
    def ok(self) -> bool:
        """Whether nothing blocks it."""
        return self.value.ok

    def apply(self, *, wait: bool = True) -> Deployment:
        """Make it so, and wait until it answers.  A second time changes nothing; a stale base is refused (SNB-220).

        The line ``%seldon deploy`` of a notebook does not wait: it shows how far it is while the kernel is free.

        Args:
            wait: in a cluster, false returns as soon as the workflow has the plan; the workflow goes on either way.
        """
        return self._workspace.apply(self, wait=wait)

    def save(self, path: str | Path) -> Path:
        """Write the plan to a file, for somebody else or for later; :func:`seldon_nb.load_plan` reads it."""
        path = Path(path)
        path.write_text(dumps(self.value), encoding="utf-8")
        return path


class Deployment(Shown):
    """A deployment: its state, its timeline, its answers.

    ``coming`` waits for an apply that is on its way elsewhere; it is called before anything is asked of the deployment.
    """

    def __init__(
        self,
        workspace: Workspace,
        target: values.Target,
        applied: Applied | None = None,
        *,
        coming: Callable[[], None] | None = None,
    ) -> None:
        self._seen_by = workspace
        self.target = target
        self._applied = applied
        self._coming = coming

    @property
    def _workspace(self) -> Workspace:
        """Whom everything is asked of; first waits for an apply that is on its way, and raises what it ended with, once."""
        if self._coming is not None:
            try:
                self._coming()
            except SeldonNbError:
                self._coming = None
                raise
            self._coming = None
        return self._seen_by

    def card(self, skin: Skin = Skin.PYTHON) -> Card:
        """State, timeline, who may call, what the live check saw."""
        from seldon_nb.cards.deployment import deployment_card

        return deployment_card(self.status, smoke=self._applied.smoke if self._applied else None, skin=skin)

    @property
    def status(self) -> values.DeploymentStatus:
        """What is seen of it now."""
        return self._workspace.look_at(self.target)

    @property
    def timeline(self) -> tuple[values.StageStatus, ...]:
        """The six stages of the latest apply."""
        return self.status.timeline

    @property
    def revision(self) -> values.Revision:
        """The revision that serves."""
        return self.status.revision

    @property
    def url(self) -> str:
        """The address of the endpoint; a token is needed to ask there."""
        return self.status.url

    @property
    def docs_url(self) -> str:
        """The endpoint's Swagger page with a token of ten minutes in its fragment, which browsers never send anywhere."""
        return self._workspace.docs_url(self.target)

    def predict(self, data: Any, *, transport: str = "") -> pd.DataFrame:
        """Ask the model, in whatever protocol it speaks.

        Args:
            data: a DataFrame (n_rows, n_columns) with the model's columns in any order, or an array for models of tensors.
            transport: ``rest`` or ``grpc``; empty for what the deployment was made for.

        Returns:
            A DataFrame of n_rows with the same index.  For a protected deployment its values do not show in the notebook; ``.reveal()`` gives them.

        Raises:
            SNB-320 … SNB-327: the data or the answer.  SNB-302 … SNB-316, SNB-328, SNB-329: the endpoint.  SNB-401, SNB-306: the caller.
        """
        return self._workspace.predict(self.target, data, transport=transport)

    def widget(self) -> TestView:
        """The test view, where the notebook is open in JupyterLab; elsewhere a picture of what the model takes.

        Shows at once and asks nothing of the deployment.  It holds names only: what is typed or answered there is never saved in the notebook.
        """
        from seldon_nb.widgets.test import TestView

        known = self._known()
        predictors = known.document["spec"]["predictors"] if known is not None else ()  # type: ignore[index]
        return TestView(self.target, known, predictor=str(predictors[0]["name"]) if predictors else "default")

    def _known(self) -> values.Revision | None:
        """The revision that serves, as far as this machine knows it without asking anybody."""
        if self._applied is not None and self._applied.status is not None:
            return self._applied.status.revision
        if self.target.place != "here":
            return None
        try:
            return self._workspace.ports.serving.live(self.target)
        except SeldonNbError:
            return None

    def token(self, minutes: int = 10) -> SecretToken:
        """A token for this endpoint only, 1 to 60 minutes; it prints nothing until ``.reveal()``."""
        return self._workspace.token(self.target, minutes=minutes)

    @property
    def drift(self) -> Drift:
        """What lives against what the revision that serves says: the same, or what somebody changed by hand."""
        return self._workspace.drift(self.target)

    def history(self) -> tuple[AuditRecord, ...]:
        """Everything that was done to it."""
        return self._workspace.history(str(self.target))

    def delete(self) -> None:
        """Stop and forget it; its revisions and records stay."""
        self._workspace.delete(str(self.target))
