"""One line of the grammar in a notebook."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seldon_nb.domain.signature import Column
    from seldon_nb.grammar import Outcome


def seldon(shell: Any, line: str) -> None:
    """One line: parsed, done, shown, its result bound to a name; prints the Python that does the same."""
    from seldon_nb.domain.errors import SeldonNbError
    from seldon_nb.parser import as_fault

    try:
        outcome = _run(shell, line)
    except SeldonNbError:
        raise
    except Exception as error:
        if os.environ.get("SELDON_NB_DEBUG"):
            raise
        raise as_fault(error, line.partition(" ")[0]) from None
    if outcome.bind:
        shell.user_ns[outcome.bind] = outcome.value
    _show(outcome)


def _run(shell: Any, line: str) -> Outcome:
    from seldon_nb.cards.skin import Skin
    from seldon_nb.grammar import Session
    from seldon_nb.magics.live import NotebookTeller
    from seldon_nb.magics.notebook import Notebook
    from seldon_nb.parser import run, words
    from seldon_nb.progress import Bar
    from seldon_nb.showing import tell_ipython
    from seldon_nb.workspace import current

    tell_ipython()  # what is bound to a name may be shown later
    workspace, teller = current(), NotebookTeller()
    workspace.tell, workspace.progress = teller, Bar
    session = Session(workspace=workspace, reader=NotebookReader(shell), skin=Skin.NOTEBOOK, notebook=Notebook(shell))
    try:
        return run(words(line), session)
    finally:
        teller.close()


def _show(outcome: Outcome) -> None:
    from IPython.display import display

    from seldon_nb.magics.view import show

    if outcome.raw:
        print(outcome.raw)
    elif outcome.card is not None and outcome.card.kind == "prediction" and outcome.value is not None:
        display(outcome.value)
    elif outcome.card is not None:
        show(outcome.card)
    if outcome.python:
        from seldon_nb.words import tr

        print(tr("Python: {line}", line=outcome.python))


class NotebookReader:
    """In a notebook, things are expressions that the kernel evaluates."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell

    def model(self, text: str) -> Any:
        """The value of an expression; SNB-704 if Python refuses it."""
        from seldon_nb.domain.errors import fail

        try:
            return self._shell.ev(text)
        except Exception as error:
            raise fail("SNB-704", text=text, error_type=type(error).__name__) from None

    def frame(self, text: str, *, columns: tuple[Column, ...] = ()) -> Any:
        """The value of an expression, as it is; SNB-704 if Python refuses it."""
        return self.model(text)
