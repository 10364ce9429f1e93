"""What a namespace is to a plan."""

from __future__ import annotations

from dataclasses import dataclass, field

from seldon_nb.domain.classification import Classification
from seldon_nb.domain.principal import Principal


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """One line of a quota, in Kubernetes quantities: what may be used in all and what is used now."""

    resource: str  # "requests.memory", "pods", "limits.cpu"…
    hard: str
    used: str = "0"
    quota: str = ""  # the quota's own name


@dataclass(frozen=True, slots=True)
class QuotaChange:
    """What a plan does to one line of a quota, in Kubernetes quantities.

    Attributes:
        used, after: before and when it is done.
        peak: the most that is used on the way, the former version and the steps of the apply included.
        fits: whether the peak is within what may be used.
    """

    resource: str
    hard: str
    used: str
    after: str
    peak: str
    quota: str = ""
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Right:
    """Whether the person may do one thing in the namespace; ``resource`` is written ``workflows.argoproj.io`` or ``pods/log``."""

    verb: str
    resource: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class SecretFacts:
    """A Secret by its name and the remotes that it says it is for; its values are never read.

    Attributes:
        exists: None if the person may not look.
        remotes: from its annotation ``seldon-nb.io/remotes``, lower case; empty if it does not say.
    """

    name: str
    exists: bool | None = None
    remotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """What the platform team settled for a namespace; an empty value means that nobody did.

    Attributes:
        server_image, step_image: images of model servers and of workflow steps.
        tracking_uri: MLflow as pods reach it.
        gateway: address of the gateway for callers outside.
        storage_secret: the Secret that opens the model store.
        service_account: of the workflow's steps.
        prefetched: the images are on the nodes already.
    """

    server_image: str = ""
    step_image: str = ""
    tracking_uri: str = ""
    gateway: str = ""
    storage_secret: str = ""
    service_account: str = ""
    prefetched: bool = False


@dataclass(frozen=True, slots=True)
class NamespaceFacts:
    """Facts of one namespace: its ceiling, its members, and what lies in it.

    Attributes:
        ceiling: the highest classification that may live there.
        members: everybody the namespace knows, with their roles.
        deployments: names of the deployments in it; only those that matter to the plan where there may be thousands.
        place: ``here`` or ``cluster``.
        open_membership: nobody can list its members: any well-formed name may be a caller.
        pod_security: the level that is enforced: ``privileged``, ``baseline``, ``restricted``; empty if none is.
        quota: every line of every quota.
        default_requests, default_limits: what a container without its own is given.
        rights: what was asked about the person's rights.
        owner: who owns the object under the deployment's name, if it is not ours; empty otherwise.
        engines: what the cluster offers: ``seldon``, ``argo``.
        unread: what the person may not look at, so that nothing is known of it: ``namespace`` (classification, pod security), ``settings``, ``quota``.
    """

    name: str
    ceiling: Classification
    members: tuple[Principal, ...] = ()
    deployments: tuple[str, ...] = ()
    place: str = "here"
    open_membership: bool = False
    pod_security: str = ""
    quota: tuple[QuotaLine, ...] = ()
    default_requests: tuple[tuple[str, str], ...] = ()
    default_limits: tuple[tuple[str, str], ...] = ()
    rights: tuple[Right, ...] = ()
    secrets: tuple[SecretFacts, ...] = ()
    settings: PlaceSettings = field(default_factory=PlaceSettings)
    owner: str = ""
    engines: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def member(self, name: str) -> Principal | None:
        """The member called ``name``; anybody with a well-formed name where members cannot be listed; None otherwise."""
        found = next((person for person in self.members if person.name == name), None)
        if found is None and self.open_membership:
            try:
                return Principal(name)
            except ValueError:
                return None
        return found
