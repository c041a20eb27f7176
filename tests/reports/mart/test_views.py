"""The views of the data mart: as declared, as a slow reference has them, and as reports count."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from new_store import new_store
from polars.testing import assert_frame_equal
from random_company import companies, stored
from slow_mart import SLOW, Company

import reports
from reports import Filters
from reports.mart import VIEWS, chosen_views
from reports.mart.daily import COUNTED
from reports.measures import MEASURES
from reports.registry import REPORTS
from weblog.errors import UnknownNameError
from weblog.schema import TABLES
from weblog.site import Site
from weblog.store import Store, open_store

WHOLE = Filters(start=date(2025, 9, 2), end=date(2025, 11, 30), compare="none")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(tmp_path_factory.mktemp("random") / "store", create=True)


@pytest.fixture(scope="module")
def built(company: Store) -> dict[str, pl.DataFrame]:
    """Every view of the sample company."""
    return {name: view.rows(company.snapshot()).collect() for name, view in VIEWS.items()}


# against the slow reference


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=companies())
def test_every_view_equals_the_slow_reference(empty: Store, drawn: Company) -> None:
    store = stored(empty, drawn)
    assert set(SLOW) == set(VIEWS)
    for name, view in VIEWS.items():
        names = [column.name for column in view.columns]
        rows = [{each: row[each] for each in names} for row in SLOW[name](drawn)]
        expected = pl.DataFrame(rows, schema=view.table().schema)
        found = view.rows(store.snapshot(), None, Site()).collect()
        assert_frame_equal(found.sort(view.key), expected.sort(view.key), abs_tol=1e-9)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=companies(), data=st.data())
def test_days_made_in_portions_are_all_days_made_at_once(
    empty: Store, drawn: Company, data: st.DataObject
) -> None:
    snapshot = stored(empty, drawn).snapshot()
    for view in VIEWS.values():
        if not view.is_daily:
            continue
        whole = view.rows(snapshot).collect()
        days = view.days(snapshot)
        place = data.draw(st.integers(0, len(days)))
        parts = [part for part in (days[:place], days[place:]) if part]
        rows = [view.rows(snapshot, (part[0], part[-1])).collect() for part in parts]
        assert_frame_equal(pl.concat(rows).sort(view.key), whole.sort(view.key))


# as declared


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_what_it_declares(name: str, built: dict[str, pl.DataFrame]) -> None:
    view, rows = VIEWS[name], built[name]
    assert rows.schema == view.table().schema
    assert rows.height > 100
    assert not rows.select(view.key).is_duplicated().any()
    strict = [each for each in view.key if each not in view.loose]
    assert rows.select(strict).null_count().sum_horizontal().item() == 0
    assert set(view.reads) <= set(TABLES)
    assert all(column.meaning for column in view.columns)
    assert view.personal <= {column.name for column in view.columns}


def test_nobodys_name_or_address_is_in_any_view() -> None:
    naming = {"name", "email", "phone", "birth_date", "birth_year", "client"}
    for view in VIEWS.values():
        assert not naming & {column.name for column in view.columns}


def test_what_is_unknown_is_null_and_never_empty(built: dict[str, pl.DataFrame]) -> None:
    for name, rows in built.items():
        texts = rows.select(pl.col(pl.String))
        assert [each for each in texts.columns if (texts[each] == "").any()] == [], name


@pytest.mark.parametrize("name", VIEWS)
def test_a_store_without_sessions_has_views_without_rows(name: str, tmp_path: Any) -> None:
    store = new_store(tmp_path / "store")
    rows = VIEWS[name].rows(store.snapshot()).collect()
    assert (rows.height, rows.schema) == (0, VIEWS[name].table().schema)


def test_an_unknown_view_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'sessions_flat'"):
        chosen_views(("sesions_flat",))


# the same numbers as the reports

SUMMED = [name for name in COUNTED if name not in ("visitors", "visitors_logged_in")]
"""Measures of which days sum up to a period."""


@pytest.mark.parametrize(
    ("view", "by", "report"),
    [
        ("channel_daily", ["channel"], reports.channels),
        ("segment_daily", ["segment"], reports.segments),
    ],
)
def test_days_sum_up_to_the_report(
    view: str, by: list[str], report: Any, company: Store, built: dict[str, pl.DataFrame]
) -> None:
    answer = report(company, WHOLE).frame
    same = [name for name in SUMMED if name in answer.columns]
    assert {"sessions", "page_views", "converted", "conversions", "value"} <= set(same)
    found = built[view].group_by(by).agg(pl.col(same).sum()).sort(by)
    assert_frame_equal(found, answer.select(*by, *same).sort(by))


def test_days_of_campaigns_sum_up_to_the_report(
    company: Store, built: dict[str, pl.DataFrame]
) -> None:
    by = ["campaign", "source", "medium", "content"]
    answer = reports.campaigns(company, WHOLE, limit=None).frame
    same = [name for name in SUMMED if name in answer.columns]
    came = built["campaign_daily"].filter(pl.col("sessions") > 0)
    found = came.group_by(by).agg(pl.col(same).sum()).sort(by)
    assert_frame_equal(found, answer.select(*by, *same).sort(by))
    banners = company.snapshot().scan("banners").collect()
    paid = built["campaign_daily"].select(pl.col("impressions", "clicks", "cost").sum())
    assert_frame_equal(paid, banners.select(pl.col("impressions", "clicks", "cost").sum()))


@pytest.mark.parametrize(
    ("view", "by", "report"),
    [
        ("content_daily", "path", reports.pages),
        ("content_daily", "category", reports.categories),
        ("product_daily", "product", reports.products),
    ],
)
def test_page_views_of_days_sum_up_to_the_report(
    view: str, by: str, report: Any, company: Store, built: dict[str, pl.DataFrame]
) -> None:
    answer = report(company, WHOLE, limit=None).frame.select(by, "page_views").sort(by)
    found = built[view].group_by(by).agg(pl.col("page_views").sum()).sort(by)
    assert_frame_equal(found.filter(pl.col("page_views") > 0), answer)


def test_one_day_of_a_product_is_the_report_of_that_day(
    company: Store, built: dict[str, pl.DataFrame]
) -> None:
    day = date(2025, 11, 3)
    answer = reports.products(company, Filters(start=day, end=day), limit=None).frame.sort(
        "product"
    )
    found = built["product_daily"].filter(pl.col("date") == day, pl.col("page_views") > 0)
    names = ["product", "page_views", "sessions", "visitors", "dwell_s", "converted"]
    same = [*names, "conversions", "value"]
    assert_frame_equal(found.select(same).sort("product"), answer.select(same))


def test_sessions_flat_gives_every_measure_of_the_summary(
    company: Store, built: dict[str, pl.DataFrame]
) -> None:
    rows = built["sessions_flat"].with_columns(pl.col("visitor_id").alias("visitor"))
    answer = reports.summary(company, WHOLE).frame
    told = dict(zip(answer["measure"], answer["value"], strict=True))
    for name in COUNTED:
        count = MEASURES[name].count
        assert count is not None
        assert rows.select(count).item() == pytest.approx(told[name]), name


def test_profiles_agree_with_the_store(company: Store, built: dict[str, pl.DataFrame]) -> None:
    snapshot = company.snapshot()
    visitors = snapshot.scan("visitors").collect().sort("visitor_id")
    profile = built["visitor_profile"].sort("visitor_id")
    same = ["visitor_id", "first_seen", "last_seen", "sessions", "customers"]
    assert_frame_equal(profile.select(same), visitors.select(same))
    own = snapshot.scan("sessions").filter(pl.col("customer_id").is_not_null()).collect()
    assert built["customer_profile"]["sessions"].sum() == own.height


def test_every_report_there_is_was_thought_of() -> None:
    """Reports by day sums have a view; whoever adds a breakdown decides on one, too."""
    assert {"channels", "segments", "campaigns", "pages", "categories", "products"} <= set(REPORTS)
