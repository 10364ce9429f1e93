"""What we write on a model version, beside what MLflow knows itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from seldon_nb.domain.canonical import DIGEST_PREFIX
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.model import Contract, Environment, Lineage
from seldon_nb.wire import load

PREFIX = "seldon_nb."
DIGEST = PREFIX + "digest"
CLASSIFICATION = PREFIX + "classification"
CONTRACT = PREFIX + "contract"
SERIALIZATION = PREFIX + "serialization"
FLAVOR = PREFIX + "flavor"
SIZE = PREFIX + "size"
MODEL_ID = PREFIX + "model_id"
NOTEBOOK = PREFIX + "notebook"
DATA = PREFIX + "data"
DATA_DIGEST = PREFIX + "data_digest"
AUTHOR = PREFIX + "author"
PROFILE = PREFIX + "profile"


def of_lineage(lineage: Lineage) -> dict[str, str]:
    """The known parts of where a version comes from."""
    parts = {NOTEBOOK: lineage.notebook, DATA: lineage.data, DATA_DIGEST: lineage.data_digest, AUTHOR: lineage.author}
    return {key: value for key, value in parts.items() if value}


def lineage_of(tags: Mapping[str, str], *, run_id: str, model_id: str) -> Lineage:
    """Back from the tags."""
    return Lineage(
        run_id=run_id,
        model_id=model_id or tags.get(MODEL_ID, ""),
        notebook=tags.get(NOTEBOOK, ""),
        data=tags.get(DATA, ""),
        data_digest=tags.get(DATA_DIGEST, ""),
        author=tags.get(AUTHOR, ""),
    )


def contract_of(tags: Mapping[str, str]) -> Contract | None:
    """The contract that was kept; None if there is none, or somebody has written something else there."""
    try:
        return load(Contract, json.loads(tags.get(CONTRACT, "null")))
    except ValueError:
        return None


def shortened(contract: str, environment: Environment) -> str:
    """A contract's JSON with only those packages of the server that the model has too: a tag has little room."""
    data = json.loads(contract)
    if isinstance(data, dict) and isinstance(server := data.get("server"), dict):
        wanted = {name for name, _ in environment.packages}
        server["packages"] = [pair for pair in server.get("packages", []) if pair[0] in wanted]
    return json.dumps(data, separators=(",", ":"), sort_keys=True)


def digest_of(tags: Mapping[str, str]) -> str:
    """The digest that was written; empty if there is none, or it is none."""
    found = tags.get(DIGEST, "")
    return found if re.fullmatch(DIGEST_PREFIX + "[0-9a-f]{64}", found) else ""


def size_of(tags: Mapping[str, str]) -> int:
    """Bytes as they were written; 0 if nobody did."""
    found = tags.get(SIZE, "")
    return int(found) if found.isdecimal() else 0


def classification_of(tags: Mapping[str, str]) -> Classification:
    """What was said; unknown if nobody said."""
    return Classification.parse(tags.get(CLASSIFICATION))
