"""Write the files of a table anew that hold certain rows, and let go of all that was before.

Both are for maintenance that is alone in the store (:mod:`weblog.store.lock`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.transaction import AddAction, RemoveAction

from weblog.remote.place import is_in_bucket
from weblog.schema import Table
from weblog.store.commit import local_path, written_file
from weblog.store.snapshot import scan_files

_LOG: Final = "_delta_log"
_VERSION: Final = 20
"""Digits a file of the transaction log begins with."""


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file of a table: where, its size, and the partition it belongs to."""

    path: str
    size: int
    values: Mapping[str, str] = field(hash=False)


def files_of(delta: DeltaTable, table: Table) -> list[File]:
    """Return the files of which the table consists now."""
    actions = delta.get_add_actions(flatten=True)
    if actions.num_rows == 0:
        return []
    names = {f"partition.{name}": name for name in table.partition_by}
    rows = pl.DataFrame(actions).select("path", "size_bytes", *names)
    return [
        File(
            row["path"],
            row["size_bytes"],
            {name: _text(row[column]) for column, name in names.items()},
        )
        for row in rows.to_dicts()
    ]


def read_file(
    delta: DeltaTable, table: Table, file: File, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Return the rows of one file, columns as ``table`` declares them; absent ones are null.

    Args:
        delta: the table.
        table: its declaration.
        file: one of :func:`files_of`.
        columns: the columns wanted; None for all.
    """
    path = local_path(delta.table_uri) / file.path
    return scan_files([path], table, file.values).select(columns or pl.all()).collect()


def rewrite(
    delta: DeltaTable,
    table: Table,
    chosen: Callable[[File], bool],
    change: Callable[[pl.DataFrame], pl.DataFrame],
    marks: Mapping[str, int],
    *,
    ready: Callable[[int], None] = lambda _: None,
) -> None:
    """Write anew, in one transaction that sets ``marks``, the files that are ``chosen``.

    Args:
        delta: the table as it is now.
        table: its declaration.
        chosen: says of a file whether it is to be written anew.
        change: takes the rows of a file and returns what they should be.
        marks: application transactions, name to number.
        ready: told how many files are replaced, when all is written and nothing committed yet.

    Raises:
        StoreError: the disk is full.
        deltalake.exceptions.CommitFailedError: another commit came between.
    """
    root = local_path(delta.table_uri)
    added: list[AddAction] = []
    old = [file for file in files_of(delta, table) if chosen(file)]
    for file in old:
        new = change(read_file(delta, table, file))
        if new.height:
            rows = new.drop(table.partition_by)
            added.append(written_file(root, rows, dict(file.values), table))
    ready(len(old))
    replace_files(delta, table, old, added, marks)


def replace_files(
    delta: DeltaTable,
    table: Table,
    gone: Iterable[File],
    added: Iterable[AddAction],
    marks: Mapping[str, int],
    *,
    said: dict[str, str] | None = None,
) -> None:
    """Take files out of a table and others in, in one transaction that sets ``marks``.

    Args:
        delta: the table as it was read.
        table: its declaration.
        gone: files that are part of it.
        added: files that lie there already (:func:`weblog.store.commit.written_file`).
        marks: application transactions, name to number.
        said: what the commit is to say of itself.

    Raises:
        deltalake.exceptions.CommitFailedError: another commit conflicts with this one.
    """
    now = int(time.time() * 1000)
    removed = [RemoveAction(file.path, True, now, file.size, dict(file.values)) for file in gone]
    delta.create_write_transaction(
        [*removed, *added],
        "append",
        delta.schema(),
        list(table.partition_by),
        commit_properties=CommitProperties(
            custom_metadata=said,
            app_transactions=[Transaction(name, number) for name, number in marks.items()],
        ),
    )


def forget_history(delta: DeltaTable) -> list[str]:
    """Remove all that only older versions of a table needed: files, commits, checkpoints.

    The newest version remains, with all its marks; no older one can be read afterwards.

    Returns:
        Paths of the data files removed, relative to the table's folder.
    """
    root = local_path(delta.table_uri)
    delta.create_checkpoint()
    version = delta.version()
    _sync(root / _LOG)
    for entry in (root / _LOG).iterdir():
        digits = entry.name[:_VERSION]
        if (digits.isdecimal() and int(digits) < version) or entry.name.endswith(".tmp"):
            entry.unlink()
    needed = {local_path(uri).resolve() for uri in delta.file_uris()}
    removed = []
    for file in _data_files(root):
        if file.resolve() not in needed:
            file.unlink()
            removed.append(file.relative_to(root).as_posix())
    _remove_empty_folders(root)
    return sorted(removed)


def _data_files(root: Path) -> Iterator[Path]:
    for file in root.rglob("*"):
        if file.is_file() and _LOG not in file.relative_to(root).parts:
            yield file


def _remove_empty_folders(root: Path) -> None:
    for folder in root.iterdir():
        if folder.is_dir() and folder.name != _LOG and not any(folder.iterdir()):
            folder.rmdir()


def _sync(folder: Path) -> None:
    """Have what was renamed into a folder on the disk before anything it replaces is removed."""
    if is_in_bucket(folder):
        return  # what a bucket has answered for is there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
