"""Open a store: make its folder and tables, or complete those an older version made."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Final

from deltalake import DeltaTable, Schema

from weblog.schema import TABLES, Table
from weblog.store import layout
from weblog.store.snapshot import newest_version
from weblog.store.store import Store

_PROPERTIES: Final = {
    "delta.checkpointInterval": "20",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
}
"""Opening a table reads the commits since its newest checkpoint: with 20 of them 10 ms at most.

Checkpoints tell of files removed in the last hour, not the last week, as they would else: a
follower replaces a hundred thousand a day. weblog.store.leftovers, which deletes files, does not
ask.
"""

_DECLARED: Final = blake2b(
    repr([(name, table.schema, _PROPERTIES) for name, table in TABLES.items()]).encode(),
    digest_size=8,
).hexdigest()
"""Stands for the tables as this version declares them."""


def open_store(path: str | Path, *, create: bool = False, key: bytes | None = None) -> Store:
    """Open the store in folder ``path``.

    Args:
        path: the folder.
        create: make the store if it does not exist yet, and complete one made by an
            older version with the tables and columns it lacks.
        key: the visitor key of a new store; drawn at random by default.

    Raises:
        StoreError: it is missing (and not to be made), is no store, or cannot be read.
    """
    folder = Path(path).absolute()
    if create:
        layout.mark_as_store(folder, key)
    layout.check_store(folder)
    if create and layout.completed(folder) != _DECLARED:
        published = layout.published_versions(folder) or {}
        is_published = published and all(
            newest_version(folder, name) == version for name, version in published.items()
        )
        for table in TABLES.values():
            _complete(folder, table)
        layout.keep_completed(folder, _DECLARED)
        if is_published:  # no row was changed: readers see the same
            Store(folder).publish()
    return Store(folder)


def _complete(folder: Path, table: Table) -> None:
    wanted = Schema.from_arrow(table.schema)
    delta = DeltaTable.create(
        folder / table.name,
        schema=wanted,
        mode="ignore",
        partition_by=list(table.partition_by),
        name=table.name,
        description=table.grain,
        configuration=_PROPERTIES,
    )
    if delta.metadata().configuration != _PROPERTIES:
        delta.alter.set_table_properties(_PROPERTIES)
    present = {column.name for column in delta.schema().fields}
    missing = [column for column in wanted.fields if column.name not in present]
    if missing:
        delta.alter.add_columns(missing)
