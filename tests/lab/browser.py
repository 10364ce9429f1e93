"""Debian's Chromium, driven by Playwright: a page of a Lab, its requests and errors, axe, and pictures."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Playwright, Request
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.lab import axe
from tests.lab.lab_process import LabProcess

ARTEFACTS = Path(__file__).parent / "artefacts"
CHROMIUM = "/usr/bin/chromium"
_SETTLED = (
    "() => document.querySelector('#jp-main-dock-panel')?.contains(document.activeElement)"
    " || document.querySelector('.jp-Dialog')?.contains(document.activeElement)"
)
_READY = (
    "() => window.jupyterapp && document.querySelector('.jp-LabShell, #main') && !document.querySelector('#jupyterlab-splash')"
)


def why_no_browser() -> str:
    """Empty if there is a Chromium, after installing it from Debian where this process may; else the reason why there is none."""
    if Path(CHROMIUM).exists():
        return ""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return f"{CHROMIUM} is not there, and only root can install it: apt-get install chromium"
    print("Installing Debian's chromium for the tests of the panel…", file=sys.stderr, flush=True)
    quiet = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.PIPE,
        "text": True,
        "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    }
    for words in (
        ("update", "-qq"),
        ("install", "-qq", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core", "fonts-liberation"),
    ):
        done = subprocess.run(["apt-get", *words], timeout=600, check=False, **quiet)  # type: ignore[call-overload]
        if done.returncode:
            return f"apt-get {words[0]}: {done.stderr[-500:]}"
    return "" if Path(CHROMIUM).exists() else "chromium was installed, and is not where it should be"


def launch(playwright: Playwright) -> Browser:
    """A Chromium without a window; pictures are the same on every machine with the same fonts."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"],
    )


class Screen:
    """One page of a Lab as a person sees it, and what happens behind it."""

    def __init__(self, browser: Browser, lab: LabProcess, *, width: int = 1440, height: int = 900) -> None:
        self.lab = lab
        self.context = browser.new_context(viewport={"width": width, "height": height}, locale="en-CA", reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.requests: list[Request] = []
        self.errors: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.errors.append(f"{error}"))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    def _asked(self, request: Request) -> None:
        self.requests.append(request)

    def open(self, path: str = "/lab?reset", *, theme: str = "light", language: str = "en") -> Page:
        """Open a page of the Lab and wait until everything is restored.  ``/lab/tree/<path>?reset`` opens a file."""
        self.lab.choose(theme=theme, language=language)
        mark = "&" if "?" in path else "?"
        self.page.goto(f"{self.lab.url}{path}{mark}token={self.lab.token}")
        self.wait_ready()
        return self.page

    def open_notebook(self, name: str, *, theme: str = "light", language: str = "en") -> Page:
        """Open a notebook of ``lab.notebooks`` and wait until its kernel answers; asked to run a cell before, Lab would ask which kernel."""
        self.open(f"/lab/tree/{name}?reset", theme=theme, language=language)
        self.page.locator(".jp-NotebookPanel").wait_for()
        self.page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", timeout=60_000
        )
        return self.page

    def reload(self) -> Page:
        """Load the page again, as F5 does."""
        self.page.reload()
        self.wait_ready()
        return self.page

    def wait_ready(self) -> None:
        """The application has started, its layout is restored, the picture that covers it is gone, and it has given its first tab the focus."""
        self.page.wait_for_function(_READY, timeout=60_000)
        self.page.evaluate("() => window.jupyterapp.restored.then(() => true)")
        self.wait_settled()

    def wait_settled(self) -> None:
        """The tab in front has the focus: Lab gives it, most of a second late, also to the launcher that it opens when there is nothing else.

        A test that goes on before that loses the focus in the middle of its keys.  Where a page keeps the focus elsewhere, it is not waited for long.
        """
        with contextlib.suppress(PlaywrightTimeoutError):
            self.page.wait_for_function(_SETTLED, timeout=3_000)

    def command(self, name: str, /, **words: Any) -> Any:
        """Run a command of the Lab and wait for its end, 30 seconds at most; a result that is not JSON is None."""
        return self.page.evaluate(
            "async ([name, words]) => {"
            " const late = new Promise((_, no) => setTimeout(() => no(new Error(`${name} did not end`)), 30000));"
            " const got = await Promise.race([window.jupyterapp.commands.execute(name, words), late]);"
            " try { return JSON.parse(JSON.stringify(got ?? null)); } catch { return null; } }",
            [name, words],
        )

    def begin(self, name: str, /, **words: Any) -> None:
        """Run a command of the Lab that ends only when the person has answered; waits for nothing."""
        self.page.evaluate("([name, words]) => { void window.jupyterapp.commands.execute(name, words); }", [name, words])

    def ours(self) -> list[Request]:
        """The requests to our own routes so far."""
        return [request for request in self.requests if "/seldon-nb/" in request.url]

    def abroad(self) -> list[str]:
        """The requests that left for another machine: there should be none."""
        return [request.url for request in self.requests if not request.url.startswith((self.lab.url, "data:", "blob:"))]

    def wait_until(self, holds: Callable[[], bool], *, seconds: float = 15) -> None:
        """Wait for something that only Python can see, while the page goes on.  Raises TimeoutError."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError("it did not come to pass")
            self.page.wait_for_timeout(50)

    def axe(self, selector: str) -> list[str]:
        """What axe finds serious or critical below a selector, a line each."""
        return axe.violations(self.page, selector)

    def shot(self, name: str, target: Locator | None = None) -> Path:
        """A picture of the page, or of a part of it, kept below ``artefacts``."""
        path = ARTEFACTS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        (target or self.page).screenshot(path=str(path), animations="disabled", caret="hide")
        return path

    def close(self) -> None:
        """Close the page; Lab and browser go on."""
        self.context.close()
