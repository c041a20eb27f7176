"""Which content each session viewed: a row per session and what it viewed, however often.

Finding these out of all page views takes most of the time of reports that count sessions by
content, so they are kept beside the frames of :mod:`reports.load`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from reports import load
from reports.cache import CACHE, visits_key
from reports.compact import distinct, places_in
from reports.query import EVERYTHING, Filters, Span
from reports.runs import firsts, tally
from weblog.site.rules import Site
from weblog.store import Snapshot

TOP: Final = 3
"""So many names at most in a list of what is viewed most."""


def viewed(snapshot: Snapshot, span: Span | None, filters: Filters, by: str) -> pl.DataFrame:
    """Return ``session`` (as in the sessions frame) and ``value``, each pair once.

    Args:
        snapshot: of the store.
        span: first and last day; None: no row.
        filters: the sessions' filters.
        by: "category", "product" or "path".
    """
    key = (*load.filtered_key(snapshot, span, filters), "viewed", by)
    return CACHE.get(key, lambda: _read(snapshot, span, filters, by))


def values(snapshot: Snapshot, span: Span | None, by: str) -> pl.Series:
    """Return each value that :func:`viewed` can have, whatever the filters (categorical)."""
    key = (*visits_key(snapshot, span), "values", by)
    pairs = viewed(snapshot, span, EVERYTHING, by)
    return CACHE.get(key, lambda: distinct(pairs["value"]).to_frame())["value"]


def _read(snapshot: Snapshot, span: Span | None, filters: Filters, by: str) -> pl.DataFrame:
    views = load.page_views(snapshot, span, filters, ["session", by]).drop_nulls()
    return firsts_of(views.rename({by: "value"}))


def firsts_of(views: pl.DataFrame) -> pl.DataFrame:
    """Return ``session`` and ``value``, each pair once; the rows of a session stand together."""
    codes = views["value"].to_physical()
    end = 0 if views.is_empty() else int(codes.max()) + 1  # type: ignore[arg-type]
    return views.filter(firsts(views["session"], codes, end))


def in_categories(products: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Return which product categories sessions viewed, of which products they viewed.

    Args:
        products: as :func:`viewed` returns them.
        site: its ``[[products]]`` say which category a product is in; those in none are left out.
    """
    found = {rule.product: rule.category for rule in site.products if rule.category}
    if not found:
        return products.clear()
    place = places_in(pl.Series(list(found), dtype=pl.Categorical), products["value"])
    named = place < len(found)
    category = pl.Series("value", list(found.values()), dtype=pl.Categorical)
    return firsts_of(
        pl.DataFrame([products["session"].filter(named), category.gather(place.filter(named))])
    )


def beside(pairs: pl.DataFrame, sessions: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Add columns of sessions to pairs; those of sessions that are not there are left out.

    What a join on ``session`` gives, in the order of the pairs, many times faster: sessions are
    numbered, so each is looked up by its number.

    Args:
        pairs: with a column ``session``.
        sessions: with a column ``session``, each once, and ``columns``.
        columns: which to add.
    """
    if pairs.is_empty() or sessions.is_empty():
        return pairs.join(sessions.select("session", *columns), on="session")
    if pairs["session"].equals(sessions["session"]):
        return pairs.with_columns(sessions.select(columns))
    last = max(int(side["session"].max() or 0) for side in (pairs, sessions))  # type: ignore[arg-type]
    if sessions.height > last and sessions["session"].is_sorted():  # all there are: it is the row
        return pairs.with_columns(sessions[name].gather(pairs["session"]) for name in columns)
    nowhere = pl.Series("place", [None], dtype=pl.UInt32).new_from_index(0, last + 1)
    places = nowhere.scatter(
        sessions["session"], pl.int_range(sessions.height, dtype=pl.UInt32, eager=True)
    )
    place = places.gather(pairs["session"])
    if place.null_count():
        pairs, place = pairs.filter(place.is_not_null()), place.drop_nulls()
    return pairs.with_columns(sessions[name].gather(place) for name in columns)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Sessions by the value of one column.

    Attributes:
        by: the column.
        values: each of its values once (categorical, without null).
        session: as in the sessions frame.
        place: of each session's value among ``values``; their number for null (u32).
        size: how many sessions each place has, that of null last.
    """

    by: str
    values: pl.Series
    session: pl.Series
    place: pl.Series
    size: pl.Series

    @classmethod
    def of(cls, sessions: pl.DataFrame, by: str) -> Grouped:
        """Return the sessions of a frame by one of its texts."""
        shown = distinct(sessions[by])
        place = places_in(shown, sessions[by])
        return cls(by, shown, sessions["session"], place, tally(place, len(shown) + 1))

    @property
    def names(self) -> pl.Series:
        """The value of each place as text, null last."""
        null = pl.Series([None], dtype=pl.String)
        return pl.concat([self.values.cast(pl.String), null]).alias(self.by)


def tops(pairs: pl.DataFrame, grouped: Grouped, values: pl.Series | None = None) -> pl.DataFrame:
    """Return what the sessions of each group view most.

    Args:
        pairs: as :func:`viewed` returns them.
        grouped: the sessions that count, and their groups.
        values: those that pairs can have, each once (categorical); None to find them.

    Returns:
        A row per group that viewed any, and one of all together (``is_all``): the group (as text),
        ``names``, most viewed first and equals in alphabetical order, and ``shares`` of the
        group's sessions that viewed each.
    """
    by, names = grouped.by, grouped.names
    size = pl.DataFrame([names, grouped.size.alias("size")])
    size = size.filter(pl.col("size") > 0).with_columns(is_all=False)
    whole = pl.lit(None, pl.String).alias(by)
    everyone = size.select(whole, pl.col("size").sum(), is_all=True).head(1)
    sizes = pl.concat([size, everyone.select(size.columns)])
    of_each = _viewers(pairs, grouped, distinct(pairs["value"]) if values is None else values)
    of_each = of_each.select(names.gather(of_each["group"]), "value", "n")
    of_all = of_each.group_by("value").agg(pl.col("n").sum())
    counted = pl.concat(
        [of_each.with_columns(is_all=False), of_all.select(whole, "value", "n", is_all=True)]
    )
    return (
        counted.join(sizes, on=[by, "is_all"], nulls_equal=True)
        .sort("n", "value", descending=[True, False])
        .group_by(by, "is_all", maintain_order=True)
        .agg(
            pl.col("value").head(TOP).alias("names"),
            (pl.col("n") / pl.col("size")).head(TOP).alias("shares"),
        )
    )


def _viewers(pairs: pl.DataFrame, grouped: Grouped, values: pl.Series) -> pl.DataFrame:
    """Return ``group`` (place), ``value`` (text) and ``n``, in how many sessions it was viewed."""
    place, session, end = grouped.place, grouped.session, len(grouped.values) + 1
    last = max(int(side.max() or 0) for side in (pairs["session"], session))  # type: ignore[arg-type]
    if len(session) <= last:  # not all of them: others are in a group that is left out
        place = pl.repeat(end, last + 1, dtype=pl.UInt32, eager=True).scatter(session, place)
    width = len(values)
    cell = (place * width).gather(pairs["session"]) + places_in(values, pairs["value"])
    found = tally(cell, (end + 1) * width).head(end * width)
    some = (found > 0).arg_true()
    return pl.DataFrame(
        [
            (some // width).alias("group"),
            values.cast(pl.String).gather(some % width).alias("value"),
            found.gather(some).alias("n"),
        ]
    )
