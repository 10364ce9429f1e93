"""What was seen of a deployment at one moment, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seldon_nb.domain.deployment import StageStatus
from seldon_nb.domain.workflow import Step

#: A Kubernetes object as the API gives it: ``{"metadata": {…}, "spec": {…}, "status": {…}}``.
Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that was seen of one deployment at one moment; whatever nobody looked at stays empty.

    Attributes:
        now: seconds since the epoch.
        namespace, name: of the deployment.
        deployment: the SeldonDeployment; None if there is none.
        workloads: the Deployments (apps/v1) with the label ``seldon-deployment-id: <name>``.
        replica_sets, pods: with the same label; those of former versions included.
        events: of the deployment, its workloads, replica sets and pods, and of the workflow and its pods (core/v1 Events), in any order.
        workflow: the Argo Workflow of this apply; workflow_pods: its pods.
        logs: last lines by ``pod/container``, of the container's former run if it was started again; twenty lines suffice.
        expected_model: ``fraud@3``; expected_digest: ``sha256:…`` of its files as the plan knows them.
        expected_plan: digest of the plan that should live; empty if the deployment as it stands is meant.
        expected_images: by container name, the images that the plan renders; a pod with others belongs to a former version.
        serving_model: ``fraud@2``, the version of the last revision that answered; empty if there was none.
        source: the address that the initializer reads; secret: the Secret that opens it.
        operator_seen: whether the Seldon operator shows signs of life (a lease, a pod, a status written elsewhere); None if nobody could look.
        argo_seen: the same of Argo's controller.
        answering: whether this very version answered through its route; None if nobody asked.
        answered_at: when it was first seen to, in seconds since the epoch; 0 for now.
        applied_at: seconds since the epoch when this version was applied, or from when on to look; 0 for what the deployment itself says.
    """

    now: float
    namespace: str = ""
    name: str = ""
    deployment: Plain | None = None
    workloads: tuple[Plain, ...] = ()
    replica_sets: tuple[Plain, ...] = ()
    pods: tuple[Plain, ...] = ()
    events: tuple[Plain, ...] = ()
    workflow: Plain | None = None
    workflow_pods: tuple[Plain, ...] = ()
    logs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expected_model: str = ""
    expected_digest: str = ""
    expected_plan: str = ""
    expected_images: Mapping[str, str] = field(default_factory=dict)
    serving_model: str = ""
    source: str = ""
    secret: str = ""
    operator_seen: bool | None = None
    argo_seen: bool | None = None
    answering: bool | None = None
    answered_at: float = 0.0
    applied_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a snapshot means.

    Attributes:
        stages: the six stages in order, with times in milliseconds.
        code: an entry of the table of codes: a cause, SNB-346 while it is starting and nothing wrong is seen, empty once it answers.
        facts: of the code; complete for its templates.  Names, versions, quantities; never a value of data or of a secret.
        final: it will not get better by itself: whoever waits may stop.
        step: the workflow's step that it stands in, or that failed; None if no workflow is involved or it has ended well.
        serving: ``fraud@2`` if pods of the former version answer meanwhile; empty otherwise.
        log: the last lines that may be shown, oldest first.
    """

    stages: tuple[StageStatus, ...]
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    final: bool = False
    step: Step | None = None
    serving: str = ""
    log: tuple[str, ...] = ()

    @property
    def stuck(self) -> bool:
        """Whether a cause was found."""
        return self.code not in ("", "SNB-346")
