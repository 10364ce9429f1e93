"""What the images install is what the project's lock holds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("images_lock", ROOT / "images/lock.py")
assert _spec is not None and _spec.loader is not None
lock = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(lock)


@pytest.mark.parametrize("source", lock.inputs(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_image_installs_versions_and_hashes_of_the_lock_only(source):
    locked = lock.entries((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    chosen = lock.entries(source.with_suffix(".txt").read_text(encoding="utf-8"))
    assert chosen, "run python images/lock.py"
    for name, parts in chosen.items():
        assert set(parts) <= set(locked.get(name, ())), f"{name}: run python images/lock.py"
    assert not set(chosen) & lock.left_out(source)


@pytest.mark.parametrize("name", ["model-server", "step", "notebook"])
def test_an_image_runs_as_somebody_without_powers(name):
    text = (ROOT / "images" / name / "Dockerfile").read_text(encoding="utf-8")
    assert "USER 8888:8888" in text.rpartition("AS packages")[2]
    assert 'ENTRYPOINT ["' in text  # no shell
    assert text.startswith("#") and "\nARG BASE\n" in text
