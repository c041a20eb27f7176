"""Saved views, notes on days and target lines, as people use them in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.saved.views import FILE
from dashboard.words import word
from weblog.annotations import FILE as NOTES
from weblog.annotations import Annotations

OpenPage = Callable[..., Page]
LANGUAGES = ["en-GB", "ko-KR"]
EVIL = "<img src=x onerror=window.hacked=1>"


@pytest.fixture(autouse=True)
def nothing_kept(dashboard: Any) -> Iterator[None]:
    yield
    for name in (FILE, NOTES):
        (dashboard.store / name).unlink(missing_ok=True)


def filled(page: Page) -> Page:
    expect(page.locator(".page[data-state=ready]")).to_have_count(1, timeout=30_000)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=30_000)
    return page


def in_words(locale: str) -> Callable[[str], str]:
    return lambda key: word(key, locale[:2])


def views_menu(page: Page, told: Callable[[str], str]) -> Any:
    page.get_by_role("button", name=told("views"), exact=True).click()
    menu = page.locator("#menu-views-panel")
    expect(menu).to_be_visible()
    return menu


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_view_is_saved_opened_on_another_page_renamed_and_deleted(
    open_page: OpenPage, shots: Path, locale: str
) -> None:
    page = filled(open_page("?segment=customer&measure=visitors", locale=locale))
    told = in_words(locale)
    menu = views_menu(page, told)
    expect(menu).to_contain_text(told("views_none")[:12])
    menu.get_by_label(told("view_name")).fill(EVIL)
    menu.get_by_role("button", name=told("save"), exact=True).click()
    expect(menu.get_by_role("status")).to_have_text(told("view_saved"))
    expect(menu.locator(".view-name")).to_have_text(EVIL)
    page.screenshot(path=shots / f"views-{locale[:2]}.png")
    page.keyboard.press("Escape")
    page.get_by_role("link", name=told("paths_page")).click()
    filled(page)
    menu = views_menu(page, told)
    menu.locator(".view a").click()
    expect(page).to_have_url(re.compile(r"/\?segment=customer&measure=visitors$"))
    filled(page)
    expect(page.locator("[data-measure=visitors][aria-pressed=true]")).to_have_count(1)
    menu = views_menu(page, told)
    menu.get_by_role("button", name=told("rename")).click()
    menu.locator(".view input").fill("월요일 Monday")
    menu.locator(".view .button.strong").click()
    expect(menu.locator(".view-name")).to_have_text("월요일 Monday")
    menu.get_by_role("button", name=told("delete")).click()
    menu.get_by_role("button", name=told("really_delete")).click()
    expect(menu.locator(".view")).to_have_count(0)
    assert page.evaluate("window.hacked") is None
    expect(page.locator(".offline")).to_have_count(0)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_note_is_written_beneath_a_trend_and_marked_on_every_one(
    open_page: OpenPage, dashboard: Any, shots: Path, locale: str
) -> None:
    page = filled(open_page(locale=locale))
    told = in_words(locale)
    trend = page.locator("#overview-trend")
    expect(trend.locator(".known-days li")).to_have_count(0)
    trend.get_by_role("button", name=told("note_add")).click()
    trend.get_by_label(told("note_first"), exact=True).fill("2025-11-12")
    trend.get_by_label(told("note_last")).fill("2025-11-13")
    trend.get_by_label(told("note_text")).fill(EVIL)
    trend.get_by_role("button", name=told("save"), exact=True).click()
    expect(trend.locator(".known-days li .text")).to_have_text(EVIL)
    expect(trend.locator(".chart .annotation-text")).to_have_text("1")
    assert trend.locator(".chart .shapelayer path").count() == 1
    expect(page).to_have_url(re.compile(r"/$"))
    (note,) = Annotations(dashboard.store).all()
    assert (str(note.start), str(note.end), note.text) == ("2025-11-12", "2025-11-13", EVIL)
    trend.locator(".chart .annotation").hover()
    expect(trend.locator(".hoverlayer")).to_contain_text("<img src=x")
    for theme, width in (("dark", 1440), ("light", 390)):
        page.evaluate(f"window.weblogTheme.choose('{theme}')")
        page.set_viewport_size({"width": width, "height": 900})
        expect(trend.locator(".chart .main-svg").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        trend.screenshot(path=shots / f"notes-{locale[:2]}-{theme}-{width}.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    tour = (("days", "days_page-days"), ("quality", "quality_page-status"))
    for name, card in tour[: 2 if locale == "en-GB" else 1]:  # a page more takes seconds
        page.goto(f"{dashboard.url}{name}")
        filled(page)
        expect(page.locator(f"#{card} .known-days li .text")).to_have_text(EVIL)
        expect(page.locator(f"#{card} .chart .annotation-text", has_text="1").last).to_be_visible()
    page.locator(".known-days button[aria-label*='<img']").first.click()
    expect(page.locator(".known-days li")).to_have_count(0)
    assert Annotations(dashboard.store).all() == []
    assert page.evaluate("window.hacked") is None


def test_why_a_name_is_refused_is_said_in_the_menu(browser: Browser, dashboard: Any) -> None:
    """In a context of its own: the browser's console tells of every request that is refused."""
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    page.goto(dashboard.url)
    menu = views_menu(filled(page), in_words("ko-KR"))
    menu.get_by_label(word("view_name", "ko")).fill("\u202eexe.txt")
    menu.get_by_role("button", name=word("save", "ko"), exact=True).click()
    expect(menu.get_by_role("status")).to_have_text(word("kept_signs", "ko"))
    expect(page.locator(".offline")).to_have_count(0)
    context.close()


def test_a_list_of_the_overview_is_a_table_that_sorts_and_downloads(
    open_page: OpenPage, dashboard: Any
) -> None:
    page = filled(open_page("?channels.view=table&channels.sort=-conversion_rate"))
    card = page.locator("#overview-channels")
    shown = card.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    rows = dashboard.report("channels")
    expected = sorted(rows, key=lambda row: -row["conversion_rate"])
    assert [row[1] for row in shown] == [f"{row['sessions']:,}" for row in expected]
    card.get_by_role("button", name="Download").click()
    with page.expect_download() as found:
        card.get_by_role("link", name="Table as CSV").click()
    text = Path(found.value.path()).read_text("utf-8-sig")
    assert len(text.splitlines()) == len(rows) + 1
    assert text.splitlines()[0].startswith("channel,sessions")


def test_a_wide_screen_is_used_and_a_narrow_one_suffices(open_page: OpenPage) -> None:
    page = filled(open_page("", 2560))
    width = page.locator(".page .grid").bounding_box()["width"]
    assert width > 2_200
    narrow = filled(open_page("", 390, locale="ko-KR"))
    menu = views_menu(narrow, in_words("ko-KR"))
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
