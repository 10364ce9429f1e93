"""Our own rights: what the cluster says of all at once, and single questions where that leaves something open.  Kept for seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.refusals import Refused
from seldon_nb.domain.errors import SeldonNbError

KEEP_S = 20.0

Rules = Mapping[str, Any]


class Rights:
    """Answers are kept for ``KEEP_S`` seconds and are hints: the API server decides.  May be used by several threads at once."""

    def __init__(self, api: Api, clock: Callable[[], float]) -> None:
        self._api = api
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], tuple[float, Any]] = {}

    def rules(self, namespace: str) -> Rules:
        """All that we may do in a namespace, as a SelfSubjectRulesReview says it; ``{"incomplete": True}`` if nobody may ask."""
        kept = self._look(("rules", namespace))
        if kept is not None:
            found: Rules = kept
            return found
        body = {"apiVersion": kinds.RULES_REVIEW.api_version, "kind": kinds.RULES_REVIEW.name, "spec": {"namespace": namespace}}
        try:
            status: Rules = self._api.create(kinds.RULES_REVIEW, "", body).get("status") or {"incomplete": True}
        except Refused:
            status = {"incomplete": True}
        except SeldonNbError as error:
            if error.code_id != "SNB-533":
                raise
            status = {"incomplete": True}
        self._keep(("rules", namespace), status)
        return status

    def said(self, verb: str, resource: str, namespace: str) -> bool | None:
        """What is known without asking anew; None if nothing is."""
        rules: Rules | None = self._look(("rules", namespace))
        if rules is not None:
            if allows(rules, verb, resource):
                return True
            if not rules.get("incomplete"):
                return False
        kept = self._look((verb, resource, namespace, ""))
        return None if kept is None else bool(kept)

    def may(self, verb: str, resource: str, namespace: str, *, name: str = "") -> bool:
        """One question; ``namespace`` empty asks for all namespaces. ``resource`` is written ``pods/log``, ``workflows.argoproj.io``."""
        known = self.said(verb, resource, namespace)
        if known is True or (known is False and not name):
            return bool(known)
        kept = self._look((verb, resource, namespace, name))
        if kept is None:
            kept = self._ask(verb, resource, namespace, name)
            self._keep((verb, resource, namespace, name), kept)
        return bool(kept)

    def _ask(self, verb: str, resource: str, namespace: str, name: str) -> bool:
        plural, sub, group = parts(resource)
        asked = {"namespace": namespace, "verb": verb, "group": group, "resource": plural, "subresource": sub, "name": name}
        body = {
            "apiVersion": kinds.ACCESS_REVIEW.api_version,
            "kind": kinds.ACCESS_REVIEW.name,
            "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
        }
        try:
            return bool((self._api.create(kinds.ACCESS_REVIEW, "", body).get("status") or {}).get("allowed"))
        except Refused:
            return False

    def _look(self, key: tuple[str, ...]) -> Any:
        with self._lock:
            until, value = self._kept.get(key, (0.0, None))
            return value if self._clock() < until else None

    def _keep(self, key: tuple[str, ...], value: Any) -> None:
        with self._lock:
            if len(self._kept) > 4096:
                self._kept.clear()
            self._kept[key] = (self._clock() + KEEP_S, value)


def parts(resource: str) -> tuple[str, str, str]:
    """(plural, subresource, group) of ``pods/log``, ``seldondeployments.machinelearning.seldon.io/infer``."""
    whole, _, sub = resource.partition("/")
    plural, _, group = whole.partition(".")
    return plural, sub, group


def allows(rules: Rules, verb: str, resource: str) -> bool:
    """Whether the rules of a review say yes; a rule for single names does not count."""
    plural, sub, group = parts(resource)
    wanted = f"{plural}/{sub}" if sub else plural
    return any(
        not rule.get("resourceNames")
        and {verb, "*"} & set(rule.get("verbs") or ())
        and {group, "*"} & set(rule.get("apiGroups") or ())
        and {wanted, "*", *([f"*/{sub}"] if sub else [])} & set(rule.get("resources") or ())
        for rule in rules.get("resourceRules") or ()
    )
