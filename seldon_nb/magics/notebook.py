"""What only a notebook can do, for the verbs that ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seldon_nb.handles import Deployment, Plan


class Notebook:
    """The notebook of one kernel; see ``seldon_nb.grammar.Notebook``."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell

    @property
    def is_watched(self) -> bool:
        """Whether somebody sits before it: who runs a notebook for its outputs (nbclient, papermill) lets no cell ask for input."""
        return bool(getattr(getattr(self._shell, "kernel", None), "_allow_stdin", False))

    def train(self, *, experiment: str, data: tuple[str, ...]) -> None:
        """Record what the rest of this cell fits."""
        from seldon_nb.magics.training import training

        training(self._shell).ask(experiment=experiment, data=data)

    def autolog(self, *, on: bool, experiment: str) -> None:
        """Record what every cell fits, from the next one on."""
        from seldon_nb.magics.training import training

        training(self._shell).always(on=on, experiment=experiment)

    def deploy(self, plan: Plan) -> Deployment:
        """Apply a plan without holding up the kernel."""
        from seldon_nb.magics.live import deploy
        from seldon_nb.workspace import current

        return deploy(current(), plan)
