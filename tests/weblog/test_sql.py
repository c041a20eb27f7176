"""SQL: every table, exact types, one snapshot, and nothing but the store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from weblog.errors import QueryError
from weblog.schema import SESSIONS, TABLES
from weblog.sql import query
from weblog.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(tmp_path / "it's a store", create=True)
    row = {
        "session_id": "a",
        "date": date(2025, 11, 1),
        "start": datetime(2025, 11, 1, 23, 30, tzinfo=UTC),
        "page_views": 3,
    }
    frame = pl.concat([SESSIONS.empty(), pl.DataFrame([row])], how="diagonal_relaxed")
    store.append_once("sessions", frame, "s", 1, None)
    return store


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_described_as_declared(store: Store, name: str) -> None:
    columns = query(store.snapshot(), f"describe {name}")
    assert columns["column_name"].to_list() == TABLES[name].schema.names()


def test_values_come_back_as_they_are(store: Store) -> None:
    rows = query(store.snapshot(), "select date, start, page_views from sessions")
    assert rows.rows() == [(date(2025, 11, 1), datetime(2025, 11, 1, 23, 30, tzinfo=UTC), 3)]


def test_the_snapshot_is_what_is_queried(store: Store) -> None:
    before = store.snapshot()
    store.replace_days("sessions", [date(2025, 11, 1)], lambda: (SESSIONS.empty(), {}))
    assert query(before, "select count(*) as n from sessions")["n"][0] == 1
    assert query(store.snapshot(), "select count(*) as n from sessions")["n"][0] == 0


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select * form hits", "syntax error"),
        ("select * from nothing", "Table with name nothing does not exist"),
        ("select * from read_csv('/etc/passwd')", "disabled by configuration"),
        ("select path from sesions", "Did you mean"),
    ],
)
def test_what_cannot_be_run_says_why(store: Store, sql: str, says: str) -> None:
    with pytest.raises(QueryError, match=r"the SQL cannot be run") as caught:
        query(store.snapshot(), sql)
    assert says in str(caught.value)


def test_columns_of_one_name_are_told_apart(store: Store) -> None:
    assert query(store.snapshot(), "select 1 as a, 2 as a, 3 as b").columns == ["a", "a_1", "b"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("interval 1 day", "1 day"),
        ("union_value(a := 1)", "1"),
        ("'101'::bit", "101"),
        ("'10:00:00+09'::timetz", "10:00:00+09"),
        ("[interval 2 month]", "[2 months]"),
        ("5::bignum", "5"),
        ("'{}'::json::variant", "{}"),
    ],
)
def test_types_polars_has_not_arrive_as_text(store: Store, value: str, text: str) -> None:
    assert query(store.snapshot(), f"select 7 as n, {value} as v").rows() == [(7, text)]
    assert query(store.snapshot(), "select now() as v").schema["v"] == pl.Datetime("us", "UTC")


@pytest.mark.parametrize(
    "sql",
    [
        "select content from read_text('{store}/visitor.key')",
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to '{store}/new.csv'",
        "copy (pivot (values (1)) as t(a) on a) to '{store}/new.csv'",
        "create table t (a int)",
        "insert into sessions select * from sessions",
        "attach '{store}/new.db'",
        "set threads = 1",
    ],
)
def test_a_statement_reads_the_tables_and_nothing_else(store: Store, sql: str) -> None:
    before = sorted(store.folder.iterdir())
    with pytest.raises(QueryError):
        query(store.snapshot(), sql.format(store=str(store.folder).replace("'", "''")))
    assert sorted(store.folder.iterdir()) == before


def test_a_pivot_is_a_question(store: Store) -> None:
    assert query(store.snapshot(), "pivot sessions on date using count(*)").height == 1


def test_dates_python_cannot_hold_are_unknown(store: Store) -> None:
    sql = (
        "select date 'infinity' as a, timestamptz '-infinity' as b, date '20000-01-01' as c, "
        "date '2025-11-01' as d"
    )
    assert query(store.snapshot(), sql).rows() == [(None, None, None, date(2025, 11, 1))]
