"""The parts of a SeldonDeployment (v1) as frozen values, named as Seldon and Kubernetes name them.

Only what we write or check is typed; what we merely carry (autoscaling, affinity, keys of a volume) stays a plain mapping.
An empty value means that the document does not say it; nothing is defaulted here, because Seldon defaults nothing in what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from seldon_nb.render.seldon.document import Path, empties, read, say_empty, write
from seldon_nb.render.seldon.pods import (
    Capabilities,
    Container,
    EnvVar,
    HttpGet,
    Metadata,
    Plain,
    PodSecurityContext,
    PodSpec,
    Port,
    Probe,
    Resources,
    SeccompProfile,
    SecurityContext,
    Volume,
    VolumeMount,
    Words,
    named,
)

__all__ = [
    "API_VERSION",
    "KIND",
    "Capabilities",
    "ComponentSpec",
    "Container",
    "Endpoint",
    "EnvVar",
    "Explainer",
    "HttpGet",
    "Logger",
    "Metadata",
    "Node",
    "Parameter",
    "Plain",
    "PodSecurityContext",
    "PodSpec",
    "Port",
    "Predictor",
    "Probe",
    "Resources",
    "SeccompProfile",
    "SecurityContext",
    "SeldonDeployment",
    "Spec",
    "SvcOrchSpec",
    "Volume",
    "VolumeMount",
    "Words",
]

API_VERSION = "machinelearning.seldon.io/v1"
KIND = "SeldonDeployment"


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
    service_host: str = field(default="", metadata=named("service_host"))
    service_port: int | None = field(default=None, metadata=named("service_port"))
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
    storage_initializer_image: str = ""


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
    engine_resources: Resources | None = None

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
    """A whole SeldonDeployment.

    Attributes:
        said: paths at which a document that was read says something empty (``children: []``); not a field of the document.
    """

    api_version: str = field(default=API_VERSION, metadata={"always": True})
    kind: str = field(default=KIND, metadata={"always": True})
    metadata: Metadata
    spec: Spec
    said: tuple[Path, ...] = field(default=(), compare=False, metadata={"beside": True})

    def to_document(self) -> dict[str, Any]:
        """Plain JSON values without floats; the same value gives the same document, keys in one order."""
        return say_empty(write(self), self.said)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], *, to_look: bool = False) -> SeldonDeployment:
        """Read a document strictly.

        Args:
            to_look: it will not be written back, so what it says empty need not be kept.

        Raises:
            ValueError: for an unknown field, a missing one or one of the wrong type; the text starts with the field's path.
        """
        found = read(cls, document)
        if found.api_version != API_VERSION or found.kind != KIND:
            raise ValueError(f"kind: {found.api_version} {found.kind} is not a {KIND}")
        said = () if to_look else empties(document)
        return replace(found, said=said) if said else found
