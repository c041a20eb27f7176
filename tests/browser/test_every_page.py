"""Every page in both languages, both themes and at every width: whole, in order, accessible."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.pages import PAGES
from dashboard.words import word
from tests.support.accessible import violations

LAYOUT = Path(__file__).with_name("layout.js").read_text("utf-8")

SEEN = {
    "en-GB": (("light", (1400, 1024, 390, 2560)), ("dark", (390,))),
    "ko-KR": (("dark", (1400, 1024, 390)), ("light", (1400,))),
}
"""Language to themes and, in each, the widths a page is seen at in turn: all of them in the first.

A theme changes colours and draws charts anew, and where texts stand follows from neither: of the
second one width is looked at, and its colours.
"""

KEPT = {("light", 1400), ("light", 2560), ("dark", 390)}
"""Themes and widths a screenshot is kept of."""

PERIOD = "from=2025-11-01&to=2025-11-30&device=desktop"
ASKED = ("--from", "2025-11-01", "--to", "2025-11-30", "--device", "desktop")

FIGURES = {
    "segments": ("table", "segment_table", ("sessions", "visitors", "customers")),
    "content": ("products", "products", ("page_views", "sessions")),
    "paths": ("entries", "entry_pages", ("sessions", "page_views", "converted")),
    "lifecycle": ("activity", "activity", ("customers", "of_customers")),
    "campaigns": ("channels", "channels", ("sessions", "visitors", "converted")),
    "banners": ("banners", "banners", ("clicks", "sessions")),
    "email": ("mailings", "mailings", ("sent", "delivered", "opened", "clicked", "bought")),
    "attribution": ("models", "attribution", ("touched",)),
    "days": ("days", "anomalies", ("value",)),
    "quality": ("bots", "bots", ("hits", "page_hits", "visitors")),
}
"""Page to a card of it, the report it shows, and columns whose figures are compared."""

PARTS = {"activity": "active", "days": "day", "bots": "everybody"}
"""Card to the part of its report that is compared, where it has parts: its option ``rows``."""


@pytest.fixture(scope="module", params=SEEN)
def visitor(request: pytest.FixtureRequest, open_window: Callable[..., Page]) -> Page:
    """One browser window that goes from page to page, in one language."""
    return open_window(locale=request.param, viewport={"width": 1400, "height": 900})


def filled(page: Page) -> None:
    """Wait until every card has its data and its chart is drawn."""
    expect(page.locator(".page[data-state=ready]")).to_have_count(1, timeout=120_000)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=120_000)
    expect(page.locator(".chart:not(:has(.main-svg))")).to_have_count(0, timeout=120_000)


def problems(page: Page) -> list[str]:
    """Return what is cut off or covered once charts have taken the width they have."""
    deadline = time.monotonic() + 10
    while (found := page.evaluate(LAYOUT)) and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_it_is_whole_and_accessible(visitor: Page, shots: Path, path: str) -> None:
    page, language = visitor, visitor.evaluate("navigator.language")
    short = language[:2]
    page.set_viewport_size({"width": 1400, "height": 900})
    title = word(PAGES[path].name, short)
    if path != "/" or not page.url.endswith("/"):  # a window begins at the first page
        page.get_by_role("navigation").get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    filled(page)
    assert page.locator("[data-state=error], [data-state=empty]").count() == 0
    for turn, (theme, widths) in enumerate(SEEN[language]):
        page.evaluate(f"window.weblogTheme.choose('{theme}')")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            assert problems(page) == [], (theme, width)
            if (theme, width) in KEPT:
                name = f"{path[1:] or 'overview'}-{short}-{theme}-{width}.jpeg"
                page.screenshot(path=shots / name, full_page=True, type="jpeg", quality=80)
        assert violations(page, only_colours=turn > 0) == [], theme


@pytest.mark.parametrize("name", FIGURES)
def test_it_has_the_figures_of_the_command_line(open_page: Any, dashboard: Any, name: str) -> None:
    card, report, columns = FIGURES[name]
    options = f"&{card}.rows={PARTS[card]}" if card in PARTS else ""
    asked = f"{PERIOD}&{card}.view=table&{card}.columns={','.join(columns)}{options}"
    page = open_page(f"{name}?{asked}")
    filled(page)
    shown = page.locator(f"#{name}_page-{card} tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    rows = dashboard.report(report, *ASKED)
    rows = [row for row in rows if row.get("part") in {None, PARTS.get(card)}]
    told = [[f"{row[one]:,.0f}" for one in columns] for row in rows]
    assert shown
    marked = re.compile(r"[^\d,].*")  # a small sample is marked as such behind its figure
    assert [[marked.sub("", cell) for cell in row] for row in shown] == told[: len(shown)]
