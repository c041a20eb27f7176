"""Narrow screens, the keyboard, waiting, and things going wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dashboard.words import word
from tests.support.accessible import violations

OpenPage = Callable[..., Page]
UPDATE = "**/_dash-update-component*"


def ready(page: Page) -> Page:
    expect(page.locator("#overview-trend .main-svg").first).to_be_visible()
    return page


@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
@pytest.mark.parametrize("width", [390, 820, 1100, 1440])
def test_nothing_is_wider_than_the_screen(open_page: OpenPage, width: int, language: str) -> None:
    page = ready(open_page("?page=/products/annuity-savings/", width, locale=language))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1440])
def test_the_site_is_named_in_the_header_and_the_title(open_page: OpenPage, width: int) -> None:
    page = ready(open_page(width=width))
    name = page.get_by_role("banner").get_by_text("Hanbit Life · 한빛생명")
    expect(name).to_be_visible()
    assert name.evaluate("one => one.scrollWidth <= one.clientWidth")
    expect(page).to_have_title("Overview · Hanbit Life · 한빛생명")


def test_a_narrow_screen_has_a_drawer(open_page: OpenPage) -> None:
    page = ready(open_page(width=390))
    link = page.get_by_role("navigation").get_by_role("link", name="Overview")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Open the list of pages").click()
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(page.get_by_role("button", name="Open the list of pages")).to_be_focused()


def test_a_narrow_screen_has_a_filter_sheet(open_page: OpenPage) -> None:
    page = ready(open_page(width=390))
    expect(page.get_by_label("Period", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Filters · 3 Nov – 30 Nov").click()
    sheet = page.get_by_role("dialog", name="Filters")
    expect(sheet.get_by_label("Period", exact=True)).to_be_focused()
    sheet.locator("#filter-devices").click()
    sheet.get_by_role("checkbox", name="tablet").check()
    expect(page).to_have_url(re.compile(r"\?device=tablet$"))
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    sheet.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_everything_is_reached_by_keyboard_with_a_visible_focus(open_page: OpenPage) -> None:
    page = ready(open_page())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    seen = set()
    for _ in range(45):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "[document.activeElement.id || document.activeElement.dataset.measure || '', "
            "getComputedStyle(document.activeElement).outlineStyle]"
        )
        assert outline != "none"
        seen.add(name)
    assert {"filter-period", "filter-dates", "filter-segments", "sessions", "value"} <= seen


def test_every_control_has_a_name(open_page: OpenPage) -> None:
    page = ready(open_page())
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, a, select, input')].filter(one =>
            one.offsetParent && !(one.innerText.trim() || one.ariaLabel || one.labels?.length
            )).map(one => one.outerHTML)"""
    )
    assert nameless == []


def test_cards_keep_their_place_while_data_are_awaited(open_page: OpenPage) -> None:
    """Heights are reserved: what is read first does not jump when answers arrive."""
    page = open_page("?period=28")
    places = "[...document.querySelectorAll('.tiles, .card')].map(one => one.offsetTop).slice(0, 7)"
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "overview-tiles" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    ready(page)
    page.route(UPDATE, hold)
    page.reload()
    expect(page.locator(".tile.skeleton")).to_have_count(12)
    before = page.evaluate(places)
    held[0].continue_()
    ready(page)
    assert page.evaluate(places) == before


@pytest.mark.parametrize("width", [390, 1440])
def test_a_panel_opened_before_the_next_page_came_is_open_there(
    open_page: OpenPage, width: int
) -> None:
    """The bar is the same on every page: who is faster than the answer must not lose the panel."""
    page = ready(open_page(width=width))
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "page.children" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route(UPDATE, hold)
    questions = page.locator("#overview-questions")
    questions.get_by_role("link", name=word("ask_mailing", "en"), exact=True).click()
    expect(page).to_have_url(re.compile("/email"))
    if width < 820:
        page.locator(".open-filters").click()
    page.locator("#filter-dates").click()
    october = page.get_by_role("button", name="Oct 2025", exact=True)
    expect(october).to_be_visible()
    expect(page.locator("h1")).to_have_text("Overview")
    held[0].continue_()
    expect(page.locator("h1")).to_have_text("E-mail")
    if width > 820:
        expect(page.locator("#filter-dates")).to_be_focused()
    october.click()
    expect(page).to_have_url(re.compile(r"/email\?from=2025-10-01&to=2025-10-31$"))
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    expect(october).to_have_count(0)
    page.unroute(UPDATE)
    page.locator("nav a", has_text="Banners").evaluate("link => link.click()")
    expect(page.locator("h1")).to_have_text("Banners")
    expect(page.locator("#filter-dates")).to_have_attribute("aria-expanded", "false")


def test_links_to_where_one_is_leave_nothing_waiting(open_page: OpenPage) -> None:
    page = open_page("?segment=VIP")
    idle = page.locator("[aria-busy=true]")
    expect(page.locator(".page[data-state=ready]")).to_have_count(1)
    expect(idle).to_have_count(0)
    for act in (
        lambda: page.get_by_role("navigation").locator("[aria-current=page]").click(),
        lambda: page.evaluate("window.location.hash = 'main'"),
    ):
        act()
        page.wait_for_timeout(300)  # nothing is to come
        expect(idle).to_have_count(0, timeout=1)


def test_an_unknown_page_leads_back(browser: Browser, dashboard) -> None:
    page = browser.new_page()  # its 404 is a console error, as it should be
    assert page.goto(dashboard.url + "nowhere").status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    assert violations(page) == []
    page.get_by_role("link", name="Go to the overview").click()
    ready(page)
    page.close()


def test_a_dashboard_that_does_not_answer_is_said(browser: Browser, dashboard) -> None:
    page = browser.new_page()
    page.goto(dashboard.url)
    ready(page)
    page.route(UPDATE, lambda route: route.abort())
    page.locator("[data-measure=visitors]").click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    assert violations(page) == []
    page.unroute(UPDATE)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#overview-trend h2")).to_have_text("Trend: Visitors")
    page.close()


def test_an_empty_store_says_which_command_fills_it(browser: Browser, empty_dashboard) -> None:
    page = browser.new_page()
    page.goto(empty_dashboard.url)
    expect(page.get_by_text("The store is empty")).to_be_visible()
    command = f"weblog ingest access.log --store {empty_dashboard.store}"
    expect(page.locator("code")).to_have_text(command)
    expect(page.get_by_role("banner")).to_contain_text("No data yet")
    assert violations(page) == []
    page.close()
