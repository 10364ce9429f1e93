"""The place on a cluster: Kubernetes' API, Seldon's deployments, Argo's workflows.

What lives here: adapters of serving, workflows, endpoint, access and audit for a cluster.
What must not: decisions of a flow, documents of our own (they are rendered), the meaning of what was seen (that is diagnosis).
"""

from __future__ import annotations
