"""Register: a packed model becomes a version, completely or not at all.

The model is serialised once, while packing; here its files are only given their place.  Every step that makes something leaves behind how to
take it back, and whatever fails, an interrupt included, takes all of it back in reverse.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from seldon_nb.catalog import profiles
from seldon_nb.catalog import tags as tag
from seldon_nb.catalog.connection import Connection, out_of_room
from seldon_nb.catalog.reading import read_mlmodel
from seldon_nb.digests import tree_digest
from seldon_nb.domain.model import Lineage
from seldon_nb.ports import Candidate

if TYPE_CHECKING:
    from mlflow import MlflowClient


@dataclass(slots=True, kw_only=True)
class Registration:
    """One registration under way.

    Attributes:
        experiment: where a new run is made if none is active.
        undo: how to take back what has been made so far, in the order of making.
    """

    client: MlflowClient
    connection: Connection
    candidate: Candidate
    name: str
    experiment: str
    tags: Mapping[str, str]
    lineage: Lineage
    undo: list[Callable[[], object]] = field(default_factory=list)

    def run(self) -> Any:
        """Run, logged model, files, version; MLflow's record of the version.

        Raises:
            SNB-141: the disk is full; MLflow's own errors otherwise.  Nothing of it exists then.
        """
        try:
            return self._make()
        except BaseException:
            for step in reversed(self.undo):
                with contextlib.suppress(Exception):  # the first failure is the one to tell
                    step()
            raise

    def _make(self) -> Any:
        run_id, experiment, is_ours = self._run()
        called = re.sub(r"[/:.%\"']", "-", self.name)  # a logged model's name may hold less than a registered one's
        logged = self.client.create_logged_model(experiment, name=called, source_run_id=run_id, tags=tag.of_lineage(self.lineage))
        self.undo.append(lambda: self.client.delete_logged_model(logged.model_id))
        path = self.candidate.path
        _write_ids(path, model_id=logged.model_id, run_id=run_id, location=logged.artifact_location)
        digest = tree_digest(path)
        self.undo.append(lambda: _remove_files(logged.artifact_location, self.connection.uri))
        with out_of_room(local_path(logged.artifact_location) or path, name=self.name, needed=self.candidate.size):
            self.client.log_model_artifacts(logged.model_id, str(path))
        self._tie(run_id, logged.model_id)
        self.client.finalize_logged_model(logged.model_id, "READY")
        record = self._version(logged, run_id, self._written(digest, logged.model_id))
        if is_ours:
            self.client.set_terminated(run_id)
        return record

    def _run(self) -> tuple[str, str, bool]:
        """(run, its experiment, whether we made it): the notebook's active run if it is in this MLflow, else a new one."""
        import mlflow

        active = mlflow.active_run()
        if active is not None and mlflow.get_tracking_uri() == self.connection.uri:
            return active.info.run_id, active.info.experiment_id, False
        marks = {"mlflow.source.name": self.lineage.notebook, "mlflow.user": self.lineage.author}
        run = self.client.create_run(
            self.experiment, tags={key: value for key, value in marks.items() if value}, run_name=f"log {self.name}"
        )
        self.undo.append(lambda: self.client.delete_run(run.info.run_id))
        return run.info.run_id, self.experiment, True

    def _tie(self, run_id: str, model_id: str) -> None:
        """The model as an output of the run, so that MLflow shows it there and ``runs:/`` finds it."""
        from mlflow.entities import LoggedModelOutput

        self.client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])

    def _written(self, digest: str, model_id: str) -> dict[str, str]:
        written = {
            tag.CLASSIFICATION: "unknown",
            **self.tags,
            **tag.of_lineage(self.lineage),
            tag.DIGEST: digest,
            tag.SERIALIZATION: self.candidate.serialization,
            tag.FLAVOR: self.candidate.flavor.value,
            tag.SIZE: str(self.candidate.size),
            tag.MODEL_ID: model_id,
        }
        if (self.candidate.path / profiles.FILE).is_file():
            written[tag.PROFILE] = profiles.FILE  # so that nobody need look for a file that is not there
        if tag.CONTRACT in written:
            written[tag.CONTRACT] = tag.shortened(written[tag.CONTRACT], self.candidate.environment)
        return written

    def _version(self, logged: Any, run_id: str, written: dict[str, str]) -> Any:
        from mlflow.exceptions import MlflowException

        # a server takes a place of its own only by the model's name; a database of ours takes the place itself, which saves a look-up
        source = f"models:/{logged.model_id}" if self.connection.is_server else logged.artifact_location

        def create() -> Any:
            return self.client.create_model_version(
                self.name, source, run_id, tags=written, model_id=logged.model_id, await_creation_for=0
            )

        try:
            record = create()
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            self.client.create_registered_model(self.name)  # the first version of this name
            self.undo.append(lambda: self.client.delete_registered_model(self.name))
            record = create()
        self.undo.append(lambda: self.client.delete_model_version(self.name, str(record.version)))
        return record


def _write_ids(path: Path, *, model_id: str, run_id: str, location: str) -> None:
    """Say in MLmodel which logged model and run this is, as MLflow does when it logs."""
    import yaml

    known = read_mlmodel(path) | {"model_id": model_id, "model_uuid": model_id, "run_id": run_id, "artifact_path": location}
    text = yaml.dump(known, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), default_flow_style=False, allow_unicode=True)
    (path / "MLmodel").write_text(text)


def _remove_files(location: str, tracking_uri: str) -> None:
    """Remove what was copied; in a directory also the model's own, so that nothing is left of it."""
    import shutil

    if (path := local_path(location)) is not None:
        shutil.rmtree(path.parent if path.name == "artifacts" else path, ignore_errors=True)
        return
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    stored: Any = get_artifact_repository(location, tracking_uri=tracking_uri)
    stored.delete_artifacts()


def local_path(uri: str) -> Path | None:
    """The directory behind a ``file:`` URI or a plain path; None for anything elsewhere."""
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return Path(uri) if not parts.scheme else None
