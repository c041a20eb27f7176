"""What is known of visitors grows day by day, and says what all sessions at once would say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from sessionize.visitors import KnownVisitors, seen

T0 = datetime(2025, 11, 1, tzinfo=UTC)
SCHEMA = pl.Schema(
    {"visitor_id": pl.String(), "start": pl.Datetime("us", "UTC"), "end": pl.Datetime("us", "UTC")}
)

session = st.tuples(
    st.sampled_from(["a", "b", "c", "0123456789abcdef", ""]), st.integers(0, 50), st.integers(0, 9)
)


def frame(rows: list[tuple[str, int, int]]) -> pl.DataFrame:
    hours = [
        (who, T0 + timedelta(hours=at), T0 + timedelta(hours=at + long)) for who, at, long in rows
    ]
    return pl.DataFrame(hours, schema=SCHEMA, orient="row")


@given(st.lists(st.lists(session, max_size=6), max_size=5), st.integers(0, 3))
def test_day_by_day_or_all_at_once(days: list[list[tuple[str, int, int]]], before: int) -> None:
    known = KnownVisitors()
    earlier = [each for day in days[:before] for each in day]
    if before:
        known.remember(seen(frame(earlier).lazy()).sort("visitor_id").collect())
    met = {who for who, _, _ in earlier}
    for day in days[before:]:
        asked = ["a", "b", "nobody"]
        assert known.are_known(pl.Series(asked)).to_list() == [who in met for who in asked]
        known.add_sessions(frame(day))
        met |= {who for who, _, _ in day}
    expected = seen(frame([each for day in days for each in day]).lazy()).sort("visitor_id")
    assert known.table().equals(expected.collect())
    assert known.last_unknown().is_empty()


def test_a_last_session_that_is_not_known_is_asked_for_until_one_comes() -> None:
    known = KnownVisitors()
    rows = seen(frame([("a", 1, 1), ("b", 2, 1)]).lazy()).sort("visitor_id").collect()
    known.remember(rows.with_columns(last_seen=pl.lit(None, pl.Datetime("us", "UTC"))))
    assert sorted(known.last_unknown()) == ["a", "b"]
    known.add_sessions(frame([("b", 5, 1)]))
    assert known.last_unknown().to_list() == ["a"]
    assert known.table().filter(pl.col("visitor_id") == "b")["sessions"].to_list() == [2]
