"""The labels and annotations that tell what is ours in a cluster, and what it belongs to."""

from __future__ import annotations

PREFIX = "seldon-nb.io/"
#: Kubernetes' own label for who manages an object, and what we put there; also our name among the managers of an object's fields.
MANAGED_BY = "app.kubernetes.io/managed-by"
US = "seldon-nb"
#: The selector of all that is ours.
OURS = f"{MANAGED_BY}={US}"

DEPLOYMENT = PREFIX + "deployment"
KIND = PREFIX + "kind"
PLAN = PREFIX + "plan"
PLAN_DIGEST = PREFIX + "plan-digest"
MODEL = PREFIX + "model"
REQUESTED_BY = PREFIX + "requested-by"
REVISION = PREFIX + "revision"
BUILD = PREFIX + "build"
#: What a namespace says of its own stores.
REMOTES = PREFIX + "remotes"
