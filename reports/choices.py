"""Which values a filter can take: those that occur in the data.

Customers and visitors are as many as there are: they are looked up, never listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from reports.attributes import values
from reports.cache import CACHE, key_of
from reports.query import (
    ID_FILTERS,
    REGISTER_FILTERS,
    SESSION_FILTERS,
    VIEW_FILTERS,
    check_limit,
)
from reports.view_counts import Coded
from reports.visitor_days import sessions_kept_whole
from weblog.errors import QueryError, UnknownNameError, nearest
from weblog.store import Snapshot, Store

COLUMNS = SESSION_FILTERS | VIEW_FILTERS

LISTED: Final = (*COLUMNS, *REGISTER_FILTERS)
"""Filters whose values can be listed."""

NEAR: Final = 1000
"""So many ids that begin or end like one that is not there are compared with it."""


def choices(source: Store | Snapshot, name: str, limit: int | None = None) -> list[str]:
    """Return the values filter ``name`` (a field of `Filters`) can take, commonest first.

    Age bands are in order of age instead. What the register tells is counted in the register,
    not in the sessions.

    Args:
        source: a store, or a snapshot of one.
        name: such as "segments", "pages" or "occupations".
        limit: how many at most; None for all of them.

    Raises:
        UnknownNameError: there is no such filter.
        QueryError: ``limit`` is less than 1; or the filter is on ids, which are not listed.
    """
    snapshot = source.snapshot() if isinstance(source, Store) else source
    check_limit(limit)
    if name in ID_FILTERS:
        raise QueryError(
            f"{name} are not listed, they are too many: give their ids. Filters with a list: "
            f"{', '.join(LISTED)}"
        )
    found = _listed(snapshot, name)["value"]
    return (found.head(limit) if limit else found).to_list()


def not_known(snapshot: Snapshot, name: str, asked: Iterable[str]) -> dict[str, str | None]:
    """Return the values asked for that the data do not know, each with the one most like it.

    Args:
        snapshot: of the store.
        name: field of `Filters`.
        asked: its values.

    Raises:
        UnknownNameError: there is no such filter.
    """
    if name in ID_FILTERS:
        return _ids_not_known(snapshot, name, tuple(asked))
    known = set(_listed(snapshot, name)["value"])
    return {value: nearest(value, known) for value in asked if value not in known}


def _listed(snapshot: Snapshot, name: str) -> pl.DataFrame:
    if name in REGISTER_FILTERS:
        return values(snapshot, REGISTER_FILTERS[name])
    if name not in COLUMNS:
        raise UnknownNameError("filter", name, [*LISTED, *ID_FILTERS])
    table = "sessions" if name in SESSION_FILTERS else "page_views"
    column = COLUMNS[name]
    key = ("choices", *key_of(snapshot, table, column))
    if table == "sessions":
        kept = sessions_kept_whole(snapshot, [column])
        if kept is not None:
            return CACHE.get(key, lambda: _tallied(kept[column]))
    return CACHE.get(key, lambda: _count(snapshot.scan(table), column))


def _tallied(values: pl.Series) -> pl.DataFrame:
    """Return what :func:`_count` does, of a column that is in memory."""
    found = Coded.of(values).tallied().drop_nulls().select(pl.nth(0).cast(pl.String), "n")
    found.columns = ["value", "len"]
    return found.sort("len", "value", descending=[True, False])


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


def _ids_not_known(snapshot: Snapshot, name: str, asked: tuple[str, ...]) -> dict[str, str | None]:
    """Look ids up where they occur: in the sessions, and customers in the register as well."""
    tables = ("sessions", "customers") if name == "customers" else ("sessions",)
    key = [part for table in tables for part in key_of(snapshot, table)]
    column = ID_FILTERS[name]
    ids = pl.concat([snapshot.scan(table).select(column) for table in tables])
    found = CACHE.get(
        ("known", *key, name, asked),
        lambda: ids.filter(pl.col(column).is_in(asked)).unique().collect(),
    )
    unknown = [one for one in asked if one not in set(found[column])]
    return {one: nearest(one, _like(ids, column, one)) for one in unknown}


def _like(ids: pl.LazyFrame, column: str, asked: str) -> list[str]:
    """Return ids that begin or end like ``asked``: a slip of the pen leaves one half whole."""
    half = max(1, len(asked) // 2)
    spelled = pl.col(column).str.to_lowercase()
    begins = spelled.str.starts_with(asked[:half].lower())
    ends = spelled.str.ends_with(asked[-half:].lower())
    near = ids.filter(begins | ends).unique().sort(column).head(NEAR).collect()
    return near[column].to_list()
