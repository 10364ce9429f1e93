"""A progress bar for long work, in terminals and notebooks, by tqdm."""

from __future__ import annotations

from typing import Any


class Bar:
    """Shows itself only if the work takes longer than half a second; rows per second and what is left."""

    def __init__(self) -> None:
        self._bar: Any = None

    def start(self, label: str, total: int) -> None:
        """Begin; ``total`` in units of the work."""
        from tqdm.auto import tqdm

        self._bar = tqdm(desc=label, total=total, delay=0.5, leave=False, unit_scale=True)

    def advance(self, n: int) -> None:
        """``n`` more units are done."""
        if self._bar is not None:
            self._bar.update(n)

    def close(self) -> None:
        """Done or given up."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
