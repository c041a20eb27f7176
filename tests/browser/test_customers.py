"""Finding a customer by keyboard alone, opening the card, and coming back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard.words import word

HOSTILE = "<img src=x onerror=window.hacked=1>"


@pytest.mark.parametrize(("language", "width"), [("en-GB", 1440), ("ko-KR", 390)])
def test_a_customer_is_found_opened_and_remembered(
    open_page: Callable[..., Page], language: str, width: int
) -> None:
    short = language[:2]
    page = open_page("customers", width, locale=language)
    expect(page.get_by_role("heading", level=1)).to_have_text(word("customers_page", short))
    box = page.get_by_role("searchbox")
    expect(box).to_be_focused()
    expect(page.get_by_text(word("search_logged", short))).to_be_visible()
    page.keyboard.type(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.get_by_text(word("search_none", short, text=HOSTILE))).to_be_visible()
    box.fill("h1004")
    page.keyboard.press("Enter")
    rows = page.locator(".finder tbody tr")
    expect(rows.first).to_contain_text("H1004")
    assert all(
        text.startswith("H1004") for text in page.locator(".finder tbody th").all_inner_texts()
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.url.endswith("/customers")  # what is typed stands in no address
    first = page.locator(".finder tbody a").first
    number = first.inner_text()
    first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/customer\?lang={short}&id={number}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    page.get_by_role("link", name=word("search_label", short), exact=True).click()
    recent = page.get_by_role("navigation", name=word("search_recent", short))
    expect(recent.get_by_role("link")).to_have_text([number])
    recent.get_by_role("button").click()
    expect(recent).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert page.evaluate("window.hacked") is None
