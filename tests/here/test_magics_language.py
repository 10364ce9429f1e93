"""The language of a kernel's cards follows the language chosen in JupyterLab."""

from __future__ import annotations

import os
import time

import pytest

from tests.here.kernel import Kernel

SETTINGS = "@jupyterlab/translation-extension/plugin.jupyterlab-settings"
QUIET = dict.fromkeys(("LANGUAGE", "LC_ALL", "LC_MESSAGES", "SELDON_NB_LANG"), "") | {"LANG": "en_CA.UTF-8"}


@pytest.fixture
def settings(tmp_path):
    file = tmp_path / "settings" / SETTINGS
    file.parent.mkdir(parents=True)
    return file


def kernel_of(tmp_path, **env):
    made = Kernel(
        **QUIET | {"SELDON_NB_HOME": str(tmp_path / "home"), "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"), **env}
    )
    made.run("%load_ext seldon_nb")
    return made


def test_switching_the_language_of_lab_switches_the_cards(tmp_path, settings):
    kernel = kernel_of(tmp_path, JPY_SESSION_NAME="analysis.ipynb")
    try:
        assert "There is no code SNB-999" in kernel.run("%seldon explain SNB-999", ok=False).text
        settings.write_text('{\n    // Language\n    "locale": "fr_FR"\n}')
        time.sleep(1.1)
        french = kernel.run("%seldon explain SNB-999", ok=False)
        assert "There is no code" not in french.text and "SNB-999" in french.text
        assert 'lang="fr"' in french.html
        assert 'lang="fr"' in kernel.run("%seldon list models").html
        settings.write_text('{"locale": "en"}')
        os.utime(settings, ns=(time.time_ns(), time.time_ns() + 10**9))
        time.sleep(1.1)
        assert 'lang="en"' in kernel.run("%seldon list models").html
    finally:
        kernel.close()


def test_the_variable_decides_before_lab(tmp_path, settings):
    settings.write_text('{"locale": "fr_FR"}')
    kernel = kernel_of(tmp_path, JPY_SESSION_NAME="analysis.ipynb", SELDON_NB_LANG="en")
    try:
        assert "There is no code SNB-999" in kernel.run("%seldon explain SNB-999", ok=False).text
    finally:
        kernel.close()
