"""Wiring: all seams of a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from seldon_nb.calling.grpc import GrpcEndpoint
from seldon_nb.cluster.access import ClusterAccess, JobAccess
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.argo import ArgoWorkflows
from seldon_nb.cluster.audit import ClusterAudit
from seldon_nb.cluster.connect import connect
from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.cluster.facts import Settled
from seldon_nb.cluster.live import ClusterWatch
from seldon_nb.cluster.rights import Rights
from seldon_nb.cluster.serving import ClusterServing
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.principal import Principal
from seldon_nb.ports import Catalog, CleanRoom, Clock, Ports

if TYPE_CHECKING:
    from seldon_nb.settings import Settings


def cluster_ports(settings: Settings, catalog: Catalog, clean_room: CleanRoom, clock: Clock) -> Ports:
    """The ports of whoever sits at a notebook or a shell. Raises: SNB-530."""
    api = connect(settings.context)
    settled = Settled(api)

    def gateway(target: Target) -> str:
        return settings.cluster.gateway or settled.of(target.namespace).gateway

    return _wired(api, catalog, clean_room, clock, gateway=gateway, storage_secret=settings.cluster.storage_secret)


def job_ports(
    catalog: Catalog, clean_room: CleanRoom, clock: Clock, *, requested_by: Principal, by_address: bool = False
) -> Ports:
    """The ports of a workflow's step: the pod's account acts in the name of whoever asked for the plan. Raises: SNB-530 outside a pod."""
    ports = _wired(connect(), catalog, clean_room, clock, gateway=lambda _: "", by_address=by_address)
    assert isinstance(ports.access, ClusterAccess)
    return Ports(
        catalog=catalog,
        clean_room=clean_room,
        serving=ports.serving,
        endpoint=ports.endpoint,
        access=JobAccess(ports.access, requested_by),
        audit=ports.audit,
        clock=clock,
        grpc=ports.grpc,
    )


def _wired(
    api: Api,
    catalog: Catalog,
    clean_room: CleanRoom,
    clock: Clock,
    *,
    gateway: Callable[[Target], str],
    storage_secret: str = "",
    by_address: bool = False,
) -> Ports:
    rights = Rights(api, clock.monotonic)
    endpoint = ClusterEndpoint(api, gateway=gateway, by_address=by_address)
    serving = ClusterServing(api, endpoint, clock, rights=rights, storage_secret=storage_secret)
    workflows = ArgoWorkflows(api, clock)
    return Ports(
        catalog=catalog,
        clean_room=clean_room,
        serving=serving,
        endpoint=endpoint,
        access=ClusterAccess(api, rights, clock, gateway=lambda target: bool(gateway(target)) and not api.credentials.in_pod),
        audit=ClusterAudit(api, clock),
        clock=clock,
        workflows=workflows,
        grpc=GrpcEndpoint(endpoint.grpc_address),
        watch=lambda: ClusterWatch(api, rights, serving, workflows),
    )
