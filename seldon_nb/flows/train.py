"""Train: watch a cell, say what its fits left and how they compare.

What was fitted is remembered for as long as the model lives: the profile of its data, its classification.  Nobody's rows are kept, only weak
references to what the notebook holds itself.
"""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seldon_nb.domain.classification import Classification, highest
from seldon_nb.domain.profile import Profile
from seldon_nb.domain.training import Fingerprint, Trained
from seldon_nb.ports import Trainings


@dataclass(frozen=True, slots=True)
class _Remembered:
    model: weakref.ref[Any]
    profile: Profile | None
    level: Classification


_models: dict[int, _Remembered] = {}


def remembered(model: Any) -> Profile | None:
    """The profile of the data that a model was fitted to while somebody watched; None if nobody did, or if the data is protected."""
    found = _of(model)
    return found.profile if found else None


def classification_of(model: Any) -> Classification:
    """The classification that a model inherits from the data of its cell; unclassified if nobody watched."""
    found = _of(model)
    return found.level if found else Classification.UNCLASSIFIED


def _of(model: Any) -> _Remembered | None:
    found = _models.get(id(model))
    return found if found is not None and found.model() is model else None


def _remember(model: Any, data: Any, level: Classification) -> None:
    key = id(model)
    try:
        held = weakref.ref(model, lambda _: _models.pop(key, None))
    except TypeError:  # cannot be held weakly
        return
    _models[key] = _Remembered(held, None if level.is_protected else _profile(data), level)


def _profile(data: Any) -> Profile | None:
    from seldon_nb.codecs.profiling import profile_of

    return profile_of(data)


class Watch:
    """One cell, or with :meth:`begin` called again each of many.

    Args:
        trainings: records the fits.
        level: the workspace's classification.
        experiment, otherwise: see ``ports.Trainings.watch``.
    """

    def __init__(self, trainings: Trainings, *, level: Classification, experiment: str = "", otherwise: str = "notebook") -> None:
        self._trainings = trainings
        self._level = level
        self._fits: list[tuple[Any, Any, Any]] = []
        self._cell = ""
        trainings.watch(experiment=experiment, otherwise=otherwise, protected=level.is_protected, seen=self._seen)

    def begin(self) -> None:
        """A cell begins."""
        self._fits.clear()
        self._cell = uuid.uuid4().hex
        self._trainings.mark(self._cell)

    def _seen(self, model: Any, data: Any, target: Any) -> None:
        self._fits = [fit for fit in self._fits if fit[0] is not model] + [(model, data, target)]

    @property
    def has_seen(self) -> bool:
        """Whether anything was fitted in this cell."""
        return bool(self._fits)

    def end(
        self, names: Mapping[str, Any], *, declared: Mapping[str, Classification] | None = None, stopped: bool = False
    ) -> Trained | None:
        """The cell ended.

        Args:
            names: the notebook's variables.
            declared: directories that its data came from, with what they declare.
            stopped: it ended with an error.

        Returns:
            None if it recorded no finished run.

        Raises:
            SNB-140, SNB-142: the runs cannot be read, or written on.
        """
        declared = declared or {}
        level = highest(self._level, *declared.values())
        fits, self._fits = self._fits, []
        for model, data, _ in fits:
            _remember(model, data, level)
        runs = tuple(run for run in self._trainings.runs(self._cell) if run.finished)
        if not runs:
            return None
        model, data, target = fits[-1] if fits else (None, None, None)
        taken = _fingerprint(data, target)
        self._trainings.note(runs[-1], fingerprint=taken.digest if taken else "", classification=level.value)
        higher = [path for path, found in declared.items() if found > self._level and found == level]
        return Trained(
            runs=runs,
            former=self._trainings.former(runs[0]),
            fingerprint=taken,
            level=level,
            declared=higher[0] if higher else "",
            model=_name(names, model),
            data=_name(names, data),
            stopped=stopped,
        )

    def close(self) -> None:
        """Watch no more."""
        self._trainings.unwatch()


def _fingerprint(data: Any, target: Any) -> Fingerprint | None:
    from seldon_nb.codecs.fingerprint import fingerprint

    return fingerprint(data, target) if data is not None else None


def _name(names: Mapping[str, Any], thing: Any) -> str:
    """The notebook's own name for a thing, the latest one; empty if it has none."""
    found = [name for name, value in names.items() if value is thing and not name.startswith("_")] if thing is not None else []
    return found[-1] if found else ""
