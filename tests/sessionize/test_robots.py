"""Robots by behaviour: each signal below and at its threshold, and what it may depend on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_robots import slow_robots

from sessionize import SessionRules, make_sessions, update
from sessionize.parts import parted
from sessionize.reading import sessions_of_days
from sessionize.robots import (
    ATTACHED_COLUMNS,
    CORE_COLUMNS,
    SIGNALS,
    count_takers,
    regular_views,
    visitor_days,
)
from weblog.classify.reasons import parts_of
from weblog.schema import ROBOTS
from weblog.site import site_from
from weblog.status import status
from weblog.store import Store

Rows = list[dict[str, Any]]
Hits = Callable[[Rows], pl.DataFrame]

MORNING = datetime(2025, 11, 4, 0, 0, tzinfo=UTC)  # nine o'clock in Seoul
UNEVEN = (4, 31, 9, 70, 2, 15, 44, 6, 120, 23, 11, 58, 3, 90, 17)
"""Seconds between page views, as people wait."""


def rules(strictness: str = "default") -> SessionRules:
    return SessionRules(time_zone="Asia/Seoul", strictness=strictness)


def visit(
    visitor: str,
    pages: int = 0,
    *,
    assets: int = 0,
    heads: int = 0,
    robots_txt: int = 0,
    gaps: tuple[float, ...] = UNEVEN,
    **same: Any,
) -> Rows:
    """Return a visitor's day: page views with these gaps, and what else was asked for."""
    moment, rows = MORNING, []
    for number in range(pages):
        rows.append({"ts": moment, "path": f"/{number}"})
        moment += timedelta(seconds=gaps[number % len(gaps)])
    rows += [{"ts": MORNING, "kind": "static", "path": f"/{n}.css"} for n in range(assets)]
    rows += [{"ts": MORNING, "kind": "other", "method": "HEAD"} for _ in range(heads)]
    rows += [{"ts": MORNING, "kind": "static", "path": "/robots.txt"} for _ in range(robots_txt)]
    return [{"visitor_id": visitor, **row, **same} for row in rows]


CROWD = [row for number in range(3) for row in visit(f"person{number}", 6, assets=6)]
"""People enough to tell that pages come with assets."""


def judged(rows: Rows, make_hits: Hits, strictness: str = "strict") -> dict[str, dict[str, Any]]:
    """Return the table robots by visitor, with the signals of the reason."""
    found = make_sessions(make_hits([*CROWD, *rows]), rules(strictness)).robots
    said = parts_of(found["reason"])["rule"].str.split(" + ").alias("signals")
    return {row["visitor_id"]: row for row in found.with_columns(said).to_dicts()}


AT_THE_THRESHOLD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("robots.txt", {"pages": 2, "robots_txt": 0}, {"pages": 2, "robots_txt": 1}),
    ("no assets", {"pages": 4}, {"pages": 5}),
    ("no assets", {"pages": 9, "assets": 1}, {"pages": 9}),
    ("HEAD requests", {"pages": 4, "heads": 4}, {"pages": 4, "heads": 5}),
    (
        "HEAD requests",
        {"pages": 4, "heads": 5, "assets": 17},
        {"pages": 4, "heads": 5, "assets": 16},
    ),
    (
        "constant intervals",
        {"pages": 10, "assets": 9, "gaps": (20.0,)},
        {"pages": 11, "assets": 9, "gaps": (20.0,)},
    ),
    # Ten gaps that are no pause: 15 and 25 s vary by 0.25 around 20, 14 and 26 s by 0.3.
    (
        "constant intervals",
        {"pages": 11, "assets": 9, "gaps": (14.0, 26.0)},
        {"pages": 11, "assets": 9, "gaps": (15.0, 25.0)},
    ),
    # Every page comes with a frame, a second later: the frames are even, the pages not.
    (
        "constant intervals",
        {"pages": 30, "assets": 29, "gaps": (1.0, 15.0, 1.0, 44.0, 1.0, 1.0, 90.0)},
        {"pages": 30, "assets": 29, "gaps": (1.0,)},
    ),
    # A robot that rests between its runs is as even as one that does not.
    (
        "constant intervals",
        {"pages": 14, "assets": 9, "gaps": (*[20.0] * 5, 3600.0)},
        {"pages": 12, "assets": 9, "gaps": (*[20.0] * 10, 3600.0)},
    ),
    (
        "superhuman rate",
        {"pages": 60, "assets": 30, "gaps": (0.4, 1.9)},
        {"pages": 60, "assets": 30, "gaps": (0.4, 1.4)},
    ),
]


@pytest.mark.parametrize(("signal", "below", "at"), AT_THE_THRESHOLD)
def test_a_signal_at_its_threshold(
    signal: str, below: dict[str, Any], at: dict[str, Any], hits: Hits
) -> None:
    assert signal in SIGNALS
    assert "ann" not in judged(visit("ann", **below), hits)
    found = judged(visit("ann", **at), hits)["ann"]
    assert (found["signals"], found["level"], found["is_robot"]) == ([signal], "strict", True)
    at_default = judged(visit("ann", **at), hits, "default")["ann"]
    assert (at_default["level"], at_default["is_robot"]) == ("strict", False)


@pytest.mark.parametrize(
    ("day", "level"),
    [
        ({"pages": 5, "robots_txt": 1}, "default"),
        ({"pages": 11, "gaps": (20.0,)}, "default"),
        ({"pages": 4, "heads": 5, "robots_txt": 2}, "default"),
        # Fast and nothing but fast: many people behind one address are.
        ({"pages": 60, "assets": 60, "gaps": (0.4, 1.4)}, "strict"),
        # ... even if one of them reads robots.txt.
        ({"pages": 60, "assets": 60, "gaps": (0.4, 1.4), "robots_txt": 1}, "strict"),
        # Members are judged by two signals where strict, and not at all by default.
        ({"pages": 5, "customer_id": "C1"}, None),
        ({"pages": 5, "robots_txt": 1, "customer_id": "C1"}, "strict"),
        ({"pages": 60, "gaps": (0.4, 1.4), "customer_id": "C1"}, "strict"),
        ({"pages": 6, "assets": 4}, None),
    ],
)
def test_what_counts_at_which_strictness(
    day: dict[str, Any], level: str | None, hits: Hits
) -> None:
    found = judged(visit("ann", **day), hits).get("ann", {"level": None})
    assert found["level"] == level


@pytest.mark.parametrize(("strictness", "left"), [("loose", 3), ("default", 2), ("strict", 1)])
def test_robots_make_no_sessions(strictness: str, left: int, hits: Hits) -> None:
    rows = [
        *visit("sure", 5, robots_txt=1),
        *visit("maybe", 5),
        *visit("person", 5, assets=5),
    ]
    frame = hits([*CROWD, *rows])
    made = make_sessions(frame, rules(strictness))
    kept = {"sure", "maybe", "person"} & set(made.sessions["visitor_id"])
    assert len(kept) == left
    assert kept == {"sure", "maybe", "person"} & set(made.page_views["visitor_id"])
    assert set(made.robots["visitor_id"]) == {"sure", "maybe"}
    pages = frame.filter(pl.col("kind") == "page").height
    robots = made.robots.filter("is_robot")["page_views"].sum()
    assert pages == made.sessions["page_views"].sum() + robots


@pytest.mark.parametrize(
    ("crowd", "is_told"),
    [
        ([], False),
        (visit("one", 6, assets=9), False),
        # The assets come from elsewhere; the log has the icon alone.
        ([row for n in range(9) for row in visit(f"p{n}", 6, assets=1)], False),
        ([row for n in range(3) for row in visit(f"p{n}", 6, assets=6)], True),
        # Others who take none: nine of twelve are too many only with one more.
        ([row for n in range(11) for row in visit(f"p{n}", 6, assets=6 * (n < 3))], True),
        ([row for n in range(12) for row in visit(f"p{n}", 6, assets=6 * (n < 3))], False),
        # A log that is cut into several tells the same; another host does not.
        ([row for n in range(3) for row in visit(f"p{n}", 6, assets=6, log_source=f"{n}")], True),
        ([row for n in range(3) for row in visit(f"p{n}", 6, assets=6, host="b")], False),
    ],
)
def test_no_assets_tells_only_where_others_take_them(
    crowd: Rows, is_told: bool, hits: Hits
) -> None:
    found = make_sessions(hits([*crowd, *visit("ann", 6)]), rules("strict")).robots
    assert ("ann" in found["visitor_id"].to_list()) == is_told


def test_the_reason_tells_signals_and_figures(hits: Hits) -> None:
    reason = judged(visit("ann", 6, robots_txt=2), hits)["ann"]["reason"]
    assert reason == (
        'behaviour 2: robots.txt + no assets "2 of robots.txt, no asset with 6 page views"'
    )


def test_a_day_of_few_hits_is_nobodys(hits: Hits) -> None:
    made = make_sessions(hits([]), rules("strict"))
    assert made.robots.schema == ROBOTS.schema
    assert made.robots.is_empty()


@st.composite
def days(draw: st.DrawFn) -> Rows:
    """Draw days of some visitors that come close to every threshold."""
    rows: Rows = []
    for visitor in range(draw(st.integers(1, 7))):
        pages = draw(st.sampled_from([0, 3, 4, 5, 6, 10, 11, 12, 60, 61]))
        gaps = draw(st.lists(st.sampled_from([0.0, 0.9, 1.0, 2.0, 20.0, 25.0, 70.0, 4000.0]),
                             min_size=1, max_size=4))  # fmt: skip
        rows += visit(
            f"v{visitor}",
            pages,
            assets=draw(st.sampled_from([0, 0, 1, pages // 2, pages])),
            heads=draw(st.sampled_from([0, 0, 4, 5, 9])),
            robots_txt=draw(st.sampled_from([0, 0, 0, 1])),
            gaps=tuple(gaps),
            customer_id=draw(st.sampled_from([None, None, "C1"])),
            log_source=draw(st.sampled_from(["web1", "web1", "web2"])),
            host=draw(st.sampled_from([None, None, "shop.example"])),
        )
    return rows


def as_table(found: pl.DataFrame) -> Rows:
    said = parts_of(found["reason"])["rule"].str.split(" + ").alias("signals")
    return found.drop("reason").with_columns(said).to_dicts()


@given(rows=days(), strictness=st.sampled_from(["loose", "default", "strict"]))
@settings(max_examples=100)
def test_the_slow_reference_says_the_same(rows: Rows, strictness: str, make_hits: Hits) -> None:
    frame = make_hits(rows)
    found = as_table(make_sessions(frame, rules(strictness)).robots)
    expected = slow_robots(frame.to_dicts(), rules(strictness))
    for one, other in zip(found, expected, strict=True):
        # Halves are rounded this way or that.
        assert one.pop("variation") == pytest.approx(other.pop("variation"), abs=0.0011)
        assert one == other


@given(rows=days(), data=st.data())
@settings(max_examples=50)
def test_the_order_of_hits_does_not_matter(
    rows: Rows, data: st.DataObject, make_hits: Hits
) -> None:
    frame = make_hits(rows)
    order = data.draw(st.permutations(range(frame.height)))
    once, again = (make_sessions(each, rules()).robots for each in (frame, frame[order]))
    assert once.equals(again)


@given(rows=days(), others=days())
@settings(max_examples=50)
def test_others_tell_only_where_assets_are_served(
    rows: Rows, others: Rows, make_hits: Hits
) -> None:
    strangers = [{**row, "visitor_id": f"other {row['visitor_id']}"} for row in others]
    own = {row["visitor_id"] for row in rows}
    frame = make_hits([*rows, *strangers])
    parts = parted(frame, CORE_COLUMNS, ATTACHED_COLUMNS)
    places = count_takers(regular_views(parts, visitor_days(parts)))
    together = make_sessions(frame, rules()).robots.filter(pl.col("visitor_id").is_in(own))
    assert together.equals(make_sessions(make_hits(rows), rules(), places).robots)


def fill(store: Store, frame: pl.DataFrame) -> None:
    mark = store.mark("hits", "test")
    store.append_once("hits", frame, "test", (mark or 0) + 1, mark)


def site(strictness: str) -> Any:
    settings = {"time_zone": "Asia/Seoul", "bots": {"strictness": strictness}}
    return site_from(settings, "site.toml", Path())


ROBOTS_AND_PEOPLE = [*CROWD, *visit("sure", 7, robots_txt=1), *visit("maybe", 5)]


def test_days_read_in_parts_have_the_same_robots(store: Store, hits: Hits) -> None:
    frame = hits(ROBOTS_AND_PEOPLE)
    fill(store, frame)
    day = frame["date"][0]
    whole = sessions_of_days(store.head(), [day], rules())
    parts = sessions_of_days(store.head(), [day], rules(), rows=10)
    assert whole.robots.height == 2
    for one, other in zip(whole, parts, strict=True):
        key = [name for name in ("visitor_id", "session_id", "line") if name in one.columns]
        assert one.sort(key).equals(other.sort(key))


def test_a_robot_is_known_when_its_robots_txt_comes_late(store: Store, hits: Hits) -> None:
    frame = hits(ROBOTS_AND_PEOPLE)
    is_late = pl.col("path") == "/robots.txt"
    fill(store, frame.filter(~is_late))
    update(store, site("default"))
    assert "sure" in store.scan("sessions").collect()["visitor_id"]
    assert store.scan("robots").filter("is_robot").collect().is_empty()
    fill(store, frame.filter(is_late))
    update(store, site("default"))
    assert "sure" not in store.scan("sessions").collect()["visitor_id"]
    assert "sure" not in store.scan("visitors").collect()["visitor_id"]
    robots = store.scan("robots").filter("is_robot").collect()
    assert robots.select("visitor_id", "page_views").rows() == [("sure", 7)]


def test_page_hits_are_those_of_sessions_and_of_robots(store: Store, hits: Hits) -> None:
    fill(store, hits(ROBOTS_AND_PEOPLE))
    for strictness, robots in (("default", 7), ("strict", 12), ("loose", 0)):
        update(store, site(strictness))
        found = status(store)
        views = store.scan("page_views").filter(pl.col("kind") == "page").collect().height
        assert (found.robot_page_views, found.page_views) == (robots, views)
        assert found.kinds["page"] == found.page_views + found.robot_page_views
