"""What we may see of a cluster: all of it in one list where that is permitted, else the namespaces that are ours."""

from __future__ import annotations

import contextlib

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.kinds import Kind, Plain
from seldon_nb.cluster.refusals import Refused
from seldon_nb.domain.classification import LABEL_KEY, Classification
from seldon_nb.domain.errors import SeldonNbError

#: The ConfigMap of a namespace in which the platform team settles what holds there.
SETTINGS = "seldon-nb"


def namespaces(api: Api) -> tuple[str, ...]:
    """All namespaces if we may list them; else those that are ours, by one request all the same."""
    listed = _listed(api)
    return own(api) if listed is None else tuple(sorted(str(kinds.metadata(item)["name"]) for item in listed))


def levels(api: Api) -> tuple[tuple[str, Classification], ...]:
    """The same with the classification that each is labelled with; where we may not list them, each of ours is looked at.

    Without its label it is what the platform team's settings say; unknown where neither may be read.
    """
    listed = _listed(api)
    if listed is None:
        return tuple((name, _level(api, name)) for name in own(api))
    found = ((str(kinds.metadata(item)["name"]), kinds.labels_of(item).get(LABEL_KEY)) for item in listed)
    return tuple(sorted(((name, Classification.parse(label)) for name, label in found), key=lambda pair: pair[0]))


def _listed(api: Api) -> tuple[Plain, ...] | None:
    """All namespaces; None if we may not list them."""
    try:
        return api.every(kinds.NAMESPACE, metadata_only=True).items
    except SeldonNbError as error:
        if error.code_id != "SNB-533":
            raise
        return None


def _level(api: Api, namespace: str) -> Classification:
    """As a plan reads it."""
    found = _read(api, kinds.NAMESPACE, "", namespace)
    label = kinds.labels_of(found).get(LABEL_KEY) if found else None
    if not label:
        label = ((_read(api, kinds.CONFIG_MAP, namespace, SETTINGS) or {}).get("data") or {}).get("classification")
    return Classification.parse(label)


def _read(api: Api, kind: Kind, namespace: str, name: str) -> Plain | None:
    """One object; None if it is not there, or not for us."""
    try:
        return api.find(kind, namespace, name)
    except Refused:
        return None
    except SeldonNbError as error:
        if error.code_id not in ("SNB-533", "SNB-534"):
            raise
        return None


def own(api: Api) -> tuple[str, ...]:
    """The namespace of the kubeconfig's context or of this pod, and those that somebody named since, sorted."""
    return tuple(sorted({api.credentials.namespace, *api.named} - {""}))


def everywhere(api: Api, kind: Kind, labels: str) -> tuple[Plain, ...]:
    """One cluster-wide list where that is permitted, else one per namespace that is ours. Raises: SNB-533 where not even those may be read."""
    refused: SeldonNbError
    try:
        return api.every(kind, labels=labels).items
    except SeldonNbError as error:
        if error.code_id != "SNB-533":
            raise
        refused = error
    found: list[Plain] = []
    read = 0
    for namespace in own(api):
        with contextlib.suppress(Refused):
            try:
                found += api.every(kind, namespace, labels=labels).items
            except SeldonNbError as error:
                if error.code_id != "SNB-533":
                    raise
                refused = error  # it names the namespace, and so the right to ask for
                continue
            read += 1
    if not read:
        raise refused
    return tuple(found)
