"""Columns read one by one are the columns of one frame, and page views stand as promised."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from reports import compact, load, ordered, portioned
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


@pytest.mark.parametrize("chunk", [3_000, 1_000_000])
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


def test_portions_of_days_are_the_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    CACHE.clear()
    snapshot, order = store.snapshot(), ["key", "path", "dwell_s"]
    span = load.data_days(snapshot)
    columns = [name for name in load.SESSION_COLUMNS if name not in {"session", "row"}]
    found = []
    for chunk in (1_000_000, 1):
        monkeypatch.setattr(compact, "CHUNK", chunk)
        CACHE.clear()
        views, rows = (
            read(snapshot, span, EVERYTHING) for read in (load.page_views, load.sessions)
        )
        told = views.join(rows.select("session", "key"), on="session").select(order).sort(order)
        found.append((told, rows.select(columns).sort("key")))
    (views, rows), (views_by_day, rows_by_day) = found
    assert views_by_day.equals(views)
    assert rows_by_day.equals(rows)


def test_page_views_of_no_session_are_left_out(store: Store) -> None:
    CACHE.clear()
    span = load.data_days(store.snapshot())
    whole = load.page_views(store.snapshot(), span, EVERYTHING)
    stored = store.snapshot().scan("page_views").collect()
    lost = stored.with_columns(pl.col("session_id").replace({"s1": "gone"}))
    days = stored["date"].unique().to_list()
    store.replace_days("page_views", days, lambda: (lost, {"made": 2}))
    found = load.page_views(store.snapshot(), span, EVERYTHING)
    of_session = (stored["session_id"] == "s1").sum()
    assert found.height == whole.height - of_session == whole.height - 3
    rows = load.sessions(store.snapshot(), span, EVERYTHING, ["session", "key"])
    key = pl.Series(["s1"]).hash(load.seed(store.snapshot(), span))[0]
    gone = rows.filter(pl.col("key") == key)["session"][0]
    order = ["session", "path", "dwell_s"]
    assert found.sort(order).equals(whole.filter(pl.col("session") != gone).sort(order))
    assert found["visitor"].to_list() == sorted(found["visitor"].to_list())


def test_rows_are_put_in_their_order_whatever_they_are() -> None:
    texts, numbers = ["b", None, "a", "b"], [None, 2.5, 0.0, 1.0]
    flags, days = [True, False, True, True], [date(2026, 1, day) for day in (1, 2, 3, 4)]
    rows = pl.DataFrame({"text": texts, "number": numbers, "flag": flags, "day": days})
    coded = rows.with_columns(pl.col("text").cast(pl.Categorical))
    order = pl.Series([1, 3, 0], dtype=pl.UInt32)
    found = pl.DataFrame(portioned.arranged(iter([coded[:1], coded[1:]]), order))
    assert found.schema == coded.schema
    assert found.equals(coded[[1, 3, 0]])
