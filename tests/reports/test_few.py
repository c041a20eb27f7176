"""Campaigns, goals and days out of line tell readers of groups of no few people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
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
from reports.coarse import READ, CoarseStore, WithheldError
from weblog.schema import PAGE_VIEWS, SESSIONS, TABLES
from weblog.site import Site
from weblog.site.goal_targets import GoalTarget
from weblog.store import Store

LAST = date(2025, 11, 30)
LEAST = 5
ALONE = Filters(compare="none")
CAMPAIGNS = (None, "spring", "autumn", "winter")
CHANNELS = ("Direct", "Email", "Display")

Drawn = list[tuple[int, str | None, str, int]]


def session(
    number: int, visitor: int, campaign: str | None, channel: str, day: int
) -> dict[str, Any]:
    date_ = LAST - timedelta(days=day)
    start = datetime(date_.year, date_.month, date_.day, 9, tzinfo=UTC)
    return {
        "session_id": f"s{number}", "date": date_, "start": start, "end": start,
        "visitor_id": f"v{visitor}", "segment": "member", "hits": 1, "page_views": 1,
        "events": 0, "logins": 0, "is_new": False, "is_bounce": True, "is_engaged": False,
        "entry_page": f"/{channel}", "exit_page": "/", "channel": channel,
        "source": channel.lower(), "medium": None, "campaign": campaign, "device": "desktop",
        "conversions": visitor % 2,
    }  # fmt: skip


def store_of(folder: Path, drawn: Drawn) -> tuple[Store, list[dict[str, Any]]]:
    rows = [session(number, *each) for number, each in enumerate(drawn)]
    made = new_store(folder / "store")
    views = [
        {
            "date": row["date"], "session_id": row["session_id"], "visitor_id": row["visitor_id"],
            "ts": row["start"], "log_source": "log", "line": place, "kind": "page",
            "path": row["entry_page"],
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip
    for name, frame in (
        ("sessions", pl.DataFrame(rows, schema=SESSIONS.schema)),
        ("page_views", pl.DataFrame(views, schema=PAGE_VIEWS.schema)),
    ):
        days = sorted(set(frame["date"]))
        made.replace_days(name, days, lambda frame=frame: (frame, {"made": 1}))
    return made, rows


def people(rows: list[dict[str, Any]], *columns: str) -> dict[Any, set[str]]:
    """The slow reference: who is in each group."""
    found: dict[Any, set[str]] = defaultdict(set)
    for row in rows:
        key = tuple(row[column] for column in columns)
        found[key if len(columns) > 1 else key[0]].add(row["visitor_id"])
    return found


ROW = st.tuples(
    st.integers(0, 24), st.sampled_from(CAMPAIGNS), st.sampled_from(CHANNELS), st.integers(0, 2)
)


@given(st.lists(ROW, min_size=20, max_size=90))
@settings(max_examples=20, deadline=None)
def test_no_group_of_few_is_told_nor_left_over(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn
) -> None:
    made, everything = store_of(tmp_path_factory.mktemp("few"), drawn)
    seen = CoarseStore(made.folder, LEAST)
    try:
        about = reports.summary(seen, ALONE).query
    except WithheldError:
        return
    assert about.start
    assert about.end
    rows = [row for row in everything if about.start <= row["date"] <= about.end]
    tagged = [row for row in rows if row["campaign"] is not None]
    for report, by, of in (
        (lambda: reports.campaign_results(seen, ALONE), ["campaign"], tagged),
        (lambda: reports.campaign_results(seen, ALONE, by="channel"), ["channel"], rows),
        (lambda: reports.campaigns(seen, ALONE), ["campaign", "source"], tagged),
        (lambda: reports.landing_pages(seen, ALONE), ["campaign", "entry_page"], tagged),
    ):  # fmt: skip
        groups = people(of, *by)
        frame = report().frame
        shown = {one[0] if len(by) == 1 else one for one in frame.select(by).rows()}
        shown -= {None, (None,) * len(by)}
        assert all(len(groups[one]) >= LEAST for one in shown), by
        left_over = set().union(*(groups[one] for one in groups.keys() - shown))
        assert not 0 < len(left_over) < LEAST or not shown, by
        if any(len(one) < LEAST for one in groups.values()) and len(groups) > 1:
            assert len(groups.keys() - shown) > 1, by
    days = people(rows, "date")
    series = people(rows, "date", "channel")
    try:
        frame = reports.anomalies(seen, ALONE).frame
    except WithheldError:
        assert any(len(one) < LEAST for one in days.values())
        return
    assert all(len(one) >= LEAST for one in days.values())
    shown = set(frame.filter(~pl.col("is_all"))["series"])
    assert all(len(who) >= LEAST for (_, name), who in series.items() if name in shown)
    hidden = {name for _, name in series} - shown
    assert len(hidden) != 1


@given(st.lists(ROW, min_size=20, max_size=90))
@settings(max_examples=20, deadline=None)
def test_targets_of_few_are_not_told(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn
) -> None:
    made, everything = store_of(tmp_path_factory.mktemp("targets"), drawn)
    targets = [GoalTarget(target="all", number=9, period="2025-11-01 to 2025-11-30")]
    targets += [
        GoalTarget(target=name, campaign=name, number=9, period="2025-11-01 to 2025-11-30")
        for name in CAMPAIGNS
        if name
    ]
    site = Site(targets=tuple(targets))
    seen = CoarseStore(made.folder, LEAST)
    try:
        answer = reports.goals(seen, ALONE, site=site)
    except WithheldError:
        return
    rows = [row for row in everything if answer.query.end and row["date"] <= answer.query.end]
    everybody = {row["visitor_id"] for row in rows}
    expected = {"all"} if len(everybody) >= LEAST else set()
    for name, own in people(rows, "campaign").items():
        others = {row["visitor_id"] for row in rows if row["campaign"] != name}
        if name and len(own) >= LEAST and not 0 < len(others) < LEAST:
            expected.add(name)
    assert set(answer.frame["target"].drop_nulls()) == expected


MANY: Drawn = [
    (visitor, campaign, channel, day)
    for day in range(3)
    for campaign, channel, visitors in (
        (None, "Direct", range(30)), ("spring", "Display", range(30, 50)),
        ("autumn", "Email", range(50, 62)), ("winter", "Display", range(62, 64)),
    )
    for visitor in visitors
]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("whole"), MANY)[0]


def test_what_is_told_is_as_everybody_sees_it(whole: Store) -> None:
    seen = CoarseStore(whole.folder, LEAST)
    every, told = (reports.campaign_results(one, ALONE) for one in (whole, seen))
    assert every.frame["campaign"].to_list() == ["spring", "autumn", "winter"]
    assert told.frame.equals(every.frame.head(1))  # autumn goes with winter
    assert "rows_withheld" in {one.code for one in told.warnings}


@pytest.mark.parametrize(
    "ask",
    [
        lambda seen: reports.campaign_results(seen, ALONE, by="channel,campaign"),
        lambda seen: reports.campaign_results(seen, ALONE, by="keyword"),
        lambda seen: reports.campaign_results(seen, ALONE, per_day=True),
        lambda seen: reports.campaign_results(seen, ALONE, by_segment=True),
    ],
)
def test_what_no_rule_covers_is_refused(
    whole: Store, ask: Callable[[Store], reports.Report]
) -> None:
    seen = CoarseStore(whole.folder, LEAST)
    if ask(whole).frame.is_empty():
        assert ask(seen).frame.is_empty()
        return
    with pytest.raises(WithheldError, match="not for readers of groups"):
        ask(seen)


def test_nobody_stands_in_a_table_of_costs() -> None:
    for name in READ - {"sessions", "page_views"}:
        columns = set(TABLES[name].schema.names())
        assert not columns & {"customer_id", "visitor_id", "client", "session_id", "email"}
