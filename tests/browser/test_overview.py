"""The Overview page as people use it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reports.figures import numbers

OpenPage = Callable[..., Page]
EVIL = "/<img src=x onerror=window.hacked=1>"


def drawn(page: Page) -> Page:
    """Wait until every card has its data and the chart is drawn."""
    # The first page of a process takes long on a busy machine: what is tested here is no speed.
    expect(page.locator("#overview-trend .main-svg").first).to_be_visible(timeout=30_000)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    return page


def value_of(page: Page, measure: str) -> float:
    tile = page.locator(f"[data-measure={measure}] .value")
    return float(tile.get_attribute("data-value") or "nan")


def test_it_shows_the_figures_of_the_command_line(open_page: OpenPage, dashboard) -> None:
    page = drawn(open_page())
    for measure, value in dashboard.summary().items():
        tile = page.locator(f"[data-measure={measure}] .value")
        if tile.count():
            assert value_of(page, measure) == pytest.approx(value)
    sessions = numbers.number(dashboard.summary()["sessions"])
    expect(page.locator("[data-measure=sessions] .value")).to_have_text(sessions)
    expect(page.locator(".tile")).to_have_count(12)


def test_a_filter_goes_into_the_address_and_survives_a_reload(
    open_page: OpenPage, dashboard
) -> None:
    page = drawn(open_page())
    everyone = value_of(page, "sessions")
    page.locator("#filter-segments").click()
    page.get_by_role("checkbox", name="VIP").check()
    expect(page).to_have_url(re.compile(r"\?segment=VIP$"))
    expect(page.locator("#overview-segments .row")).to_have_count(1)
    vips = dashboard.summary("--segment", "VIP")["sessions"]
    assert value_of(page, "sessions") == vips < everyone
    page.reload()
    drawn(page)
    assert value_of(page, "sessions") == vips
    expect(page.locator("#filter-segments")).to_have_text("VIP")
    page.go_back()
    expect(page.locator("#filter-segments")).to_have_text("All")
    page.go_forward()
    expect(page.locator("#filter-segments")).to_have_text("VIP")
    page.get_by_role("button", name="Reset").click()
    expect(page).to_have_url(dashboard.url)
    expect(page.locator("[data-measure=sessions] .value")).to_have_attribute(
        "data-value", f"{everyone:g}"
    )


def test_period_dates_and_comparison(open_page: OpenPage) -> None:
    page = drawn(open_page())
    page.get_by_label("Period", exact=True).select_option("7")
    expect(page).to_have_url(re.compile(r"\?period=7$"))
    expect(page.locator("#filter-dates")).to_have_text("24 Nov 2025 – 30 Nov 2025")
    page.get_by_label("Compare with").select_option("none")
    expect(page.locator(".tile .previous")).to_have_count(0)
    page.locator("#filter-dates").click()
    page.get_by_label("First day").fill("2025-10-01")
    page.get_by_label("Last day").fill("2025-10-31")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(r"\?compare=none&from=2025-10-01&to=2025-10-31$"))
    expect(page.get_by_label("Period", exact=True)).to_have_value("custom")
    expect(page.locator("#filter-dates")).to_have_text("1 Oct 2025 – 31 Oct 2025")


def test_a_row_filters_and_a_tile_is_plotted(open_page: OpenPage) -> None:
    page = drawn(open_page())
    page.locator("#overview-channels .row", has_text="Email").click()
    expect(page.locator("#filter-channels")).to_have_text("Email")
    expect(page.locator("#overview-channels .row[aria-pressed=true]")).to_have_count(1)
    page.locator("[data-measure=bounce_rate]").click()
    expect(page.locator("#overview-trend h2")).to_have_text("Trend: Bounce rate")
    expect(page.get_by_role("img", name=re.compile("^Bounce rate, 3 Nov"))).to_be_visible()
    page.get_by_role("button", name="Show as table").click()
    expect(page.locator("#overview-trend tbody tr")).to_have_count(28)
    expect(page).to_have_url(re.compile("channel=Email&measure=bounce_rate&view=table$"))


def test_a_row_of_what_changed_filters(open_page: OpenPage) -> None:
    page = drawn(open_page())
    page.locator("#overview-changes").get_by_role("button", name="smartphone").click()
    expect(page).to_have_url(re.compile(r"\?device=smartphone$"))
    expect(page.locator("#filter-devices")).to_have_text("smartphone")
    drawn(page)
    expect(page.locator("#overview-changes .row")).not_to_have_count(0)
    expect(page.locator("#overview-changes .row", has_text="Device")).to_have_count(0)


def test_a_row_that_filters_by_nothing_does_not_look_as_if(open_page: OpenPage) -> None:
    page = drawn(open_page())
    card = page.locator("#overview-categories")
    look = "one => ['color', 'cursor'].map(name => getComputedStyle(one)[name])"
    usual = card.locator(".row", has_text="products")
    for text in ("(none)", "Other"):
        row = card.locator(".row", has_text=text)
        label = row.locator(".row-label")
        assert label.evaluate(look)[0] != usual.locator(".row-label").evaluate(look)[0]
        before = row.evaluate("one => getComputedStyle(one).boxShadow")
        row.hover()
        assert row.evaluate(look)[1] == "default"
        assert row.evaluate("one => getComputedStyle(one).boxShadow") == before
        expect(row).to_have_attribute("title", re.compile("cannot be filtered by"))
        assert not row.evaluate("one => one.matches('button')")


@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
def test_no_tile_is_cut_off_while_its_sample_is_small(open_page: OpenPage, language: str) -> None:
    page = drawn(open_page("?segment=VIP&period=7", 1400, locale=language))
    expect(page.locator(".tile .few")).to_have_count(12)
    cut = page.evaluate(
        """[...document.querySelectorAll('.tile .name, .tile .previous > *')].filter(
            one => one.scrollWidth > one.clientWidth).map(one => one.innerText)"""
    )
    assert cut == []
    assert page.locator(".tile .better, .tile .worse").count() == 0


@pytest.mark.parametrize("width", [390, 1024, 1400])
def test_a_path_loses_its_middle_and_no_room(open_page: OpenPage, width: int) -> None:
    page = drawn(open_page("?category=children&segment=anonymous&period=all", width))
    paths = page.evaluate(
        """[...document.querySelectorAll('.page-path')].map(one => ({
            whole: one.children[0].innerText, shown: one.children[1].innerText,
            left: one.clientWidth - one.children[1].getBoundingClientRect().width}))"""
    )
    short = [one for one in paths if one["shown"] != one["whole"]]
    assert paths
    assert width != 1024 or short
    assert min(one["left"] for one in paths) >= -0.5
    for one in short:
        assert one["left"] < 24  # room for less than two characters
        head, tail = one["shown"].split("…")
        assert head
        assert one["whole"].startswith(head)
        assert one["whole"].endswith(tail)
        assert len(tail) > len(head) or tail.strip("/") == one["whole"].strip("/").split("/")[-1]


@pytest.mark.parametrize("search", ["?from=2025-11-30&to=2025-11-01", "?period=13"])
@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
def test_a_period_not_understood_leaves_the_usual_one_chosen(
    open_page: OpenPage, dashboard, search: str, language: str
) -> None:
    page = drawn(open_page(search, locale=language))
    expect(page.locator(".notices li")).to_have_count(1)
    expect(page.locator("#filter-period")).to_have_value("28")
    page.locator(".reset").get_by_role("button").click()
    expect(page).to_have_url(dashboard.url)
    expect(page.locator(".notices li")).to_have_count(0)
    expect(page.locator(".reset").get_by_role("button")).to_be_disabled()


def test_a_link_says_what_of_it_is_left_out(open_page: OpenPage) -> None:
    page = drawn(open_page(f"?segment=VIP&colour={EVIL}"))
    notices = page.get_by_role("status", name="Notices").get_by_role("listitem")
    expect(notices).to_have_text([re.compile("colour = /<img")])
    page.locator("[data-measure=logins]").click()
    expect(page).to_have_url(re.compile(r"/\?segment=VIP&measure=logins$"))


@pytest.mark.parametrize(
    ("language", "near", "nothing", "reset"),
    [
        ("en-GB", "Did you mean VIP", "Nothing matches these filters", "Reset"),
        ("ko-KR", "혹시 VIP인가요", "이 필터에 맞는 데이터가 없습니다", "초기화"),
    ],
)
def test_a_value_the_data_do_not_know_offers_ways_out(
    open_page: OpenPage, language: str, near: str, nothing: str, reset: str
) -> None:
    page = open_page("?segment=VIPP", locale=language)
    expect(page.locator(".notices li")).to_have_text(re.compile(near))
    expect(page.get_by_text(nothing)).to_be_visible()
    expect(page.locator("#filter-segments")).to_have_text("VIPP")
    page.locator(".chip", has_text="VIPP").click()
    drawn(page)
    expect(page).to_have_url(re.compile(r"/$"))
    page.go_back()
    expect(page.get_by_text(nothing)).to_be_visible()
    page.get_by_role("button", name=reset).click()
    drawn(page)
    expect(page).to_have_url(re.compile(r"/$"))


def test_log_text_is_shown_as_text(open_page: OpenPage) -> None:
    page = drawn(open_page("?period=7"))
    row = page.locator("#overview-pages .row", has_text="onerror")
    expect(row).to_have_attribute("data-value", EVIL)
    row.click()
    expect(page.locator(".chip .value")).to_have_text(EVIL)
    drawn(page)
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_filters_that_match_nothing_offer_a_way_back(open_page: OpenPage, dashboard) -> None:
    page = open_page("?channel=Email&source=naver")
    page.get_by_text("Nothing matches these filters").wait_for()
    page.get_by_role("button", name="Clear filters").click()
    drawn(page)
    expect(page).to_have_url(dashboard.url)


def test_korean_is_chosen_and_remembered(open_page: OpenPage) -> None:
    page = drawn(open_page())
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("개요")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    drawn(page)
    expect(page.locator("[data-measure=page_views] .value")).to_contain_text("만")
    expect(page.locator("#overview-channels .row-label").first).to_have_text("자연 검색")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("개요")


def test_the_browsers_language_is_the_first_one(open_page: OpenPage) -> None:
    page = drawn(open_page(locale="ko-KR"))
    expect(page.get_by_role("heading", level=1)).to_have_text("개요")


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_follows_the_system_until_chosen(open_page: OpenPage, system: str) -> None:
    other = "light" if system == "dark" else "dark"
    page = drawn(open_page(color_scheme=system))
    expect(page.locator("html")).to_have_attribute("data-theme", system)
    line = page.locator("#overview-trend .js-line").first
    before = line.evaluate("one => getComputedStyle(one).stroke")
    page.get_by_role("button", name=f"Switch to {other} colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", other)
    expect(line).not_to_have_css("stroke", before)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", other)
    page.goto(f"{page.url}customer")  # a page that has no script
    expect(page.locator("html")).to_have_attribute("data-theme", other)


def test_the_link_is_copied(open_page: OpenPage, dashboard) -> None:
    page = drawn(open_page("?segment=VIP"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{dashboard.url}?segment=VIP"
