"""Pages on paper: whole, light, as wide as the sheet, and the screen as it was afterwards."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

OpenPage = Callable[..., Page]

LIGHT = "rgb(255, 255, 255)"

CUT = """() => [...document.querySelectorAll(".card .main-svg, .card table")].filter((one) =>
    one.getBoundingClientRect().right > one.closest(".card").getBoundingClientRect().right + 1)
    .map((one) => one.closest(".card").id)"""


def filled(page: Page) -> Page:
    expect(page.locator(".page[data-state=ready]")).to_have_count(1, timeout=30_000)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=30_000)
    for chart in page.locator(".chart").all():
        expect(chart.locator(".main-svg").first).to_be_visible()
    return page


def test_a_page_prints_what_it_shows_and_no_controls(open_page: OpenPage) -> None:
    page = filled(open_page("?segment=customer&from=2025-11-03&to=2025-11-16"))
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    width, height = (float(side) for side in paper.pages[0].mediabox[2:])
    assert width > height
    text = " ".join(one.extract_text() for one in paper.pages)
    for shown in ("Segment: customer", "3 Nov 2025", "Compare with: Previous period", "Sessions"):
        assert shown in text
    controls = ("Copy link", "More filters", "Show as table", "What do you want to know?", "Click")
    for control in controls:
        assert control not in text


@pytest.mark.parametrize(
    ("address", "width"), [("", 390), ("campaigns", 1440), ("segments?table.view=table", 2560)]
)
def test_on_paper_nothing_is_cut_and_all_is_light(
    open_page: OpenPage, address: str, width: int
) -> None:
    page = filled(open_page(address, width, color_scheme="dark"))
    chart = page.locator(".chart .main-svg").first
    before = chart.get_attribute("width")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("main").evaluate("one => one.clientWidth") in range(1040, 1052)
    assert page.evaluate(CUT) == []
    for layer in page.locator(".chart .main-svg").all():
        assert LIGHT in (layer.get_attribute("style") or LIGHT)
    expect(page.get_by_role("navigation")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(chart).to_have_attribute("width", str(before))
    expect(chart).not_to_have_attribute("style", re.compile(re.escape(LIGHT)))
