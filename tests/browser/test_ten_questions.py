"""Ten plain questions of a new marketer, answered from Overview in three clicks at the most.

What is clicked stands in docs/ten-questions.md. Every click is counted, scrolling is none, and
the answer on the screen must be the report's own figure.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

import reports
from dashboard.words import word
from reports import Filters
from reports.figures import numbers
from weblog.site import Site, load_site
from weblog.store import Store, open_store

COMPANY = Path(__file__).parents[2] / "sample_logs" / "data"
MOST = 3

MONTH = Filters(start=date(2025, 11, 3), end=date(2025, 11, 30))
OCTOBER = Filters(start=date(2025, 10, 1), end=date(2025, 10, 31))
WEEK = Filters(start=date(2025, 11, 24), end=date(2025, 11, 30))


class Marketer:
    """Somebody who looks at Overview and clicks."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page, self.language, self.clicks = page, language, 0

    def click(self, what: Locator) -> None:
        """Click once, and count it."""
        self.clicks += 1
        assert self.clicks <= MOST
        what.click()

    def ask(self, key: str) -> None:
        """Click a question of the list on Overview."""
        questions = self.page.locator("#overview-questions")
        self.click(questions.get_by_role("link", name=word(key, self.language), exact=True))

    def go(self, title: str) -> None:
        """Click a page of the navigation."""
        self.click(self.page.get_by_role("navigation").get_by_role("link", name=title, exact=True))

    def sees(self, card: str, *texts: str) -> Locator:
        """Wait for a card to say this, and hold to it that it is on the screen."""
        found = self.page.locator(f"#{card}")
        expect(self.page.locator("main [aria-busy=true]")).to_have_count(0)
        for text in texts:
            expect(found).to_contain_text(text)
        expect(found).to_be_in_viewport()
        return found


@pytest.fixture(scope="module")
def window(open_window: Callable[..., Page]) -> Page:
    return open_window(locale="en-GB", viewport={"width": 1400, "height": 900})


@pytest.fixture(scope="module")
def company(dashboard: Any) -> Store:
    return open_store(dashboard.store)


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(COMPANY / "site.toml")


@pytest.fixture
def me(window: Page, dashboard: Any) -> Marketer:
    """Somebody who has just opened Overview."""
    window.goto(dashboard.url)
    expect(window.locator("#overview-trend .main-svg").first).to_be_visible()
    return Marketer(window)


def first_row(card: Locator) -> list[str]:
    return card.locator("tbody tr").first.locator("th, td").all_inner_texts()


def test_which_mailing_in_october_made_members_buy(me: Marketer, company: Store) -> None:
    me.ask("ask_mailing")
    me.click(me.page.locator("#filter-dates"))
    me.click(me.page.get_by_role("button", name="Oct 2025", exact=True))
    frame = reports.mailing_effect(company, OCTOBER).frame
    (worked,) = frame.filter(pl.col("verdict") == "more")["mailing"]
    (bought,) = frame.filter(pl.col("mailing") == worked)["written_converted"]
    card = me.sees("email_page-effect", "because of the mailing")
    (said,) = card.locator("li", has_text="because of the mailing").all_inner_texts()
    assert said.startswith(f"{worked}: ")
    assert f", {bought} (" in said


def test_which_banner_brings_people_who_leave_at_once(me: Marketer, company: Store) -> None:
    me.ask("ask_banner")
    frame = reports.banners(company, MONTH).frame.sort("bounce_rate", descending=True)
    card = me.sees("banners_page-banners", *map(numbers.rate, frame["bounce_rate"]))
    labels = card.locator(".ytick text").evaluate_all(
        "all => all.map(one => [one.getBoundingClientRect().top, one.textContent])"
        ".sort((one, other) => one[0] - other[0]).map(one => one[1])"
    )
    assert [name in label for name, label in zip(frame["banner"], labels, strict=True)] == [
        True
    ] * frame.height


def test_what_vip_customers_read_that_others_do_not(me: Marketer, company: Store) -> None:
    me.ask("ask_prefer")
    frame = reports.preference(company, MONTH).frame
    likes = frame.filter(pl.col("group") == "VIP", "beyond_chance", pl.col("index") > 100)
    assert likes["name"].to_list() == ["my contracts"]
    card = me.sees("content_page-preference", "VIP", "my contracts")
    cell = card.get_by_text(f"{likes['index'][0]:.0f}", exact=True)
    expect(cell).to_be_in_viewport()
    row, column = (
        card.get_by_text(name, exact=True).bounding_box() for name in ("VIP", "my contracts")
    )
    place = cell.bounding_box()
    assert row is not None
    assert column is not None
    assert place is not None
    assert abs(place["y"] - row["y"]) < row["height"]
    assert abs(place["x"] + place["width"] / 2 - column["x"] - column["width"] / 2) < 20


def test_where_people_leave_the_application_form(me: Marketer, company: Store, site: Site) -> None:
    me.ask("ask_form")
    frame = reports.funnel(company, MONTH, site=site).frame
    worst = frame.sort("rate", nulls_last=True).row(0, named=True)
    told = f"{worst['step']}. {worst['step_name']} — {numbers.rate(worst['rate'])}"
    me.sees("paths_page-funnel", told)


def test_which_campaign_pays(me: Marketer, company: Store) -> None:
    me.ask("ask_campaign")
    frame = reports.campaign_results(company, MONTH).frame
    best = frame.sort("roas", descending=True, nulls_last=True).row(0, named=True)
    cells = first_row(me.sees("campaigns_page-results", best["campaign"]))
    assert cells[0] == best["campaign"]
    assert numbers.ratio(best["roas"]) in cells


def test_whom_to_contact_this_week(
    me: Marketer, dashboard: Any, company: Store, site: Site, tmp_path: Path
) -> None:
    shutil.copyfile(COMPANY / "rules.toml", dashboard.store.parent / "rules.toml")
    me.ask("ask_contact")
    expect(me.page.locator("#rules-day")).to_have_value("2025-12-01")
    me.click(me.page.get_by_role("button", name="Check and preview"))
    row = me.page.locator("[data-list=win-back] tbody tr", has_text="personal call")
    expect(row).to_be_visible(timeout=60_000)
    alone = int(row.locator("td").nth(3).inner_text())
    with me.page.expect_download(timeout=60_000) as download:
        me.click(row.get_by_role("button"))
    download.value.save_as(tmp_path / "calls.csv")
    with (tmp_path / "calls.csv").open(encoding="utf-8-sig") as file:
        people = list(csv.DictReader(file))
    assert len(people) == alone > 0
    assert {one["rule"] for one in people} == {"win back: VIP"}
    expect(me.page.locator("#export-name")).to_have_value("win back: VIP")


def test_what_changed_since_last_week(me: Marketer, company: Store) -> None:
    me.ask("ask_changed")
    first = reports.changes(company, WEEK, limit=1).frame.row(0, named=True)
    expect(me.page.locator("#filter-dates")).to_contain_text("24 Nov 2025 – 30 Nov 2025")
    card = me.sees("overview-changes", str(first["name"]))
    row = card.locator("li").first
    expect(row).to_contain_text(f"{first['previous']:,.0f} → {first['current']:,.0f}")
    expect(row).to_contain_text(f"{first['difference']:+,.0f}")


def test_whether_mobile_visitors_buy(me: Marketer, company: Store, site: Site) -> None:
    me.ask("ask_mobile")
    frame = reports.devices(company, MONTH).frame.filter(pl.col("kind") == "device")
    mobile = frame.filter(pl.col("name") == "smartphone").row(0, named=True)
    card = me.sees("overview-devices", "smartphone", numbers.rate(mobile["conversion_rate"]))
    cells = first_row(card)
    value = numbers.shown(mobile["value"], "money", "en", site.currency)
    assert cells == ["smartphone", numbers.rate(mobile["conversion_rate"]), value]
    for cell in card.locator("tbody tr").first.locator("td").all():
        expect(cell).to_be_in_viewport(ratio=1)


def test_which_search_words_bring_customers(me: Marketer, company: Store) -> None:
    me.ask("ask_words")
    frame = reports.campaign_results(company, MONTH, by="keyword", limit=20).frame
    most = frame["conversions"].max()
    cells = first_row(me.sees("campaigns_page-results", "Keyword"))
    assert cells[0] in frame.filter(pl.col("conversions") == most)["keyword"].to_list()
    assert cells[5] == str(most)


def test_whether_yesterday_can_be_trusted(me: Marketer, company: Store) -> None:
    me.ask("ask_trust")
    said = reports.reconciliation(company, MONTH).frame["sentence_en"].drop_nulls().to_list()
    assert len(said) == 2
    me.sees("quality_page-told", *said, "30 Nov 2025", "robots")


def test_korean_questions_lead_to_the_same_cards(
    open_window: Callable[..., Page], company: Store
) -> None:
    page = open_window(locale="ko-KR", viewport={"width": 390, "height": 844})
    me = Marketer(page, "ko")
    me.ask("ask_trust")
    said = reports.reconciliation(company, MONTH).frame["sentence_ko"].drop_nulls().to_list()
    me.sees("quality_page-told", *said)
    expect(page.locator("#quality_page-told")).to_be_focused()
