"""Hits made by hand or drawn at random, and stores that hold them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import strategies as st
from new_store import new_store

from weblog.schema import HITS
from weblog.store import Store

SEOUL = "Asia/Seoul"
# 23:00 in Seoul: an hour before midnight there, in the afternoon in UTC.
EVENING = datetime(2025, 11, 3, 14, 0, tzinfo=UTC)

Hits = Callable[[list[dict[str, Any]]], pl.DataFrame]


@pytest.fixture(name="hits")
def _hits() -> Hits:
    """Make a frame of hits from what differs from an ordinary page view."""
    return make_hits


@pytest.fixture(scope="session", name="make_hits")
def _make_hits() -> Hits:
    """The same for tests that draw at random."""
    return make_hits


@pytest.fixture(scope="session")
def draw_hits() -> Callable[..., st.SearchStrategy[list[dict[str, Any]]]]:
    return random_hits


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "store")


@pytest.fixture(scope="session")
def waits() -> tuple[timedelta, ...]:
    """Waits between hits that come close to every limit, in whole seconds."""
    return (*(wait for wait in WAITS if not wait % SECOND), 1801 * SECOND, SECOND)


@pytest.fixture(scope="session")
def evening() -> datetime:
    return EVENING


def make_hits(rows: list[dict[str, Any]], zone: str = SEOUL) -> pl.DataFrame:
    plain = dict.fromkeys(HITS.schema) | {
        "log_source": "web1",
        "visitor_id": "ann",
        "path": "/",
        "kind": "page",
        "status": 200,
        "method": "GET",
        "is_bot": False,
        "browser": "Chrome",
        "os": "Windows",
        "device": "desktop",
    }
    full = []
    for number, row in enumerate(rows, start=1):
        hit = plain | {"line": number, "ts": EVENING} | row
        hit["date"] = hit["ts"].astimezone(ZoneInfo(zone)).date()
        full.append(hit)
    return pl.DataFrame(full, schema=HITS.schema)


SECOND = timedelta(seconds=1)
WAITS = (
    timedelta(0),
    timedelta(milliseconds=1),
    9 * SECOND,
    10 * SECOND,
    timedelta(minutes=29, seconds=59, milliseconds=999),
    timedelta(minutes=30),
    timedelta(minutes=30, milliseconds=1),
    timedelta(minutes=60),
    timedelta(minutes=60, milliseconds=1),
    timedelta(hours=5),
    timedelta(hours=23, minutes=40),
)


def one_of(*values: object) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@st.composite
def random_hits(draw: st.DrawFn, most: int = 40) -> list[dict[str, Any]]:
    """Draw hits of few visitors that come close to every limit there is."""
    hit = st.fixed_dictionaries(
        {
            "wait": one_of(*WAITS[:7], *WAITS),
            "visitor_id": one_of("ann", "ann", "bob", "cid", None),
            "log_source": one_of("web1", "web2"),
            "kind": one_of(*["page"] * 5, "event", "static", "static", "error", "other", "bot"),
            "customer_id": one_of(None, None, None, "C1", "C2"),
            "campaign": one_of(None, None, None, "spring", "autumn"),
            "channel": one_of(None, None, "Direct", "Organic Search"),
            "referrer": one_of(
                None, "https://www.shop.example/a", "https://search.example:443/?q=x", "nonsense"
            ),
            "path": one_of("/", "/a", "/b"),
            "product": one_of(None, "loans"),
            "goal": one_of(None, None, None, "quote"),
            "value": one_of(None, 1.0, 2.5),
            "source": one_of(None, "google"),
            "browser": one_of("Chrome", "Safari"),
            "is_login": one_of(None),
        }
    )
    rows = draw(st.lists(hit, max_size=most))
    has_login_rule = draw(st.booleans())
    moment = EVENING
    for row in rows:
        moment += row.pop("wait")
        row["ts"] = moment
        if has_login_rule:
            row["is_login"] = row["customer_id"] == "C1"
        if row["kind"] not in ("page", "event"):
            row["goal"] = None
        if row["goal"] is None:
            row["value"] = None
    lines = draw(st.permutations(range(1, len(rows) + 1)))
    for row, line in zip(rows, lines, strict=True):
        row["line"] = line
    return rows
