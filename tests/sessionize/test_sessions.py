"""Hits to sessions: a table of described cases, and a slow reference on random hits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_sessions import slow_sessions

from sessionize import SessionRules, make_sessions
from weblog.schema import PAGE_VIEWS, SESSIONS
from weblog.site import site_from

CASES = pl.read_csv(Path(__file__).parent / "session_cases.csv", infer_schema=False).fill_null("")


def rules(name: str = "matomo", **more: object) -> SessionRules:
    settings = {"session": {"rules": name, **more}, "time_zone": "Asia/Seoul"}
    settings["hosts"] = ["shop.example"]
    return SessionRules.from_site(site_from(settings, "site.toml", Path()))


def read_hits(text: str) -> list[dict[str, Any]]:
    """Read hits written as ``23:10 page C1 campaign=spring``, times of 3 November in Seoul."""
    midnight = datetime(2025, 11, 2, 15, tzinfo=UTC)
    rows = []
    for written in text.split(";"):
        clock, kind, *rest = written.split()
        hours, minutes, seconds = [*map(float, clock.split(":")), 0.0][:3]
        ts = midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)
        row: dict[str, Any] = {"ts": ts, "kind": kind}
        for word in rest:
            name, _, value = word.rpartition("=")
            row[name or "customer_id"] = {"yes": True, "no": False}.get(value, value)
        rows.append(row)
    return rows


@pytest.mark.parametrize("case", CASES.to_dicts(), ids=CASES["case"].to_list())
def test_described_case(case: dict[str, str], hits: Any) -> None:
    chosen = dict(pair.split("=") for pair in case["rules"].split())
    name = chosen.pop("rules", "matomo")
    switches = {key: {"true": True, "false": False}[value] for key, value in chosen.items()}
    made = make_sessions(hits(read_hits(case["hits"])), rules(name, **switches)).sessions
    found = made.sort("start", "session_id").select(case["column"]).to_series()
    shown = " ".join(str(value) if value is not None else "-" for value in found.to_list())
    assert shown.lower() == case["expected"].lower(), case["case"]


def as_rows(frame: pl.DataFrame, *key: str) -> list[dict[str, Any]]:
    return sorted(frame.to_dicts(), key=lambda row: tuple(row[name] for name in key))


ALL_RULES = [
    rules(),
    rules("ga4"),
    rules("awstats"),
    rules(ends_at_new_campaign=True),
    rules(ends_when_customer_changes=False),
    rules("ga4", ends_at_new_campaign=True, inactivity_minutes=60),
    replace(rules(), hosts=()),
    replace(rules(), stitching="none"),
    replace(rules("ga4"), stitching="none", ends_when_customer_changes=False),
    rules(longest_minutes=31),
    rules("ga4", longest_minutes=60, most_hits=3),
    rules(most_hits=1),
    rules("ga4", most_hits=2, ends_at_new_campaign=True),
]


@pytest.mark.parametrize(
    ("hosts", "asked", "referrer", "shown"),
    [
        ((), "WWW.shop.example:443", "https://shop.example/a", None),
        ((), "shop.example", "https://www.shop.example/a", None),
        ((), "shop.example", "https://news.example/a", "news.example"),
        ((), None, "https://news.example/a", "news.example"),
        (("shop.example",), "news.example", "https://news.example/a", "news.example"),
        (("shop.example",), "other.example", "https://shop.example/a", None),
    ],
)
def test_the_sites_own_host_is_no_origin(
    hits: Any, hosts: tuple[str, ...], asked: str | None, referrer: str, shown: str | None
) -> None:
    rows = read_hits("10:00 page")
    rows[0] |= {"host": asked, "referrer": referrer}
    made = make_sessions(hits(rows), replace(rules(), hosts=hosts)).sessions
    assert made["referrer_host"].to_list() == [shown]


@settings(max_examples=300)
@given(data=st.data(), chosen=st.sampled_from(ALL_RULES))
def test_equals_the_slow_reference(
    data: st.DataObject, chosen: SessionRules, draw_hits: Any, make_hits: Any
) -> None:
    frame = make_hits(data.draw(draw_hits()))
    sessions, views = slow_sessions(frame.to_dicts(), chosen)
    made = make_sessions(frame, chosen)
    assert made.sessions.schema == SESSIONS.schema
    assert made.page_views.schema == PAGE_VIEWS.schema
    plain = made.sessions.drop("segment", "is_new")
    expected = pl.DataFrame(sessions, schema=plain.schema)
    assert as_rows(plain, "session_id") == as_rows(expected, "session_id")
    expected = pl.DataFrame(views, schema=made.page_views.schema)
    key = ("log_source", "line")
    assert as_rows(made.page_views, *key) == as_rows(expected, *key)


@settings(max_examples=100)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_the_order_of_rows_does_not_matter(
    data: st.DataObject, seed: int, draw_hits: Any, make_hits: Any
) -> None:
    frame = make_hits(data.draw(draw_hits()))
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    once, again = make_sessions(frame, rules()), make_sessions(shuffled.lazy(), rules())
    assert again.sessions.sort("session_id").equals(once.sessions.sort("session_id"))
    key = ["log_source", "line"]
    assert again.page_views.sort(key).equals(once.page_views.sort(key))


@settings(max_examples=100)
@given(data=st.data())
def test_every_page_view_and_event_of_a_visitor_is_in_one_session(
    data: st.DataObject, draw_hits: Any, make_hits: Any
) -> None:
    frame = make_hits(data.draw(draw_hits()))
    made = make_sessions(frame, rules())
    core = frame.filter(pl.col("kind").is_in(["page", "event"]), pl.col("visitor_id").is_not_null())
    key = ["log_source", "line"]
    assert made.page_views.select(key).sort(key).equals(core.select(key).sort(key))
    sessions = made.sessions
    assert sessions["session_id"].is_unique().all()
    assert (sessions["page_views"] + sessions["events"] >= 1).all()
    assert sessions["page_views"].sum() == (core["kind"] == "page").sum()
    assert (sessions["hits"] >= sessions["page_views"] + sessions["events"]).all()
    people = frame.filter(~pl.col("kind").is_in(["bot", "internal"]))
    assert sessions["hits"].sum() <= people.height


def test_no_hits_no_sessions(hits: Any) -> None:
    made = make_sessions(hits([]), rules())
    assert made.sessions.equals(SESSIONS.empty())
    assert made.page_views.equals(PAGE_VIEWS.empty())


def test_text_may_be_categorical(hits: Any) -> None:
    frame = hits(read_hits("23:10 page C1; 23:20 static; 23:30 page"))
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    categorical = frame.with_columns(pl.col(text).cast(pl.Categorical))
    made = make_sessions(categorical, rules())
    assert made.sessions.equals(make_sessions(frame, rules()).sessions)
    assert made.sessions["hits"].to_list() == [3]


def test_two_sessions_that_start_at_once_have_two_names(hits: Any) -> None:
    rows = read_hits("23:10 page C1; 23:10 page C2; 23:10 page C1")
    made = make_sessions(hits(rows), rules()).sessions
    assert made["session_id"].to_list() == [
        "ann-1762179000000",
        "ann-1762179000000-2",
        "ann-1762179000000-3",
    ]
