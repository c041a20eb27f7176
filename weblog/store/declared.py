"""What tables this version declares, and which of them a store of an older one lacks."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Final

from weblog.errors import StoreError
from weblog.schema import TABLES
from weblog.store import layout

PROPERTIES: Final = {
    "delta.checkpointInterval": "20",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
}
"""Opening a table reads the commits since its newest checkpoint: with 20 of them 10 ms at most.

Checkpoints tell of files removed in the last hour, not the last week, as they would else: a
follower replaces a hundred thousand a day. weblog.store.leftovers, which deletes files, does not
ask.
"""

DECLARED: Final = blake2b(
    repr([(name, table.schema, PROPERTIES) for name, table in TABLES.items()]).encode(),
    digest_size=8,
).hexdigest()
"""Stands for the tables as this version declares them."""


def is_complete(folder: Path) -> bool:
    """Say whether the store has all tables and columns that this version declares.

    Raises:
        StoreError: the store's marker is damaged.
    """
    return layout.completed(folder) == DECLARED


def is_absent(folder: Path, name: str) -> bool:
    """Say whether a store of an older version has no table ``name``, which was declared since.

    Such a table has no row. One that was there and is gone is not absent but lost.

    Raises:
        StoreError: a small file of the store is damaged.
    """
    if (folder / name).exists() or is_complete(folder):
        return False
    return name not in (layout.published_versions(folder) or {})


def present_tables(folder: Path) -> list[str]:
    """Return the names of the tables the store has, or should have.

    Raises:
        StoreError: a small file of the store is damaged.
    """
    try:
        if is_complete(folder):
            return list(TABLES)
    except StoreError:
        pass  # it is told below, if a table is not there: where all are, what it says is of no use
    return [name for name in TABLES if not is_absent(folder, name)]
