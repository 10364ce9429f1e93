"""Several things at once, as a notebook holds them: lists and tuples that show themselves as one card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from seldon_nb.cards.card import Card
from seldon_nb.cards.skin import Skin
from seldon_nb.domain.audit import AuditRecord
from seldon_nb.domain.deployment import DeploymentStatus
from seldon_nb.handles import Deployment, ModelVersion, Shown
from seldon_nb.ports import Inspection, Page

if TYPE_CHECKING:
    from seldon_nb.domain.model import ModelVersion as Version
    from seldon_nb.workspace import Workspace

__all__ = ["Deployments", "History", "Inspections", "Models"]


class Models(Shown):
    """A page of model versions, newest first: ``items`` are values, what it yields are handles that can be planned; ``next`` names the next page."""

    def __init__(self, workspace: Workspace, page: Page) -> None:
        self._workspace, self._page = workspace, page

    @property
    def items(self) -> tuple[Version, ...]:
        """The versions as plain values."""
        return self._page.items

    @property
    def next(self) -> str:
        """The token of the next page; empty if this is the last."""
        return self._page.next

    def __len__(self) -> int:
        return len(self._page.items)

    def __iter__(self) -> Iterator[ModelVersion]:
        return (ModelVersion(self._workspace, value) for value in self._page.items)

    def __getitem__(self, index: int) -> ModelVersion:
        return ModelVersion(self._workspace, self._page.items[index])

    def card(self, skin: Skin = Skin.PYTHON) -> Card:
        """All of them, one row each."""
        from seldon_nb.cards.model import versions_card

        return versions_card(self, skin=skin)


class Deployments(list[Deployment], Shown):
    """The deployments that somebody may see; its card shows them as they were when it was asked for."""

    def __init__(self, deployments: Iterable[Deployment] = (), seen: tuple[DeploymentStatus, ...] = ()) -> None:
        super().__init__(deployments)
        self._seen = seen

    __repr__ = Shown.__repr__

    def card(self, skin: Skin = Skin.PYTHON) -> Card:
        """All of them, one row each."""
        from seldon_nb.cards.deployment import deployments_card

        return deployments_card(self._seen, skin=skin)


class History(tuple[AuditRecord, ...], Shown):
    """What was done, oldest first, and when; ``about`` is the deployment or model, or empty."""

    about: str = ""

    @classmethod
    def of(cls, records: Iterable[AuditRecord], about: str = "") -> History:
        """The records of one deployment or model, or of all."""
        made = cls(records)
        made.about = about
        return made

    __repr__ = Shown.__repr__

    def card(self, skin: Skin = Skin.PYTHON) -> Card:
        """One sentence each."""
        from seldon_nb.cards.history import history_card

        return history_card(self, subject=self.about, skin=skin)


class Inspections(tuple[Inspection, ...], Shown):
    """What works here and what does not."""

    __repr__ = Shown.__repr__

    def card(self, skin: Skin = Skin.PYTHON) -> Card:
        """One line each."""
        from seldon_nb.cards.doctor import doctor_card

        return doctor_card(self, skin=skin)
