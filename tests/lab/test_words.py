"""Every sentence of the panel has its French, and JupyterLab finds it: in the page, and in the settings."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def words():
    spec = importlib.util.spec_from_file_location("panel_words", ROOT / "extension/scripts/words.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sentences_are_found_in_every_form(words):
    source = """
      const a = trans.__('Don\\'t %1', name);
      const b = this._trans._n("one row", "%1 rows", n);
      const c = props.trans._p('menu',
        `Open`);
      const d = trans.__(
        'Over a line'
      );
      other.__('not ours');
    """
    assert words.sentences_of_source(source) == [
        ("", "Don't %1", ""),
        ("", "one row", "%1 rows"),
        ("menu", "Open", ""),
        ("", "Over a line", ""),
    ]


@pytest.mark.parametrize("call", ["trans.__(name)", "trans.__('a' + b)", "trans.__(`a ${b}`)", "trans._n('one', many, n)"])
def test_a_sentence_that_is_no_literal_is_refused(words, call):
    with pytest.raises(words.NotALiteralError):
        words.sentences_of_source(f"const a = {call};")


def test_titles_and_labels_of_a_schema_are_sentences(words):
    schema = {
        "title": "Models",
        "jupyter.lab.menus": {"context": [{"command": "x", "label": "Deploy"}]},
        "properties": {"title": {"type": "string", "title": "Shown", "default": "description"}},
    }
    assert words.sentences_of_schema(schema) == [("schema", "Models", ""), ("menu", "Deploy", ""), ("settings", "Shown", "")]


def test_every_sentence_has_its_french(words):
    assert words.untranslated() == []


def test_the_compiled_catalogue_is_the_one_that_is_written(words):
    assert words.stale() == []


def test_lab_hands_our_french_to_the_page(words, lab):
    answer = json.loads(lab.get("/lab/api/translations/fr_FR"))
    assert answer["data"]["seldon_nb_lab"] == json.loads(words.CATALOGUE.with_suffix(".json").read_text(encoding="utf-8"))


def test_the_settings_are_french_too(words, lab):
    schemas = sorted((ROOT / "extension/schema").glob("*.json"))
    french = words.read()
    lab.choose(language="fr")
    lab.get("/lab/api/translations/fr_FR")  # as each page does; the server takes up the language with it
    for path in schemas:
        title = json.loads(path.read_text(encoding="utf-8"))["title"]
        shown = json.loads(lab.get(f"/lab/api/settings/seldon-nb-lab:{path.stem}"))["schema"]["title"]
        assert shown == french.get(title, context="schema").string


def test_commands_are_french_in_a_french_lab(words, screen):
    labels = """() => window.jupyterapp.commands.listCommands().filter(id => id.startsWith('seldon-nb:'))
        .map(id => [id, window.jupyterapp.commands.label(id, {})])"""
    screen.open()
    english = dict(screen.page.evaluate(labels))
    screen.open(language="fr")
    french = dict(screen.page.evaluate(labels))
    assert english
    catalogue = words.read()
    assert french == {name: catalogue.get(label).string for name, label in english.items()}
