"""The workspace: the one place where adapters are wired to flows.

Every skin (notebook, magics, shell) calls these verbs; each is a thin line over a flow.
"""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import seldon_nb.here as _here
from seldon_nb import places
from seldon_nb.domain.audit import AuditRecord
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import DeploymentStatus, StageStatus, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.model import ModelRef
from seldon_nb.domain.plan import Override
from seldon_nb.domain.plan import Plan as PlanValue
from seldon_nb.domain.principal import SecretToken
from seldon_nb.domain.workflow import Run, Step
from seldon_nb.handles import Deployment, ModelVersion, Plan
from seldon_nb.settings import PLACES, Settings
from seldon_nb.several import Deployments, History, Inspections, Models

if TYPE_CHECKING:
    import pandas as pd

    from seldon_nb.diagnosis.drift import Drift
    from seldon_nb.flows.logs import Log
    from seldon_nb.flows.predict import Tokens
    from seldon_nb.here.home import Home
    from seldon_nb.here.place import Place
    from seldon_nb.here.report import PlaceReport
    from seldon_nb.ports import ChainVerdict, Ports, Progress, Trainings

Tell = Callable[[tuple[StageStatus, ...]], None]
Doing = Callable[[Step], None]


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
        self.doing: Doing = lambda _: None
        self.progress: Callable[[], Progress] | None = None
        self._keepers: dict[str, Tokens] = {}

    # --- wiring ---------------------------------------------------------------------------------------------------------------

    @functools.cached_property
    def home(self) -> Home:
        """The place's directories, made if they are not there."""
        from seldon_nb.here.home import Home

        return (Home(self.settings.home) if self.settings.home else Home.default()).prepare()

    @functools.cached_property
    def place(self) -> Place:
        """The processes of this machine."""
        return places.local_place(self.home, self.settings)

    @functools.cached_property
    def ports(self) -> Ports:
        """All seams of this machine."""
        return places.here(self.place, self.settings, self.tracking_uri, acting_as=self.acting_as)

    @functools.cached_property
    def cluster(self) -> Ports:
        """All seams of the cluster; SNB-530 if none is known."""
        return places.cluster(self.settings, self.ports.catalog, self.ports.clean_room)

    @functools.cached_property
    def trainings(self) -> Trainings:
        """What records the fits of this process."""
        return places.trainings(self.home, self.tracking_uri)

    def at(self, place: str) -> Ports:
        """The seams of one place."""
        return self.cluster if place == "cluster" else self.ports

    @functools.cached_property
    def uses_cluster(self) -> bool:
        """Whether a cluster belongs to this workspace: it runs in one, or somebody chose one."""
        return self.settings.place == "cluster" or (self.settings.place == "" and places.cluster_is_chosen(self.settings))

    @property
    def uses_here(self) -> bool:
        """Whether this machine's place belongs to this workspace."""
        return self.settings.place != "cluster"

    @property
    def places(self) -> tuple[Literal["here", "cluster"], ...]:
        """The places that belong to this workspace; nothing is asked and nothing is started."""
        known: tuple[tuple[Literal["here", "cluster"], bool], ...] = (("here", self.uses_here), ("cluster", self.uses_cluster))
        return tuple(name for name, used in known if used)

    @functools.cached_property
    def own_namespace(self) -> str:
        """The namespace that examples name: this machine's first one, or in a cluster the one that the credentials name."""
        return "dev" if self.uses_here else places.own_namespace(self.settings) or "dev"

    @property
    def _starts_here(self) -> bool:
        """Whether this machine's processes may be started without being asked for: not where a cluster was chosen and nothing was ever deployed here."""
        return self.uses_here and (not self.uses_cluster or self.place.exists)

    def where(self, to: str) -> tuple[str, str]:
        """(place, namespace) of ``dev``, ``here/dev`` or ``cluster/team-a``; this machine's namespaces come first."""
        prefix, slash, rest = to.partition("/")
        if slash:
            if prefix not in PLACES:
                raise fail("SNB-706", place=prefix, known=", ".join(PLACES))
            return prefix, rest
        if self.uses_here and (not self.uses_cluster or to in self.ports.serving.namespaces()):
            return "here", to
        return "cluster", to

    @functools.cached_property
    def tokens(self) -> Tokens:
        """Tokens for asking, kept until shortly before their end."""
        return self.tokens_at("here")

    def tokens_at(self, place: str) -> Tokens:
        """The same for one place."""
        from seldon_nb.flows.predict import token_keeper

        if place not in self._keepers:
            self._keepers[place] = token_keeper(self.at(place))
        return self._keepers[place]

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
        for name in ("ports", "cluster"):
            if name in vars(self):
                vars(self)[name].endpoint.close()
                if vars(self)[name].grpc is not None:
                    vars(self)[name].grpc.close()

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
        train: Any = None,
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
            train: the table that the model was trained with, without the answers: its ranges and categories (never its rows) are kept for the test view.
                What was seen of the training if None; of protected data nothing is kept.

        Raises:
            SNB-110 … SNB-129, SNB-140 … SNB-142, SNB-404, SNB-703.
        """
        from seldon_nb.flows.log import LogRequest, log
        from seldon_nb.ports import PackRequest

        if self._starts_here:
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
            train=train,
        )
        logged = log(self.ports, request, workspace=self.classification)
        return ModelVersion(self, logged.version, logged.findings)

    def plan(
        self,
        ref: str | ModelVersion,
        *,
        to: str,
        name: str = "",
        server: str = "",
        protocol: str = "",
        image: str = "",
        environment: str = "",
        callers: str | tuple[str, ...] = (),
        timeout: int = 60,
        override: str | tuple[str, ...] = (),
        because: str = "",
    ) -> Plan:
        """What deploying a model version would do; nothing is changed.

        Args:
            ref: ``fraud@1``, ``fraud@champion``, ``models:/fraud/1``, ``runs:/<id>/model``…
            to: the namespace; ``cluster/team-a`` or ``here/dev`` where the name alone could be either.
            server: ``mlflow`` (unless you say otherwise), ``sklearn``, ``xgboost``, ``lightgbm``, ``huggingface``, ``triton``, ``tensorflow``, ``custom``.
            protocol: ``v2``, ``seldon`` or ``tensorflow``; what the server speaks best if empty.
            image: of the server, by version or digest; with no server named it is one of your own: MLServer with a runtime of yours (``v2``), or one of
                Seldon's language wrappers (``seldon``).
            environment: ``own`` for the packages that the model was logged with, packed once by the workflow and laid before the server's.
            callers: who may call besides you.
            timeout: seconds that one request may take, 1 to 3600.
            override, because: codes of blocking findings that you take upon yourself, and the reason that is kept.
        """
        from seldon_nb.flows.plan import Wish, plan

        place, namespace = self._ready(to)
        wish = Wish(
            ref=ref.ref if isinstance(ref, ModelVersion) else ref,
            to=namespace,
            name=name,
            server=server,
            protocol=protocol,
            image=image,
            environment=environment,
            callers=_tuple(callers),
            timeout_s=timeout,
            overrides=_overrides(override, because),
            settings=self.settings.cluster,
        )
        return Plan(self, plan(self.at(place), wish, place=place))

    def _ready(self, to: str) -> tuple[str, str]:
        """Where a namespace is; this machine's place is brought up if it is there."""
        if self._starts_here and not to.startswith("cluster/"):
            self.place.up()
        place, namespace = self.where(to)
        if place == "here":
            self.place.up()
        return place, namespace

    def load_plan(self, path: str | Path) -> Plan:
        """A plan that was saved to a file; SNB-221 if it cannot be read or was altered."""
        from seldon_nb.wire import loads

        try:
            value = loads(PlanValue, Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise fail("SNB-221", path=str(path), reason=type(error).__name__) from None
        return Plan(self, value)

    def apply(self, plan: Plan, *, wait: bool = True) -> Deployment:
        """Apply a plan; see :meth:`Plan.apply`."""
        from seldon_nb.flows.apply import apply

        if plan.value.spec.place == "here":
            self.place.up()
        applied = apply(self.at(plan.value.spec.place), plan.value, self.tell, wait=wait, doing=self.doing)
        return Deployment(self, applied.target, applied)

    def deploy(self, ref: str | ModelVersion, *, to: str, wait: bool = True, **options: Any) -> Deployment:
        """Plan and apply in one line; SNB-222 with the findings if something blocks it."""
        return self.apply(self.plan(ref, to=to, **options), wait=wait)

    # --- without whoever asks ----------------------------------------------------------------------------------------------------

    def start(self, plan: Plan) -> Run:
        """Apply a plan without this process: a process of its own on this machine, the workflow in a cluster.  Returns at once.

        The same plan while it is on its way is the same run; a plan that lives already becomes a run that ends at once.

        Raises:
            SNB-222: a finding blocks it.  SNB-401: you may not.  SNB-512: the process cannot be started.  In a cluster also what its door refuses.
        """
        from seldon_nb.flows.runs import start

        return start(self.at(plan.value.spec.place), plan.value)

    def runs(self, place: str) -> tuple[Run, ...]:
        """The runs of one place that you may see, newest first."""
        from seldon_nb.flows.runs import runs

        return runs(self.at(place))

    def run(self, place: str, namespace: str, name: str) -> Run:
        """One run as it is now; SNB-565 if there is none that you may see."""
        from seldon_nb.flows.runs import find

        return find(self.at(place), namespace, name)

    def follow(self, run: Run, tell: Tell | None = None) -> Run:
        """Tell the stages of a run as they change until it ends; whoever follows may go away without harm.  Returns the ended run."""
        carrier = self.at(run.target.place).carrier
        return run if carrier is None else carrier.follow(run, tell or self.tell)

    def stop(self, run: Run) -> Run:
        """End a run; what served before serves on.  SNB-401 if you may not."""
        from seldon_nb.flows.runs import stop

        return stop(self.at(run.target.place), run)

    def predict(self, target: Target, data: Any, *, transport: str = "") -> pd.DataFrame:
        """Ask a deployment; see :meth:`Deployment.predict`."""
        from seldon_nb.flows.predict import predict

        status = self.status_of(target)
        progress = self.progress() if self.progress else None
        ports, tokens = self.at(target.place), self.tokens_at(target.place)
        prediction = predict(ports, status.revision, data, progress=progress, tokens=tokens, transport=transport)
        for sentence in prediction.notes.sentences():
            warnings.warn(sentence, stacklevel=3)
        if status.revision.classification.is_protected:
            from seldon_nb.frames import ProtectedFrame

            hidden: pd.DataFrame = ProtectedFrame(prediction.frame)
            return hidden
        return prediction.frame

    # --- looking ---------------------------------------------------------------------------------------------------------------

    def statuses(self, *, start: bool = True) -> tuple[DeploymentStatus, ...]:
        """The deployments that you may see, in every place of this workspace.

        Args:
            start: bring this machine's place up where it is down; without, its deployments are told as stopped.
        """
        return tuple(status for place in self._places(start=start) for status in self._seen_at(place))

    def seen_at(self, place: str) -> tuple[DeploymentStatus, ...]:
        """The deployments of one place that you may see; nothing is started, and a place that cannot be reached raises its error."""
        from seldon_nb.flows.deployments import visible

        return visible(self.at(place))

    def _seen_at(self, place: str) -> tuple[DeploymentStatus, ...]:
        from seldon_nb.flows.deployments import visible

        try:
            return visible(self.at(place))
        except SeldonNbError as error:
            if place == "here" or not self.uses_here:
                raise
            from seldon_nb.cards.error import sentence

            warnings.warn(sentence(error.code.what, error.facts), stacklevel=5)  # what is here is shown all the same
            return ()

    def _places(self, *, start: bool = True) -> tuple[str, ...]:
        here = self._starts_here if start else self.uses_here and self.place.exists
        if here and start:
            self.place.up()
        return tuple(name for name, used in (("here", here), ("cluster", self.uses_cluster)) if used)

    def deployments(self) -> Deployments:
        """The deployments that you may see: a list of handles that shows itself as a card."""
        seen = self.statuses()
        return Deployments((Deployment(self, status.target) for status in seen), seen)

    def deployment(self, name: str) -> Deployment:
        """One deployment by ``fraud``, ``dev/fraud`` or ``cluster/team-a/fraud``; SNB-301 with the nearest names."""
        from seldon_nb.flows.deployments import choose

        return Deployment(self, choose(self.statuses(), name).target)

    def status_of(self, target: Target) -> DeploymentStatus:
        """What is seen of one deployment now; SNB-301 if it is gone."""
        from seldon_nb.flows.deployments import find

        return find(self.at(target.place), str(target))

    def look_at(self, target: Target) -> DeploymentStatus:
        """One deployment closely: the times of its stages, and why it is stuck if it is; SNB-301 if it is gone."""
        from seldon_nb.flows.deployments import look

        return look(self.at(target.place), str(target))

    def logs(self, target: Target, *, lines: int = 100) -> Log:
        """The last lines that a deployment's servers wrote, without values; SNB-301 if it is gone, SNB-401 if they are not yours to read."""
        from seldon_nb.flows.logs import logs

        return logs(self.at(target.place), target, lines=lines)

    def drift(self, target: Target) -> Drift:
        """What lives against what the revision that serves says; SNB-301 if it is gone, SNB-533 where it may not be read."""
        from seldon_nb.flows.drift import drift

        return drift(self.at(target.place), target)

    def model(self, ref: str) -> ModelVersion:
        """One model version by any reference."""
        try:
            parsed = ModelRef.parse(ref)
        except ValueError:
            raise fail("SNB-133", ref=ref) from None
        return ModelVersion(self, self.ports.catalog.find(parsed))

    def models(self, name: str = "", *, page: str = "", limit: int = 50, holding: tuple[str, ...] = ()) -> Models:
        """Model versions, newest first, a page at a time; ``holding`` narrows all of them to names that hold these words."""
        return Models(self, self.ports.catalog.versions(name, page=page, limit=limit, holding=holding))

    def history(self, subject: str = "", *, since: str = "") -> History:
        """What was done to a deployment or a model, calls included."""
        found = [record for place in self._places() for record in self.history_at(place, subject, since=since)]
        return History.of(sorted(found, key=lambda record: record.at), subject)

    def history_at(self, place: str, subject: str = "", *, since: str = "") -> tuple[AuditRecord, ...]:
        """The same in one place, in the order of its records; nothing is started."""
        from seldon_nb.flows.history import collect, history

        if place == "here" and self.place.exists:
            with self.place.untold_calls() as calls:
                collect(self.ports, calls)
        return history(self.at(place), subject, since=since)

    def verify(self) -> ChainVerdict:
        """Whether the record of every place of this workspace is whole; SNB-601 or SNB-602 name the first bad record."""
        from seldon_nb.flows.history import together, verify

        return together([verify(self.at(place)) for place in self._places()])

    # --- doing -----------------------------------------------------------------------------------------------------------------

    def delete(self, name: str | Target) -> Target:
        """Stop and forget a deployment; SNB-301 if there is none."""
        from seldon_nb.flows.deployments import delete

        target = name if isinstance(name, Target) else self.deployment(name).target
        return delete(self.at(target.place), str(target))

    def token(self, target: Target, *, minutes: int = 10) -> SecretToken:
        """A token for one endpoint, recorded."""
        from seldon_nb.flows.token import token

        return token(self.at(target.place), target, minutes=minutes)

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

    def doctor(self) -> Inspections:
        """What works here and what does not."""
        from seldon_nb.here.inspection import inspect

        return Inspections(inspect(self.place, self.settings, self.tracking_uri))


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
