"""Who is who, and who may: what the cluster itself says of us."""

from __future__ import annotations

from collections.abc import Callable

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.refusals import Refused
from seldon_nb.cluster.revisions import principal
from seldon_nb.cluster.rights import Rights
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.principal import Principal, SecretToken
from seldon_nb.ports import Clock

#: What a verb of ours is to the cluster; any of the rights is enough.
VERBS: dict[str, tuple[tuple[str, str], ...]] = {
    "plan": (("get", "seldondeployments.machinelearning.seldon.io"),),
    "see": (("get", "seldondeployments.machinelearning.seldon.io"),),
    "apply": (("create", "workflows.argoproj.io"),),
    "delete": (("delete", "seldondeployments.machinelearning.seldon.io"),),
    "predict": (("create", "seldondeployments.machinelearning.seldon.io/infer"), ("create", "services/proxy")),
    "audit": (("list", "configmaps"),),
}
#: The service account whose tokens the gateway takes, and the least that Kubernetes lets a token live.
CLIENT = "snb-client"
LEAST_MINUTES = 10
MOST_MINUTES = 60
_PROBE_MINUTES = LEAST_MINUTES


def audience(target: Target) -> str:
    """The one audience that an endpoint accepts."""
    return f"seldon-nb:{target.namespace}/{target.name}"


class ClusterAccess:
    """Rights and tokens of whoever the credentials speak for.

    Args:
        gateway: whether a gateway stands in front of the endpoint, which asks for tokens.
    """

    def __init__(self, api: Api, rights: Rights, clock: Clock, *, gateway: Callable[[Target], bool] = lambda _: False) -> None:
        self._api = api
        self._rights = rights
        self._clock = clock
        self._gateway = gateway
        self._me: Principal | None = None

    def whoami(self) -> Principal:
        """Who the cluster takes us for; asked once."""
        if self._me is None:
            body = {"apiVersion": kinds.WHO_AM_I.api_version, "kind": kinds.WHO_AM_I.name}
            try:
                told = self._api.create(kinds.WHO_AM_I, "", body)["status"]["userInfo"]["username"]
            except (Refused, KeyError):  # clusters before 1.28
                told = self._api.credentials.origin.replace(" ", "-")
            self._me = principal(str(told))
        return self._me

    def may(self, verb: str, target: Target) -> bool:
        """Whether we may ``plan``, ``apply``, ``delete``, ``predict``, ``see`` or ``audit`` this deployment; the cluster's own answer, kept for seconds.

        A target without a namespace (``-``) asks about the namespace that is ours.
        """
        namespace = target.namespace if target.namespace not in ("", "-") else self._api.credentials.namespace
        # "*" asks for every namespace: where that is granted, no question per namespace follows.
        for right, resource in VERBS.get(verb, ()):
            known = self._rights.said(right, resource, namespace)
            if known is True or (
                known is None and (self._rights.may(right, resource, "") or self._rights.may(right, resource, namespace))
            ):
                return True
        return False

    def token(self, target: Target, *, minutes: int = LEAST_MINUTES) -> SecretToken:
        """A token for one endpoint, 10 to 60 minutes.

        Raises: SNB-401 if we may not call it, SNB-405 for other lengths, SNB-533 without the right to ask for tokens.
        """
        if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
            raise fail("SNB-405", minutes=minutes, most=MOST_MINUTES, ref=target.name)
        if not self.may("predict", target):
            raise fail("SNB-401", who=str(self.whoami()), verb="predict", target=str(target))
        return self._mint(target, minutes)

    def probe_identities(self, target: Target) -> tuple[Principal, Principal | None]:
        """(ourselves, nobody): where no gateway stands in front, the API server itself is the lock, and it refuses whom it does not know."""
        return self.whoami(), None

    def token_for_probe(self, principal: Principal, target: Target) -> SecretToken:
        """A token for the live check: an empty one where no gateway asks for it."""
        if self._gateway(target):
            return self._mint(target, _PROBE_MINUTES)
        return SecretToken("", audience(target), principal.name, int(self._clock.now()) + 60)

    def _mint(self, target: Target, minutes: int) -> SecretToken:
        body = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"audiences": [audience(target)], "expirationSeconds": minutes * 60},
        }
        try:
            made = self._api.create(kinds.SERVICE_ACCOUNT, target.namespace, body, sub=f"{CLIENT}/token")
        except Refused as error:
            raise fail("SNB-401", who=str(self.whoami()), verb="predict", target=str(target)) from error
        until = int(self._clock.now()) + minutes * 60
        return SecretToken(
            str(made["status"]["token"]), audience(target), f"system:serviceaccount:{target.namespace}:{CLIENT}", until
        )


class JobAccess:
    """Inside a workflow's pod: the act is the requester's, the rights are the service account's."""

    def __init__(self, inner: ClusterAccess, requested_by: Principal) -> None:
        self._inner = inner
        self._who = requested_by

    def whoami(self) -> Principal:
        """Who asked for the plan."""
        return self._who

    def may(self, verb: str, target: Target) -> bool:
        """Whether the steps' account may do what a step does; that the requester might was asked when the plan was handed over."""
        if verb == "apply":
            return self._inner.may("delete", target) or self._patch(target)
        return self._inner.may(verb, target)

    def _patch(self, target: Target) -> bool:
        return self._inner._rights.may("patch", "seldondeployments.machinelearning.seldon.io", target.namespace)

    def token(self, target: Target, *, minutes: int = LEAST_MINUTES) -> SecretToken:
        """As the account's."""
        return self._inner.token(target, minutes=minutes)

    def probe_identities(self, target: Target) -> tuple[Principal, Principal | None]:
        """(the requester, nobody)."""
        return self._who, self._inner.probe_identities(target)[1]

    def token_for_probe(self, principal: Principal, target: Target) -> SecretToken:
        """As the account's."""
        return self._inner.token_for_probe(principal, target)
