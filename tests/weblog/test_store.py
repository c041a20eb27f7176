"""The store: exactly-once commits, day replacement, snapshots, and clear errors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable
from new_store import new_store

from weblog.errors import ConcurrentIngestError, StoreError, UnknownNameError
from weblog.remote.place import location
from weblog.schema import SESSIONS, TABLES
from weblog.store import Snapshot, Store, open_store

DAY, NEXT = date(2025, 11, 1), date(2025, 11, 2)


@pytest.fixture
def store(place: Path) -> Store:
    return new_store(place / "store")


def sessions(*rows: tuple[str, date]) -> pl.DataFrame:
    start = datetime(2025, 11, 1, tzinfo=UTC)
    frame = pl.DataFrame([{"session_id": name, "date": day, "start": start} for name, day in rows])
    return pl.concat([SESSIONS.empty(), frame], how="diagonal_relaxed")


def ids(rows: pl.LazyFrame) -> list[str]:
    return sorted(rows.collect()["session_id"])


def test_a_new_store_has_every_table_empty_with_its_columns(place: Path) -> None:
    store = open_store(place / "store", create=True)
    for name, table in TABLES.items():
        frame = store.scan(name).collect()
        assert frame.height == 0
        assert frame.schema == table.schema


def test_categorical_text_is_read_back_as_text(store: Store) -> None:
    rows = sessions(("a", DAY)).with_columns(pl.col("session_id").cast(pl.Categorical))
    store.append_once("sessions", rows, "s", 1, None)
    assert store.scan("sessions").collect().schema == SESSIONS.schema


@pytest.mark.parametrize("name", ["my store", "웹로그 100%"])
def test_a_store_may_be_in_any_folder(place: Path, name: str) -> None:
    store = open_store(place / name, create=True)
    store.append_once("sessions", sessions(("a", DAY), ("b", NEXT)), "s", 1, None)
    snapshot = open_store(place / name).snapshot()
    for table, declared in TABLES.items():
        assert snapshot.scan(table).collect().schema == declared.schema
    assert ids(snapshot.scan("sessions")) == ["a", "b"]
    assert ids(snapshot.scan("sessions").filter(pl.col("date") == NEXT)) == ["b"]


def test_the_same_mark_appends_once(store: Store) -> None:
    store.append_once("sessions", sessions(("a", DAY)), "source", 10, None)
    assert store.mark("sessions", "source") == 10
    with pytest.raises(ConcurrentIngestError, match="Nothing was counted twice"):
        store.append_once("sessions", sessions(("a", DAY)), "source", 10, None)
    store.append_once("sessions", sessions(("b", NEXT)), "source", 20, 10)
    assert ids(store.scan("sessions")) == ["a", "b"]


def test_replacing_days_leaves_the_others_and_empties_what_is_not_given(store: Store) -> None:
    store.append_once("sessions", sessions(("a", DAY), ("b", NEXT)), "s", 1, None)
    store.replace_days("sessions", [DAY], lambda: (sessions(("c", DAY)), {"day": 1}))
    assert ids(store.scan("sessions")) == ["b", "c"]
    store.replace_days("sessions", [DAY], lambda: (sessions().clear(), {"day": 2}))
    assert ids(store.scan("sessions")) == ["b"]
    assert store.mark("sessions", "day") == 2
    assert store.day_rows("sessions") == {NEXT: 1}


def test_a_replacement_that_meets_another_reads_again(store: Store) -> None:
    store.append_once("sessions", sessions(("a", DAY)), "s", 1, None)
    calls: list[int] = []

    def make() -> tuple[pl.DataFrame, Mapping[str, int]]:
        calls.append(1)
        if len(calls) == 1:  # another writer gets there first
            store.replace_days("sessions", [DAY], lambda: (sessions(("other", DAY)), {"day": 1}))
        return sessions(("mine", DAY)), {"day": 2}

    store.replace_days("sessions", [DAY], make)
    assert len(calls) == 2
    assert ids(store.scan("sessions")) == ["mine"]


def test_upsert_replaces_by_key_and_adds(store: Store) -> None:
    def visitors(*rows: tuple[str, int]) -> pl.DataFrame:
        now = datetime(2025, 11, 1, tzinfo=UTC)
        return pl.DataFrame(
            {
                "visitor_id": [name for name, _ in rows],
                "first_seen": [now] * len(rows),
                "last_seen": [now] * len(rows),
                "sessions": [count for _, count in rows],
                "customers": [["K1"]] * len(rows),
            }
        )

    store.upsert("visitors", visitors(("a", 1), ("b", 1)))
    store.upsert("visitors", visitors(("b", 2), ("c", 1)))
    rows = store.scan("visitors").collect().sort("visitor_id")
    assert rows.select("visitor_id", "sessions").rows() == [("a", 1), ("b", 2), ("c", 1)]


def test_readers_see_what_was_published_and_writers_the_newest(store: Store) -> None:
    store.publish()
    before = store.snapshot()
    store.append_once("sessions", sessions(("a", DAY)), "s", 1, None)
    assert ids(store.snapshot().scan("sessions")) == []
    assert ids(store.head().scan("sessions")) == ["a"]
    store.publish()
    assert ids(store.snapshot().scan("sessions")) == ["a"]
    assert ids(before.scan("sessions")) == []
    assert before.key != store.snapshot().key


def test_the_visitor_key_stays_and_is_private(place: Path) -> None:
    first = open_store(place / "a", create=True).visitor_key
    assert open_store(place / "a", create=True).visitor_key == first
    assert (place / "a" / "visitor.key").stat().st_mode & 0o077 == 0
    assert open_store(place / "b", create=True, key=first).visitor_key == first


def test_what_is_no_store_is_said_clearly(place: Path) -> None:
    with pytest.raises(StoreError, match="no such folder"):
        open_store(place / "none")
    (place / "full").mkdir()
    (place / "full" / "thesis.doc").write_text("precious")
    with pytest.raises(StoreError, match="not empty and is no store"):
        open_store(place / "full", create=True)
    with pytest.raises(StoreError, match="the folder is no store"):
        open_store(place / "full")
    (place / "full" / "store.json").write_text('{"weblog_store": 99}')
    with pytest.raises(StoreError, match="its layout is 99"):
        open_store(place / "full")


def test_a_damaged_table_is_named(store: Store) -> None:
    for entry in (store.folder / "hits" / "_delta_log").iterdir():
        entry.unlink()
    with pytest.raises(StoreError, match="table hits cannot be read"):
        store.snapshot()


def test_an_unknown_table_is_named_with_the_nearest(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'sessions'"):
        store.scan("session")


def test_a_store_of_an_older_version_gets_the_columns_it_lacks(place: Path) -> None:
    store = new_store(place / "s")
    delta = store.head().delta("campaigns")
    log = store.folder / "campaigns" / "_delta_log" / "00000000000000000000.json"
    assert "cost" in {field.name for field in delta.schema().fields}
    text = log.read_text()
    cut = text.replace(
        r",{\"name\":\"cost\",\"type\":\"double\",\"nullable\":true,\"metadata\":{}}", ""
    )
    assert cut != text
    log.write_text(cut)
    (store.folder / "store.json").write_text('{"weblog_store": 1}')  # as older versions did
    reopened = open_store(place / "s", create=True)
    assert reopened.scan("campaigns").collect().schema == TABLES["campaigns"].schema


def test_all_marks_are_those_delta_tells_one_by_one_at_every_version(tmp_path: Path) -> None:
    store = new_store(tmp_path / "store")
    expected: list[dict[str, int]] = [{}]
    for version in range(1, 48):  # over two checkpoints
        number = 10 * version
        before = expected[-1].get(f"mark {version % 7}")
        store.append_once("sessions", SESSIONS.empty(), f"mark {version % 7}", number, before)
        expected.append({**expected[-1], f"mark {version % 7}": number})
    log = store.folder / "sessions" / "_delta_log"
    assert len(list(log.glob("*.checkpoint.parquet"))) >= 2
    for version, marks in enumerate(expected):
        delta = DeltaTable(store.folder / "sessions", version=version)
        snapshot = Snapshot(store.folder, {"sessions": version})
        assert snapshot.marks("sessions") == marks
        assert {name: delta.transaction_version(name) for name in marks} == marks


def test_a_row_that_comes_while_its_day_is_replaced_is_there_once(store: Store) -> None:
    others = [sessions(("late", DAY))]

    def make() -> tuple[pl.DataFrame, Mapping[str, int]]:
        while others:
            store.append_once("sessions", others.pop(), "other", 1, None)
        return store.head().scan("sessions").collect(), {}

    store.append_once("sessions", sessions(("first", DAY)), "mark", 1, None)
    store.replace_days("sessions", [DAY], make)
    assert ids(store.scan("sessions")) == ["first", "late"]


def test_an_older_state_is_not_published_after_a_newer_one(store: Store) -> None:
    before = store.head()
    store.append_once("sessions", sessions(("a", DAY)), "mark", 1, None)
    store.publish()
    store.publish(before)
    assert ids(store.scan("sessions")) == ["a"]


def test_a_damaged_transaction_log_is_told(store: Store) -> None:
    store.append_once("sessions", SESSIONS.empty(), "mark", 1, None)
    head = store.head("sessions")
    assert head.delta("sessions").version() == 1
    (store.folder / "sessions" / "_delta_log" / f"{1:020d}.json").write_text('{"txn": {')
    with pytest.raises(StoreError, match="transaction log of table sessions cannot be read"):
        head.marks("sessions")


def test_the_newest_version_is_the_one_delta_tells(store: Store) -> None:
    for version in range(1, 13):
        store.append_once("sessions", SESSIONS.empty(), "s", version, version - 1 or None)
    delta = DeltaTable(location(store.folder / "sessions"))
    delta.create_checkpoint()
    assert store.head().versions["sessions"] == delta.version() == 12
    assert store.head().marks("sessions") == {"s": 12}
    (store.folder / "sessions" / "_delta_log" / "_commit_5.json.tmp").write_bytes(b"")
    assert store.head().versions["sessions"] == 12
