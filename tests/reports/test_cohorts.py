"""Who comes back: cohorts against a slow reference, their definitions, and what is not known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import Simulated
from slow_retention import slow_period, slow_retention

import reports
from reports.intervals import wilson
from reports.retention import EACH, WINDOWS, retention
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.errors import UnknownNameError
from weblog.store import Store

Rows = list[dict[str, Any]]
FIRST, LAST = date(2025, 1, 10), date(2025, 5, 20)
COUNTS = ("size", "observed", "active", "bought_observed", "bought")

days = st.dates(FIRST, LAST)
people = st.dictionaries(
    st.integers(0, 9), st.tuples(days, st.lists(days, max_size=6), st.lists(days, max_size=3)),
    max_size=8,
)  # fmt: skip


def frame_of(days_of: dict[Any, list[date]]) -> pl.DataFrame:
    rows = [(person, day) for person, found in days_of.items() for day in found]
    return pl.DataFrame(rows, schema={"person": pl.Int64, "day": pl.Date}, orient="row")


def cells(frame: pl.DataFrame) -> dict[tuple[date | None, int], tuple[int | None, ...]]:
    return {row[:2]: row[2:] for row in frame.select("cohort", "age", *COUNTS).rows()}


@settings(max_examples=60, deadline=None)
@given(
    known=people,
    each=st.sampled_from(EACH),
    window=st.sampled_from(WINDOWS),
    has_register=st.booleans(),
    since=st.none() | st.just(date(2025, 2, 3)),
)
def test_cohorts_equal_the_slow_reference(
    known: dict[int, tuple[date, list[date], list[date]]],
    each: str,
    window: str,
    has_register: bool,
    since: date | None,
) -> None:
    firsts = {person: row[0] for person, row in known.items()}
    visits = {person: row[1] for person, row in known.items()}
    bought = {person: row[2] for person, row in known.items()} if has_register else None
    begun = pl.DataFrame(
        list(firsts.items()), schema={"person": pl.Int64, "first": pl.Date}, orient="row"
    )
    options = {"each": each, "window": window, "seen": (FIRST, LAST), "since": since}
    frame = retention(begun, frame_of(visits), frame_of(bought) if bought else None, **options)
    shuffled = retention(
        begun.reverse(), frame_of(visits).reverse(), frame_of(bought) if bought else None, **options
    )
    assert frame.equals(shuffled)
    if bought == {}:
        bought = None
    assert cells(frame) == slow_retention(
        firsts, visits, bought, each=each, window=window, last=LAST, since=since
    )


@pytest.mark.parametrize(
    ("window", "first", "back", "age"),
    [
        ("calendar", date(2025, 1, 31), date(2025, 2, 1), 1),
        ("rolling", date(2025, 1, 31), date(2025, 2, 1), 0),
        ("calendar", date(2025, 2, 1), date(2025, 2, 28), 0),
        ("rolling", date(2025, 2, 1), date(2025, 3, 2), 0),
        ("rolling", date(2025, 2, 1), date(2025, 3, 3), 1),
        ("calendar", date(2025, 2, 1), date(2025, 3, 3), 1),
    ],
)
def test_a_month_is_the_calendars_or_each_persons_own(
    window: str, first: date, back: date, age: int
) -> None:
    frame = retention(
        pl.DataFrame({"person": [1], "first": [first]}),
        pl.DataFrame({"person": [1], "day": [back]}),
        None,
        each="month",
        window=window,
        seen=(FIRST, LAST),
    )
    came = frame.filter(pl.col("active") > 0, pl.col("cohort").is_not_null())
    assert came["age"].to_list() == [age]


def test_what_is_not_over_is_null_and_never_zero(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    """The data end on 30 November, a Sunday: that week is over; begin to 29 and it is not."""
    rows = [
        visits(1, 40, "a", "home", is_new=True),  # 21 October
        visits(2, 39, "a", "home"),
        visits(3, 12, "a", "home"),
        visits(4, 40, "b", "home", is_new=True),
        visits(5, 0, "c", "home", is_new=True),
    ]
    store = make_store(rows)
    frame = reports.cohorts(store).frame
    assert frame.select("cohort", "age", "size", "observed", "active").rows() == [
        (None, 0, 3, 3, 1),
        (None, 1, 3, 2, 1),
        (date(2025, 10, 1), 0, 2, 2, 1),
        (date(2025, 10, 1), 1, 2, 2, 1),
        (date(2025, 11, 1), 0, 1, 1, 0),
        (date(2025, 11, 1), 1, 1, 0, None),
    ]
    earlier = reports.cohorts(store, reports.Filters(end=date(2025, 11, 29))).frame
    november = earlier.filter(pl.col("age") == 1)
    assert november["active"].to_list() == [None, None]
    assert november["is_complete"].to_list() == [False, False]
    assert november["rate"].to_list() == [None, None]
    assert reports.cohorts(store).frame["bought"].null_count() == frame.height
    assert reports.cohorts(store, reports.Filters(end=date(2026, 3, 1))).frame.equals(frame)


def test_filters_choose_by_the_first_visit_whatever_brings_back(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    rows = [
        visits(1, 40, "a", "home", is_new=True, channel="Email"),
        visits(2, 39, "a", "home"),
        visits(3, 40, "b", "home", is_new=True),
        visits(4, 39, "b", "home", channel="Email"),
        visits(5, 0, "c", "home", is_new=True),
    ]
    frame = reports.cohorts(make_store(rows), reports.Filters(channels=("Email",))).frame
    assert frame.filter(cohort=date(2025, 10, 1), age=0)["size"].to_list() == [1]
    assert frame.filter(cohort=date(2025, 10, 1), age=0)["active"].to_list() == [1]


@pytest.fixture
def with_register(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> Store:
    """c1 joins and buys within the data and comes back; c2 joined before they begin."""
    rows = [
        visits(1, 60, "a", "home", is_new=True),  # 1 October
        visits(2, 50, "a", "home", customer_id="c1", logins=1),  # 11 October
        visits(3, 20, "a", "home", customer_id="c1", logins=1),  # 10 November
        visits(4, 10, "b", "home", customer_id="c2", logins=1),  # 20 November
        visits(5, 0, "a", "home"),
    ]
    store = make_store(rows)
    joined = {"c1": date(2025, 10, 11), "c2": date(2025, 8, 5)}
    customers = [
        dict.fromkeys(CUSTOMERS.schema) | {"customer_id": who, "valid_from": day, "joined": day}
        for who, day in joined.items()
    ]
    bought = [("P1", "c1", date(2025, 10, 11)), ("P2", "c1", date(2025, 11, 11))]
    purchases = [
        dict.fromkeys(PURCHASES.schema) | {"purchase_id": p, "customer_id": who, "purchased": day}
        for p, who, day in bought
    ]
    store.upsert("customers", pl.DataFrame(customers, schema=CUSTOMERS.schema))
    store.upsert("purchases", pl.DataFrame(purchases, schema=PURCHASES.schema))
    return store


def test_customers_come_back_on_a_later_day_than_they_joined(with_register: Store) -> None:
    report = reports.cohorts(with_register, by="joined")
    october = report.frame.filter(cohort=date(2025, 10, 1))
    assert october.select("age", "active", "bought").rows() == [(0, 0, 1), (1, 1, 1)]
    told = {warning.code: warning.values for warning in report.warnings}
    assert told["cohorts_before"] == {"people": 1, "start": date(2025, 10, 1)}


def test_months_before_the_logs_begin_are_null_but_their_purchases_known(
    with_register: Store,
) -> None:
    filters = reports.Filters(start=date(2025, 8, 1))
    august = reports.cohorts(with_register, filters, by="joined").frame.filter(
        cohort=date(2025, 8, 1)
    )
    assert august["active"].to_list() == [None, None, 0, 1]
    assert august["bought"].to_list() == [0, 0, 0, 0]


def test_who_bought_first_buys_again_only_on_a_later_day(with_register: Store) -> None:
    frame = reports.cohorts(with_register, by="first_purchase").frame
    october = frame.filter(cohort=date(2025, 10, 1))
    assert october.select("age", "size", "active", "bought").rows() == [(0, 1, 0, 0), (1, 1, 1, 1)]


def test_without_a_register_it_says_what_is_missing(store: Store) -> None:
    for by, code in (("joined", "no_joining"), ("first_purchase", "no_purchases")):
        report = reports.cohorts(store, reports.Filters(devices=("tablet",)), by=by)
        assert report.frame.is_empty()
        codes = {warning.code for warning in report.warnings}
        assert {code, "customers_counted_whole"} <= codes
        assert report.figure_dict()["data"] == []


@pytest.mark.parametrize("option", ["by", "each", "window"])
def test_a_name_there_is_not_is_refused(store: Store, option: str) -> None:
    with pytest.raises(UnknownNameError):
        reports.cohorts(store, **{option: "mnoth"})


@pytest.mark.parametrize("each", EACH)
@pytest.mark.parametrize("window", WINDOWS)
def test_the_sample_companys_visitors_one_after_the_other(
    company: Store, each: str, window: str
) -> None:
    rows = company.scan("sessions").select("visitor_id", "date", "start").sort("start").collect()
    found = defaultdict(list)
    for visitor, day, _ in rows.rows():
        found[visitor].append(day)
    firsts = {visitor: seen[0] for visitor, seen in found.items()}
    again = {visitor: seen[1:] for visitor, seen in found.items()}
    last = max(rows["date"])
    expected = slow_retention(firsts, again, None, each=each, window=window, last=last, since=None)
    assert cells(reports.cohorts(company, each=each, window=window).frame) == expected


def test_rates_keep_their_promise(simulated: Simulated) -> None:
    """Wilson's interval holds the true return rate in 93 to 97 of 100 cohorts."""
    random = np.random.default_rng(7)
    for rate, size in ((0.1, 80), (0.3, 200), (0.6, 50)):
        came = random.binomial(size, rate, 4000)
        frame = pl.DataFrame({"came": came, "size": [size] * 4000})
        low, high = wilson(pl.col("came"), pl.col("size"))
        held = frame.select(((low <= rate) & (rate <= high)).mean()).item()
        assert 0.93 <= simulated(f"cohorts: return rate of {rate:.0%}", held) <= 0.97


def test_the_figure_is_a_triangle_of_rates(company: Store) -> None:
    report = reports.cohorts(company)
    figure = report.figure_dict("ko", "dark")
    assert figure["data"][0]["y"] == ["전체", "2025-09", "2025-10", "2025-11"]
    shown = [[text for text in trace["text"] if text] for trace in figure["data"][1:]]
    assert [len(texts) for texts in shown] == [4, 3, 2]
    assert max(max(trace["marker"]["opacity"]) for trace in figure["data"]) == 0.62
    with pytest.raises(UnknownNameError):
        report.figure_dict(measure="active")
    weekly = reports.cohorts(company, each="week").figure_dict()
    assert len(str(weekly)) < 10_000
    assert len(weekly["data"]) == 11


def test_slow_periods_are_those_of_the_calendar() -> None:
    assert slow_period(date(2025, 1, 31), 1, "month", "calendar")[1] == date(2025, 2, 28)
    assert slow_period(date(2025, 11, 30), 0, "week", "calendar")[0] == date(2025, 11, 24)
    assert slow_period(FIRST, 1, "week", "rolling")[0] == FIRST + timedelta(days=7)
