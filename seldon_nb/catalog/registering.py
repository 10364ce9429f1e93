"""Register: a packed model becomes a version, completely or not at all.

The model is serialised once, while packing; here its files are only given their place.  Every step that makes something leaves behind how to
take it back, and whatever fails, an interrupt included, takes all of it back in reverse.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from seldon_nb.catalog import tags as tag
from seldon_nb.catalog.connection import Connection, out_of_room
from seldon_nb.catalog.reading import read_mlmodel
from seldon_nb.digests import tree_digest
from seldon_nb.domain.model import Lineage
from seldon_nb.ports import Candidate

if TYPE_CHECKING:
    from mlflow import MlflowClient

Undo = Callable[[], object]


def register(
    client: MlflowClient,
    connection: Connection,
    candidate: Candidate,
    name: str,
    *,
    experiment: str,
    tags: Mapping[str, str],
    lineage: Lineage,
) -> tuple[Any, str, Lineage]:
    """Run, logged model, files, version.

    Args:
        experiment: where a new run is made if none is active.

    Returns:
        MLflow's model version, the digest of its files, and the lineage with its run and model.

    Raises:
        SNB-140, SNB-141, SNB-142; nothing of it exists then.
    """
    undo: list[Undo] = []
    try:
        return _register(client, connection, candidate, name, experiment=experiment, tags=tags, lineage=lineage, undo=undo)
    except BaseException:
        for step in reversed(undo):
            with contextlib.suppress(Exception):  # the first failure is the one to tell
                step()
        raise


def _register(
    client: MlflowClient,
    connection: Connection,
    candidate: Candidate,
    name: str,
    *,
    experiment: str,
    tags: Mapping[str, str],
    lineage: Lineage,
    undo: list[Undo],
) -> tuple[Any, str, Lineage]:
    run_id, experiment, is_ours = _run(client, connection, experiment, name, lineage, undo)
    logged = client.create_logged_model(experiment, name=name, source_run_id=run_id, tags=tag.of_lineage(lineage))
    undo.append(lambda: client.delete_logged_model(logged.model_id))
    _write_ids(candidate.path, model_id=logged.model_id, run_id=run_id, location=logged.artifact_location)
    digest = tree_digest(candidate.path)
    undo.append(lambda: _remove_files(logged.artifact_location, connection.uri))
    with out_of_room(local_path(logged.artifact_location) or candidate.path, name=name, needed=candidate.size):
        client.log_model_artifacts(logged.model_id, str(candidate.path))
    _tie(client, run_id, logged.model_id)
    client.finalize_logged_model(logged.model_id, "READY")
    written = {
        tag.CLASSIFICATION: "unknown",
        **tags,
        **tag.of_lineage(lineage),
        tag.DIGEST: digest,
        tag.SERIALIZATION: candidate.serialization,
        tag.FLAVOR: candidate.flavor.value,
        tag.SIZE: str(candidate.size),
        tag.MODEL_ID: logged.model_id,
    }
    if tag.CONTRACT in written:
        written[tag.CONTRACT] = tag.shortened(written[tag.CONTRACT], candidate.environment)
    version = _version(client, connection, name, logged, run_id, written, undo)
    if is_ours:
        client.set_terminated(run_id)
    return version, digest, tag.lineage_of(written, run_id=run_id, model_id=logged.model_id)


def _run(
    client: MlflowClient, connection: Connection, experiment: str, name: str, lineage: Lineage, undo: list[Undo]
) -> tuple[str, str, bool]:
    """(run, its experiment, whether we made it): the notebook's active run if it is in this MLflow, else a new one."""
    import mlflow

    active = mlflow.active_run()
    if active is not None and mlflow.get_tracking_uri() == connection.uri:
        return active.info.run_id, active.info.experiment_id, False
    marks = {"mlflow.source.name": lineage.notebook, "mlflow.user": lineage.author}
    run = client.create_run(experiment, tags={key: value for key, value in marks.items() if value}, run_name=f"log {name}")
    undo.append(lambda: client.delete_run(run.info.run_id))
    return run.info.run_id, experiment, True


def _tie(client: MlflowClient, run_id: str, model_id: str) -> None:
    """The model as an output of the run, so that MLflow shows it there and ``runs:/`` finds it."""
    from mlflow.entities import LoggedModelOutput

    client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])


def _version(
    client: MlflowClient, connection: Connection, name: str, logged: Any, run_id: str, written: dict[str, str], undo: list[Undo]
) -> Any:
    from mlflow.exceptions import MlflowException

    # a server takes a place of its own only by the model's name; a database of ours takes the place itself, which saves a look-up
    source = f"models:/{logged.model_id}" if connection.is_server else logged.artifact_location

    def create() -> Any:
        return client.create_model_version(name, source, run_id, tags=written, model_id=logged.model_id, await_creation_for=0)

    try:
        version = create()
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        client.create_registered_model(name)  # the first version of this name
        undo.append(lambda: client.delete_registered_model(name))
        version = create()
    undo.append(lambda: client.delete_model_version(name, str(version.version)))
    return version


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

    get_artifact_repository(location, tracking_uri=tracking_uri).delete_artifacts()


def local_path(uri: str) -> Path | None:
    """The directory behind a ``file:`` URI or a plain path; None for anything elsewhere."""
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return Path(uri) if not parts.scheme else None
