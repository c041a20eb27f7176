"""Where an export of the register is: a file or a database, and what it calls the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from sessionize.bad_rows import SCHEMA
from sessionize.database import Database, is_database, read_database
from sessionize.table_file import (
    check_columns,
    content_of,
    raise_for_columns,
    read_rows,
    renamed,
)
from sessionize.typed_rows import TypedRows, typed_rows
from weblog.errors import UnknownNameError, UsageError, shown_path
from weblog.schema import Table


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """An export of customers or purchases.

    Attributes:
        where: path of a CSV or Parquet file, or URL of a database (:mod:`sessionize.database`).
        table: what to read of a database; or
        query: a SELECT.
        columns: what it calls our columns, where it calls them otherwise.
    """

    where: str
    table: str | None = None
    query: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """What to call it: its path, or its URL without the password."""
        return Database.of(self.where).shown if is_database(self.where) else shown_path(self.where)

    def read(self, table: Table, time_zone: str, *, required: Sequence[str]) -> TypedRows:
        """Read all rows.

        Args:
            table: what the rows are.
            time_zone: of days and times.
            required: columns that no row may leave empty.

        Raises:
            UnknownNameError: ``columns`` names one that ``table`` does not have.
            UsageError: ``table`` or ``query`` for a file, or neither for a database.
            TableError: it is no table, or a column is missing.
            DatabaseError: the database cannot be reached or answers with an error.
        """
        for ours in self.columns:
            if ours not in table.schema:
                raise UnknownNameError(f"column of {table.name}", ours, [*table.schema])
        if is_database(self.where):
            return self._of_database(table, time_zone, required)
        if self.table or self.query:
            raise UsageError("--table and --query are for databases; a file is read as a whole")
        path = Path(self.where)
        content = content_of(path, "expected the path of a CSV or Parquet file, or a URL")
        return read_rows(content, path, table, time_zone, required=required, names=self.columns)

    def _of_database(self, table: Table, time_zone: str, required: Sequence[str]) -> TypedRows:
        database = Database.of(self.where)
        raw = read_database(database, table=self.table, query=self.query, time_zone=time_zone)
        named = renamed(raw, self.columns, database.shown)
        check_columns(named, table, required, database.shown)
        numbers = pl.int_range(1, named.height + 1, eager=True)
        unreadable = pl.DataFrame(schema=SCHEMA)
        read = typed_rows(
            named, numbers, table, time_zone, required=required, unreadable=unreadable
        )
        raise_for_columns(read, database.shown)
        return read
