"""The register from databases: a real PostgreSQL server, and SQLite files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from postgresql import PASSWORD, Server, running_server

import sessionize
from sessionize.database import Database, is_database
from weblog.errors import DatabaseError, TableError, UsageError, WeblogError
from weblog.site import Site, site_from
from weblog.store import Store

TODAY = date(2025, 11, 3)

MEMBERS = """
create table members (
    cust_no numeric(12, 2), name text, born date, grade char(6), joined timestamp,
    agreed boolean, kids double precision, key uuid default gen_random_uuid());
insert into members values
    (101.00, '김민수', '1980-05-01', 'VIP', '2020-01-01 00:00', true, 2),
    (102, '이영희', 'infinity', null, '2021-01-01 10:30', false, 'nan'),
    (null, '박서준', '1990-01-01', 'GOLD', '2022-01-01', true, 0);
create sequence numbers;
create schema shop;
create table shop."Contracts" (
    number varchar(9), cust_no int, since timestamptz, until date, amount numeric);
insert into shop."Contracts" values
    ('P1', 101, '2025-03-01 00:00+09', 'infinity', 1250000.50),
    ('P2', 101, '2025-03-01 00:00+00', '2025-06-30', 1e6),
    ('P3', 102, '2025-03-01 12:00+09', null, 5);
"""

COLUMNS = {
    "customer_id": "cust_no",
    "birth_date": "born",
    "consent_email": "agreed",
    "children": "kids",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as server:
        server.run(MEMBERS)
        server.run("create database old encoding 'EUC_KR' template template0")
        server.run("create table members as select '김민수'::text as name, 7 as customer_id", "old")
        yield server


@pytest.fixture
def site() -> Site:
    return site_from({"time_zone": "Asia/Seoul"}, "site.toml", Path())


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    found = store.head().scan(table).collect().sort(pl.first()).to_dicts()
    return [{key: value for key, value in row.items() if value is not None} for row in found]


def faults(load: sessionize.RegisterLoad) -> list[tuple[Any, ...]]:
    return load.faults.rows()


# PostgreSQL


def test_customers_from_postgresql(store: Store, site: Site, server: Server) -> None:
    source = sessionize.RegisterSource(server.url(), table="members", columns=COLUMNS)
    done = sessionize.load_customers(store, site, source, as_of=TODAY)
    assert (done.rows, done.good, done.bad, done.new) == (3, 1, 2, 1)
    assert rows(store, "customers") == [
        {
            "customer_id": "101",
            "valid_from": date(2020, 1, 1),
            "known_from": TODAY,
            "joined": date(2020, 1, 1),
            "grade": "VIP",
            "name": "김민수",
            "birth_date": date(1980, 5, 1),
            "birth_year": 1980,
            "children": 2,
            "consent_email": True,
        }
    ]
    assert faults(done) == [
        (2, "joined", "2021-01-01 10:30:00", "a day such as 2025-09-30"),
        (2, "children", "NaN", "a whole number"),
        (3, "customer_id", None, "every row needs it"),
    ]
    assert done.ignored == ("key",)


def test_purchases_from_a_query(store: Store, site: Site, server: Server) -> None:
    query = """
        with all_of as (select * from shop."Contracts")
        select number as purchase_id, cust_no as customer_id, since as purchased, until as ended,
            amount as value
        from all_of order by 1 -- what the shop sold
    """
    source = sessionize.RegisterSource(server.url(), query=query)
    done = sessionize.load_purchases(store, site, source)
    day = date(2025, 3, 1)
    first = {"purchase_id": "P1", "customer_id": "101", "purchased": day, "value": 1250000.5}
    second = {"purchase_id": "P2", "customer_id": "101", "purchased": day, "value": 1e6}
    assert rows(store, "purchases") == [first, second | {"ended": date(2025, 6, 30)}]
    assert faults(done) == [(3, "purchased", "2025-03-01 12:00:00", "a day such as 2025-09-30")]


def test_a_schema_and_capitals_are_part_of_a_name(store: Store, site: Site, server: Server) -> None:
    names = {"purchase_id": "number", "customer_id": "cust_no", "purchased": "since"}
    source = sessionize.RegisterSource(server.url(), table="shop.Contracts", columns=names)
    assert sessionize.load_purchases(store, site, source).new == 2


def test_a_server_of_another_encoding(store: Store, site: Site, server: Server) -> None:
    source = sessionize.RegisterSource(server.url("old"), table="members")
    sessionize.load_customers(store, site, source, as_of=TODAY)
    assert [row["name"] for row in rows(store, "customers")] == ["김민수"]


def test_the_password_may_come_from_the_environment(
    store: Store, site: Site, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    source = sessionize.RegisterSource(server.url(password=None), query="select 1 as customer_id")
    assert sessionize.load_customers(store, site, source, as_of=TODAY).new == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"table": "nobody"}, 'relation "nobody" does not exist'),
        ({"query": "selec"}, "syntax error"),
        ({"query": "delete from members returning 1"}, "syntax error"),
        ({"query": "select nextval('numbers')"}, "read-only transaction"),
    ],
)
def test_what_the_server_says_is_told(
    store: Store, site: Site, server: Server, asked: dict[str, str], said: str
) -> None:
    source = sessionize.RegisterSource(server.url(), **asked)
    with pytest.raises(DatabaseError) as caught:
        sessionize.load_customers(store, site, source, as_of=TODAY)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"postgresql://weblog@127.0.0.1:{server.port}/postgres: ")


def test_two_columns_of_one_name_are_refused(store: Store, site: Site, server: Server) -> None:
    source = sessionize.RegisterSource(server.url(), query="select 1 as a, 2 as a")
    with pytest.raises(TableError, match="column a is there twice"):
        sessionize.load_customers(store, site, source, as_of=TODAY)


SECRETS = ("Geheim17", "Geheim%2F17", "Geheim/17", "Geheim%zz", "Ge@heim17", "Ge#heim17")


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://weblog:{}@127.0.0.1:{port}/postgres",
        "postgresql://weblog:{}@127.0.0.1:{port}/nowhere",
        "postgresql://weblog:{}@127.0.0.1:1/postgres",
        "postgresql://weblog:{}@127.0.0.1:port/postgres",
        "postgresql://weblog@127.0.0.1:{port}/postgres?password={}",
        "postgresql://weblog@127.0.0.1:1/postgres?password={}&nonsense=1",
        "mysql://weblog:{}@127.0.0.1/x",
    ],
)
def test_no_error_shows_a_password(
    store: Store, site: Site, server: Server, url: str, secret: str
) -> None:
    source = sessionize.RegisterSource(url.format(secret, port=server.port), table="members")
    with pytest.raises(WeblogError) as caught:
        sessionize.load_customers(store, site, source, as_of=TODAY)
    assert "eheim" not in str(caught.value)


# SQLite


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "고객 1.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table members (customer_id, name, children, birth_date)")
        connection.executemany(
            "insert into members values (?, ?, ?, ?)",
            [
                (101.0, "김민수", 2, "1980-05-01"),
                ("A2", "이영희".encode("cp949"), "two", "19810203"),
                (3, None, 0.5, None),
                (4, None, None, None),
            ],
        )
        connection.execute("update members set name = cast(name as text)")
    connection.close()
    return path


def test_customers_from_sqlite(store: Store, site: Site, file: Path) -> None:
    """Any column may hold values of any type, and text of another encoding."""
    source = sessionize.RegisterSource(f"sqlite:///{file}", table="members")
    done = sessionize.load_customers(store, site, source, as_of=TODAY)
    assert [row["customer_id"] for row in rows(store, "customers")] == ["101", "4"]
    assert faults(done) == [
        (2, "children", "two", "a whole number"),
        (3, "children", "0.5", "a whole number"),
    ]


def test_a_relative_path(
    store: Store, site: Site, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    query = "select customer_id, name from members where name is not null -- the named"
    source = sessionize.RegisterSource(f"sqlite:///{file.name}", query=query)
    sessionize.load_customers(store, site, source, as_of=TODAY)
    assert [row["name"] for row in rows(store, "customers")] == ["김민수", "이영희"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"table": "nobody"}, "SQLite says: no such table: nobody"),
        ({"query": "delete from members"}, "SQLite says: near"),
    ],
)
def test_what_sqlite_says_is_told(
    store: Store, site: Site, file: Path, asked: dict[str, str], said: str
) -> None:
    source = sessionize.RegisterSource(f"sqlite:///{file}", **asked)
    with pytest.raises(DatabaseError) as caught:
        sessionize.load_customers(store, site, source, as_of=TODAY)
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_not_made(store: Store, site: Site, tmp_path: Path) -> None:
    source = sessionize.RegisterSource(f"sqlite:///{tmp_path}/none.db", table="members")
    with pytest.raises(DatabaseError, match="the file is not there"):
        sessionize.load_customers(store, site, source, as_of=TODAY)
    assert not (tmp_path / "none.db").exists()


# URLs


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:x@db.example:5433/crm?sslmode=require", "postgresql://ann@db.example:5433/crm"),
        ("postgres://db.example/crm", "postgresql://db.example/crm"),
        ("postgresql+psycopg2://ann@db.example/crm", "postgresql://ann@db.example/crm"),
        ("postgresql:///crm?host=/run/postgresql", "postgresql:///crm"),
        ("sqlite:///register.db", "sqlite:///register.db"),
    ],
)  # fmt: skip
def test_how_a_database_is_called(url: str, shown: str) -> None:
    assert is_database(url)
    assert Database.of(url).shown == shown


@pytest.mark.parametrize("path", ["customers.csv", "a:b.csv", "C:\\x.csv", "./x://y"])
def test_what_is_no_url_is_a_path(path: str) -> None:
    assert not is_database(path)


@pytest.mark.parametrize("asked", [{}, {"table": "a", "query": "select 1"}])
def test_a_database_needs_one_of_table_and_query(
    store: Store, site: Site, asked: dict[str, str]
) -> None:
    source = sessionize.RegisterSource("sqlite:///x.db", **asked)
    with pytest.raises(UsageError, match="either --table NAME or --query"):
        sessionize.load_customers(store, site, source, as_of=TODAY)


def test_a_file_takes_no_query(store: Store, site: Site, tmp_path: Path) -> None:
    source = sessionize.RegisterSource(str(tmp_path / "x.csv"), query="select 1")
    with pytest.raises(UsageError, match="are for databases"):
        sessionize.load_customers(store, site, source, as_of=TODAY)
