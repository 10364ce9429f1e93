"""The types of the panel are those of the contract."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from seldon_nb.lab import schema, typescript

EXTENSION = Path(__file__).resolve().parents[2] / "extension"


def test_the_types_of_the_panel_are_those_of_the_schema(built_panel):
    node = Path(sys.executable).parent / "node"
    said = json.dumps(typescript.typescript_schema())
    made = subprocess.run([str(node), "scripts/types.mjs"], cwd=EXTENSION, input=said, capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
    assert made.stdout == (EXTENSION / "src/api/types.ts").read_text(encoding="utf-8"), "run `make lab-types`"


def test_an_answer_has_all_its_properties_and_a_request_may_leave_out_what_has_a_default():
    shapes = typescript.typescript_schema()["$defs"]
    assert set(shapes["DeploymentRow"]["required"]) == set(shapes["DeploymentRow"]["properties"])
    assert set(shapes["PlanWish"]["required"]) == {"ref", "place", "to"}


def test_every_shape_has_a_type():
    assert {shape.__name__ for shape in schema.SHAPES} <= set(typescript.typescript_schema()["$defs"])
