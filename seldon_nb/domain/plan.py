"""A plan: what would happen, shown before it happens, and pinned so that what happens is what was shown."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.canonical import digest_of
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.code import Severity
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.environment import OwnEnvironment
from seldon_nb.domain.model import ModelVersion
from seldon_nb.domain.names import is_dns_label
from seldon_nb.domain.namespace import NamespaceFacts, QuotaChange
from seldon_nb.domain.principal import Principal


class Server(enum.Enum):
    """Which runtime answers; the first four are MLServer with protocol v2 and can be rehearsed on one machine."""

    MLFLOW = "mlflow"
    SKLEARN = "sklearn"
    XGBOOST = "xgboost"
    LIGHTGBM = "lightgbm"
    HUGGINGFACE = "huggingface"
    TRITON = "triton"
    TENSORFLOW = "tensorflow"
    CUSTOM = "custom"  # an image of one's own: it speaks v2 as MLServer does, or seldon as a language wrapper does


@dataclass(frozen=True, slots=True)
class Override:
    """A blocking finding that somebody takes upon themselves, with the reason that is kept."""

    code: str
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("an override has a reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSpec:
    """What somebody wants: this version, there, under this name, for these callers.

    Attributes:
        source: where pods get the model's files; None where none needs to (``here``).
        image: the model server's image; empty for the one that belongs to this release.
        step_image: the image of workflow steps and of the initializer; empty likewise.
        service_account: of the workflow's steps; empty for ``snb-deployer``.
        tracking_uri: MLflow as pods reach it; empty where no workflow runs.
        protocol: what the server speaks: ``v2``, ``tensorflow`` or ``seldon``; empty for what it speaks best.
        environment: the model's own packages before the server's; None for the server's alone.
    """

    version: ModelVersion
    deployment: str
    namespace: str
    place: str = "here"
    server: Server = Server.MLFLOW
    classification: Classification = Classification.UNKNOWN
    requested_by: Principal
    callers: tuple[Principal, ...] = ()
    timeout_s: int = 60
    overrides: tuple[Override, ...] = ()
    source: ArtifactSource | None = None
    image: str = ""
    step_image: str = ""
    service_account: str = ""
    tracking_uri: str = ""
    protocol: str = ""
    environment: OwnEnvironment | None = None

    def __post_init__(self) -> None:
        if not is_dns_label(self.deployment):
            raise ValueError("not a deployment name")
        if not is_dns_label(self.namespace):
            raise ValueError("not a namespace name")
        if self.classification < self.version.classification:
            raise ValueError("a deployment's classification is never below its model's")
        if not 1 <= self.timeout_s <= 3600:
            raise ValueError("timeout_s is 1 to 3600 seconds")
        if len({caller.name for caller in self.callers}) != len(self.callers):
            raise ValueError("each caller is named once")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's word on one plan; the sentences are those of its code.

    Attributes:
        code: an entry of the table of codes that has a severity.
        facts: text and whole numbers that fill its templates.
        subject: what it is about (``column age``, ``spec.predictors[0].name``), for sorting and for the eye.
        severity: the code's own, unless a rule lowers it.
        overridden_by: the reason given, if a blocking finding was overridden.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    subject: str = ""
    severity: Severity = Severity.BLOCK
    overridden_by: str = ""

    def __post_init__(self) -> None:
        entry = lookup(self.code)
        if entry.severity is None:
            raise ValueError(f"{self.code} is an error, not a finding")
        if self.overridden_by and not entry.overridable:
            raise ValueError(f"{self.code} cannot be overridden")

    @property
    def blocks(self) -> bool:
        """Whether it stops the plan as it stands."""
        return self.severity is Severity.BLOCK and not self.overridden_by


@dataclass(frozen=True, slots=True)
class Document:
    """One generated document by its name (``SeldonDeployment``, ``mlserver/model-settings.json``); ``body`` is plain JSON without floats."""

    name: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Base:
    """What lives when the plan is made: the digest of the live documents and the revision number; 0 and empty if nothing does."""

    digest: str = ""
    revision: int = 0


_HEX = re.compile(r"sha256:[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A value: shown, saved, approved, audited, applied.

    Attributes:
        spec: what was asked.
        findings: all rules' words, blocking first.
        documents: what would be sent, complete.
        base: what lives now; apply refuses if it changed.
        diff: unified diff of the SeldonDeployment against what lives, as text.
        passed: how many rules had nothing to say.
        created_at: RFC 3339; not part of the digest.
        facts: what was seen of the namespace in a cluster (rights, quota); not part of the digest.
        room: what it does to the namespace's quotas; not part of the digest.
        digest: over the spec, the documents and the base.
    """

    spec: PlanSpec
    findings: tuple[Finding, ...]
    documents: tuple[Document, ...]
    base: Base
    diff: str = ""
    passed: int = 0
    created_at: str = ""
    facts: NamespaceFacts | None = None
    room: tuple[QuotaChange, ...] = ()
    digest: str

    def __post_init__(self) -> None:
        if not _HEX.match(self.digest):
            raise ValueError("a plan has a digest")
        if not any(document.name == "SeldonDeployment" for document in self.documents):
            raise ValueError("a plan holds a SeldonDeployment")

    @property
    def ok(self) -> bool:
        """Whether nothing blocks it."""
        return not any(finding.blocks for finding in self.findings)

    @property
    def is_update(self) -> bool:
        """Whether something lives under this name already."""
        return self.base.revision > 0

    def document(self, name: str) -> Mapping[str, Any]:
        """The body of the document called ``name``; ``KeyError`` if there is none."""
        for document in self.documents:
            if document.name == name:
                return document.body
        raise KeyError(name)

    def documents_digest(self) -> str:
        """The digest of the documents alone: equal documents need no apply."""
        return documents_digest(self.documents)


def documents_digest(documents: tuple[Document, ...]) -> str:
    """One digest over documents by name and body; their order does not count."""
    return digest_of({document.name: dict(document.body) for document in documents})


def plan_digest(spec: PlanSpec, documents: tuple[Document, ...], base: Base) -> str:
    """The digest that pins a plan: what was asked, what would be sent, on what it stands, and what was overridden and why."""
    return digest_of(
        {
            "model": spec.version.ref,
            "modelDigest": spec.version.digest,
            "deployment": spec.deployment,
            "namespace": spec.namespace,
            "place": spec.place,
            "server": spec.server.value,
            "classification": spec.classification.value,
            "requestedBy": spec.requested_by.name,
            "callers": sorted(caller.name for caller in spec.callers),
            "timeoutSeconds": spec.timeout_s,
            "overrides": {override.code: override.reason for override in spec.overrides},
            "runsAs": [spec.image, spec.step_image, spec.service_account, spec.tracking_uri],
            "documents": documents_digest(documents),
            "base": {"digest": base.digest, "revision": base.revision},
        }
    )
