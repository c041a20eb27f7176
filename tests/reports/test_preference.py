"""Preference of groups: counts by a slow reference, intervals by companies whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_companies import company_of_tastes
from polars.testing import assert_frame_equal
from simulated import Simulated
from slow_affinity import slow_cells

import reports
from reports import runs
from reports.group_affinity import group_affinity
from reports.load import CACHE
from reports.tastes import tastes_of
from weblog.errors import QueryError, UnknownNameError
from weblog.parse.library import is_compiled
from weblog.store import Store, open_store

Rows = list[dict[str, Any]]
WHOLE = reports.Filters(date(2025, 9, 2), date(2025, 11, 30), compare="none")

ONE = st.fixed_dictionaries(
    {
        "back": st.integers(0, 9),
        "visitor": st.sampled_from("abcd"),
        "pages": st.lists(st.sampled_from(["home", "kids", "old"]), max_size=4),
        "segment": st.sampled_from(["anonymous", "VIP", None]),
        "device": st.sampled_from(["desktop", "tablet"]),
    }
)
CAREFUL = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("preference") / "store"
    return open_store(folder, create=True)


@CAREFUL
@given(st.lists(ONE, min_size=1, max_size=30), st.sampled_from([None, 2.0, 30.0]))
def test_cells_equal_the_slow_reference(
    scratch: Store,
    fill: Callable[..., Store],
    visits: Callable[..., dict[str, Any]],
    drawn: Rows,
    half_life: float | None,
) -> None:
    rows = [
        visits(n, one["back"], one["visitor"], " ".join(one["pages"]),
               segment=one["segment"], device=one["device"])
        for n, one in enumerate(drawn, 1)
    ]  # fmt: skip
    store = fill(scratch, rows)
    report = reports.preference(store, half_life=half_life)
    span = report.query.current
    assert span is not None
    expected = slow_cells(views_of(rows, span, half_life, "segment"))
    found = {(row["group"], row["name"]): row for row in report.frame.to_dicts()}
    assert found.keys() == expected.keys()
    for cell, counted in expected.items():
        assert {name: found[cell][name] for name in counted} == pytest.approx(counted)
        assert found[cell]["low"] <= found[cell]["index"] <= found[cell]["high"]
    again = reports.preference(fill(scratch, rows[::-1]), half_life=half_life).frame
    assert_frame_equal(again, report.frame)


@pytest.mark.parametrize("of", ["segment", "product_held"])
def test_without_the_compiled_part_all_is_the_same(
    company: Store, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    assert is_compiled()
    found = reports.preference(company, WHOLE, of=of, half_life=30).frame
    CACHE.clear()
    monkeypatch.setattr(runs, "is_compiled", lambda: False)
    again = reports.preference(company, WHOLE, of=of, half_life=30).frame
    CACHE.clear()
    assert_frame_equal(again, found, rel_tol=1e-9)


def views_of(rows: Rows, span: tuple[date, date], half_life: float | None, of: str) -> Rows:
    categories = {"/kids": "children", "/old": "pension"}
    return [
        {
            "group": row[of],
            "name": categories.get(path),
            "visitor": row["visitor_id"],
            "session": row["session_id"],
            "dwell_s": 60.0 if place + 1 < len(row["pages"]) else None,
            "aged": 0.5 ** ((span[1] - row["date"]).days / half_life) if half_life else 1.0,
        }
        for row in rows
        if span[0] <= row["date"] <= span[1]
        for place, path in enumerate(row["pages"])
    ]


# intervals


def companies_of(spread: float, companies: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(companies):
        views, members, truth = company_of_tastes(rng, spread=spread)
        parts.append(group_affinity(tastes_of(views, members)).join(truth, on=["group", "name"]))
    return pl.concat(parts)


@pytest.mark.parametrize("spread", [0.2, 0.35, 0.7])
def test_intervals_hold_the_true_index_in_95_of_100_cells(
    simulated: Simulated, spread: float
) -> None:
    cells = companies_of(spread, 70, seed=11)
    covered = cells.select(pl.col("true").is_between("low", "high").mean()).item()
    assert 0.93 <= simulated("preference: index", covered) <= 0.97
    assert cells.filter("beyond_chance").height > 100


@pytest.mark.parametrize("spread", [0.0, 0.1])
def test_where_groups_hardly_differ_intervals_are_rather_too_wide(spread: float) -> None:
    cells = companies_of(spread, 30, seed=11)
    covered = cells.select(pl.col("true").is_between(pl.col("low") - 1e-9, pl.col("high") + 1e-9))
    assert covered.to_series().mean() > 0.95  # type: ignore[operator]


def test_the_index_is_nearer_the_truth_than_what_is_observed() -> None:
    cells = companies_of(0.2, 40, seed=3)
    miss, observed = (
        float(((cells[name] - cells["true"]) ** 2).mean() ** 0.5)  # type: ignore[operator]
        for name in ("index", "observed_index")
    )
    assert miss < 0.75 * observed


def test_where_all_groups_are_alike_next_to_nothing_is_found() -> None:
    cells = companies_of(0.0, 200, seed=7)
    company = cells.with_columns(company=pl.int_range(pl.len()) // 63).group_by("company")
    false = company.agg(pl.col("beyond_chance").any())["beyond_chance"]
    assert false.len() == 200
    assert false.sum() <= 0.08 * 200  # 5 % at most, and what 200 draws let expect beyond


def test_views_of_one_busy_visitor_prove_nothing() -> None:
    """A thousand views of one visitor among fifty: the interval must know."""
    busy = {"session": 0, "visitor": 0, "name": "a", "n": 1000, "weight": 1000.0, "square": 1000.0}
    others = [
        {"session": k, "visitor": k, "name": "ab"[k % 2], "n": 2, "weight": 2.0, "square": 2.0}
        for k in range(1, 200)
    ]
    members = pl.DataFrame({"session": range(200), "group": ["x"] * 50 + ["y"] * 150})
    cells = group_affinity(tastes_of(pl.DataFrame([busy, *others]), members))
    row = cells.filter(group="x", name="a").to_dicts()[0]
    assert row["observed_index"] > 105
    assert not row["beyond_chance"]
    assert row["low"] < 100


def test_a_group_that_is_everybody_is_at_100() -> None:
    views = pl.DataFrame(
        {"session": [1, 2], "visitor": [1, 2], "name": ["a", "b"], "n": [3, 1],
         "weight": [3.0, 1.0], "square": [3.0, 1.0]}
    )  # fmt: skip
    cells = group_affinity(tastes_of(views, pl.DataFrame({"session": [1, 2], "group": ["x", "x"]})))
    assert cells["index"].to_list() == pytest.approx([100, 100])
    assert (cells["high"] - cells["low"]).max() < 0.1  # type: ignore[operator]
    assert cells["beyond_chance"].to_list() == [False, False]


# the sample company


PLANTED = {
    "annuity-savings": "pension",
    "critical-illness": "health",
    "child-education": "children",
    "child-cover": "children",
    "loans": "money",
}
"""What holders of a product read about: four in five visits are about what one holds or wants."""


@pytest.mark.parametrize("product", PLANTED)
def test_planted_preferences_are_found(company: Store, product: str) -> None:
    cells = reports.preference(company, WHOLE, of="product_held").frame.filter(group=product)
    row = cells.filter(name=PLANTED[product]).to_dicts()[0]
    assert row["beyond_chance"]
    assert row["index"] > 130
    topics = cells.filter(pl.col("name").is_in(list(PLANTED.values())))
    assert topics.sort("index")["name"][-1] == PLANTED[product]


def test_the_page_shows_what_the_report_says(company: Store) -> None:
    page = (Path(__file__).parents[2] / "docs" / "preference.md").read_text("utf-8")
    frame = reports.preference(company, WHOLE, of="product_held").frame
    for product, category in PLANTED.items():
        row = frame.filter(group=product, name=category).row(0, named=True)
        assert (
            f"| {product} | {category} | {row['index']:.0f} | "
            f"{row['low']:.0f} to {row['high']:.0f} |\n"
        ) in page


def test_most_of_what_holders_do_not_care_about_is_below_100(company: Store) -> None:
    cells = reports.preference(company, WHOLE, of="product_held", kind="product").frame
    held = cells.filter(pl.col("group").is_in(list(PLANTED)))
    own = held.filter(pl.col("group") == pl.col("name"))
    others = held.filter(pl.col("group") != pl.col("name"))
    assert own["index"].min() > 120  # type: ignore[operator]
    assert others["index"].median() < 95  # type: ignore[operator]


def test_everybody_is_everybody_whatever_segment_is_chosen(company: Store) -> None:
    whole = reports.preference(company, WHOLE).frame.filter(group="VIP")
    filters = reports.Filters(WHOLE.start, WHOLE.end, "none", segments=("VIP",))
    chosen = reports.preference(company, filters).frame
    assert chosen.equals(whole)
    assert set(chosen["group"]) == {"VIP"}


def test_the_change_is_from_the_period_before(company: Store) -> None:
    filters = reports.Filters(date(2025, 11, 1), date(2025, 11, 30))
    now = reports.preference(company, filters, of="device").frame
    before = reports.preference(
        company, reports.Filters(date(2025, 10, 2), date(2025, 10, 31), "none"), of="device"
    ).frame.select("group", "name", before="index")
    both = now.join(before, on=["group", "name"])
    assert both.height == now.height
    assert (both["previous_index"] - both["before"]).abs().max() < 1e-9  # type: ignore[operator]
    assert (
        both.select(
            (pl.col("change_low") < pl.col("change")) & (pl.col("change") < pl.col("change_high"))
        )
        .to_series()
        .all()
    )


def test_recent_views_weigh_more(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    rows = [
        visits(1, 20, "a", "kids kids", segment="VIP"),
        visits(2, 0, "a", "old", segment="VIP"),
        visits(3, 10, "b", "kids old", segment="member"),
    ]
    store = make_store(rows)
    plain = reports.preference(store).frame.filter(group="VIP", name="pension")
    aged = reports.preference(store, half_life=10).frame.filter(group="VIP", name="pension")
    assert plain["share"].to_list() == pytest.approx([1 / 3])
    assert aged["share"].to_list() == pytest.approx([1 / (1 + 2 * 0.25)])
    assert aged["weighted_views"].to_list() == [1.0]
    assert aged["page_views"].to_list() == [1]


def test_small_cells_are_marked_and_not_concluded_from(company: Store) -> None:
    report = reports.preference(company)
    small = report.frame.filter("small")
    assert small.height > 0
    assert not small["beyond_chance"].any()
    assert "few_visitors" in {warning.code for warning in report.warnings}


def test_unknown_options_are_refused(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'segment'"):
        reports.preference(store, of="segmnt")
    with pytest.raises(UnknownNameError, match="category, product"):
        reports.preference(store, kind="page")
    with pytest.raises(QueryError, match="half_life is 0"):
        reports.preference(store, half_life=0)
    with pytest.raises(QueryError, match="limit is 0"):
        reports.preference(store, limit=0)


def test_what_cannot_be_told_is_said(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    store = make_store([visits(n, 0, f"v{n}", "home") for n in range(40)])
    codes = {w.code for w in reports.preference(store).warnings}
    assert "no_categories" in codes
    assert "no_products" in {w.code for w in reports.preference(store, kind="product").warnings}
    assert reports.preference(store).frame.is_empty()


def test_an_attribute_nobody_has_is_said(store: Store) -> None:
    report = reports.preference(store, of="sex")
    assert report.frame.is_empty()
    assert "attribute_unknown" in {warning.code for warning in report.warnings}


def test_the_limit_is_of_names_by_everybodys_views(company: Store) -> None:
    whole = reports.preference(company, WHOLE).frame
    cut = reports.preference(company, WHOLE, limit=2).frame
    assert set(cut["name"]) == {"products", "children"}
    assert cut.equals(whole.filter(pl.col("name").is_in(["products", "children"])))


def test_the_day_of_a_period_without_sessions_shows_nothing(company: Store) -> None:
    day = date(2025, 12, 24)
    report = reports.preference(company, reports.Filters(day, day + timedelta(days=1)))
    assert report.frame.is_empty()
    assert report.figure_dict("ko")["data"] == []
