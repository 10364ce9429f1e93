"""What runs together, as frozen values: Kubernetes' part of a SeldonDeployment, with the fields that its definition (1.17.1) has.

Only what we write or check is typed; what we merely carry (affinity, keys of a volume) stays a plain mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Plain = Mapping[str, Any]
Words = Mapping[str, str]


def named(name: str) -> dict[str, str]:
    """A field's name in the document, where it is not its own in camel case."""
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
    host_port: int | None = None
    host_ip: str = field(default="", metadata=named("hostIP"))


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
    sub_path_expr: str = ""
    mount_propagation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume of one kind."""

    name: str
    empty_dir: Plain | None = None
    config_map: Plain | None = None
    secret: Plain | None = None
    persistent_volume_claim: Plain | None = None
    projected: Plain | None = None
    downward_api: Plain | None = field(default=None, metadata=named("downwardAPI"))
    host_path: Plain | None = None
    ephemeral: Plain | None = None
    csi: Plain | None = None
    nfs: Plain | None = None
    iscsi: Plain | None = None
    fc: Plain | None = None
    cephfs: Plain | None = None
    rbd: Plain | None = None
    azure_disk: Plain | None = None
    azure_file: Plain | None = None
    aws_elastic_block_store: Plain | None = field(default=None, metadata=named("awsElasticBlockStore"))
    gce_persistent_disk: Plain | None = field(default=None, metadata=named("gcePersistentDisk"))
    vsphere_volume: Plain | None = None


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
    proc_mount: str = ""
    se_linux_options: Plain | None = None
    windows_options: Plain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSecurityContext:
    """Who all containers of a pod run as."""

    fs_group: int | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp_profile: SeccompProfile | None = None
    fs_group_change_policy: str = ""
    supplemental_groups: tuple[int, ...] = ()
    sysctls: tuple[Plain, ...] = ()
    se_linux_options: Plain | None = None
    windows_options: Plain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpGet:
    """A probe's question; ``port`` is a number or a port's name."""

    path: str
    port: int | str
    scheme: str = ""
    host: str = ""
    http_headers: tuple[Plain, ...] = ()


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
    termination_grace_period_seconds: int | None = None


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
    volume_devices: tuple[Plain, ...] = ()
    working_dir: str = ""
    termination_message_path: str = ""
    termination_message_policy: str = ""
    stdin: bool | None = None
    stdin_once: bool | None = None
    tty: bool | None = None


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
    active_deadline_seconds: int | None = None
    dns_config: Plain | None = None
    dns_policy: str = ""
    enable_service_links: bool | None = None
    host_aliases: tuple[Plain, ...] = ()
    host_ipc: bool | None = field(default=None, metadata=named("hostIPC"))
    host_network: bool | None = None
    host_pid: bool | None = field(default=None, metadata=named("hostPID"))
    hostname: str = ""
    node_name: str = ""
    os: Plain | None = None
    overhead: Mapping[str, int | str] = field(default_factory=dict)
    preemption_policy: str = ""
    priority: int | None = None
    priority_class_name: str = ""
    readiness_gates: tuple[Plain, ...] = ()
    restart_policy: str = ""
    runtime_class_name: str = ""
    scheduler_name: str = ""
    service_account: str = ""
    set_hostname_as_fqdn: bool | None = field(default=None, metadata=named("setHostnameAsFQDN"))
    share_process_namespace: bool | None = None
    subdomain: str = ""
    topology_spread_constraints: tuple[Plain, ...] = ()
