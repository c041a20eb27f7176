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
from reports.runs import firsts
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
    everyone = load.sessions(snapshot, span, EVERYTHING, ["session"]).height
    inside = pl.repeat(False, everyone, eager=True)
    inside = inside.scatter(load.sessions(snapshot, span, filters, ["session"])["session"], True)
    return pairs.filter(inside.gather(pairs["session"]))


def _read(snapshot: Snapshot, span: Span | None, by: str) -> pl.DataFrame:
    views = load.page_views(snapshot, span, EVERYTHING, ["session", by]).drop_nulls()
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
    named = pl.DataFrame(
        {"value": list(found), "named": list(found.values())},
        schema={"value": pl.String, "named": pl.Categorical},
    ).with_columns(pl.col("value").cast(pl.Categorical))
    joined = products.join(named, on="value", maintain_order="left")
    return firsts_of(joined.select("session", pl.col("named").alias("value")))


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
        A row per group that viewed any, and one of all together (``is_all``): ``by`` (as text),
        ``names``, most viewed first and equals in alphabetical order, and ``shares`` of the
        group's sessions that viewed each.
    """
    text = pl.col(by).cast(pl.String)
    whole = pl.lit(None, pl.String).alias(by)
    sizes = sessions.group_by(by).agg(pl.len().alias("size")).with_columns(text, is_all=False)
    everyone = sizes.select(whole, pl.col("size").sum(), is_all=True).head(1)
    sizes = pl.concat([sizes, everyone.select(sizes.columns)])
    of_each = beside(pairs, sessions, by).group_by(by, "value").len("n")
    of_each = of_each.with_columns(text, pl.col("value").cast(pl.String))
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
