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


@pytest.mark.parametrize(("chunk", "parts"), [(1, [(3, 3), (1, 1), (0, 0)]), (3, [(3, 1), (0, 0)])])
def test_days_are_read_in_portions_of_some_sessions(
    monkeypatch: pytest.MonkeyPatch, chunk: int, parts: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr(compact, "CHUNK", chunk)
    rows = {DAY - timedelta(days=back): n for back, n in ((0, 1), (3, 2), (1, 1), (9, 5))}
    told = [(DAY - timedelta(days=first), DAY - timedelta(days=last)) for first, last in parts]
    assert compact.portions(rows, (DAY - timedelta(days=8), DAY)) == told
    assert compact.portions(rows, None) == []


def test_what_page_views_have_of_their_session_is_looked_up() -> None:
    views = pl.DataFrame({"session": [2, 0, 2]}, schema={"session": pl.UInt32})
    sessions = pl.DataFrame({"value": [7.0, 8.0, 9.0]})
    assert compact.with_sessions(views, sessions, ["value"])["value"].to_list() == [9.0, 7.0, 9.0]


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


@given(st.lists(texts, max_size=10))
def test_distinct_values_are_those_there_are(values: list[str | None]) -> None:
    found = compact.distinct(pl.Series("t", values, dtype=pl.Categorical))
    assert found.dtype == pl.Categorical
    assert sorted(found.to_list()) == sorted({value for value in values if value is not None})
