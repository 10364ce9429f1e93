"""Log: a model and a sample become a model version that the server is known to load.

Order matters: the model is serialised and tried in a clean process *before* anything is registered, so a refusal changes nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from seldon_nb.checks.contract import Trial, contract_of, judge
from seldon_nb.codecs.profiling import FEWEST_ROWS, profile_of
from seldon_nb.domain.audit import Act
from seldon_nb.domain.classification import Classification, highest
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.model import Flavor, Lineage, ModelVersion
from seldon_nb.domain.names import as_dns_label, is_model_name
from seldon_nb.domain.plan import Finding, Override
from seldon_nb.domain.profile import Profile
from seldon_nb.flows.train import remembered
from seldon_nb.ports import Candidate, PackRequest, Ports, Replay
from seldon_nb.wire import dump


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest:
    """What is logged, under which name, and what the user takes upon themselves.

    Attributes:
        train: the table that the model was trained with (its columns, without the answers), if it is given; else what was seen of the
            training while a cell was watched counts.  A few numbers of it are kept, never a row.
    """

    name: str
    pack: PackRequest
    lineage: Lineage = field(default_factory=Lineage)
    overrides: tuple[Override, ...] = ()
    alias: str = ""
    train: Any = None


@dataclass(frozen=True, slots=True)
class Logged:
    """A registered version and the findings that were not in its way."""

    version: ModelVersion
    findings: tuple[Finding, ...]
    replay: Replay | None


def log(ports: Ports, request: LogRequest, *, workspace: Classification) -> Logged:
    """Pack, try in a clean process, judge, register.

    Args:
        workspace: the classification of the data that this workspace holds; a model inherits it and may only be higher.

    Raises:
        SNB-703: not a name.  SNB-404: a classification below the workspace's.
        SNB-110 … SNB-129: the model stands in its own way.  SNB-140 … SNB-142: the catalogue.
    """
    if not is_model_name(request.name):
        raise fail("SNB-703", name=request.name, suggestion=as_dns_label(request.name))
    level = inherited(request.pack.classification, workspace, request.name)
    pack = replace(request.pack, classification=level, profile=_profile(request, level))
    room = Path(tempfile.mkdtemp(prefix="seldon-nb-log-"))
    try:
        candidate = ports.catalog.pack(pack, room / "model")
        replay = try_out(ports, candidate)
        findings = judge(Trial(candidate=candidate, request=pack, replay=replay), overrides=request.overrides)
        refuse_blocking(findings)
        tags = {"seldon_nb.classification": level.value}
        contract = contract_of(candidate, replay)
        version = ports.catalog.register(
            candidate, request.name, tags=tags | {"seldon_nb.contract": contract_tag(contract)}, lineage=request.lineage
        )
        if request.alias:
            version = ports.catalog.annotate(version, alias=request.alias)
    except SeldonNbError as error:
        record_refusal(ports, request.name, error)
        raise
    finally:
        shutil.rmtree(room, ignore_errors=True)
    ports.audit.append(
        who=ports.access.whoami(),
        act=Act.LOG,
        subject=version.ref,
        digest=version.digest,
        details={"flavor": version.flavor.value, "classification": level.value, "run": version.lineage.run_id},
    )
    return Logged(version, findings, replay)


def _profile(request: LogRequest, level: Classification) -> Profile | None:
    """What the training data looked like, as far as it is known; never of protected data.

    A sample says what is usual only if it has some rows.
    """
    if level.is_protected:
        return None
    if request.train is not None:
        return profile_of(request.train)
    if (seen := remembered(request.pack.model)) is not None:
        return seen
    found = profile_of(request.pack.sample, source="sample")
    return found if found is not None and found.rows >= FEWEST_ROWS else None


def inherited(wanted: Classification, workspace: Classification, name: str) -> Classification:
    """The model's classification: the workspace's, or higher if the user says so; never lower."""
    if wanted is Classification.UNKNOWN:
        return workspace
    if wanted < workspace:
        raise fail("SNB-404", subject=name, wanted=wanted.value, held=workspace.value)
    return highest(wanted, workspace)


def try_out(ports: Ports, candidate: Candidate) -> Replay | None:
    """What a clean process sees of the candidate; None for flavours that are passed through."""
    if candidate.flavor is Flavor.OTHER:
        return None
    return ports.clean_room.replay(candidate.path, candidate.sample)


def refuse_blocking(findings: tuple[Finding, ...]) -> None:
    """Raise the first blocking finding as an error."""
    for finding in findings:
        if finding.blocks:
            raise fail(finding.code, **finding.facts)


def contract_tag(contract: object) -> str:
    """A contract as compact JSON for a tag."""
    import json

    return json.dumps(dump(contract), separators=(",", ":"), sort_keys=True)


def record_refusal(ports: Ports, subject: str, error: SeldonNbError) -> None:
    """Leave a record that something was refused, if the record can be written at all."""
    try:
        ports.audit.append(who=ports.access.whoami(), act=Act.REFUSED, subject=subject[:200] or "-", result=error.code_id)
    except SeldonNbError:  # the refusal itself is what the user must see
        return
