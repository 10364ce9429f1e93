"""Pack: an estimator and a sample become an MLflow model directory that the server can load; nothing is registered."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seldon_nb.catalog import flavors, modules, profiles, requirements, samples, signatures
from seldon_nb.catalog.clean_room_main import plain
from seldon_nb.catalog.connection import out_of_room, quiet
from seldon_nb.checks.trial import MAIN, UNNAMED
from seldon_nb.codecs.answers import class_names
from seldon_nb.digests import tree_digest, tree_files
from seldon_nb.domain.errors import fail
from seldon_nb.domain.model import Environment, Flavor
from seldon_nb.ports import Candidate, PackRequest


def pack(request: PackRequest, into: Path) -> Candidate:
    """Serialise ``request.model`` into ``into``, which must not exist yet.

    Raises:
        SNB-110, SNB-112, SNB-129: the sample.  SNB-119: the model raises on it.  SNB-135, SNB-136: the model's kind.
        SNB-138: a file to include is not there.  SNB-141: the disk is full.
    """
    name = request.name or UNNAMED
    _all_there(request.include, name)
    kind = flavors.kind_of(request.model, request.predict, name)
    fitted = flavors.fitted_columns(request.model)
    sample = samples.as_sample(request.sample, fitted, integers=request.integers, name=name)
    asked = sample[: samples.ASKED_ROWS]
    answers = _ask(kind, asked, request.predict, name)
    signature = signatures.infer(sample, _named(answers, request))
    needs = modules.needs_of(request.model) if kind.pickled else modules.Needs()
    local = needs.local()
    environment = requirements.environment_of(
        kind.flavor, {*needs.top_level, kind.module} - {module for module, _ in local} - {""}
    )
    example = None if request.classification.is_protected else sample[: samples.KEPT_ROWS]
    began = time.perf_counter()
    written = _save(kind, request, into, signature=signature, environment=environment, example=example, name=name)
    took = time.perf_counter() - began
    ours = signatures.of_mlflow(written)
    if not request.classification.is_protected:
        profiles.write(request.profile, ours.inputs.names if ours is not None else (), into)
    return Candidate(
        path=into,
        flavor=kind.flavor,
        serialization=kind.serialization,
        signature=ours,
        environment=environment,
        sample=asked,
        expected=plain(answers),
        digest=tree_digest(into),
        size=size_of(into),
        save_ms=round(took * 1000),
        has_sample=example is not None,
        referenced=needs.top_level,
        local_modules=local,
        fitted_columns=fitted,
    )


@contextlib.contextmanager
def uncompared() -> Iterator[None]:
    """Without MLflow's comparison of the pins with what is installed: they were read from there, and reading them again takes longer than saving."""
    from mlflow.utils import environment

    name = "warn_dependency_requirement_mismatches"
    compare = getattr(environment, name)
    setattr(environment, name, lambda *_: None)
    try:
        yield
    finally:
        setattr(environment, name, compare)


def size_of(path: Path) -> int:
    """Bytes of all files of a model."""
    return sum((path / name).stat().st_size for name in tree_files(path))


def _all_there(include: tuple[str, ...], name: str) -> None:
    for item in include:
        if item != MAIN and not Path(item).exists():
            raise fail("SNB-138", name=name, file=item, directory=str(Path.cwd()))


def _ask(kind: flavors.Kind, sample: Any, predict: str, name: str) -> Any:
    asked = sample.copy()  # a model that changes its input must not change the sample
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the model's own, which its author has seen while training
        try:
            return kind.ask(asked)
        except Exception as error:
            raise fail("SNB-119", name=name, rows=len(sample), error_type=type(error).__name__, predict=predict) from error


def _named(answers: Any, request: PackRequest) -> Any:
    """The answers of ``predict_proba`` under the names of their classes; as they are where classes are values that are not to be kept."""
    if request.predict != "predict_proba" or request.classification.is_protected or getattr(answers, "ndim", 0) != 2:
        return answers
    names = class_names(request.model, answers.shape[1])
    if not names:
        return answers
    import pandas as pd

    return pd.DataFrame(answers, columns=list(names))


def _save(
    kind: flavors.Kind, request: PackRequest, into: Path, *, signature: Any, environment: Environment, example: Any, name: str
) -> Any:
    """Write the directory; MLflow's signature as it was written, because a Python model's type hints go before ours."""
    from mlflow.models import Model

    about = Model()
    common: dict[str, Any] = {"signature": signature, "pip_requirements": requirements.pins(environment), "mlflow_model": about}
    files = [item for item in request.include if item != MAIN]
    if kind.flavor is not Flavor.OTHER:  # not every flavour takes them
        common["code_paths"] = files or None
    with quiet(), uncompared(), out_of_room(into.parent, name=name):
        kind.save(request.model, into, input_example=example, **common)
    return about.signature
