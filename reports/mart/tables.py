"""The store's own tables as views: for those who want a database with all of them."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from reports.mart.days import of_days
from reports.mart.view import DAY, ViewSpec
from reports.query import Span
from reports.spec import ColumnSpec
from weblog.errors import UnknownNameError
from weblog.schema import ERASURES, LEDGER, REJECTS, SOURCES, TABLES
from weblog.site.rules import Site
from weblog.store import Snapshot
from weblog.table import Table

NAMING: Final = ("name", "email", "phone", "birth_date")
"""Columns that name a person outside the company, too: they leave the store in no export."""

_BOOKS: Final = {table.name for table in (REJECTS, LEDGER, SOURCES, ERASURES)}
_ABOUT_CUSTOMERS: Final = ("customers", "purchases", "deliveries")
_NAMES_OF_CUSTOMERS: Final = ("customer_id", "customers")


def _view(table: Table) -> ViewSpec:
    def rows(snapshot: Snapshot, span: Span | None, _: Site | None) -> pl.LazyFrame:
        return of_days(snapshot.scan(table.name), span if is_daily else None)

    def days(snapshot: Snapshot) -> list[date]:
        return sorted(snapshot.rows_by_day(table.name))

    is_daily = table.partition_by == (DAY,)
    columns = [each for each in table.columns if each.name not in NAMING]
    personal = {each.name for each in columns if each.name in _NAMES_OF_CUSTOMERS}
    if table.name in _ABOUT_CUSTOMERS:
        personal = {each.name for each in columns}
    return ViewSpec(
        name=table.name,
        grain=table.grain,
        function=rows,
        columns=tuple(ColumnSpec(c.name, c.dtype, "", c.meaning) for c in columns),
        key=table.key,
        reads=(table.name,),
        is_daily=is_daily,
        loose=("host",) if table.name == "places" else table.unknown,
        personal=frozenset(personal),
        days_of=days,
    )


TABLE_VIEWS: Final[dict[str, ViewSpec]] = {
    name: _view(table) for name, table in TABLES.items() if name not in _BOOKS
}
"""Tables that can be exported: all but what the store keeps to account for lines."""


def chosen_tables(names: tuple[str, ...]) -> list[ViewSpec]:
    """Return the tables called ``names``, in their order in the store.

    Raises:
        UnknownNameError: there is no such table, or it is one of the store's own books.
    """
    for name in names:
        if name not in TABLE_VIEWS:
            raise UnknownNameError("table to export", name, list(TABLE_VIEWS))
    return [view for view in TABLE_VIEWS.values() if view.name in names]
