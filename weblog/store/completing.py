"""Give a store of an older version the tables and columns that were declared since."""

from __future__ import annotations

from pathlib import Path

from deltalake import DeltaTable, Schema

from weblog.remote.place import location
from weblog.schema import TABLES, Table
from weblog.store import layout
from weblog.store.declared import DECLARED, PROPERTIES, is_complete
from weblog.store.snapshot import newest_version


def complete(folder: Path) -> None:
    """Make the tables and columns that the store in ``folder`` lacks; mostly there are none.

    Raises:
        StoreError: a small file or a table of the store is damaged.
    """
    if is_complete(folder):
        return
    published = layout.published_versions(folder) or {}
    is_published = published and all(
        newest_version(folder, name) == version for name, version in published.items()
    )
    for table in TABLES.values():
        _complete(folder, table)
    layout.keep_completed(folder, DECLARED)
    if is_published:  # no row was changed: readers see the same
        newest = {name: newest_version(folder, name) for name in TABLES}
        layout.publish_versions(folder, newest)


def _complete(folder: Path, table: Table) -> None:
    wanted = Schema.from_arrow(table.schema)
    delta = DeltaTable.create(
        location(folder / table.name),
        schema=wanted,
        mode="ignore",
        partition_by=list(table.partition_by),
        name=table.name,
        description=table.grain,
        configuration=PROPERTIES,
    )
    if delta.metadata().configuration != PROPERTIES:
        delta.alter.set_table_properties(PROPERTIES)
    present = {column.name for column in delta.schema().fields}
    missing = [column for column in wanted.fields if column.name not in present]
    if missing:
        delta.alter.add_columns(missing)
