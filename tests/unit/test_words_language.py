"""Which language is spoken: the request's, the process's, the variable's, Lab's, the locale's, in this order."""

from __future__ import annotations

import asyncio
import os
import threading

import pytest

from seldon_nb.words import chosen, language, speaking, tr, use_language

SETTINGS = "@jupyterlab/translation-extension/plugin.jupyterlab-settings"


@pytest.fixture(autouse=True)
def nothing_is_chosen(monkeypatch):
    for name in ("SELDON_NB_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "JPY_SESSION_NAME", "JPY_PARENT_PID"):
        monkeypatch.delenv(name, raising=False)
    use_language(None)
    chosen._seen.clear()
    yield
    use_language(None)
    chosen._seen.clear()


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """Choose a language as Lab does, in a kernel of its server."""
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", str(tmp_path))
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    file = tmp_path / SETTINGS
    file.parent.mkdir(parents=True)

    def choose(text, age=0):
        file.write_text(text, "utf-8")
        stamp = file.stat().st_mtime_ns - age * 10**9
        os.utime(file, ns=(stamp, stamp))

    return choose


def test_english_is_spoken_where_nothing_says_otherwise():
    assert language() == "en"


def test_a_block_speaks_its_language_and_gives_it_back():
    with speaking("fr-CA"):
        assert language() == "fr"
        with speaking("en"):
            assert language() == "en"
        assert language() == "fr"
    assert language() == "en"


def test_a_block_goes_before_the_process_and_the_variable(monkeypatch):
    use_language("fr")
    monkeypatch.setenv("SELDON_NB_LANG", "fr")
    with speaking("en"):
        assert language() == "en"
    assert language() == "fr"


@pytest.mark.parametrize("code", [None, ""])
def test_a_block_without_a_language_changes_nothing(code):
    with speaking("fr"), speaking(code):
        assert language() == "fr"


def test_a_block_is_given_back_when_it_fails():
    with pytest.raises(ZeroDivisionError), speaking("fr"):
        raise ZeroDivisionError
    assert language() == "en"


def test_two_requests_at_once_speak_each_its_own():
    async def request(code, pause):
        with speaking(code):
            await asyncio.sleep(pause)
            return await asyncio.to_thread(lambda: (language(), tr("What you can do now")))

    async def both():
        return await asyncio.gather(request("fr", 0.02), request("en", 0.01), request("fr", 0))

    answers = asyncio.run(both())
    assert [code for code, _ in answers] == ["fr", "en", "fr"]
    assert answers[0][1] != answers[1][1] == "What you can do now"


def test_another_thread_is_not_spoken_for():
    heard = []
    with speaking("fr"):
        thread = threading.Thread(target=lambda: heard.append(language()))
        thread.start()
        thread.join()
    assert heard == ["en"]


@pytest.mark.parametrize(("value", "spoken"), [("fr_CA.UTF-8", "fr"), ("en_GB.UTF-8", "en"), ("C.UTF-8", "en"), ("de_DE", "en")])
def test_the_locale_decides_last(monkeypatch, value, spoken):
    monkeypatch.setenv("LANG", value)
    assert language() == spoken


def test_the_choice_in_lab_goes_before_the_locale(lab, monkeypatch):
    monkeypatch.setenv("LANG", "en_CA.UTF-8")
    lab('{\n    // Language locale\n    // Set the interface display language. Examples: \'es_CO\'\n    "locale": "fr_FR",\n}')
    assert language() == "fr"


def test_the_variable_goes_before_the_choice_in_lab(lab, monkeypatch):
    lab('{"locale": "fr_FR"}')
    monkeypatch.setenv("SELDON_NB_LANG", "en")
    assert language() == "en"


@pytest.mark.parametrize(
    "text",
    [
        '{"locale": "default"}',
        "{}",
        "",
        "nonsense",
        '{\n // "locale": "fr_FR"\n}',
        '{/* "locale": "fr_FR" */}',
        '{"stringsPrefix": "fr"}',
    ],
)
def test_without_a_choice_in_lab_the_locale_decides(lab, monkeypatch, text):
    lab(text)
    assert language() == "en"
    monkeypatch.setenv("LANG", "fr_CA.UTF-8")
    assert language() == "fr"


def test_a_new_choice_in_lab_is_heard_without_a_restart(lab, monkeypatch):
    monkeypatch.setattr(chosen, "_AGAIN_S", 0.0)
    lab('{"locale": "fr_FR"}', age=60)
    assert language() == "fr"
    lab("{'locale': 'en'}")
    assert language() == "en"


def test_outside_a_kernel_labs_choice_says_nothing(lab, monkeypatch):
    lab('{"locale": "fr_FR"}')
    monkeypatch.delenv("JPY_PARENT_PID")
    assert language() == "en"


def test_the_settings_stand_where_jupyter_keeps_them(tmp_path, monkeypatch):
    monkeypatch.delenv("JUPYTERLAB_SETTINGS_DIR", raising=False)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    assert chosen.settings_file() == tmp_path / "lab/user-settings" / SETTINGS
    monkeypatch.delenv("JUPYTER_CONFIG_DIR")
    for value in ("1", "0", "true", ""):
        monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", value)
        from jupyter_core.paths import jupyter_config_dir

        assert str(chosen.config_dir()) == jupyter_config_dir()
