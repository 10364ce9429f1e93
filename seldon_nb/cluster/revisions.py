"""Every apply is kept: an immutable ConfigMap per revision, and what the live object itself says of the one that it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from seldon_nb import wire
from seldon_nb.cluster import kinds
from seldon_nb.cluster.api import Api
from seldon_nb.cluster.kinds import Plain
from seldon_nb.cluster.refusals import Refused
from seldon_nb.domain import marks
from seldon_nb.domain.classification import LABEL_KEY, Classification
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.names import as_dns_label
from seldon_nb.domain.plan import Document
from seldon_nb.domain.principal import Principal
from seldon_nb.domain.signature import Signature

_SIGNATURE_MOST = 64 * 1024  # of the 256 KiB that all annotations of an object may have


def name_of(target: Target, number: int) -> str:
    """The ConfigMap of a revision."""
    return f"snb-{target.name}-r{number}"


def config_map(revision: Revision) -> Plain:
    """A revision as its document."""
    target = revision.target
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name_of(target, revision.number),
            "namespace": target.namespace,
            "labels": {marks.MANAGED_BY: marks.US, marks.DEPLOYMENT: target.name, marks.KIND: "revision"},
            "annotations": {marks.REVISION: str(revision.number), marks.PLAN: revision.plan_digest},
        },
        "immutable": True,
        "data": {"revision.json": wire.dumps(revision)},
    }


def of_config_map(found: Mapping[str, Any]) -> Revision | None:
    """Back again; None if it cannot be read."""
    try:
        return wire.loads(Revision, (found.get("data") or {})["revision.json"])
    except (KeyError, ValueError):
        return None


def keep(api: Api, revision: Revision) -> bool:
    """Write a revision; False if one with its number but of another plan is there already."""
    try:
        api.create(kinds.CONFIG_MAP, revision.target.namespace, config_map(revision), repeatable=True)
    except Refused as error:
        if error.status != 409:
            raise
        there = api.find(kinds.CONFIG_MAP, revision.target.namespace, name_of(revision.target, revision.number))
        return there is not None and kinds.annotations_of(there).get(marks.PLAN) == revision.plan_digest
    return True


def forget(api: Api, revision: Revision) -> None:
    """Remove a revision that never lived."""
    api.delete(kinds.CONFIG_MAP, revision.target.namespace, name_of(revision.target, revision.number))


def read(api: Api, target: Target, number: int) -> Revision | None:
    """One revision, or None."""
    found = api.find(kinds.CONFIG_MAP, target.namespace, name_of(target, number)) if number > 0 else None
    return of_config_map(found) if found is not None else None


def live_revision(api: Api, live: Mapping[str, Any]) -> Revision:
    """The revision that a live object of ours says it is: as it was kept, or as far as the object tells."""
    told = of_live(live)
    kept = read(api, told.target, number_of(live))
    return kept if kept is not None and kept.plan_digest == told.plan_digest else told


def all_of(api: Api, target: Target) -> tuple[Revision, ...]:
    """Every revision of a deployment, oldest first."""
    selector = f"{marks.DEPLOYMENT}={target.name},{marks.KIND}=revision"
    found = (of_config_map(item) for item in api.every(kinds.CONFIG_MAP, target.namespace, labels=selector).items)
    return tuple(sorted((item for item in found if item is not None), key=lambda item: item.number))


def stamped(revision: Revision) -> Plain:
    """The revision's SeldonDeployment with what tells which revision it is, in its own metadata only: pods do not change by it."""
    document: Plain = json.loads(json.dumps(dict(revision.document)))
    metadata = document.setdefault("metadata", {})
    metadata.setdefault("labels", {})[marks.MANAGED_BY] = marks.US
    told = {
        marks.REVISION: str(revision.number),
        marks.PLAN: revision.plan_digest,
        marks.PREFIX + "documents": revision.documents_digest,
        marks.PREFIX + "applied-by": revision.applied_by.name,
        marks.PREFIX + "applied-at": revision.applied_at,
        marks.PREFIX + "timeout": str(revision.timeout_s),
    }
    if revision.signature is not None:
        signature = json.dumps(wire.dump(revision.signature), separators=(",", ":"), sort_keys=True)
        if len(signature) <= _SIGNATURE_MOST:
            told[marks.PREFIX + "signature"] = signature
    metadata.setdefault("annotations", {}).update(told)
    return document


def number_of(live: Mapping[str, Any]) -> int:
    """The revision that a live object says it is; 0 if it does not."""
    text = kinds.annotations_of(live).get(marks.REVISION, "")
    return int(text) if text.isdigit() else 0


def of_live(live: Mapping[str, Any]) -> Revision:
    """The revision as far as the live object tells, without reading anything else: enough to list it and to ask it."""
    metadata, told = kinds.metadata(live), kinds.annotations_of(live)

    def say(key: str, default: str = "") -> str:
        return str(told.get(marks.PREFIX + key, default))

    body = {key: value for key, value in live.items() if key in ("apiVersion", "kind", "metadata", "spec")}
    return Revision(
        target=Target(metadata["namespace"], metadata["name"], "cluster"),
        number=max(1, number_of(live)),
        plan_digest=say("plan"),
        documents_digest=say("documents"),
        model=say("model", "-"),
        model_digest=say("model-digest"),
        classification=Classification.parse(say("classification") or kinds.labels_of(live).get(LABEL_KEY)),
        applied_by=principal(say("applied-by") or say("requested-by") or "-"),
        applied_at=say("applied-at") or str(metadata.get("creationTimestamp", "")),
        callers=tuple(principal(name) for name in say("callers").split(",") if name),
        documents=(Document("SeldonDeployment", body),),
        signature=_signature(say("signature")),
        timeout_s=int(say("timeout")) if say("timeout").isdigit() else 60,
    )


def principal(name: str) -> Principal:
    """A principal by the cluster's name for them, made fit for ours if need be (an OIDC name may have a slash or capitals)."""
    try:
        return Principal(name.strip().lower())
    except ValueError:
        plain = "".join(
            letter if letter.isascii() and (letter.isalnum() or letter in "._@+:-") else "-" for letter in name.lower()
        )
        plain = plain.lstrip("._@+:-")[:253]
        return Principal(plain or as_dns_label(name))


def _signature(text: str) -> Signature | None:
    try:
        return wire.loads(Signature, text) if text else None
    except ValueError:
        return None
