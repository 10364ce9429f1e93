"""What a plan needs to know of a namespace: a handful of requests at once, however much lies in the namespace."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.kinds import Kind, Plain
from seldon_nb.cluster.revisions import live_revision
from seldon_nb.cluster.rights import Rights, Rules, allows
from seldon_nb.cluster.visible import SETTINGS
from seldon_nb.domain import marks
from seldon_nb.domain.classification import LABEL_KEY, Classification
from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.names import nearest
from seldon_nb.domain.namespace import NamespaceFacts, PlaceSettings, QuotaLine, Right, SecretFacts

POD_SECURITY = "pod-security.kubernetes.io/enforce"
#: Requests that a plan may cost.
MOST = 8
#: What a plan asks about, in the order in which it is shown: what its workflow's steps and what its author need.
RIGHTS: tuple[tuple[str, str], ...] = (
    ("create", "workflows.argoproj.io"),
    ("get", "workflows.argoproj.io"),
    ("create", "configmaps"),
    ("get", "seldondeployments.machinelearning.seldon.io"),
    ("list", "pods"),
)
_KEYS = {
    "server_image": "serverImage",
    "step_image": "stepImage",
    "tracking_uri": "trackingUri",
    "gateway": "gateway",
    "storage_secret": "storageSecret",
    "service_account": "serviceAccount",
}


class Facts:
    """Reads namespaces; may be used by several threads at once."""

    def __init__(self, api: Api, rights: Rights, *, storage_secret: str = "") -> None:
        self._api = api
        self._rights = rights
        self._secret = storage_secret

    def of(self, name: str, *, deployment: str = "") -> tuple[NamespaceFacts, Revision | None]:
        """Facts of a namespace, and the revision of ours that lives under the name ``deployment`` (None if there is none).

        Six requests at once, then at most two more: the storage Secret that the settings name, the revision, rights that were left open.

        Raises:
            SNB-212: there is no such namespace.  SNB-531, SNB-532, SNB-538.
        """
        with ThreadPoolExecutor(6, thread_name_prefix="seldon_nb-facts") as pool:

            def ask(work: Callable[..., Any], *args: Any) -> Future[Any]:
                return pool.submit(contextvars.copy_context().run, work, *args)

            namespace = ask(self._or_none, kinds.NAMESPACE, "", name)
            rules = ask(self._rights.rules, name)
            quotas = ask(self._items, kinds.QUOTA, name)
            limits = ask(self._items, kinds.LIMITS, name)
            settings = ask(self._or_none, kinds.CONFIG_MAP, name, SETTINGS)
            live = ask(self._live, name, deployment)
            seen, unreadable = namespace.result()
            if seen is None and not unreadable:
                raise fail("SNB-212", namespace=name, nearest=self._nearest(name), known=self._nearest(name))
            platform = settings_of(settings.result()[0])
            document, has_seldon = live.result()
            wanted = self._secret or platform.storage_secret
            secret = ask(self._secret_facts, name, wanted)
            former = ask(self._revision, document)
            budget = MOST - 6 - bool(wanted) - (document is not None and kinds.is_ours(document))
            rights = self._said(name, rules.result(), budget=budget)
            if unreadable and not any(right.allowed for right in rights):
                self._refuse_misspelt(name)
            labels = kinds.labels_of(seen or {})
            told = ((settings.result()[0] or {}).get("data") or {}).get("classification")
            facts = NamespaceFacts(
                name,
                Classification.parse(labels.get(LABEL_KEY) or told) if seen or told else Classification.UNKNOWN,
                place="cluster",
                open_membership=True,
                deployments=(deployment,) if document is not None else (),
                pod_security=labels.get(POD_SECURITY, ""),
                quota=tuple(quota_lines(quotas.result())),
                default_requests=defaults(limits.result(), "defaultRequest"),
                default_limits=defaults(limits.result(), "default"),
                rights=rights,
                secrets=secret.result(),
                settings=platform,
                owner=kinds.owner_of(document) if document is not None and not kinds.is_ours(document) else "",
                engines=("argo", "seldon") if has_seldon else ("argo",),
                unread=_unread(rules.result(), namespace=unreadable, settings=settings.result()[1], quota=not quotas.result()),
            )
            return facts, former.result()

    def _refuse_misspelt(self, name: str) -> None:
        """A namespace that is closed to us may not be there at all: where the name is nearly one of ours, that is what was meant."""
        ours = tuple(sorted({self._api.credentials.namespace, *self._api.named} - {"", name}))
        if near := nearest(name, ours, most=1):
            raise fail("SNB-212", namespace=name, nearest=near[0], known=", ".join(ours))

    # --- one request each ------------------------------------------------------------------------------------------------------

    def _or_none(self, kind: Kind, namespace: str, name: str) -> tuple[Plain | None, bool]:
        """(the object or None, whether it may be there but must not be read)."""
        try:
            return self._api.find(kind, namespace, name), False
        except SeldonNbError as error:
            if error.code_id == "SNB-533":
                return None, True
            raise

    def _items(self, kind: Kind, namespace: str) -> tuple[Plain, ...]:
        try:
            return self._api.every(kind, namespace).items
        except SeldonNbError as error:
            if error.code_id == "SNB-533":
                return ()
            raise

    def _live(self, namespace: str, name: str) -> tuple[Plain | None, bool]:
        """(the SeldonDeployment, whether the cluster knows the kind)."""
        if not name:
            return None, True
        try:
            return self._api.find(kinds.SELDON, namespace, name), True
        except SeldonNbError as error:
            if error.code_id in ("SNB-533", "SNB-536"):
                return None, error.code_id == "SNB-533"
            raise

    def _said(self, namespace: str, rules: Rules, *, budget: int) -> tuple[Right, ...]:
        """What the rules say; where they may be incomplete, as many single questions as the budget allows, and silence about the rest."""
        found = []
        for verb, resource in RIGHTS:
            if allows(rules, verb, resource) or not rules.get("incomplete"):
                found.append(Right(verb, resource, allows(rules, verb, resource)))
            elif budget > 0:
                budget -= 1
                found.append(Right(verb, resource, self._rights.may(verb, resource, namespace)))
        return tuple(found)

    def _revision(self, document: Plain | None) -> Revision | None:
        if document is None or not kinds.is_ours(document):
            return None
        return live_revision(self._api, document)

    def _secret_facts(self, namespace: str, name: str) -> tuple[SecretFacts, ...]:
        """The Secret by its metadata alone; its values are not even sent."""
        if not name:
            return ()
        try:
            found = self._api.find(kinds.SECRET, namespace, name, metadata_only=True)
        except SeldonNbError as error:
            if error.code_id == "SNB-533":
                return (SecretFacts(name),)
            raise
        remotes = kinds.annotations_of(found or {}).get(marks.REMOTES, "")
        told = tuple(part.strip().lower() for part in remotes.split(",") if part.strip())
        return (SecretFacts(name, found is not None, told),)

    def _nearest(self, name: str) -> str:
        return self._api.nearest_namespace(name)


def _unread(rules: Rules, *, namespace: bool, settings: bool, quota: bool) -> tuple[str, ...]:
    """What was not seen for want of rights; no quota at all may mean that there is none."""
    hidden = quota and not rules.get("incomplete") and not allows(rules, "list", "resourcequotas")
    return tuple(name for name, true in (("namespace", namespace), ("settings", settings), ("quota", hidden)) if true)


def settings_of(config_map: Mapping[str, Any] | None) -> PlaceSettings:
    """The platform team's word for a namespace."""
    data: Mapping[str, str] = (config_map or {}).get("data") or {}
    chosen = {name: str(data.get(key, "")).strip() for name, key in _KEYS.items()}
    return PlaceSettings(**chosen, prefetched=str(data.get("prefetched", "")).lower() == "true")


def quota_lines(quotas: Iterable[Mapping[str, Any]]) -> Iterable[QuotaLine]:
    """Every line of every quota."""
    for quota in quotas:
        status = quota.get("status") or {}
        hard = status.get("hard") or (quota.get("spec") or {}).get("hard") or {}
        used = status.get("used") or {}
        for resource in sorted(hard):
            yield QuotaLine(
                resource, str(hard[resource]), str(used.get(resource, "0")), str(kinds.metadata(quota).get("name", ""))
            )


def defaults(ranges: Iterable[Mapping[str, Any]], which: str) -> tuple[tuple[str, str], ...]:
    """What a container without its own is given: (resource, quantity), sorted."""
    found: dict[str, str] = {}
    for limit_range in ranges:
        for limit in (limit_range.get("spec") or {}).get("limits") or ():
            if limit.get("type") == "Container":
                found |= {resource: str(amount) for resource, amount in (limit.get(which) or {}).items()}
    return tuple(sorted(found.items()))


class Settled:
    """What the platform team settled, read once per namespace; nothing where we may not read it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: dict[str, PlaceSettings] = {}

    def of(self, namespace: str) -> PlaceSettings:
        """The settings of one namespace."""
        if namespace not in self._known:
            try:
                found = self._api.find(kinds.CONFIG_MAP, namespace, SETTINGS)
            except SeldonNbError as error:
                if error.code_id != "SNB-533":
                    raise
                found = None
            self._known[namespace] = settings_of(found)
        return self._known[namespace]
