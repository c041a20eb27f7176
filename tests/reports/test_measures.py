"""Every measure against a slow, obvious reference, on random sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import isclose
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reports
from reports.measures import MEASURES
from weblog.store import Store, open_store

Row = dict[str, Any]
Made = Callable[..., Row]

ONE = st.fixed_dictionaries(
    {
        "back": st.integers(0, 9),
        "visitor": st.sampled_from("abcd"),
        "pages": st.lists(st.sampled_from(["home", "kids", "old", "new"]), max_size=4),
        "channel": st.sampled_from(["Direct", "Email"]),
        "segment": st.sampled_from(["anonymous", "VIP", None]),
        "device": st.sampled_from(["desktop", "tablet"]),
        "campaign": st.sampled_from([None, "autumn"]),
        "logins": st.integers(0, 2),
        "is_new": st.booleans(),
        "is_bounce": st.booleans(),
        "is_engaged": st.sampled_from([True, False, None]),
        "conversions": st.integers(0, 2),
        "value": st.sampled_from([None, 10.5, 3.0]),
    }
)
SESSIONS = st.lists(ONE, min_size=1, max_size=40)
CAREFUL = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("measures") / "store"
    return open_store(folder, create=True)


def rows_of(made: Made, drawn: list[Row]) -> list[Row]:
    rows = []
    for number, one in enumerate(drawn, 1):
        more = {key: one[key] for key in one if key not in {"back", "visitor", "pages"}}
        rows.append(made(number, one["back"], one["visitor"], " ".join(one["pages"]), **more))
    return rows


def reference(sessions: list[Row]) -> dict[str, float | None]:
    """Each measure in one line of plain Python, from the project's definitions."""
    n = len(sessions)
    logged_in = [s for s in sessions if s["logins"] > 0]
    converted = [s for s in sessions if s["conversions"] > 0]
    logins = sum(s["logins"] for s in sessions)
    people = len({s["visitor_id"] for s in logged_in})
    bounces = sum(bool(s["is_bounce"]) for s in sessions)
    engaged = sum(bool(s["is_engaged"]) for s in sessions)
    return {
        "page_views": sum(len(s["pages"]) for s in sessions),
        "sessions": n,
        "visitors": len({s["visitor_id"] for s in sessions}),
        "new_visitors": sum(s["is_new"] for s in sessions),
        "logins": logins,
        "visitors_logged_in": people,
        "sessions_logged_in": len(logged_in),
        "logins_per_session": logins / n if n else None,
        "logins_per_visitor": logins / people if people else None,
        "bounces": bounces,
        "bounce_rate": bounces / n if n else None,
        "engaged": engaged,
        "engagement_rate": engaged / n if n else None,
        "converted": len(converted),
        "conversions": sum(s["conversions"] for s in sessions),
        "conversion_rate": len(converted) / n if n else None,
        "value": sum(s["value"] or 0 for s in sessions),
    }


def same(left: object, right: object) -> bool:
    if left is None or right is None:
        return left is right
    assert isinstance(left, (int, float))
    assert isinstance(right, (int, float))
    return isclose(left, right, abs_tol=1e-9)


def split(rows: list[Row], query: reports.Query) -> tuple[list[Row], list[Row]]:
    """The sessions of both periods."""
    periods = [query.current, query.previous]
    now, before = (
        [row for row in rows if span and span[0] <= row["date"] <= span[1]] for span in periods
    )
    return now, before


@CAREFUL
@given(SESSIONS, st.integers(1, 6))
def test_site_status_and_summary_equal_the_reference(
    scratch: Store,
    fill: Callable[..., Store],
    visits: Made,
    drawn: list[Row],
    days: int,
) -> None:
    rows = rows_of(visits, drawn)
    last = max(row["date"] for row in rows)
    store = fill(scratch, rows)
    filters = reports.Filters(start=last - timedelta(days=days - 1))
    status = reports.site_status(store, filters)
    assert status.frame.filter(pl.col("period") == "current").height == days
    for row in status.frame.to_dicts():
        expected = reference([one for one in rows if one["date"] == row["date"]])
        assert {name: row[name] for name in MEASURES if not same(row[name], expected[name])} == {}

    now, before = split(rows, status.query)
    whole, previous = reference(now), reference(before)
    for row in reports.summary(store, filters).frame.to_dicts():
        name = row["measure"]
        assert same(row["value"], whole[name]), name
        assert same(row["previous"], previous[name] if status.query.previous else None), name
        of_days = status.frame.filter(pl.col("period") == "current")[name].to_list()
        assert row["spark"] == of_days
        if row["denominator"]:
            assert same(row["numerator"] / row["denominator"], row["value"])


@CAREFUL
@given(SESSIONS, st.sampled_from(["channel", "segment", "device", "entry_page", "exit_page"]))
def test_a_breakdown_equals_the_reference_and_sums_to_the_site(
    scratch: Store,
    fill: Callable[..., Store],
    visits: Made,
    drawn: list[Row],
    by: str,
) -> None:
    rows = rows_of(visits, drawn)
    store = fill(scratch, rows)
    filters = reports.Filters(start=max(row["date"] for row in rows) - timedelta(days=3))
    function = getattr(reports, f"{by}s")
    report = function(store, filters)
    now, before = split(rows, report.query)
    name = "name" if by == "device" else by
    for row in report.frame.to_dicts():
        expected = reference([one for one in now if one[by] == row[name]])
        for measure in MEASURES.keys() & row.keys():
            assert same(row[measure], expected[measure]), (row, measure)
        assert same(row["share"], row["sessions"] / len(now))
        if report.query.previous:
            assert row["previous_sessions"] == sum(one[by] == row[name] for one in before)
        if by == "exit_page" and row[name]:
            views = sum(one["pages"].count(row[name]) for one in now)
            rate = row["sessions"] / views if views else None
            assert (row["views"], row["exit_rate"]) == (views, pytest.approx(rate))
    assert report.frame["sessions"].sum() == len(now)
    assert report.frame["page_views"].sum() == sum(len(one["pages"]) for one in now)
    if report.query.previous:
        assert report.frame["previous_sessions"].sum() == len(before)


@CAREFUL
@given(SESSIONS, st.integers(1, 4))
def test_pages_equal_the_reference_and_sum_to_the_site(
    scratch: Store,
    fill: Callable[..., Store],
    visits: Made,
    drawn: list[Row],
    limit: int,
) -> None:
    rows = rows_of(visits, drawn)
    store = fill(scratch, rows)
    filters = reports.Filters(start=max(row["date"] for row in rows) - timedelta(days=3))
    report = reports.pages(store, filters, limit=limit)
    now, before = split(rows, report.query)
    shown = [path for path in report.frame["path"] if path]
    assert len(shown) <= limit
    for row in report.frame.to_dicts():
        inside = {row["path"]} if not row["is_other"] else {
            f"/{name}" for name in ("home", "kids", "old", "new")
        } - set(shown)  # fmt: skip
        viewers = [one for one in now if inside & set(one["pages"])]
        dwelt = [60.0 for one in now for path in one["pages"][:-1] if path in inside]
        entries = [one for one in now if one["entry_page"] in inside]
        expected = {
            "page_views": sum(path in inside for one in now for path in one["pages"]),
            "sessions": len(viewers),
            "visitors": len({one["visitor_id"] for one in viewers}),
            "dwell_s": median(dwelt) if dwelt else None,
            "converted": sum(one["conversions"] > 0 for one in viewers),
            "conversions": sum(one["conversions"] for one in viewers),
            "entries": len(entries),
            "exits": sum(one["exit_page"] in inside for one in now),
            "bounces": sum(one["is_bounce"] for one in entries),
        }
        assert {name: row[name] for name in expected} == expected
        if report.query.previous:
            gone = sum(path in inside for one in before for path in one["pages"])
            assert row["previous_page_views"] == gone
    assert report.frame["page_views"].sum() == sum(len(one["pages"]) for one in now)
    assert report.frame["share"].sum() == pytest.approx(1.0) or not any(s["pages"] for s in now)


@CAREFUL
@given(SESSIONS, st.sampled_from(["sessions", "page_views", "conversions", "value"]))
def test_changes_equal_the_reference(
    scratch: Store,
    fill: Callable[..., Store],
    visits: Made,
    drawn: list[Row],
    measure: str,
) -> None:
    rows = rows_of(visits, drawn)
    store = fill(scratch, rows)
    filters = reports.Filters(start=max(row["date"] for row in rows) - timedelta(days=4))
    report = reports.changes(store, filters, measure=measure, limit=1000)
    now, before = split(rows, report.query)
    expected = {}
    for dimension in ("channel", "segment", "device", "campaign", "page"):
        for name in _names(rows, dimension):
            x = [_added(one, dimension, name, measure) for one in now]
            y = [_added(one, dimension, name, measure) for one in before]
            spread = sum(one**2 for one in x + y) ** 0.5
            if spread and abs(sum(x) - sum(y)) / spread >= 2.0 and report.query.previous:
                expected[dimension, name] = (sum(x), sum(y))
    found = {
        (row["dimension"], row["name"]): (row["current"], row["previous"])
        for row in report.frame.to_dicts()
    }
    assert found.keys() == expected.keys()
    assert all(found[key] == pytest.approx(expected[key]) for key in expected)


def _names(rows: list[Row], dimension: str) -> set[str]:
    if dimension == "page":
        return {path for row in rows for path in row["pages"]}
    return {row[dimension] for row in rows if row[dimension]}


def _added(row: Row, dimension: str, name: str, measure: str) -> float:
    """What one session adds to a measure of one value."""
    if dimension != "page" and row.get(dimension) != name:
        return 0.0
    if dimension == "page":
        if name not in row["pages"]:
            return 0.0
        if measure == "page_views":
            return float(row["pages"].count(name))
    whole = {"sessions": 1, "page_views": len(row["pages"])}
    return float(whole.get(measure, row.get(measure) or 0))
