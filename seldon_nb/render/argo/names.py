"""Names of what a plan becomes in a cluster: the same plan has the same names, so that sending it twice is sending it once."""

from __future__ import annotations

from seldon_nb.domain.canonical import DIGEST_PREFIX
from seldon_nb.domain.names import MAX_LABEL

#: Values of the label ``seldon-nb.io/kind``.
KIND_APPLY = "apply"
KIND_PLAN = "plan"
KIND_REVISION = "revision"

PLAN_KEY = "plan.json"
REVISION_KEY = "revision.json"

_OURS = "snb-"
_SHORT = 10
_ATTEMPT = len("-a20")


def workflow_name(deployment: str, plan_digest: str) -> str:
    """``snb-<deployment>-<10 hex of the plan>``; a long deployment name is cut, because the digest already tells two plans apart."""
    room = MAX_LABEL - len(_OURS) - _SHORT - 1 - _ATTEMPT
    return f"{_OURS}{deployment[:room].rstrip('-')}-{_hex(plan_digest)[:_SHORT]}"


def attempt_name(workflow: str, attempt: int) -> str:
    """The name of a plan's first, second, … attempt: ``snb-fraud-0123456789``, ``snb-fraud-0123456789-a2``, …"""
    return workflow if attempt == 1 else f"{workflow}-a{attempt}"


def attempt_of(workflow: str) -> int:
    """Which attempt a name is of."""
    number = workflow.rpartition("-a")[2]
    return int(number) if number.isdigit() and len(number) < _ATTEMPT - 1 else 1


def plan_map_name(plan_digest: str) -> str:
    """The ConfigMap that carries a plan: ``snb-plan-<16 hex>``."""
    return f"{_OURS}plan-{_hex(plan_digest)[:16]}"


def revision_map_name(deployment: str, number: int) -> str:
    """The ConfigMap that keeps a revision: ``snb-<deployment>-r<number>``; 253 characters are allowed, so nothing is cut."""
    return f"{_OURS}{deployment}-r{number}"


def mutex_name(deployment: str) -> str:
    """What two workflows of one deployment wait for each other by."""
    return f"{_OURS}{deployment}"


def _hex(digest: str) -> str:
    return digest.removeprefix(DIGEST_PREFIX)
