"""Step 4, smoke test: three answers to the sample through the route of every caller, and one refusal where a gateway asks who is calling.

"Answering" is said only after this.  The sample goes the way that every prediction goes, whatever the deployment speaks.  A protected model has no stored
sample, and some samples cannot travel in every protocol: then its readiness is asked instead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seldon_nb.codecs.ready import ready_path
from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.principal import Principal
from seldon_nb.domain.signature import ColumnType, Signature
from seldon_nb.ports import HttpAnswer, Ports
from seldon_nb.steps.asking import Way, way_to
from seldon_nb.words import tr

ROUNDS = 3
#: What a refusal is called by its own code for; everything else is "not live", with its status.
_TOLD = ("SNB-305", "SNB-315", "SNB-327")


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
        SNB-305, SNB-315, SNB-318, SNB-325, SNB-327: an allowed caller is not answered.
        SNB-303: it is to be asked over gRPC, and from here that is not possible.
        SNB-406: somebody who must be refused was answered; the caller of this step withdraws the deployment.
    """
    target = revision.target
    allowed, denied = ports.access.probe_identities(target)
    way = way_to(ports, revision)
    body = question(way, plan, model)
    ready = ready_path(revision.document)
    refused = 0
    if denied is not None:
        refused = ports.endpoint.ask(target, ready, None, ports.access.token_for_probe(denied, target), timeout_s=5.0).status
        if refused < 400:
            raise fail("SNB-406", name=str(target), who=str(denied), status=refused)
    token = ports.access.token_for_probe(allowed, target)
    seconds = 0.0
    for _ in range(ROUNDS):
        if body is None:
            answer = ports.endpoint.ask(target, ready, None, token, timeout_s=float(revision.timeout_s))
        else:
            answer = way.ask(body, token)
        _must_be_an_answer(way, answer, body)
        seconds = answer.seconds
    return Smoke(allowed, denied, refused, max(1, round(seconds * 1000)), "sample" if body is not None else "ready")


def question(way: Way, plan: Plan, model: Path) -> bytes | None:
    """The stored sample's first row as the deployment's server reads it; None if there is none, or none that can travel there."""
    signature = way.revision.signature
    sample = read_sample(model, signature) if plan.spec.version.has_sample and signature is not None else None
    if sample is None:
        return None
    try:
        return way.codec.encode(sample, signature, model=way.revision.model).body
    except SeldonNbError as error:
        if error.code_id != "SNB-326":
            raise
        return None  # the protocol has no word for one of its columns


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


def _must_be_an_answer(way: Way, answer: HttpAnswer, body: bytes | None) -> None:
    """Raise what an answer means if it is none."""
    revision = way.revision
    refusal = way.refusal(answer, len(body or b""))
    if refusal is not None:
        nameless = refusal.code_id == "SNB-315" and not way.codec.told(answer.body)
        if refusal.code_id in _TOLD and not nameless:
            raise refusal
        raise fail("SNB-318", name=str(revision.target), status=answer.status)
    if body is None:
        return
    try:
        rows = len(way.codec.decode(answer.body, revision.signature, name=str(revision.target)).frame)
    except ValueError as error:
        unreadable = way.unreadable(tr("It is not an answer of the protocol ({reason}).", reason=str(error)))
        unreadable.facts["rows"] = "1"
        raise unreadable from error
    if not rows:
        raise fail("SNB-318", name=str(revision.target), status=answer.status)
