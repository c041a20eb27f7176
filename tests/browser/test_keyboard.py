"""Everything by keyboard alone: reached, seen, used, left again; what opens is accessible."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.cards.state import table_columns
from dashboard.pages import PAGES
from tests.support.accessible import violations

WATCHED = """() => {
    const inside = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled
        && one.tabIndex >= 0;
    const all = [...document.querySelectorAll(inside)].filter(seen);
    const name = (one) => one.outerHTML.slice(0, 160);
    window.watched = { focused: [], faults: [], all: all.map(name) };
    window.lastWatched = all.at(-1);
    document.addEventListener("focusin", (event) => {
        const one = event.target, at = all.indexOf(one), { focused, faults } = window.watched;
        if (at < 0) faults.push(`no control: ${name(one)}`);
        focused.push(at);
        if (getComputedStyle(one).outlineStyle === "none") faults.push(`unseen: ${name(one)}`);
        const { left, top, width, height } = one.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + Math.min(height / 2, 20)];
        const over = document.elementFromPoint(x, y);
        if (one.className !== "skip" && over && !one.contains(over) && !over.contains(one))
            faults.push(`covered by ${name(over)}: ${name(one)}`);
    });
    return all.length;
}"""


@pytest.fixture(scope="module")
def window(open_window: Callable[..., Page]) -> Page:
    return open_window(locale="en-GB", viewport={"width": 1400, "height": 900})


def filled(page: Page) -> Page:
    expect(page.locator("main .page[data-state=ready]")).to_have_count(1, timeout=30_000)
    expect(page.locator("main [aria-busy=true]")).to_have_count(0, timeout=30_000)
    expect(page.locator(".chart:not(:has(.main-svg))")).to_have_count(0, timeout=30_000)
    return page


@pytest.mark.parametrize("path", PAGES)
def test_tab_goes_through_the_whole_page_in_its_order(
    window: Page, dashboard: Any, path: str
) -> None:
    window.goto(dashboard.url.rstrip("/") + path)
    page = filled(window)
    reached = []
    if path == "/customers":  # which begins in its field: back to where other pages begin
        expect(page.locator("input[type=search]")).to_be_focused()
        page.locator(".skip").focus()
        reached = [0]
    page.wait_for_timeout(300)
    many = page.evaluate(WATCHED)
    days = page.locator("input[type=date]:visible").count()  # of each, Tab goes through the parts
    for _ in range(many + 3 * days):
        page.keyboard.press("Tab")
    watched = page.evaluate("window.watched")
    watched["focused"] = reached + watched["focused"]
    if many - 1 in watched["focused"]:  # from there it begins anew
        watched["focused"] = watched["focused"][: watched["focused"].index(many - 1) + 1]
    assert watched["faults"] == []
    missed = [watched["all"][one] for one in range(many) if one not in watched["focused"]]
    assert missed == []
    assert watched["focused"] == sorted(watched["focused"])
    assert 'class="skip"' in watched["all"][0]
    page.evaluate("window.lastWatched.focus()")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("window.watched.focused.at(-1)") == many - 2


def test_every_filter_of_a_chart_is_in_its_table() -> None:
    """A click into a chart filters; without a mouse the table beside it does the same."""
    cards = [card for page in PAGES.values() if page.cards for card in page.cards.cards]
    charts = [card for card in cards if card.filters and "figure" in card.shapes]
    assert charts
    for card in charts:
        assert "table" in card.shapes, card.name
        assert set(card.filters) <= set(table_columns(card.report)), card.name


def test_what_a_mouse_does_keys_do_too(window: Page, dashboard: Any) -> None:
    window.goto(dashboard.url)
    page = filled(window)
    page.locator("[data-measure=visitors]").focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("measure=visitors"))
    page.locator("#overview-channels button.row").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("channel=Organic"))
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("channel="))
    page.locator("#filter-period").focus()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile("period=7"))
    filled(page).locator("nav a[href^='/campaigns']").focus()
    page.keyboard.press("Enter")
    card = page.locator("#campaigns_page-results")
    expect(card).to_have_attribute("data-state", "ready")
    card.get_by_role("button", name="Table").focus()
    page.keyboard.press("Enter")
    head = card.get_by_role("columnheader", name=re.compile("Cost")).get_by_role("button").first
    head.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("results.sort=-cost"))
    filled(page)
    card.get_by_role("button", name="Download").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")


PANELS = {
    "dates": ("", "#filter-dates", "#filter-dates-panel"),
    "segments": ("", "#filter-segments", "#filter-segments-panel"),
    "more": ("", "#menu-more", "#menu-more-panel"),
    "views": ("", "#menu-views", "#menu-views-panel"),
    "download": ("", "#menu-download-overview-channels", "#menu-download-overview-channels-panel"),
    "columns": ("segments", "#menu-columns-table", "#menu-columns-table-panel"),
}


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_opens_and_closes_and_is_accessible(
    window: Page, dashboard: Any, name: str
) -> None:
    path, opener, panel = PANELS[name]
    if window.url.partition("?")[0] != dashboard.url + path or "?" in window.url:
        window.goto(dashboard.url + path)
    page = filled(window)
    page.evaluate(
        f"window.weblogTheme.choose('{'dark' if name in {'dates', 'views'} else 'light'}')"
    )
    button = page.locator(opener)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(panel)).to_be_visible()
    if name == "more":
        page.locator("#filter-campaigns").click()
    assert violations(page) == []
    page.keyboard.press("Tab")
    assert page.evaluate(f"document.activeElement.closest('{panel}') !== null")
    for _ in range(2):
        page.keyboard.press("Escape")
    expect(page.locator(panel)).to_have_count(0)
    expect(button).to_be_focused()


def test_a_note_is_written_and_left_by_keyboard(window: Page, dashboard: Any) -> None:
    window.goto(dashboard.url)
    page = filled(window)
    button = page.locator("#overview-trend").get_by_role("button", name="Add a note")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#overview-trend form")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#overview-trend form")).to_have_count(0)
    expect(button).to_be_focused()


@pytest.mark.parametrize("search", ["?page=/nowhere", "?period=never&channel=Nothing"])
def test_nothing_to_show_is_accessible(window: Page, dashboard: Any, search: str) -> None:
    window.goto(dashboard.url + search)
    expect(window.locator(".message").first).to_be_visible()
    assert violations(window) == []


def test_drawer_and_sheet_of_a_narrow_screen_are_accessible(window: Page, dashboard: Any) -> None:
    window.set_viewport_size({"width": 390, "height": 844})
    window.goto(dashboard.url)
    page = filled(window)
    for opener in (".burger", ".open-filters"):
        page.locator(opener).focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(400)  # it slides in
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(opener)).to_be_focused()
    window.set_viewport_size({"width": 1400, "height": 900})


def test_a_customer_found_and_the_card_are_accessible(window: Page, dashboard: Any) -> None:
    window.goto(dashboard.url + "customers")
    field = window.locator("input[type=search]")
    expect(field).to_be_focused()
    window.keyboard.type("H1")
    window.keyboard.press("Enter")
    first = window.locator("tbody a").first
    expect(first).to_be_visible()
    assert violations(window) == []
    first.focus()
    window.keyboard.press("Enter")
    expect(window.locator("h1")).to_be_visible()
    window.wait_for_load_state()
    assert violations(window) == []
