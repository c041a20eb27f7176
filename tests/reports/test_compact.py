"""Large tables in little memory say the same as small ones."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import compact
from reports.breakdown import breakdown
from reports.measures import counts

DAY = date(2025, 11, 30)
texts = st.none() | st.sampled_from(["a", "b", "c d", "e"])


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_page_views_find_their_session_whatever_the_parts(
    monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(compact, "CHUNK", chunk)
    days = [DAY - timedelta(days=back) for back in (3, 3, 1, 0)]
    sessions = pl.DataFrame({"date": days, "key": [7, 5, 9, 4], "session": [0, 1, 2, 3]})
    sessions = sessions.cast({"session": pl.UInt32})
    views = pl.DataFrame(
        {
            "date": [days[1], days[3], days[0], days[2], days[2]],
            "key": [5, 4, 7, 9, 8],
            "path": ["/1", "/3", "/0", "/2", "/of nobody"],
        }
    )
    found = compact.numbered(views.lazy(), sessions)
    assert sorted(found.select("session", "path").rows()) == [
        (0, "/0"), (1, "/1"), (2, "/2"), (3, "/3")
    ]  # fmt: skip
    assert compact.numbered(views.lazy(), sessions.clear()).schema == found.schema
    beside = compact.with_sessions(found, sessions.with_columns(value=pl.col("key") * 2), ["value"])
    assert dict(beside.select("path", "value").rows()) == {"/0": 14, "/1": 10, "/2": 18, "/3": 8}


def test_hashes_that_are_the_same_are_told_from_ids_that_are() -> None:
    ids = pl.LazyFrame({"id": ["a", "b", "b"]})
    assert compact.tells_apart(pl.Series([1, 2, 2]), ids, "id")
    assert not compact.tells_apart(pl.Series([1, 1, 1]), ids, "id")
    assert compact.tells_apart(pl.Series([1, 2, 3]), ids, "id")


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(texts, texts, texts, st.integers(0, 3)), min_size=1, max_size=30))
def test_grouping_by_codes_is_grouping_by_texts(rows: list[tuple[object, ...]]) -> None:
    by = ["source", "medium", "campaign"]
    frame = pl.DataFrame(
        [(*row, row[3]) for row in rows],
        schema={**dict.fromkeys(by, pl.String), "page_views": pl.Int64, "visitor": pl.UInt64},
        orient="row",
    ).with_columns(
        *(pl.lit(value=False).alias(name) for name in ("is_new", "is_bounce", "is_engaged")),
        *(pl.lit(0, pl.Int64).alias(name) for name in ("logins", "conversions")),
        value=pl.lit(0.0),
    )
    found = breakdown(frame.with_columns(pl.col(by).cast(pl.Categorical)), None, by)
    plain = frame.group_by(by).agg(counts("sessions", "page_views", "visitors"))
    names = [*by, "sessions", "page_views", "visitors"]
    order = {"nulls_last": True}
    assert found.select(names).sort(by, **order).equals(plain.select(names).sort(by, **order))
