"""``%seldon <verb> <thing>`` in a notebook: the same grammar, the same flows, cards instead of text."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seldon_nb.domain.deployment import StageStatus
    from seldon_nb.domain.signature import Column


def load(shell: Any) -> None:
    """Register the magic and the answer to foreseeable mistakes; nothing heavy is imported."""
    from IPython.core.magic import no_var_expand

    @no_var_expand  # a line is taken as it is written; IPython would evaluate what stands in braces
    def line_magic(line: str) -> None:
        """``%seldon <verb> <thing>``; see ``%seldon --help``."""
        seldon(shell, line)

    shell.register_magic_function(line_magic, magic_kind="line", magic_name="seldon")
    from seldon_nb.domain.errors import SeldonNbError

    def answer(self: Any, kind: Any, error: Any, traceback: Any, tb_offset: Any = None) -> None:
        show_error(error)

    shell.set_custom_exc((SeldonNbError,), answer)


def seldon(shell: Any, line: str) -> None:
    """One line: parsed, done, shown, its result bound to a name; prints the Python that does the same."""
    from IPython.display import display

    from seldon_nb.cards.skin import Skin
    from seldon_nb.domain.errors import SeldonNbError
    from seldon_nb.grammar import Session
    from seldon_nb.parser import as_fault, run, words
    from seldon_nb.progress import Bar
    from seldon_nb.workspace import current

    workspace = current()
    teller = NotebookTeller()
    workspace.tell, workspace.progress = teller, Bar
    try:
        outcome = run(words(line), Session(workspace=workspace, reader=NotebookReader(shell), skin=Skin.NOTEBOOK))
    except SeldonNbError:
        raise
    except Exception as error:
        if os.environ.get("SELDON_NB_DEBUG"):
            raise
        raise as_fault(error, line.partition(" ")[0]) from None
    finally:
        teller.close()
    if outcome.bind:
        shell.user_ns[outcome.bind] = outcome.value
    if outcome.raw:
        print(outcome.raw)
    elif outcome.card is not None and outcome.card.kind == "prediction" and outcome.value is not None:
        display(outcome.value)
    elif outcome.card is not None:
        display(CardView(outcome.card))
    if outcome.python:
        from seldon_nb.words import tr

        print(tr("Python: {line}", line=outcome.python))


def show_error(error: Any) -> None:
    """A foreseeable mistake as a card, without a traceback."""
    from IPython.display import display

    from seldon_nb.cards.error import error_card
    from seldon_nb.cards.skin import Skin

    display(CardView(error_card(error, skin=Skin.NOTEBOOK)))


class CardView:
    """A card for IPython: HTML, and plain text where HTML cannot be shown."""

    def __init__(self, card: Any) -> None:
        self.card = card

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from seldon_nb.cards.html import to_html
        from seldon_nb.cards.skin import Skin
        from seldon_nb.cards.text import to_text

        return {"text/html": to_html(self.card, Skin.NOTEBOOK), "text/plain": to_text(self.card, Skin.NOTEBOOK)}


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


class NotebookTeller:
    """Shows the stages of long work in one place of the output, from the second second on, and removes it at the end."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._handle: Any = None

    def __call__(self, stages: tuple[StageStatus, ...]) -> None:
        """Show where it is, from the second second on."""
        if time.monotonic() - self._since < 2.0:
            return
        from IPython.display import display

        from seldon_nb.cards.card import Card
        from seldon_nb.cards.deployment import timeline
        from seldon_nb.words import tr

        view = CardView(Card(kind="progress", title=tr("Deploying"), blocks=(timeline(stages),)))
        if self._handle is None:
            self._handle = display(view, display_id=True)
        else:
            self._handle.update(view)

    def close(self) -> None:
        """Remove what was shown."""
        if self._handle is not None:
            from IPython.display import HTML

            self._handle.update(HTML(""))
            self._handle = None
