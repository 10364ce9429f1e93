"""The workspace: the one place where adapters are wired to flows.

Every skin (notebook, magics, shell) calls these verbs; each is a thin line over a flow.
"""

from __future__ import annotations

import functools
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import seldon_nb.here as _here
from seldon_nb.domain.audit import AuditRecord
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import DeploymentStatus, StageStatus, Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.model import ModelRef
from seldon_nb.domain.plan import Override, Server
from seldon_nb.domain.plan import Plan as PlanValue
from seldon_nb.domain.principal import SecretToken
from seldon_nb.handles import Deployment, ModelVersion, Plan
from seldon_nb.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from seldon_nb.flows.predict import Tokens
    from seldon_nb.here.home import Home
    from seldon_nb.here.place import Place
    from seldon_nb.here.report import PlaceReport
    from seldon_nb.ports import ChainVerdict, Inspection, Page, Ports, Progress

Tell = Callable[[tuple[StageStatus, ...]], None]


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Workspace:
    """One person's view of one place.

    Args:
        settings: where things are; read from the environment if None.
        acting_as: one of the rehearsal's identities: ``you``, ``colleague``, ``auditor``, ``stranger``.
    """

    def __init__(self, settings: Settings | None = None, *, acting_as: str = "you") -> None:
        self.settings = settings or Settings.read()
        self.acting_as = acting_as
        self.tell: Tell = lambda _: None
        self.progress: Callable[[], Progress] | None = None

    # --- wiring ---------------------------------------------------------------------------------------------------------------

    @functools.cached_property
    def home(self) -> Home:
        """The place's directories, made if they are not there."""
        from seldon_nb.here.home import Home

        return (Home(self.settings.home) if self.settings.home else Home.default()).prepare()

    @functools.cached_property
    def place(self) -> Place:
        """The processes of this machine."""
        from seldon_nb.catalog.clean_room import clean_room_argv
        from seldon_nb.here.place import Place

        python = self.settings.server_python
        return Place(
            self.home,
            server_python=python,
            extra_programs={"clean-room": clean_room_argv(python, self.home.run / "clean-room.sock")},
        )

    @functools.cached_property
    def ports(self) -> Ports:
        """All seams of this place."""
        from seldon_nb.catalog.clean_room import LocalCleanRoom
        from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
        from seldon_nb.here.audit import JsonlAudit
        from seldon_nb.here.endpoint import HttpEndpoint
        from seldon_nb.here.identity import LocalAccess, identity
        from seldon_nb.here.serving import LocalServing
        from seldon_nb.ports import Ports

        clock = SystemClock()
        serving = LocalServing(self.place)
        return Ports(
            catalog=MlflowCatalog(self.tracking_uri, self.home.mlflow / "artifacts"),
            clean_room=LocalCleanRoom(
                self.settings.server_python, self.home.run / "clean-room.sock", coming=lambda: self.place.expects("clean-room")
            ),
            serving=serving,
            endpoint=HttpEndpoint(lambda: self.place.file.port),
            access=LocalAccess(self.home, identity(self.acting_as), serving.callers, clock),
            audit=JsonlAudit(self.home.audit, clock),
            clock=clock,
        )

    @functools.cached_property
    def tokens(self) -> Tokens:
        """Tokens for asking, kept until shortly before their end."""
        from seldon_nb.flows.predict import token_keeper

        return token_keeper(self.ports)

    @property
    def tracking_uri(self) -> str:
        """MLflow's address; the place's own SQLite file unless somebody chose another."""
        return self.settings.tracking_uri or f"sqlite:///{self.home.mlflow / 'mlflow.db'}"

    @property
    def classification(self) -> Classification:
        """Of the data that this workspace holds."""
        return self.settings.classification or self.place.classification

    def as_(self, name: str) -> Workspace:
        """The same place seen by another of the rehearsal's identities; SNB-407 if there is none of that name."""
        from dataclasses import replace

        from seldon_nb.here.identity import LocalAccess, identity

        other = Workspace(self.settings, acting_as=identity(name).name)
        other.tell, other.progress = self.tell, self.progress
        other.home, other.place = self.home, self.place
        access = LocalAccess(self.home, identity(name), self.ports.serving.callers, self.ports.clock)
        other.ports = replace(self.ports, access=access)
        return other

    def close(self) -> None:
        """Let go of connections; what runs goes on."""
        if "ports" in vars(self):
            self.ports.endpoint.close()

    # --- the journey -----------------------------------------------------------------------------------------------------------

    def log(
        self,
        model: Any,
        *,
        name: str,
        sample: Any = None,
        include: str | tuple[str, ...] = (),
        integers: str = "keep",
        predict: str = "predict",
        classification: str = "",
        alias: str = "",
        data: str = "",
        override: str | tuple[str, ...] = (),
        because: str = "",
    ) -> ModelVersion:
        """Log a model with a sample and see whether the server can load it; nothing is registered if it cannot.

        Args:
            model: a scikit-learn, XGBoost or LightGBM estimator, or an MLflow PythonModel.
            name: the registered name.
            sample: a few rows like those that callers will send, as a DataFrame (n_rows, n_columns) or array.
            include: your own files that the model needs (``helper.py``), or ``__main__``.
            integers: ``float`` logs integer columns as decimals, which have room for missing values.
            predict: the estimator's method behind the endpoint: ``predict`` or ``predict_proba``.
            classification: of the model; the workspace's if empty, never lower.
            data: where the training data came from, for the record.

        Raises:
            SNB-110 … SNB-129, SNB-140 … SNB-142, SNB-404, SNB-703.
        """
        from seldon_nb.flows.log import LogRequest, log
        from seldon_nb.ports import PackRequest

        self.place.start_spare_early()
        self.ports.catalog.open_ahead()
        request = LogRequest(
            name=name,
            pack=PackRequest(
                model=model,
                name=name,
                sample=sample,
                include=_tuple(include),
                integers=integers,
                predict=predict,
                classification=Classification.parse(classification),
            ),
            lineage=_lineage(data),
            overrides=_overrides(override, because),
            alias=alias,
        )
        logged = log(self.ports, request, workspace=self.classification)
        return ModelVersion(self, logged.version, logged.findings)

    def plan(
        self,
        ref: str | ModelVersion,
        *,
        to: str,
        name: str = "",
        server: str = "mlflow",
        callers: str | tuple[str, ...] = (),
        timeout: int = 60,
        override: str | tuple[str, ...] = (),
        because: str = "",
    ) -> Plan:
        """What deploying a model version would do; nothing is changed.

        Args:
            ref: ``fraud@1``, ``fraud@champion``, ``models:/fraud/1``, ``runs:/<id>/model``…
            to: the namespace.
            callers: who may call besides you.
            timeout: seconds that one request may take, 1 to 3600.
            override, because: codes of blocking findings that you take upon yourself, and the reason that is kept.
        """
        from seldon_nb.flows.plan import Wish, plan

        self.place.up()
        wish = Wish(
            ref=ref.ref if isinstance(ref, ModelVersion) else ref,
            to=to,
            name=name,
            server=Server(server),
            callers=_tuple(callers),
            timeout_s=timeout,
            overrides=_overrides(override, because),
        )
        return Plan(self, plan(self.ports, wish))

    def load_plan(self, path: str | Path) -> Plan:
        """A plan that was saved to a file; SNB-221 if it cannot be read or was altered."""
        from seldon_nb.wire import loads

        try:
            value = loads(PlanValue, Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise fail("SNB-221", path=str(path), reason=type(error).__name__) from None
        return Plan(self, value)

    def apply(self, plan: Plan) -> Deployment:
        """Apply a plan; see :meth:`Plan.apply`."""
        from seldon_nb.flows.apply import apply

        self.place.up()
        applied = apply(self.ports, plan.value, self.tell)
        return Deployment(self, applied.revision.target, applied)

    def deploy(self, ref: str | ModelVersion, *, to: str, **options: Any) -> Deployment:
        """Plan and apply in one line; SNB-222 with the findings if something blocks it."""
        return self.apply(self.plan(ref, to=to, **options))

    def predict(self, target: Target, data: Any) -> pd.DataFrame:
        """Ask a deployment; see :meth:`Deployment.predict`."""
        from seldon_nb.flows.predict import predict

        status = self.status_of(target)
        progress = self.progress() if self.progress else None
        prediction = predict(self.ports, status.revision, data, progress=progress, tokens=self.tokens)
        for sentence in prediction.notes.sentences():
            warnings.warn(sentence, stacklevel=3)
        if status.revision.classification.is_protected:
            from seldon_nb.frames import ProtectedFrame

            hidden: pd.DataFrame = ProtectedFrame(prediction.frame)
            return hidden
        return prediction.frame

    # --- looking ---------------------------------------------------------------------------------------------------------------

    def statuses(self) -> tuple[DeploymentStatus, ...]:
        """The deployments that you may see."""
        from seldon_nb.flows.deployments import visible

        self.place.up()
        return visible(self.ports)

    def deployments(self) -> list[Deployment]:
        """The deployments that you may see, as handles."""
        return [Deployment(self, status.target) for status in self.statuses()]

    def deployment(self, name: str) -> Deployment:
        """One deployment by ``fraud`` or ``dev/fraud``; SNB-301 with the nearest names."""
        from seldon_nb.flows.deployments import find

        self.place.up()
        return Deployment(self, find(self.ports, name).target)

    def status_of(self, target: Target) -> DeploymentStatus:
        """What is seen of one deployment now; SNB-301 if it is gone."""
        from seldon_nb.flows.deployments import find

        return find(self.ports, str(target))

    def model(self, ref: str) -> ModelVersion:
        """One model version by any reference."""
        try:
            parsed = ModelRef.parse(ref)
        except ValueError:
            raise fail("SNB-133", ref=ref) from None
        return ModelVersion(self, self.ports.catalog.find(parsed))

    def models(self, name: str = "", *, page: str = "", limit: int = 50) -> Page:
        """Model versions, newest first, a page at a time."""
        return self.ports.catalog.versions(name, page=page, limit=limit)

    def history(self, subject: str = "", *, since: str = "") -> tuple[AuditRecord, ...]:
        """What was done to a deployment or a model, calls included."""
        from seldon_nb.flows.history import collect, history

        with self.place.untold_calls() as calls:
            collect(self.ports, calls)
        return history(self.ports, subject, since=since)

    def verify(self) -> ChainVerdict:
        """Whether the record is whole; SNB-601 or SNB-602 name the first bad record."""
        from seldon_nb.flows.history import verify

        return verify(self.ports)

    # --- doing -----------------------------------------------------------------------------------------------------------------

    def delete(self, name: str) -> Target:
        """Stop and forget a deployment."""
        from seldon_nb.flows.deployments import delete

        self.place.up()
        return delete(self.ports, name)

    def token(self, target: Target, *, minutes: int = 10) -> SecretToken:
        """A token for one endpoint, recorded."""
        from seldon_nb.flows.token import token

        return token(self.ports, target, minutes=minutes)

    def docs_url(self, target: Target) -> str:
        """The endpoint's Swagger page, with a token in the fragment."""
        from seldon_nb.here.swagger import link
        from seldon_nb.render.mlserver import node_name

        node = node_name(self.status_of(target).revision.document)
        base = self.ports.endpoint.url(target).partition("/seldon/")[0]
        return link(base, target, node, self.token(target, minutes=10))

    def up(self, *, port: int | None = None, classification: str = "") -> PlaceReport:
        """Start this machine's place, or bring it back to what it was.

        Raises:
            SNB-404: a classification below the one that the place has.
        """
        held, wanted = self.place.classification, Classification.parse(classification)
        if classification and self.place.exists and wanted < held:
            raise fail("SNB-404", subject=str(self.home.root), wanted=wanted.value, held=held.value)
        return self.place.up(port=port, classification=classification)

    def down(self) -> PlaceReport:
        """Stop every process of this place; deployments come back with the next ``up``."""
        return self.place.down()

    def doctor(self) -> tuple[Inspection, ...]:
        """What works here and what does not."""
        from seldon_nb.here.inspection import inspect

        return inspect(self.place, self.settings, self.tracking_uri)


def _tuple(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else tuple(value)


def _overrides(codes: str | tuple[str, ...], because: str) -> tuple[Override, ...]:
    wanted = _tuple(codes)
    if wanted and not because.strip():
        raise fail("SNB-223", codes=wanted[0])
    return tuple(Override(code.upper(), because.strip()) for code in wanted)


def _lineage(data: str) -> Any:
    import getpass

    from seldon_nb.domain.model import Lineage

    notebook = os.environ.get("JPY_SESSION_NAME", "")
    return Lineage(notebook=Path(notebook).name, data=data, author=getpass.getuser())


@functools.cache
def current() -> Workspace:
    """The workspace of this process."""
    return Workspace()


def as_(name: str) -> Workspace:
    """What another identity of the rehearsal sees: ``sn.here.as_("colleague")``."""
    return current().as_(name)


_here.as_ = as_
_here.up = lambda **options: current().up(**options)
_here.down = lambda: current().down()

__all__ = ["Settings", "Workspace", "as_", "current"]
