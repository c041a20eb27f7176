"""Load an export of one of the company's tables: good rows are kept, every bad one is told.

Loading again updates; what an export does not have stays. How the history of a customer is kept
says :mod:`sessionize.customer_states`. A purchase is a fact with days of its own: an export that
tells it otherwise corrects it, as if it had always been told so; so are campaigns, banners,
mailings and deliveries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from sessionize.customer_states import KEY, new_states
from sessionize.register_source import RegisterSource
from sessionize.typed_rows import TypedRows
from weblog.company_tables import (
    BANNERS,
    CAMPAIGNS,
    CUSTOMERS,
    DELIVERIES,
    MAILINGS,
    PURCHASES,
)
from weblog.erasure.blocked import blocked_in
from weblog.site.rules import Site
from weblog.store import Snapshot, Store
from weblog.table import Table

EXPORT: Final = "export:"
"""Begin of a mark of table customers: that an export of this day was loaded."""

Made = tuple[pl.DataFrame, Mapping[str, int]] | None


@dataclass(frozen=True, slots=True)
class RegisterLoad:
    """What became of an export.

    ``rows`` = ``good`` + ``bad``; ``faults`` says of each bad row what is wrong
    (:data:`sessionize.bad_rows.SCHEMA`). The good ones are ``new``, or
    ``changed`` what was known, or left it ``unchanged``. ``ignored`` are columns the toolkit does
    not know.
    """

    table: str
    source: str
    rows: int
    good: int
    bad: int
    new: int
    changed: int
    unchanged: int
    faults: pl.DataFrame
    ignored: tuple[str, ...] = ()


def load_customers(
    store: Store | Callable[[], Store], site: Site, source: RegisterSource, *, as_of: date
) -> RegisterLoad:
    """Load customers; only ``customer_id`` is needed.

    Args:
        store: the store, or what makes it once there is something to store.
        site: the site's rules.
        source: the export.
        as_of: the day the export is of, for rows without ``valid_from``.

    Raises:
        TableError: it is no table, or a column is missing.
        DatabaseError: the database cannot be reached or answers with an error.
        TimeZoneError: the store's days are of another time zone than the site's.
        ConcurrentIngestError: others kept changing the table.
    """
    read = source.read(CUSTOMERS, site.time_zone, required=("customer_id",))
    good = read.good.with_columns(known_from=pl.lit(None, pl.Date))
    counts = (0, 0, 0)

    def make(head: Snapshot) -> Made:
        nonlocal counts
        stored = head.scan("customers").collect()
        rows = blocked_in(head.folder).without(good)
        days = [date.fromisoformat(mark.removeprefix(EXPORT)) for mark in head.marks("customers")
                if mark.startswith(EXPORT)]  # fmt: skip
        made = new_states(stored, rows, given=read.given, as_of=as_of, exports=days)
        counts = (made.new, made.changed, made.unchanged)
        is_of_the_day = good["valid_from"].has_nulls()
        is_known = not is_of_the_day or as_of in days
        if is_known and made.states.equals(stored.sort(KEY)):
            return None
        return made.states, {f"{EXPORT}{as_of}": 1} if is_of_the_day else {}

    if not good.is_empty():
        opened(store, site).revise("customers", make)
    return loaded("customers", source, read, counts)


def load_purchases(
    store: Store | Callable[[], Store], site: Site, source: RegisterSource
) -> RegisterLoad:
    """Load purchases; every row needs ``purchase_id``, ``customer_id`` and ``purchased``.

    Arguments and errors are those of :func:`load_customers`.
    """
    return load_rows(PURCHASES, store, site, source)


def load_campaigns(
    store: Store | Callable[[], Store], site: Site, source: RegisterSource
) -> RegisterLoad:
    """Load campaigns; only ``campaign`` is needed.

    Arguments and errors are those of :func:`load_customers`.
    """
    return load_rows(CAMPAIGNS, store, site, source)


def load_banners(
    store: Store | Callable[[], Store], site: Site, source: RegisterSource
) -> RegisterLoad:
    """Load days of banners; every row needs ``date``, ``banner`` and ``portal``.

    Rows stored of the same day, banner, campaign and portal are replaced, whatever their position.
    Arguments and errors are those of :func:`load_customers`.
    """
    return load_rows(BANNERS, store, site, source)


def load_mailings(
    store: Store | Callable[[], Store], site: Site, source: RegisterSource
) -> RegisterLoad:
    """Load mailings; only ``mailing`` is needed.

    Arguments and errors are those of :func:`load_customers`.
    """
    return load_rows(MAILINGS, store, site, source)


def load_deliveries(
    store: Store | Callable[[], Store], site: Site, source: RegisterSource
) -> RegisterLoad:
    """Load deliveries; every row needs ``delivery`` and ``mailing``.

    Arguments and errors are those of :func:`load_customers`.
    """
    return load_rows(DELIVERIES, store, site, source)


def load_rows(
    table: Table, store: Store | Callable[[], Store], site: Site, source: RegisterSource
) -> RegisterLoad:
    """Load rows of a table that has no history: a row that is known is corrected.

    Columns that the export lacks stay what they were. Errors are those of :func:`load_customers`.
    """
    read = source.read(table, site.time_zone, required=table.required)
    good = read.good
    counts = (0, 0, 0)

    def make(head: Snapshot) -> Made:
        nonlocal counts
        stored = head.scan(table.name).collect()
        rows = _with_what_is_known(blocked_in(head.folder).without(good), stored, read.given, table)
        new = rows.join(stored, on=table.key, how="anti", nulls_equal=True).height
        same = rows.join(stored, on=rows.columns, how="semi", nulls_equal=True).height
        counts = (new, rows.height - new - same, same)
        left = others(stored, rows, table)
        if same == rows.height and left.height + same == stored.height:
            return None
        return pl.concat([rows, left]), {}

    if not good.is_empty():
        opened(store, site).revise(table.name, make)
    return loaded(table.name, source, read, counts)


def others(stored: pl.DataFrame, rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the stored rows that new ones leave as they are."""
    return stored.join(rows, on=table.whole or table.key, how="anti", nulls_equal=True)


def opened(store: Store | Callable[[], Store], site: Site) -> Store:
    """Return the store, made if need be, whose days are those of the site's time zone.

    Raises:
        TimeZoneError: they are of another one.
    """
    found = store if isinstance(store, Store) else store()
    found.check_time_zone(site.time_zone)
    return found


def _with_what_is_known(
    rows: pl.DataFrame, stored: pl.DataFrame, given: tuple[str, ...], table: Table
) -> pl.DataFrame:
    """Return the rows; columns that the export lacks stay what they were."""
    kept = [name for name in table.schema if name not in given and name not in table.key]
    if not kept:
        return rows
    known = stored.select(*table.key, *kept)
    filled = rows.drop(kept).join(
        known, on=table.key, how="left", maintain_order="left", nulls_equal=True
    )
    return filled.select(rows.columns)


def loaded(
    table: str, source: RegisterSource, read: TypedRows, counts: tuple[int, int, int]
) -> RegisterLoad:
    """Tell what became of an export: ``counts`` are new, changed and unchanged rows."""
    good = read.good.height
    new, changed, unchanged = counts
    return RegisterLoad(
        table=table,
        source=source.shown,
        rows=good + read.bad,
        good=good,
        bad=read.bad,
        new=new,
        changed=changed,
        unchanged=unchanged,
        faults=read.faults.with_columns(pl.col("expected").str.strip_prefix("expected ")),
        ignored=read.ignored,
    )
