"""Words: every sentence that a user can see, in English and French.

What lives here: the look-up of translations and the choice of language.  What must not: knowledge of any domain value.
Sentences stand in English where they are said, marked by ``N_``, ``tr`` or ``trn``; the French ones live in ``locale/fr``.
Codes, names and JSON keys are never translated.
"""

from __future__ import annotations

import functools
import gettext
import os
from collections.abc import Mapping
from pathlib import Path

from seldon_nb.domain.code import N_, fill

DOMAIN = "seldon_nb"
LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("en", "fr")

__all__ = ["LANGUAGES", "N_", "language", "tr", "trn", "use_language"]

_chosen: list[str] = []


def use_language(code: str | None) -> None:
    """Choose ``en`` or ``fr`` for this process; None goes back to the environment's choice."""
    _chosen[:] = [code] if code else []


def language() -> str:
    """``fr`` if chosen, or if SELDON_NB_LANG or the locale says so; else ``en``."""
    if _chosen:
        return _chosen[0] if _chosen[0] in LANGUAGES else "en"
    for variable in ("SELDON_NB_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "fr" if value.lower().startswith("fr") else "en"
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
