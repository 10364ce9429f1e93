"""The French of our settings: jupyterlab_server translates schemas with the files of language packs only, so it is handed ours.

JupyterLab imports this module by our entry point ``jupyterlab.locale`` whenever a page asks for a language: it looks for the page's sentences in
``locale`` beside this file.  That is the moment to teach it the settings' sentences too, so importing does it.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from jupyterlab_server.translation_utils import TranslationBundle, translator

DOMAIN = "seldon_nb_lab"
_LOCALE = Path(__file__).parent / "locale"


class OwnBundle(TranslationBundle):
    """The sentences of one domain of ours; whatever kind of French is chosen, it is the one there is."""

    def update_locale(self, locale_: str) -> None:
        """Take up a language; what is not French is English."""
        self._locale = locale_
        languages = ("fr_FR",) if locale_.lower().startswith("fr") else ()
        self._translator = gettext.translation(self._domain, str(_LOCALE), languages, fallback=True)


def teach() -> None:
    """Let this process's JupyterLab server translate our settings."""
    translator._TRANSLATORS[DOMAIN] = OwnBundle(DOMAIN, translator._LOCALE)


teach()
