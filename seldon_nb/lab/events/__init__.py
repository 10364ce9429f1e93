"""The one event of the panel on Jupyter's event bus.

The bus reaches everybody who listens to this server, so an event holds names and phases and nothing else.  ``change.v1.json`` is what the bus checks
each event against; it is :class:`seldon_nb.lab.schema.Change` written out, and a test holds the two together.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_events import EventLogger

SCHEMA_ID = "https://seldon-nb.io/events/change/v1"
FILE = Path(__file__).with_name("change.v1.json")


def register(logger: EventLogger | None) -> None:
    """Make the event known to a server's bus, if it has one; a second time does nothing."""
    if logger is not None and SCHEMA_ID not in logger.schemas:
        logger.register_event_schema(json.loads(FILE.read_text(encoding="utf-8")))


def event_schema() -> dict[str, Any]:
    """The event's schema, made from the contract: ``python -m seldon_nb.lab.events`` writes it."""
    from seldon_nb.lab.schema import Change

    made = Change.model_json_schema(by_alias=True, mode="serialization")
    words: dict[str, Any] = {key: made[key] for key in made if key in ("type", "properties", "required", "additionalProperties")}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": SCHEMA_ID,
        "version": "1",
        "title": "Something changed at a place of seldon_nb",
        "personal-data": False,
        "description": "Names and phases of deployments and runs; never a value.",
        **words,
    }


def written() -> str:
    """The text of the file."""
    return json.dumps(event_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
