"""Associations: a slow reference, companies without any, and those planted in the sample."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from simulated import Simulated

import reports
from reports.associations import associations, of_views
from weblog.company_tables import PURCHASES
from weblog.errors import UnknownNameError
from weblog.store import Store

Rows = list[dict[str, Any]]
WHOLE = reports.Filters(date(2025, 9, 2), date(2025, 11, 30))

PERSON = st.tuples(
    st.integers(1, 3), st.sets(st.sampled_from("ab")), st.sets(st.sampled_from("xy"))
)


def frames(people: list[tuple[int, set[str], set[str]]]) -> tuple[pl.DataFrame, ...]:
    """Who read what, took what, and how many pages, of (pages, contents, products) a person."""
    read = [(k, c) for k, (_, contents, _) in enumerate(people) for c in sorted(contents)]
    took = [(k, p) for k, (_, _, products) in enumerate(people) for p in sorted(products)]
    pages = [(k, None, n) for k, (n, _, _) in enumerate(people)]
    return (
        pl.DataFrame(read, schema={"person": pl.Int64, "content": pl.String}, orient="row"),
        pl.DataFrame(took, schema={"person": pl.Int64, "product": pl.String}, orient="row"),
        pl.DataFrame(
            pages,
            schema={"person": pl.Int64, "product": pl.String, "pages": pl.Int64},
            orient="row",
        ),
    )


def slow(people: list[tuple[int, set[str], set[str]]], content: str, product: str) -> Any:
    """Counts, expected, z and the variance of ln(lift), person by person."""
    strata = defaultdict(list)
    for pages, contents, products in people:
        strata[pages].append((content in contents, product in products))
    both = sum(x and y for group in strata.values() for x, y in group)
    expected = variance = 0.0
    for group in strata.values():
        n, xs, ys = len(group), sum(x for x, _ in group), sum(y for _, y in group)
        expected += xs * ys / n
        variance += xs * ys * (n - xs) * (n - ys) / (n * n * max(n - 1, 1))
    moved = 0.0
    for group in strata.values():
        n, xs, ys = len(group), sum(x for x, _ in group), sum(y for _, y in group)
        for x, y in group:
            if expected:
                up = (x * ys / n + y * xs / n - xs * ys / n**2) / expected
                moved += ((x and y) / max(both, 1) - up) ** 2
    z = (both - expected) / math.sqrt(variance) if variance > 0 else None
    return both, expected, z, moved


@settings(max_examples=60)
@given(st.lists(PERSON, min_size=1, max_size=40))
def test_pairs_equal_the_slow_reference(people: list[tuple[int, set[str], set[str]]]) -> None:
    found = associations(*frames(people))
    for row in found.to_dicts():
        both, expected, z, moved = slow(people, row["content"], row["product"])
        assert row["people"] == len(people)
        assert row["readers"] == sum(row["content"] in contents for _, contents, _ in people)
        assert row["takers"] == sum(row["product"] in products for _, _, products in people)
        assert row["both"] == both
        assert row["expected"] * row["readers"] == pytest.approx(expected)
        assert row["z"] == (None if z is None else pytest.approx(z))
        if both:
            assert row["low"] == pytest.approx(row["lift"] * math.exp(-1.959964 * moved**0.5))
    read, took, others = frames(people)
    assert_frame_equal(associations(read.reverse(), took.reverse(), others.reverse()), found)


def company_without(rng: np.random.Generator) -> tuple[pl.DataFrame, ...]:
    """600 visitors, some ten times as busy as others, who read and view each thing by chance."""
    busy = rng.gamma(0.8, 5.0, 600)
    contents = rng.poisson(busy[:, None] * rng.dirichlet(np.full(6, 2.0)))
    products = rng.poisson(0.4 * busy[:, None] * rng.dirichlet(np.full(5, 2.0)))
    readers = np.flatnonzero(contents.sum(axis=1))
    who, what = np.nonzero(contents)
    whom, which = np.nonzero(products)
    return (
        pl.DataFrame({"person": who, "content": what.astype(str)}),
        pl.DataFrame({"person": whom, "product": which.astype(str)}),
        pl.DataFrame(
            {
                "person": readers,
                "product": pl.Series([None] * len(readers), dtype=pl.String),
                "pages": contents.sum(axis=1)[readers],
            }
        ),
    )


def test_where_there_is_none_hardly_any_is_found_in_200_companies(simulated: Simulated) -> None:
    """All findings there are false: any in at most 5 of 100 companies (and what draws let vary)."""
    rng = np.random.default_rng(20)
    cells = [associations(*company_without(rng)) for _ in range(200)]
    with_any = sum(bool(found["beyond_chance"].any()) for found in cells)
    assert (
        simulated("associations: companies of 200 with a false find", with_any / 200) <= 0.08
    )  # 10 expected at most; 17 or more in 2 of 100 such simulations
    tested = pl.concat(cells).filter(~pl.col("small"))
    assert tested.height > 2000
    rejected = tested.select((pl.col("p") < 0.05).mean()).item()
    assert 0.035 <= rejected <= 0.06
    covered = tested.select(pl.lit(1.0).is_between("low", "high").mean()).item()
    assert 0.93 <= simulated("associations: ratio, none planted", covered) <= 0.97


def test_being_busy_is_no_association() -> None:
    """The plain lift of the same companies is far above 1: busy people see more of all."""
    rng = np.random.default_rng(20)
    found = pl.concat([associations(*company_without(rng)) for _ in range(20)])
    plain = found["both"] * found["people"] / (found["readers"] * found["takers"])
    assert plain.median() > 1.15  # type: ignore[operator]
    assert found["lift"].median() == pytest.approx(1.0, abs=0.05)


# the sample company


def test_planted_associations_are_found(company: Store) -> None:
    frame = reports.associations(company, WHOLE, limit=None).frame
    above = frame.filter(pl.col("beyond_chance"), pl.col("low") > 1.3)
    assert set(above.select("content", "product").rows()) == {
        ("money", "loans"),
        ("health", "critical-illness"),
        ("pension", "annuity-savings"),
        ("children", "child-education"),
        ("children", "child-cover"),
    }
    assert frame.head(5)["lift"].is_sorted(descending=True)


def test_readers_of_pension_articles_buy_annuities(company: Store) -> None:
    report = reports.associations(company, WHOLE, outcome="bought", limit=None)
    row = report.frame.filter(content="pension", product="annuity-savings").to_dicts()[0]
    assert row["beyond_chance"]
    assert row["low"] > 1.5
    wrong = report.frame.filter(pl.col("beyond_chance"), pl.col("lift") > 1)
    assert set(wrong.select("content", "product").rows()) == {("pension", "annuity-savings")}
    assert "association_only" in {warning.code for warning in report.warnings}


def test_what_is_read_after_buying_and_by_owners_does_not_count(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    rows = [
        visits(1, 20, "a", "home", customer_id="buyer"),
        visits(2, 5, "a", "kids", customer_id="buyer"),  # after buying
        visits(3, 20, "b", "kids", customer_id="owner"),
        visits(4, 20, "c", "kids", customer_id="reader"),
        visits(5, 20, "d", "kids", customer_id="convinced"),
    ]
    store = make_store(rows)
    bought = [
        {"purchase_id": "1", "customer_id": "buyer", "purchased": date(2025, 11, 15)},
        {"purchase_id": "2", "customer_id": "owner", "purchased": date(2025, 1, 1)},
        {"purchase_id": "3", "customer_id": "convinced", "purchased": date(2025, 11, 12)},
    ]
    whole = [dict.fromkeys(PURCHASES.schema) | {"product": "annuity"} | row for row in bought]
    store.upsert("purchases", pl.DataFrame(whole, schema=PURCHASES.schema))
    frame = reports.associations(store, outcome="bought").frame
    (row,) = frame.to_dicts()
    assert (row["content"], row["product"]) == ("children", "annuity")
    assert (row["people"], row["readers"], row["takers"], row["both"]) == (3, 2, 2, 1)
    assert row["small"]
    assert not row["beyond_chance"]


def test_unknown_outcomes_are_refused_and_nothing_is_said(
    store: Store, make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    with pytest.raises(UnknownNameError, match="viewed, bought"):
        reports.associations(store, outcome="sold")


def test_a_site_without_rules_is_told_so(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    report = reports.associations(make_store([visits(1, 0, "a", "home")]))
    assert report.frame.is_empty()
    assert {w.code for w in report.warnings} >= {"no_categories", "no_products"}


PAGES = st.lists(
    st.tuples(
        st.integers(0, 6), st.sampled_from(["kids", "old", None]), st.sampled_from(["x", "y", None])
    ),
    max_size=60,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


@settings(max_examples=60)
@given(PAGES)
def test_what_visitors_view_is_associated_as_what_anybody_takes(
    rows: list[tuple[int, str | None, str | None]],
) -> None:
    schema = {"visitor": pl.UInt32, "category": pl.Categorical, "product": pl.Categorical}
    views = pl.DataFrame(rows, schema=schema, orient="row")
    named = views.rename({"visitor": "person"})
    without = named.filter(pl.col("product").is_null())
    read = without.select("person", pl.col("category").alias("content")).drop_nulls().unique()
    took = named.select("person", "product").drop_nulls().unique()
    others = without.group_by("person").agg(pl.len().alias("pages"))
    others = others.with_columns(pl.lit(None, pl.Categorical).alias("product"))
    assert_frame_equal(of_views(views), associations(read, took, others))
