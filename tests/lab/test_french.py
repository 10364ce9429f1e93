"""In a French Lab everything of ours is French: no English sentence of either catalogue is left on the screen, in any state, magics' cards included."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lab.panel_page import clear, one_page
from tests.lab.states import STATES

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = (
    ROOT / "seldon_nb/lab/locale/fr_FR/LC_MESSAGES/seldon_nb_lab.po",
    ROOT / "seldon_nb/words/locale/fr/LC_MESSAGES/seldon_nb.po",
)
#: What a person meets: text, and the names and hints that are heard instead of it.
_VISIBLE = """
root => {
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement.closest('pre, code, style, .jp-InputArea, .cm-editor')) found.push(node.nodeValue);
    } else {
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext']) {
        if (node.hasAttribute(name) && !node.closest('code, .cm-editor')) found.push(node.getAttribute(name));
      }
    }
  }
  return found.map(one => one.replace(/\\s+/g, ' ').trim()).filter(Boolean);
}
"""


def _entries(path):
    """(English, French) of a catalogue, plural forms too."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        for message in read_po(file):
            if message.id:
                english = message.id if isinstance(message.id, tuple) else (message.id,)
                french = message.string if isinstance(message.string, tuple) else (message.string,)
                yield from ((one, french) for one in english)


@pytest.fixture(scope="module")
def english():
    """A pattern that matches a whole English sentence of ours whose French differs; words of three letters may be names of something."""
    patterns = []
    for path in CATALOGUES:
        for sentence, french in _entries(path):
            bare = re.sub(r"\{\w*\}|%\d|`[^`]*`", "", sentence)
            words = re.findall(r"[A-Za-z]{2,}", bare)
            least = 4 if bare == sentence else 5
            if sentence in french or not words or (len(words) == 1 and len(words[0]) < least):
                continue
            parts = [re.escape(part) for part in re.split(r"\{\w*\}|%\d", " ".join(sentence.replace("`", "").split()))]
            patterns.append("(.+?)".replace("(", "(?:").join(parts))
    return re.compile("|".join(f"(?:{one})" for one in set(patterns)))


@pytest.fixture(scope="module")
def french_words():
    """Every French sentence of ours as a pattern, for a sentence that reads the same in both."""
    return {one for path in CATALOGUES for _, french in _entries(path) for one in french}


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged())}}


@pytest.fixture(scope="module")
def french(browser, lab):
    """A page of a French Lab, opened once."""
    with one_page(browser, lab, language="fr") as screen:
        yield screen


@pytest.mark.parametrize("state", STATES)
def test_nothing_english_is_left_in(french, english, french_words, state):
    clear(french)
    region = STATES[state](french)
    ours = region.locator(".jp-OutputArea-output") if state.startswith("notebook") else region  # Lab's own words are not ours
    said = [one for found in ours.all() for one in found.evaluate(_VISIBLE)]
    parts = {part for one in said for part in (one, *one.split(" · "))}
    left = sorted(one for one in parts if one not in french_words and english.fullmatch(one))
    assert left == []
    assert len(said) > 3


def test_menus_and_titles_are_french_too(french, english, french_words):
    clear(french)
    STATES["panel"](french)
    french.page.locator(".snb-deployment-row").first.click(button="right")
    menu = french.page.locator(".lm-Menu")
    menu.wait_for()
    said = [one for one in menu.locator(".lm-Menu-itemLabel").all_inner_texts() if one]
    assert len(said) > 4
    assert [one for one in said if one not in french_words and english.fullmatch(one)] == []
    french.page.keyboard.press("Escape")
    assert french.page.locator("#seldon-nb-panel").get_attribute("aria-label") in french_words
