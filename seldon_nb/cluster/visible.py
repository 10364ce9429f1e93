"""What we may see of a cluster: all of it in one list where that is permitted, else the namespaces that are ours."""

from __future__ import annotations

import contextlib

from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.kinds import Kind, Plain
from seldon_nb.cluster.refusals import Refused
from seldon_nb.domain.errors import SeldonNbError


def namespaces(api: Api) -> tuple[str, ...]:
    """All namespaces if we may list them; else those that are ours."""
    try:
        return tuple(sorted(str(kinds.metadata(item)["name"]) for item in api.every(kinds.NAMESPACE, metadata_only=True).items))
    except SeldonNbError as error:
        if error.code_id != "SNB-533":
            raise
        return own(api)


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
