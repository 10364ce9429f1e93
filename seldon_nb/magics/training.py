"""``%%seldon train`` and ``%seldon autolog``: a cell is watched while it runs, and a strip below its output says what it left.

The cell itself runs as any other: its values, its errors and their line numbers are its own.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seldon_nb.magics import reads
from seldon_nb.magics.live import Notice
from seldon_nb.magics.view import show, show_error

if TYPE_CHECKING:
    from seldon_nb.flows.train import Watch

_trainings: dict[int, Training] = {}


def training(shell: Any) -> Training:
    """The one of this shell, which listens to its cells from now on."""
    if id(shell) not in _trainings:
        _trainings[id(shell)] = Training(shell)
    return _trainings[id(shell)]


def cell(shell: Any, line: str, body: str) -> None:
    """The cell magic, for whoever calls it as such (a script made of a notebook): the body runs as a cell of its own."""
    from seldon_nb.domain.errors import UsageError
    from seldon_nb.magics.line import seldon
    from seldon_nb.words import tr

    if line.split()[:1] != ["train"]:
        raise UsageError("SNB-701", {"reason": tr("Only train is followed by a cell."), "verb": "train"})
    seldon(shell, line)
    shell.run_cell(body).raise_error()


class Training:
    """What is watched in one notebook.

    ``_asked`` is the watch of a cell that begins with ``%%seldon train``; ``_standing`` the one of ``autolog on``.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._asked: Watch | None = None
        self._standing: Watch | None = None
        self._experiment = ""
        self._data: tuple[str, ...] = ()
        shell.events.register("pre_run_cell", self._before)
        shell.events.register("post_run_cell", self._after)

    def ask(self, *, experiment: str, data: tuple[str, ...]) -> None:
        """Record what is fitted from here to the end of this cell."""
        if self._asked is not None:
            self._asked.close()
            self._asked = None
        self._asked = self._watch(experiment or self._experiment)
        self._asked.begin()
        self._data = data
        reads.begin()

    def always(self, *, on: bool, experiment: str) -> None:
        """Record what every cell fits, from the next one on, or no longer."""
        if self._standing is not None:
            self._standing.close()
            self._standing = None
        self._experiment = experiment
        if on:
            self._standing = self._watch(experiment)
            reads.begin()
        else:
            reads.end()

    def _watch(self, experiment: str) -> Watch:
        from seldon_nb.flows.train import Watch
        from seldon_nb.workspace import current

        workspace = current()
        with Notice() if "mlflow" not in sys.modules else contextlib.nullcontext():
            return Watch(workspace.trainings, level=workspace.classification, experiment=experiment, otherwise=notebook_name())

    def _before(self, info: Any = None) -> None:
        if self._standing is not None:
            self._standing.begin()

    def _after(self, result: Any = None) -> None:
        asked, watch = self._asked is not None, self._asked or self._standing
        if watch is None:
            return
        try:
            self._tell(watch, asked=asked, stopped=result is not None and not result.success)
        finally:
            if self._asked is not None:
                self._asked.close()
                self._asked, self._data = None, ()
                if self._standing is not None:
                    self._standing = self._watch(self._experiment)
                else:
                    reads.end()

    def _tell(self, watch: Watch, *, asked: bool, stopped: bool) -> None:
        from seldon_nb.cards import training as cards
        from seldon_nb.domain.errors import SeldonNbError

        if not asked and not watch.has_seen:
            return
        declared = reads.declared(self._data)
        try:
            trained = watch.end(self._shell.user_ns, declared=declared, stopped=stopped)
        except SeldonNbError as error:
            show_error(error)
            return
        if trained is not None:
            show(cards.training_card(trained))
        elif asked or not stopped:
            show(cards.not_recorded_card() if stopped else cards.nothing_fitted_card())


def notebook_name() -> str:
    """The notebook's name, for its experiment; ``notebook`` where nobody says it."""
    return Path(os.environ.get("JPY_SESSION_NAME", "")).stem or "notebook"
