"""Words: every sentence that a user can see, in English and French.

What lives here: the look-up of translations and the choice of language.  What must not: knowledge of any domain value.
Sentences stand in English where they are said, marked by ``N_``, ``tr`` or ``trn``; the French ones live in ``locale/fr``.
Codes, names and JSON keys are never translated.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import gettext
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from seldon_nb.domain.code import N_, fill
from seldon_nb.words import chosen

DOMAIN = "seldon_nb"
LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("en", "fr")

__all__ = ["LANGUAGES", "N_", "language", "speaking", "tr", "tr_with", "trn", "use_language"]

_process: list[str] = []
_context: contextvars.ContextVar[str] = contextvars.ContextVar("seldon_nb_language", default="")


def use_language(code: str | None) -> None:
    """Choose ``en`` or ``fr`` for this process; None goes back to the environment's choice."""
    _process[:] = [code] if code else []


@contextlib.contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Speak ``en`` or ``fr`` within this block only: for one request among many, in this thread and in the tasks begun here.

    ``fr-CA`` and ``fr_CA`` are French, other languages are English; None or an empty word changes nothing.
    """
    token = _context.set(known(code) if code else _context.get())
    try:
        yield
    finally:
        _context.reset(token)


def known(code: str) -> str:
    """``fr`` for any French, else ``en``."""
    return "fr" if code.lower().startswith("fr") else "en"


def language() -> str:
    """``fr`` or ``en``; the first of these that says anything decides:

    the block (:func:`speaking`), the process (:func:`use_language`), SELDON_NB_LANG, in a kernel the language chosen in JupyterLab, the locale.
    """
    if spoken := _context.get() or (_process[0] if _process else "") or os.environ.get("SELDON_NB_LANG", "") or chosen.in_lab():
        return known(spoken)
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return known(value)
    return "en"


@functools.cache
def _translations(code: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[code], fallback=True)


def tr(message: str, /, **facts: object) -> str:
    """The sentence in the user's language, its facts filled in."""
    found = _translations(language()).gettext(message) if message else ""
    return fill(found, facts) if facts else found


def tr_with(message: str, facts: Mapping[str, object]) -> str:
    """Like :func:`tr`, for facts that are already a mapping and a template that has fields."""
    return fill(_translations(language()).gettext(message) if message else "", facts)


def trn(one: str, many: str, n: int, /, **facts: object) -> str:
    """The sentence for ``n`` things; ``{n}`` is filled in."""
    return fill(_translations(language()).ngettext(one, many, n), {"n": n, **facts})
