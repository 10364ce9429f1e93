"""From a plan's spec to its SeldonDeployment.

The shape is the one that a real operator admitted under the strictest pod rules and that answered soonest: no engine container, a hardened
pod, and probes of ours.  The operator's own probes wait 20 seconds before they look, and its own servers' images are years old, so neither
is left to its defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from seldon_nb.domain.classification import LABEL_KEY
from seldon_nb.domain.plan import PlanSpec
from seldon_nb.render.runtimes import MODEL_DIR, RUNTIMES, Runtime
from seldon_nb.render.seldon import sizes
from seldon_nb.render.seldon.objects import (
    Capabilities,
    ComponentSpec,
    Container,
    EnvVar,
    HttpGet,
    Metadata,
    Node,
    PodSecurityContext,
    PodSpec,
    Predictor,
    Probe,
    SeccompProfile,
    SecurityContext,
    SeldonDeployment,
    Spec,
    Volume,
    VolumeMount,
)

#: The image of all our servers; a place may have it under another name.
IMAGE = "seldon-nb/model-server:0.1.0"
PREDICTOR = "default"
NODE = "model"
PREFIX = "seldon-nb.io/"
MANAGED_BY = {"app.kubernetes.io/managed-by": "seldon-nb"}
TIMEOUT = "seldon.io/rest-timeout"
NO_ENGINE = "seldon.io/no-engine"

_USER = 8888  # the user of Seldon's own images; never root
_HTTP = 9000  # the operator gives the first node this port
_MODEL_VOLUME = f"{NODE}-provision-location"  # the operator's own name for it: it mounts what is already there


def render(spec: PlanSpec, *, image: str = IMAGE, initializer: Container | None = None) -> SeldonDeployment:
    """The document of a plan; the same spec gives the same document.

    Args:
        image: the server's image.
        initializer: brings the model's files to ``/mnt/models`` in place of Seldon's own, which a strict namespace refuses; it is
            given the name and the volume that the operator looks for.
    """
    labels = {LABEL_KEY: spec.classification.effective.value}
    runtime = RUNTIMES[spec.server]
    return SeldonDeployment(
        metadata=Metadata(
            name=spec.deployment,
            namespace=spec.namespace,
            labels={**MANAGED_BY, **labels},
            annotations=provenance(spec),
        ),
        spec=Spec(
            annotations={TIMEOUT: str(spec.timeout_s * 1000)},
            protocol="v2",
            predictors=(
                Predictor(
                    name=PREDICTOR,
                    annotations={NO_ENGINE: "true"},
                    labels=labels,
                    replicas=1,
                    progress_deadline_seconds=sizes.deadline_s(spec.version),
                    graph=_node(spec, runtime),
                    component_specs=(
                        ComponentSpec(metadata=Metadata(labels=labels), spec=_pod(spec, runtime, image, initializer)),
                    ),
                ),
            ),
        ),
    )


def provenance(spec: PlanSpec) -> dict[str, str]:
    """What a plan was made of, as annotations of the deployment itself: a pod's annotations cannot hold ``=``."""
    version = spec.version
    facts = {
        "model": version.ref,
        "model-digest": version.digest,
        "run": version.lineage.run_id,
        "server": spec.server.value,
        "classification": spec.classification.value,
        "requested-by": spec.requested_by.name,
        "callers": ",".join(sorted(caller.name for caller in spec.callers)),
        "overrides": ",".join(sorted(override.code for override in spec.overrides)),
    }
    return {PREFIX + key: value for key, value in facts.items() if value}


def _node(spec: PlanSpec, runtime: Runtime) -> Node:
    if runtime.prepackaged:
        return Node(name=NODE, implementation=runtime.prepackaged, model_uri=spec.version.uri)
    return Node(name=NODE, type="MODEL", model_uri=spec.version.uri)


def _pod(spec: PlanSpec, runtime: Runtime, image: str, initializer: Container | None) -> PodSpec:
    server = Container(
        name=NODE,
        image=image,
        image_pull_policy="IfNotPresent",
        env=_env(spec, runtime),
        resources=sizes.resources(spec.version),
        security_context=_hardened(),
        startup_probe=_probe("ready", period=1, timeout=1, failures=sizes.startup_s(spec.version)),
        readiness_probe=_probe("ready", period=1, timeout=1, failures=3),
        liveness_probe=_probe("live", period=10, timeout=5, failures=6),
        volume_mounts=(VolumeMount(name="tmp", mount_path="/tmp"),),  # noqa: S108 - in the container
    )
    volumes = [Volume(name="tmp", empty_dir={})]
    if initializer is not None:
        mount = VolumeMount(name=_MODEL_VOLUME, mount_path=MODEL_DIR)
        initializer = replace(
            initializer,
            name=f"{NODE}-model-initializer",
            security_context=_hardened(),
            volume_mounts=(*initializer.volume_mounts, mount),
        )
        server = replace(server, volume_mounts=(replace(mount, read_only=True), *server.volume_mounts))
        volumes.insert(0, Volume(name=_MODEL_VOLUME, empty_dir={}))
    return PodSpec(
        automount_service_account_token=False,
        security_context=PodSecurityContext(
            fs_group=_USER,
            run_as_group=_USER,
            run_as_non_root=True,
            run_as_user=_USER,
            seccomp_profile=SeccompProfile(type="RuntimeDefault"),
        ),
        init_containers=(initializer,) if initializer is not None else (),
        containers=(server,),
        volumes=tuple(volumes),
    )


def _env(spec: PlanSpec, runtime: Runtime) -> tuple[EnvVar, ...]:
    """What MLServer is told; for Seldon's own servers the operator adds class, name and place of the model."""
    values: dict[str, str] = {"HOME": "/tmp", "MLSERVER_DEBUG": "false", "MLSERVER_PARALLEL_WORKERS": "0"}  # noqa: S108
    if not runtime.prepackaged:
        file = runtime.file(spec.version.serialization)
        values["MLSERVER_MODEL_IMPLEMENTATION"] = runtime.implementation
        values["MLSERVER_MODEL_NAME"] = NODE
        values["MLSERVER_MODEL_URI"] = f"{MODEL_DIR}/{file}" if file else MODEL_DIR
    if _takes_columns(spec) and not runtime.whole:
        values["MLSERVER_MODEL_CONTENT_TYPE"] = "pd"  # without it these runtimes accept one tensor only
    return tuple(EnvVar(name=name, value=values[name]) for name in sorted(values))


def _takes_columns(spec: PlanSpec) -> bool:
    return spec.version.signature is not None and not spec.version.signature.inputs.is_tensor


def _hardened() -> SecurityContext:
    return SecurityContext(
        allow_privilege_escalation=False, capabilities=Capabilities(drop=("ALL",)), read_only_root_filesystem=True
    )


def _probe(what: str, *, period: int, timeout: int, failures: int) -> Probe:
    return Probe(
        http_get=HttpGet(path=f"/v2/health/{what}", port=_HTTP),
        period_seconds=period,
        timeout_seconds=timeout,
        failure_threshold=failures,
    )


def annotation(document: Mapping[str, object], key: str) -> str:
    """One of our annotations of a document, by its short name (``model``, ``callers``…); empty if it has none."""
    metadata = document.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    value = annotations.get(PREFIX + key) if isinstance(annotations, Mapping) else None
    return value if isinstance(value, str) else ""
