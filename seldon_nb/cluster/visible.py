"""What we may see of a cluster: all of it in one list where that is permitted, else the namespaces that are ours."""

from __future__ import annotations

import contextlib

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.kinds import Kind, Plain
from seldon_nb.cluster.refusals import Refused
from seldon_nb.domain.classification import LABEL_KEY, Classification
from seldon_nb.domain.errors import SeldonNbError


def namespaces(api: Api) -> tuple[str, ...]:
    """All namespaces if we may list them; else those that are ours."""
    return tuple(name for name, _ in levels(api))


def levels(api: Api) -> tuple[tuple[str, Classification], ...]:
    """The same with the classification that each is labelled with; unknown where we may not list them."""
    try:
        items = api.every(kinds.NAMESPACE, metadata_only=True).items
    except SeldonNbError as error:
        if error.code_id != "SNB-533":
            raise
        return tuple((name, Classification.UNKNOWN) for name in own(api))
    found = ((str(kinds.metadata(item)["name"]), kinds.labels_of(item).get(LABEL_KEY)) for item in items)
    return tuple(sorted(((name, Classification.parse(label)) for name, label in found), key=lambda pair: pair[0]))


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
