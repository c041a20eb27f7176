"""What each customer looked at most: one pass over the page views."""

from __future__ import annotations

import polars as pl


def favourites(views: pl.LazyFrame, sessions: pl.DataFrame, *columns: str) -> list[pl.DataFrame]:
    """Return, for each of ``columns``, the value each customer viewed most.

    Args:
        views: page views; ``session_id`` and the columns.
        sessions: those that count; ``session`` (hash of the id) and ``customer``.
        columns: of text; where it is null, the page view counts for none of its values.

    Returns:
        For each column ``customer``, ``top_COLUMN`` and ``top_COLUMN_views``; of values viewed
        as often, the first by name.
    """
    names = views.select(pl.col(name).unique().drop_nulls().implode() for name in columns).collect()
    kinds = {name: pl.Enum(names[name].item().sort()) for name in columns}
    # Everything is a number from here on: texts would take four times as long.
    known = (
        views.select(
            pl.col("session_id").hash().alias("session"),
            *(pl.col(name).cast(kind).to_physical() for name, kind in kinds.items()),
        )
        .join(sessions.lazy().select("session", "customer"), on="session")
        .drop("session")
        .collect()
    )
    return [_most(known, name, kind.categories) for name, kind in kinds.items()]


def _most(views: pl.DataFrame, by: str, names: pl.Series) -> pl.DataFrame:
    count = max(1, len(names))
    both = (pl.col("customer").cast(pl.Int64) * count + pl.col(by)).alias("both")
    counted = views.drop_nulls(by).group_by(both).agg(pl.len().cast(pl.Int64).alias("views"))
    # The most views, then the first name, is one number: the greatest.
    score = pl.col("views") * count + (count - 1 - pl.col("both") % count)
    most = counted.group_by((pl.col("both") // count).alias("customer")).agg(
        score.max().alias("score")
    )
    return most.select(
        pl.col("customer").cast(pl.UInt32),
        names.gather(count - 1 - most["score"] % count).alias(f"top_{by}"),
        (pl.col("score") // count).alias(f"top_{by}_views"),
    )
