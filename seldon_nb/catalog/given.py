"""A catalogue of one version that somebody vouches for: where a step has no way to MLflow, the plan's own word is all there is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from seldon_nb.domain.cases import CaseRows, CaseSet
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.model import Lineage, ModelRef, ModelVersion
from seldon_nb.domain.profile import Profile
from seldon_nb.domain.training import TrainingRun
from seldon_nb.ports import Candidate, PackRequest, Page, SampleRows


class GivenCatalog:
    """Implements ``ports.Catalog`` for one version, as far as a step needs it; its bytes are compared wherever they are brought."""

    def __init__(self, version: ModelVersion) -> None:
        self._version = version

    def open_ahead(self) -> None:
        """Nothing is to be opened."""

    def find(self, ref: ModelRef) -> ModelVersion:
        """The version, if it is the one that is asked for. Raises: SNB-140."""
        if ref.name != self._version.name or ref.version not in (0, None, self._version.version):
            raise self._none()
        return self._version

    def versions(self, name: str = "", *, page: str = "", limit: int = 50, holding: tuple[str, ...] = ()) -> Page:
        """The version alone."""
        return Page((self._version,) if name in ("", self._version.name) and not page and limit else ())

    def files(self, version: ModelVersion) -> Path:
        """Nobody here knows where they are. Raises: SNB-140."""
        raise self._none()

    def pack(self, request: PackRequest, into: Path) -> Candidate:
        """Raises: SNB-140."""
        raise self._none()

    def register(self, candidate: Candidate, name: str, *, tags: Mapping[str, str], lineage: Lineage) -> ModelVersion:
        """Raises: SNB-140."""
        raise self._none()

    def annotate(self, version: ModelVersion, *, tags: Mapping[str, str] | None = None, alias: str = "") -> ModelVersion:
        """Raises: SNB-140."""
        raise self._none()

    def profile(self, version: ModelVersion) -> Profile | None:
        """Nobody here knows."""
        return None

    def run(self, version: ModelVersion) -> TrainingRun | None:
        """Nobody here knows."""
        return None

    def sample(self, version: ModelVersion) -> SampleRows | None:
        """Nobody here knows."""
        return None

    def cases(self, model: str = "") -> tuple[CaseSet, ...]:
        """Raises: SNB-140."""
        raise self._none()

    def save_cases(self, about: CaseSet, rows: CaseRows) -> CaseSet:
        """Raises: SNB-140."""
        raise self._none()

    def case_rows(self, about: CaseSet) -> CaseRows:
        """Raises: SNB-140."""
        raise self._none()

    def delete_cases(self, about: CaseSet) -> None:
        """Raises: SNB-140."""
        raise self._none()

    def _none(self) -> SeldonNbError:
        return fail("SNB-140", uri=self._version.uri, reason="MLFLOW_TRACKING_URI")
