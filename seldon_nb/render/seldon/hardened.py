"""The pod of a server: no rights that it does not need, and probes that look every second from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from seldon_nb.domain.plan import PlanSpec, Server
from seldon_nb.render.runtimes import MODEL_DIR, RUNTIMES, Runtime
from seldon_nb.render.seldon import sizes
from seldon_nb.render.seldon.names import NODE_HTTP_PORT
from seldon_nb.render.seldon.objects import (
    Capabilities,
    Container,
    EnvVar,
    HttpGet,
    PodSecurityContext,
    PodSpec,
    Probe,
    SeccompProfile,
    SecurityContext,
    Volume,
    VolumeMount,
)

#: The container that Seldon's TensorFlow server stands in front of when it speaks ``seldon``, and its port for REST.
TF_SERVING = "tfserving"
_TF_SERVING_REST = 2001
_USER = 8888  # the user of Seldon's own images; never root
_NO_RIGHTS = SecurityContext(
    allow_privilege_escalation=False, capabilities=Capabilities(drop=("ALL",)), read_only_root_filesystem=True
)
_TMP = VolumeMount(name="tmp", mount_path="/tmp")  # noqa: S108 - in the container


def servers(spec: PlanSpec, protocol: str, node: str, image: str) -> tuple[Container, ...]:
    """The containers that answer: the node's own, and TensorFlow Serving behind it where that does not speak the protocol."""
    if spec.server is Server.TENSORFLOW and protocol == "seldon":
        proxy = _server(spec, protocol, node, "")
        behind = HttpGet(path=f"/v1/models/{node}", port=_TF_SERVING_REST)
        return proxy, replace(_probed(proxy, spec, ready=behind, live=behind), name=TF_SERVING, image=image, env=())
    return (_server(spec, protocol, node, image),)


def _server(spec: PlanSpec, protocol: str, node: str, image: str) -> Container:
    made = Container(
        name=node,
        image=image,
        image_pull_policy="IfNotPresent",
        env=_env(spec, protocol, node),
        resources=sizes.resources(spec.version),
        volume_mounts=(_TMP,),
    )
    if protocol == "v2":
        ready, live = (HttpGet(path=f"/v2/health/{what}", port=NODE_HTTP_PORT) for what in ("ready", "live"))
        return _probed(made, spec, ready=ready, live=live)
    if protocol == "tensorflow":
        loaded = HttpGet(path=f"/v1/models/{node}", port=NODE_HTTP_PORT)
        return _probed(made, spec, ready=loaded, live=loaded)
    return _probed(
        made, spec, ready=None, live=None
    )  # language wrappers share no path: their port is asked, as the operator does


def _probed(container: Container, spec: PlanSpec, *, ready: HttpGet | None, live: HttpGet | None) -> Container:
    return replace(
        container,
        startup_probe=_probe(ready, period=1, timeout=1, failures=sizes.startup_s(spec.version)),
        readiness_probe=_probe(ready, period=1, timeout=1, failures=3),
        liveness_probe=_probe(live, period=10, timeout=5, failures=6),
    )


def _probe(ask: HttpGet | None, *, period: int, timeout: int, failures: int) -> Probe:
    return Probe(
        http_get=ask,
        tcp_socket=None if ask else {"port": NODE_HTTP_PORT},
        period_seconds=period,
        timeout_seconds=timeout,
        failure_threshold=failures,
    )


def pod(containers: Sequence[Container], initializer: Container | None, *, loads: str, volumes: Sequence[Volume] = ()) -> PodSpec:
    """A hardened pod of these containers.

    Args:
        initializer: brings the model's files; takes the operator's name for it, and the volume that the operator would mount.
        loads: the container that reads the files.
        volumes: more volumes that the initializer mounts.
    """
    given = [Volume(name="tmp", empty_dir={}), *volumes]
    if initializer is not None:
        files = VolumeMount(name=f"{loads}-provision-location", mount_path=MODEL_DIR)
        initializer = replace(
            initializer,
            security_context=_NO_RIGHTS,
            name=f"{loads}-model-initializer",
            volume_mounts=(*initializer.volume_mounts, files),
        )
        containers = [_with(item, replace(files, read_only=True)) if item.name == loads else item for item in containers]
        given.insert(0, Volume(name=files.name, empty_dir={}))
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
        containers=tuple(replace(container, security_context=_NO_RIGHTS) for container in containers),
        volumes=tuple(given),
    )


def _with(container: Container, mount: VolumeMount) -> Container:
    return replace(container, volume_mounts=(mount, *container.volume_mounts))


def _env(spec: PlanSpec, protocol: str, node: str) -> tuple[EnvVar, ...]:
    """What the server is told; the operator adds what its own servers need: class, name and place of the model, and all ports."""
    runtime = RUNTIMES[spec.server]
    values = {"HOME": "/tmp", **_mlserver(spec, protocol, runtime, node)}  # noqa: S108
    if spec.server is Server.HUGGINGFACE:
        # the files are here: nothing is asked of the Hub, and the cache goes where one can write
        values |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "XDG_CACHE_HOME": "/tmp"}  # noqa: S108
    return tuple(EnvVar(name=name, value=values[name]) for name in sorted(values))


def _mlserver(spec: PlanSpec, protocol: str, runtime: Runtime, node: str) -> Mapping[str, str]:
    if protocol != "v2" or runtime.server is Server.TRITON:
        return {}
    values = {"MLSERVER_DEBUG": "false", "MLSERVER_PARALLEL_WORKERS": "0"}
    if runtime.ours:
        # every answer says which version gave it, and the rollout asks for the readiness of this very version
        values["MLSERVER_MODEL_VERSION"] = str(spec.version.version)
    if not runtime.prepackaged:
        file = runtime.file(spec.version.serialization)
        if runtime.implementation:
            values["MLSERVER_MODEL_IMPLEMENTATION"] = runtime.implementation
        values["MLSERVER_MODEL_NAME"] = node
        values["MLSERVER_MODEL_URI"] = f"{MODEL_DIR}/{file}" if file else MODEL_DIR
    if runtime.ours and _takes_columns(spec) and not runtime.whole:
        values["MLSERVER_MODEL_CONTENT_TYPE"] = "pd"  # without it these runtimes accept one tensor only
    return values


def _takes_columns(spec: PlanSpec) -> bool:
    return spec.version.signature is not None and not spec.version.signature.inputs.is_tensor
