"""axe finds nothing serious in any state, in either theme."""

from __future__ import annotations

import contextlib
import functools

import pytest

from tests.lab.panel_page import clear, one_page
from tests.lab.states import STATES


@pytest.fixture(scope="module")
def lab_wishes(staged):
    return {"environment": {"SELDON_NB_HOME": str(staged())}}


@pytest.fixture(scope="module")
def themed(browser, lab):
    """A page per theme, opened once."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def page(theme):
            return stack.enter_context(one_page(browser, lab, theme=theme))

        yield page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_nothing_serious_is_found_in(themed, state, theme):
    screen = clear(themed(theme))
    region = STATES[state](screen)
    region.evaluate("one => one.setAttribute('data-looked-at', '')")
    found = screen.axe("[data-looked-at] .snb" if state.startswith("notebook") else "[data-looked-at]")
    region.evaluate("one => one.removeAttribute('data-looked-at')")
    assert found == []
