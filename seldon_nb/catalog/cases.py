"""Cases in MLflow: a run per set, in an experiment of its own, with the rows as one artifact; a workflow reads them by the same tracking URI."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seldon_nb.catalog import tags as tag
from seldon_nb.domain.cases import CaseRows, CaseSet
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.errors import fail
from seldon_nb.wire import dump, load

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "seldon_nb cases"
FILE = "cases.json"
#: Of the file; a reader of another one refuses it.
FORMAT = 1
NAME = tag.PREFIX + "cases"
MODEL = tag.PREFIX + "model"
VERSION = tag.PREFIX + "version"
ROWS = tag.PREFIX + "rows"
_PAGE = 1000


class CaseShelf:
    """All sets of one MLflow.

    Args:
        client: an open one, whose failures are translated by the caller; uri: its address.
        new_experiment: makes an experiment where this catalogue keeps its files; gives its id.
    """

    def __init__(self, client: MlflowClient, uri: str, new_experiment: Callable[[str], str]) -> None:
        self._client = client
        self._uri = uri
        self._new_experiment = new_experiment

    def all(self, model: str = "") -> tuple[CaseSet, ...]:
        """By model and name; of twins, which a broken replacement may leave, the newest."""
        found: dict[tuple[str, str], CaseSet] = {}
        for run in self._runs(model):
            about = _read(run)
            if about is not None:
                found.setdefault((about.model, about.name), about)
        return tuple(found[key] for key in sorted(found))

    def save(self, about: CaseSet, rows: CaseRows) -> CaseSet:
        """Keep a set; what it replaces is forgotten only once the new one is whole."""
        marks = {
            NAME: about.name,
            MODEL: about.model,
            VERSION: about.version,
            ROWS: str(rows.rows),
            tag.AUTHOR: about.author,
            "mlflow.user": about.author,
        }
        former = [run for run in self._runs(about.model) if run.data.tags.get(NAME) == about.name]
        run = self._client.create_run(self._experiment(make=True), tags=marks, run_name=f"{about.model}: {about.name}")
        try:
            with tempfile.TemporaryDirectory(prefix="seldon-nb-cases-") as folder:
                file = Path(folder) / FILE
                file.write_text(json.dumps({"format": FORMAT} | dump(rows), ensure_ascii=False), encoding="utf-8")
                self._client.log_artifact(run.info.run_id, str(file))
            self._client.set_terminated(run.info.run_id)
        except BaseException:
            with contextlib.suppress(Exception):  # the first failure is the one to tell
                self._client.delete_run(run.info.run_id)
            raise
        for other in former:
            self._forget(other)
        kept = _read(self._client.get_run(run.info.run_id))
        assert kept is not None
        return kept

    def rows(self, about: CaseSet) -> CaseRows:
        """The cases of a set. Raises: SNB-365."""
        with tempfile.TemporaryDirectory(prefix="seldon-nb-cases-") as folder:
            try:
                written = json.loads(Path(self._client.download_artifacts(about.id, FILE, folder)).read_bytes())
                if not isinstance(written, dict) or written.pop("format", None) != FORMAT:
                    raise ValueError("another format")  # noqa: TRY301 - one refusal for all that cannot be read
                return load(CaseRows, written)
            except (ValueError, FileNotFoundError) as error:
                raise fail("SNB-365", cases=about.name, model=about.model, reason=type(error).__name__) from None

    def delete(self, about: CaseSet) -> None:
        """Forget a set, and twins of it."""
        for run in self._runs(about.model):
            if run.data.tags.get(NAME) == about.name:
                self._forget(run)

    def _forget(self, run: Any) -> None:
        """MLflow keeps the files of a deleted run for a while; these hold values, so they go at once."""
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        with contextlib.suppress(Exception):  # not every store can; the run is gone for everybody all the same
            stored: Any = get_artifact_repository(run.info.artifact_uri, tracking_uri=self._uri)
            stored.delete_artifacts()
        self._client.delete_run(run.info.run_id)

    def _experiment(self, *, make: bool) -> str:
        known = self._client.get_experiment_by_name(EXPERIMENT)
        if known is not None:
            return str(known.experiment_id)
        return self._new_experiment(EXPERIMENT) if make else ""

    def _runs(self, model: str) -> list[Any]:
        """Finished runs, newest first."""
        experiment = self._experiment(make=False)
        if not experiment:
            return []
        quote = '"' if "'" in model else "'"
        wanted = "attributes.status = 'FINISHED'" + (f" and tags.`{MODEL}` = {quote}{model}{quote}" if model else "")
        found: list[Any] = []
        token: str | None = None
        while True:
            page = self._client.search_runs(
                [experiment], wanted, max_results=_PAGE, order_by=["attributes.start_time DESC"], page_token=token
            )
            found += page
            token = page.token
            if not token:
                return found


def _read(run: Any) -> CaseSet | None:
    """A set by its run's tags; None if somebody has made it of something else."""
    marks = run.data.tags
    try:
        return CaseSet(
            name=marks[NAME],
            model=marks[MODEL],
            version=marks.get(VERSION, ""),
            rows=int(marks[ROWS]),
            author=marks.get(tag.AUTHOR, ""),
            created_at=timestamp(run.info.start_time / 1000),
            id=run.info.run_id,
        )
    except (KeyError, ValueError):
        return None
