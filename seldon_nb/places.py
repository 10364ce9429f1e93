"""Wiring: which adapters stand behind the ports of each place.  The one module that knows them all."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seldon_nb.domain.plan import Plan
    from seldon_nb.here.home import Home
    from seldon_nb.here.place import Place
    from seldon_nb.ports import Catalog, CleanRoom, Ports, Trainings
    from seldon_nb.settings import Settings

#: Where Kubernetes puts the name of a pod's account.
_IN_A_POD = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


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


def local_place(home: Home, settings: Settings) -> Place:
    """The processes of this machine; none is started."""
    from seldon_nb.catalog.clean_room import clean_room_argv
    from seldon_nb.here.place import Place

    python = settings.server_python
    return Place(
        home,
        server_python=python,
        extra_programs={"clean-room": clean_room_argv(python, home.run / "clean-room.sock")},
    )


def here(place: Place, settings: Settings, tracking_uri: str, *, acting_as: str) -> Ports:
    """This machine's ports."""
    from seldon_nb.catalog.clean_room import LocalCleanRoom
    from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
    from seldon_nb.here.applies import Applies
    from seldon_nb.here.audit import JsonlAudit
    from seldon_nb.here.endpoint import HttpEndpoint
    from seldon_nb.here.identity import LocalAccess, identity
    from seldon_nb.here.serving import LocalServing
    from seldon_nb.here.watching import LocalWatch
    from seldon_nb.ports import Ports

    clock = SystemClock()
    serving = LocalServing(place)
    home = place.home
    applies = Applies(home, place.records, env=_environment(settings))
    return Ports(
        catalog=MlflowCatalog(tracking_uri, home.mlflow / "artifacts"),
        clean_room=LocalCleanRoom(
            settings.server_python, home.run / "clean-room.sock", coming=lambda: place.expects("clean-room")
        ),
        serving=serving,
        endpoint=HttpEndpoint(lambda: place.file.port),
        access=LocalAccess(home, identity(acting_as), serving.callers, clock),
        audit=JsonlAudit(home.audit, clock),
        clock=clock,
        applies=applies,
        watch=lambda: LocalWatch(place, LocalServing(place), applies),
    )


def _environment(settings: Settings) -> dict[str, str]:
    """What another process must be told to be of the same mind as these settings; an empty value takes a variable away."""
    return {
        "MLFLOW_TRACKING_URI": settings.tracking_uri,
        "SELDON_NB_SERVER_PYTHON": str(settings.server_python),
        "SELDON_NB_CLASSIFICATION": settings.classification.value if settings.classification else "",
    }


def trainings(home: Home, tracking_uri: str) -> Trainings:
    """What records the fits of this process."""
    from seldon_nb.catalog.training import MlflowTrainings

    return MlflowTrainings(tracking_uri, home.mlflow / "artifacts")


def cluster_is_chosen(settings: Settings) -> bool:
    """Whether somebody chose a cluster, or this is a pod of one.  A kubeconfig that merely lies in the home directory is not a choice."""
    return bool(settings.context) or bool(os.environ.get("KUBECONFIG")) or _IN_A_POD.exists()


def own_namespace(settings: Settings) -> str:
    """The namespace of this pod, or of the kubeconfig's context; empty if neither names one. Nothing is asked."""
    from seldon_nb.cluster.connect import namespace

    return namespace(settings.context)


def cluster(settings: Settings, catalog: Catalog, clean_room: CleanRoom) -> Ports:
    """The cluster's ports; the models and the server's packages are those of this machine's settings.

    Raises:
        SNB-530: no cluster is known, or no context has the name.
    """
    from seldon_nb.cluster.ports import cluster_ports

    return cluster_ports(settings, catalog, clean_room, SystemClock())


def job(plan: Plan, tracking_uri: str, *, by_address: bool = False) -> Ports:
    """The ports of a workflow's step, from inside its pod, in the name of whoever asked for the plan.

    Args:
        tracking_uri: MLflow as the pod reaches it; if empty, the plan's own word on its version is taken, and its bytes are compared.
        by_address: ask Services by their address, where a cluster has no names for them.

    Raises:
        SNB-530: this is not a pod of a cluster.
    """
    from seldon_nb.catalog.clean_room import LocalCleanRoom
    from seldon_nb.catalog.given import GivenCatalog
    from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
    from seldon_nb.cluster.ports import job_ports

    work = Path(os.environ.get("SNB_WORK", "/snb/work"))
    known = GivenCatalog(plan.spec.version)
    catalog = MlflowCatalog(tracking_uri, work / "artifacts", described=False) if tracking_uri else known
    clean_room = LocalCleanRoom(Path(sys.executable), work / "clean-room.sock")  # no step of a workflow asks it
    return job_ports(catalog, clean_room, SystemClock(), requested_by=plan.spec.requested_by, by_address=by_address)
