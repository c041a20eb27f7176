"""Preference of single customers: a slow reference, known tastes, and the sample company's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_companies import drawn_tastes
from polars.testing import assert_frame_equal
from simulated import Simulated
from slow_affinity import slow_affinity, slow_likeness

import reports
from reports.affinity import SCHEMA, affinity, affinity_of
from reports.likeness import likeness_of
from reports.seen import Seen
from sample_logs import SEED
from sample_logs.company import TOPICS
from sample_logs.people import customer_id
from sample_logs.plan import make_plan
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Store

Rows = list[dict[str, Any]]
WHOLE = reports.Filters(date(2025, 9, 2), date(2025, 11, 30))

VIEW = st.tuples(st.sampled_from("ABCD"), st.integers(0, 3), st.sampled_from(["x", "y", "z"]))
SEGMENTS = {"A": "VIP", "B": "VIP", "C": None}


def rows_of(drawn: list[tuple[str, int, str]]) -> Rows:
    """A row per page view; the session of a customer is a number of his own."""
    return [
        {"customer": who, "session": 10 * ord(who) + visit, "name": name, "aged": 0.5**visit}
        for who, visit, name in drawn
    ]


def frame_of(rows: Rows) -> pl.DataFrame:
    views = pl.DataFrame(rows, schema={"customer": pl.String, "session": pl.Int64,
                                       "name": pl.String, "aged": pl.Float64})  # fmt: skip
    return views.group_by("customer", "session", "name").agg(
        pl.len().cast(pl.Int64).alias("n"), pl.col("aged").first()
    )


def segments_of(segments: dict[str, str | None]) -> pl.DataFrame:
    schema = {"customer": pl.String, "segment": pl.String}
    return pl.DataFrame(list(segments.items()), schema=schema, orient="row")


@settings(max_examples=60)
@given(st.lists(VIEW, min_size=1, max_size=40))
def test_tastes_equal_the_slow_reference(drawn: list[tuple[str, int, str]]) -> None:
    rows = rows_of(drawn)
    likeness = slow_likeness(rows)
    seen = Seen.of(frame_of(rows))
    alike = likeness_of(seen)
    measured = zip(alike.within, alike.between, strict=True)
    assert list(measured) == [pytest.approx(likeness[name]) for name in seen.names]
    expected = slow_affinity(rows, SEGMENTS, likeness)
    found = affinity(frame_of(rows), segments_of(SEGMENTS))
    cells = {(row["customer"], row["name"]): row for row in found.to_dicts()}
    assert cells.keys() == expected.keys()
    for cell, counted in expected.items():
        assert {name: cells[cell][name] for name in counted} == pytest.approx(counted)
        assert cells[cell]["low"] <= cells[cell]["high"]


@settings(max_examples=30)
@given(st.lists(VIEW, min_size=1, max_size=40))
def test_views_in_order_are_numbered_like_those_in_none(drawn: list[tuple[str, int, str]]) -> None:
    views = frame_of(rows_of(drawn))
    ordered = views.sort("customer", "session", "name").with_columns(
        pl.col("customer", "name").cast(pl.Categorical)
    )
    found = affinity_of(Seen.in_order(ordered, ordered["aged"]), segments_of(SEGMENTS))
    assert_frame_equal(found, affinity(views, segments_of(SEGMENTS)), check_exact=True)


@settings(max_examples=60)
@given(st.lists(VIEW, min_size=1, max_size=40))
def test_the_order_of_rows_does_not_matter(drawn: list[tuple[str, int, str]]) -> None:
    views = frame_of(rows_of(drawn)).sort("customer", "session", "name")
    own = affinity(views, segments_of(SEGMENTS))
    assert_frame_equal(affinity(views.reverse(), segments_of(SEGMENTS)), own)
    ranks = own.group_by("customer").agg(pl.col("rank").sort())["rank"]
    assert all(list(rank) == list(range(1, len(rank) + 1)) for rank in ranks)


def company(rng: np.random.Generator, people: int, visits: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Customers with tastes of their own, visits with theirs; returns views and the true index."""
    everyones = np.array([0.4, 0.25, 0.15, 0.12, 0.08])
    taste = drawn_tastes(rng, np.broadcast_to(everyones, (people, 5)), 3.0)
    owner = np.repeat(np.arange(people), rng.integers(1, visits + 1, people))
    seen = rng.multinomial(rng.geometric(0.25, len(owner)), drawn_tastes(rng, taste[owner], 2.0))
    session, name = np.nonzero(seen)
    views = pl.DataFrame(
        {
            "customer": [f"H{k:05}" for k in owner[session]],
            "session": session,
            "name": [f"c{k}" for k in name],
            "n": seen[session, name],
            "aged": np.ones(len(session)),
        }
    )
    return views, 100 * taste / everyones


def test_intervals_hold_the_true_index_of_95_of_100_customers(simulated: Simulated) -> None:
    rng = np.random.default_rng(4)
    views, true = company(rng, 3000, 8)
    found = affinity(views, segments_of({}))
    who, what = ([int(text[1:]) for text in found[name]] for name in ("customer", "name"))
    found = found.with_columns(true=pl.Series(true[who, what]))
    covered = found.select(pl.col("true").is_between("low", "high").mean()).item()
    assert 0.93 <= simulated("customer_preference: index", covered) <= 0.97
    own = found["page_views"] > 0
    correlation = found.filter(own).select(pl.corr("index", "true", method="spearman")).item()
    assert simulated("customer_preference: rank correlation with planted tastes", correlation) > 0.5


def test_thin_data_stay_near_100_and_rich_data_speak() -> None:
    many = [("A", visit, "x") for visit in range(4) for _ in range(5)]
    crowd = [(f"P{k}", visit, "xyz"[k % 3]) for k in range(60) for visit in range(3)]
    rows = [
        {"customer": who, "session": f"{who}{visit}", "name": name, "aged": 1.0}
        for who, visit, name in [*many, ("B", 0, "x"), *crowd]
    ]
    sessions = {text: k for k, text in enumerate(sorted({row["session"] for row in rows}))}
    found = affinity(frame_of([row | {"session": sessions[row["session"]]} for row in rows]),
                     segments_of({}))  # fmt: skip
    index = {row["customer"]: row for row in found.filter(name="x").to_dicts()}
    assert index["A"]["index"] > index["B"]["index"] > 100
    assert index["A"]["weight"] > index["B"]["weight"]


def test_nothing_viewed_is_an_empty_frame() -> None:
    empty = affinity(frame_of([]), segments_of({}))
    assert empty.schema == SCHEMA
    assert empty.is_empty()


# the report


def test_planted_tastes_are_found(company: Store) -> None:
    """The product a customer prefers is the one the generator made him care for."""
    people = make_plan(SEED, 1.0, 90).people
    topic = {
        customer_id(person): TOPICS[people.topic[person]] for person in range(people.registered)
    }
    frame = reports.customer_preference(company, WHOLE, kind="product", half_life=None, limit=None)
    first = frame.frame.filter(pl.col("rank") == 1, pl.col("evidence") >= 4)
    right = sum(topic[who] == name for who, name in first.select("customer_id", "name").rows())
    assert first.height > 60
    assert right / first.height > 0.8  # by chance it would be a third at most
    cares = pl.DataFrame({"customer_id": list(topic), "cared": list(topic.values())})
    both = frame.frame.join(cares, on="customer_id").with_columns(
        truth=(pl.col("name") == pl.col("cared")).cast(pl.Float64)
    )
    rank = both.filter(pl.col("evidence") >= 4).select(pl.corr("index", "truth", method="spearman"))
    assert rank.item() > 0.5


def test_the_report_tells_what_it_rests_on(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    rows = [
        visits(1, 30, "a", "kids old", customer_id="c1", segment="member"),
        visits(2, 0, "a", "kids kids", customer_id="c1", segment="VIP"),
        visits(3, 0, "b", "old", customer_id="c2", segment="member"),
        visits(4, 0, "c", "old old old"),
    ]
    filters = reports.Filters(date(2025, 10, 1), date(2025, 11, 30))
    frame = reports.customer_preference(make_store(rows), filters).frame
    assert frame["customer_id"].unique(maintain_order=True).to_list() == ["c1", "c2"]
    kids = frame.filter(customer_id="c1", name="children").to_dicts()[0]
    assert (kids["page_views"], kids["weighted_views"]) == (3, pytest.approx(2.5))
    assert (kids["last_seen"], kids["dwell_s"]) == (date(2025, 11, 30), 120.0)
    assert (kids["rank"], kids["segment"]) == (1, "VIP")
    never = frame.filter(customer_id="c2", name="children").to_dicts()[0]
    assert (never["page_views"], never["last_seen"], never["dwell_s"]) == (0, None, None)
    assert never["index"] < 100


def test_filters_choose_who_is_listed_not_who_is_compared_with(company: Store) -> None:
    whole = reports.customer_preference(company, WHOLE, limit=None).frame
    filters = reports.Filters(WHOLE.start, WHOLE.end, segments=("VIP",))
    vips = reports.customer_preference(company, filters, limit=None).frame
    assert 0 < vips["customer_id"].n_unique() < whole["customer_id"].n_unique()
    assert_frame_equal(
        vips, whole.join(vips.select("customer_id").unique(), on="customer_id", how="semi")
    )
    one = vips["customer_id"][0]
    alone = reports.customer_preference(company, replace(WHOLE, customers=(one,))).frame
    assert_frame_equal(alone, whole.filter(customer_id=one))


def test_the_limit_counts_customers(company: Store) -> None:
    frame = reports.customer_preference(company, WHOLE, limit=3).frame
    assert frame["customer_id"].n_unique() == 3


def test_what_cannot_be_told_is_said(store: Store) -> None:
    report = reports.customer_preference(store, reports.Filters(customers=("nobody",)))
    assert report.frame.is_empty()
    assert {w.code for w in report.warnings} >= {"unknown_value", "no_match"}
    with pytest.raises(UnknownNameError):
        reports.customer_preference(store, kind="pages")
    with pytest.raises(QueryError, match="half_life"):
        reports.customer_preference(store, half_life=-1)


def test_where_nobody_logged_in_there_is_no_customer(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    report = reports.customer_preference(make_store([visits(1, 0, "a", "kids")]))
    assert report.frame.is_empty()
    assert "no_customers" in {warning.code for warning in report.warnings}


def test_customers_who_viewed_nothing_with_a_category_are_named(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    known = {"logins": 1, "segment": "member"}
    rows = [
        visits(1, 0, "a", "home", customer_id="c1", **known),
        visits(2, 0, "b", "kids", customer_id="c2", **known),
    ]
    asked = reports.Filters(customers=("c1", "c2"))
    report = reports.customer_preference(make_store(rows), asked)
    assert set(report.frame["customer_id"]) == {"c2"}
    (unseen,) = (w for w in report.warnings if w.code == "customers_unseen")
    assert unseen.values == {"customers": "c1"}
