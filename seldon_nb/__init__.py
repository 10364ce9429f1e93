"""From a notebook to a governed answer.

>>> import seldon_nb as sn
>>> mv = sn.log(model, name="fraud", sample=X)     # doctest: +SKIP
>>> plan = sn.plan("fraud@1", to="dev")            # doctest: +SKIP
>>> dep = plan.apply()                             # doctest: +SKIP
>>> dep.predict(X)                                 # doctest: +SKIP

Importing this package imports nothing heavy; each verb brings what it needs when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from seldon_nb import here as here
    from seldon_nb.domain.errors import SeldonNbError as SeldonNbError
    from seldon_nb.handles import Deployment as Deployment
    from seldon_nb.handles import ModelVersion as ModelVersion
    from seldon_nb.handles import Plan as Plan
    from seldon_nb.workspace import Workspace as Workspace

#: Verbs of the current workspace, by their public names.
_VERBS = (
    "apply",
    "delete",
    "deploy",
    "deployment",
    "deployments",
    "doctor",
    "history",
    "load_plan",
    "log",
    "model",
    "models",
    "plan",
    "verify",
)
_NAMES = {
    "Deployment": "seldon_nb.handles",
    "ModelVersion": "seldon_nb.handles",
    "Plan": "seldon_nb.handles",
    "SeldonNbError": "seldon_nb.domain.errors",
    "Workspace": "seldon_nb.workspace",
}

__all__ = [*sorted([*_NAMES, *_VERBS, "here", "load_ipython_extension"])]  # noqa: PLE0604 - names are text, sorted at import


def __getattr__(name: str) -> Any:
    if name in _VERBS or name == "here":
        import_module("seldon_nb.showing").tell_ipython()
    if name in _VERBS:
        return getattr(import_module("seldon_nb.workspace").current(), name)
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    if name == "here":
        import_module("seldon_nb.workspace")
        return import_module("seldon_nb.here")
    raise AttributeError(f"module 'seldon_nb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext seldon_nb``."""
    import_module("seldon_nb.magics").load(shell)
