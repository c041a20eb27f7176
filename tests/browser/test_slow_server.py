"""Who is faster than the server, or asks while it does not answer, loses nothing and is not misled.

The server is the real one; what it answers is held back on the way, or lost.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from dashboard.words import word
from weblog.annotations import FILE as NOTES

COMPANY = Path(__file__).parents[2] / "sample_logs" / "data"
UPDATE = "**/_dash-update-component*"
NAVIGATION = "page.children"
QUESTION = re.compile(r'"output":\s*"([^"]*)"')


class Way:
    """The way to the server: what is to fill some part is held back on it, or lost."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        self.slow, self.lost = "", ""
        page.route(UPDATE, self._pass)

    def _pass(self, route: Route) -> None:
        found = QUESTION.search(route.request.post_data or "")
        output = found[1] if found else ""
        if self.lost and self.lost in output:
            route.abort()
        elif self.slow and self.slow in output:
            self.held.append(route)
        else:
            route.continue_()

    def open(self) -> None:
        """Let everything pass that was held back, and everything from now on."""
        self.slow, self.lost = "", ""
        for route in self.held:
            route.continue_()
        self.held.clear()


@pytest.fixture(autouse=True)
def nothing_kept(dashboard: Any) -> Iterator[None]:
    yield
    (dashboard.store / NOTES).unlink(missing_ok=True)


@pytest.fixture
def page(browser: Browser, dashboard: Any) -> Iterator[Page]:
    """A window on Overview that may complain: answers are lost here."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(dashboard.url)
    settled(page)
    yield page
    context.close()


@pytest.fixture
def rules(dashboard: Any) -> Path:
    file = dashboard.store.parent / "rules.toml"
    shutil.copyfile(COMPANY / "rules.toml", file)
    return file


def holding(page: Page, address: str) -> list[Route]:
    """Hold back what is asked of an address; return what was asked so far."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(address, hold)
    return held


def settled(page: Page) -> None:
    expect(page.locator(".page[data-state=ready]")).to_have_count(1)
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)


def link(page: Page, title: str) -> Locator:
    return page.locator("nav").get_by_role("link", name=title, exact=True)


def told(page: Page) -> Locator:
    """The bar that says that the dashboard does not answer."""
    return page.locator(".offline")


def desk(page: Page, title: str) -> Locator:
    """Go to a page readers write on; return its text."""
    link(page, title).click()
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("main .grid[data-state=ready]")).to_have_count(1)
    return page.locator("main textarea.editor").first


def test_a_page_that_did_not_come_comes_when_asked_for_again(page: Page) -> None:
    way = Way(page)
    way.lost = NAVIGATION
    link(page, "Banners").click()
    expect(told(page)).to_be_visible()
    expect(page.locator("h1")).to_have_text("Overview")
    way.open()
    link(page, "Banners").click()
    expect(page.locator("h1")).to_have_text("Banners")
    settled(page)
    expect(told(page)).to_have_count(0)


def test_a_filter_after_a_page_that_did_not_come_is_that_pages(page: Page) -> None:
    way = Way(page)
    way.lost = NAVIGATION
    link(page, "Banners").click()
    expect(told(page)).to_be_visible()
    way.open()
    page.locator("#filter-period").select_option("7")
    expect(page.locator("h1")).to_have_text("Banners")
    expect(page).to_have_url(re.compile(r"/banners\?period=7$"))


def test_back_after_a_page_that_did_not_come_ends_the_complaint(page: Page) -> None:
    way = Way(page)
    way.lost = NAVIGATION
    link(page, "Banners").click()
    expect(told(page)).to_be_visible()
    way.open()
    page.go_back()
    expect(told(page)).to_have_count(0)
    settled(page)


def test_one_answer_does_not_hide_that_another_is_missing(page: Page) -> None:
    link(page, "Content & products").click()
    settled(page)
    way = Way(page)
    way.lost = "content_page-page.data"
    page.locator("#filter-period").select_option("7")
    expect(told(page)).to_be_visible()
    expect(page.locator("#content_page-preference[aria-busy=true]")).to_have_count(0)
    expect(told(page)).to_be_visible()  # the slow cards' answers came, the page's did not
    way.open()
    page.locator("#filter-period").select_option("28")
    settled(page)
    expect(told(page)).to_have_count(0)


def test_a_page_that_is_left_takes_its_missing_answers_with_it(page: Page) -> None:
    way = Way(page)
    way.lost = "overview-page.data"
    page.locator("#filter-period").select_option("7")
    expect(told(page)).to_be_visible()
    link(page, "Banners").click()
    expect(page.locator("h1")).to_have_text("Banners")
    settled(page)
    expect(told(page)).to_have_count(0)


def test_a_slow_card_does_not_pass_off_old_figures_as_new(page: Page) -> None:
    link(page, "Content & products").click()
    settled(page)
    way = Way(page)
    way.slow = "content_page-preference.data"
    page.locator("#filter-period").select_option("7")
    expect(page.locator(".page[aria-busy=true]")).to_have_count(0)
    card = page.locator("#content_page-preference")
    expect(card).to_have_attribute("aria-busy", "true")
    expect(card.locator(".card-body")).to_have_css("opacity", "0.55")
    way.open()
    expect(card).to_have_attribute("aria-busy", "false")
    expect(card.locator(".card-body")).to_have_css("opacity", "1")


def test_who_turns_back_before_the_next_page_comes_finds_nothing_waiting(page: Page) -> None:
    way = Way(page)
    way.slow = NAVIGATION
    link(page, "Banners").click()
    expect(page.locator(".page[aria-busy=true]")).to_have_count(1)
    page.go_back()
    expect(page.locator(".page[aria-busy=true]")).to_have_count(0)
    way.open()
    expect(page.locator("h1")).to_have_text("Overview")
    settled(page)


def test_typing_elsewhere_is_not_drawn_into_the_customer_search(page: Page) -> None:
    way = Way(page)
    way.slow = NAVIGATION
    link(page, "Customer").click()
    page.get_by_role("button", name=word("views", "en"), exact=True).click()
    name = page.locator(".view-save input[type=text]")
    name.press_sequentially("Month ")
    way.open()
    expect(page.locator("h1")).to_have_text("Customer")
    expect(page.locator(".finder")).to_be_visible()
    expect(name).to_be_focused()
    page.keyboard.type("of VIP")
    expect(name).to_have_value("Month of VIP")
    expect(page.locator(".finder input[type=search]")).to_have_value("")


def test_who_goes_to_the_customer_search_can_type_at_once(page: Page) -> None:
    link(page, "Customer").click()
    expect(page.locator(".finder input[type=search]")).to_be_focused()


def test_a_note_is_written_once_and_removed_once(page: Page) -> None:
    held = holding(page, "**/api/annotations*")
    add = page.locator("#overview-trend").get_by_role("button", name=word("note_add", "en"))
    add.click()
    page.locator("#overview-trend-note-text").fill("Television")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)  # for a second one to set out
    assert len(held) == 1
    held[0].continue_()
    page.unroute("**/api/annotations*")
    note = page.locator("#overview-trend li.note", has_text="Television")
    expect(note).to_have_count(1)
    settled(page)
    way = Way(page)
    way.slow = "overview-"
    note.get_by_role("button").click()
    expect(note).to_have_count(0)  # before the figures come anew
    expect(add).to_be_focused()
    way.open()
    settled(page)
    expect(note).to_have_count(0)


def test_one_double_click_makes_one_file(page: Page, rules: Path) -> None:
    desk(page, "Target lists & rules")
    page.locator("#rules-day").fill("2026-02-11")
    page.locator("button.try").click()
    make = page.locator("button.make").first
    expect(make).to_be_visible(timeout=60_000)
    held = holding(page, "**/targets/file")
    make.dblclick()
    page.wait_for_timeout(300)  # for a second one to set out
    assert len(held) == 1
    with page.expect_download(timeout=60_000):
        held[0].continue_()
    expect(page.locator("[id$=desk-export] .done")).to_be_visible()


def test_a_refusal_is_no_lost_connection_and_ends_no_trial(page: Page, rules: Path) -> None:
    desk(page, "Target lists & rules")
    way = Way(page)
    way.slow = ".trial"
    page.locator("button.try").click()
    expect(page.locator("[id$=desk-findings] .progress")).to_be_visible()

    def outdated(route: Route) -> None:
        sent = route.request.post_data or ""
        route.continue_(post_data=sent.replace('"sha256":"', '"sha256":"0'))

    page.route("**/targets/file", outdated)
    page.locator("[id$=desk-export] button.strong").click()
    expect(page.locator("[id$=desk-export] .problem")).to_be_visible()
    expect(told(page)).to_have_count(0)
    expect(page.locator("[id$=desk-findings] .progress")).to_be_visible()
    way.open()
    expect(page.locator("[id$=desk-findings] .summary")).to_be_visible(timeout=60_000)


def test_settings_that_were_typed_are_there_when_one_comes_back(page: Page) -> None:
    text = desk(page, "Settings")
    typed = "# of half an hour\n" + text.input_value()
    text.fill(typed)
    link(page, "Overview").click()
    settled(page)
    expect(desk(page, "Settings")).to_have_value(typed)
    page.reload()  # as when the login ends
    expect(page.locator("main textarea.editor").first).to_have_value(typed)
    page.get_by_role("button", name=word("take_current", "en"), exact=True).click()
    link(page, "Overview").click()
    settled(page)
    assert "half an hour" not in desk(page, "Settings").input_value()


def test_rules_typed_after_saving_are_there_when_one_comes_back(page: Page, rules: Path) -> None:
    text = desk(page, "Target lists & rules")
    saved = text.input_value() + "\n# saved\n"
    text.fill(saved)
    way = Way(page)
    way.slow = ".save"
    page.locator("button.save").click()
    expect(page.locator(".desk .progress").first).to_be_visible()
    text.fill(saved + "# typed on\n")
    link(page, "Overview").click()
    settled(page)
    way.open()
    for _ in range(100):
        if rules.read_text("utf-8") == saved:
            break
        page.wait_for_timeout(100)
    expect(desk(page, "Target lists & rules")).to_have_value(saved + "# typed on\n")


def test_who_types_on_wants_no_earlier_version_any_more(page: Page, rules: Path) -> None:
    text = desk(page, "Target lists & rules")
    first = text.input_value()
    text.fill(first + "\n# second\n")
    page.locator("button.save").click()
    expect(page.locator(".desk .done").first).to_have_text(word("saved", "en"), timeout=60_000)
    way = Way(page)
    way.slow = ".version"
    page.locator(".earlier summary").click()
    page.locator(".earlier button").first.click()
    text.fill("# something else\n")
    with page.expect_response(UPDATE):
        way.open()
    page.wait_for_timeout(300)  # nothing is to come
    expect(text).to_have_value("# something else\n")
    page.locator(".earlier button").first.click()
    expect(text).not_to_have_value("# something else\n")


def test_a_filter_is_taken_away_once_and_the_keyboard_stays_with_the_bar(
    page: Page, dashboard: Any
) -> None:
    page.goto(f"{dashboard.url}?page=/products/annuity-savings/&segment=VIP")
    settled(page)
    way = Way(page)
    way.slow = "overview-"
    chip = page.locator(".chip").first
    name = chip.locator(".value").inner_text()
    for _ in range(2):
        chip.evaluate("one => one.click()")
    assert "page=" not in page.url
    way.open()
    settled(page)
    expect(page.locator(".chip .value", has_text=name)).to_have_count(0)
    expect(page.locator("section.filters")).to_be_focused()
    page.get_by_role("button", name=word("reset", "en"), exact=True).click()
    settled(page)
    expect(page.locator("section.filters")).to_be_focused()


@pytest.mark.parametrize(
    ("card", "search"),
    [("channels", ""), ("changes", "?channel=Organic+Search&channel=Direct")],
)
def test_a_row_is_pressed_at_once(page: Page, dashboard: Any, card: str, search: str) -> None:
    page.goto(dashboard.url + search)
    settled(page)
    way = Way(page)
    way.slow = "overview-"
    rows = page.locator(f"#overview-{card} button.row")
    row = rows.and_(page.locator("[aria-pressed=false]")).first
    value = row.get_attribute("data-value")
    row.click()
    pressed = rows.and_(page.locator(f"[data-value='{value}'][aria-pressed=true]"))
    expect(pressed.first).to_be_visible()
    way.open()
    settled(page)


def test_a_chart_whose_script_did_not_come_is_drawn_with_the_next_figures(
    browser: Browser, dashboard: Any
) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    lost = True

    def script(route: Route) -> None:
        if lost:
            route.abort()
        else:
            route.continue_()

    page.route("**/plotly*", script)
    page.goto(dashboard.url)
    failed = page.locator("#overview-trend .message.error")
    expect(failed).to_be_visible()
    lost = False
    page.locator("#filter-period").select_option("7")
    expect(page.locator("#overview-trend .main-svg").first).to_be_visible()
    expect(failed).to_have_count(0)
    context.close()


def test_a_panel_within_a_panel_that_was_closed_is_closed_when_that_opens(page: Page) -> None:
    more = page.locator("#menu-more")
    more.click()
    page.locator("#filter-sources").click()
    expect(page.locator("#filter-sources-panel")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator("#menu-more-panel")).to_have_count(0)
    more.click()
    expect(page.locator("#filter-sources")).to_have_attribute("aria-expanded", "false")


def test_a_search_that_failed_can_be_asked_again(page: Page) -> None:
    link(page, "Customer").click()
    box = page.locator(".finder input[type=search]")
    expect(page.locator(".finder .muted").first).to_contain_text(re.compile(r"\w"))
    way = Way(page)
    way.lost = "search.data"
    box.fill("kim")
    page.keyboard.press("Enter")
    expect(told(page)).to_be_visible()
    expect(page.locator(".finder")).to_have_attribute("aria-busy", "false")
    way.open()
    page.keyboard.press("Enter")
    expect(page.locator(".finder [aria-live] > *").first).to_be_visible()
    expect(told(page)).to_have_count(0)
