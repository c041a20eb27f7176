"""Merge small files of a table: the same rows in fewer files, in a commit that changes no row.

Every commit adds files, and a follower commits every second or two. Readers open each file of
a day, so many small ones cost more than few large ones. Files are merged by *tiers* of size:
only once enough of one tier have gathered, so that a row is written anew a few times at most,
however many commits there are.

Nobody waits. The commit is optimistic, like those of writers: it fails if one of its files is
no longer part of the table, and appends beside it do no harm. Readers of earlier versions go
on reading the old files, which :mod:`weblog.store.leftovers` removes later.

Delta's own ``optimize.compact`` is not used, and must not be: it says of its files that no data
changed, and a writer that replaces a day, having read it before, is then not told of a conflict.
It removes the small files, which are gone already, and the day is there twice (deltalake 1.6).
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction

from weblog.schema import TABLES, Table
from weblog.store.additions import MERGED
from weblog.store.commit import ROW_GROUP, local_path, statistics_of
from weblog.store.rewrite import File, files_of, replace_files
from weblog.store.snapshot import scan_files
from weblog.store.store import Store

MIB: Final = 1 << 20

TARGET: Final = 64 * MIB
"""Files of this size and larger stay as they are."""

TIERS: Final = (1 * MIB, 8 * MIB, TARGET)
"""Sizes up to which files are of the same tier."""

GATHERED: Final = 16
"""Files of one tier that are merged while logs are followed."""

APPENDED: Final = ("hits", "rejects", "ledger", "sources")
"""The tables that each commit adds files to."""

COMPACTED: Final = (*APPENDED, "sessions", "page_views", "robots", "places")
"""These, and those of which files are replaced. Merged while logs are followed, they would only
be cut again (:mod:`weblog.store.row_changes`)."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What was merged of one table: files and bytes before and after."""

    table: str
    files: int
    merged: int
    bytes_before: int
    bytes_after: int


def compact(
    store: Store, name: str, *, tiers: Sequence[int] = (TARGET,), at_least: int = 2
) -> Merged | None:
    """Merge files of table ``name``, of one tier and partition each; None if there are too few.

    Args:
        store: the store.
        name: the table.
        tiers: upper limits of the sizes, ascending; larger files stay.
        at_least: how many files of one tier make a merge worth it.

    Returns:
        What was merged. None as well where another writer was faster with the same files.
    """
    delta, table = store.delta(name), TABLES[name]
    chosen = groups(files_of(delta, table), tiers, at_least)
    if not chosen:
        return None
    times = _written_at(delta)
    added = [
        _merged(delta, table, group, max(times[file.path] for file in group)) for group in chosen
    ]
    gone = [file for group in chosen for file in group]
    try:
        replace_files(delta, table, gone, added, {}, said={MERGED: "true"})
    except CommitFailedError:
        return None
    before = sum(file.size for file in gone)
    return Merged(name, len(gone), len(added), before, sum(each.size for each in added))


def groups(files: Sequence[File], tiers: Sequence[int], at_least: int) -> list[list[File]]:
    """Return which files to merge with each other.

    Args:
        files: those of one table, in the order they are to be in.
        tiers: upper limits of the sizes, ascending; larger files stay.
        at_least: how many files of one tier and partition make a merge worth it.
    """
    by_tier: dict[tuple[tuple[str, ...], int], list[File]] = defaultdict(list)
    for file in files:
        tier = next((limit for limit in tiers if file.size < limit), None)
        if tier is not None:
            by_tier[tuple(file.values.values()), tier].append(file)
    chosen: list[list[File]] = []
    for alike in by_tier.values():
        if len(alike) >= at_least:
            chosen += [part for part in _parts(alike, tiers[-1]) if len(part) > 1]
    return chosen


def _parts(files: Sequence[File], most: int) -> list[list[File]]:
    """Cut neighbouring files into parts of at most so many bytes, if they are more than one."""
    parts: list[list[File]] = [[]]
    size = 0
    for file in files:
        if parts[-1] and size + file.size > most:
            parts.append([])
            size = 0
        parts[-1].append(file)
        size += file.size
    return parts


def _merged(delta: DeltaTable, table: Table, group: Sequence[File], written_at: int) -> AddAction:
    """Write the rows of some files as one; when they were written stays what it was."""
    root = local_path(delta.table_uri)
    first = group[0]
    path = (Path(first.path).parent / f"{uuid.uuid4().hex}.parquet").as_posix()
    columns = [name for name in table.schema.names() if name not in table.partition_by]
    rows = scan_files([root / file.path for file in group], table, first.values).select(columns)
    rows.sink_parquet(
        root / path,
        compression="zstd",
        compression_level=1,
        statistics=False,
        row_group_size=ROW_GROUP,
        maintain_order=True,
    )
    said = statistics_of(pl.scan_parquet(root / path), table)
    size = (root / path).stat().st_size
    return AddAction(path, size, dict(first.values), written_at, True, json.dumps(said))


def _written_at(delta: DeltaTable) -> dict[str, int]:
    """Return when each file's rows were written, in milliseconds since 1970."""
    actions = pl.DataFrame(delta.get_add_actions(flatten=True))
    return dict(zip(actions["path"], actions["modification_time"], strict=True))
