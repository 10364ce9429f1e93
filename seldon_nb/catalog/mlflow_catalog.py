"""The catalogue over MLflow 3: implements ``ports.Catalog``."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seldon_nb.catalog import profiles
from seldon_nb.catalog import tags as tag
from seldon_nb.catalog.connection import Connection, out_of_room
from seldon_nb.catalog.reading import version_of
from seldon_nb.catalog.registering import Registration, local_path
from seldon_nb.domain.cases import CaseRows, CaseSet
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.errors import fail
from seldon_nb.domain.model import Lineage, ModelRef, ModelVersion
from seldon_nb.domain.names import is_model_name, nearest
from seldon_nb.domain.profile import Profile
from seldon_nb.domain.training import TrainingRun
from seldon_nb.ports import Candidate, PackRequest, Page, SampleRows

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from seldon_nb.catalog.cases import CaseShelf

#: The experiment of runs that we make.
EXPERIMENT = "seldon_nb"
NONE = "—"
_MANY = 1000
_REMEMBERED = 8


class MlflowCatalog:
    """Models in MLflow.

    Args:
        tracking_uri: ``sqlite:///…``, ``http(s)://…``, or whatever MLflow takes.
        artifacts: where a SQLite catalogue keeps its files; MLflow's own choice, the working directory, moves with the notebook.
        described: whether what only a version's files say is read too (signature, packages); a step that has a plan knows it, and may have no way
            to the store that MLflow would take.
    """

    def __init__(self, tracking_uri: str, artifacts: Path | None = None, *, described: bool = True) -> None:
        self._connection = Connection(tracking_uri)
        self._artifacts = artifacts
        self._describes = described
        self._experiment = ""
        self._downloads: Path | None = None
        self._fetched: dict[str, Path] = {}
        self._cases: dict[str, CaseRows] = {}

    def open_ahead(self) -> None:
        """Import and open MLflow in the background, so that the first use need not wait."""
        self._connection.open_ahead()

    # --- logging ---------------------------------------------------------------------------------------------------------------

    def pack(self, request: PackRequest, into: Path) -> Candidate:
        """See ``ports.Catalog``."""
        from seldon_nb.catalog.packing import pack

        return pack(request, into)

    def register(self, candidate: Candidate, name: str, *, tags: Mapping[str, str], lineage: Lineage) -> ModelVersion:
        """See ``ports.Catalog``."""
        with self._connection.speaking(name=name, needed=candidate.size) as client:
            record = Registration(
                client=client,
                connection=self._connection,
                candidate=candidate,
                name=name,
                experiment=self._experiment_id(client),
                tags=tags,
                lineage=lineage,
            ).run()
            uri = (
                client.get_model_version_download_uri(name, str(record.version)) if self._connection.is_server else record.source
            )
        return version_of(record, uri, candidate.path)

    def _experiment_id(self, client: MlflowClient) -> str:
        import mlflow

        # set_experiment leaves its number in this variable, and a number means nothing in another MLflow
        if (chosen := os.environ.get("MLFLOW_EXPERIMENT_ID")) and mlflow.get_tracking_uri() == self._connection.uri:
            return chosen
        if not self._experiment:
            name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
            known = client.get_experiment_by_name(name)
            self._experiment = known.experiment_id if known is not None else self._new_experiment(client, name)
        return self._experiment

    def _new_experiment(self, client: MlflowClient, name: str) -> str:
        if self._artifacts is None or self._connection.database is None:
            return str(client.create_experiment(name))
        with out_of_room(self._artifacts.parent, name=name):
            self._artifacts.mkdir(parents=True, exist_ok=True, mode=0o700)
        return str(client.create_experiment(name, artifact_location=self._artifacts.resolve().as_uri()))

    # --- finding ---------------------------------------------------------------------------------------------------------------

    def find(self, ref: ModelRef) -> ModelVersion:
        """See ``ports.Catalog``."""
        with self._connection.speaking(name=ref.name) as client:
            record = self._of_run(client, ref) if ref.run_id else self._of_name(client, ref)
            return self._complete(client, record)

    def versions(self, name: str = "", *, page: str = "", limit: int = 50, holding: tuple[str, ...] = ()) -> Page:
        """See ``ports.Catalog``."""
        with self._connection.speaking(name=name) as client:
            order = ["version_number DESC"] if name else ["creation_timestamp DESC", "name ASC", "version_number DESC"]
            wanted = _named(name) or _holding(holding)
            found = client.search_model_versions(wanted, max_results=limit, order_by=order, page_token=page or None)
            if name and not found and not page:
                self._known(client, name)
            items = tuple(self._complete(client, record) for record in found if is_model_name(record.name))
            token = found.token or ""  # which MLflow's own databases give as bytes
            return Page(items, token.decode() if isinstance(token, bytes) else token)

    def files(self, version: ModelVersion) -> Path:
        """See ``ports.Catalog``; what is not on this machine is downloaded once per process."""
        if (path := local_path(version.uri)) is not None:
            if not (path / "MLmodel").exists():
                raise fail("SNB-140", uri=version.uri, reason="No such file or directory")
            return path
        if version.ref not in self._fetched:
            into = self._room() / f"{version.name}-{version.version}"
            with self._connection.speaking(name=version.name), out_of_room(into.parent, name=version.name, needed=version.size):
                self._fetched[version.ref] = self._download(version.uri, into)
        return self._fetched[version.ref]

    def annotate(self, version: ModelVersion, *, tags: Mapping[str, str] | None = None, alias: str = "") -> ModelVersion:
        """See ``ports.Catalog``."""
        wanted = dict(tags or {})
        if tag.CLASSIFICATION in wanted:
            level = Classification.parse(wanted[tag.CLASSIFICATION])
            held = self.find(ModelRef(name=version.name, version=version.version)).classification
            if level < held or (level is Classification.UNKNOWN and held is not Classification.UNKNOWN):
                raise fail("SNB-404", subject=version.ref, wanted=level.value, held=held.value)
        with self._connection.speaking(name=version.name) as client:
            for key, value in wanted.items():
                client.set_model_version_tag(version.name, str(version.version), key, value)
            if alias:
                client.set_registered_model_alias(version.name, alias, str(version.version))
            if not wanted:
                return replace(version, aliases=tuple(sorted({*version.aliases, alias})))
            return self._complete(client, client.get_model_version(version.name, str(version.version)))

    def profile(self, version: ModelVersion) -> Profile | None:
        """See ``ports.Catalog``."""
        path = self._beside(version, profiles.FILE)
        return profiles.read(path) if path is not None else None

    def run(self, version: ModelVersion) -> TrainingRun | None:
        """See ``ports.Catalog``."""
        from mlflow.exceptions import MlflowException

        from seldon_nb.catalog.training import run_of

        run_id = version.lineage.run_id
        if not run_id:
            return None
        with self._connection.speaking(name=version.name) as client:
            try:
                record = client.get_run(run_id)
            except MlflowException as error:
                if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                    raise
                return None  # somebody deleted it for good
            return replace(run_of(client, record), address=self._connection.page(record.info.experiment_id, run_id))

    def sample(self, version: ModelVersion) -> SampleRows | None:
        """See ``ports.Catalog``."""
        path = self._beside(version, profiles.SAMPLE) if version.has_sample else None
        return profiles.sample(path) if path is not None else None

    def _beside(self, version: ModelVersion, name: str) -> Path | None:
        """The directory that holds one small file of a model: the model's own, or a copy of this file alone; None if there is none."""
        if (path := local_path(version.uri)) is not None:
            return path if (path / name).is_file() else None
        into = self._room() / f"about-{version.name}-{version.version}"
        if not (into / name).is_file():
            with self._connection.speaking(name=version.name) as client:
                tags = client.get_model_version(version.name, str(version.version)).tags or {}
                if name == profiles.FILE and not tags.get(tag.PROFILE):
                    return None
                self._download(f"{version.uri}/{name}", into)
        return into

    # --- cases -------------------------------------------------------------------------------------------------------------------

    def cases(self, model: str = "") -> tuple[CaseSet, ...]:
        """See ``ports.Catalog``."""
        with self._connection.speaking(name=model) as client:
            return self._shelf(client).all(model)

    def save_cases(self, about: CaseSet, rows: CaseRows) -> CaseSet:
        """See ``ports.Catalog``."""
        with self._connection.speaking(name=about.model) as client:
            return self._shelf(client).save(about, rows)

    def case_rows(self, about: CaseSet) -> CaseRows:
        """See ``ports.Catalog``; rows that were read are remembered, because a set is never changed."""
        if about.id not in self._cases:
            with self._connection.speaking(name=about.model) as client:
                while len(self._cases) >= _REMEMBERED:
                    self._cases.pop(next(iter(self._cases)))
                self._cases[about.id] = self._shelf(client).rows(about)
        return self._cases[about.id]

    def delete_cases(self, about: CaseSet) -> None:
        """See ``ports.Catalog``."""
        with self._connection.speaking(name=about.model) as client:
            self._shelf(client).delete(about)

    def _shelf(self, client: MlflowClient) -> CaseShelf:
        from seldon_nb.catalog.cases import CaseShelf

        return CaseShelf(client, self._connection.uri, lambda name: self._new_experiment(client, name))

    # --- one record -------------------------------------------------------------------------------------------------------------

    def _of_name(self, client: MlflowClient, ref: ModelRef) -> Any:
        if ref.alias:
            model = self._known(client, ref.name)
            if ref.alias not in model.aliases:
                aliases = ", ".join(f"{alias} ({number})" for alias, number in sorted(model.aliases.items()))
                raise fail(
                    "SNB-132",
                    name=ref.name,
                    alias=ref.alias,
                    aliases=aliases or NONE,
                    latest=self._latest(client, ref.name) or NONE,
                )
            return client.get_model_version(ref.name, str(model.aliases[ref.alias]))
        wanted = _named(ref.name) + (f" AND version_number={ref.version}" if ref.version else "")
        found = client.search_model_versions(wanted, max_results=1, order_by=["version_number DESC"])
        if found:
            return found[0]
        self._known(client, ref.name)
        others = client.search_model_versions(_named(ref.name), max_results=20, order_by=["version_number DESC"])
        versions = [int(record.version) for record in others]
        raise fail(
            "SNB-131",
            name=ref.name,
            version=ref.version or 1,
            versions=_listed(versions),
            latest=versions[0] if versions else NONE,
        )

    def _of_run(self, client: MlflowClient, ref: ModelRef) -> Any:
        """The newest registered version of the models of a run that are called so."""
        from mlflow.exceptions import MlflowException

        try:
            run = client.get_run(ref.run_id)
        except MlflowException as error:
            if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                raise
            raise fail("SNB-134", ref=str(ref), run=ref.run_id, models=0, path=ref.path, versions=0) from error
        outputs = run.outputs.model_outputs if run.outputs is not None else []
        models = [client.get_logged_model(output.model_id) for output in outputs]
        called = [model for model in models if ref.path in (model.name, "model")]
        places = {place for model in called for place in (model.artifact_location, f"models:/{model.model_id}")}
        places.add(f"{run.info.artifact_uri}/{ref.path}")  # where MLflow 2 put it
        found = client.search_model_versions(f"run_id='{ref.run_id}'", max_results=_MANY, order_by=["creation_timestamp DESC"])
        for record in found:
            if record.source in places:
                return record
        raise fail("SNB-134", ref=str(ref), run=ref.run_id, models=len(called), path=ref.path, versions=0)

    def _known(self, client: MlflowClient, name: str) -> Any:
        """The registered model, or SNB-130 with the nearest names."""
        from mlflow.exceptions import MlflowException

        try:
            return client.get_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            names = [model.name for model in client.search_registered_models(max_results=_MANY)]
            raise fail("SNB-130", name=name, nearest=", ".join(nearest(name, names)) or NONE) from error

    def _latest(self, client: MlflowClient, name: str) -> int:
        found = client.search_model_versions(_named(name), max_results=1, order_by=["version_number DESC"])
        return int(found[0].version) if found else 0

    def _complete(self, client: MlflowClient, record: Any) -> ModelVersion:
        uri = record.source
        if local_path(uri) is None:
            uri = client.get_model_version_download_uri(record.name, str(record.version))
        return version_of(record, uri, self._described(uri, record))

    def _described(self, uri: str, record: Any) -> Path | None:
        """A directory with MLmodel and requirements.txt: the model's own, or a copy of these two files alone."""
        if (path := local_path(uri)) is not None:
            return path if (path / "MLmodel").exists() else None
        if not self._describes:
            return None
        into = self._room() / f"about-{record.name}-{record.version}"
        if not (into / "MLmodel").exists():
            for name in ("requirements.txt", "MLmodel"):
                self._download(f"{uri}/{name}", into)
        return into

    def _room(self) -> Path:
        """Where downloads lie, for this user only, until this process ends."""
        if self._downloads is None:
            self._downloads = Path(tempfile.mkdtemp(prefix="seldon-nb-models-"))
            atexit.register(
                shutil.rmtree, self._downloads, ignore_errors=True
            )  # somebody may still use them when this object is gone
        return self._downloads

    def _download(self, uri: str, into: Path) -> Path:
        """Fetch a file or directory below ``into``; where it lies now."""
        from mlflow.artifacts import download_artifacts

        into.mkdir(parents=True, exist_ok=True)
        try:
            return Path(download_artifacts(artifact_uri=uri, dst_path=str(into), tracking_uri=self._connection.uri))
        except ModuleNotFoundError as error:  # MLflow leaves the clients of stores to whoever uses one
            raise fail("SNB-140", uri=uri, reason=str(error)) from error


def _named(name: str) -> str:
    """MLflow's filter for a name; empty for all."""
    quote = '"' if "'" in name else "'"
    return f"name={quote}{name}{quote}" if name else ""


def _holding(words: tuple[str, ...]) -> str:
    """MLflow's filter for names that hold all words; what its language could misread matches any character."""
    safe = ("".join(char if char.isalnum() or char in ".- " else "_" for char in word) for word in words)
    return " AND ".join(f"name ILIKE '%{word}%'" for word in safe)


def _listed(versions: list[int]) -> str:
    return ", ".join(map(str, sorted(versions))) or NONE
