"""Which kind of estimator it is: how it is asked here, and how MLflow saves it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from seldon_nb.domain.errors import fail
from seldon_nb.domain.model import Flavor

#: Import names of libraries for which MLflow has a flavour of its own whose ``save_model(model, path, …)`` is all that is needed.
PASSED_THROUGH = ("statsmodels", "catboost", "pmdarima", "prophet", "torch", "keras", "tensorflow", "h2o", "paddle")
_FLAVOR_MODULE = {"torch": "pytorch", "keras": "tensorflow"}
#: The methods that can stand behind an endpoint, by kind.
METHODS = {Flavor.SKLEARN: ("predict", "predict_proba")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of estimator.

    Attributes:
        flavor: what it is to serving; library: MLflow's name for it; module: its import name.
        serialization: the format of the file that MLflow writes.
        pickled: whether Python objects are pickled, so that their modules must be there when it is loaded.
        ask: the kernel's own answer to a sample.
        options: what ``save_model`` is told besides.
    """

    flavor: Flavor
    library: str
    serialization: str
    pickled: bool
    ask: Callable[[Any], Any]
    options: Mapping[str, Any]
    module: str = ""

    def save(self, model: Any, path: Path, **common: Any) -> None:
        """Write a complete MLflow model directory."""
        module = importlib.import_module(f"mlflow.{self.library}")
        if self.flavor is Flavor.PYFUNC:
            module.save_model(str(path), python_model=model, **common, **self.options)
        else:
            module.save_model(model, str(path), **common, **self.options)


def kind_of(model: Any, predict: str, name: str) -> Kind:
    """The kind of an estimator.

    Raises:
        SNB-135: it cannot be asked by that method.
        SNB-136: nobody knows how to save it.
    """
    kind = _kind(model, predict)
    if kind is None:
        raise fail("SNB-136", name=name, type=_type_name(model))
    allowed = METHODS.get(kind.flavor, ("predict",))
    if predict not in allowed or (kind.flavor is Flavor.SKLEARN and not hasattr(model, predict)):
        raise fail(
            "SNB-135",
            name=name,
            method=predict,
            flavor=kind.library,
            allowed=", ".join(item for item in allowed if hasattr(model, item)) or "—",
        )
    return kind


def _kind(model: Any, predict: str) -> Kind | None:
    if isinstance(model, type):
        return None
    libraries = {base.__module__.partition(".")[0] for base in type(model).__mro__}
    makers: dict[str, Callable[[], Kind]] = {  # XGBoost's and LightGBM's estimators are scikit-learn's too, so they come first
        "xgboost": lambda: _xgboost(model),
        "lightgbm": lambda: _lightgbm(model),
        "mlflow": lambda: _python(_python_model(model)),
        "sklearn": lambda: _sklearn(model, predict),
        **{library: partial(_other, model, library) for library in PASSED_THROUGH},
    }
    for library, make in makers.items():
        if library in libraries and hasattr(model, "predict"):
            return make()
    return _python(model) if inspect.isfunction(model) else None


def _sklearn(model: Any, predict: str) -> Kind:
    # cloudpickle: MLflow's default since 3.14 is skops, which no released model server can read
    options = {"serialization_format": "cloudpickle", "pyfunc_predict_fn": predict}
    return Kind(
        flavor=Flavor.SKLEARN,
        library="sklearn",
        serialization="cloudpickle",
        pickled=True,
        ask=_method(model, predict),
        options=options,
    )


def _python(ask: Callable[[Any], Any]) -> Kind:
    return Kind(flavor=Flavor.PYFUNC, library="pyfunc", serialization="cloudpickle", pickled=True, ask=ask, options={})


def _other(model: Any, library: str) -> Kind:
    name = _FLAVOR_MODULE.get(library, library)
    ask = _method(model, "predict")
    return Kind(flavor=Flavor.OTHER, library=name, serialization=name, pickled=False, ask=ask, options={}, module=library)


def _xgboost(model: Any) -> Kind:
    def ask(sample: Any) -> Any:
        if hasattr(model, "get_booster"):
            return model.predict(sample)
        import xgboost

        return model.predict(xgboost.DMatrix(sample))

    return Kind(
        flavor=Flavor.XGBOOST, library="xgboost", serialization="ubj", pickled=False, ask=ask, options={"model_format": "ubj"}
    )


def _lightgbm(model: Any) -> Kind:
    scikit = hasattr(model, "booster_")  # LGBMModel is pickled, a Booster is written as text
    options = {"serialization_format": "cloudpickle"} if scikit else {}
    serialization = "cloudpickle" if scikit else "text"
    return Kind(
        flavor=Flavor.LIGHTGBM,
        library="lightgbm",
        serialization=serialization,
        pickled=scikit,
        ask=_method(model, "predict"),
        options=options,
    )


def _method(model: Any, name: str) -> Callable[[Any], Any]:
    def ask(sample: Any) -> Any:
        return getattr(model, name)(sample)

    return ask


def _python_model(model: Any) -> Callable[[Any], Any]:
    """``predict(context, model_input)``, or the newer ``predict(model_input)``."""

    def ask(sample: Any) -> Any:
        if "context" in inspect.signature(model.predict).parameters:
            return model.predict(None, sample)
        return model.predict(sample)

    return ask


def fitted_columns(model: Any) -> tuple[str, ...]:
    """The names of the columns that the estimator was trained with; empty if it does not know them."""
    names = getattr(model, "feature_names_in_", None)
    if names is None and hasattr(model, "feature_name") and callable(model.feature_name):  # lightgbm.Booster
        names = model.feature_name()
    if names is None and type(model).__name__ == "Booster":  # xgboost.Booster
        names = getattr(model, "feature_names", None)
    found = tuple(str(name) for name in (names if names is not None else ()))
    return () if _are_made_up(found) else found


def _are_made_up(names: tuple[str, ...]) -> bool:
    """LightGBM calls the columns of an array Column_0, Column_1…, XGBoost f0, f1…."""
    return any(names == tuple(f"{stem}{place}" for place in range(len(names))) for stem in ("Column_", "f"))


def _type_name(model: Any) -> str:
    kind = model if isinstance(model, type) else type(model)
    return f"{kind.__module__}.{kind.__qualname__}"
