"""Merging small files and removing old ones: no row changes, no reader loses what it reads."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError
from hypothesis import given
from hypothesis import strategies as st

from weblog.schema import HITS, SESSIONS
from weblog.store import Store, open_store
from weblog.store.commit import commit_frame
from weblog.store.compaction import TIERS, compact, groups
from weblog.store.leftovers import clear, orphans
from weblog.store.rewrite import File
from weblog.store.snapshot import open_table

DAY = date(2025, 11, 3)
LATER = 10_000.0
"""Seconds by which a test is ahead of its files, so that they count as old."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "S", create=True)


def hits(first: int, count: int, day: date = DAY) -> pl.DataFrame:
    ts = datetime(day.year, day.month, day.day, tzinfo=UTC)
    lines = pl.int_range(first, first + count, eager=True)
    return HITS.empty().select("line").clear(count).select(
        pl.lit(day).alias("date") if name == "date"
        else lines.cast(dtype).alias("line") if name == "line"
        else pl.lit(ts).cast(dtype).alias("ts") if name == "ts"
        else pl.lit("a" if name == "log_source" else None).cast(dtype).alias(name)
        for name, dtype in HITS.schema.items()
    )  # fmt: skip


def grow(store: Store, commits: int, rows: int = 10) -> None:
    for number in range(commits):
        mark = number * rows
        frame = hits(mark + 1, rows)
        store.append_once("hits", frame, "a", mark + rows, mark or None)


def lines(store: Store) -> list[int]:
    return store.head().scan("hits").select("line").collect()["line"].to_list()


def test_merging_keeps_rows_order_marks_and_statistics(store: Store) -> None:
    grow(store, 20)
    before = store.head()
    written = before.written_at("hits")
    merged = compact(store, "hits")
    assert merged is not None
    assert (merged.files, merged.merged) == (20, 1)
    after = store.head()
    assert sorted(lines(store)) == list(range(1, 201))
    assert len(after.files("hits")) == 1
    assert store.mark("hits", "a") == 200
    assert after.rows_by_day("hits") == {DAY: 200}
    assert after.written_at("hits") == written  # merging writes no new rows
    told = pl.DataFrame(after.delta("hits").get_add_actions(flatten=True)).row(0, named=True)
    assert (told["min.line"], told["max.line"]) == (1, 200)
    assert compact(store, "hits") is None  # nothing is left to be done


def test_days_are_merged_each_by_itself(store: Store) -> None:
    for day in (DAY, DAY + timedelta(days=1)):
        for first in (1, 11):
            commit_frame(store.delta("hits"), HITS, hits(first, 10, day), {})
    merged = compact(store, "hits")
    assert merged is not None
    assert (merged.files, merged.merged) == (4, 2)
    assert store.day_rows("hits") == {DAY: 20, DAY + timedelta(days=1): 20}


def test_readers_of_an_earlier_version_go_on_reading(store: Store) -> None:
    grow(store, 20)
    store.publish()
    reader = store.snapshot().scan("hits").select("line")
    assert compact(store, "hits")
    assert clear(store, "hits", now=time.time() + LATER).files == 0  # it is published
    assert reader.collect().height == 200
    store.publish()
    assert clear(store, "hits", now=time.time()).files == 0  # it was a moment ago
    assert reader.collect().height == 200
    assert clear(store, "hits", now=time.time() + LATER).files == 20
    assert len(lines(store)) == 200


def test_an_append_meanwhile_is_tried_again(store: Store) -> None:
    grow(store, 20)
    writer = store.delta("hits")  # read before, committed after
    assert compact(store, "hits")
    with pytest.raises(CommitFailedError):
        commit_frame(writer, HITS, hits(201, 10), {"a": 210})
    store.append_once("hits", hits(201, 10), "a", 210, 200)
    assert sorted(lines(store)) == list(range(1, 211))


class Late(Store):
    """A store as it was when the table was first opened: what is done to it since is not seen."""

    def delta(self, name: str) -> DeltaTable:
        return self._seen.setdefault(name, open_table(self.folder, name))

    _seen: ClassVar[dict[str, DeltaTable]] = {}


def test_a_merge_of_a_day_that_was_replaced_meanwhile_is_given_up(store: Store) -> None:
    grow(store, 20)
    late = Late(store.folder)
    late.delta("hits")
    store.replace_days("hits", [DAY], lambda: (hits(1, 1), {}))
    assert compact(late, "hits") is None
    assert lines(store) == [1]


def test_a_day_replaced_meanwhile_is_not_there_twice(store: Store) -> None:
    """As it would be after Delta's own optimize (see weblog.store.compaction)."""
    grow(store, 20)
    writer = store.delta("hits")
    assert compact(store, "hits")
    with pytest.raises(CommitFailedError):
        commit_frame(writer, HITS, hits(1, 1), {}, replace=[DAY])
    store.replace_days("hits", [DAY], lambda: (hits(1, 1), {}))
    assert lines(store) == [1]


def test_files_of_a_killed_writer_are_orphans_and_go_when_they_are_old(store: Store) -> None:
    grow(store, 2)
    lost = store.folder / "hits" / f"date={DAY}" / "lost.parquet"
    hits(1, 1).write_parquet(lost)
    assert orphans(store, "hits") == [lost]
    assert clear(store, "hits", now=time.time()).files == 0
    assert clear(store, "hits", now=time.time() + LATER).files == 1
    assert not orphans(store, "hits")
    assert len(lines(store)) == 20


def test_the_log_does_not_grow_for_ever(store: Store) -> None:
    log = store.folder / "sessions" / "_delta_log"
    for number in range(150):
        store.replace_days("sessions", [DAY], lambda number=number: (
            SESSIONS.empty(), {f"day:{DAY}": number}))  # fmt: skip
    store.publish()
    removed = clear(store, "sessions", now=time.time() + LATER)
    assert removed.commits > 100
    assert len(list(log.iterdir())) < 50
    assert store.mark("sessions", f"day:{DAY}") == 149
    assert store.head().marks("sessions") == {f"day:{DAY}": 149}
    assert store.snapshot().scan("sessions").collect().is_empty()


def test_versions_that_are_published_stay_readable_whatever_their_age(store: Store) -> None:
    grow(store, 5)
    store.publish()
    for number in range(100):
        store.append_once("hits", HITS.empty(), "b", number + 1, number or None)
    clear(store, "hits", now=time.time() + LATER)
    assert store.snapshot().scan("hits").select(pl.len()).collect().item() == 50


@given(sizes=st.lists(st.integers(1, 1 << 28), max_size=60), at_least=st.integers(2, 20))
def test_merges_are_of_one_tier_and_day_and_not_too_large(sizes: list[int], at_least: int) -> None:
    files = [File(str(i), size, {"date": str(i % 2)}) for i, size in enumerate(sizes)]
    chosen = groups(files, TIERS, at_least)
    for group in chosen:
        assert len(group) > 1
        assert len({file.values["date"] for file in group}) == 1
        assert len({next(t for t in TIERS if file.size < t) for file in group}) == 1
        assert sum(file.size for file in group) <= TIERS[-1]
    paths = [file.path for group in chosen for file in group]
    assert len(paths) == len(set(paths))


def test_rows_are_written_anew_a_few_times_at_most() -> None:
    """However many commits there are: bytes merged / bytes written stays below the tiers + 1."""
    files: list[File] = []
    rewritten = 0
    for number in range(5000):
        files.append(File(str(number), 200_000, {}))
        for group in groups(files, TIERS, 16):
            files = [file for file in files if file not in group]
            files.append(File(f"m{number}", sum(file.size for file in group), {}))
            rewritten += files[-1].size
    assert rewritten / (5000 * 200_000) < len(TIERS) + 1
    assert len(files) < 16 * len(TIERS) + 5000 * 200_000 / (TIERS[-1] / 4)
