"""Promises 1 to 3 on random logs: whatever comes, in whatever pieces, order and runs.

What reaches a store bit by bit, in states, copies and late, through runs that are cut short,
gives the tables that the whole logs give in one run; and those are what a slow, obvious
program makes of the lines. How many cases: ``WEBLOG_CASES`` or 2,000; ``dev.py prove`` asks
for more. tests/support/random_logs.py says what a case is.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from random_logs import (
    LOG_FORMAT,
    PLACES,
    Line,
    Offer,
    clock_change,
    random_lines,
    random_offers,
    whole,
)
from slow_sessions import slow_enrichment, slow_segment, slow_sessions, slow_visitors

import sessionize
import weblog
from sessionize import SessionRules
from weblog.errors import SourceError
from weblog.ingestion import Settings
from weblog.schema import TABLES
from weblog.site import Site, site_from
from weblog.status import status
from weblog.store import Store, open_store

CASES = int(os.environ.get("WEBLOG_CASES", "2000"))

RULE_SETS: dict[str, dict[str, Any]] = {
    "matomo": {"rules": "matomo"},
    "ga4": {"rules": "ga4"},
    "awstats": {"rules": "awstats"},
    "own values": {"rules": "ga4", "inactivity_minutes": 7, "ends_at_new_campaign": True},
    "one customer's or not": {"rules": "matomo", "ends_when_customer_changes": False},
}
ZONES = ("Asia/Seoul", "Europe/Berlin", "America/New_York")
PACKED = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@dataclass(frozen=True)
class Case:
    """One company: its lines, and how they reach the store."""

    seed: int
    place: int
    lines: list[Line]
    offers: list[Offer]


@dataclass(frozen=True)
class Ways:
    """How a store with many cases is filled: what its runs have in common.

    ``updates`` says after which runs sessions are made, the last always; ``stops`` after how
    many reports of progress a run is cut short, and is then run again.
    """

    zone: str
    session: dict[str, Any]
    sizes: Settings
    updates: list[bool]
    stops: list[int | None]
    register: int
    portion_rows: int
    skips: bool

    @property
    def site(self) -> Site:
        rules = {
            "time_zone": self.zone,
            "log_format": LOG_FORMAT,
            "hosts": ["shop.example"],
            "identity": {"visitor_cookie": "WLID"},
            "internal": {"paths": ["/staff/*"]},
            "events": [{"event": "download", "paths": ["/download/*"]}],
            "goals": [{"goal": "download", "paths": ["/download/*"], "value": 2.5}],
            "login": {"paths": ["/login"]},
            "skip": [{"name": "health", "paths": ["/health"]}] if self.skips else [],
            "session": self.session,
        }
        return site_from(rules, "site.toml", Path())


@st.composite
def ways(draw: st.DrawFn, session: dict[str, Any]) -> Ways:
    runs = draw(st.integers(1, 4))
    stop = st.one_of(st.none(), st.none(), st.integers(1, 60))
    return Ways(
        draw(st.sampled_from(ZONES)),
        session,
        Settings(
            log_format=LOG_FORMAT,
            force=True,  # some logs begin with more torn lines than whole ones
            chunk_bytes=draw(st.sampled_from([1000, 1 << 20, 1 << 20])),
            batch_lines=draw(st.sampled_from([50, 200, 200_000])),
        ),
        draw(st.lists(st.booleans(), min_size=runs, max_size=runs)),
        draw(st.lists(stop, min_size=runs, max_size=runs)),
        draw(st.integers(0, runs - 1)),
        draw(st.sampled_from([100, 400_000, 400_000])),
        draw(st.sampled_from([False, False, True])),
    )


def case_of(seed: int, place: int, given: Ways) -> Case:
    # The ways are in it, too: where Hypothesis draws a number again, the logs are others.
    draw = random.Random(f"{seed} {place} {given.zone} {given.updates} {given.stops}")
    lines = random_lines(draw, place, given.zone)
    return Case(seed, place, lines, random_offers(draw, lines, place, len(given.updates)))


def registered(store: Store, cases: Sequence[Case], zone: str) -> None:
    """Load what the company knows of each case's two customers: a VIP since the clock change."""
    customers, purchases = [], []
    for case in cases:
        day, name = clock_change(zone, case.place).date(), f"{case.place}"
        long_ago = date(1999, 1, 1)
        customers += [
            {"customer_id": f"C{name}", "valid_from": long_ago, "last_visit": long_ago},
            {"customer_id": f"C{name}", "valid_from": day, "grade": "VIP"},
            {"customer_id": f"D{name}", "valid_from": long_ago},
        ]
        purchases += [
            {"purchase_id": name, "customer_id": f"D{name}", "purchased": day, "value": 5.0}
        ]
    for table, rows in (("customers", customers), ("purchases", purchases)):
        frame = pl.DataFrame(rows, infer_schema_length=None)
        store.upsert(table, pl.concat([TABLES[table].empty(), frame], how="diagonal"))


class StoppedError(Exception):
    """Somebody pressed Ctrl+C."""


def stopping(after: int | None) -> Callable[..., None] | None:
    """Return what a run may be told its progress by; it ends the run at some point."""
    if after is None:
        return None
    left = iter(range(after))

    def progress(*_: object) -> None:
        if next(left, None) is None:
            raise StoppedError

    return progress


def written(folder: Path, offer: Offer) -> Path:
    path = folder / offer.name
    if offer.packing == ".zst":
        from backports.zstd import compress

        path.write_bytes(compress(offer.content))
    else:
        path.write_bytes(PACKED[offer.packing](offer.content))
    if offer.is_damaged:
        path.write_bytes(path.read_bytes()[:-9])
    return path


def ingested(store: Store, files: list[Path], given: Ways, stop: int | None = None) -> None:
    """Run an ingest without sessions; one that is to stop runs a second time."""
    options: dict[str, Any] = {"settings": given.sizes, "publish": False}
    if stop is not None:
        with suppress(StoppedError):
            weblog.ingest(store, files, given.site, progress=stopping(stop), **options)
    summary = weblog.ingest(store, files, given.site, **options)
    for error in summary.errors:
        assert isinstance(error, SourceError), error
        assert "torn-" in str(error), error


def updated(store: Store, given: Ways, stop: int | None = None) -> None:
    """Make sessions; an update that is to stop runs a second time."""
    rows = given.portion_rows
    if stop is not None:
        with suppress(StoppedError):
            sessionize.update(store, given.site, portion_rows=rows, progress=stopping(stop % 4))
    sessionize.update(store, given.site, portion_rows=rows)


def at_once(folder: Path, cases: Sequence[Case], given: Ways, template: Path) -> Store:
    """Return a store that got all lines in one log and one run."""
    store = Store(shutil.copytree(template, folder / "once"))
    registered(store, cases, given.zone)
    log = folder / "whole.log"
    log.write_bytes(b"".join(whole(case.lines) for case in cases))
    calm = replace(given, sizes=Settings(log_format=LOG_FORMAT, force=True))
    ingested(store, [log], calm)
    sessionize.update(store, given.site)
    return store


def bit_by_bit(folder: Path, cases: Sequence[Case], given: Ways, template: Path) -> Store:
    """Return a store that got the logs as the cases offer them."""
    store = Store(shutil.copytree(template, folder / "bits"))
    runs = len(given.updates)
    for run in range(runs):
        if run == given.register:
            registered(store, cases, given.zone)
        offers = [offer for case in cases for offer in case.offers if offer.run == run]
        (folder / str(run)).mkdir()
        files = [written(folder / str(run), offer) for offer in offers]
        if files:
            ingested(store, files, given, given.stops[run])
        if given.updates[run] or run == runs - 1:
            updated(store, given, given.stops[run])
    return store


KEYS = {"hits": "number", "sessions": "session_id", "page_views": "number"}


def tables(store: Store) -> dict[str, pl.DataFrame]:
    """Return all tables, rows in an order of their own; lines are named by their number.

    Which log a line is in, and at which place, depends on how the log was cut.
    """
    head = store.head()
    place = ["log_source", "line"]
    hits = head.scan("hits").with_columns(number="bytes").collect()
    assert not hits.select(place).is_duplicated().any()
    numbers = hits.select(*place, "number")
    views = head.scan("page_views").collect().join(numbers, on=place, how="left")
    return {
        "hits": hits.drop(place).sort("number"),
        "page_views": views.drop(place).sort("number"),
        "sessions": head.scan("sessions").collect().sort("session_id"),
        "visitors": head.scan("visitors").collect().sort("visitor_id"),
        "rejects": head.scan("rejects").select("raw", "reason", "length").collect().sort("raw"),
    }


def assert_equal(found: pl.DataFrame, expected: pl.DataFrame, name: str) -> None:
    if not found.equals(expected):
        found, expected = (frame.with_row_index("n") for frame in (found, expected))
        rows = [
            (one, other)
            for one, other in zip(found.to_dicts(), expected.to_dicts(), strict=False)
            if one != other
        ]
        raise AssertionError(
            f"{name}: {found.height} rows for {expected.height}; first that differ: {rows[:2]}"
        )


def assert_as_the_slow_program(store: Store, given: Ways) -> None:
    """Compare with sessions, visitors and segments made one hit after the other."""
    head = store.head()
    hits = head.scan("hits").collect().to_dicts()
    sessions, views = slow_sessions(hits, SessionRules.from_site(given.site))
    register = [head.scan(name).collect().to_dicts() for name in ("customers", "purchases")]
    facts = slow_enrichment(sessions, *register)
    for session in sessions:
        fact = facts[session["session_id"]]
        session |= {"is_new": fact["is_new"], "segment": slow_segment(session, fact)}
    visitors = slow_visitors(sessions)
    for name, rows, key in (
        ("sessions", sessions, ["session_id"]),
        ("page_views", views, ["log_source", "line"]),
        ("visitors", visitors, ["visitor_id"]),
    ):
        found = head.scan(name).collect().sort(key)
        if name == "visitors" and not given.site.session.ends_when_customer_changes:
            found = found.drop("customers")  # the slow program knows a session's first one only
        told = {column: found.schema[column] for column in found.columns if column in rows[0]}
        assert_equal(
            found.select(list(told)), pl.DataFrame(rows, schema=told, orient="row").sort(key), name
        )


def assert_no_way_matters(cases: Sequence[Case], given: Ways, template: Path) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        once = at_once(folder, cases, given, template)
        assert_as_the_slow_program(once, given)
        bits = bit_by_bit(folder, cases, given, template)
        found, expected = tables(bits), tables(once)
        for table, rows in expected.items():
            assert_equal(found[table], rows, table)
        counts, wanted = status(bits), status(once)
        assert counts.adds_up
        assert (counts.lines, counts.skipped_by) == (wanted.lines, wanted.skipped_by)
        assert counts.lines == sum(len(case.lines) for case in cases)


def blame(cases: Sequence[Case], given: Ways, template: Path) -> str:
    """Say which case fails alone, with as few lines as are needed for that."""

    def fails(case: Case) -> str | None:
        try:
            assert_no_way_matters([case], given, template)
        except Exception as error:  # whatever it is, it is to be told
            return f"{type(error).__name__}: {error}"
        return None

    for case in cases:
        why = fails(case)
        if why is None:
            continue
        offers = "\n".join(
            f"  run {offer.run}: {offer.name}, {len(offer.content)} bytes" for offer in case.offers
        )
        logs = "\n".join(
            f"  web{line.server}: {line.text.decode(errors='replace')}" for line in case.lines
        )
        return f"seed {case.seed}, place {case.place}, {given}\n{offers}\n{logs}\n{why}"
    return f"no case fails alone: seed {cases[0].seed}, {given}"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store: making one takes longer than copying it."""
    return open_store(tmp_path_factory.mktemp("new") / "S", create=True, key=b"k" * 32).folder


@pytest.mark.no_cover  # see tests/conftest.py
@pytest.mark.parametrize("rules", RULE_SETS)
def test_cut_copied_late_and_interrupted_logs_give_the_tables_of_one_run(
    rules: str, template: Path, record_property: Callable[[str, object], None]
) -> None:
    stores = -(-CASES // (len(RULE_SETS) * PLACES))
    tried: set[tuple[bytes, ...]] = set()

    @settings(max_examples=stores, phases=[Phase.explicit, Phase.generate])  # blame() shrinks
    @given(seed=st.integers(0, 2**63), given_ways=ways(RULE_SETS[rules]))
    def holds(seed: int, given_ways: Ways) -> None:
        cases = [case_of(seed, place, given_ways) for place in range(PLACES)]
        try:
            assert_no_way_matters(cases, given_ways, template)
        except AssertionError as error:
            raise AssertionError(blame(cases, given_ways, template)) from error
        tried.update(tuple(line.text for line in case.lines) for case in cases)

    holds()
    record_property("random cases", len(tried))
    assert len(tried) * len(RULE_SETS) >= CASES
