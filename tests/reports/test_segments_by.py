"""Segments crossed with what customers are like, as the register knew them on the day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from slow_segments import slow_facts

import reports
from reports.attributes import ATTRIBUTES, NO_PRODUCT
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.errors import UnknownNameError
from weblog.site import Site, site_from
from weblog.store import Store

Rows = list[dict[str, Any]]


@pytest.fixture
def with_register(store: Store) -> Store:
    """c1 has a birthday between two of its sessions, and two products until one ends."""
    states = [
        {"valid_from": date(2025, 1, 1), "birth_date": date(1985, 11, 27), "sex": "F"},
        {"valid_from": date(2025, 11, 28), "birth_date": date(1985, 11, 27), "sex": "F",
         "children": 3, "grade": "VIP"},
    ]  # fmt: skip
    bought = [
        {"purchase_id": "P1", "product": "loans", "ended": date(2025, 11, 28)},
        {"purchase_id": "P2", "product": "annuity", "ended": None},
    ]
    customers = [dict.fromkeys(CUSTOMERS.schema) | {"customer_id": "c1"} | row for row in states]
    purchases = [
        dict.fromkeys(PURCHASES.schema) | {"customer_id": "c1", "purchased": date(2025, 2, 1)} | row
        for row in bought
    ]
    store.upsert("customers", pl.DataFrame(customers, schema=CUSTOMERS.schema))
    store.upsert("purchases", pl.DataFrame(purchases, schema=PURCHASES.schema))
    return store


def cells(store: Store, by: str, **options: Any) -> dict[tuple[str | None, str | None], int]:
    frame = reports.segments_by(store, by=by, **options).frame
    return {row[:2]: row[2] for row in frame.select("segment", "name", "sessions").rows()}


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("age_band", {"30-39": 1, "40-49": 1}),  # the birthday lies between the sessions
        ("sex", {"F": 2}),
        ("children", {None: 1, "3 or more": 1}),
        ("product_held", {"loans": 1, "annuity": 2}),
        ("device", {"desktop": 2}),
        ("channel", {"Direct": 2}),
    ],
)
def test_a_session_has_what_its_customer_was_like_that_day(
    with_register: Store, by: str, names: dict[str | None, int]
) -> None:
    vips = {name: count for (segment, name), count in cells(with_register, by).items()
            if segment == "VIP"}  # fmt: skip
    assert vips == names


def test_shares_are_of_the_segments_sessions(with_register: Store) -> None:
    report = reports.segments_by(with_register, by="age_band")
    row = report.frame.filter(segment="VIP", name="30-39").to_dicts()[0]
    assert (row["sessions"], row["segment_sessions"], row["segment_share"]) == (1, 2, 0.5)
    assert row["share_low"] < 0.1
    assert row["share_high"] > 0.9
    assert row["customers"] == 1
    assert row["small"]
    assert "small_cells" in {warning.code for warning in report.warnings}


def test_who_holds_several_products_counts_in_each_and_the_report_says_so(
    with_register: Store,
) -> None:
    report = reports.segments_by(with_register, by="product_held")
    vips = report.frame.filter(segment="VIP")
    assert vips["segment_sessions"].unique().to_list() == [2]
    assert dict(vips.select("name", "segment_share").rows()) == {"annuity": 1.0, "loans": 0.5}
    assert "products_overlap" in {warning.code for warning in report.warnings}


def test_what_no_register_tells_is_said(store: Store) -> None:
    report = reports.segments_by(store, by="occupation")
    assert report.frame["name"].is_null().all()
    assert "attribute_unknown" in {warning.code for warning in report.warnings}


def test_beyond_the_limit_is_one_row(company: Store) -> None:
    whole = reports.segments_by(company, by="age_band").frame
    cut = reports.segments_by(company, by="age_band", limit=5).frame
    assert cut["is_other"].to_list() == [False] * 5 + [True]
    assert cut["sessions"].sum() == whole["sessions"].sum()
    assert cut.filter("is_other")["segment_share"].to_list() == [None]


def test_an_attribute_there_is_not_is_refused(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="occupation"):
        reports.segments_by(store, by="ocupation")


@pytest.mark.parametrize("by", ATTRIBUTES)
def test_cells_equal_the_slow_reference(company: Store, by: str) -> None:
    """One session after the other; whatever they are crossed with, sessions sum up."""
    filters = reports.Filters(date(2025, 11, 20), date(2025, 11, 24), compare="none")
    frame = reports.segments_by(company, filters, by=by).frame
    sessions = company.scan("sessions").filter(
        pl.col("date").is_between(filters.start, filters.end)
    ).collect().to_dicts()  # fmt: skip
    customers = company.scan("customers").collect().to_dicts()
    purchases = company.scan("purchases").collect().to_dicts()
    counts: Counter[tuple[Any, Any]] = Counter()
    people: dict[tuple[Any, Any], set[str]] = defaultdict(set)
    for session in sessions:
        for name in names_of(session, by, customers, purchases):
            cell = (session["segment"], name)
            counts[cell] += 1
            people[cell] |= {session["customer_id"]} - {None}
    found = {row[:2]: row[2:] for row in frame.select(
        "segment", "name", "sessions", "customers").rows()}  # fmt: skip
    assert found == {cell: (count, len(people[cell])) for cell, count in counts.items()}
    assert len(found) > 5


def names_of(session: dict[str, Any], by: str, customers: Rows, purchases: Rows) -> list[Any]:
    who = session["customer_id"]
    if by in ("device", "channel"):
        return [session[by]]
    if who is None:
        return [None]
    fact = slow_facts(who, session["date"], [], customers, purchases)
    if by == "product_held":
        return (fact["products_held"] or NO_PRODUCT).split(", ")
    if by == "children":
        children = fact["children"]
        return ["3 or more" if children is not None and children >= 3 else str(children)]
    if by == "age_band":
        low = fact["age"] // 10 * 10
        bands = {0: "0-19", 10: "0-19", 70: "70 or older"}
        return [bands.get(min(low, 70), f"{low}-{low + 9}")]
    return [fact[by]]


def test_segments_as_of_a_day_are_those_customers_are_in_then(with_register: Store) -> None:
    rules = site_from(
        {
            "segments": [
                {"segment": "known", "when": "grade = 'VIP'"},
                {"segment": "anonymous", "when": "TRUE"},
            ]
        },
        "site.toml",
        Path(),
    )
    options = {"segments_as_of": date(2025, 12, 24), "site": rules}
    assert cells(with_register, "sex", **options)[("known", "F")] == 2
    before = {"segments_as_of": date(2025, 11, 1), "site": rules}
    assert cells(with_register, "sex", **before)[("anonymous", "F")] == 2
    report = reports.segments(with_register, **options)
    assert report.frame.filter(segment="known")["sessions"].to_list() == [2]
    told = {warning.code: warning.text for warning in report.warnings}
    assert told["segments_as_of"].startswith("customers are in the segments of 2025-12-24")
    assert "VIP" in told["other_segment_rules"]


def test_anonymous_sessions_stay_so_whatever_the_day(with_register: Store) -> None:
    own = reports.segments(with_register).frame
    later = reports.segments(with_register, segments_as_of=date(2030, 1, 1), site=Site()).frame
    nobody = [frame.filter(segment="anonymous")["sessions"][0] for frame in (own, later)]
    assert nobody[0] == nobody[1]
    assert later["sessions"].sum() == own["sessions"].sum()
