"""Every report, on a real store and on stores without an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

import reports
import sample_logs
import weblog
from reports import Filters
from reports.figures.theme import THEMES
from reports.registry import REPORTS
from weblog.errors import UnknownNameError
from weblog.schema import KINDS, TABLES
from weblog.store import Store

FIRST, LAST = date(2025, 9, 2), date(2025, 11, 30)
WHOLE = Filters(start=FIRST, end=LAST, compare="none")
PERIODS = {
    "the last 28 days": Filters(),
    "everything": WHOLE,
    "a week": Filters(start=date(2025, 10, 6), end=date(2025, 10, 12)),
    "one day": Filters(start=LAST, end=LAST, compare="none"),
    "members on a phone": Filters(segments=("member", "VIP"), devices=("smartphone",)),
    "who saw a product": Filters(products=("child-cover",), channels=("Organic Search",)),
}
IDS = list(PERIODS)
FILTERS = list(PERIODS.values())

BREAKDOWNS = {
    "channels": {},
    "sources": {"limit": 3},
    "devices": {"by": "os", "limit": 2},
    "segments": {},
    "entry_pages": {"limit": 5},
    "exit_pages": {"limit": 5},
}
"""Reports whose sessions sum to the site's, and a limit that leaves something out."""


SITE = weblog.load_site(sample_logs.data_folder() / "site.toml")
NEEDED = {
    name: {"site": SITE}
    for name in ("funnel", "mailings", "mail_times", "mail_recipients", "mail_robots")
}
"""What a report needs to have an answer at all."""


def codes(report: reports.Report) -> list[str]:
    return [warning.code for warning in report.warnings]


def total(store: Store, filters: Filters, measure: str, column: str = "value") -> Any:
    frame = reports.summary(store, filters).frame
    return frame.row(by_predicate=pl.col("measure") == measure, named=True)[column]


# the shape of an answer


OF_CUSTOMERS_OR_HITS = (
    *("reconciliation", "bots", "transitions", "definitions"),
    *("lifecycle", "activity", "recommendation_quality", "banner_gap", "live"),
    "history",
)
"""Reports of lines, of customers or people, which no filter but the period applies to."""


OF_MAILINGS = ("mailings", "mailing_effect", "mail_times", "mail_recipients", "mail_robots")
"""Reports of deliveries, to which filters on sessions do not apply, and say so."""

NOT_COMPARED = {
    "history",
    *("transitions", "definitions", "cohorts", "lifecycle", "activity", "recommendation_quality"),
    *("customer_preference", "associations", "interest_to_purchase", "time_to_purchase"),
    *("interest_gap", "banners", "banner_gap", "creatives", "anomalies", "live"),
    *OF_MAILINGS,
}
"""Reports of one period, whatever the filters would compare it with."""


@pytest.mark.parametrize("filters", FILTERS, ids=IDS)
@pytest.mark.parametrize("name", REPORTS)
def test_an_answer_has_the_columns_declared_and_can_be_sent(
    company: Store, name: str, filters: Filters
) -> None:
    report = REPORTS[name].function(company, filters)
    assert report.name == name
    assert report.frame.schema == REPORTS[name].schema
    sent = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert sent["columns"] == report.frame.columns
    assert len(sent["rows"]) == report.frame.height
    assert sent["query"]["start"] == report.query.start.isoformat()
    assert sent["snapshot"] == dict(company.snapshot().key)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", THEMES)
def test_a_figure_is_one_that_plotly_draws(
    company: Store, name: str, language: str, theme: str
) -> None:
    report = REPORTS[name].function(company, **NEEDED.get(name, {}))
    figure = report.figure_dict(language, theme)
    assert figure["data"] or name == "history"  # of which the company has none
    go.Figure(figure)  # refuses properties that do not exist
    assert len(json.dumps(figure, allow_nan=False)) < 30_000


@pytest.mark.parametrize("name", REPORTS)
def test_the_same_question_has_the_same_answer(company: Store, name: str) -> None:
    asked = Filters(segments=("customer",))
    one, other = (REPORTS[name].function(company.snapshot(), asked) for _ in range(2))
    assert one.frame.equals(other.frame)
    assert one.to_dict() == other.to_dict()


# totals agree


@pytest.mark.parametrize("filters", FILTERS, ids=IDS)
@pytest.mark.parametrize("name", BREAKDOWNS)
def test_parts_sum_to_the_summary(company: Store, name: str, filters: Filters) -> None:
    frame = REPORTS[name].function(company, filters, **BREAKDOWNS[name]).frame
    sums = frame.select(pl.col(pl.Int64).sum()).row(0, named=True)
    for measure in (
        "sessions",
        "page_views",
        "new_visitors",
        "bounces",
        "converted",
        "conversions",
    ):
        assert sums[measure] == total(company, filters, measure), measure
    previous = total(company, filters, "sessions", "previous")
    assert sums["previous_sessions"] == (previous or 0)
    assert frame["share"].sum() == pytest.approx(1)
    if not filters.chosen:
        assert frame.height > 1  # the sum is one of several parts


@pytest.mark.parametrize("filters", FILTERS, ids=IDS)
def test_days_sum_to_the_summary(company: Store, filters: Filters) -> None:
    report = reports.site_status(company, filters)
    for period, column in (("current", "value"), ("previous", "previous")):
        days = report.frame.filter(pl.col("period") == period)
        for measure in ("sessions", "page_views", "logins", "new_visitors", "conversions", "value"):
            assert days[measure].sum() == pytest.approx(
                total(company, filters, measure, column) or 0
            )
    assert report.frame.filter(pl.col("period") == "current")["date"].to_list() == [
        report.query.start + timedelta(days=back) for back in range(report.query.days)
    ]
    sessions = reports.summary(company, filters).frame.row(1, named=True)
    assert sessions["measure"] == "sessions"
    assert sum(sessions["spark"]) == sessions["value"]


@pytest.mark.parametrize("filters", FILTERS, ids=IDS)
def test_pages_and_categories_sum_to_the_summary(company: Store, filters: Filters) -> None:
    pages = reports.pages(company, filters, limit=7).frame
    assert pages["page_views"].sum() == total(company, filters, "page_views")
    categories = reports.categories(company, filters, limit=2).frame
    assert categories["page_views"].sum() == total(company, filters, "page_views")
    bounces = pages["bounces"].sum()
    assert bounces == total(company, filters, "bounces")
    # Sessions of events alone begin on no page.
    entries = reports.entry_pages(company, filters, limit=None).frame
    without = entries.filter(pl.col("entry_page").is_null())["sessions"].sum()
    assert pages["entries"].sum() == pages["exits"].sum()
    assert pages["entries"].sum() == total(company, filters, "sessions") - without


def test_campaigns_are_the_sessions_that_carry_one(company: Store) -> None:
    frame = reports.campaigns(company, WHOLE, limit=None).frame
    stored = company.scan("sessions").filter(pl.col("campaign").is_not_null()).collect()
    assert frame["sessions"].sum() == stored.height
    assert set(frame["campaign"]) == set(stored["campaign"])
    assert frame["share"].sum() == pytest.approx(1)
    with_campaign = Filters(start=FIRST, compare="none", campaigns=("pension-yearend-2025",))
    (sessions,) = frame.filter(campaign="pension-yearend-2025").select(pl.sum("sessions")).row(0)
    assert total(company, with_campaign, "sessions") == sessions


def test_filters_narrow_to_what_the_breakdown_shows(company: Store) -> None:
    for row in reports.channels(company).frame.to_dicts():
        filtered = Filters(channels=(row["channel"],))
        assert total(company, filtered, "sessions") == row["sessions"]
        assert total(company, filtered, "visitors") == row["visitors"]
        assert total(company, filtered, "sessions", "previous") == row["previous_sessions"]


@pytest.mark.parametrize("filters", FILTERS, ids=IDS)
def test_every_line_is_accounted_for(company: Store, filters: Filters) -> None:
    report = reports.reconciliation(company, filters)
    frame = report.frame
    parts = [*KINDS, "rejects", "skipped"]
    assert (frame["lines"] == frame.select(pl.sum_horizontal(parts)).to_series()).all()
    whole = frame.filter(pl.col("part") == "total")
    assert whole["lines"].to_list() == [157_078]
    assert frame.filter(pl.col("part") != "total")["lines"].sum() == 157_078
    assert "does_not_add_up" not in codes(report)
    assert ("filters_ignored" in codes(report)) == bool(filters.chosen)
    # Page views of the whole site are those of the sessions, and of robots known by their day.
    robots = company.scan("robots").filter("is_robot").select(pl.col("page_views").sum())
    views = total(company, WHOLE, "page_views") + robots.collect().item()
    assert whole["page"].to_list() == [views]


def test_changes_are_differences_the_breakdowns_show(company: Store) -> None:
    filters = Filters(start=date(2025, 10, 6), end=date(2025, 10, 19))
    changes = reports.changes(company, filters, limit=100).frame
    channels = {row["channel"]: row for row in reports.channels(company, filters).frame.to_dicts()}
    of_channels = changes.filter(pl.col("dimension") == "channel").to_dicts()
    assert of_channels
    for row in of_channels:
        shown = channels[row["name"]]
        assert (row["current"], row["previous"]) == (shown["sessions"], shown["previous_sessions"])
    assert (changes["z"].abs() >= 2).all()


# comparison


def test_the_period_before_is_that_period(company: Store) -> None:
    asked = Filters(start=date(2025, 11, 10), end=date(2025, 11, 16))
    before = Filters(start=date(2025, 11, 3), end=date(2025, 11, 9), compare="none")
    now, then = (reports.summary(company, filters).frame for filters in (asked, before))
    assert now["previous"].to_list() == then["value"].to_list()
    assert reports.channels(company, asked).frame["previous_sessions"].sum() == total(
        company, before, "sessions"
    )


@pytest.mark.parametrize(
    "name",
    [name for name in REPORTS if name not in NOT_COMPARED],
)
def test_without_a_year_of_data_a_year_ago_is_unknown_not_zero(company: Store, name: str) -> None:
    report = REPORTS[name].function(company, Filters(compare="year"))
    assert "no_previous_data" in codes(report)
    for column in ("previous", "previous_sessions", "change"):
        if column in report.frame.columns:
            assert report.frame[column].null_count() == report.frame.height, column


def test_a_year_ago_is_compared_on_the_same_weekdays(
    make_store: Callable[..., Store], visits: Callable[..., dict[str, Any]]
) -> None:
    year = [visits(n, 364 + n % 2, f"v{n}", "home kids") for n in range(1, 7)]
    now = [visits(n, n % 2, f"v{n}", "home", channel="Email") for n in range(7, 10)]
    store = make_store(year + now)
    asked = Filters(start=date(2025, 11, 29), end=LAST, compare="year")
    assert total(store, asked, "sessions", "previous") == 6
    assert total(store, asked, "sessions", "change") == pytest.approx(-0.5)
    rows = reports.channels(store, asked).frame.select("channel", "sessions", "previous_sessions")
    assert rows.rows() == [("Email", 3, 0), ("Direct", 0, 6)]
    days = reports.site_status(store, asked).frame
    weekdays = {
        period: [day.weekday() for day in days.filter(pl.col("period") == period)["date"]]
        for period in ("current", "previous")
    }
    assert weekdays["current"] == weekdays["previous"]


# no answer


@pytest.mark.parametrize("name", REPORTS)
def test_an_empty_store_says_so(make_store: Callable[..., Store], name: str) -> None:
    report = REPORTS[name].function(make_store([]))
    assert "no_data" in codes(report)
    assert report.frame.schema == REPORTS[name].schema
    json.dumps(report.to_dict(), allow_nan=False)
    counted = report.frame.select(pl.col(pl.Int64).exclude("day_index")).fill_null(0)
    assert counted.is_empty() or counted.select(pl.max_horizontal(pl.all()).max()).item() == 0


@pytest.mark.parametrize(
    "name", [name for name in REPORTS if name not in {*OF_CUSTOMERS_OR_HITS, *OF_MAILINGS}]
)
@pytest.mark.parametrize(
    ("filters", "code"),
    [
        (Filters(segments=("VIP",), channels=("Display",), entry_pages=("/",)), "no_match"),
        (Filters(start=date(2026, 1, 1), end=date(2026, 1, 7)), "period_without_data"),
    ],
    ids=["filters that exclude each other", "a period without data"],
)
def test_nothing_to_show_is_said_and_no_rate_is_made_of_it(
    company: Store, name: str, filters: Filters, code: str
) -> None:
    report = REPORTS[name].function(company, filters)
    assert code in codes(report)
    assert report.frame.schema == REPORTS[name].schema
    for column in report.frame.columns:
        if column in {"bounce_rate", "conversion_rate", "engagement_rate"}:
            shown = (
                report.frame.filter(pl.col("period") == "current")
                if name == "site_status"
                else report.frame
            )
            assert shown[column].null_count() == shown.height
    figure = report.figure_dict()
    go.Figure(figure)


@pytest.mark.parametrize("name", REPORTS)
def test_an_unknown_value_lets_nothing_through_and_is_said(company: Store, name: str) -> None:
    report = REPORTS[name].function(company, Filters(channels=("organic serch",)))
    assert codes(report)[0] == "unknown_value"
    assert "did you mean 'Organic Search'?" in str(report.warnings[0])
    if name in {*OF_CUSTOMERS_OR_HITS, *OF_MAILINGS}:
        assert report.frame.equals(REPORTS[name].function(company).frame)
        return
    assert "no_match" in codes(report)
    if name == "creatives":  # what the media report is of everybody
        assert set(report.frame["measure"]) <= {"ctr", "arrival_rate"}
        return
    counts = ("current", "sessions", "views", "reached", "size", "value")
    measures = [count for count in counts if count in report.frame.columns]
    assert report.frame.is_empty() or not any(report.frame[measures[0]])


def test_few_sessions_come_with_a_warning(company: Store) -> None:
    report = reports.channels(company, Filters(segments=("reactivated",)))
    assert "small_numbers" in codes(report)
    assert report.frame["small"].all()


# questions that make no sense


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda store: reports.devices(store, by="phone"), "no kind of device is called 'phone'"),
        (
            lambda store: reports.changes(store, measure="session"),
            "no measure of changes is called 'session'. Did you mean 'sessions'?",
        ),
    ],
)
def test_an_unknown_option_is_refused(
    company: Store, ask: Callable[[Store], reports.Report], message: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        ask(company)
    assert message in str(caught.value)


def test_a_period_at_the_beginning_of_time_has_none_before(company: Store) -> None:
    report = reports.summary(company, Filters(start=date.min, end=date(1, 3, 1)))
    assert report.query.previous is None
    assert "period_without_data" in codes(report)


def test_lines_that_are_not_accounted_for_are_told(
    make_store: Callable[..., Store], visits: Callable[..., dict[str, Any]]
) -> None:
    """A ledger that counted three lines, and no hit of them: as a killed ingest leaves it."""
    store = make_store([visits(1, 0, "a", "home")])
    row = {"log_source": "x", "from_offset": 0, "lines": 3, "hits": 3, "rejects": 0, "skipped": 0}
    counted = pl.concat([TABLES["ledger"].empty(), pl.DataFrame([row])], how="diagonal")
    store.append_once("ledger", counted, "x", 1, None)
    report = reports.reconciliation(store)
    (warning,) = (each for each in report.warnings if each.code == "does_not_add_up")
    assert dict(warning.values) == {"lines": 3, "accounted": 0}
