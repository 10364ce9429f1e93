"""The packages that a model was made with, pinned to the versions of this kernel.

MLflow's own inference loads the model in a subprocess and takes almost three seconds; what is pinned here is known at once.
"""

from __future__ import annotations

import functools
import platform
import re
from collections.abc import Iterable
from importlib import metadata

from seldon_nb.domain.model import Environment, Flavor

_OF_FLAVOR = {
    Flavor.SKLEARN: ("scikit-learn", "scipy", "numpy", "pandas", "cloudpickle"),
    Flavor.XGBOOST: ("xgboost", "scikit-learn", "numpy", "pandas"),
    Flavor.LIGHTGBM: ("lightgbm", "scikit-learn", "numpy", "pandas", "cloudpickle"),
    Flavor.PYFUNC: ("numpy", "pandas", "cloudpickle"),
    Flavor.OTHER: ("numpy", "pandas", "cloudpickle"),
}
#: Import names that are not the name of their package.
_PACKAGE_OF = {
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
}
#: MLflow pins itself.
_LEFT_OUT = frozenset({"mlflow", "mlflow-skinny"})


def environment_of(flavor: Flavor, modules: Iterable[str]) -> Environment:
    """This Python, the flavour's packages and those of the top-level ``modules`` that the model needs, as far as they are installed."""
    wanted = set(_OF_FLAVOR[flavor]) | {package for module in modules if (package := package_of(module))}
    pins = {name: version for name in wanted - _LEFT_OUT if (version := _version(name))}
    return Environment(platform.python_version(), tuple(sorted(pins.items())))


def pins(environment: Environment) -> list[str]:
    """The environment as lines of a requirements file."""
    return [f"{name}=={version}" for name, version in environment.packages]


def package_of(module: str) -> str:
    """The installed package that brings a top-level module; empty if none does."""
    guess = _PACKAGE_OF.get(module, re.sub(r"[-_.]+", "-", module).lower())
    if _version(guess):
        return guess
    brought_by = _brought_by().get(module, ())
    return re.sub(r"[-_.]+", "-", brought_by[0]).lower() if brought_by else ""


def _version(package: str) -> str:
    try:
        return metadata.version(package).partition("+")[0]  # a local part, such as +cpu, is on no index
    except metadata.PackageNotFoundError:
        return ""


@functools.cache
def _brought_by() -> dict[str, list[str]]:
    """Reading every package's list of files takes a tenth of a second, and is needed for unusual names only."""
    return dict(metadata.packages_distributions())
