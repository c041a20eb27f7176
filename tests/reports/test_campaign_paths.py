"""Landing pages of campaigns, and the ways from a campaign to a conversion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reports
from reports import Filters
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Store, open_store

Row = dict[str, Any]
LAST = date(2025, 11, 30)
WEEK = Filters(LAST - timedelta(days=6), LAST, compare="none")
CAREFUL = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])

ONE = st.fixed_dictionaries(
    {
        "back": st.integers(0, 12),
        "visitor": st.sampled_from("abc"),
        "campaign": st.sampled_from(["autumn", "winter", None]),
        "pages": st.sampled_from(["home", "home lp", "lp"]),
        "conversions": st.sampled_from([0, 0, 1, 2]),
    }
)
DRAWN = st.lists(ONE, min_size=1, max_size=20)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("paths") / "store"
    return open_store(folder, create=True)


def made(scratch: Store, fill: Any, visits: Any, drawn: list[Row]) -> list[Row]:
    """Fill the store; return the sessions as they are there, with when they began."""
    rows: list[Row] = [
        visits(
            number,
            one["back"],
            one["visitor"],
            one["pages"],
            campaign=one["campaign"],
            conversions=one["conversions"],
            value=10.0 * one["conversions"] or None,
        )
        for number, one in enumerate(drawn, 1)
    ]
    fill(scratch, rows)
    return rows


def slow_paths(rows: list[Row], window: int) -> list[tuple[Row, list[Row]]]:
    """Each session that converts in the last week, and what led to it, itself last."""
    found = []
    for end in rows:
        if end["conversions"] and end["date"] >= LAST - timedelta(days=6):
            led = [
                one
                for one in rows
                if one["visitor_id"] == end["visitor_id"]
                and end["start"] - timedelta(days=window) <= one["start"] <= end["start"]
            ]
            found.append((end, sorted(led, key=lambda one: one["start"])))
    return found


@CAREFUL
@given(DRAWN, st.integers(0, 12))
def test_paths_equal_the_slow_reference(
    scratch: Store,
    fill: Callable[..., Store],
    visits: Callable[..., Row],
    drawn: list[Row],
    window: int,
) -> None:
    rows = made(scratch, fill, visits, [*drawn, {**drawn[0], "back": 0, "conversions": 1}])
    frame = reports.campaign_paths(scratch, WEEK, window_days=window).frame
    paths = slow_paths(rows, window)
    own: dict[str, list[tuple[Row, list[Row]]]] = defaultdict(list)
    for end, led in paths:
        for campaign in {one["campaign"] for one in led} - {None}:
            own[campaign].append((end, led))
    summary = {row["campaign"]: row for row in frame.filter(part="summary").to_dicts()}
    assert summary.keys() == own.keys()
    for campaign, row in summary.items():
        n = [end["conversions"] for end, _ in own[campaign]]
        names = [[one["campaign"] for one in led] for _, led in own[campaign]]
        last = [max(place for place, name in enumerate(way) if name == campaign) for way in names]
        days = [
            (end["start"] - led[place]["start"]).total_seconds() / 86_400
            for (end, led), place in zip(own[campaign], last, strict=True)
        ]
        assert row["conversions"] == sum(n)
        assert row["sessions"] == len(n)
        assert row["share"] == pytest.approx(len(n) / len(paths))
        assert row["value"] == pytest.approx(10.0 * sum(n))
        ways = list(zip(n, names, strict=True))
        assert row["first_touch"] == sum(k for k, way in ways if way[0] == campaign)
        assert row["last_touch"] == sum(k for k, way in ways if way[-1] == campaign)
        assert row["assisted"] == sum(k for k, way in ways if way[-1] != campaign)
        assert row["only_touch"] == sum(k for k, way in ways if set(way) == {campaign})
        assert row["touches"] == pytest.approx(sum(map(len, names)) / len(names))
        assert row["lag_days_median"] == pytest.approx(median(days))
        assert row["lag_sessions_median"] == pytest.approx(
            median(len(way) - 1 - place for way, place in zip(names, last, strict=True))
        )
        lags = frame.filter(part="lag", campaign=campaign)
        assert lags["sessions"].to_list() == [
            sum((low is None or low < day) and (high is None or day <= high) for day in days)
            for low, high in lags.select("lag_from", "lag_to").rows()
        ]
        told: dict[tuple[str | None, ...], int] = defaultdict(int)
        for k, way in ways:
            told[tuple(x for i, x in enumerate(way) if i == 0 or x != way[i - 1])] += k
        shown = frame.filter(part="path", campaign=campaign)
        assert shown["conversions"].to_list() == sorted(told.values(), reverse=True)[:5]
        for row_path, count in shown.select("path", "conversions").rows():
            assert told[tuple(row_path)] == count


@CAREFUL
@given(DRAWN)
def test_landing_pages_equal_the_slow_reference(
    scratch: Store, fill: Callable[..., Store], visits: Callable[..., Row], drawn: list[Row]
) -> None:
    rows = made(scratch, fill, visits, [*drawn, {**drawn[0], "back": 0}])
    frame = reports.landing_pages(scratch, WEEK, limit=None).frame
    own: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for one in rows:
        if one["campaign"] and one["date"] >= LAST - timedelta(days=6):
            own[one["campaign"], one["entry_page"]].append(one)
    found = {(row["campaign"], row["entry_page"]): row for row in frame.to_dicts()}
    assert found.keys() == own.keys()
    for key, row in found.items():
        timed = [one for one in own[key] if one["page_views"] > 1]
        seconds = [(one["end"] - one["start"]).total_seconds() for one in timed]
        assert row["sessions"] == len(own[key])
        assert row["bounces"] == sum(one["is_bounce"] for one in own[key])
        assert row["conversions"] == sum(one["conversions"] for one in own[key])
        assert row["timed"] == (len(timed) or None)
        assert row["duration_s"] == (median(seconds) if seconds else None)
        assert row["bounce_low"] <= row["bounce_rate"] <= row["bounce_high"]


def test_what_is_beyond_the_limit_is_one_campaign(company: Store) -> None:
    every = reports.campaign_paths(company).frame.filter(part="summary")
    few = reports.campaign_paths(company, limit=2).frame.filter(part="summary")
    assert few["is_other"].to_list() == [False, False, True]
    assert every["is_other"].sum() == 0
    whole = every["conversions"].sum()
    assert few["conversions"].sum() <= whole  # a path with two of the others counts once
    pages = reports.landing_pages(company, limit=3).frame
    assert pages["is_other"].to_list() == [False] * 3 + [True]
    assert pages["duration_s"].to_list()[3] is None


def test_one_goal_alone_can_be_followed(company: Store) -> None:
    frame = reports.campaign_paths(company, goal="subscription").frame.filter(part="summary")
    credited = reports.attribution(
        company, models=("last_touch",), by="campaign", goal="subscription", bootstrap=0
    ).frame
    rows = dict(credited.drop_nulls("name").select("name", "conversions").rows())
    touched = dict(credited.drop_nulls("name").select("name", "touched").rows())
    for row in frame.to_dicts():
        assert row["last_touch"] == pytest.approx(rows.get(row["campaign"], 0.0))
        if row["campaign"] in touched:
            assert row["conversions"] == touched[row["campaign"]]
    pages = reports.landing_pages(company, goal="subscription", limit=None).frame
    results = reports.campaign_results(company, goal="subscription", limit=None).frame
    assert pages["conversions"].sum() == results["conversions"].sum()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"limit": 0}, QueryError, "limit is 0"),
        ({"window_days": -1}, QueryError, "window_days is -1"),
        ({"goal": "qote"}, UnknownNameError, "Did you mean 'quote'"),
    ],
)
def test_questions_that_make_no_sense_are_refused(
    company: Store, options: Row, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        reports.campaign_paths(company, **options)


def test_nothing_to_follow_is_said(store: Store) -> None:
    phones = Filters(devices=("smartphone",))
    codes = {one.code for one in reports.campaign_paths(store, phones).warnings}
    assert "no_conversions" in codes
    codes = {one.code for one in reports.landing_pages(store, phones).warnings}
    assert "no_campaigns" in codes
    last = reports.campaign_paths(store).frame.filter(pl.col("part") == "summary")
    assert last["campaign"].to_list() == ["autumn"]
