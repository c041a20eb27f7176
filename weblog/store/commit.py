"""Commit frames to a Delta table: Parquet written by polars, made visible by one transaction.

polars writes Parquet about twice as fast as Delta's own writer (docs/benchmarks.md), and
`create_write_transaction` makes any number of written files visible at once, together with
an *application transaction*: a name and a number that say how far a source, or which state
of a day, has been stored. That number in the same atomic commit is what makes a store
exactly-once. A crash before the commit leaves files nobody refers to; vacuum removes them.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.transaction import AddAction, RemoveAction

from weblog.errors import StoreError, shown_path
from weblog.remote.address import is_remote
from weblog.remote.place import RemotePath, place
from weblog.schema import Table

ROW_GROUP = 500_000

# Columns whose minimum and maximum let readers skip files.
_STATISTICS = ("ts", "start", "line")


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """Rows that lie in files already, which nobody refers to yet (:func:`written_parts`)."""

    actions: tuple[AddAction, ...]


Rows = pl.DataFrame | WrittenFiles
"""What a commit makes visible."""


def commit_frame(
    delta: DeltaTable,
    table: Table,
    frame: Rows,
    marks: Mapping[str, int],
    *,
    replace: Sequence[date] | Literal["all"] | None = None,
) -> None:
    """Make ``frame`` visible in one transaction that also sets ``marks``.

    Args:
        delta: the table as it was read; the commit fails if another one conflicts with that.
        table: its declaration.
        frame: rows; text columns may be categorical. Or the files that others wrote them to.
        marks: application transactions, name to number.
        replace: None appends; "all" replaces every row; else the rows of these partition
            values are replaced.

    Raises:
        deltalake.exceptions.CommitFailedError: another commit conflicts; read again, try again.
    """
    files = (
        frame
        if isinstance(frame, WrittenFiles)
        else written_parts(local_path(delta.table_uri), frame, table)
    )
    actions: list[AddAction | RemoveAction] = [*files.actions]
    mode: Literal["append", "overwrite"] = "append" if replace is None else "overwrite"
    days = None
    if replace is not None and replace != "all":
        days = [day.isoformat() for day in replace]
    delta.create_write_transaction(
        actions,
        mode,
        delta.schema(),
        list(table.partition_by),
        partition_filters=None if days is None else [(table.partition_by[0], "in", days)],
        commit_properties=CommitProperties(
            app_transactions=[Transaction(name, number) for name, number in marks.items()]
        ),
    )


def local_path(uri: str) -> Path:
    """Return the place of a table's URI; blanks and such are percent-encoded in ``file://``."""
    if is_remote(uri):
        return place(uri)
    return Path(unquote(uri.removeprefix("file://")))


def written_parts(root: Path, frame: pl.DataFrame, table: Table) -> WrittenFiles:
    """Write rows as files nobody refers to yet, one for each partition.

    Raises:
        StoreError: the disk is full.
    """
    parts = _parts(frame, table)
    return WrittenFiles(tuple(written_file(root, part, values, table) for part, values in parts))


def _parts(frame: pl.DataFrame, table: Table) -> list[tuple[pl.DataFrame, dict[str, str]]]:
    if frame.is_empty():
        return []
    if not table.partition_by:
        return [(frame, {})]
    (column,) = table.partition_by
    parts = _runs(frame, column) if frame[column].is_sorted() else _sorted_out(frame, column)
    return [(part.drop(column), {column: value.isoformat()}) for value, part in parts]


def _runs(frame: pl.DataFrame, column: str) -> list[tuple[date, pl.DataFrame]]:
    """Cut a frame in the order of days, as logs are, without copying a row."""
    runs = frame.select(pl.col(column).rle().alias("run")).unnest("run")
    starts = runs["len"].cum_sum() - runs["len"]
    return [
        (value, frame.slice(start, length))
        for value, start, length in zip(runs["value"], starts, runs["len"], strict=True)
    ]


def _sorted_out(frame: pl.DataFrame, column: str) -> list[tuple[date, pl.DataFrame]]:
    parts = frame.partition_by(column, as_dict=True)
    return [(value, part) for (value,), part in sorted(parts.items())]


def written_file(root: Path, part: pl.DataFrame, values: dict[str, str], table: Table) -> AddAction:
    """Write the rows of one partition as a file nobody refers to yet; return what adds it.

    Raises:
        StoreError: the disk is full.
    """
    folder = "/".join(f"{name}={value}" for name, value in values.items())
    path = f"{folder}/{uuid.uuid4().hex}.parquet" if folder else f"{uuid.uuid4().hex}.parquet"
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    target = BytesIO() if isinstance(file, RemotePath) else file
    try:
        part.write_parquet(
            target,
            compression="zstd",
            compression_level=1,
            statistics=False,
            row_group_size=ROW_GROUP,
        )
    except pl.exceptions.ComputeError as error:  # how polars tells of a disk that is full
        advice = "What was committed is safe; make room and run it again."
        raise StoreError(shown_path(root), f"cannot be written ({error})", advice) from error
    if isinstance(target, BytesIO):
        size = file.write_bytes(target.getbuffer())
    else:
        size = file.stat().st_size
    return AddAction(
        path,
        size,
        values,
        int(time.time() * 1000),
        True,
        json.dumps(statistics_of(part, table)),
    )


def statistics_of(part: pl.DataFrame | pl.LazyFrame, table: Table) -> dict[str, object]:
    """Return what lets readers skip a file: the rows of it, and the span of some columns."""
    present = part.lazy().collect_schema()
    kept = [name for name in _STATISTICS if name in table.schema and name in present]
    facts = (
        part.lazy()
        .select(
            pl.len().alias("rows"),
            *(pl.col(name).min().alias(f"least {name}") for name in kept),
            *(pl.col(name).max().alias(f"most {name}") for name in kept),
            *(pl.col(name).null_count().alias(f"nulls {name}") for name in kept),
        )
        .collect()
        .row(0, named=True)
    )
    told = [name for name in kept if facts[f"nulls {name}"] < facts["rows"]]
    return {
        "numRecords": facts["rows"],
        "minValues": {name: _plain(facts[f"least {name}"]) for name in told},
        "maxValues": {name: _plain(facts[f"most {name}"]) for name in told},
        "nullCount": {name: facts[f"nulls {name}"] for name in told},
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
