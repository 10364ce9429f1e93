"""The panel is built, a Lab runs, a browser looks at it.  A Lab and a browser serve the tests of one module; each test has a page of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def built_panel():
    """The built panel's directory; built now if its sources are newer, unless SELDON_NB_PANEL_AS_IT_IS says to take the last one that was."""
    if os.environ.get("SELDON_NB_PANEL_AS_IT_IS"):
        return ROOT / "seldon_nb/lab/labextension"
    done = subprocess.run(["make", "--no-print-directory", "extension"], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return ROOT / "seldon_nb/lab/labextension"


@pytest.fixture(scope="session")
def chromium():
    """Chromium's path; a machine without it skips the test, or fails it where SELDON_NB_REQUIRE_BROWSER is set."""
    from tests.lab.browser import CHROMIUM, why_no_browser

    if why := why_no_browser():
        (pytest.fail if os.environ.get("SELDON_NB_REQUIRE_BROWSER") or os.environ.get("CI") else pytest.skip)(why)
    return CHROMIUM


@pytest.fixture(scope="module")
def browser(chromium):
    """Per module, not per session: while Playwright runs, no other event loop can, and the tests of the routes have theirs."""
    from playwright.sync_api import sync_playwright

    from tests.lab.browser import launch

    with sync_playwright() as playwright:
        made = launch(playwright)
        yield made
        made.close()


@pytest.fixture(scope="module")
def lab_wishes():
    """What the module's Lab is started with; a module overrides it: ``words`` (more options), ``environment``."""
    return {}


@pytest.fixture(scope="module")
def lab(built_panel, lab_wishes):
    """A real JupyterLab with the panel."""
    from tests.lab.lab_process import running_lab

    with running_lab(**lab_wishes) as started:
        yield started


@pytest.fixture
def screen(browser, lab):
    """A page that is not opened yet."""
    from tests.lab.browser import Screen

    made = Screen(browser, lab)
    yield made
    made.close()


@pytest.fixture
def page(screen):
    """Lab's page in English and light colours, ready."""
    return screen.open()


@pytest.fixture(scope="session")
def staged():
    """Makes a home with real models and deployments, once a session for each kind: ``staged()``, ``staged(protected=True)``."""
    import functools
    import shutil
    import tempfile

    from tests.lab import stage

    made = []

    @functools.cache
    def home(*, protected: bool = False) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="snb-stage-"))  # sockets need a short path
        made.append(folder)
        return stage.staged(folder / "home", protected=protected)

    yield home
    for folder in made:
        stage.struck(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)
