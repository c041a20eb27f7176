"""Changing rows without writing all of a table, and telling what was added to a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store

from weblog.errors import ConcurrentIngestError
from weblog.schema import HITS, SESSIONS, VISITORS
from weblog.store import Store
from weblog.store.additions import additions
from weblog.store.compaction import compact
from weblog.store.rewrite import forget_history
from weblog.store.row_changes import RowChanges, change_rows

DAY, OTHER = date(2025, 11, 4), date(2025, 11, 5)
NOON = datetime(2025, 11, 4, 3, tzinfo=UTC)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "store")


def sessions(minutes: dict[int, int], day: date = DAY) -> pl.DataFrame:
    """Return sessions that begin at these minutes, with so many hits."""
    rows = [
        dict.fromkeys(SESSIONS.schema)
        | {
            "session_id": f"s{minute}",
            "date": day,
            "start": NOON + timedelta(minutes=minute),
            "hits": hits,
        }
        for minute, hits in minutes.items()
    ]
    return pl.DataFrame(rows, schema=SESSIONS.schema)


def stored(store: Store, day: date = DAY) -> dict[str, int]:
    rows = store.head().scan("sessions").filter(pl.col("date") == day).collect()
    assert rows["session_id"].is_unique().all()
    return dict(rows.select("session_id", "hits").iter_rows())


def files(store: Store, day: date = DAY) -> set[str]:
    return {path for path in store.head().files("sessions") if f"date={day}" in path}


@settings(max_examples=30)
@given(
    states=st.lists(
        st.dictionaries(st.integers(0, 30), st.integers(1, 3), max_size=20),
        min_size=2,
        max_size=4,
    )
)
def test_rows_become_what_they_should_be(states: list[dict[int, int]]) -> None:
    with TemporaryDirectory() as folder:
        store = new_store(Path(folder) / "store")
        store.append_once("sessions", sessions({7: 7}, OTHER), "day:other", 1, None)
        for number, state in enumerate(states):
            become(store, state, number + 1, piece=3)
            assert stored(store) == {f"s{minute}": hits for minute, hits in state.items()}
            assert stored(store, OTHER) == {"s7": 7}


def test_only_files_that_hold_a_row_are_written(store: Store) -> None:
    store.append_once("sessions", sessions(dict.fromkeys(range(10), 1)), "day", 1, None)
    become(store, dict.fromkeys(range(12), 1) | {0: 2}, 2, piece=4)
    assert len(files(store)) == 3
    before = files(store)
    become(store, dict.fromkeys(range(11), 1) | {0: 2, 11: 2, 12: 1}, 3, piece=4)
    assert len(files(store) & before) == 2
    assert stored(store)["s11"] == 2


def become(store: Store, state: dict[int, int], number: int, piece: int) -> None:
    """Change the day's sessions to these, as the ``number``-th change."""
    now = store.head().scan("sessions").filter(pl.col("date") == DAY).collect()
    changes = RowChanges.between(now, sessions(state), SESSIONS.key)
    marks, expected = {"day": number}, {"day": number - 1 or None}
    change_rows(store, "sessions", changes, marks, expected, day=DAY, piece=piece)


def minutes_by_file(store: Store) -> list[list[int]]:
    found = [pl.read_parquet(path)["session_id"].to_list() for path in files(store)]
    return sorted(sorted(int(name[1:]) for name in names) for names in found)


def test_what_changes_at_its_own_moment_stays_in_its_file(store: Store) -> None:
    """Else each change would mix old rows with new ones, and more files would hold a row."""
    become(store, dict.fromkeys(range(12), 1), 1, piece=4)
    assert minutes_by_file(store) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    become(store, dict.fromkeys(range(14), 1) | {1: 2, 6: 2}, 2, piece=4)
    assert minutes_by_file(store) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13]]
    become(store, dict.fromkeys(range(16), 1) | {1: 3, 6: 3, 13: 3}, 3, piece=4)
    assert minutes_by_file(store)[3] == [12, 13, 14, 15]  # they go where there is room


def test_what_is_left_of_a_file_is_cut_anew_with_what_comes(store: Store) -> None:
    become(store, dict.fromkeys(range(8), 1), 1, piece=4)
    become(store, dict.fromkeys([0, 1, 4, 5, 6, 7, 8, 9], 1), 2, piece=4)
    assert minutes_by_file(store) == [[0, 1, 8, 9], [4, 5, 6, 7]]


def test_a_table_without_days_changes_alike(store: Store) -> None:
    rows = [
        {"visitor_id": f"v{n}", "first_seen": NOON, "last_seen": NOON, "sessions": n,
         "customers": ["C1"] * (n % 2)}
        for n in range(5)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=VISITORS.schema)
    store.append_once("visitors", frame, "all", 1, None)
    wanted = frame.with_columns(customers=pl.lit(["C2"])).head(3)
    changes = RowChanges.between(frame.head(3), wanted, VISITORS.key)
    change_rows(store, "visitors", changes, {"all": 2}, {"all": 1})
    found = store.head().scan("visitors").collect().sort("visitor_id")
    assert found["customers"].to_list() == [["C2"], ["C2"], ["C2"], ["C1"], []]


def test_a_mark_that_moved_stops_the_change(store: Store) -> None:
    store.append_once("sessions", sessions({1: 1}), "day", 1, None)
    changes = RowChanges(sessions({1: 1}), sessions({}))
    with pytest.raises(ConcurrentIngestError):
        change_rows(store, "sessions", changes, {"day": 3}, {"day": 2}, day=DAY)
    assert stored(store) == {"s1": 1}


def test_what_did_not_change_is_no_change() -> None:
    same = RowChanges.between(sessions({1: 1, 2: 5}), sessions({2: 5, 1: 1}), SESSIONS.key)
    assert not same.some


def hits(first: int, count: int, day: date = DAY) -> pl.DataFrame:
    rows = [
        dict.fromkeys(HITS.schema) | {"date": day, "ts": NOON, "log_source": "a", "line": line}
        for line in range(first, first + count)
    ]
    return pl.DataFrame(rows, schema=HITS.schema)


def append(store: Store, frame: pl.DataFrame) -> None:
    mark = store.mark("hits", "test")
    store.append_once("hits", frame, "test", (mark or 0) + 1, mark)


def added_since(store: Store, rows: int) -> list[int] | None:
    head = store.head()
    found = additions(head, "hits", DAY, lambda there: there == rows)
    if found is None:
        return None
    lines = [
        head.scan_files("hits", paths).collect()["line"].sort().to_list()
        for paths in (found.before, found.added)
    ]
    assert (
        sorted([*lines[0], *lines[1]])
        == head.scan("hits").filter(pl.col("date") == DAY).collect()["line"].sort().to_list()
    )
    assert (len(lines[0]), len(lines[1])) == (found.rows_before, found.rows_added)
    return lines[1]


def test_additions_are_told_by_the_number_of_rows_before(store: Store) -> None:
    for first in (1, 11, 21):
        append(store, hits(first, 10))
        append(store, hits(first, 10, OTHER))
    assert added_since(store, 30) == []
    assert added_since(store, 20) == list(range(21, 31))
    assert added_since(store, 10) == list(range(11, 31))
    assert added_since(store, 15) is None


def test_merged_files_are_old_or_new_as_their_rows_are(store: Store) -> None:
    append(store, hits(1, 10))
    append(store, hits(11, 10))
    assert compact(store, "hits") is not None
    append(store, hits(21, 10))
    assert added_since(store, 20) == list(range(21, 31))
    assert added_since(store, 10) is None  # some of the merged file's rows are old, some new
    assert added_since(store, 0) == list(range(1, 31))


def test_new_files_that_are_merged_with_each_other_stay_new(store: Store) -> None:
    append(store, hits(1, 50_000))
    (big,) = store.head().files("hits")
    append(store, hits(50_001, 2))
    append(store, hits(50_003, 2))
    limit = Path(big).stat().st_size
    assert compact(store, "hits", tiers=(limit,)) is not None
    assert len(store.head().files("hits")) == 2
    assert added_since(store, 50_000) == [50_001, 50_002, 50_003, 50_004]


def test_rows_that_went_leave_nothing_to_tell(store: Store) -> None:
    append(store, hits(1, 10))
    store.replace_days("hits", [DAY], lambda: (hits(1, 5), {}))
    append(store, hits(11, 2))
    assert added_since(store, 5) == [11, 12]
    assert added_since(store, 10) is None


def test_commits_that_are_no_longer_there_tell_nothing(store: Store) -> None:
    append(store, hits(1, 10))
    append(store, hits(11, 10))
    forget_history(store.delta("hits"))
    append(store, hits(21, 10))
    assert added_since(store, 20) == list(range(21, 31))
    assert added_since(store, 10) == list(range(11, 31))
    assert added_since(store, 0) is None


def test_many_files_are_read_in_one_scan(store: Store) -> None:
    """As many scans as files are all begun at once: ten times the memory of one."""
    for first in range(1, 30):
        append(store, hits(first, 1))
    append(store, hits(1, 5, OTHER))
    head = store.head()
    paths = pl.DataFrame(head.delta("hits").get_add_actions(flatten=True))["path"].to_list()
    rows = head.scan_files("hits", paths, pl.col("line") > 3)
    assert rows.explain().count("Parquet SCAN") == 2  # one for each day
    found = rows.select("date", "line").collect().sort("date", "line")
    assert found.rows() == [*((DAY, line) for line in range(4, 30)), (OTHER, 4), (OTHER, 5)]
    assert rows.collect_schema() == HITS.schema


def test_files_of_before_a_column_was_declared_are_read_with_the_others(store: Store) -> None:
    append(store, hits(1, 2))
    (old,) = (Path(file) for file in store.head().files("hits"))
    pl.read_parquet(old).drop("is_login").with_columns(extra=1).write_parquet(old)
    append(store, hits(3, 1).with_columns(is_login=pl.lit(value=True)))
    paths = [f"date={DAY}/{Path(file).name}" for file in store.head().files("hits")]
    found = store.head().scan_files("hits", paths).collect().sort("line")
    assert found.schema == HITS.schema
    assert found["is_login"].to_list() == [None, None, True]
