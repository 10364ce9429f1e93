"""``python -m seldon_nb.lab.typescript``: the contract as a JSON Schema from which json-schema-to-typescript makes the panel's types (``make lab-types``).

Answers are written whole by the server, so all their properties are there; of a request, what has a default may be left out.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from seldon_nb.lab.schema import (
    ApplyWish,
    Change,
    Comparison,
    PlaceAct,
    PlanWish,
    Question,
    Replay,
    SaveCases,
    Shape,
    json_schema,
)

#: What the panel sends, and the events: a default may be left out of these.
SENT: tuple[type[Shape], ...] = (PlaceAct, PlanWish, ApplyWish, Question, Comparison, SaveCases, Replay, Change)

#: Names for parts of shapes that the schema has no name for.
ALIASES = {
    "Block": "CardView['blocks'][number]",
    "PlaceName": "PlaceView['name']",
    "Scalar": "string | number | boolean | null",
    "Sort": "'name' | 'state' | 'age' | 'owner' | 'calls' | 'p50'",
    "Tone": "CardView['tone']",
}


def _references(part: object) -> set[str]:
    """The definitions that a part of the schema names."""
    if isinstance(part, dict):
        own = {str(part["$ref"]).rpartition("/")[2]} if "$ref" in part else set()
        return own.union(*(_references(value) for value in part.values()))
    return set[str]().union(*(_references(value) for value in part)) if isinstance(part, list) else set()


def _reached(definitions: dict[str, Any], names: set[str]) -> set[str]:
    """``names`` and whatever they lead to."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= _references(definitions[name]) - found
    return found


def _plain(part: Any) -> Any:
    """A part in the words of draft 7, without the titles and bounds that would become types of their own."""
    if isinstance(part, list):
        return [_plain(value) for value in part]
    if not isinstance(part, dict):
        return part
    kept = {
        key: _plain(value)
        for key, value in part.items()
        if key not in {"title", "default", "discriminator", "minItems", "maxItems", "prefixItems"}
    }
    if "properties" in part:
        kept["properties"] = {name: _plain(value) for name, value in part["properties"].items()}
    if "prefixItems" in part:
        items = [_plain(value) for value in part["prefixItems"]]
        kept |= {"items": items, "minItems": len(items), "maxItems": len(items)}
    return kept


def typescript_schema() -> dict[str, Any]:
    """The schema of ``schema.py``, prepared for json-schema-to-typescript; one definition per shape, sorted by name."""
    definitions: dict[str, Any] = json_schema()["$defs"]
    sent = _reached(definitions, {shape.__name__ for shape in SENT})
    prepared = {}
    for name in sorted(definitions):
        one = _plain(definitions[name])
        if name not in sent and "properties" in one:
            one["required"] = list(one["properties"])
        prepared[name] = one
    return {
        "title": "Contract",
        "type": "object",
        "additionalProperties": False,
        "properties": {},
        "$defs": prepared,
        "x-aliases": ALIASES,
    }


def main() -> int:
    """Write the schema to standard output."""
    sys.stdout.write(json.dumps(typescript_schema(), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
