"""Stages of the relationship: nobody is lost, nobody counted twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_lifecycle import slow_flows

import reports
from reports.answers.lifecycle import edges_of, told
from reports.stages import (
    LADDER,
    NEW,
    RECOGNISED,
    STAGES,
    customer_flows,
    customer_stages,
    handed_over,
    visitor_flows,
)
from sessionize import customers_on
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.errors import QueryError
from weblog.site import Site
from weblog.store import Store

Rows = list[dict[str, Any]]
FIRST, LAST = date(2025, 1, 20), date(2025, 4, 12)
DORMANT = 20
FLOW = ("bucket", "stage", "stage_to", "people")

days = st.dates(FIRST, LAST)
someone = st.sampled_from(["c1", "c2", "c3", None, None, None])
sessions = st.lists(st.tuples(days, st.sampled_from("abcde"), someone), max_size=25).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)
purchase = st.builds(
    lambda who, day, length: {
        "customer_id": who,
        "purchased": day,
        "ended": None if length is None else day + timedelta(days=length),
    },
    st.sampled_from(["c1", "c2", "c3", "c4"]),
    st.dates(FIRST - timedelta(days=40), LAST),
    st.none() | st.integers(0, 60),
)
registered = st.dictionaries(
    st.sampled_from(["c1", "c2", "c4", "c5"]), st.dates(FIRST - timedelta(days=400), LAST)
)


def summed_up(rows: list[tuple[date, str, str | None]]) -> pl.DataFrame:
    """What reports.visitor_days finds of the sessions, one browser after the other."""
    found = []
    for visitor in sorted({row[1] for row in rows}):
        own = [row for row in rows if row[1] == visitor]
        known = [row for row in own if row[2]]
        second = own[1][0] if len(own) > 1 else None
        found.append((own[0][0], second, *(known[0][::2] if known else (None, None))))
    schema = {"first": pl.Date, "second": pl.Date, "known": pl.Date, "customer": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row").with_columns(people=pl.lit(1, pl.Int64))


@settings(max_examples=120, deadline=None)
@given(rows=sessions, since=registered, bought=st.lists(purchase, max_size=6))
def test_flows_equal_the_slow_reference_and_are_conserved(
    rows: list[tuple[date, str, str | None]], since: dict[str, date], bought: Rows
) -> None:
    edges = edges_of((FIRST, LAST))
    visitors = summed_up(rows)
    known = [*since.items(), *((r["customer_id"], r["purchased"]) for r in bought)]
    known += [(who, day) for day, _, who in rows if who]
    people = (
        pl.DataFrame(known, schema={"customer": pl.String, "since": pl.Date}, orient="row")
        .group_by("customer")
        .agg(pl.col("since").min())
    )
    visits = pl.DataFrame(
        [(who, day) for day, _, who in rows if who],
        schema={"customer": pl.String, "day": pl.Date},
        orient="row",
    )
    schema = {"customer": pl.String, "purchased": pl.Date, "ended": pl.Date}
    purchases = pl.DataFrame([tuple(row.values()) for row in bought], schema=schema, orient="row")
    stages = customer_stages(people, visits, purchases, edges, DORMANT)
    moves = pl.concat(
        [
            visitor_flows(visitors, edges).select(FLOW),
            customer_flows(stages, handed_over(visitors, edges)).select(FLOW),
        ]
    )
    summed = moves.group_by(FLOW[:3]).agg(pl.col("people").sum())
    found = {row[:3]: row[3] for row in summed.rows()}
    assert found == dict(slow_flows(rows, since, bought, edges, DORMANT))
    assert_conserved(told(moves, edges))


def assert_conserved(frame: pl.DataFrame) -> None:
    """Each month begins with what the month before ended with; flows sum to the stages."""
    stages = frame.filter(part="stage")
    assert (stages["people"] == stages["from_people"] + stages["came"] - stages["went"]).all()
    for stage in STAGES:
        own = stages.filter(stage=stage).sort("month")
        assert own["people"].to_list()[:-1] == own["from_people"].to_list()[1:]
    flows = frame.filter(part="flow")
    for month in stages["month"].unique():
        moved = flows.filter(month=month)
        for row in stages.filter(month=month).to_dicts():
            into = moved.filter(stage_to=row["stage"])["people"].sum()
            out_of = moved.filter(stage=row["stage"])["people"].sum()
            assert (into, out_of) == (row["people"], row["from_people"])


@pytest.mark.parametrize("dormant_after", [20, 365])
def test_the_sample_company_one_person_after_the_other(company: Store, dormant_after: int) -> None:
    report = reports.lifecycle(company, dormant_after=dormant_after)
    rows = company.scan("sessions").sort("start", "session_id").select(
        "date", "visitor_id", "customer_id"
    ).collect().rows()  # fmt: skip
    states = company.scan("customers").collect()
    since = dict(
        states.group_by("customer_id").agg(pl.min_horizontal("joined", "valid_from").min()).rows()
    )
    purchases = company.scan("purchases").select("customer_id", "purchased", "ended").collect()
    # What the register tells of visits before the data: visits of nobody's browser.
    told_visits = states.select("last_visit", pl.lit("register"), "customer_id").drop_nulls()
    edges = edges_of((report.query.start, report.query.end))
    expected = slow_flows(
        sorted([*rows, *told_visits.unique().rows()], key=lambda row: row[0]),
        since, purchases.to_dicts(), edges, dormant_after,
    )  # fmt: skip
    flows = report.frame.filter(part="flow")
    month = {day: number for number, day in enumerate(edges[:-1])}
    found = {
        (month[row["month"]], row["stage"], row["stage_to"]): row["people"]
        for row in flows.to_dicts()
    }
    assert found == dict(expected)
    assert_conserved(report.frame)


def test_stages_of_customers_agree_with_the_segments_of_the_day(company: Store) -> None:
    """Who the default rules call churned or dormant at the start of a day is so here."""
    report = reports.lifecycle(company, reports.Filters(end=date(2025, 10, 31)))
    segments = customers_on(company.snapshot(), date(2025, 11, 1), Site().segments)
    last = report.frame.filter(part="stage", month=date(2025, 10, 1))
    sizes = dict(last.select("stage", "people").rows())
    counted = dict(segments["segment"].value_counts().rows())
    assert sizes["churned"] + sizes["reactivated"] >= counted["churned"]
    assert abs(sizes["dormant"] - counted["dormant"]) <= sizes["reactivated"]
    known = segments.height
    joined_that_day = company.scan("customers").filter(
        pl.col("valid_from") == date(2025, 11, 1)
    ).collect()["customer_id"].n_unique()  # fmt: skip
    everyone = sum(sizes[stage] for stage in STAGES if "anonymous" not in stage)
    assert known - joined_that_day <= everyone <= known


@pytest.fixture
def handing_over(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> Store:
    """a and b become c1, who registers in November; d is c2, known from the register."""
    logged = {"logins": 1, "segment": "member"}
    store = make_store(
        [
            visits(1, 50, "a", "home", is_new=True),
            visits(2, 45, "a", "home"),
            visits(3, 44, "b", "home", is_new=True),
            visits(4, 43, "d", "home", is_new=True),
            visits(5, 20, "a", "home", customer_id="c1", **logged),
            visits(6, 10, "b", "home", customer_id="c1", **logged),
            visits(7, 9, "d", "home", customer_id="c2", **logged),
            visits(8, 8, "e", "home", is_new=True, customer_id="c3", **logged),
        ]
    )
    states = [
        {"customer_id": "c1", "valid_from": date(2025, 11, 10), "joined": date(2025, 11, 10)},
        {"customer_id": "c2", "valid_from": date(2025, 1, 1), "joined": date(2025, 1, 1)},
    ]
    bought = [{"purchase_id": "P1", "customer_id": "c1", "purchased": date(2025, 11, 12)}]
    for table, rows in ((CUSTOMERS, states), (PURCHASES, bought)):
        full = [dict.fromkeys(table.schema) | row for row in rows]
        store.upsert(table.name, pl.DataFrame(full, schema=table.schema))
    return store


def test_a_browser_hands_its_person_over_once(handing_over: Store) -> None:
    frame = reports.lifecycle(handing_over).frame
    november = frame.filter(part="flow", month=date(2025, 11, 1))
    moves = november.select("stage", "stage_to", "people", "from_people", "is_step").rows()
    assert moves == [
        (NEW, "member", 1, None, False),
        ("first-time anonymous", RECOGNISED, 2, 2, False),
        ("anonymous", "customer", 1, 1, True),
        ("member", "member", 1, 1, False),
    ]


def test_months_that_are_not_covered_whole_are_marked(company: Store) -> None:
    """Nor is a month to come: the period ends where the data do."""
    frame = reports.lifecycle(company, reports.Filters(end=date(2026, 2, 1))).frame
    whole = dict(frame.filter(part="stage").select("month", "is_complete").unique().rows())
    assert whole == {
        date(2025, 9, 2): False,
        date(2025, 10, 1): True,
        date(2025, 11, 1): True,
    }
    cut = reports.lifecycle(company, reports.Filters(end=date(2025, 10, 30))).frame
    assert cut.filter(month=date(2025, 10, 1))["is_complete"].unique().to_list() == [False]


def test_it_says_what_it_leaves_out_and_what_is_missing(store: Store) -> None:
    report = reports.lifecycle(store, reports.Filters(devices=("tablet",)))
    codes = {warning.code for warning in report.warnings}
    assert "people_counted_whole" in codes
    assert "nobody_known" not in codes
    with pytest.raises(QueryError, match="at least 1"):
        reports.lifecycle(store, dormant_after=0)


def test_without_customers_all_are_anonymous(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    report = reports.lifecycle(make_store([visits(1, 3, "a", "home", is_new=True)]))
    assert "nobody_known" in {warning.code for warning in report.warnings}
    sizes = report.frame.filter(part="stage").filter(pl.col("people") > 0)
    assert sizes["stage"].to_list() == [LADDER[0]]


def test_the_figure_names_each_stage_with_its_numbers(company: Store) -> None:
    report = reports.lifecycle(company)
    figure = report.figure_dict("ko", "dark")
    notes = [note["text"] for note in figure["layout"]["annotations"]]
    assert len(figure["data"]) == len(STAGES)
    assert any(note.startswith("재구매 고객<br>") for note in notes)
    english = report.figure_dict()["layout"]["annotations"]
    assert any("↗" in note["text"] and note["text"].startswith("member") for note in english)
