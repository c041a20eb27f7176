"""The first rows of many, and all the others."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def foremost(
    rows: pl.DataFrame, by: Sequence[str], descending: Sequence[bool], limit: int | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the first ``limit`` rows, sorted, and the others in no order.

    Of a million rows a report shows twenty: only those that can be among them are sorted.

    Args:
        rows: any.
        by: columns to sort by, nulls last; the first is a number and not null.
        descending: for each of them, the first True.
        limit: how many; None: all.
    """
    if limit is None or rows.height <= limit:
        return rows.sort(by, descending=list(descending), nulls_last=True), rows.clear()
    least = rows[by[0]].top_k(limit).min()
    is_near = pl.col(by[0]) >= least
    near = rows.filter(is_near).sort(by, descending=list(descending), nulls_last=True)
    return near.head(limit), pl.concat([near.slice(limit), rows.filter(~is_near)])
