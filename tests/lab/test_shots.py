"""Pictures of the ten most important states, English and French, light and dark.

They are kept below ``artefacts`` and compared, blurred and in grey, with those of ``extension/screenshots``; UPDATE_SHOTS=1 takes these anew.
"""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path

import pytest

from tests.lab.panel_page import clear, one_page
from tests.lab.states import STATES, applied

KEPT = Path(__file__).resolve().parents[2] / "extension/screenshots"
SHOWN = (
    "panel",
    "panel-missing",
    "plan",
    "plan-blocked",
    "run",
    "deployment-overview",
    "test-answer",
    "test-bad",
    "test-compare",
    "notebook-widget",
)
#: What is another at each run is set to one value before the picture is taken.
_STILL = """
root => {
  const rules = [
    [/\\b[0-9a-f]{8}…[0-9a-f]{4}\\b/g, '8464c360…1223'],
    [/\\b[0-9a-f]{12}\\b/g, '8464c3609c7e'],
    [/\\b[0-9a-f]{32}\\b/g, '5d1c0e5c1b0f4f0c9a3f6a0d3f5b7c11'],
    [/\\b\\d+([,.]\\d+)?\\s(ms)\\b/g, '42 ms'],
    [/\\b\\d+ (min|h|d|j) ago\\b/g, '5 min ago'],
    [/\\bjust now\\b/g, '5 min ago'],
    [/il y a \\d+ (min|h|j)/g, 'il y a 5 min'],
    [/\\b\\d{1,2} [A-Z][a-z]{2} (?=\\d)/g, '5 Jan '],
    [/\\b\\d{1,2}(er)?\\s\\p{L}{3,5}\\.?\\sà\\s\\d+\\sh\\s\\d+/gu, '5 janv. à 9 h 30'],
    [/\\b\\d{1,2}:\\d{2}(:\\d{2})?\\b/g, '09:30'],
    [/\\[\\d+\\]:/g, '[1]:'],
    [/\\b\\d+ calls?\\b/g, '12 calls'],
    [/\\b\\d+ appels?\\b/g, '12 appels'],
  ];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const text = rules.reduce((text, [from, to]) => text.replace(from, to), node.nodeValue);
    if (text !== node.nodeValue) node.nodeValue = text;
  }
}
"""


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged())}}


@pytest.fixture(scope="module")
def dressed(browser, lab):
    """A page per language and theme, opened once; there is a deployment that was applied from the panel."""
    applied(lab)
    with contextlib.ExitStack() as stack:

        @functools.cache
        def page(language, theme):
            return stack.enter_context(one_page(browser, lab, theme=theme, language=language, width=1240, height=860))

        yield page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("state", SHOWN)
def test_it_looks_as_it_did(dressed, state, language, theme):
    screen = clear(dressed(language, theme))
    screen.lab.choose(theme=theme, language=language)  # kernels that start now look there
    region = STATES[state](screen)
    screen.page.mouse.move(1239, 859)
    region.evaluate(_STILL)
    name = f"{state}-{language}-{theme}"
    taken = screen.shot(name, region)
    kept = KEPT / f"{name}.png"
    if os.environ.get("UPDATE_SHOTS"):
        small(taken, kept)
    assert kept.exists(), f"there is no picture yet: UPDATE_SHOTS=1 takes it, {taken} shows it"
    assert kept.stat().st_size < 120_000
    assert unlike(taken, kept) < 0.06


def small(taken: Path, kept: Path) -> None:
    """The picture in as few colours as it needs, at most 1280 wide."""
    from PIL import Image

    kept.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(taken) as image:
        plain = image.convert("RGB")
        plain.thumbnail((1280, 1280))
        plain.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(kept, optimize=True)


def unlike(one: Path, other: Path) -> float:
    """How much of two pictures differs, 0 to 1: in grey, blurred to 64 columns so that fonts do not matter; 1 if their forms differ much."""
    from PIL import Image, ImageChops, ImageStat

    with Image.open(one) as first, Image.open(other) as second:
        if abs(first.height / first.width - second.height / second.width) > 0.15 * second.height / second.width:
            return 1.0
        size = (64, max(8, round(64 * second.height / second.width)))
        greys = [image.convert("L").resize(size, Image.Resampling.BOX) for image in (first, second)]
        return float(ImageStat.Stat(ImageChops.difference(*greys)).mean[0]) / 255
