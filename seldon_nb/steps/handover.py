"""What one step leaves for the next: one small JSON file per step in a directory that they share.

A file is written whole or not at all, so a step that was cut short has left nothing.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from seldon_nb import wire
from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.errors import fail
from seldon_nb.domain.plan import Plan
from seldon_nb.domain.workflow import Step
from seldon_nb.steps.smoke_test import Smoke

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AfterCheck:
    """What lived when the plan was checked; ``already`` if that is this very plan, and nothing is left to do."""

    already: bool
    live: Revision | None = None


@dataclass(frozen=True, slots=True)
class AfterPackage:
    """Where the planned files lie, seen from every step, their digest as it was found, and that of the packed environment."""

    path: str
    digest: str
    environment: str = ""


@dataclass(frozen=True, slots=True)
class AfterDeploy:
    """The revision that was brought to life."""

    revision: Revision


@dataclass(frozen=True, slots=True)
class AfterSmokeTest:
    """What the live check saw."""

    smoke: Smoke


_WRITERS = {
    AfterCheck: Step.CHECK,
    AfterPackage: Step.PACKAGE,
    AfterDeploy: Step.DEPLOY,
    AfterSmokeTest: Step.SMOKE_TEST,
}


class Handover:
    """The directory, for one step of one plan."""

    def __init__(self, directory: Path, plan: Plan, step: Step) -> None:
        self._directory = directory
        self._plan = plan
        self._step = step

    def leave(self, value: object) -> None:
        """Leave a result for the steps that follow."""
        self._directory.mkdir(parents=True, exist_ok=True)
        file = self._file(type(value))
        whole = file.with_suffix(".part")
        body = {"left": {self._plan.digest: wire.dump(value)}}
        whole.write_text(json.dumps(body, sort_keys=True, ensure_ascii=False), encoding="utf-8")
        whole.replace(file)

    def take(self, kind: type[T]) -> T:
        """What an earlier step of the same plan left.

        Raises:
            SNB-561: it left nothing, or nothing that can be read.
        """
        file = self._file(kind)
        try:
            left = json.loads(file.read_bytes())["left"]
            return wire.load(kind, left[self._plan.digest])
        except (OSError, ValueError, KeyError, TypeError) as error:
            spec = self._plan.spec
            raise fail(
                "SNB-561",
                step=self._step.value,
                file=file.name,
                reason=type(error).__name__,
                ref=spec.version.ref,
                namespace=spec.namespace,
            ) from None

    def room(self, name: str) -> Path:
        """An empty directory of this name; what an attempt before left in it is gone."""
        import shutil

        path = self._directory / name
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path, mode=0o700)  # noqa: PTH103 - parents too, with this mode
        return path

    def _file(self, kind: type[object]) -> Path:
        return self._directory / f"{_WRITERS[kind].value}.json"
