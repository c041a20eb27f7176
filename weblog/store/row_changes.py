"""Change some rows of a table, and write anew only the files that hold them.

Delta replaces files, not rows. Where rows lie in the order of time, cut into pieces, those that
change while logs are followed lie in the last pieces: what a change costs depends on the
change, not on how long the day has lasted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction

from weblog.errors import ConcurrentIngestError
from weblog.schema import TABLES, Table
from weblog.store.commit import local_path, written_file
from weblog.store.rewrite import File, files_of, read_file, replace_files
from weblog.store.store import TRIES, Store, check_marks

PIECE: Final = 100_000
"""Rows of a file that rows are added to; more are cut into several."""

ORDER: Final = {"sessions": "start", "page_views": "ts", "visitors": "last_seen"}
"""The column that tells when, by table; others are small."""


@dataclass(frozen=True, slots=True)
class RowChanges:
    """Rows of a table that go, as it has them, and rows that come."""

    gone: pl.DataFrame
    added: pl.DataFrame

    @classmethod
    def between(cls, stored: pl.DataFrame, wanted: pl.DataFrame, key: Sequence[str]) -> RowChanges:
        """Compare rows that are stored with what they should be; each key stands once in both."""
        cast = wanted.select(pl.col(name).cast(dtype) for name, dtype in stored.schema.items())
        old, new = stored.with_row_index("#old"), cast.with_row_index("#new")
        same = old.join(new, on=list(key), nulls_equal=True).filter(
            pl.col(name).eq_missing(pl.col(f"{name}_right"))
            for name in stored.columns
            if name not in key
        )
        return cls(
            old.join(same, on="#old", how="anti").drop("#old"),
            new.join(same, on="#new", how="anti").drop("#new"),
        )

    @property
    def some(self) -> bool:
        """Whether there are any."""
        return self.gone.height + self.added.height > 0


def change_rows(
    store: Store,
    name: str,
    changes: RowChanges,
    marks: Mapping[str, int],
    expected: Mapping[str, int | None],
    *,
    day: date | None = None,
    piece: int = PIECE,
) -> None:
    """Remove rows, found by the table's key, and add others, in one commit that sets ``marks``.

    Args:
        store: the store.
        name: the table.
        changes: the rows.
        marks: application transactions, name to number; at least one that every other change
            of these rows sets too.
        expected: what marks must be now.
        day: the partition all of these rows are of.
        piece: rows of a file.

    Raises:
        ConcurrentIngestError: a mark is not as expected, or others kept changing this table.
        StoreError: the disk is full.
    """
    table = TABLES[name]
    for _ in range(TRIES):
        delta = store.delta(name)
        check_marks(delta, expected)
        try:
            with store.lock("write"):
                _commit(_Change(delta, table, day, changes.gone, changes.added), marks, piece)
        except CommitFailedError:
            continue
        return
    raise ConcurrentIngestError(f"table {name}", TRIES)


@dataclass(frozen=True, slots=True)
class _Change:
    """Changes of one table, as it is now."""

    delta: DeltaTable
    table: Table
    day: date | None
    gone: pl.DataFrame
    added: pl.DataFrame

    @property
    def values(self) -> dict[str, str]:
        """The partition all rows are of."""
        return {} if self.day is None else {self.table.partition_by[0]: self.day.isoformat()}

    @property
    def order(self) -> str | None:
        """The column that tells when a row is, if there is one."""
        return ORDER.get(self.table.name)

    @property
    def lasting(self) -> pl.DataFrame:
        """The rows that come for one with their key at their own moment: they change in place."""
        place = [*self.table.key, *([self.order] if self.order else [])]
        return self.added.join(self.gone, on=place, how="semi", nulls_equal=True)

    def written(self, piece: int) -> tuple[list[File], list[AddAction]]:
        """Write files for those that hold rows that go; return the latter and the former.

        Where every row that goes is replaced in place, a file is written anew by itself: one
        after the other is in memory, and rows stay in the order of time. What is left of others,
        and of those of more than a piece, is cut anew with the rows that come. These go to the
        smallest file where no other is to be cut: if each change only added a file, there were
        ever more of them.
        """
        facts = pl.DataFrame(self.delta.get_add_actions(flatten=True))
        files = [file for file in files_of(self.delta, self.table) if file.values == self.values]
        lasting, left, key = self.lasting, self.added, self.table.key
        small = self._smallest(files, facts, piece) if lasting.height < left.height else None
        replaced, added, loose = [], [], []
        for file, kept, gone in self._holding(files, facts):
            back = lasting.join(gone, on=key, how="semi", nulls_equal=True)
            is_whole = back.height == gone.height and kept.height + back.height <= piece
            if is_whole and file is not small:
                added.append(self._file(pl.concat([kept, back])))
                left = left.join(back, on=key, how="anti", nulls_equal=True)
            else:
                loose.append(kept)
            replaced.append(file)
        if not loose and small is not None:
            loose.append(read_file(self.delta, self.table, small))
            replaced.append(small)
        rows = pl.concat([*loose, left])
        parts = _pieces(rows, self.order, piece)
        return replaced, [*added, *(self._file(part) for part in parts)]

    def _file(self, rows: pl.DataFrame) -> AddAction:
        root = local_path(self.delta.table_uri)
        return written_file(root, rows.drop(self.table.partition_by), self.values, self.table)

    @staticmethod
    def _smallest(files: Sequence[File], facts: pl.DataFrame, piece: int) -> File | None:
        """Return the file with the fewest rows, if it has room for more."""
        if not files:
            return None
        rows = dict(zip(facts["path"], facts["num_records"], strict=True))
        small = min(files, key=lambda file: int(rows[file.path]))
        return small if int(rows[small.path]) < piece else None

    def _holding(
        self, files: Sequence[File], facts: pl.DataFrame
    ) -> Iterator[tuple[File, pl.DataFrame, pl.DataFrame]]:
        """Yield files with rows that go: the file, its rows that stay, those that go."""
        if self.gone.is_empty():
            return
        spans = _spans(facts, self.order)
        for file in files:
            gone = self.gone
            if self.order and file.path in spans:
                gone = gone.filter(pl.col(self.order).is_between(*spans[file.path]))
            if gone.is_empty():
                continue
            rows, key = read_file(self.delta, self.table, file), self.table.key
            going = gone.join(rows, on=key, how="semi", nulls_equal=True)
            if going.height:
                yield file, rows.join(going, on=key, how="anti", nulls_equal=True), going


def _commit(change: _Change, marks: Mapping[str, int], piece: int) -> None:
    replaced, added = change.written(piece)
    replace_files(change.delta, change.table, replaced, added, marks)


def _spans(facts: pl.DataFrame, column: str | None) -> dict[str, tuple[Any, Any]]:
    """Return the least and the greatest value of a column, of files that tell."""
    names = [f"min.{column}", f"max.{column}"]
    if not set(names) <= set(facts.columns):
        return {}
    told = facts.select("path", *names).drop_nulls()
    return {path: (low, high) for path, low, high in zip(*told.get_columns(), strict=True)}


def _pieces(rows: pl.DataFrame, column: str | None, piece: int) -> list[pl.DataFrame]:
    """Cut rows into files; those that are more than one file's are put in the order of time."""
    if rows.height > piece and column is not None:
        rows = rows.sort(column)
    return list(rows.iter_slices(piece))
