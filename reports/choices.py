"""Which values a filter can take: those that occur in the data."""

from __future__ import annotations

import polars as pl

from reports.load import CACHE
from reports.query import SESSION_FILTERS, VIEW_FILTERS, check_limit
from weblog.errors import UnknownNameError
from weblog.store import Snapshot, Store

COLUMNS = SESSION_FILTERS | VIEW_FILTERS


def choices(source: Store | Snapshot, name: str, limit: int | None = None) -> list[str]:
    """Return the values filter ``name`` (a field of `Filters`) can take, commonest first.

    Args:
        source: a store, or a snapshot of one.
        name: such as "segments" or "pages".
        limit: how many at most; None for all of them.

    Raises:
        UnknownNameError: there is no such filter.
        QueryError: ``limit`` is less than 1.
    """
    snapshot = source.snapshot() if isinstance(source, Store) else source
    check_limit(limit)
    values = _counted(snapshot, name)["value"]
    return (values.head(limit) if limit else values).to_list()


def known_values(snapshot: Snapshot, name: str) -> set[str]:
    """Return the values filter ``name`` can take, as a set.

    Raises:
        UnknownNameError: there is no such filter.
    """
    return set(_counted(snapshot, name)["value"])


def _counted(snapshot: Snapshot, name: str) -> pl.DataFrame:
    if name not in COLUMNS:
        raise UnknownNameError("filter", name, list(COLUMNS))
    table = "sessions" if name in SESSION_FILTERS else "page_views"
    column = COLUMNS[name]
    key = ("choices", snapshot.delta(table).metadata().id, snapshot.versions[table], column)
    return CACHE.get(key, lambda: _count(snapshot.scan(table), column))


def _count(rows: pl.LazyFrame, column: str) -> pl.DataFrame:
    if "kind" in rows.collect_schema():
        rows = rows.filter(pl.col("kind") == "page")
    return (
        rows.select(pl.col(column).alias("value"))
        .drop_nulls()
        .group_by("value")
        .len()
        .sort("len", "value", descending=[True, False])
        .collect()
    )
