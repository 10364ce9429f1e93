"""``%seldon <verb> <thing>`` in a notebook: the same grammar, the same flows, cards instead of text.

What lives here: what is particular to a notebook — lines and cells, completion at the cursor, cards that change in place.
What must not: what a verb does; that is the grammar's.  Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "CardView": "view",
    "NotebookReader": "line",
    "seldon": "line",
    "show_error": "view",
}

__all__ = [*sorted(_NAMES), "load"]  # noqa: PLE0604 - names are text, sorted at import


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"seldon_nb.magics.{_NAMES[name]}"), name)
    raise AttributeError(f"module 'seldon_nb.magics' has no attribute {name!r}")


def load(shell: Any) -> None:
    """Register the magics, their completion, and the answer to foreseeable mistakes; a second time changes nothing."""
    from IPython.core.magic import no_var_expand

    from seldon_nb.domain.errors import SeldonNbError

    @no_var_expand  # a line is taken as it is written; IPython would evaluate what stands in braces
    def line_magic(line: str) -> None:
        """``%seldon <verb> <thing>``; see ``%seldon --help``."""
        import_module("seldon_nb.magics.line").seldon(shell, line)

    @no_var_expand
    def cell_magic(line: str, cell: str) -> None:
        """``%%seldon train``: run the cell, record the models that it fits, and leave a strip that says how they compare."""
        import_module("seldon_nb.magics.training").cell(shell, line, cell)

    def answer(self: Any, kind: Any, error: Any, traceback: Any, tb_offset: Any = None) -> None:
        import_module("seldon_nb.magics.view").show_error(error)

    shell.register_magic_function(line_magic, magic_kind="line", magic_name="seldon")
    shell.register_magic_function(cell_magic, magic_kind="cell", magic_name="seldon")
    shell.set_custom_exc((SeldonNbError,), answer)
    from seldon_nb.magics.hooks import hook

    hook(shell)
