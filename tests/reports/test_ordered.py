"""Columns read one by one are the columns of one frame, and page views stand as promised."""

from __future__ import annotations

import polars as pl
import pytest

from reports import compact, load, ordered
from reports.cache import CACHE
from reports.query import EVERYTHING, Filters
from weblog.store import Snapshot, Store


@pytest.fixture
def snapshot(company: Store) -> Snapshot:
    CACHE.clear()
    return company.snapshot()


def test_columns_read_one_by_one_are_those_of_one_frame(snapshot: Snapshot) -> None:
    span = load.data_days(snapshot)
    for read, columns in (
        (load.sessions, load.SESSION_COLUMNS),
        (load.page_views, load.VIEW_COLUMNS),
    ):
        together = read(snapshot, span, EVERYTHING, columns)
        CACHE.clear()
        alone = [read(snapshot, span, EVERYTHING, [name]) for name in reversed(columns)]
        beside = pl.DataFrame([frame.to_series() for frame in reversed(alone)])
        assert beside.equals(together)
        assert together.columns == list(columns)


@pytest.mark.parametrize("chunk", [50, 1_000_000])
def test_page_views_stand_in_the_order_of_visitors_with_what_they_are(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(compact, "CHUNK", chunk)
    span = load.data_days(snapshot)
    views = load.page_views(snapshot, span, EVERYTHING)
    assert views["visitor"].to_list() == sorted(views["visitor"].to_list())
    assert views["session"].to_list() == sorted(views["session"].to_list())
    sessions = load.sessions(snapshot, span, EVERYTHING)
    joined = views.join(sessions.select("session", "key", who="visitor"), on="session")
    assert (
        joined.select(pl.struct("visitor", "who").n_unique()).item() == views["visitor"].n_unique()
    )
    seed = load.seed(snapshot, span)
    stored = (
        snapshot.scan("page_views")
        .filter(pl.col("kind") == "page", pl.col("date").is_between(*span))  # type: ignore[misc]
        .select(pl.col("session_id").hash(seed).alias("key"), "path", "dwell_s")
        .collect()
    )
    order = ["key", "path", "dwell_s"]
    found = joined.select("key", pl.col("path").cast(pl.String), "dwell_s").sort(order)
    assert found.equals(stored.sort(order))


def test_sessions_are_numbered_in_the_order_of_visitors(snapshot: Snapshot) -> None:
    span = load.data_days(snapshot)
    sessions = load.sessions(snapshot, span, EVERYTHING)
    assert sessions["session"].to_list() == list(range(sessions.height))
    assert sessions["visitor"].to_list() == sorted(sessions["visitor"].to_list())
    stored = snapshot.scan("sessions").filter(pl.col("date").is_between(*span))  # type: ignore[misc]
    key = pl.col("session_id").hash(load.seed(snapshot, span)).alias("key")
    columns = ["visitor", "date", "page_views"]
    expected = stored.select(key, ordered.VISITOR.alias("visitor"), *columns[1:]).collect()
    assert sessions.sort("row").select("key", *columns).equals(expected)


def test_filtered_sessions_are_those_of_the_whole_that_pass(snapshot: Snapshot) -> None:
    span, filters = load.data_days(snapshot), Filters(channels=("Direct",))
    everyone = load.sessions(snapshot, span, EVERYTHING)
    chosen = load.sessions(snapshot, span, filters)
    assert chosen.equals(everyone.filter(pl.col("channel") == "Direct"))
    assert 0 < chosen.height < everyone.height
    views = load.page_views(snapshot, span, filters)
    inside = pl.col("session").is_in(chosen["session"].implode())
    assert views.equals(load.page_views(snapshot, span, EVERYTHING).filter(inside))


def test_no_period_has_the_columns_and_no_row(snapshot: Snapshot) -> None:
    empty = load.page_views(snapshot, None, EVERYTHING)
    assert (empty.height, empty.columns) == (0, list(load.VIEW_COLUMNS))
    assert ordered.sessions(snapshot, None, ["date", "key"]).schema == pl.Schema(
        {"date": pl.Date, "key": pl.UInt64}
    )
