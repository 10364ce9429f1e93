"""A model in a file of one's own: what a shell has instead of a variable."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from seldon_nb.domain.errors import fail
from seldon_nb.words import tr

_PICKLED = (".joblib", ".pkl", ".pickle")


def load_model(path: Path) -> Any:
    """An estimator from a ``.joblib`` or ``.pkl`` file, or from a directory that MLflow saved.

    Loading a pickle runs what it holds: only load what is yours.

    Raises:
        SNB-705: it is none of these, or cannot be loaded.
    """
    if not path.exists():
        raise _unreadable(path, tr("There is no such file."))
    try:
        if path.is_dir():
            return _of_mlflow(path)
        if path.suffix in _PICKLED:
            import joblib

            return joblib.load(path)
    except Exception as error:
        raise _unreadable(path, type(error).__name__) from error
    raise _unreadable(path, tr("Files end in .joblib, .pkl or .pickle; a directory holds a file called MLmodel."))


def _of_mlflow(path: Path) -> Any:
    from seldon_nb.catalog.connection import quiet
    from seldon_nb.catalog.reading import read_mlmodel

    flavors = read_mlmodel(path)["flavors"]
    native = next((name for name in flavors if name != "python_function"), "pyfunc")
    with quiet():
        loaded = importlib.import_module(f"mlflow.{native}").load_model(str(path))
        return loaded.unwrap_python_model() if native == "pyfunc" else loaded


def _unreadable(path: Path, reason: str) -> Exception:
    return fail("SNB-705", path=str(path), wanted=tr("a model"), reason=reason, verb="log")
