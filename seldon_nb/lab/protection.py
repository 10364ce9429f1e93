"""Whether what this server shows is protected; what cannot be read counts as protected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.places import own_namespace

if TYPE_CHECKING:
    from seldon_nb.lab.work import Work


def is_protected(work: Work) -> bool:
    """By the workspace's own classification, and in a cluster by the namespace's that this server belongs to."""
    try:
        workspace = work.workspace
        if workspace.classification.is_protected:
            return True
        if not workspace.uses_cluster or workspace.settings.classification is not None:
            return False
        own = own_namespace(workspace.settings)
        return not own or workspace.cluster.serving.namespace(own).ceiling.is_protected
    except SeldonNbError:
        return True
