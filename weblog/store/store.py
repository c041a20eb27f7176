"""The store: one folder of Delta tables, written exactly once and read in snapshots."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError

from weblog.errors import ConcurrentIngestError, TimeZoneError, shown_path
from weblog.schema import TABLES, Table
from weblog.store import layout
from weblog.store.commit import Rows, commit_frame, local_path
from weblog.store.completing import complete
from weblog.store.declared import is_absent, present_tables
from weblog.store.lock import WAIT, Holder, Waiting, holders, lock
from weblog.store.marks import marks_at
from weblog.store.shared import shared_table
from weblog.store.snapshot import Snapshot, newest_version, open_table, rows_by_day

_LOOKS: Final = 20
_PAUSE: Final = 0.1
"""How often, and seconds between, to look whether another writer's commits add up."""

_BOOKS: Final = ("sources", "ledger", "rejects")
"""Tables that are committed with hits, of which no session follows."""

TRIES = 20
"""How often a commit that met another one is tried again before giving up."""

UPSERT = "upsert"
"""Mark that every commit without days of its own moves: of two at once the second fails."""


@dataclass(frozen=True, slots=True)
class Store:
    """One folder of Delta tables. Make it with :func:`weblog.store.open_store`."""

    folder: Path

    # reading

    def snapshot(self) -> Snapshot:
        """Return what readers should see: the last published state, else the newest."""
        versions = layout.published_versions(self.folder) or self._newest()
        return Snapshot(self.folder, versions, shared_table)

    def head(self, *names: str) -> Snapshot:
        """Return the newest state of every table (of ``names``, if given), for writers.

        It may be published or not.
        """
        # Backwards, so that no commit is seen without those that were made before it.
        present = present_tables(self.folder)
        wanted = reversed([name for name in names or present if name in present])
        versions = {name: newest_version(self.folder, name) for name in wanted}
        return Snapshot(self.folder, versions)

    def scan(self, name: str) -> pl.LazyFrame:
        """Return table ``name`` of the current snapshot lazily.

        Raises:
            UnknownNameError: the store has no such table.
        """
        return self.snapshot().scan(name)

    def delta(self, name: str) -> DeltaTable:
        """Open the newest state of one Delta table.

        Raises:
            StoreError: it cannot be read.
        """
        return open_table(self.folder, name)

    def mark(self, name: str, mark: str) -> int | None:
        """Return the number the newest commit to table ``name`` set for ``mark``, if any."""
        return None if is_absent(self.folder, name) else self.delta(name).transaction_version(mark)

    def day_rows(self, name: str) -> dict[date, int]:
        """Return rows per day of table ``name`` as of now, from the transaction log alone."""
        if is_absent(self.folder, name):
            return {}
        return rows_by_day(self.delta(name), TABLES[name].partition_by[0])

    @property
    def visitor_key(self) -> bytes:
        """The key of the hash that stands for a browser without a cookie."""
        return layout.visitor_key(self.folder)

    @property
    def time_zone(self) -> str | None:
        """The zone whose days the hits are stored under; None before the first hit."""
        return layout.time_zone(self.folder)

    def check_time_zone(self, name: str) -> None:
        """Make sure that the store's days are, or may become, those of the zone ``name``.

        Raises:
            TimeZoneError: they are of another one.
        """
        stored = self.time_zone
        if stored not in (None, name):
            raise TimeZoneError(shown_path(self.folder), str(stored), name)

    def is_published(self) -> bool:
        """Say whether readers see the newest state of every table."""
        newest = self._newest()
        published = layout.published_versions(self.folder)
        return newest == published or (published is None and not any(newest.values()))

    # working beside others

    def lock(
        self,
        purpose: str,
        *,
        exclusive: bool = False,
        wait: float = WAIT,
        waiting: Waiting | None = None,
    ) -> AbstractContextManager[Holder]:
        """Hold the store's lock while a block runs, see :func:`weblog.store.lock.lock`.

        Writers share it; what removes rows or files must be alone (``exclusive``).

        Raises:
            LockedError: others still held it after ``wait`` seconds.
        """
        return lock(self.folder, purpose, exclusive=exclusive, wait=wait, waiting=waiting)

    def holders(self) -> list[Holder]:
        """Return who holds the store's lock now."""
        return holders(self.folder)

    # writing: a store of an older version gets what it lacks first

    def keep_time_zone(self, name: str) -> None:
        """Write down that the store's days are those of the zone ``name``.

        Raises:
            TimeZoneError: they are of another one.
        """
        layout.keep_time_zone(self.folder, name)
        self.check_time_zone(name)

    def publish(self, head: Snapshot | None = None) -> None:
        """Let readers see the newest state of every table from now on.

        Args:
            head: publish this one: what came after it, others may not have finished.

        While another writer is between its hits and its ledger, it is waited for a little; then
        publishing is left to it. A state older than the published one is not published.
        """
        for _ in range(_LOOKS):
            found = self.head()
            if head is not None:
                is_same = found.versions["hits"] == head.versions["hits"]
                books = {name: found.versions[name] for name in _BOOKS} if is_same else {}
                found = Snapshot(self.folder, {**head.versions, **books})
            if found.adds_up():
                break
            time.sleep(_PAUSE)
        else:
            if any(holder.pid != os.getpid() for holder in self.holders()):
                return
        layout.publish_versions(self.folder, dict(found.versions))

    def pin(self) -> None:
        """Hold readers at what they see now, until a run that begins has published its end."""
        newest = self._newest()
        if layout.published_versions(self.folder) in (None, newest):
            layout.publish_versions(self.folder, newest)

    def append_once(
        self,
        name: str,
        frame: pl.DataFrame,
        mark: str,
        number: int,
        expected: int | None,
    ) -> None:
        """Append ``frame`` and set ``mark`` to ``number``, if the mark still is ``expected``.

        Raises:
            ConcurrentIngestError: somebody else moved the mark: these rows are theirs.
        """
        self.append_marked(name, frame, {mark: number}, {mark: expected})

    def append_marked(
        self,
        name: str,
        frame: Rows,
        numbers: Mapping[str, int],
        expected: Mapping[str, int | None],
    ) -> None:
        """Append ``frame`` and set several marks at once, if all still are as ``expected``.

        Raises:
            ConcurrentIngestError: somebody else moved one of the marks; nothing was appended.
        """
        complete(self.folder)
        for _ in range(TRIES):
            delta = self.delta(name)
            check_marks(delta, expected)
            try:
                with self.lock("write"):
                    commit_frame(delta, TABLES[name], frame, numbers)
            except CommitFailedError:
                continue
            return
        raise ConcurrentIngestError(", ".join(numbers), TRIES)

    def replace_days(
        self,
        name: str,
        days: Sequence[date],
        make: Callable[[], tuple[Rows, Mapping[str, int]]],
    ) -> None:
        """Replace all rows of ``days`` by what ``make`` computes, with the marks it gives.

        ``make`` is called again when another writer changed one of these days meanwhile, so
        it must read the store afresh each time.

        Raises:
            ConcurrentIngestError: others kept changing these days.
        """
        complete(self.folder)
        for _ in range(TRIES):
            delta = self.delta(name)
            frame, marks = make()
            if newest_version(self.folder, name) != delta.version():
                continue  # rows that came meanwhile may be in the frame, and would stay beside it
            try:
                with self.lock("write"):
                    commit_frame(delta, TABLES[name], frame, marks, replace=days)
            except CommitFailedError:
                continue
            return
        raise ConcurrentIngestError(f"table {name}", TRIES)

    def replace_all(
        self,
        name: str,
        frame: pl.DataFrame,
        marks: Mapping[str, int] | None = None,
        expected: Mapping[str, int | None] | None = None,
    ) -> None:
        """Replace every row of table ``name`` by ``frame`` and set ``marks``.

        Raises:
            ConcurrentIngestError: others kept changing this table, or one of the marks no longer
                is as ``expected``.
        """
        complete(self.folder)
        table = TABLES[name]
        rows = frame.select(pl.col(n).cast(dtype) for n, dtype in table.schema.items())
        for _ in range(TRIES):
            delta = self.delta(name)
            check_marks(delta, expected or {})
            fence = {UPSERT: (delta.transaction_version(UPSERT) or 0) + 1}
            try:
                with self.lock("write"):
                    commit_frame(delta, table, rows, {**fence, **(marks or {})}, replace="all")
            except CommitFailedError:
                continue
            return
        raise ConcurrentIngestError(f"table {name}", TRIES)

    def revise(
        self,
        name: str,
        make: Callable[[Snapshot], tuple[pl.DataFrame, Mapping[str, int]] | None],
    ) -> bool:
        """Replace every row of table ``name`` by what ``make`` computes from the newest state.

        ``make`` also gives marks to set; None leaves all as it is. It is called again when
        another writer came between. Returns whether something was written.

        Raises:
            ConcurrentIngestError: others kept changing this table.
        """
        complete(self.folder)
        table = TABLES[name]
        for _ in range(TRIES):
            head = self.head()
            made = make(head)
            if made is None:
                return False
            frame, marks = made
            rows = frame.select(pl.col(n).cast(dtype) for n, dtype in table.schema.items())
            fence = {UPSERT: (head.marks(name).get(UPSERT) or 0) + 1}
            try:
                with self.lock("write"):
                    commit_frame(head.delta(name), table, rows, {**fence, **marks}, replace="all")
            except CommitFailedError:
                continue
            return True
        raise ConcurrentIngestError(f"table {name}", TRIES)

    def upsert(
        self, name: str, frame: pl.DataFrame, marks: Mapping[str, int] | None = None
    ) -> None:
        """Replace the rows of table ``name`` that have the keys of ``frame``, add the others.

        ``frame`` holds each key once; ``marks`` are set in the same commit.

        Raises:
            ConcurrentIngestError: others kept changing this table.
        """
        if frame.is_empty():
            return
        complete(self.folder)
        table = TABLES[name]
        for _ in range(TRIES):
            delta = self.delta(name)
            try:
                with self.lock("write"):
                    self._upsert(delta, table, frame, marks or {})
            except CommitFailedError:
                continue
            return
        raise ConcurrentIngestError(f"table {name}", TRIES)

    def _upsert(
        self, delta: DeltaTable, table: Table, frame: pl.DataFrame, marks: Mapping[str, int]
    ) -> None:
        rows = frame.select(pl.col(n).cast(dtype) for n, dtype in table.schema.items())
        # Two first writers at once would both append: one shared mark makes the second fail.
        fence = {UPSERT: (delta.transaction_version(UPSERT) or 0) + 1, **marks}
        if not delta.file_uris():
            commit_frame(delta, table, rows, fence)
            return
        same = " AND ".join(
            f"(target.{key} {'IS NOT DISTINCT FROM' if key in table.unknown else '='} source.{key})"
            for key in table.key
        )
        transactions = [Transaction(mark, number) for mark, number in fence.items()]
        (
            delta.merge(
                rows.to_arrow(),
                same,
                source_alias="source",
                target_alias="target",
                commit_properties=CommitProperties(app_transactions=transactions),
            )
            .when_matched_update_all()
            .when_not_matched_insert_all()
            .execute()
        )

    def _newest(self) -> dict[str, int]:
        return {name: newest_version(self.folder, name) for name in present_tables(self.folder)}


MANY_MARKS: Final = 20
"""Marks from which the log is read once for all of them: each question to deltalake reads it."""


def check_marks(delta: DeltaTable, expected: Mapping[str, int | None]) -> None:
    """Make sure that marks are as ``expected``.

    Raises:
        ConcurrentIngestError: one is not: another writer was here.
    """
    known: Callable[[str], int | None] = delta.transaction_version
    if len(expected) > MANY_MARKS:
        known = marks_at(local_path(delta.table_uri), delta.version()).get
    for mark, number in expected.items():
        if known(mark) != number:
            raise ConcurrentIngestError(mark, 1)
