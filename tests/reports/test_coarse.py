"""Readers of groups learn of no few people: not from a row, not from what a total leaves over."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store

import reports
from reports import Filters
from reports.coarse import ANSWERED, MARK, ROWS, CoarseStore, WithheldError
from reports.registry import REPORTS
from weblog.schema import PAGE_VIEWS, SESSIONS
from weblog.store import Store

LAST = date(2025, 11, 30)
LEAST = 5
CHANNELS = ("Direct", "Email", "Referral", "SMS")
NUMBERS = itertools.count()


def session(number: int, visitor: int, channel: str, device: str, day: int) -> dict[str, Any]:
    date_ = LAST - timedelta(days=day)
    start = datetime(date_.year, date_.month, date_.day, 9, tzinfo=UTC)
    return {
        "session_id": f"s{number}", "date": date_, "start": start, "end": start,
        "visitor_id": f"v{visitor}", "segment": "anonymous", "hits": 1, "page_views": 1,
        "events": 0, "logins": 0, "is_new": False, "is_bounce": True, "is_engaged": False,
        "entry_page": f"/{channel}", "exit_page": "/", "channel": channel,
        "source": channel.lower(), "device": device, "conversions": 0,
    }  # fmt: skip


def store_of(folder: Path, rows: list[dict[str, Any]]) -> Store:
    made = new_store(folder / f"store{next(NUMBERS)}")
    views = [
        {
            "date": row["date"], "session_id": row["session_id"], "visitor_id": row["visitor_id"],
            "ts": row["start"], "log_source": "log", "line": place, "kind": "page",
            "path": row["entry_page"], "category": row["device"],
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip
    for name, frame in (
        ("sessions", pl.DataFrame(rows, schema=SESSIONS.schema)),
        ("page_views", pl.DataFrame(views, schema=PAGE_VIEWS.schema)),
    ):
        days = sorted(set(frame["date"]))
        made.replace_days(name, days, lambda frame=frame: (frame, {"made": 1}))
    return made


def people(rows: list[dict[str, Any]], column: str) -> dict[str, set[str]]:
    """The slow reference: who is in each group."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row[column]].add(row["visitor_id"])
    return found


ROW = st.tuples(
    st.integers(0, 30), st.sampled_from(CHANNELS), st.sampled_from(["desktop", "tablet"]),
    st.integers(0, 3),
)  # fmt: skip


@given(st.lists(ROW, min_size=1, max_size=60))
@settings(max_examples=25, deadline=None)
def test_no_group_of_few_is_shown_nor_can_be_reckoned(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, str, str, int]]
) -> None:
    rows = [session(number, *each) for number, each in enumerate(drawn)]
    made = store_of(tmp_path_factory.mktemp("coarse"), rows)
    seen = CoarseStore(made.folder, LEAST)
    filters = Filters(compare="none")
    try:
        total = reports.summary(seen, filters)
    except WithheldError:
        assert few_in_every_period(rows)
        return
    first, last = total.query.start, total.query.end
    assert first
    assert last
    told = [row for row in rows if first <= row["date"] <= last]
    by_day = people(told, "date")
    assert len({row["visitor_id"] for row in told}) >= LEAST
    for day in (first, last):
        assert not 0 < len(by_day.get(day, ())) < LEAST
    for name, column in (("channels", "channel"), ("entry_pages", "entry_page"),
                         ("pages", "entry_page"), ("categories", "device")):  # fmt: skip
        groups = people(told, column)
        frame = getattr(reports, name)(seen, filters).frame
        shown = set(frame[ROWS[name][0]].drop_nulls())
        assert all(len(groups[one]) >= LEAST for one in shown), name
        hidden = groups.keys() - shown
        left_over = set().union(*(groups[one] for one in hidden)) if hidden else set()
        # What total less shown gives is nothing, or the sum of many, not of a few.
        assert not 0 < len(left_over) < LEAST or not shown, (name, hidden)
        if any(len(groups[one]) < LEAST for one in groups) and len(groups) > 1:
            assert len(hidden) > 1, name
    status = reports.site_status(seen, filters).frame
    for day, sessions in zip(status["date"], status["sessions"], strict=True):
        if 0 < len(by_day.get(day, ())) < LEAST:
            assert sessions is None


def few_in_every_period(rows: list[dict[str, Any]]) -> bool:
    """Cut days of few off both ends, as often as there are any; say whether few are left."""
    start = max(min(row["date"] for row in rows), LAST - timedelta(days=27))
    end = max(row["date"] for row in rows)
    by_day = people(rows, "date")
    while start <= end and 0 < len(by_day.get(start, ())) < LEAST:
        start += timedelta(days=1)
    while start <= end and 0 < len(by_day.get(end, ())) < LEAST:
        end -= timedelta(days=1)
    left = {row["visitor_id"] for row in rows if start <= row["date"] <= end}
    return len(left) < LEAST


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """40 visitors by Direct, 12 by Email, 7 by Referral, 2 by SMS; every day enough of them."""
    counts = (("Direct", 40), ("Email", 12), ("Referral", 7), ("SMS", 2))
    made, number = [], 0
    for channel, visitors in counts:
        for visitor in range(visitors):
            for day in range(3):
                device = "tablet" if channel == "Direct" and visitor < 3 else "desktop"
                who = 100 * CHANNELS.index(channel) + visitor
                made.append(session(number, who, channel, device, day))
                number += 1
    return made


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> Store:
    return store_of(tmp_path_factory.mktemp("whole"), rows)


@pytest.fixture(scope="module")
def seen(whole: Store) -> Store:
    return CoarseStore(whole.folder, LEAST)


NO_COMPARISON = Filters(compare="none")


def test_with_a_group_of_few_goes_the_smallest_other(whole: Store, seen: Store) -> None:
    everybody = reports.channels(whole, NO_COMPARISON)
    groups = reports.channels(seen, NO_COMPARISON)
    assert set(everybody.frame["channel"]) == {"Direct", "Email", "Referral", "SMS"}
    assert groups.frame["channel"].to_list() == ["Direct", "Email"]
    told = next(one for one in groups.warnings if one.code == "rows_withheld")
    assert told.values == {"least": LEAST}
    assert groups.frame.equals(everybody.frame.filter(pl.col("channel").is_in(["Direct", "Email"])))
    total = reports.summary(seen, NO_COMPARISON).frame
    assert total.equals(reports.summary(whole, NO_COMPARISON).frame)


@pytest.mark.parametrize(
    "filters",
    [
        {"channels": ("SMS",)},
        {"channels": ("Referral",)},  # total less the others' totals is that of SMS
        {"channels": ("Direct", "SMS")},
        {"channels": ("Direct", "Email", "Referral")},
        {"devices": ("tablet",)},
        {"devices": ("desktop",)},
        {"pages": ("/SMS",)},
        {"categories": ("tablet",)},
        {"channels": ("Direct",), "devices": ("desktop",)},
        {"entry_pages": ("/SMS",)},
    ],
)
def test_what_is_left_out_of_a_list_cannot_be_filtered_by(
    seen: Store, whole: Store, filters: dict[str, tuple[str, ...]]
) -> None:
    asked = Filters(compare="none", **filters)
    for name in ("summary", "channels", "site_status", "changes"):
        with pytest.raises(WithheldError, match="fewer than 5 visitors"):
            getattr(reports, name)(seen, asked)
        getattr(reports, name)(whole, asked)


def test_a_large_group_can_be_filtered_by(seen: Store, whole: Store) -> None:
    for channels in (("Direct",), ("Email",), ("Direct", "Email")):
        asked = Filters(compare="none", channels=channels)
        assert reports.summary(seen, asked).frame.equals(reports.summary(whole, asked).frame)


@pytest.mark.parametrize(
    "filters",
    [{"customers": ("c1",)}, {"visitors": ("v1",)}, {"sexes": ("F",)}, {"products_held": ("x",)}],
)
def test_persons_cannot_be_filtered_by(seen: Store, filters: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(WithheldError) as error:
        reports.summary(seen, Filters(**filters))
    assert error.value.code == "person"


def test_reports_without_a_rule_are_refused(seen: Store) -> None:
    """Also those that come later: who writes one decides here what readers of groups see."""
    refused = REPORTS.keys() - ANSWERED
    assert {"activity", "lifecycle", "bots", "attribution", "cohorts", "paths"} <= refused
    told = []
    for name in sorted(refused):
        try:
            REPORTS[name].function(seen, NO_COMPARISON)
            told.append(name)
        except WithheldError:
            continue
    assert told == []


def test_other_tables_cannot_be_read(seen: Store) -> None:
    for table in ("customers", "purchases", "hits", "deliveries", "visitors"):
        with pytest.raises(WithheldError):
            seen.scan(table)


def test_a_period_does_not_end_on_a_day_of_few(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    more = [session(9000 + one, 900 + one, "Direct", "desktop", 3) for one in range(2)]
    seen = CoarseStore(store_of(tmp_path, rows + more).folder, LEAST)
    whole = reports.summary(seen, NO_COMPARISON)
    assert whole.query.start == LAST - timedelta(days=2)
    about = next(one for one in whole.warnings if one.code == "days_withheld")
    assert about.values["start"] == LAST - timedelta(days=2)
    day = LAST - timedelta(days=3)
    with pytest.raises(WithheldError):
        reports.summary(seen, Filters(start=day, end=day, compare="none"))


def test_answers_of_the_two_are_never_confused(whole: Store, seen: Store) -> None:
    assert (MARK, LEAST) in seen.snapshot().key
    assert seen.snapshot().key != whole.snapshot().key
    for _ in range(2):
        assert reports.channels(seen, NO_COMPARISON).frame.height == 2
        assert reports.channels(whole, NO_COMPARISON).frame.height == 4
