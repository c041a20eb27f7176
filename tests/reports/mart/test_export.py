"""Views in PostgreSQL: a real server, typed tables, one transaction, only what changed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from adbc_driver_postgresql import dbapi
from polars.testing import assert_frame_equal
from postgresql import PASSWORD, USER, Server, running_server

from reports.mart import VIEWS
from reports.mart.export import export, remove_export
from reports.mart.state import copies_of
from reports.mart.tables import TABLE_VIEWS, chosen_tables
from weblog.errors import DatabaseError, UnknownNameError, UsageError
from weblog.schema import PAGE_VIEWS
from weblog.site import Site
from weblog.store import Store

SITE = Site()
ALL = [*VIEWS.values()]
LAST = date(2025, 11, 30)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with running_server() as server:
        server.run("create role reader login password 'reader'")
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    running.run("drop schema if exists weblog cascade; drop schema if exists other cascade")
    return running


def ask(server: Server, sql: str) -> pl.DataFrame:
    with dbapi.connect(server.url()) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return pl.DataFrame(cursor.fetch_arrow_table())


def assert_exported(server: Server, store: Store, views: list[Any], **shown: bool) -> None:
    for view in views:
        schema = view.table(**shown).schema
        found = ask(server, f'select * from weblog."{view.name}"')
        own = view.rows(store.snapshot(), None, SITE).select(schema.names()).collect()
        assert found.columns == schema.names()
        assert_frame_equal(found.cast(dict(schema)).sort(view.key), own.sort(view.key))


def test_every_view_and_table_arrives_as_it_is(company: Store, server: Server) -> None:
    views = [*ALL, *TABLE_VIEWS.values()]
    done = export(company, SITE, server.url(), views, with_customers=True)
    assert [each.view for each in done.built] == [view.name for view in views]
    assert_exported(server, company, views)
    again = export(company, SITE, server.url(), views, with_customers=True)
    assert {each.view: each.written for each in again.built if each.written} == {}


def test_types_keys_and_meanings_are_there(customers: Store, server: Server) -> None:
    export(customers, SITE, server.url(), ALL, with_customers=True)
    types = ask(
        server,
        "select column_name::text, data_type::text, is_nullable::text from "
        "information_schema.columns where table_schema = 'weblog' and table_name = 'sessions_flat'",
    )
    told = {name: (kind, null) for name, kind, null in types.rows()}
    assert told["start"] == ("timestamp with time zone", "YES")
    assert told["date"] == ("date", "YES")
    assert told["products"] == ("ARRAY", "YES")
    assert told["value"] == ("double precision", "YES")
    assert told["is_new"] == ("boolean", "YES")
    assert told["page_views"] == ("bigint", "YES")
    assert told["session_id"] == ("text", "NO")
    unique = ask(
        server,
        "select c.relname::text, bool_or(i.indisunique) u, bool_or(i.indisprimary) p "
        "from pg_index i "
        "join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = 'weblog' group by 1",
    )
    assert {name for name, is_unique, _ in unique.rows() if is_unique} == {*VIEWS, "weblog_export"}
    primary = {name for name, _, is_primary in unique.rows() if is_primary}
    assert {name for name, view in VIEWS.items() if not view.loose} <= primary
    for name, view in VIEWS.items():
        comments = ask(
            server,
            "select a.attname::text, col_description(a.attrelid, a.attnum) from pg_attribute a "
            f"where a.attrelid = 'weblog.{name}'::regclass and a.attnum > 0",
        )
        meanings = {column.name: column.meaning for column in view.columns}
        assert {each: text.startswith(meanings[each]) for each, text in comments.rows()} == (
            dict.fromkeys(meanings, True)
        )
        said = ask(server, f"select obj_description('weblog.{name}'::regclass)").item()
        assert view.grain in said


def test_a_row_twice_is_refused_by_the_key_also_where_it_is_null(
    customers: Store, server: Server
) -> None:
    export(customers, SITE, server.url(), ALL, with_customers=True)
    for view in ALL:
        again = f"insert into weblog.{view.name} select * from weblog.{view.name} limit 1"
        with pytest.raises(dbapi.IntegrityError, match="duplicate key"):
            ask(server, again)


def test_only_days_that_changed_are_sent(
    customers: Store, server: Server, change_day: Callable[..., date]
) -> None:
    export(customers, SITE, server.url(), ALL, with_customers=True)
    day = change_day(customers, 5, channel="Display")
    before = ask(server, "select session_id, xmin::text as x from weblog.sessions_flat")
    done = export(customers, SITE, server.url(), ALL, with_customers=True)
    changed = {each.view: each.written for each in done.built if each.written}
    daily = ("sessions_flat", "page_views_flat", "channel_daily")
    assert changed == dict.fromkeys(daily, 1) | {"visitor_profile": 1}
    assert_exported(server, customers, ALL)
    after = ask(server, "select session_id, date, xmin::text as x from weblog.sessions_flat")
    both = after.join(before, on="session_id")
    assert set(both.filter(pl.col("x") != pl.col("x_right"))["date"]) == {day}


def test_since_a_day_nothing_before_it_is_touched(
    customers: Store, server: Server, change_day: Callable[..., date]
) -> None:
    view = [VIEWS["channel_daily"]]
    export(customers, SITE, server.url(), view)
    far, near = change_day(customers, 29, channel="Audio"), change_day(customers, 1, channel="SMS")
    span = (LAST - timedelta(days=9), date.max)
    export(customers, SITE, server.url(), view, span=span)
    told = dict(
        ask(server, "select date, min(channel) from weblog.channel_daily group by 1").rows()
    )
    assert (told[near], told[far]) == ("SMS", "Email")
    export(customers, SITE, server.url(), view)
    assert_exported(server, customers, view)


def test_days_that_went_from_the_store_go(
    customers: Store, server: Server, fill: Any, rows: Any
) -> None:
    export(customers, SITE, server.url(), ALL, with_customers=True)
    fill(customers, [row for row in rows if row["date"] > LAST - timedelta(days=28)])
    export(customers, SITE, server.url(), ALL, with_customers=True)
    assert_exported(server, customers, ALL)
    fill(customers, rows)
    export(customers, SITE, server.url(), ALL, with_customers=True, full=True)
    assert_exported(server, customers, ALL)


def test_readers_see_the_state_before_until_all_is_there(
    customers: Store, server: Server, change_day: Callable[..., date]
) -> None:
    export(customers, SITE, server.url(), ALL, with_customers=True)
    change_day(customers, 0, channel="Display")
    both = (
        "select (select count(*) from weblog.sessions_flat where channel = 'Display') as a, "
        "(select coalesce(sum(sessions), 0)::bigint from weblog.channel_daily "
        "where channel = 'Display') as b"
    )
    seen = []

    def look(_: str) -> None:
        seen.append(ask(server, both).row(0))

    export(customers, SITE, server.url(), ALL, with_customers=True, told=look)
    assert seen == [(0, 0)] * len(ALL)
    assert ask(server, both).row(0) == (3, 3)


def test_one_that_fails_changes_nothing(
    customers: Store, server: Server, change_day: Callable[..., date]
) -> None:
    export(customers, SITE, server.url(), ALL, with_customers=True)
    before = ask(server, "select * from weblog.channel_daily order by 1, 2")
    change_day(customers, 0, channel="Display")
    server.run(
        "create function weblog.no() returns trigger language plpgsql as "
        "$$ begin raise exception 'the disk of % is full', 'the server'; end $$;"
        "create trigger no before insert on weblog.product_daily "
        "for each statement execute function weblog.no()"
    )
    customers.replace_all("purchases", _purchase())
    with pytest.raises(DatabaseError, match="the disk of the server is full"):
        export(customers, SITE, server.url(), ALL, with_customers=True)
    assert ask(server, "select * from weblog.channel_daily order by 1, 2").equals(before)


def _purchase() -> pl.DataFrame:
    from weblog.schema import PURCHASES

    row = {"purchase_id": "p", "customer_id": "c1", "product": "cover", "purchased": LAST}
    return pl.DataFrame([dict.fromkeys(PURCHASES.schema) | row], schema=PURCHASES.schema)


# customers


def test_nothing_tells_of_customers_unless_asked_for(customers: Store, server: Server) -> None:
    views = [view for view in ALL if not view.is_personal]
    export(customers, SITE, server.url(), views)
    assert_exported(server, customers, views, with_customers=False)
    names = ask(
        server,
        "select table_name::text, column_name::text from information_schema.columns "
        "where table_schema = 'weblog'",
    )
    personal = {name for view in ALL for name in view.personal}
    assert [row for row in names.rows() if row[1] in personal and row[0] != "product_daily"] == []
    dump = subprocess.run(
        [server.programs / "pg_dump", "-n", "weblog", server.url()],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "c1" not in dump.replace("\\", "").split()
    with pytest.raises(UsageError, match="customer_profile: a row is about a customer"):
        export(customers, SITE, server.url(), ALL)


def test_with_customers_and_then_without_them(customers: Store, server: Server) -> None:
    export(customers, SITE, server.url(), ALL, with_customers=True)
    views = [view for view in ALL if not view.is_personal]
    done = export(customers, SITE, server.url(), views)
    assert done.left == ("customer_profile",)
    assert_exported(server, customers, views, with_customers=False)


def test_no_export_holds_what_names_a_person() -> None:
    naming = {"name", "email", "phone", "birth_date"}
    assert [v.name for v in TABLE_VIEWS.values() if naming & {c.name for c in v.columns}] == []
    with pytest.raises(UnknownNameError, match="no table to export is called 'rejects'"):
        chosen_tables(("rejects",))


# what stands in the way


def test_tables_of_others_are_left_alone(customers: Store, server: Server, make_store: Any) -> None:
    server.run("create schema other; create table other.channel_daily (mine text)")
    views = [VIEWS["channel_daily"]]
    with pytest.raises(UsageError, match=r"other\.channel_daily is there and not of an export"):
        export(customers, SITE, server.url(), views, schema="other")
    assert ask(server, "select * from other.channel_daily").columns == ["mine"]
    export(customers, SITE, server.url(), views)
    server.run("update weblog.weblog_export set made_from = 'another' where part = ''")
    with pytest.raises(UsageError, match="is the export of another store"):
        export(customers, SITE, server.url(), views)


def test_a_view_made_upon_a_table_is_not_dropped(customers: Store, server: Server) -> None:
    views = [VIEWS["sessions_flat"]]
    export(customers, SITE, server.url(), views)
    server.run("create view weblog.mine as select date from weblog.sessions_flat")
    with pytest.raises(DatabaseError, match="Drop what depends on that table") as caught:
        export(customers, SITE, server.url(), views, with_customers=True)
    assert "mine" in str(caught.value)


def test_without_rights_it_says_which_to_grant(customers: Store, server: Server) -> None:
    url = (
        server.url()
        .replace(f"{USER}:", "reader:")
        .replace(server.url().split(f"{USER}:")[1].split("@")[0], "reader")
    )
    with pytest.raises(DatabaseError, match=r"permission denied .* Grant the user CREATE"):
        export(customers, SITE, url, [VIEWS["channel_daily"]])
    server.run("create schema weblog authorization reader")
    export(customers, SITE, url, [VIEWS["channel_daily"]])  # no right to make schemas is needed


def test_a_password_is_in_no_error_and_in_no_file(customers: Store, server: Server) -> None:
    for url in (server.url("nowhere"), server.url(password="wr0ng-" + PASSWORD)):
        with pytest.raises(DatabaseError) as caught:
            export(customers, SITE, url, ALL, with_customers=True)
        assert PASSWORD not in str(caught.value)
        assert "wr0ng" not in str(caught.value)
    assert copies_of(customers).databases == ()
    export(customers, SITE, server.url(), [VIEWS["channel_daily"]])
    told = (customers.folder / "copies.json").read_text()
    shown = f"postgresql://{USER}@127.0.0.1:{server.port}/postgres"
    assert json.loads(told)["databases"] == [[shown, "weblog"]]


def test_texts_a_database_cannot_hold_are_told_by_a_sign(store: Store, server: Server) -> None:
    def odd() -> tuple[pl.DataFrame, dict[str, int]]:
        rows = store.head().scan("page_views").filter(pl.col("date") == LAST).collect()
        new = rows.with_columns(path=pl.lit("/a\x00b"), goal=pl.lit("\x00"))
        return new.cast(dict(PAGE_VIEWS.schema)), {"made": 2}

    store.replace_days("page_views", [LAST], odd)
    long = "/" + "가" * 8000
    other = LAST - timedelta(days=1)

    def far() -> tuple[pl.DataFrame, dict[str, int]]:
        rows = store.head().scan("page_views").filter(pl.col("date") == other).collect()
        return rows.with_columns(path=pl.lit(long)), {"made": 3}

    store.replace_days("page_views", [other], far)
    export(store, SITE, server.url(), [VIEWS["content_daily"], VIEWS["sessions_flat"]])
    paths = ask(server, "select distinct path from weblog.content_daily")["path"]
    assert {"/a\ufffdb", long} <= set(paths)
    goals = ask(server, f"select goals from weblog.sessions_flat where date = '{LAST}'")["goals"]
    assert goals.to_list() == [["\ufffd"]] * 3


def test_a_schema_may_have_any_name(customers: Store, server: Server) -> None:
    name = 'it\'s "ours"'
    views = [VIEWS["channel_daily"]]
    export(customers, SITE, server.url(), views, schema=name)
    assert export(customers, SITE, server.url(), views, schema=name).built[0].written == 0
    server.run('drop schema "it\'s ""ours""" cascade')


def test_what_was_exported_can_be_removed(customers: Store, server: Server) -> None:
    views = [VIEWS["channel_daily"], VIEWS["visitor_profile"]]
    export(customers, SITE, server.url(), views)
    server.run("create table weblog.mine (x int)")
    names = ("channel_daily", "visitor_profile")
    assert remove_export(customers, server.url()) == names
    assert remove_export(customers, server.url()) == ()
    left = "select tablename::text as name from pg_tables where schemaname = 'weblog'"
    assert ask(server, left)["name"].to_list() == ["mine"]
    assert copies_of(customers).databases == ()
