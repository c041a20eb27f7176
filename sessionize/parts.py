"""The hits that take part in sessions: those these consist of, and those that only count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import polars as pl

CORE: Final = ("page", "event")
"""Kinds of hits sessions consist of."""

ATTACHED: Final = ("static", "error", "other")
"""Kinds of hits that only count in ``hits``. Robots and the company's own take no part at all."""


class Parts(NamedTuple):
    """Hits with a visitor, both frames with ``visitor``: a code of the categories of ``ids``."""

    core: pl.DataFrame
    attached: pl.DataFrame
    ids: pl.Series


def parted(
    hits: pl.DataFrame | pl.LazyFrame,
    core: Sequence[str | pl.Expr],
    attached: Sequence[str | pl.Expr],
) -> Parts:
    """Return the hits that take part, of both sorts only what is asked for.

    Args:
        hits: columns as :data:`weblog.schema.HITS`. A lazy frame is read twice, each time only
            as far as needed.
        core: what to know of page views and events; ``visitor_id`` among it.
        attached: what to know of the others; ``visitor_id`` among it.
    """
    rows = hits.lazy()
    kind, is_visit = pl.col("kind"), pl.col("visitor_id").is_not_null()
    if rows.collect_schema()["kind"] != pl.String:
        kind = kind.cast(pl.String)
    views, others = pl.collect_all(
        [
            rows.filter(kind.is_in(CORE), is_visit).select(core),
            rows.filter(kind.is_in(ATTACHED), is_visit).select(attached),
        ]
    )
    # One dictionary for both frames; it lives as long as a Series that uses it.
    ids = views["visitor_id"].cast(pl.Categorical(pl.Categories.random()))
    codes = others["visitor_id"].cast(ids.dtype)
    return Parts(
        views.with_columns(ids.to_physical().alias("visitor")),
        others.with_columns(codes.to_physical().alias("visitor")),
        ids,
    )
