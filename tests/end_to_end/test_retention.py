"""Retention: old days go, from tables and files; no figure of what stays changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from new_store import copy_store
from places import in_a_folder

from sessionize import update
from weblog.company_tables import DELIVERIES, MAILINGS
from weblog.ingestion import ingest
from weblog.retention import RETENTION, planned, retire
from weblog.site import Site
from weblog.site.retention import Retention
from weblog.status import status
from weblog.store import Store, open_store

TODAY = date(2015, 5, 21)
TWO_DAYS = Retention(hits=2, page_views=2, robots=2)
GONE = [date(2015, 5, 17), date(2015, 5, 18)]


@pytest.fixture
def mine(store: Path, place: Path) -> Store:
    copy_store(store, place / "mine")
    return open_store(place / "mine", create=True)


def rows(store: Store, name: str) -> pl.DataFrame:
    found = store.snapshot().scan(name).collect()
    return found.sort("visitor_id" if name == "visitors" else "session_id")


def files(store: Store) -> list[str]:
    """Return the files of table hits that there are, whether a commit refers to them or not."""
    return [str(file) for file in (store.folder / "hits").rglob("*.parquet")
            if "_delta_log" not in str(file)]  # fmt: skip


def test_hits_go_and_sessions_stay(mine: Store, apache_log: Path) -> None:
    before = {name: rows(mine, name) for name in ("sessions", "visitors")}
    lines = status(mine).lines
    done = retire(mine, TWO_DAYS, today=TODAY)
    assert {each.table: each.days for each in done}["hits"] == 2
    assert min(day for day, count in mine.day_rows("hits").items() if count) > GONE[-1]
    assert not [file for file in files(mine) if "/date=2015-05-17/" in file]
    assert not [file for file in files(mine) if "/date=2015-05-18/" in file]
    for _ in range(2):  # neither now nor when the log is given again
        for name, expected in before.items():
            assert rows(mine, name).equals(expected), name
        found = status(mine)
        assert (found.lines, found.adds_up, found.unfinished) == (lines, True, False)
        assert found.erased == sum(each.rows for each in done if each.table == "hits")
        summary = ingest(mine, [apache_log], publish=False)
        assert (summary.lines, summary.errors) == (0, ())
        update(mine, Site())


@in_a_folder
def test_nothing_is_left_to_do_the_second_time(mine: Store) -> None:
    retire(mine, TWO_DAYS, today=TODAY)
    versions = mine.head().versions
    again = retire(mine, TWO_DAYS, today=TODAY)
    assert all(each.rows == 0 for each in again)
    assert mine.head().versions == versions


@in_a_folder
def test_new_rules_make_no_sessions_of_what_is_gone(mine: Store) -> None:
    retire(mine, TWO_DAYS, today=TODAY)
    old = pl.col("date").is_in(GONE)
    before = rows(mine, "sessions").filter(old)
    site = Site.model_validate({"session": {"rules": "awstats"}})
    summary = update(mine, site)
    assert summary.made
    assert not set(summary.made) & set(GONE)
    assert rows(mine, "sessions").filter(old).equals(before)


@in_a_folder
def test_a_late_line_of_a_day_that_is_gone_does_not_undo_its_sessions(
    mine: Store, tmp_path: Path
) -> None:
    retire(mine, TWO_DAYS, today=TODAY)
    old = pl.col("date").is_in(GONE)
    before = rows(mine, "sessions").filter(old)
    late = tmp_path / "late.log"
    late.write_text(
        '192.0.2.9 - - [17/May/2015:12:00:00 +0000] "GET /late HTTP/1.1" 200 5 "-" "-"\n'
    )
    assert ingest(mine, [late], publish=False).hits == 1
    update(mine, Site())
    assert rows(mine, "sessions").filter(old).equals(before)
    retire(mine, TWO_DAYS, today=TODAY)
    assert date(2015, 5, 17) not in {day for day, count in mine.day_rows("hits").items() if count}
    assert status(mine).adds_up


@in_a_folder
def test_one_that_was_killed_before_the_ledger_is_completed(mine: Store) -> None:
    cut = mine.mark("ledger", RETENTION)
    empty = mine.head().scan("hits").clear().collect()
    mine.replace_days("hits", GONE, lambda: (empty, {RETENTION: 1}))
    assert cut is None
    assert not status(mine).adds_up
    retire(mine, TWO_DAYS, today=TODAY)
    assert status(mine).adds_up


@in_a_folder
def test_rejects_go_by_the_day_they_were_read(mine: Store) -> None:
    (found,) = planned(mine, Retention(rejects=1), date(2015, 1, 1))
    assert found.rows == 0
    (found,) = planned(mine, Retention(rejects=1), date(2999, 1, 1))
    assert found.rows == status(mine).rejects
    retire(mine, Retention(rejects=1), today=date(2999, 1, 1))
    assert (status(mine).rejects, status(mine).adds_up) == (0, True)


@in_a_folder
def test_the_command(mine: Store, tmp_path: Path, weblog: Callable[..., Any]) -> None:
    (tmp_path / "site.toml").write_text("[retention]\nhits = 30\n")
    said = weblog("retention", "--store", mine.folder, "--dry-run").text
    assert "hits: 9,999 rows of 4 days before" in said
    assert "would go" in said
    assert status(mine).erased == 0
    assert "removed (2015-05-17 to 2015-05-20)" in weblog("retention", "--store", mine.folder).text
    assert not files(mine), "what was removed lies on the disk still"
    assert "9,999 erased" in weblog("status", "--store", mine.folder).text
    (tmp_path / "site.toml").write_text("")
    assert "names no table" in weblog("retention", "--store", mine.folder).text


def test_deliveries_are_as_old_as_their_mailing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s", create=True)
    store.keep_time_zone("Asia/Seoul")
    sent = {
        "old": datetime(2015, 5, 18, 14, 59, tzinfo=UTC),  # a minute to midnight in Seoul
        "new": datetime(2015, 5, 18, 15, 0, tzinfo=UTC),
        "undated": None,
    }
    mailings = [dict.fromkeys(MAILINGS.schema) | {"mailing": n, "sent": t} for n, t in sent.items()]
    store.upsert("mailings", pl.DataFrame(mailings, schema=MAILINGS.schema))
    named = [*sent, "old", "not loaded"]
    rows = [
        dict.fromkeys(DELIVERIES.schema) | {"delivery": f"d{n}", "mailing": name}
        for n, name in enumerate(named)
    ]
    store.upsert("deliveries", pl.DataFrame(rows, schema=DELIVERIES.schema))
    kept = Retention(deliveries=2)
    (plan,) = planned(store, kept, TODAY)
    assert (plan.table, plan.days, plan.rows) == ("deliveries", 1, 2)
    assert plan.first == plan.last == date(2015, 5, 18)
    retire(store, kept, today=TODAY)
    left = store.head().scan("deliveries").collect()
    assert left["mailing"].sort().to_list() == ["new", "not loaded", "undated"]
    assert left.schema == DELIVERIES.schema
    assert len([*(store.folder / "deliveries").glob("*.parquet")]) == 1, "the old file is gone"
    assert [each.rows for each in retire(store, kept, today=TODAY)] == [0]
