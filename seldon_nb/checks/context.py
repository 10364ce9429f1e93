"""What a rule of a plan may look at: facts, gathered beforehand; a rule reads nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seldon_nb.checks.kept import trial_of
from seldon_nb.checks.made import Pod, pods
from seldon_nb.checks.trial import ReplayFacts, Trial
from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.model import Environment
from seldon_nb.domain.namespace import NamespaceFacts
from seldon_nb.domain.plan import PlanSpec
from seldon_nb.render.seldon import IMAGE, SeldonDeployment


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext:
    """A plan about to be judged.

    Attributes:
        spec: what was asked.
        document: the SeldonDeployment that would be sent.
        namespace: facts of the namespace; None if it is not known.
        namespaces: the names of all namespaces, for the nearest one.
        server: the packages that the server has; None if nobody could look.
        live: what serves under this name now, or None.
        replay: what the clean room just saw, if the model was tried for this plan; otherwise what its contract kept counts.
        found_digest: the digest of the model's files as they are now; empty if they were not read.
        image: the server image that a rehearsal stands in for.
        trial: the version as the contract's rules judge it.
        deployment: the document as typed values, or None if it cannot be read; ``unread`` then says where and why.
        pods: what the operator would make of it in a cluster; empty elsewhere.
    """

    spec: PlanSpec
    document: Mapping[str, Any]
    namespace: NamespaceFacts | None = None
    namespaces: tuple[str, ...] = ()
    server: Environment | None = None
    live: Revision | None = None
    replay: ReplayFacts | None = None
    found_digest: str = ""
    image: str = IMAGE
    trial: Trial = field(init=False)
    deployment: SeldonDeployment | None = field(init=False, default=None)
    unread: str = field(init=False, default="")
    pods: tuple[Pod, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "trial", trial_of(self.spec.version, self.server, self.replay))
        try:
            object.__setattr__(self, "deployment", SeldonDeployment.from_document(self.document, to_look=True))
        except ValueError as error:
            object.__setattr__(self, "unread", str(error))
        if self.in_cluster and self.deployment is not None:
            object.__setattr__(self, "pods", pods(self.deployment, self.document))

    @property
    def in_cluster(self) -> bool:
        """Whether the namespace is one of a cluster."""
        return self.namespace is not None and self.namespace.place != "here"

    @property
    def about(self) -> dict[str, object]:
        """The facts that every sentence may use: whose plan it is."""
        return {
            "deployment": self.spec.deployment,
            "namespace": self.spec.namespace,
            "ref": self.spec.version.ref,
            "place": self.spec.place,
        }
