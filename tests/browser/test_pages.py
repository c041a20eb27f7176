"""The pages behind the overview, as people use them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def filled(page: Page) -> Page:
    """Wait until every card has its data and its chart is drawn."""
    expect(page.locator(".page[data-state=ready]")).to_have_count(1, timeout=30_000)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=30_000)
    for chart in page.locator(".chart").all():
        expect(chart.locator(".main-svg").first).to_be_visible()
    return page


def rows_of(page: Page, card: str) -> list[list[str]]:
    """Return the texts of a table, row by row."""
    return page.locator(f"{card} tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )


def test_a_table_has_the_figures_of_the_command_line(open_page: OpenPage, dashboard) -> None:
    page = filled(open_page("segments?table.columns=segment,sessions,visitors,customers"))
    rows = dashboard.report("segment_table")
    shown = rows_of(page, "#segments_page-table")
    assert [row[1:] for row in shown] == [
        [f"{row[name]:,}" for name in ("sessions", "visitors", "customers")] for row in rows
    ]


def test_what_marketing_did_has_the_figures_of_the_command_line(
    open_page: OpenPage, dashboard
) -> None:
    page = filled(open_page("email?mailings.columns=mailing,sent,delivered,opened,clicked,bought"))
    names = ("sent", "delivered", "opened", "clicked", "bought")
    expected = [[f"{row[name]:,}" for name in names] for row in dashboard.report("mailings")]
    assert [row[1:] for row in rows_of(page, "#email_page-mailings")] == expected
    page = filled(open_page("banners?banners.view=table&banners.columns=banner,clicks,sessions"))
    expected = [[f"{row[name]:,}" for name in ("clicks", "sessions")]
                for row in dashboard.report("banners")]  # fmt: skip
    assert [row[1:] for row in rows_of(page, "#banners_page-banners")] == expected


def test_what_a_chart_draws_is_in_the_address(open_page: OpenPage) -> None:
    page = filled(open_page("email"))
    times = page.locator("#email_page-times")
    times.get_by_label("Until").select_option("clicked")
    expect(page).to_have_url(re.compile(r"/email\?times\.event=clicked$"))
    filled(page)
    expect(times.locator(".ytitle")).to_have_text("Clicked by then")
    page.reload()
    filled(page)
    expect(times.get_by_label("Until")).to_have_value("clicked")
    times.get_by_role("button", name="Table").click()
    expect(times.get_by_label("Until")).to_have_count(0)


def test_filters_of_one_page_hold_on_the_next_and_in_its_figures(
    open_page: OpenPage, dashboard
) -> None:
    page = filled(open_page("segments?segment=customer&cross.view=table"))
    page.get_by_role("link", name="Content & products").click()
    expect(page).to_have_url(re.compile(r"/content\?segment=customer$"))
    filled(page)
    expect(page.locator(".notices li")).to_have_count(0)
    page.locator("#content_page-categories").get_by_role("button", name="Table").click()
    expect(page.locator("#content_page-categories tbody tr").first).to_be_visible()
    rows = dashboard.report("categories", "--segment", "customer")
    shown = rows_of(page, "#content_page-categories")
    assert [row[1] for row in shown] == [f"{row['page_views']:,}" for row in rows]


def test_a_table_is_sorted_by_its_heads_and_shared_by_its_address(open_page: OpenPage) -> None:
    page = filled(open_page("paths"))
    table = page.locator("#paths_page-paths")
    head = table.get_by_role("columnheader", name=re.compile("^Conversion rate"))
    expect(head).to_have_attribute("aria-sort", "none")
    head.get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"\?paths\.sort=-conversion_rate$"))
    expect(head).to_have_attribute("aria-sort", "descending")
    filled(page)
    rates = [float(row[3].rstrip("%")) for row in rows_of(page, "#paths_page-paths")[:-1]]
    assert rates == sorted(rates, reverse=True)
    page.reload()
    filled(page)
    expect(head).to_have_attribute("aria-sort", "descending")
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "none")
    expect(page).to_have_url(re.compile(r"/paths$"))


def test_columns_are_chosen_and_downloaded_as_shown(open_page: OpenPage) -> None:
    page = filled(open_page("segments?segment=customer&segment=member"))
    card = page.locator("#segments_page-table")
    card.get_by_role("button", name="Columns").click()
    for name in ("Visitors", "Visits per week", "Top content"):
        card.get_by_role("checkbox", name=name, exact=True).uncheck()
    card.get_by_role("checkbox", name="Converted sessions").check()
    expect(card.get_by_role("columnheader")).to_have_count(9)
    page.keyboard.press("Escape")
    card.get_by_role("columnheader", name=re.compile("^Sessions")).get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"table\.sort=-sessions$"))
    filled(page)
    shown = rows_of(page, "#segments_page-table")
    card.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        card.get_by_role("link", name="Table as CSV").click()
    assert waiting.value.suggested_filename == "segments_page-table.csv"
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    file = list(csv.DictReader(io.StringIO(text)))
    assert len(file) == len(shown) == 3
    assert list(file[0])[:9] == [
        "segment", "customers", "sessions", "views_per_session", "engagement_rate",
        "conversion_rate", "purchases", "premium", "converted",
    ]  # fmt: skip
    for row, cells in zip(file, shown, strict=True):
        assert [f"{int(row[name]):,}" for name in ("customers", "sessions", "converted")] == [
            cells[1], cells[2], cells[8],
        ]  # fmt: skip
    with page.expect_download() as waiting:
        card.get_by_role("link", name="Table as Parquet").click()
    assert Path(waiting.value.path()).read_bytes()[:4] == b"PAR1"


@pytest.mark.parametrize(("kind", "begins"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_a_chart_downloads_as_a_picture(open_page: OpenPage, kind: str, begins: bytes) -> None:
    page = filled(open_page("campaigns"))
    card = page.locator("#campaigns_page-campaigns")
    card.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        card.get_by_role("button", name=f"Chart as {kind}").click()
    picture = Path(waiting.value.path()).read_bytes()
    assert picture.startswith(begins)
    assert len(picture) > 5_000
    assert waiting.value.suggested_filename == f"campaigns_page-campaigns.{kind.lower()}"


def test_a_cell_filters_and_a_point_of_a_chart_does(open_page: OpenPage) -> None:
    page = filled(open_page("segments"))
    page.locator("#segments_page-table").get_by_role("button", name="customer", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?segment=customer$"))
    filled(page)
    page.get_by_role("button", name="Reset").click()
    filled(page)
    page.locator("#segments_page-cross .point").nth(9).scroll_into_view_if_needed()
    box = page.locator("#segments_page-cross .point").nth(9).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 6)
    expect(page).to_have_url(re.compile(r"\?segment=[a-z+-]+&channel=\w+"))


def test_options_of_a_card_are_in_the_address(open_page: OpenPage) -> None:
    page = filled(open_page("segments"))
    page.get_by_label("Rows").first.select_option("device")
    expect(page).to_have_url(re.compile(r"\?cross\.by=device$"))
    filled(page)
    expect(page.locator("#segments_page-cross")).to_contain_text("smartphone")
    page.go_back()
    expect(page.get_by_label("Rows").first).to_have_value("segment")
    page.go_forward()
    expect(page.get_by_label("Rows").first).to_have_value("device")
    page.get_by_label("Rows").first.select_option("segment")
    expect(page).to_have_url(re.compile(r"/segments$"))


def test_every_filter_is_reached_by_keyboard(open_page: OpenPage, dashboard) -> None:
    page = filled(open_page("segments"))
    more = page.get_by_role("button", name="More filters")
    more.press("Enter")
    panel = page.get_by_role("group", name="More filters")
    expect(panel.get_by_role("button")).to_have_count(13)
    panel.get_by_role("button", name=re.compile("^Age")).press("Enter")
    panel.get_by_role("checkbox", name="40-49").press("Space")
    expect(page).to_have_url(re.compile(r"\?age_band=40-49$"))
    expect(page.locator(".chip")).to_have_text(re.compile("40-49"))
    panel.get_by_role("button", name=re.compile("^Browser")).press("Enter")
    panel.get_by_role("searchbox").fill("stranger-00000001")
    panel.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile(r"age_band=40-49&visitor=stranger-00000001$"))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(more).to_be_focused()
    page.locator(".chip", has_text="stranger").click()
    filled(page)
    sessions = dashboard.report("segment_table", "--age-band", "40-49")[-1]["sessions"]
    assert rows_of(page, "#segments_page-table")[-1][3] == f"{sessions:,}"


def test_slow_cards_do_not_hold_up_the_others(open_page: OpenPage) -> None:
    page = open_page("")
    page.locator(".page[data-state=ready]").wait_for()
    held = []
    page.route(
        "**/_dash-update-component*",
        lambda route: (
            held.append(route)
            if '"segments_page-compare.data"' in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    page.get_by_role("link", name="Segments").click()
    expect(page.locator("#segments_page-table[data-state=ready]")).to_be_visible()
    expect(page.locator("#segments_page-compare[data-state=loading]")).to_be_visible()
    held[0].continue_()
    filled(page)


def test_every_control_has_a_name_and_a_focus_that_is_seen(open_page: OpenPage) -> None:
    page = filled(open_page("content?categories.view=table"))
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, a, select, input')].filter(one =>
            one.offsetParent && !(one.innerText.trim() || one.ariaLabel || one.title ||
            one.labels?.length)).map(one => one.outerHTML)"""
    )
    assert nameless == []
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_log_text_in_tables_and_charts_is_text(open_page: OpenPage) -> None:
    page = filled(open_page("paths?entries.view=table&next.view=figure&paths.level=page&period=7"))
    expect(page.locator("#paths_page-entries")).to_contain_text("onerror=window.hacked")
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_what_travels_stays_small(open_page: OpenPage) -> None:
    """Uncompressed: the page's answers, scripts of ours, and no chart library but the basic one."""
    sizes: dict[str, int] = {}
    page = open_page("")
    filled(page)
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.get_by_role("link", name="Paths & funnels").click()
    filled(page)
    assert sum(sizes.values()) < 200_000
    assert not [url for url in sizes if url.endswith(".js")]
