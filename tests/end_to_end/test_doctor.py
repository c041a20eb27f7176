"""`weblog doctor`: a sound store has no finding; each way of damaging it has its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from new_store import copy_store
from places import in_a_folder

from sessionize.doctor import examine_sessions
from weblog.doctor import Finding, examine
from weblog.remote.place import place as place_of
from weblog.schema import TABLES
from weblog.site import Site
from weblog.store import Store, layout, open_store

DAY = date(2015, 5, 18)


@pytest.fixture
def mine(store: Path, place: Path) -> Store:
    copy_store(store, place / "mine")
    return Store(place / "mine")


def found(store: Store, *, deep: bool = False) -> list[Finding]:
    findings = examine(store, deep=deep)
    if not any(each.check in ("tables", "files") for each in findings):
        findings += examine_sessions(store, Site(), deep=deep)
    return findings


def rows(store: Store, name: str) -> pl.DataFrame:
    return store.head().scan(name).collect()


def put(store: Store, name: str, frame: pl.DataFrame) -> None:
    """Have the table hold these rows, and its marks as they are."""
    store.replace_all(name, frame)


def source(store: Store) -> str:
    return str(rows(store, "sources")["log_source"][0])


def a_data_file(store: Store, name: str = "hits") -> Path:
    return place_of(store.head().files(name)[0])


# How to damage a store, and what is found: check and table.


def line_twice(store: Store) -> None:
    put(store, "hits", pl.concat([rows(store, "hits"), rows(store, "hits").head(1)]))


def hit_lost(store: Store) -> None:
    put(store, "hits", rows(store, "hits").slice(1))


def reject_lost(store: Store) -> None:
    put(store, "rejects", rows(store, "rejects").clear())


def line_both_hit_and_reject(store: Store) -> None:
    hit = rows(store, "hits").row(0, named=True)
    rejects = rows(store, "rejects")
    put(store, "rejects", rejects.with_columns(line=pl.lit(hit["line"])))


def ledger_with_a_gap(store: Store) -> None:
    ledger = rows(store, "ledger")
    put(store, "ledger", ledger.with_columns(from_offset=pl.col("from_offset") + 1))


def ledger_that_does_not_add_up(store: Store) -> None:
    ledger = rows(store, "ledger")
    put(store, "ledger", ledger.with_columns(skipped=pl.col("skipped") + 1))


def ledger_mark_ahead(store: Store) -> None:
    here = source(store)
    mark = store.mark("ledger", here)
    store.append_once("ledger", TABLES["ledger"].empty(), here, 9_999_999, mark)


def hits_mark_behind(store: Store) -> None:
    here = source(store)
    store.append_once("hits", TABLES["hits"].empty(), here, 1, store.mark("hits", here))


def source_unknown(store: Store) -> None:
    put(store, "sources", rows(store, "sources").clear())


def hit_on_another_day(store: Store) -> None:
    hits = rows(store, "hits")
    put(store, "hits", hits.with_columns(date=pl.lit(DAY)))


def customer_twice(store: Store) -> None:
    customers = TABLES["customers"].schema
    row = {"customer_id": "c1", "valid_from": DAY}
    put(store, "customers", pl.DataFrame([row, row], schema=customers))


def purchase_that_ended_before(store: Store) -> None:
    row = {"purchase_id": "p", "customer_id": "c", "purchased": DAY, "ended": date(2014, 1, 1)}
    put(store, "purchases", pl.DataFrame([row], schema=TABLES["purchases"].schema))


def session_changed(store: Store) -> None:
    days = sorted(store.day_rows("sessions"))
    last = rows(store, "sessions").filter(pl.col("date") == days[-1])
    changed = last.with_columns(page_views=pl.col("page_views") + 1)
    store.replace_days("sessions", [days[-1]], lambda: (changed, {}))


def page_view_lost(store: Store) -> None:
    days = sorted(store.day_rows("page_views"))
    last = rows(store, "page_views").filter(pl.col("date") == days[-1])
    store.replace_days("page_views", [days[-1]], lambda: (last.slice(1), {}))


def day_never_made(store: Store) -> None:
    day = max(store.day_rows("sessions"))
    store.replace_days("sessions", [day], lambda: (TABLES["sessions"].empty(), {f"day:{day}": 1}))


def visitor_lost(store: Store) -> None:
    put(store, "visitors", rows(store, "visitors").slice(1))


def first_seen_wrong(store: Store) -> None:
    later = pl.col("first_seen") + pl.duration(days=1)
    put(store, "visitors", rows(store, "visitors").with_columns(first_seen=later))


def file_missing(store: Store) -> None:
    a_data_file(store).unlink()


def file_cut_off(store: Store) -> None:
    file = a_data_file(store)
    file.write_bytes(file.read_bytes()[:-10])


def footer_overwritten(store: Store) -> None:
    file = a_data_file(store)
    file.write_bytes(file.read_bytes()[:-4] + b"none")


def table_missing(store: Store) -> None:
    shutil.rmtree(store.folder / "visitors")


def log_damaged(store: Store) -> None:
    for file in (store.folder / "hits" / "_delta_log").iterdir():
        file.unlink()


def key_missing(store: Store) -> None:
    (store.folder / layout.KEY).unlink()


def key_damaged(store: Store) -> None:
    (store.folder / layout.KEY).write_text("no key")


def key_for_everybody(store: Store) -> None:
    (store.folder / layout.KEY).chmod(0o644)


def marker_missing(store: Store) -> None:
    (store.folder / layout.MARKER).unlink()


def published_damaged(store: Store) -> None:
    (store.folder / layout.PUBLISHED).write_text("{")


def published_version_gone(store: Store) -> None:
    layout.publish_versions(store.folder, {**store.head().versions, "hits": 4711})


def a_file_nobody_refers_to(store: Store) -> None:
    file = a_data_file(store)
    file.with_name("left.parquet").write_bytes(file.read_bytes())


DAMAGES: list[tuple[Callable[[Store], None], str, str]] = [
    (line_twice, "once", "hits"),
    (hit_lost, "balance", "hits"),
    (reject_lost, "balance", "rejects"),
    (line_both_hit_and_reject, "once", "hits"),
    (ledger_with_a_gap, "ledger", "ledger"),
    (ledger_that_does_not_add_up, "balance", "ledger"),
    (ledger_mark_ahead, "marks", "ledger"),
    (hits_mark_behind, "marks", "hits"),
    (source_unknown, "marks", "sources"),
    (hit_on_another_day, "dates", "hits"),
    (customer_twice, "keys", "customers"),
    (purchase_that_ended_before, "dates", "purchases"),
    (session_changed, "sessions", "sessions"),
    (page_view_lost, "sessions", "page_views"),
    (day_never_made, "sessions", "sessions"),
    (visitor_lost, "visitors", "visitors"),
    (first_seen_wrong, "visitors", "visitors"),
    (file_missing, "files", "hits"),
    (file_cut_off, "files", "hits"),
    (footer_overwritten, "files", "hits"),
    (table_missing, "tables", "visitors"),
    (log_damaged, "tables", "hits"),
    (key_missing, "files", ""),
    (key_damaged, "files", ""),
    (key_for_everybody, "files", ""),
    (marker_missing, "files", ""),
    (published_damaged, "published", ""),
    (published_version_gone, "published", "hits"),
    (a_file_nobody_refers_to, "orphans", "hits"),
]


IN_A_BUCKET = (line_twice, file_missing, file_cut_off, log_damaged, key_missing,
               published_version_gone, a_file_nobody_refers_to)  # fmt: skip
"""Of the damages those to what a bucket keeps otherwise than a disk, and one to the rows."""


@pytest.mark.parametrize("deep", [False, True])
def test_a_sound_store_has_no_finding(mine: Store, deep: bool) -> None:
    assert found(mine, deep=deep) == []


@pytest.mark.parametrize(
    ("place", "damage", "check", "table"),
    [
        pytest.param(where, *each, id=f"{where}-{each[0].__name__}")
        for where, damages in (("folder", [one[0] for one in DAMAGES]), ("bucket", IN_A_BUCKET))
        for each in DAMAGES
        if each[0] in damages
    ],
    indirect=["place"],
)
def test_each_damage_is_found(
    mine: Store, damage: Callable[[Store], None], check: str, table: str
) -> None:
    damage(mine)
    findings = found(mine)
    assert (check, table) in {(each.check, each.table) for each in findings}, findings
    assert all(each.problem and each.advice for each in findings)


@in_a_folder
def test_bytes_that_cannot_be_decoded_are_found_by_a_deep_look(mine: Store) -> None:
    file = max((Path(name) for name in mine.head().files("hits")), key=lambda f: f.stat().st_size)
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    file.write_bytes(data)
    assert ("files", "hits") in {(each.check, each.table) for each in examine(mine, deep=True)}


@in_a_folder
def test_the_command(mine: Store, weblog: Callable[..., Any]) -> None:
    assert (
        "0 faults, 0 notes: the store keeps its promises"
        in weblog("doctor", "--store", mine.folder).text
    )
    a_file_nobody_refers_to(mine)
    assert "1 note" in weblog("doctor", "--store", mine.folder).text  # no fault: code 0
    hit_lost(mine)
    said = weblog("doctor", "--store", mine.folder, code=1)
    assert "FAULT balance: hits: " in said.text
    told = json.loads(weblog("doctor", "--store", mine.folder, "--output", "json", code=1).out)
    assert told["faults"] == len([each for each in told["findings"] if each["level"] == "fault"])
    assert told["faults"] > 0


def test_a_store_in_order_after_compaction_has_no_finding(
    mine: Store, weblog: Callable[..., Any]
) -> None:
    a_file_nobody_refers_to(mine)
    weblog("compact", "--store", mine.folder, "--keep", "0")
    assert found(open_store(mine.folder)) == []
