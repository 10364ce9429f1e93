"""Codes."""

from __future__ import annotations

from seldon_nb.domain.code import Code

CODES: tuple[Code, ...] = ()
