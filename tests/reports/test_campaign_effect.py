"""A campaign's days and those before: which days, which sessions, what is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

import reports
from reports import Filters
from weblog.errors import UnknownNameError
from weblog.schema import TABLES
from weblog.store import Store

Row = dict[str, Any]
LAST = date(2025, 11, 30)
AUTUMN = {"channel": "Display", "source": "daum", "medium": "display", "campaign": "autumn"}


def put(store: Store, name: str, rows: list[Row]) -> None:
    store.replace_all(name, pl.DataFrame(rows, schema=TABLES[name].schema, strict=False))


def codes(report: reports.Report) -> set[str]:
    return {warning.code for warning in report.warnings}


@pytest.fixture
def risen(make_store: Callable[..., Store], visits: Callable[..., Row]) -> Store:
    """Five visits a day for 28 days; in the third week five more, which convert, by a campaign."""
    rows = []
    for back in range(28):
        for n in range(5):
            number = back * 20 + n + 1
            rows.append(visits(number, back, f"v{number}", "home"))
        if 7 <= back < 14:
            rows += [
                visits(back * 20 + n, back, f"w{back}-{n}", "lp", conversions=1, **AUTUMN)
                for n in range(10, 15)
            ]
    store = make_store(rows)
    days = {"start": LAST - timedelta(days=13), "end": LAST - timedelta(days=7)}
    put(store, "campaigns", [{"campaign": "Autumn", **days}])
    return store


def test_days_are_those_of_the_table_and_as_many_before_and_after(risen: Store) -> None:
    report = reports.campaign_effect(risen)
    frame = report.frame
    assert frame["campaign"].unique().to_list() == ["autumn"]
    spans = frame.select("when", "start", "end", "base_start", "base_end").unique().sort("start")
    base = (LAST - timedelta(days=20), LAST - timedelta(days=14))
    assert spans.rows() == [
        ("during", LAST - timedelta(days=13), LAST - timedelta(days=7), *base),
        ("after", LAST - timedelta(days=6), LAST, *base),
    ]
    rows = {(row["when"], row["visits"], row["name"]): row for row in frame.to_dicts()}
    during = rows["during", "all", "sessions"]
    assert (during["left"], during["right"], during["change"]) == (70, 35, 1.0)
    assert during["beyond_chance"]
    assert rows["during", "without the campaign", "sessions"]["difference"] == 0
    assert rows["after", "all", "sessions"]["difference"] == 0
    assert rows["during", "all", "conversion_rate"]["left"] == pytest.approx(0.5)
    assert frame["evidence"].unique().to_list() == ["observational"]
    assert "observational" in codes(report)


def test_differences_are_those_of_compare(company: Store) -> None:
    """The same sides asked of another report: its interval, z and difference."""
    frame = reports.campaign_effect(company, campaign="nl-2025-11").frame
    rows = frame.filter(when="during", visits="all")
    start, end = rows.select("start", "end").row(0)
    assert (start, end) == (date(2025, 11, 3), LAST)
    other = reports.compare(company, Filters(start, end)).frame.filter(part="measure")
    for name in ("left", "right", "difference", "low", "high", "z", "p"):
        assert rows[name].to_list() == pytest.approx(other[name].to_list()), name


def test_whole_weeks_are_compared_and_what_is_left_out_is_said(company: Store) -> None:
    """The campaign runs 45 days from 17 October on; the data begin 45 days before."""
    report = reports.campaign_effect(company, campaign="pension-yearend-2025")
    (during,) = report.frame.filter(when="during").select("start", "end").unique().rows()
    assert during == (date(2025, 10, 17), date(2025, 11, 27))
    assert "effect_shortened" in codes(report)
    early = reports.campaign_effect(company, campaign="search-child-2025")
    assert early.frame.is_empty()
    assert codes(early) == {"effect_incomparable"}


def test_a_year_earlier_is_compared_with_on_request(risen: Store) -> None:
    report = reports.campaign_effect(risen, Filters(compare="year"))
    assert "effect_incomparable" in codes(report)
    assert codes(reports.campaign_effect(risen, Filters(compare="none"))) == {"no_comparison"}


def test_without_a_table_the_days_are_those_of_its_sessions(risen: Store) -> None:
    told = reports.campaign_effect(risen).frame
    put(risen, "campaigns", [])
    report = reports.campaign_effect(risen, Filters(campaigns=("autumn",)))
    assert report.frame.equals(told)
    assert "campaign_days_unknown" in codes(report)


def test_campaigns_nobody_knows_are_refused(risen: Store, make_store: Callable[..., Store]) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'autumn'"):
        reports.campaign_effect(risen, campaign="autum")
    report = reports.campaign_effect(risen, Filters(channels=("Direct",)))
    assert "no_campaigns" in codes(report)
    assert reports.campaign_effect(make_store([])).frame.is_empty()


def test_the_figure_names_both_periods(risen: Store) -> None:
    figure = reports.campaign_effect(risen).figure_dict("ko")
    (note,) = figure["layout"]["annotations"]
    assert note["text"] == "<b>캠페인 기간 / 이전 기간</b>"
