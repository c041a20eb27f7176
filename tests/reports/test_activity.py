"""How often and how lately customers come, against one customer after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reports
import sample_logs
import weblog
from reports.figures import numbers
from reports.recency import ACTIVE, as_of, frequencies, frequency_bands, recency_bands
from sessionize import customers_on
from weblog.company_tables import CUSTOMERS
from weblog.errors import QueryError
from weblog.store import Store

Rows = list[dict[str, Any]]
Cells = Counter[tuple[str, date | None, str | None, bool, str]]
SPAN = (date(2025, 1, 10), date(2025, 3, 20))
MONTHS = [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]


def slow_recency(away: int | None) -> str:
    if away is None:
        return "never"
    for low, high in ((1, 7), (8, 30), (31, 90), (91, 180), (181, 364)):
        if low <= away <= high:
            return f"{low}-{high}"
    return "365 or more"


def slow_frequency(logins: int) -> str:
    if logins < 2:
        return str(logins)
    if logins < 4:
        return "2-3"
    return "4-7" if logins < 8 else "8 or more"


def slow_as_of(customers: Rows, quiet: int) -> Cells:
    found: Cells = Counter()
    for row in customers:
        away = row["away"]
        for segment, is_all in ((row["segment"], False), (None, True)):
            for days in ACTIVE:
                if away is not None and away <= days:
                    found["active", None, segment, is_all, str(days)] += 1
            found["recency", None, segment, is_all, slow_recency(away)] += 1
            if row["in_force"] and (away is None or away >= quiet):
                found["going_dormant", None, segment, is_all, str(quiet)] += 1
    return found


def slow_frequencies(customers: Rows, days: Rows) -> tuple[Cells, Cells]:
    found: Cells = Counter()
    logins: Cells = Counter()
    for month in MONTHS:
        for row in customers:
            end = min((month + timedelta(days=32)).replace(day=1) - timedelta(days=1), SPAN[1])
            if row["since"] > end:
                continue
            own = sum(
                day["logins"]
                for day in days
                if day["person"] == row["person"]
                and SPAN[0] <= day["day"] <= SPAN[1]
                and day["day"].replace(day=1) == month
            )
            for segment, is_all in ((row["segment"], False), (None, True)):
                cell = ("frequency", month, segment, is_all, slow_frequency(own))
                found[cell] += 1
                logins[cell] += own
    return found, logins


def cells_of(frame: pl.DataFrame, number: str = "customers") -> Cells:
    rows = frame.select("part", "month", "segment", "is_all", "band", number).rows()
    return Counter({row[:5]: row[5] for row in rows if row[5]})


customer = st.fixed_dictionaries(
    {
        "segment": st.sampled_from(["VIP", "member", None]),
        "away": st.none() | st.integers(1, 400),
        "in_force": st.booleans(),
        "since": st.dates(date(2024, 12, 1), SPAN[1]),
    }
)
customer_rows = st.lists(customer, min_size=1, max_size=12).map(
    lambda rows: [row | {"person": f"c{number}"} for number, row in enumerate(rows)]
)
SCHEMA = {
    "segment": pl.String, "away": pl.Int64, "in_force": pl.Boolean, "since": pl.Date,
    "person": pl.String,
}  # fmt: skip
day_rows = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.sampled_from([f"c{number}" for number in range(12)]),
            "day": st.dates(date(2025, 1, 1), date(2025, 4, 1)),
            "logins": st.integers(0, 4),
        }
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(rows=customer_rows, quiet=st.sampled_from([1, 30, 90]))
def test_recency_equals_the_slow_reference(rows: Rows, quiet: int) -> None:
    frame = as_of(pl.DataFrame(rows, schema=SCHEMA), quiet)
    assert cells_of(frame) == slow_as_of(rows, quiet)
    everyone = frame.filter(pl.col("part") == "recency", "is_all")
    assert everyone["customers"].sum() == len(rows)
    assert everyone["of_customers"].unique().to_list() == [len(rows)]


@settings(max_examples=60, deadline=None)
@given(rows=customer_rows, days=day_rows)
def test_frequency_equals_the_slow_reference(rows: Rows, days: Rows) -> None:
    schema = {"person": pl.String, "day": pl.Date, "logins": pl.Int64}
    frame = frequencies(
        pl.DataFrame(rows, schema=SCHEMA), pl.DataFrame(days, schema=schema), SPAN, MONTHS
    )
    found, logins = slow_frequencies(rows, days)
    assert cells_of(frame) == found
    assert cells_of(frame, "logins") == +logins
    whole = dict(frame.select("month", "is_complete").unique().rows())
    assert {month for month, is_whole in whole.items() if is_whole} <= {date(2025, 2, 1)}


def test_the_sample_company_one_customer_after_the_other(company: Store) -> None:
    site = weblog.load_site(sample_logs.data_folder() / "site.toml")
    report = reports.activity(company, site=site)
    last = report.query.end
    assert last is not None
    day = last + timedelta(days=1)
    segments = dict(customers_on(company.snapshot(), day, site.segments).rows())
    seen: dict[str, set[date]] = defaultdict(set)
    for who, came in company.scan("sessions").select("customer_id", "date").collect().rows():
        seen[who].add(came)
    states = company.scan("customers").select("customer_id", "last_visit", "joined").collect()
    for who, told, _ in states.rows():
        if told is not None and told <= last:
            seen[who].add(told)
    holding = {
        row["customer_id"]
        for row in company.scan("purchases").collect().to_dicts()
        if row["purchased"] < day and (row["ended"] is None or row["ended"] > day)
    }
    rows = [
        {
            "segment": segment,
            "away": (day - max(seen[who])).days if seen[who] else None,
            "in_force": who in holding,
        }
        for who, segment in segments.items()
    ]
    frame = report.frame.filter(pl.col("part") != "frequency")
    assert cells_of(frame) == slow_as_of(rows, 90)
    november = report.frame.filter(part="frequency", month=date(2025, 11, 1), is_all=True)
    logins = company.scan("sessions").filter(
        pl.col("customer_id").is_not_null(), pl.col("date").is_between(date(2025, 11, 1), last)
    ).select(pl.col("logins").sum()).collect().item()  # fmt: skip
    assert november["logins"].sum() == logins > 100
    assert november["customers"].sum() == len(segments)


def test_who_is_dormant_by_the_rules_is_away_for_a_year_or_more(company: Store) -> None:
    site = weblog.load_site(sample_logs.data_folder() / "site.toml")
    frame = reports.activity(company, site=site).frame
    dormant = frame.filter(part="recency", segment="dormant")
    there = dormant.filter(pl.col("customers") > 0)
    assert there["band"].to_list() == ["365 or more"]


def test_what_is_not_known_is_said(store: Store) -> None:
    report = reports.activity(store, reports.Filters(devices=("tablet",)))
    codes = {warning.code for warning in report.warnings}
    assert {"customers_counted_whole", "visits_before_data"} <= codes
    assert report.frame["small"].all()
    with pytest.raises(QueryError, match="at least 1"):
        reports.activity(store, quiet_after=0)


def test_without_customers_there_is_nothing_to_tell(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    report = reports.activity(make_store([visits(1, 3, "a", "home", is_new=True)]))
    assert report.frame.is_empty()
    assert "nobody_known" in {warning.code for warning in report.warnings}


def test_customers_of_the_register_alone_were_never_seen(store: Store) -> None:
    row = dict.fromkeys(CUSTOMERS.schema) | {
        "customer_id": "c9", "valid_from": date(2025, 1, 1), "joined": date(2025, 1, 1),
    }  # fmt: skip
    store.upsert("customers", pl.DataFrame([row], schema=CUSTOMERS.schema))
    frame = reports.activity(store).frame.filter(part="recency", is_all=True)
    assert dict(frame.select("band", "customers").rows())["never"] == 1


def test_the_figure_parts_each_segment(company: Store) -> None:
    site = weblog.load_site(sample_logs.data_folder() / "site.toml")
    report = reports.activity(company, site=site)
    figure = report.figure_dict("ko", "dark")
    assert [trace["name"] for trace in figure["data"]][-2:] == ["365 이상", "방문 없음"]
    assert figure["data"][0]["y"][0] == "전체 · 2,600"
    for bars in zip(*(trace["x"] for trace in figure["data"]), strict=True):
        assert sum(bars) == pytest.approx(1, abs=1e-3)
    colours = [trace["marker"]["color"] for trace in figure["data"]]
    assert len(set(colours)) == len(recency_bands())


def test_bands_do_not_overlap() -> None:
    assert recency_bands() == [
        "1-7", "8-30", "31-90", "91-180", "181-364", "365 or more", "never"
    ]  # fmt: skip
    assert frequency_bands() == ["0", "1", "2-3", "4-7", "8 or more"]


def test_the_page_about_it_tells_the_figures_of_the_sample_company(company: Store) -> None:
    page = (Path(__file__).parents[2] / "docs" / "customers-over-time.md").read_text("utf-8")
    told = " ".join(page.split())
    site = weblog.load_site(sample_logs.data_folder() / "site.toml")
    for row in reports.cohorts(company).frame.filter(age=0).to_dicts():
        assert f"{row['cohort'] or 'all'} {row['size']:,} {numbers.rate(row['rate'])}" in told
    november = reports.lifecycle(company).frame.filter(month=date(2025, 11, 1), stage="anonymous")
    stage = november.filter(part="stage").row(0, named=True)
    assert (
        f"{stage['from_people']:,} at first + {stage['came']:,} came - {stage['went']:,} left "
        f"= {stage['people']:,}"
    ) in told
    moved = dict(november.filter(part="flow").select("stage_to", "people").rows())
    assert f"{moved['member']} became members and {moved['customer']} a customer" in told
    assert f"{moved['(recognised)']} turned out to be customers" in told
    frame = reports.activity(company, site=site).frame.filter("is_all")
    active = frame.filter(part="active", band="30").row(0, named=True)
    assert (
        f"{active['of_customers']:,} customers the company knows, {active['customers']:,}" in told
    )
    quiet = frame.filter(part="going_dormant").row(0, named=True)
    assert f"{quiet['customers']:,} of {quiet['of_customers']:,}" in told
