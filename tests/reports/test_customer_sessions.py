"""What is kept of customers and visitors is what the store says, in each of its states."""

from __future__ import annotations

from datetime import date, timedelta
from inspect import signature
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reports import load, whole
from reports.as_of import segments_on, segments_on_days
from reports.cache import CACHE
from reports.choices import choices
from reports.customer_numbers import customer_ids, numbered_register, numbered_sessions
from reports.customer_sessions import all_customer_sessions, among_sessions, customer_sessions
from reports.on_cluster.parts import PartSnapshot
from reports.query import EVERYTHING, SESSION_FILTERS, Filters
from reports.registry import REPORTS
from reports.visitor_days import visitors_seen
from reports.whole_made import made
from sessionize import customers_on
from sessionize import segments_on_days as segments_read
from sessionize.facts import STATES, TOLD, Register
from weblog.site import Site
from weblog.store import Store

LAST = date(2025, 11, 30)
COLUMNS = ("customer_id", "date", "start", "visitor", "product_views", "logins", "key")

pytestmark = pytest.mark.usefixtures("nothing_is_kept")


def keep_whole(store: Store) -> None:
    with whole.Coming(store.snapshot()) as coming:
        found = made(store.snapshot())
        assert found is not None
        coming.keep(found)
    CACHE.clear()


@pytest.mark.parametrize("back", [(27, 0), (75, 20), (400, 0), (500, 400)])
def test_sessions_of_customers_are_those_that_are_read(
    company: Store, back: tuple[int, int]
) -> None:
    snapshot = company.snapshot()
    span = LAST - timedelta(days=back[0]), LAST - timedelta(days=back[1])
    read = (
        snapshot.scan("sessions")
        .filter(pl.col("date").is_between(*span), pl.col("customer_id").is_not_null())
        .select(
            *("customer_id", "date", "start"),
            pl.col("visitor_id").hash().alias("visitor"),
            "product_views",
            pl.col("logins").fill_null(0),
            pl.col("session_id").hash(load.seed(snapshot, span)).alias("key"),
        )
        .collect()
    )
    found = customer_sessions(snapshot, span, COLUMNS)
    assert found.sort("key").equals(read.sort("key"))
    assert found.schema == read.schema
    numbers = load.sessions(snapshot, span, EVERYTHING, ["session", "key"])
    among = among_sessions(snapshot, span)
    assert among["session"].is_sorted()
    joined = read.select("key", "customer_id", "date").join(numbers, on="key").sort("key")
    assert among.sort("key").equals(joined.select(among.columns))


def test_no_day_has_no_session(company: Store) -> None:
    assert customer_sessions(company.snapshot(), None, COLUMNS).columns == list(COLUMNS)
    assert among_sessions(company.snapshot(), None).is_empty()


def test_a_later_state_reads_only_the_months_that_changed(
    make_store: Any, visits: Any, tables: Any
) -> None:
    rows = [
        visits(number, back, f"v{number}", "home", customer_id=f"c{number}", logins=1)
        for number, back in enumerate((70, 40, 1, 0))
    ]
    store: Store = make_store(rows)
    before = customer_ids(store.snapshot()).to_list()
    assert before == ["c0", "c1", "c2", "c3"]
    for name, content in tables([visits(9, 0, "v9", "home", customer_id="c9")]).items():
        store.replace_days(name, [LAST], lambda f=content: (f, {"changed": 1}))
    earlier = LAST - timedelta(days=70)
    for file in Path(store.folder, "sessions", f"date={earlier}").glob("*.parquet"):
        file.unlink()  # who read it again would fail
    after = store.snapshot()
    assert customer_ids(after).to_list() == ["c0", "c1", "c2", "c9"]
    assert all_customer_sessions(after, ["customer_id"]).height == 4


def test_a_part_of_the_visitors_has_their_sessions_only(company: Store) -> None:
    snapshot = company.snapshot()
    every = all_customer_sessions(snapshot, ["visitor"])["visitor"]
    for part in range(2):
        own = PartSnapshot(snapshot.folder, snapshot.versions, part=part, parts=2)
        found = all_customer_sessions(own, ["visitor"])["visitor"]
        assert found.sort().equals(every.filter(every % 2 == part).sort())


def test_numbers_are_places_in_the_order_of_ids(company: Store) -> None:
    snapshot = company.snapshot()
    ids = customer_ids(snapshot)
    assert ids.is_sorted()
    assert ids.n_unique() == len(ids)
    read, found = Register.read(snapshot), numbered_register(snapshot)
    columns = ["customer_id", "valid_from", *TOLD, *STATES]
    named = found.customers.with_columns(ids.gather(found.customers["customer_id"]))
    assert named.select(columns).equals(read.customers.select(columns))
    purchases = found.purchases.with_columns(ids.gather(found.purchases["customer_id"]))
    assert purchases.sort("purchase_id").equals(read.purchases.sort("purchase_id"))
    sessions = numbered_sessions(snapshot, ["date", "visitor"])
    told = sessions.with_columns(ids.gather(sessions["customer_id"]))
    columns = ["customer_id", "date", "visitor"]
    assert told.equals(all_customer_sessions(snapshot, columns))


def test_segments_of_a_day_are_those_sessionize_finds(company: Store) -> None:
    snapshot, site = company.snapshot(), Site()
    for back in (0, 45, 3000):
        day = LAST - timedelta(days=back)
        read = customers_on(snapshot, day, site.segments)
        found = segments_on(snapshot, day, site)
        assert found.sort("customer_id").equals(read.sort("customer_id"))
    pairs = snapshot.scan("purchases").select("customer_id", date="purchased").collect()
    order = ["customer_id", "date"]
    read = segments_read(snapshot, pairs, site.segments).sort(order)
    assert segments_on_days(snapshot, pairs, site).sort(order).equals(read)
    nobody = segments_on_days(snapshot, pairs.clear(), site)
    assert nobody.schema == read.schema


@pytest.mark.parametrize("is_whole", [False, True])
@pytest.mark.parametrize("back", [0, 9, 60, 5000])
def test_what_visitors_had_done_by_a_day(company: Store, back: int, is_whole: bool) -> None:
    if is_whole:
        keep_whole(company)
    last = LAST - timedelta(days=back)
    rows = company.scan("sessions").sort("start", "customer_id", "session_id")
    columns = rows.select("visitor_id", "date", "is_new", "customer_id").collect()
    expected: dict[tuple[Any, ...], int] = {}
    by_visitor: dict[str, list[tuple[date, bool, str | None]]] = {}
    for visitor, *session in columns.rows():
        if session[0] <= last:
            by_visitor.setdefault(visitor, []).append(tuple(session))
    for own in by_visitor.values():
        new = [day for day, is_new, _ in own if is_new]
        again = [day for day, is_new, _ in own if not is_new]
        known = next(((day, who) for day, _, who in own if who), (None, None))
        told = (*(new or again)[:1], again[0] if again else None, *known)
        expected[told] = expected.get(told, 0) + 1
    found = visitors_seen(company.snapshot(), last)
    ids = customer_ids(company.snapshot())
    found = found.with_columns(ids.gather(found["customer"]).alias("customer"))
    names = ["first", "second", "known", "customer"]
    summed = found.group_by(names).agg(pl.col("people").sum())
    assert {row[:4]: row[4] for row in summed.select(*names, "people").rows()} == expected


def test_reports_of_a_store_in_memory_are_those_of_one_that_is_read(company: Store) -> None:
    names = ("lifecycle", "cohorts", "anomalies", "changes", "segments_by", "compare")
    asked = (EVERYTHING, Filters(LAST - timedelta(days=50), channels=("Email", "Direct")))

    def answers() -> list[Any]:
        CACHE.clear()
        found: list[Any] = [choices(company, name) for name in SESSION_FILTERS]
        for name in names:
            function = REPORTS[name].function
            more = {"site": Site()} if "site" in signature(function).parameters else {}
            reports = [function(company.snapshot(), filters, **more) for filters in asked]
            found += [(told.frame.to_dict(as_series=False), told.warnings) for told in reports]
        return found

    read = answers()
    keep_whole(company)
    assert answers() == read
