"""A packed environment in a deployment's document: the initializer is told where it lies and what it must be."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from seldon_nb.domain.plan import Document

PLACE = "SNB_ENVIRONMENT"
DIGEST = "SNB_ENVIRONMENT_DIGEST"


def known_digest(document: Mapping[str, Any] | None, uri: str) -> str:
    """The digest that a document names for the environment at ``uri``; empty if it names none."""
    for container in _initializers(document or {}):
        told = {item["name"]: item.get("value", "") for item in container.get("env") or ()}
        if told.get(PLACE) == uri:
            return str(told.get(DIGEST, ""))
    return ""


def with_digest(documents: tuple[Document, ...], digest: str) -> tuple[Document, ...]:
    """The documents with the digest of what was packed; without an environment if nothing had to be packed (an empty digest)."""
    return tuple(Document(item.name, _with(item.body, digest)) if item.name == "SeldonDeployment" else item for item in documents)


def _with(body: Mapping[str, Any], digest: str) -> dict[str, Any]:
    document = copy.deepcopy(dict(body))
    for container in _initializers(document):
        told = {item["name"]: item for item in container.get("env") or ()}
        if PLACE not in told:
            continue
        told.pop(DIGEST, None)
        if digest:
            told[DIGEST] = {"name": DIGEST, "value": digest}
        else:
            told.pop(PLACE)
        container["env"] = [told[name] for name in sorted(told)]
    return document


def _initializers(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    predictors = (document.get("spec") or {}).get("predictors") or ()
    parts = [part for item in predictors for part in item.get("componentSpecs") or ()]
    return [container for part in parts for container in (part.get("spec") or {}).get("initContainers") or ()]
