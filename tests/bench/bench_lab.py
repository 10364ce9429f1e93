"""JupyterLab with and without us, interleaved; then what the panel asks of the server while nothing happens."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, sync_playwright

from tests.bench.many import CONFIG, MANY
from tests.lab.browser import Screen, launch
from tests.lab.lab_process import LabProcess, running_lab
from tests.lab.stage import staged

ROOT = Path(__file__).resolve().parents[2]
OURS = "seldon-nb-lab"
#: Notes when the layout was restored, in milliseconds since the page was asked for.
_NOTE = """
Object.defineProperty(window, 'jupyterapp', {
  configurable: true,
  get() { return this.__app; },
  set(app) { this.__app = app; app.restored.then(() => { window.__restored = performance.now(); }); }
});
"""


@contextmanager
def _lab(browser: Browser, *, ours: bool) -> Iterator[LabProcess]:
    """A Lab whose prebuilt extensions are those of this environment, with ours or without; both find theirs in the same way."""
    with tempfile.TemporaryDirectory(prefix="snb-ext-") as folder:
        for path in (Path(sys.prefix) / "share/jupyter/labextensions").iterdir():
            if ours or path.name != OURS:
                (Path(folder) / path.name).symlink_to(path.resolve())
        config = {
            "jupyter_server_config.json": {"ServerApp": {"jpserver_extensions": {"seldon_nb.lab": ours}}},
            "jupyter_lab_config.json": {"LabApp": {"labextensions_path": [folder]}},
        }
        with running_lab(config=config) as lab:
            yield lab


def _once(browser: Browser, *, ours: bool) -> tuple[float, float]:
    """Milliseconds until the server answers, and until the page is restored."""
    with _lab(browser, ours=ours) as lab:
        lab.stop()
        ready = lab.start()
        screen = Screen(browser, lab)
        screen.context.add_init_script(_NOTE)
        screen.open()
        assert ours == screen.page.evaluate(f"() => window.jupyterapp.hasPlugin('{OURS}:commands')")
        restored = float(screen.page.evaluate("() => window.__restored"))
        screen.close()
    return ready, restored


def starts(browser: Browser, rounds: int = 9) -> list[str]:
    """Lab's start with and without us: the order changes from round to round, the delay is the median of the rounds' differences."""
    _once(browser, ours=True)
    with_us: list[tuple[float, float]] = []
    without: list[tuple[float, float]] = []
    for number in range(rounds):
        for ours in (True, False) if number % 2 else (False, True):
            (with_us if ours else without).append(_once(browser, ours=ours))
    lines = []
    for part, name in enumerate(("server ready", "page restored")):
        a = [one[part] for one in with_us]
        b = [one[part] for one in without]
        delay = statistics.median(x - y for x, y in zip(a, b, strict=True))
        lines.append(
            f"| JupyterLab's start, {name} | {statistics.median(a):.0f} ms with us, {statistics.median(b):.0f} ms without "
            f"(× {statistics.median(a) / statistics.median(b):.2f}): {delay:+.0f} ms | ≤ +50 ms |"
        )
    return lines


#: Runs the selected cell; milliseconds until its output is there, and until that shows a form that can be filled in.
_RUN_WIDGET = """
async () => {
  const found = selector => new Promise(done => {
    const look = () => document.querySelector(selector) && (observer.disconnect(), done(performance.now()));
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true });
    look();
  });
  document.querySelectorAll('.snb-test-output').forEach(() => { throw new Error('it is there already'); });
  const began = performance.now();
  const output = found('.snb-test-output');
  const form = found('.snb-test-output form :is(input, select)');
  void window.jupyterapp.commands.execute('notebook:run-cell');
  return [(await output) - began, (await form) - began];
}
"""


def widget(browser: Browser, rounds: int = 5) -> list[str]:
    """``dep.widget()`` in a notebook whose kernel runs: from its output to a form that can be filled in."""
    cells = ["import seldon_nb\ndep = seldon_nb.deployment('dev/fraud')\ndep.widget()\nprint('ready')", "dep.widget()"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    shown: list[float] = []
    whole: list[float] = []
    with running_lab() as lab:
        staged(lab.home)
        nbformat.write(book, lab.notebooks / "test.ipynb")
        screen = Screen(browser, lab)
        for _ in range(rounds):
            page = screen.open_notebook("test.ipynb")
            screen.command("notebook:clear-all-cell-outputs")
            screen.begin("notebook:run-cell-and-select-next")
            page.get_by_text("ready", exact=True).wait_for(timeout=60_000)
            output, form = page.evaluate(_RUN_WIDGET)
            shown.append(form - output)
            whole.append(form)
        screen.close()
    return [
        f"| `dep.widget()`: a form that can be filled in, after its output | {statistics.median(shown[1:]):.0f} ms "
        f"({min(shown[1:]):.0f}–{max(shown[1:]):.0f}); {statistics.median(whole[1:]):.0f} ms after the cell was run; "
        f"the first of a server, which opens the catalogue: {shown[0]:.0f} ms | ≤ 300 ms |"
    ]


def idle(browser: Browser, seconds: int = 70) -> list[str]:
    """Requests to our routes in a minute, with the panel shown and with it hidden."""
    lines = []
    with running_lab() as lab:
        screen = Screen(browser, lab)
        screen.open()
        for name, command, words, goal in (
            ("shown", "seldon-nb:show", {}, "≤ 1"),
            ("hidden", "filebrowser:activate", {}, "0"),
        ):
            screen.command(command, **words)
            screen.page.wait_for_timeout(5_000)
            before = len(screen.ours())
            screen.page.wait_for_timeout(seconds * 1000)
            count = len(screen.ours()) - before
            lines.append(f"| requests of the panel per minute, panel {name} | {count * 60 / seconds:.1f} | {goal} |")
        screen.close()
    return lines


#: Notes when the first row is there, and when the words of a row change: ``__rows`` by name, as [word, time of day].
_WATCH_ROWS = """
window.__rows = {};
window.__firstRow = 0;
const look = () => {
  for (const row of document.querySelectorAll('.snb-Row')) {
    const name = row.querySelector('.snb-Row-name')?.textContent;
    const word = row.querySelector('.snb-Row-word')?.textContent;
    if (!name?.startsWith('model-')) continue;
    window.__firstRow ||= performance.now();
    if (window.__rows[name]?.[0] !== word) window.__rows[name] = [word, Date.now()];
  }
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
"""
#: The longest times between two frames, in milliseconds, longest first, while a list is scrolled.
_FRAMES = """
async name => {
  const list = [...document.querySelectorAll('.snb-Rows')].find(one => one.textContent.includes('model-'));
  const gaps = [];
  let last = performance.now();
  const end = last + 4000;
  while (performance.now() < end) {
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - last);
    last = now;
    list.scrollTop += 70;
  }
  return gaps.slice(2).sort((a, b) => b - a);
}
"""


def many(browser: Browser, rounds: int = 5, changes: int = 20) -> list[str]:
    """The panel with 5,000 deployments: first rows, an update, scrolling."""
    firsts: list[float] = []
    updates: list[float] = []
    frames: list[float] = []
    with running_lab(config={"jupyter_server_config.py": CONFIG}, environment={"PYTHONPATH": str(ROOT)}) as lab:
        screen = Screen(browser, lab)
        screen.open()
        screen.command("seldon-nb:show")
        screen.page.locator(".snb-Row-name").first.wait_for()
        screen.page.wait_for_timeout(3_000)  # the layout is kept
        screen.close()
        for _ in range(rounds):
            lab.stop()
            lab.start()
            screen = Screen(browser, lab)
            screen.context.add_init_script(_NOTE + _WATCH_ROWS)
            screen.open("/lab")
            screen.page.wait_for_function("() => window.__firstRow")
            firsts.append(float(screen.page.evaluate("() => window.__firstRow - window.__restored")))
            if len(firsts) < rounds:
                screen.close()
        for number in range(changes):
            screen.page.wait_for_timeout(300)
            state = "stuck" if number // 4 % 2 else "updating"
            began = time.time() * 1000
            (lab.home / "poke").write_text(f"{number % 4} {state}", encoding="utf-8")
            name = f"model-{number % 4:04}"
            screen.page.wait_for_function(f"() => window.__rows['{name}'][1] > {began}")
            updates.append(float(screen.page.evaluate(f"() => window.__rows['{name}'][1]")) - began)
        frames = screen.page.evaluate(_FRAMES)
        screen.close()
    slow = sum(1 for gap in frames if gap > 50)
    return [
        f"| panel with {MANY:,} deployments: first rows after the page is restored | {statistics.median(firsts):.0f} ms "
        f"({min(firsts):.0f}–{max(firsts):.0f}) | ≤ 1,000 ms |",
        f"| an update visible after its event | {statistics.median(updates):.0f} ms (95 %: {sorted(updates)[int(len(updates) * 0.95)]:.0f}) | ≤ 200 ms |",
        f"| scrolling through them | longest frame {frames[0]:.0f} ms; {slow} of {len(frames)} over 50 ms | 0 |",
    ]


def run() -> list[str]:
    """Lines for the report."""
    lines = ["| what | measured | goal |", "|---|---|---|"]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for part in (starts, many, widget, idle):
            lines += part(browser)
        browser.close()
    return lines


if __name__ == "__main__":
    print("\n".join(run()))
