"""A small handmade store, and a way to make more of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from new_store import new_store
from sample_store import company_store

from reports import runs, whole
from reports.cache import CACHE
from weblog.schema import PAGE_VIEWS, SESSIONS
from weblog.store import Store

Rows = list[dict[str, Any]]
LAST = date(2025, 11, 30)


def visit(number: int, back: int, visitor: str, paths: str, **more: Any) -> dict[str, Any]:
    """A session ``back`` days before the last day; its pages as words."""
    day = LAST - timedelta(days=back)
    start = datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(minutes=number)
    pages = [f"/{name}" for name in paths.split()]
    row = {
        "session_id": f"s{number}",
        "date": day,
        "start": start,
        "end": start + timedelta(seconds=60 * (len(pages) - 1)),
        "visitor_id": visitor,
        "segment": "anonymous",
        "hits": len(pages),
        "page_views": len(pages),
        "events": 0,
        "logins": 0,
        "is_new": False,
        "is_bounce": len(pages) == 1,
        "is_engaged": len(pages) > 1,
        "entry_page": pages[0] if pages else None,
        "exit_page": pages[-1] if pages else None,
        "channel": "Direct",
        "device": "desktop",
        "browser": "Chrome",
        "os": "Windows",
        "conversions": 0,
        "value": None,
    }
    return row | {"pages": pages} | more


def views_of(sessions: Iterable[dict[str, Any]]) -> Rows:
    """The page views of sessions; each page but the last is looked at for a minute."""
    categories = {"/kids": "children", "/old": "pension"}
    return [
        {
            "date": row["date"],
            "session_id": row["session_id"],
            "visitor_id": row["visitor_id"],
            "ts": row["start"] + timedelta(seconds=60 * place),
            "log_source": "log",
            "line": int(row["session_id"][1:]) * 100 + place,
            "kind": "page",
            "path": path,
            "category": categories.get(path),
            "product": "annuity" if path == "/old" else None,
            "dwell_s": 60.0 if place + 1 < len(row["pages"]) else None,
        }
        for row in sessions
        for place, path in enumerate(row["pages"])
    ]


@pytest.fixture(scope="session")
def visits() -> Callable[..., dict[str, Any]]:
    """Make one session: number, days before the last day, visitor, pages, other columns."""
    return visit


@pytest.fixture(scope="session")
def tables() -> Callable[[Rows], dict[str, pl.DataFrame]]:
    """Make the tables of sessions given as rows (with ``pages``), and of their page views."""

    def made(rows: Rows) -> dict[str, pl.DataFrame]:
        sessions = [{key: row[key] for key in row if key != "pages"} for row in rows]
        contents = ((SESSIONS, sessions), (PAGE_VIEWS, views_of(rows)))
        return {table.name: pl.DataFrame(own, schema=table.schema) for table, own in contents}

    return made


@pytest.fixture(scope="session")
def fill(tables: Callable[[Rows], dict[str, pl.DataFrame]]) -> Callable[[Store, Rows], Store]:
    """Make ``rows`` (sessions with ``pages``) all there is in a store."""

    def filled(store: Store, rows: Rows) -> Store:
        for name, frame in tables(rows).items():
            days = {*frame["date"], *store.day_rows(name)}
            if days:
                store.replace_days(name, sorted(days), lambda f=frame: (f, {"made": 1}))
        return store

    return filled


@pytest.fixture
def make_store(tmp_path: Path, fill: Callable[[Store, Rows], Store]) -> Callable[[Rows], Store]:
    """Make a store of sessions given as rows (with ``pages``), and of their page views."""
    folder = tmp_path / "store"
    return lambda rows: fill(Store(folder) if folder.exists() else new_store(folder), rows)


@pytest.fixture
def rows() -> Rows:
    """Eight sessions in the last 28 days and four in the 28 before; see each line."""
    mail = {"channel": "Email", "source": "letter", "medium": "email", "campaign": "autumn"}
    vip = {"segment": "VIP", "customer_id": "c1", "logins": 1}
    bought = {"conversions": 2, "value": 500.0, "is_engaged": True}
    return [
        visit(1, 0, "a", "home kids kids", **vip),
        visit(2, 0, "a", "home", **bought, **mail, is_bounce=False),
        visit(3, 0, "b", "home", is_new=True),
        visit(4, 1, "b", "kids", device="smartphone", os="Android"),
        visit(5, 1, "c", "old home", is_new=True, **mail | {"content": "top"}),
        visit(6, 5, "d", "old", is_new=True, device="tablet", os="iOS"),
        visit(7, 5, "a", "home kids", **vip | {"logins": 2}),
        visit(8, 27, "e", "", events=1, is_new=True, is_bounce=False),
        visit(9, 28, "a", "home", is_new=True),
        visit(10, 29, "f", "home old", is_new=True, **mail, **bought | {"conversions": 1}),
        visit(11, 40, "f", "old"),
        visit(12, 55, "g", "home home", is_new=True),
    ]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of the sample company: 90 days, 13,000 sessions. Read only."""
    return company_store(tmp_path_factory.mktemp("company") / "store")


@pytest.fixture
def store(make_store: Callable[[Rows], Store], rows: Rows) -> Store:
    return make_store(rows)


@pytest.fixture
def nothing_is_kept() -> Iterator[None]:
    """Begin and end with no frame and no store in memory."""
    CACHE.clear()
    yield
    CACHE.clear()
    whole._KEPT.clear()


@pytest.fixture(params=["compiled", "polars"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Count by the compiled part, and by polars where it is missing."""
    if request.param == "polars":
        monkeypatch.setattr(runs, "is_compiled", lambda: False)
    elif not runs.is_compiled():
        pytest.fail("the compiled part is missing: build the package with a C compiler")
