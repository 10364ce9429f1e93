"""JupyterLab opens with the panel's plugins, asks nobody outside, and shows no dialog and no error."""

from __future__ import annotations

import pytest


def test_lab_opens_with_the_panel_and_nothing_in_the_way(screen):
    page = screen.open()
    assert page.evaluate("() => window.jupyterapp.hasPlugin('seldon-nb-lab:commands')")
    assert page.locator(".jp-Dialog").count() == 0
    assert screen.abroad() == []
    assert [error for error in screen.errors if "seldon" in error.lower()] == []


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_each_theme_can_be_chosen(screen, theme):
    page = screen.open(theme=theme)
    assert page.locator("body").get_attribute("data-jp-theme-light") == ("true" if theme == "light" else "false")
    screen.shot(f"lab-{theme}")


def test_the_panel_speaks_french_when_lab_does(screen):
    screen.open(language="fr")
    french = screen.page.evaluate("() => document.documentElement.lang || ''")
    assert french.startswith("fr")
    assert screen.page.get_by_role("menuitem", name="Fichier").count() == 1


def test_what_is_loaded_at_the_start_is_small_and_asks_the_server_next_to_nothing(screen):
    screen.open()
    loaded = [request for request in screen.requests if "/seldon-nb-lab/static/" in request.url]
    sizes = {request.url.rpartition("/")[2]: len(request.response().body()) for request in loaded}
    assert any(name.startswith("remoteEntry.") for name in sizes)
    assert sum(sizes.values()) <= 300_000, sizes
