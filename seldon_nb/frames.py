"""A frame that keeps its values to itself: the answers of protected models.

What a cell shows is saved in the notebook, in its checkpoints, and in whatever is exported from it.  So an answer of a protected deployment shows
its shape only; its values are there to compute with, and come out by :meth:`ProtectedFrame.reveal`.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from seldon_nb.words import tr


class ProtectedFrame(pd.DataFrame):
    """A DataFrame that does not show its values; what is made of it by selecting or computing does not either."""

    @property
    def _constructor(self) -> type[ProtectedFrame]:
        return ProtectedFrame

    @property
    def _constructor_sliced(self) -> type[ProtectedSeries]:
        return ProtectedSeries

    def reveal(self) -> pd.DataFrame:
        """The plain frame; what shows it then is saved like any output."""
        plain: pd.DataFrame = pd.DataFrame(self)
        return plain

    def __repr__(self) -> str:
        return _instead(len(self), len(self.columns))

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return f"<em>{_instead(len(self), len(self.columns))}</em>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


class ProtectedSeries(pd.Series):
    """A Series that does not show its values."""

    @property
    def _constructor(self) -> type[ProtectedSeries]:
        return ProtectedSeries

    @property
    def _constructor_expanddim(self) -> type[ProtectedFrame]:
        return ProtectedFrame

    def reveal(self) -> pd.Series:
        """The plain series."""
        plain: pd.Series = pd.Series(self)
        return plain

    def __repr__(self) -> str:
        return _instead(len(self), 1)

    __str__ = __repr__


def _instead(rows: int, columns: int) -> str:
    return tr(
        "{rows} answers in {columns} columns. This deployment is protected, so its values do not show here; .reveal() gives them.",
        rows=rows,
        columns=columns,
    )
