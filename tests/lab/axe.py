"""axe-core in a page: what it finds serious or critical, as lines that say where."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).resolve().parents[2] / "extension/node_modules/axe-core/axe.min.js"
_RUN = """
async selector => {
  const wanted = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], resultTypes: ['violations'] };
  const got = await window.axe.run(selector, wanted);
  return got.violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .flatMap(one => one.nodes.map(node => `${one.id} (${one.impact}): ${node.html.slice(0, 200)} — ${node.any.concat(node.all).map(x => x.message).join('; ')}`));
}
"""


def violations(page: Page, selector: str) -> list[str]:
    """A line per element below ``selector`` that axe finds serious or critical trouble in.  Raises LookupError if there is no such element."""
    if page.locator(selector).count() == 0:
        raise LookupError(f"nothing to look at: {selector}")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SOURCE.read_text(encoding="utf-8"))
    return [str(line) for line in page.evaluate(_RUN, selector)]
