"""Which content each session viewed: a row per session and what it viewed, however often.

Finding these out of all page views takes most of the time of reports that count sessions by
content, so they are kept beside the frames of :mod:`reports.load`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from reports import load
from reports.cache import CACHE, key_of
from reports.query import EVERYTHING, Filters, Span
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
    key = (*key_of(snapshot, "sessions", span), *key_of(snapshot, "page_views"), "viewed", by)
    pairs = CACHE.get(key, lambda: _read(snapshot, span, by))
    if not filters.chosen or pairs.is_empty():
        return pairs
    everyone = load.sessions(snapshot, span, EVERYTHING).height
    inside = pl.repeat(False, everyone, eager=True)
    inside = inside.scatter(load.sessions(snapshot, span, filters)["session"], True)
    return pairs.filter(inside.gather(pairs["session"]))


def _read(snapshot: Snapshot, span: Span | None, by: str) -> pl.DataFrame:
    views = load.page_views(snapshot, span, EVERYTHING)
    return views.select("session", pl.col(by).alias("value")).drop_nulls().unique()


def in_categories(products: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Return which product categories sessions viewed, of which products they viewed.

    Args:
        products: as :func:`viewed` returns them.
        site: its ``[[products]]`` say which category a product is in; those in none are left out.
    """
    found = {rule.product: rule.category for rule in site.products if rule.category}
    named = pl.DataFrame(
        {"value": list(found), "named": list(found.values())},
        schema={"value": pl.String, "named": pl.Categorical},
    ).with_columns(pl.col("value").cast(pl.Categorical))
    return (
        products.join(named, on="value").select("session", pl.col("named").alias("value")).unique()
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
    last = max(int(side["session"].max() or 0) for side in (pairs, sessions))  # type: ignore[arg-type]
    nowhere = pl.Series("place", [None], dtype=pl.UInt32).new_from_index(0, last + 1)
    places = nowhere.scatter(
        sessions["session"], pl.int_range(sessions.height, dtype=pl.UInt32, eager=True)
    )
    place = places.gather(pairs["session"])
    if place.null_count():
        pairs, place = pairs.filter(place.is_not_null()), place.drop_nulls()
    return pairs.with_columns(sessions[name].gather(place) for name in columns)


def tops(pairs: pl.DataFrame, sessions: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return what the sessions of each group view most.

    Args:
        pairs: as :func:`viewed` returns them.
        sessions: ``session`` and the group it is in.
        by: the column of the group.

    Returns:
        A row per group that viewed any: ``by`` (as text), ``names``, most viewed first and
        equals in alphabetical order, and ``shares`` of the group's sessions that viewed each.
    """
    wholes = sessions.group_by(by).agg(pl.len().alias("whole"))
    return (
        beside(pairs, sessions, by)
        .group_by(by, "value")
        .len("n")
        .join(wholes, on=by, nulls_equal=True)
        .with_columns(pl.col(by, "value").cast(pl.String))
        .sort("n", "value", descending=[True, False])
        .group_by(by, maintain_order=True)
        .agg(
            pl.col("value").head(TOP).alias("names"),
            (pl.col("n") / pl.col("whole")).head(TOP).alias("shares"),
        )
    )
