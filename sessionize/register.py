"""Load the company's own tables (customers, purchases, campaigns ...) into the store.

The files are named in ``site.toml`` under ``[tables]``; what columns they may have is
declared in :mod:`weblog.schema`. Every fault of a file is told at once, with its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sessionize.customer_states import with_birth_year
from sessionize.register_load import others
from sessionize.rules import stable_number
from sessionize.table_file import content_of, read_table
from weblog.company_tables import CUSTOMERS
from weblog.erasure.blocked import blocked_in
from weblog.errors import TableError, raise_all, shown_path
from weblog.schema import REGISTER, Table
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

FILE = "file"
"""Mark of a register table: a number for the content of the file it was last loaded from."""


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """One file of the register.

    ``rows`` are those of the file; ``is_changed`` says whether they were written, or had been
    before; ``ignored`` are columns the toolkit does not know.
    """

    table: str
    path: str
    rows: int
    is_changed: bool
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _ReadTable:
    """One file, read and found to be right. ``number`` stands for its content."""

    table: Table
    path: str
    rows: pl.DataFrame
    ignored: tuple[str, ...]
    number: int

    def as_loaded(self, *, is_changed: bool) -> LoadedTable:
        return LoadedTable(self.table.name, self.path, self.rows.height, is_changed, self.ignored)


def load_tables(store: Store, site: Site) -> list[LoadedTable]:
    """Load the files named in ``site.tables``; rows of the same key are replaced, others kept.

    A file whose content was loaded before is not written again. All files are read before the
    first is written: if one cannot be used, none is loaded.

    Raises:
        TableError: a file is missing or has rows that cannot be used.
        SeveralErrors: several files are.
        TimeZoneError: the store's days are of another time zone than the site's.
    """
    store.check_time_zone(site.time_zone)
    return [_stored(store, each) for each in _read_all(site)]


def check_tables(site: Site) -> list[LoadedTable]:
    """Read the files named in ``site.tables`` as :func:`load_tables` would, and store nothing.

    Raises:
        TableError: a file is missing or has rows that cannot be used.
        SeveralErrors: several files are.
    """
    return [each.as_loaded(is_changed=False) for each in _read_all(site)]


def _read_all(site: Site) -> list[_ReadTable]:
    """Read all files; what is wrong with any of them is raised at the end."""
    read: list[_ReadTable] = []
    errors: list[TableError] = []
    for table, path in _files(site):
        try:
            read.append(_read(table, path, site.time_zone))
        except TableError as error:
            errors.append(error)
    raise_all(errors)
    return read


def _read(table: Table, path: Path, time_zone: str) -> _ReadTable:
    content = content_of(path, "expected it where [tables] in site.toml says")
    rows, ignored = read_table(content, path, table, time_zone)
    if table is CUSTOMERS:
        rows = with_birth_year(rows)
    columns = [(column.name, str(column.dtype)) for column in table.columns]
    number = stable_number(content, columns, time_zone)
    return _ReadTable(table, shown_path(path), rows, ignored, number)


def _stored(store: Store, read: _ReadTable) -> LoadedTable:
    is_changed = store.mark(read.table.name, FILE) != read.number
    if is_changed:
        rows = blocked_in(store.folder).without(read.rows)
        marks = {FILE: read.number}
        if read.table.whole:
            store.revise(read.table.name, lambda head: (_replaced(head, read.table, rows), marks))
        else:
            store.upsert(read.table.name, rows, marks)
    return read.as_loaded(is_changed=is_changed)


def _replaced(head: Snapshot, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([rows, others(head.scan(table.name).collect(), rows, table)])


def _files(site: Site) -> Iterator[tuple[Table, Path]]:
    for table in REGISTER:
        name: str | None = getattr(site.tables, table.name)
        if name is not None:
            yield table, Path(site.folder) / name
