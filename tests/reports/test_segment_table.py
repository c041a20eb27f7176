"""The table of segments, against a slow reference, and where it has to say what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from new_store import new_store
from random_register import BOUGHT, DAYS, LAST, STATES, customers_of, purchases_of, registered

import reports
import sample_logs
import weblog
from reports import Filters
from sessionize import customers_on, segments_on_days
from weblog.errors import SiteError
from weblog.site import Site, site_from
from weblog.site.rules import DEFAULT_SEGMENTS
from weblog.store import Store

Row = dict[str, Any]
CAREFUL = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
START = LAST - timedelta(DAYS - 3)

ONE = st.fixed_dictionaries(
    {
        "back": st.integers(0, DAYS - 1),
        "visitor": st.sampled_from("abcd"),
        "pages": st.lists(st.sampled_from(["home", "kids", "old", "new"]), max_size=4),
        "customer_id": st.sampled_from(["c1", "c2", "c3", None]),
        "segment": st.sampled_from(["anonymous", "VIP", "member", None]),
        "is_engaged": st.booleans(),
        "conversions": st.integers(0, 2),
    }
)
VISITS = st.lists(ONE, min_size=1, max_size=25)
SITE = site_from(
    {"products": [{"product": "annuity", "category": "savings", "paths": ["/old"]}]},
    "site.toml",
    Path(),
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new folder for each example: a register only grows."""
    return lambda: tmp_path_factory.mktemp("segments") / "store"


@pytest.fixture(scope="module")
def site() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


def made(fill: Callable[..., Store], visits: Callable[..., Row], folder: Path, drawn: Any) -> Store:
    visited, told, sold = drawn
    rows = []
    for number, one in enumerate(visited, 1):
        more = {key: one[key] for key in one if key not in {"back", "visitor", "pages"}}
        rows.append(visits(number, one["back"], one["visitor"], " ".join(one["pages"]), **more))
    store = fill(new_store(folder), rows)
    return registered(store, customers_of(told), purchases_of(sold))


def slow_top(sessions: list[Row], named: dict[str, str]) -> tuple[list[str], list[float]]:
    """The three values most sessions viewed, and the shares of sessions that did."""
    viewers = Counter(
        name for one in sessions for name in {named[page] for page in one["pages"] if page in named}
    )
    top = sorted(viewers.items(), key=lambda item: (-item[1], item[0]))[:3]
    return [name for name, _ in top], [count / len(sessions) for _, count in top]


def slow_row(sessions: list[Row], sold: list[Row], weeks: float) -> Row:
    n, people = len(sessions), {one["visitor"] for one in sessions}
    viewed = sum(len(one["pages"]) for one in sessions)
    converted = sum(one["conversions"] > 0 for one in sessions)
    return {
        "visitors": len(people),
        "customers": len({one["customer_id"] for one in sessions} - {None}),
        "sessions": n,
        "page_views": viewed,
        "views_per_session": viewed / n if n else None,
        "visits_per_week": n / len(people) / weeks if n else None,
        "engaged": sum(one["is_engaged"] for one in sessions),
        "conversions": sum(one["conversions"] for one in sessions),
        "conversion_rate": converted / n if n else None,
        "purchases": len(sold),
        "purchasers": len({one["customer_id"] for one in sold}),
        "premium": sum(one["value"] or 0.0 for one in sold),
    }


@CAREFUL
@given(st.tuples(VISITS, STATES, BOUGHT))
def test_the_table_equals_the_slow_reference(
    folders: Callable[[], Path],
    fill: Callable[..., Store],
    visits: Callable[..., Row],
    drawn: tuple[list[Row], list[Row], list[Row]],
) -> None:
    store = made(fill, visits, folders(), drawn)
    report = reports.segment_table(store, Filters(START, LAST, compare="none"), site=SITE)
    visited = [one for one in drawn[0] if LAST - timedelta(one["back"]) >= START]
    snapshot = store.snapshot()
    sold = []
    for row in purchases_of(drawn[2]):
        if START <= row["purchased"] <= LAST:
            then = customers_on(snapshot, row["purchased"], DEFAULT_SEGMENTS)
            of = dict(then.select("customer_id", "segment").rows())
            # Nobody knew c3 before the day itself: by the rules such a one is a member.
            sold.append(row | {"segment": of.get(row["customer_id"], "member")})
    backs = [one["back"] for one in drawn[0]]
    first, last = LAST - timedelta(max(backs)), LAST - timedelta(min(backs))
    days = (min(last, LAST) - max(first, START)).days + 1
    bought = bool(drawn[2])
    found = {(row["segment"], row["is_all"]): row for row in report.frame.to_dicts()}
    groups: set[str | None] = {one["segment"] for one in visited + sold}
    assert found.keys() == {(one, False) for one in groups} | ({(None, True)} if groups else set())
    for (segment, is_all), row in found.items():
        inside, theirs = (
            [one for one in rows if is_all or one["segment"] == segment] for rows in (visited, sold)
        )
        expected = slow_row(inside, theirs, days / 7)
        if not bought:
            expected |= dict.fromkeys(["purchases", "purchasers", "premium"])
        assert {name: row[name] for name in expected} == pytest.approx(expected), segment
        for column, named in (
            ("top_categories", {"kids": "children", "old": "pension"}),
            ("top_products", {"old": "annuity"}),
            ("top_product_categories", {"old": "savings"}),
        ):
            anywhere = any(set(named) & set(one["pages"]) for one in visited)
            top = slow_top(inside, named) if anywhere else (None, None)
            assert (row[column], row[f"{column}_shares"]) == (
                top if top[0] is None else (top[0], pytest.approx(top[1]))
            )
    order = [(row["is_all"], -row["sessions"]) for row in report.frame.to_dicts()]
    assert order == sorted(order)


@CAREFUL
@given(st.tuples(VISITS, STATES, BOUGHT))
def test_segments_of_many_days_are_those_of_each_day(
    folders: Callable[[], Path],
    fill: Callable[..., Store],
    visits: Callable[..., Row],
    drawn: tuple[list[Row], list[Row], list[Row]],
) -> None:
    snapshot = made(fill, visits, folders(), drawn).snapshot()
    expected = pl.concat(
        customers_on(snapshot, day, DEFAULT_SEGMENTS).with_columns(date=pl.lit(day))
        for day in (LAST - timedelta(back) for back in range(DAYS + 1))
    )
    found = segments_on_days(snapshot, expected, DEFAULT_SEGMENTS)
    assert found.sort("customer_id", "date").equals(
        expected.select("customer_id", "date", "segment").sort("customer_id", "date")
    )


def test_segments_of_many_days_of_the_company(company: Store, site: Site) -> None:
    snapshot = company.snapshot()
    days = [date(2025, 9, 20), date(2025, 11, 1), date(2025, 11, 30)]
    expected = pl.concat(
        customers_on(snapshot, day, site.segments).with_columns(date=pl.lit(day)) for day in days
    )
    found = segments_on_days(snapshot, expected, site.segments)
    both = found.join(expected, on=["customer_id", "date"], suffix="_then")
    assert both.height == expected.height > 3000
    assert both.filter(pl.col("segment").ne_missing(pl.col("segment_then"))).is_empty()


def test_the_companys_purchases_and_premium_are_the_registers(company: Store, site: Site) -> None:
    report = reports.segment_table(company, site=site)
    span = (report.query.start, report.query.end)
    sold = company.scan("purchases").filter(pl.col("purchased").is_between(*span)).collect()
    parts, whole = (report.frame.filter(pl.col("is_all") == flag) for flag in (False, True))
    assert whole.select("purchases", "purchasers", "premium").row(0) == (
        sold.height, sold["customer_id"].n_unique(), sold["value"].sum()
    )  # fmt: skip
    assert parts["purchases"].sum() == sold.height
    assert parts["sessions"].sum() == whole["sessions"][0]
    assert set(whole["top_product_categories"][0]) == {"savings", "protection", "loans"}
    assert "dormant" in parts.filter(sessions=0)["segment"].to_list()
    assert report.warnings == ()


@pytest.mark.parametrize(
    ("filters", "bought"),
    [
        (Filters(segments=("VIP",)), {"VIP"}),
        (Filters(sexes=("F",)), None),
        (Filters(products_held=("loans",), age_bands=("40-49",)), None),
    ],
)
def test_filters_on_customers_apply_to_purchases(
    company: Store, site: Site, filters: Filters, bought: set[str] | None
) -> None:
    everything = reports.segment_table(company, site=site).frame.filter("is_all")
    found = reports.segment_table(company, filters, site=site).frame
    assert 0 < found.filter("is_all")["purchases"][0] < everything["purchases"][0]
    if bought:
        assert set(found.filter(~pl.col("is_all"))["segment"]) == bought


def test_women_and_men_and_unknown_make_all_purchases(company: Store, site: Site) -> None:
    sexes = [Filters(sexes=(sex,)) for sex in reports.choices(company, "sexes")]
    premiums = [
        reports.segment_table(company, filters, site=site).frame.filter("is_all")["premium"][0]
        for filters in (Filters(), *sexes)
    ]
    assert premiums[0] == pytest.approx(sum(premiums[1:]))


def codes(report: reports.Report) -> set[str]:
    return {warning.code for warning in report.warnings}


def test_what_is_missing_is_said(store: Store, company: Store, site: Site) -> None:
    report = reports.segment_table(store)
    assert {"no_purchases", "no_product_categories"} <= codes(report)
    missing = ["purchases", "premium", "top_product_categories"]
    assert report.frame.select(missing).null_count().row(0) == (report.frame.height,) * 3
    report = reports.segment_table(company, Filters(channels=("Email",)), site=site)
    assert codes(report) == {"purchases_without_session"}
    assert "channels" in str(report.warnings[0])
    assert report.frame["purchases"].is_null().all()


def test_wrong_segment_rules_are_refused(company: Store) -> None:
    wrong = site_from({"segments": [{"segment": "x", "when": "grad = 1"}]}, "site.toml", Path())
    with pytest.raises(SiteError, match="grade"):
        reports.segment_table(company, site=wrong)


def test_an_empty_store_has_no_row(make_store: Callable[..., Store]) -> None:
    report = reports.segment_table(make_store([]))
    assert report.frame.is_empty()
    assert codes(report) == {"no_data"}


def test_visits_per_week_count_only_days_that_have_data(store: Store) -> None:
    narrow = reports.segment_table(store, Filters(start=LAST - timedelta(6)))
    wide = reports.segment_table(store, Filters(start=LAST - timedelta(6), end=LAST + timedelta(9)))
    assert narrow.frame["visits_per_week"].to_list() == wide.frame["visits_per_week"].to_list()
    whole = narrow.frame.filter("is_all").row(0, named=True)
    assert whole["visits_per_week"] == whole["sessions"] / whole["visitors"]


def test_the_figure_colours_what_differs_from_everybody(company: Store, site: Site) -> None:
    figure = reports.segment_table(company, site=site).figure_dict("ko", currency="KRW")
    names = [trace["name"] for trace in figure["data"]]
    assert names[-1] == "보험료"
    conversion = figure["data"][names.index("전환율")]
    opacity = dict(zip(conversion["y"], conversion["marker"]["opacity"], strict=True))
    assert opacity["member"] > opacity["first-time anonymous"] > opacity["VIP"]
    assert figure["data"][0]["y"][-1] == "<b>전체</b>"
