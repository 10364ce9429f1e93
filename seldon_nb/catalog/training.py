"""Runs of training, by MLflow's own recording of whatever is fitted: implements ``ports.Trainings``.

While it watches, MLflow records parameters, metrics and plots of each fit; never rows, examples or the model itself, which ``log`` packs so that a
server can load it.  What the user had chosen of MLflow's recording, experiment and address is put back afterwards.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seldon_nb.catalog import tags as tag
from seldon_nb.catalog.connection import Connection, out_of_room, quiet
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.training import TrainingRun

if TYPE_CHECKING:
    from mlflow import MlflowClient

CELL = tag.PREFIX + "cell"
FINGERPRINT = tag.PREFIX + "fingerprint"
_PARENT = "mlflow.parentRunId"
_CONTEXT = "MLFLOW_RUN_CONTEXT"  # MLflow puts these tags on every run that begins
_VARIABLES = (_CONTEXT, "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT")
#: Recorders of conversations: they keep what was said.
_TALKERS = ("openai", "anthropic", "gemini", "langchain", "llama_index", "litellm", "dspy", "bedrock", "mistral", "groq")
_FITS = {"fit", "fit_transform", "fit_predict"}
_NOT_THE_USERS: tuple[tuple[str, type[Warning], str], ...] = (
    (r"`y_pred` was renamed to `y_proba`", FutureWarning, r"sklearn\.metrics\._classification"),
)
_NEVER = {"log_input_examples": False, "log_model_signatures": False, "log_models": False, "log_traces": False}

Seen = Callable[[Any, Any, Any], None]


class MlflowTrainings:
    """Fits in this process.

    Args:
        tracking_uri: where runs are kept, unless the user gave MLflow another address in this process.
        artifacts: where a SQLite catalogue keeps a new experiment's files.
    """

    def __init__(self, tracking_uri: str, artifacts: Path | None = None) -> None:
        self._uri = tracking_uri
        self._artifacts = artifacts
        self._connection: Connection | None = None
        self._before: dict[str, Any] | None = None
        self._experiment = ""

    def watch(self, *, experiment: str, otherwise: str, protected: bool, seen: Seen) -> None:
        """See ``ports.Trainings``."""
        self.unwatch()
        with quiet():
            mlflow, fluent, recording = _parts()
            connection = self._connection = Connection(mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else self._uri)
            with connection.speaking() as client:
                chosen = _chosen_experiment(client) if not experiment else ""
                self._experiment = chosen or self._experiment_of(client, connection, experiment or otherwise)
            self._before = {
                "variables": {name: os.environ.get(name) for name in _VARIABLES},
                "experiment": getattr(fluent, "_active_experiment_id", None),
                "recording": {name: dict(config) for name, config in recording.AUTOLOGGING_INTEGRATIONS.items()},
                "listener": recording.AutologgingEventLogger._event_logger,
            }
            os.environ |= {"MLFLOW_TRACKING_URI": connection.uri, "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
            mlflow.set_experiment(experiment_id=self._experiment)
            recording.AutologgingEventLogger.set_logger(_listener(seen))
            for config in recording.AUTOLOGGING_INTEGRATIONS.values():
                config.clear()  # what the user chose for one library would stand against what we choose for all
            mlflow.autolog(log_datasets=not protected, exclude_flavors=[*_TALKERS], silent=True, **_NEVER)
        self._hush()

    def _hush(self) -> None:
        """MLflow's own calls make scikit-learn warn in the user's cell."""
        assert self._before is not None
        known = list(warnings.filters)
        for message, category, module in _NOT_THE_USERS:
            warnings.filterwarnings("ignore", message=message, category=category, module=module)
        self._before["filters"] = [item for item in warnings.filters if item not in known]

    def mark(self, cell: str) -> None:
        """See ``ports.Trainings``."""
        if self._before is not None:
            with contextlib.suppress(ValueError):
                given = json.loads(self._before["variables"].get(_CONTEXT) or "{}")
                os.environ[_CONTEXT] = json.dumps({**given, CELL: cell})

    def unwatch(self) -> None:
        """See ``ports.Trainings``."""
        before, self._before = self._before, None
        if before is None:
            return
        with quiet():
            mlflow, fluent, recording = _parts()
            recording.AutologgingEventLogger.set_logger(before["listener"])
            mlflow.autolog(disable=True, silent=True)
            for name, config in before["recording"].items():
                if config and not config.get("disable", False):
                    options = {key: value for key, value in config.items() if key != "globally_configured"}
                    module = importlib.import_module("mlflow" if name == "mlflow" else f"mlflow.{name}")
                    module.autolog(**options)
            fluent._active_experiment_id = before["experiment"]
        for item in before.get("filters", ()):
            with contextlib.suppress(ValueError):
                warnings.filters.remove(item)  # type: ignore[attr-defined]
        for name, value in before["variables"].items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def runs(self, cell: str) -> tuple[TrainingRun, ...]:
        """See ``ports.Trainings``."""
        with self._speaking() as client:
            found = client.search_runs(
                [self._experiment], f"tags.`{CELL}` = '{cell}'", order_by=["attributes.start_time ASC"], max_results=200
            )
            return tuple(run_of(client, record) for record in found if _PARENT not in record.data.tags)

    def former(self, run: TrainingRun, *, most: int = 5) -> tuple[TrainingRun, ...]:
        """See ``ports.Trainings``."""
        with self._speaking() as client:
            began = client.get_run(run.id).info.start_time
            found = client.search_runs(
                [self._experiment],
                f"attributes.status = 'FINISHED' AND attributes.start_time < {began}",
                order_by=["attributes.start_time DESC"],
                max_results=most * 20,  # a search over parameters leaves many runs below one
            )
            top = [record for record in found if _PARENT not in record.data.tags and record.data.metrics]
            return tuple(run_of(client, record) for record in reversed(top[:most]))

    def note(self, run: TrainingRun, *, fingerprint: str = "", classification: str = "") -> None:
        """See ``ports.Trainings``."""
        with self._speaking() as client:
            for key, value in ((FINGERPRINT, fingerprint), (tag.CLASSIFICATION, classification)):
                if value:
                    client.set_tag(run.id, key, value)

    def _experiment_of(self, client: MlflowClient, connection: Connection, name: str) -> str:
        known = client.get_experiment_by_name(name)
        if known is not None:
            return str(known.experiment_id)
        if self._artifacts is None or connection.database is None:
            return str(client.create_experiment(name))
        with out_of_room(
            self._artifacts.parent, name=name
        ):  # MLflow's own choice, the working directory, moves with the notebook
            self._artifacts.mkdir(parents=True, exist_ok=True, mode=0o700)
        return str(client.create_experiment(name, artifact_location=self._artifacts.resolve().as_uri()))

    @contextlib.contextmanager
    def _speaking(self) -> Iterator[MlflowClient]:
        assert self._connection is not None
        with self._connection.speaking() as client:
            yield client


def _parts() -> tuple[Any, Any, Any]:
    """MLflow, its memory of what is active, and its recorders; they have no types."""
    modules = ("mlflow", "mlflow.tracking.fluent", "mlflow.utils.autologging_utils")
    mlflow, fluent, recording = (importlib.import_module(name) for name in modules)
    return mlflow, fluent, recording


def _chosen_experiment(client: MlflowClient) -> str:
    """The number of the experiment that the user chose in this process; empty if none was, or if it is not there."""
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import fluent

    with contextlib.suppress(MlflowException):
        if chosen := getattr(fluent, "_active_experiment_id", None) or os.environ.get("MLFLOW_EXPERIMENT_ID"):
            return str(client.get_experiment(chosen).experiment_id)
        if name := os.environ.get("MLFLOW_EXPERIMENT_NAME"):
            known = client.get_experiment_by_name(name)
            return str(known.experiment_id) if known is not None else ""
    return ""


def _listener(seen: Seen) -> Any:
    """MLflow tells its listener of every function that it records, with what it was called with."""
    from mlflow.utils.autologging_utils.events import AutologgingEventLogger

    class Listener(AutologgingEventLogger):
        def log_patch_function_success(
            self, session: Any, patch_obj: Any, function_name: str, call_args: tuple[Any, ...], call_kwargs: Mapping[str, Any]
        ) -> None:
            if function_name in _FITS and call_args and hasattr(type(call_args[0]), "predict"):
                model, *rest = call_args
                data = rest[0] if rest else call_kwargs.get("X")
                seen(model, data, rest[1] if len(rest) > 1 else call_kwargs.get("y"))

    return Listener()


def run_of(client: MlflowClient, record: Any) -> TrainingRun:
    """MLflow's record of a run as a value; whether it has a page is not known here."""
    tags = record.data.tags
    return TrainingRun(
        id=record.info.run_id,
        name=record.info.run_name or record.info.run_id[:8],
        experiment=_name_of(client, record.info.experiment_id),
        finished=record.info.status == "FINISHED",
        metrics={name: float(value) for name, value in record.data.metrics.items() if math.isfinite(value)},
        estimator=tags.get("estimator_name", "") or tags.get("mlflow.autologging", ""),
        at=timestamp(record.info.start_time / 1000),
        fingerprint=tags.get(FINGERPRINT, ""),
        parameters={name: str(value) for name, value in record.data.params.items()},
    )


def _name_of(client: MlflowClient, experiment: str) -> str:
    return str(client.get_experiment(experiment).name)
