"""What axe-core finds fault with on a page."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


COLOURS = """, runOnly: ['cat.color'], rules: { 'color-contrast-enhanced': { enabled: false } }"""
"""Only the rules about colours, of those that are on by default."""


def violations(page: Page, *, only_colours: bool = False) -> list[str]:
    """Return what axe-core finds fault with, of whatever weight.

    Args:
        page: in a browser.
        only_colours: check what is about colours, where nothing else has changed.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    rules = COLOURS if only_colours else ""
    found = page.evaluate(f"axe.run(document, {{ resultTypes: ['violations']{rules} }})")
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
    ]
