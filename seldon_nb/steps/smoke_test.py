"""Step 4, smoke test: three answers to the sample through the route of every caller, and one refusal where a gateway asks who is calling.

"Answering" is said only after this.  A protected model has no stored sample, so its readiness is asked instead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.principal import Principal
from seldon_nb.domain.signature import ColumnType, Signature
from seldon_nb.ports import Ports
from seldon_nb.render.mlserver import node_name

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Smoke:
    """What the live check saw: who was answered, who was refused with which status, and the time of the last answer in milliseconds.

    ``denied`` is None and its status 0 where no gateway stands in front: nobody could be refused, and nothing is claimed.
    """

    allowed: Principal
    denied: Principal | None
    denied_status: int
    answer_ms: int
    asked_with: str  # "sample" or "ready"


def smoke_test(ports: Ports, plan: Plan, revision: Revision, model: Path) -> Smoke:
    """Ask as an allowed caller and as one who must be refused, through the gateway.

    Raises:
        SNB-318: an allowed caller is not answered.
        SNB-406: somebody who must be refused was answered; the caller of this step withdraws the deployment.
    """
    target = revision.target
    allowed, denied = ports.access.probe_identities(target)
    path, body = question(plan, revision, model)
    ready = f"/v2/models/{node_name(revision.document)}/ready"
    refused = 0
    if denied is not None:
        refused = ports.endpoint.ask(target, ready, None, ports.access.token_for_probe(denied, target), timeout_s=5.0).status
        if refused < 400:
            raise fail("SNB-406", name=str(target), who=str(denied), status=refused)
    token = ports.access.token_for_probe(allowed, target)
    seconds = 0.0
    for _ in range(ROUNDS):
        answer = ports.endpoint.ask(target, path, body, token, timeout_s=float(revision.timeout_s))
        if answer.status != 200:
            raise _not_live(revision, answer.status, answer.body)
        seconds = answer.seconds
    return Smoke(allowed, denied, refused, max(1, round(seconds * 1000)), "sample" if body is not None else "ready")


def question(plan: Plan, revision: Revision, model: Path) -> tuple[str, bytes | None]:
    """What to ask: the stored sample's first row as an inference request, or readiness."""
    node = node_name(revision.document)
    signature = revision.signature
    sample = read_sample(model, signature) if plan.spec.version.has_sample and signature is not None else None
    if sample is None or signature is None:
        return f"/v2/models/{node}/ready", None
    from seldon_nb.codecs.v2 import encode, layout_of

    return f"/v2/models/{node}/infer", encode(sample, signature, layout=layout_of(revision.document))


def read_sample(model: Path, signature: Signature | None) -> Any:
    """The first stored sample row as a frame with the signature's types, or None if there is none that can be read back."""
    file = model / "input_example.json"
    if signature is None or not file.is_file() or signature.inputs.is_tensor:
        return None
    import pandas as pd

    data = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or "columns" not in data or "data" not in data:
        return None
    frame = pd.DataFrame(data["data"][:1], columns=data["columns"])
    for column in signature.inputs.columns:
        if column.name not in frame:
            continue
        if column.type is ColumnType.DATETIME:
            frame[column.name] = pd.to_datetime(frame[column.name])
        elif column.type in (ColumnType.FLOAT, ColumnType.DOUBLE):
            frame[column.name] = frame[column.name].astype("float32" if column.type is ColumnType.FLOAT else "float64")
        elif column.type is ColumnType.BINARY:
            return None
    return frame


def _not_live(revision: Revision, status: int, body: bytes) -> SeldonNbError:
    try:
        seen = json.loads(body)
    except ValueError:
        seen = {}
    if status == 500 and isinstance(seen, dict) and seen.get("error_type"):
        return fail("SNB-315", name=str(revision.target), error_type=str(seen["error_type"]), where=str(seen.get("where", "")))
    return fail("SNB-318", name=str(revision.target), status=status)
