"""Read the store as it was at one instant.

A writer commits table by table: hits first, then what follows from them. So that a
reader never sees hits without their sessions, the writer *publishes* the table versions
when its whole run is done, and readers read exactly those (Delta's time travel). A run
that was killed has published nothing: readers go on seeing the state before it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import polars as pl
from deltalake import DeltaTable

from weblog.errors import StoreError, UnknownNameError, shown_path
from weblog.remote.faults import fault_of
from weblog.remote.place import is_in_bucket, location
from weblog.schema import TABLES, Table
from weblog.store.commit import local_path
from weblog.store.declared import is_absent
from weblog.store.marks import marks_of

_VALUE: Final = re.compile(r"(\w+)=([^/]+)/")
"""Columns and values in the path of a file of a partitioned table."""

DAMAGED: Final = (
    "Restore the store from a backup, or read the logs into a new one (--store DIR); "
    "`weblog doctor` tells all that is wrong."
)

_AS_DECLARED: Final = pl.ScanCastOptions(
    integer_cast="upcast",
    datetime_cast=["millisecond-upcast", "convert-timezone"],
    categorical_to_string="allow",
)
"""How a file's columns may differ from what is declared: repeated text is written as codes."""


Opens = Callable[[Path, str, int | None], DeltaTable]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Pinned versions of all tables. ``versions`` identifies it: caches are keyed on it.

    ``opens`` opens a table at a version; :func:`open_table` unless said otherwise.
    """

    folder: Path
    versions: Mapping[str, int]
    opens: Opens | None = field(default=None, repr=False, compare=False)
    _tables: dict[str, DeltaTable] = field(default_factory=dict, repr=False, compare=False)
    _marks: dict[str, Mapping[str, int]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def key(self) -> tuple[tuple[str, int], ...]:
        """The versions as something a cache can be keyed on."""
        return tuple(sorted(self.versions.items()))

    def scan(self, name: str) -> pl.LazyFrame:
        """Return the rows of table ``name`` lazily, columns as weblog.schema declares them.

        Raises:
            UnknownNameError: the store has no such table.
        """
        if self.is_absent(name):
            return TABLES[name].empty().lazy()
        return scan_table(self.delta(name), TABLES[name])

    def is_absent(self, name: str) -> bool:
        """Say whether the store is of before table ``name`` was declared: then it has no row.

        Raises:
            UnknownNameError: there is no such table.
        """
        if name not in TABLES:
            raise UnknownNameError("table", name, list(TABLES))
        return name not in self.versions and is_absent(self.folder, name)

    def identity(self, name: str) -> tuple[str, int]:
        """Return what tells this state of table ``name`` from all others: its id and version.

        Raises:
            UnknownNameError: there is no such table.
            StoreError: the table's folder is damaged.
        """
        if self.is_absent(name):
            return "", -1
        delta = self.delta(name)
        return str(delta.metadata().id), delta.version()

    def delta(self, name: str) -> DeltaTable:
        """Return the Delta table ``name`` at this snapshot's version.

        Raises:
            UnknownNameError: the store has no such table.
            StoreError: the table's folder is damaged, or the store is of before it was declared.
        """
        if name not in TABLES:
            raise UnknownNameError("table", name, list(TABLES))
        if name not in self._tables:
            version = self.versions.get(name)
            self._tables[name] = (self.opens or open_table)(self.folder, name, version)
        return self._tables[name]

    def marks(self, name: str) -> Mapping[str, int]:
        """Return all marks of table ``name`` (see :mod:`weblog.store.marks`), by name.

        Raises:
            StoreError: the table's transaction log is damaged.
        """
        if name not in self._marks:
            if self.is_absent(name):
                return {}
            version = self.versions.get(name)
            if version is None:
                version = self.delta(name).version()
            self._marks[name] = marks_of(self.folder, name, version)
        return self._marks[name]

    def adds_up(self) -> bool:
        """Say whether the ledger counts every line that is among the hits and the rejects.

        It does not while a writer is between these commits, or was killed there.
        """
        hits, rejects, ledger = (self.marks(name) for name in ("hits", "rejects", "ledger"))
        counted = (*self.marks("sources"), "replay")
        return all(
            max(hits.get(mark, 0), rejects.get(mark, 0)) <= ledger.get(mark, 0) for mark in counted
        )

    def scan_files(
        self, name: str, paths: Sequence[str], where: pl.Expr | None = None
    ) -> pl.LazyFrame:
        """Return the rows of some files of table ``name``, columns as weblog.schema declares them.

        Args:
            name: the table.
            paths: of files relative to the table's folder, as its transaction log names them.
            where: the rows wanted, by columns that are in the files.
        """
        table = TABLES[name]
        partitions: dict[str, list[Path]] = defaultdict(list)
        for path in paths:
            partitions[path.rpartition("/")[0]].append(self.folder / name / path)
        parts = [
            scan_files(files, table, dict(_VALUE.findall(f"{folder}/")), where)
            for folder, files in partitions.items()
        ]
        return pl.concat(parts) if parts else table.empty().lazy()

    def files(self, name: str) -> list[str]:
        """Return the paths of the Parquet files that make up table ``name``."""
        if self.is_absent(name):
            return []
        return [str(local_path(uri)) for uri in self.delta(name).file_uris()]

    def rows_by_day(self, name: str) -> dict[date, int]:
        """Return rows per partition day of table ``name``, from the transaction log alone."""
        if self.is_absent(name):
            return {}
        return rows_by_day(self.delta(name), TABLES[name].partition_by[0])

    def written_at(self, name: str) -> datetime | None:
        """Return when the newest rows of table ``name`` were written; None if it has none."""
        if self.is_absent(name):
            return None
        actions = self.delta(name).get_add_actions(flatten=True)
        times = pl.DataFrame(actions)["modification_time"].to_list() if actions.num_rows else []
        return datetime.fromtimestamp(max(times) / 1e3, UTC) if times else None


def open_table(folder: Path, name: str, version: int | None = None) -> DeltaTable:
    """Open one Delta table of the store, at its newest or at a given version.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        return DeltaTable(location(folder / name), version=version)
    except Exception as error:  # deltalake raises several unrelated classes here
        shown = shown_path(folder)
        if is_absent(folder, name):
            problem = f"table {name} is not there: an older version made this store"
            raise StoreError(shown, problem, "`weblog compact` makes it.") from None
        if is_in_bucket(folder):
            fault = fault_of(error, str(folder))
            if fault.is_told:
                raise StoreError(shown, f"table {name}: {fault.problem}", fault.advice) from None
            raise StoreError(shown, f"table {name} {fault.problem}", DAMAGED) from None
        said = str(error).split("\n", 1)[0]
        raise StoreError(shown, f"table {name} cannot be read ({said})", DAMAGED) from error


def cut_back(folder: Path, name: str, version: int) -> StoreError:
    """Return the error that tells of commits that were removed, after readers had seen them."""
    problem = f"version {version} of table {name} was published, and its commit is gone"
    return StoreError(shown_path(folder), problem, DAMAGED)


def commit_file(folder: Path, name: str, version: int) -> Path:
    """Return where the commit of one version of a table lies (Delta protocol, "Delta Log")."""
    return folder / name / "_delta_log" / f"{version:020}.json"


def newest_version(folder: Path, name: str) -> int:
    """Return the newest version of one table, from the names of its commits alone.

    Commit ``n`` is the file ``n.json``, 20 digits, and the newest is never cleaned up (Delta
    protocol, "Delta Log Entries"). Opening the table reads them all, a hundred times as long.

    Raises:
        StoreError: the table has no commit.
    """
    commits = (folder / name / "_delta_log").glob("[0-9]" * 20 + ".json")
    newest = max((int(commit.stem) for commit in commits), default=None)
    return open_table(folder, name).version() if newest is None else newest


def scan_files(
    files: Sequence[Path], table: Table, values: Mapping[str, str], where: pl.Expr | None = None
) -> pl.LazyFrame:
    """Return the rows of some files of one partition lazily, columns as ``table`` declares them.

    What a file of before a column was declared does not have is null. All files are one scan:
    many of their own are all begun at once, and cost thrice the time and ten times the memory.

    Args:
        files: their paths, at least one.
        table: the table's declaration.
        values: of the columns it is partitioned by, as ISO text.
        where: the rows wanted, by columns that are in the files.
    """
    inside = {name: dtype for name, dtype in table.schema.items() if name not in values}
    rows = pl.scan_parquet(
        [str(file) for file in files],
        schema=inside,
        hive_partitioning=False,
        missing_columns="insert",
        extra_columns="ignore",
        cast_options=_AS_DECLARED,
    )
    if where is not None:
        rows = rows.filter(where)
    days = {name: pl.lit(date.fromisoformat(value)) for name, value in values.items()}
    return rows.select(days.get(name, pl.col(name)).alias(name) for name in table.schema)


def scan_table(delta: DeltaTable, table: Table) -> pl.LazyFrame:
    """Return the rows of a Delta table lazily, columns as ``table`` declares them.

    What a version of before a column was declared does not have is null.
    """
    # polars takes what is percent-encoded in the table's URI, a blank or Korean, for the path.
    rows = _scan_encoded(delta, table) if "%" in delta.table_uri else pl.scan_delta(delta)
    present = {field.name for field in delta.schema().fields}
    return rows.select(
        (pl.col(name) if name in present else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in table.schema.items()
    )


def _scan_encoded(delta: DeltaTable, table: Table) -> pl.LazyFrame:
    """Return the rows of a table in a folder that a URI cannot name as it is."""
    files = [local_path(uri) for uri in delta.file_uris()]
    if not files:
        return table.empty().lazy()
    inside = {n: dtype for n, dtype in table.schema.items() if n not in table.partition_by}
    return pl.scan_parquet(
        files,
        schema=inside,
        hive_partitioning=bool(table.partition_by),
        hive_schema={name: table.schema[name] for name in table.partition_by} or None,
        missing_columns="insert",
        extra_columns="ignore",
        cast_options=_AS_DECLARED,
    ).select(table.schema.names())


def rows_by_day(delta: DeltaTable, column: str) -> dict[date, int]:
    """Return rows per partition value, from the statistics in the transaction log."""
    actions = delta.get_add_actions(flatten=True)
    if actions.num_rows == 0:
        return {}
    frame = pl.DataFrame(actions).select(day=f"partition.{column}", rows="num_records")
    totals = frame.group_by("day").agg(pl.col("rows").sum())
    return dict(zip(totals["day"], totals["rows"], strict=True))
