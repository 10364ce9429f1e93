"""Seldon's engine as a container of ours, where its operator's own would be refused or would be slow.

The operator adds its engine without the settings that the strictest pod rules ask for, and with probes that wait 20 seconds; it leaves one
alone that is there already.  Its arguments are the operator's, as recorded.  The pod then needs the label by which the predictor's
Service finds it, and must not bring the volume that the operator adds for the engine.
"""

from __future__ import annotations

import base64
import json

from seldon_nb.render.seldon.names import ENGINE, GRPC_PORT, HTTP_PORT, NODE_GRPC_PORT, NODE_HTTP_PORT
from seldon_nb.render.seldon.objects import Container, EnvVar, HttpGet, Port, Probe, Resources, VolumeMount

#: The last release of Seldon Core 1 under a free licence.
ENGINE_IMAGE = "seldonio/seldon-core-executor:1.17.1"
_ROOM = Resources(requests={"cpu": "100m", "memory": "128Mi"}, limits={"memory": "512Mi"})


def engine_container(*, deployment: str, namespace: str, predictor: str, node: str, protocol: str, image: str) -> Container:
    """The engine before one node; without a security context, which the pod's author adds."""
    arguments = {
        "--sdep": deployment,
        "--namespace": namespace,
        "--predictor": predictor,
        "--http_port": str(HTTP_PORT),
        "--grpc_port": str(GRPC_PORT),
        "--protocol": protocol,
        "--transport": "rest",
        "--prometheus_path": "/prometheus",
        "--server_type": "rpc",
        "--log_work_buffer_size": "10000",
        "--log_write_timeout_ms": "2000",
    }
    return Container(
        name=ENGINE,
        image=image,
        image_pull_policy="IfNotPresent",
        args=(*(word for pair in arguments.items() for word in pair), "--full_health_checks=false"),
        env=(
            EnvVar(name="ENGINE_PREDICTOR", value=_predictor(predictor, node)),
            EnvVar(name="REQUEST_LOGGER_DEFAULT_ENDPOINT", value="http://default-broker"),
        ),
        ports=(Port(container_port=HTTP_PORT, name="http"), Port(container_port=GRPC_PORT, name="grpc")),
        resources=_ROOM,
        readiness_probe=_probe("/ready", period=1, failures=3),
        liveness_probe=_probe("/live", period=10, failures=6),
        volume_mounts=(VolumeMount(name="seldon-podinfo", mount_path="/etc/podinfo"),),
    )


def _predictor(predictor: str, node: str) -> str:
    """What the engine is told of its predictor: base64 of JSON, the same bytes for the same words."""
    endpoint = {
        "service_host": "localhost",
        "service_port": NODE_HTTP_PORT,
        "httpPort": NODE_HTTP_PORT,
        "grpcPort": NODE_GRPC_PORT,
    }
    told = {"name": predictor, "graph": {"name": node, "type": "MODEL", "endpoint": endpoint}}
    return base64.b64encode(json.dumps(told, separators=(",", ":")).encode()).decode()


def _probe(path: str, *, period: int, failures: int) -> Probe:
    return Probe(
        http_get=HttpGet(path=path, port=HTTP_PORT), period_seconds=period, timeout_seconds=5, failure_threshold=failures
    )
