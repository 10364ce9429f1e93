"""Which cluster: the context that was named, else this pod's own, else KUBECONFIG, else ``~/.kube/config``."""

from __future__ import annotations

import functools

from seldon_nb.cluster import credentials
from seldon_nb.cluster.api import Api


def connect(context: str = "") -> Api:
    """A connection to the cluster that is meant; nothing is sent yet.

    Raises:
        SNB-530: no cluster is known, or no context has the name.
    """
    return Api(source(context))


def source(context: str = "") -> credentials.Source:
    """Where credentials come from, each time they are needed."""
    if not context and (credentials.ACCOUNT / "token").exists():
        return credentials.of_this_pod
    names, current, _ = credentials.contexts()
    if (context or current) not in names:
        raise credentials.unknown(context or current, names)
    return functools.partial(credentials.of_context, context or current)


def namespace(context: str = "") -> str:
    """The namespace that this pod or the context names, from what lies on the disk; empty if none is named."""
    if not context and (credentials.ACCOUNT / "namespace").exists():
        return (credentials.ACCOUNT / "namespace").read_text(encoding="utf-8").strip()
    _, current, known = credentials.contexts()
    return known.get(context or current, "")
