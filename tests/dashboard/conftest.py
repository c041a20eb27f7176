"""A small store, and the application over it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from flask.testing import FlaskClient

from dashboard import create_app
from weblog.schema import PAGE_VIEWS, SESSIONS
from weblog.site import Site
from weblog.store import Store, open_store

LAST = date(2025, 11, 30)
EVIL = "<img src=x onerror=alert(1)>"
"""A path as a stranger may write it into a log."""


def visit(number: int) -> dict[str, Any]:
    """Session ``number``: four a day back from the last day; every third a VIP's, with a login."""
    day = LAST - timedelta(days=number // 4)
    vip = number % 3 == 0
    paths = [f"/{EVIL}" if number % 40 == 0 else "/", "/products", "/quote"][: 1 + number % 3]
    return {
        "session_id": f"s{number}",
        "date": day,
        "start": datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        "end": datetime(day.year, day.month, day.day, 10, tzinfo=UTC),
        "visitor_id": f"v{number % 50}",
        "segment": "VIP" if vip else "anonymous",
        "hits": len(paths),
        "page_views": len(paths),
        "events": 0,
        "logins": int(vip),
        "is_new": number >= 150,
        "is_bounce": len(paths) == 1,
        "is_engaged": len(paths) > 1,
        "entry_page": paths[0],
        "exit_page": paths[-1],
        "channel": "Direct" if number % 2 else "Organic Search",
        "source": "(direct)" if number % 2 else "naver",
        "device": "desktop" if number % 5 else "tablet",
        "browser": "Chrome",
        "os": "Windows",
        "conversions": int(number % 10 == 0),
        "value": 1000.0 if number % 10 == 0 else None,
    } | {"paths": paths}


def views_of(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "date": row["date"],
            "session_id": row["session_id"],
            "visitor_id": row["visitor_id"],
            "ts": row["start"] + timedelta(seconds=60 * place),
            "log_source": "log",
            "line": int(row["session_id"][1:]) * 10 + place,
            "kind": "page",
            "path": path,
            "category": "products" if path == "/products" else None,
        }
        for place, path in enumerate(row["paths"])
    ]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Four sessions on each of the last 28 days, three on each of the 32 before."""
    made = open_store(tmp_path_factory.mktemp("dashboard") / "store", create=True)
    rows = [visit(number) for number in range(240) if number < 112 or number % 4]
    sessions = pl.DataFrame(
        [{key: row[key] for key in row if key != "paths"} for row in rows], schema=SESSIONS.schema
    )
    views = pl.DataFrame([view for row in rows for view in views_of(row)], PAGE_VIEWS.schema)
    for name, frame in (("sessions", sessions), ("page_views", views)):
        days = sorted(set(frame["date"]))
        made.replace_days(name, days, lambda frame=frame: (frame, {"made": 1}))
    return made


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(tmp_path_factory.mktemp("empty") / "store", create=True)


@pytest.fixture(scope="session")
def site() -> Site:
    return Site(name="Test", currency="KRW")


@pytest.fixture(scope="session")
def client(store: Store, site: Site) -> FlaskClient:
    """Sends requests to the application as this machine's browser would."""
    return create_app(store, site).server.test_client()


@pytest.fixture(scope="session")
def assets() -> Path:
    return Path(__file__).parents[2] / "dashboard" / "assets"
