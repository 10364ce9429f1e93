"""The parts of a SeldonDeployment (v1) as frozen values, named as Seldon and Kubernetes name them.

Only what we write or check is typed; what we merely carry (autoscaling, affinity, keys of a volume) stays a plain mapping.
An empty value means that the document does not say it; nothing is defaulted here, because Seldon defaults nothing in what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

API_VERSION = "machinelearning.seldon.io/v1"
KIND = "SeldonDeployment"

Plain = Mapping[str, Any]
Words = Mapping[str, str]


def _key(name: str) -> dict[str, str]:
    return {"key": name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Name and tags.  A deployment's own annotations never reach a pod, so provenance is safe here."""

    name: str = ""
    namespace: str = ""
    labels: Words = field(default_factory=dict)
    annotations: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvVar:
    """One environment variable: a value, or where it comes from."""

    name: str
    value: str = ""
    value_from: Plain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port that a container listens on."""

    container_port: int
    name: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a container asks for and may use, in Kubernetes quantities (``500m``, ``1Gi``)."""

    requests: Mapping[str, int | str] = field(default_factory=dict)
    limits: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeMount:
    """Where a volume appears in a container."""

    name: str
    mount_path: str
    read_only: bool | None = None
    sub_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume of one kind."""

    name: str
    empty_dir: Plain | None = None
    config_map: Plain | None = None
    secret: Plain | None = None
    persistent_volume_claim: Plain | None = None
    projected: Plain | None = None
    downward_api: Plain | None = field(default=None, metadata=_key("downwardAPI"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """Linux capabilities taken away or given."""

    drop: tuple[str, ...] = ()
    add: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeccompProfile:
    """Which system calls are possible."""

    type: str
    localhost_profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityContext:
    """What one container may do."""

    allow_privilege_escalation: bool | None = None
    capabilities: Capabilities | None = None
    privileged: bool | None = None
    read_only_root_filesystem: bool | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp_profile: SeccompProfile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSecurityContext:
    """Who all containers of a pod run as."""

    fs_group: int | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp_profile: SeccompProfile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpGet:
    """A probe's question; ``port`` is a number or a port's name."""

    path: str
    port: int | str
    scheme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How it is seen whether a container has started, is ready, is alive; times in seconds."""

    http_get: HttpGet | None = None
    tcp_socket: Plain | None = None
    exec: Plain | None = None
    grpc: Plain | None = None
    initial_delay_seconds: int | None = None
    period_seconds: int | None = None
    timeout_seconds: int | None = None
    failure_threshold: int | None = None
    success_threshold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container; its name is the one link to a node of the graph."""

    name: str
    image: str = ""
    image_pull_policy: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[Plain, ...] = ()
    ports: tuple[Port, ...] = ()
    resources: Resources | None = None
    security_context: SecurityContext | None = None
    startup_probe: Probe | None = None
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    lifecycle: Plain | None = None
    volume_mounts: tuple[VolumeMount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSpec:
    """What runs together."""

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    security_context: PodSecurityContext | None = None
    service_account_name: str = ""
    automount_service_account_token: bool | None = None
    image_pull_secrets: tuple[Plain, ...] = ()
    node_selector: Words = field(default_factory=dict)
    tolerations: tuple[Plain, ...] = ()
    affinity: Plain | None = None
    termination_grace_period_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentSpec:
    """A pod of a predictor, and how many of it."""

    metadata: Metadata | None = None
    spec: PodSpec | None = None
    replicas: int | None = None
    hpa_spec: Plain | None = None
    keda_spec: Plain | None = None
    pdb_spec: Plain | None = None

    @property
    def containers(self) -> tuple[Container, ...]:
        """Its containers; empty if it has no pod of its own."""
        return self.spec.containers if self.spec else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A node's parameter; the value is always text, and the type says how to read it."""

    name: str
    value: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a node listens; Seldon fills it if nobody does."""

    type: str = ""
    service_host: str = field(default="", metadata=_key("service_host"))
    service_port: int | None = field(default=None, metadata=_key("service_port"))
    http_port: int | None = None
    grpc_port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logger:
    """Which payloads of a node are sent to a log."""

    mode: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One step of the graph and the steps behind it."""

    name: str
    implementation: str = ""
    type: str = ""
    methods: tuple[str, ...] = ()
    model_uri: str = ""
    env_secret_ref_name: str = ""
    service_account_name: str = ""
    storage_initializer_image: str = ""
    parameters: tuple[Parameter, ...] = ()
    endpoint: Endpoint | None = None
    logger: Logger | None = None
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all behind it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explainer:
    """A second server that explains the first one's answers."""

    type: str = ""
    model_uri: str = ""
    env_secret_ref_name: str = ""
    service_account_name: str = ""
    container_spec: Plain | None = None
    config: Words = field(default_factory=dict)
    init_parameters: str = ""
    endpoint: Endpoint | None = None
    replicas: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SvcOrchSpec:
    """Seldon's own container beside the model."""

    env: tuple[EnvVar, ...] = ()
    resources: Resources | None = None
    replicas: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """One way to an answer: a graph, its pods, and its share of the calls in per cent."""

    name: str
    graph: Node
    annotations: Words = field(default_factory=dict)
    labels: Words = field(default_factory=dict)
    component_specs: tuple[ComponentSpec, ...] = ()
    replicas: int | None = None
    traffic: int | None = None
    shadow: bool | None = None
    progress_deadline_seconds: int | None = None
    explainer: Explainer | None = None
    svc_orch_spec: SvcOrchSpec | None = None
    ssl: Plain | None = None

    @property
    def containers(self) -> tuple[Container, ...]:
        """All containers of all its pods, in the document's order."""
        return tuple(container for part in self.component_specs for container in part.containers)

    def container(self, name: str) -> Container | None:
        """The container called ``name``, or None."""
        return next((container for container in self.containers if container.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """How it speaks and who answers.  Its annotations reach the pods."""

    predictors: tuple[Predictor, ...]
    name: str = ""
    protocol: str = ""
    transport: str = ""
    server_type: str = ""
    annotations: Words = field(default_factory=dict)
    replicas: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeldonDeployment:
    """A whole SeldonDeployment."""

    api_version: str = field(default=API_VERSION, metadata={"always": True})
    kind: str = field(default=KIND, metadata={"always": True})
    metadata: Metadata
    spec: Spec

    def to_document(self) -> dict[str, Any]:
        """Plain JSON values without floats; the same value gives the same document, keys in one order."""
        from seldon_nb.render.seldon.document import write

        return write(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> SeldonDeployment:
        """Read a document strictly.

        Raises:
            ValueError: for an unknown field, a missing one or one of the wrong type; the text starts with the field's path.
        """
        from seldon_nb.render.seldon.document import read

        found = read(cls, document)
        if found.api_version != API_VERSION or found.kind != KIND:
            raise ValueError(f"kind: {found.api_version} {found.kind} is not a {KIND}")
        return found
