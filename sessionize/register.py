"""Load the company's own tables (customers, purchases, campaigns ...) into the store.

The files are named in ``site.toml`` under ``[tables]``; what columns they may have is
declared in :mod:`weblog.schema`. Every fault of a file is told at once, with its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sessionize.rules import stable_number
from sessionize.table_file import read_table
from weblog.errors import TableError, shown_path
from weblog.schema import REGISTER, Table
from weblog.site.rules import Site
from weblog.store import Store

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


def load_tables(store: Store, site: Site) -> list[LoadedTable]:
    """Load the files named in ``site.tables``; rows of the same key are replaced, others kept.

    A file whose content was loaded before is not written again.

    Raises:
        TableError: a file is missing or has rows that cannot be used. Tables named before it
            are loaded, it is not.
        TimeZoneError: the store's days are of another time zone than the site's.
    """
    store.check_time_zone(site.time_zone)
    return [_load(store, site, table, path) for table, path in _files(site)]


def check_tables(site: Site) -> list[LoadedTable]:
    """Read the files named in ``site.tables`` as :func:`load_tables` would, and store nothing.

    Raises:
        TableError: a file is missing or has rows that cannot be used.
    """
    checked = []
    for table, path in _files(site):
        rows, ignored = read_table(_content(path), path, table, site.time_zone)
        checked.append(LoadedTable(table.name, shown_path(path), rows.height, False, ignored))
    return checked


def _load(store: Store, site: Site, table: Table, path: Path) -> LoadedTable:
    content = _content(path)
    rows, ignored = read_table(content, path, table, site.time_zone)
    columns = [(column.name, str(column.dtype)) for column in table.columns]
    number = stable_number(content, columns, site.time_zone)
    is_changed = store.mark(table.name, FILE) != number
    if is_changed:
        store.upsert(table.name, rows, {FILE: number})
    return LoadedTable(table.name, shown_path(path), rows.height, is_changed, ignored)


def _files(site: Site) -> Iterator[tuple[Table, Path]]:
    for table in REGISTER:
        name: str | None = getattr(site.tables, table.name)
        if name is not None:
            yield table, Path(site.folder) / name


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        problem = error.strerror or str(error)
        raise TableError(shown_path(path), [("file", problem, "expected a file")]) from None
