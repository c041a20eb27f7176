"""What was viewed, counted in one pass, is what counting view by view finds, compiled or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import view_counts
from reports.runs import LEFT_OUT
from reports.view_counts import Coded
from reports.viewed import viewed

NAMES = st.none() | st.sampled_from(["a", "b", "c", "d"])
DWELL = st.none() | st.integers(0, 1800).map(float) | st.floats(0, 1e4, allow_nan=False)
VISITS = st.lists(
    st.tuples(
        st.booleans(),  # of the same visitor as the one before
        st.integers(0, 2),  # goals
        st.booleans(),  # asked about
        st.lists(st.tuples(NAMES, DWELL), max_size=5),
    ),
    max_size=8,
)
Visits = list[tuple[bool, int, bool, list[tuple[str | None, float | None]]]]


def frames(visits: Visits) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return page views and the sessions that are asked about."""
    rows, visitor = [], 0
    for session, (is_same, _, _, views) in enumerate(visits):
        visitor += not is_same
        rows += [(session, visitor, name, dwell) for name, dwell in views]
    schema = {"session": pl.UInt32, "visitor": pl.UInt32, "name": pl.Categorical, "dwell_s": float}
    views = pl.DataFrame(rows, schema=schema, orient="row")
    asked = [
        (session, goals, goals * 2.5) for session, (_, goals, told, _) in enumerate(visits) if told
    ]
    schema = {"session": pl.UInt32, "conversions": pl.Int64, "value": pl.Float64}
    return views, pl.DataFrame(asked, schema=schema, orient="row")


@dataclass
class Slowly:
    """One value, counted view by view."""

    views: int = 0
    sessions: set[int] = field(default_factory=set)
    visitors: set[int] = field(default_factory=set)
    dwells: list[float] = field(default_factory=list)

    def row(self, name: str | None, goals: dict[int, tuple[int, float]]) -> dict[str, object]:
        won = [goals[one] for one in self.sessions if goals.get(one, (0, 0.0))[0]]
        return {
            "name": name,
            "page_views": self.views,
            "sessions": len(self.sessions),
            "visitors": len(self.visitors),
            "converted": len(won),
            "conversions": sum(n for n, _ in won),
            "value": sum(value for _, value in won),
            "dwell_s": median(self.dwells) if self.dwells else None,
        }


def slowly(
    views: pl.DataFrame, sessions: pl.DataFrame, limit: int | None, *, nulls: bool
) -> list[dict[str, object]]:
    by_name: dict[str | None, list[tuple[int, int, float | None]]] = {}
    for session, visitor, name, dwell in views.rows():
        if nulls or name is not None:
            by_name.setdefault(name, []).append((session, visitor, dwell))
    ranked = sorted(by_name, key=lambda name: (-len(by_name[name]), name is None, name or ""))
    shown = ranked[: len(ranked) if limit is None else limit]
    goals = {session: (n, value) for session, n, value in sessions.rows()}
    rows = []
    for names in [[name] for name in shown] + [ranked[len(shown) :]]:
        told = Slowly()
        for session, visitor, dwell in (row for name in names for row in by_name[name]):
            told.views += 1
            told.sessions.add(session)
            told.visitors.add(visitor)
            told.dwells += [] if dwell is None else [dwell]
        is_other = len(rows) == len(shown)
        if names:
            rows.append(told.row(None if is_other else names[0], goals))
    return rows


@pytest.mark.usefixtures("way")
@settings(max_examples=60, deadline=None)
@given(visits=VISITS, limit=st.none() | st.integers(1, 3), nulls=st.booleans())
def test_counts_are_those_of_view_by_view(visits: Visits, limit: int | None, nulls: bool) -> None:
    views, sessions = frames(visits)
    found = viewed(views, None, sessions, "name", limit, nulls=nulls)
    expected = slowly(views, sessions, limit, nulls=nulls)
    told = found.select(list(expected[0]) if expected else []).to_dicts()
    assert told == [
        row | {"dwell_s": row["dwell_s"] and pytest.approx(row["dwell_s"])} for row in expected
    ]
    total = sum(int(str(row["page_views"])) for row in expected)
    shares = [int(str(row["page_views"])) / total for row in expected]
    assert found["share"].to_list() == pytest.approx(shares)


@given(now=st.lists(NAMES, max_size=12), before=st.lists(NAMES, max_size=12))
def test_what_was_viewed_before_is_told_too(
    now: list[str | None], before: list[str | None]
) -> None:
    views, sessions = frames([(False, 0, True, [(name, None)]) for name in now])
    # A name of before that is of no page view now has a code beyond all of those.
    earlier = pl.DataFrame({"name": pl.Series([*before, "a late one"], dtype=pl.Categorical)})
    found = viewed(views, earlier, sessions, "name").select(
        "name", "page_views", "previous_page_views", "sessions"
    )
    expected = {
        name: (now.count(name), [*before, "a late one"].count(name), now.count(name))
        for name in {*now, *before, "a late one"}
    }
    assert {row[0]: row[1:] for row in found.rows()} == expected


@pytest.mark.usefixtures("way")
def test_views_of_what_is_left_out_are_nowhere() -> None:
    views, sessions = frames([(False, 1, True, [("a", 1.0), ("b", 2.0), ("a", 3.0)])])
    coded = Coded.of(views["name"])
    places = coded.places(pl.Series("name", ["a"], dtype=pl.Categorical), LEFT_OUT)
    found = view_counts.counted(views, coded.codes, places, 1, sessions)
    assert found.row(0) == (1, 1, 1, 1, 2.5, 2.0)


def test_views_that_do_not_stand_in_the_order_of_sessions_are_refused() -> None:
    views, sessions = frames([(False, 1, True, [("a", None)])] * 2)
    coded = Coded.of(views["name"])
    places = coded.places(views["name"].unique(), LEFT_OUT)
    with pytest.raises(MemoryError, match="2 rows"):
        view_counts.counted(views.reverse(), coded.codes, places, 1, sessions)


@given(st.lists(NAMES, max_size=10), st.lists(st.booleans(), min_size=10, max_size=10))
def test_values_are_tallied(values: list[str | None], chosen: list[bool]) -> None:
    coded = Coded.of(pl.Series("name", values, dtype=pl.Categorical))
    where = pl.Series(chosen[: len(values)], dtype=pl.Boolean)
    for found, rows in (
        (coded.tallied(), values),
        (coded.tallied(where), [v for v, is_one in zip(values, where, strict=True) if is_one]),
    ):
        assert found.dtypes == [pl.Categorical, pl.Int64]
        assert dict(found.rows()) == {value: rows.count(value) for value in {*rows}}
