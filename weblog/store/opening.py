"""Open a store: make its folder and tables, or complete those an older version made."""

from __future__ import annotations

from pathlib import Path

from weblog.remote.place import place
from weblog.schema import TABLES
from weblog.store import layout
from weblog.store.completing import complete
from weblog.store.snapshot import commit_file, cut_back, newest_version
from weblog.store.store import Store


def open_store(path: str | Path, *, create: bool = False, key: bytes | None = None) -> Store:
    """Open the store in folder ``path``, which has to be whole: what is left of it misleads.

    Args:
        path: the folder, or a prefix of a bucket such as ``s3://bucket/store``.
        create: make the store if it does not exist yet, and complete one made by an
            older version with the tables and columns it lacks. Else what it lacks reads as empty,
            until something is written.
        key: the visitor key of a new store; drawn at random by default.

    Raises:
        StoreError: it is missing (and not to be made), is no store, cannot be read, or commits
            are gone that readers had seen.
    """
    folder = place(path)
    if create:
        layout.mark_as_store(folder, key)
        layout.check_store(folder)
        complete(folder)
    store = open_as_is(folder)
    _refuse_if_cut_back(folder)
    return store


def open_as_is(path: str | Path) -> Store:
    """Open the store at ``path`` whatever became of its tables.

    For who looks at what is wrong with it, and for what is kept beside its tables: accounts can
    be locked, and notes be read, also while nobody may rely on its figures.

    Raises:
        StoreError: it is missing, or is no store.
    """
    folder = place(path)
    layout.check_store(folder)
    return Store(folder)


def _refuse_if_cut_back(folder: Path) -> None:
    """Make sure that the newest commits readers have seen are there still.

    Nothing is written on a gap, and what is before it is not told as if it were all.

    Raises:
        StoreError: one is not.
    """
    for name, version in (layout.published_versions(folder) or {}).items():
        if name not in TABLES or commit_file(folder, name, version).is_file():
            continue  # it is the newest but for who writes just now: to list them all takes longer
        if newest_version(folder, name) < version:
            raise cut_back(folder, name, version)
