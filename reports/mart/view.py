"""What a view of the data mart is: its rows' meaning, its columns, and what it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from reports.mart.days import days_of
from reports.query import Span
from reports.spec import ColumnSpec, Unit
from weblog.site.rules import Site
from weblog.store import Snapshot
from weblog.table import Column, Table

ViewFunction = Callable[[Snapshot, Span | None, Site | None], pl.LazyFrame]
"""A view's rows: of these days, both included (None: all there are), by the rules of a site."""

DAY = "date"
"""The column that views by day are cut by."""


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """One view, as everything that builds, exports or explains it knows it.

    Attributes:
        name: also that of its function, its folder and its table in a database.
        grain: what one row is.
        function: gives the rows.
        columns: name, polars type, unit and meaning, in order.
        key: the columns that tell one row from another; no two rows have the same.
        reads: the store's tables it follows from. Those that are kept by day count for the same
            day alone, the others for all days.
        is_daily: whether its rows are of one day each (column ``date``), so that a day can be
            made anew alone; else all rows are made anew, as of the day after the last one.
        loose: columns of the key that may be null, which then is a value as any other, or long.
        personal: columns that tell who a customer is, or what one is like.
        follows_rules: whether the rules of the site decide on its rows.
        relates: how to join it, a sentence each.
        days_of: gives the days there may be rows of; by default those the data speak of.
    """

    name: str
    grain: str
    function: ViewFunction
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]
    reads: tuple[str, ...]
    is_daily: bool = True
    loose: tuple[str, ...] = ()
    personal: frozenset[str] = frozenset()
    follows_rules: bool = False
    relates: tuple[str, ...] = ()
    days_of: Callable[[Snapshot], list[date]] | None = None

    @property
    def is_personal(self) -> bool:
        """Whether a row is about a customer: without its personal columns nothing is left."""
        return bool(self.personal & {*self.key})

    def rows(
        self, snapshot: Snapshot, span: Span | None = None, site: Site | None = None
    ) -> pl.LazyFrame:
        """Return the rows, columns as declared.

        Raises:
            SiteError: a segment rule of ``site`` is wrong.
            StoreError: the store cannot be read.
        """
        found = self.function(snapshot, span, site)
        return found.select(pl.col(column.name).cast(column.dtype) for column in self.columns)

    def days(self, snapshot: Snapshot) -> list[date]:
        """Return the days a daily view may have rows of, ascending."""
        return (self.days_of or days_of)(snapshot)

    def shown(self, *, with_customers: bool) -> tuple[ColumnSpec, ...]:
        """Return the columns, without the personal ones unless ``with_customers``."""
        return tuple(c for c in self.columns if with_customers or c.name not in self.personal)

    def table(self, *, with_customers: bool = True) -> Table:
        """Return the view as a table, as the store's tables are declared."""
        columns = self.shown(with_customers=with_customers)
        return Table(
            self.name,
            self.grain,
            tuple(Column(each.name, each.dtype, each.meaning) for each in columns),
            key=self.key,
            partition_by=(DAY,) if self.is_daily else (),
        )


def text(name: str, meaning: str) -> ColumnSpec:
    """Return a column of text."""
    return ColumnSpec(name, pl.String(), "", meaning)


def texts(name: str, meaning: str) -> ColumnSpec:
    """Return a column of lists of text; a list is sorted, and empty where there are none."""
    return ColumnSpec(name, pl.List(pl.String()), "", meaning)


def flag(name: str, meaning: str) -> ColumnSpec:
    """Return a column that is true, false or unknown."""
    return ColumnSpec(name, pl.Boolean(), "", meaning)


def day(name: str, meaning: str) -> ColumnSpec:
    """Return a column of days in the site's time zone."""
    return ColumnSpec(name, pl.Date(), "day", meaning)


def instant(name: str, meaning: str) -> ColumnSpec:
    """Return a column of instants, UTC."""
    return ColumnSpec(name, pl.Datetime("us", "UTC"), "", f"{meaning}, UTC")


def whole(name: str, meaning: str, unit: Unit = "count") -> ColumnSpec:
    """Return a column of whole numbers."""
    return ColumnSpec(name, pl.Int64(), unit, meaning)


def number(name: str, unit: Unit, meaning: str) -> ColumnSpec:
    """Return a column of numbers."""
    return ColumnSpec(name, pl.Float64(), unit, meaning)
