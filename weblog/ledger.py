"""What was read of each log source: the ledger, a row for each."""

from __future__ import annotations

import polars as pl

from weblog.store import Store


def ledger(store: Store) -> pl.DataFrame:
    """Return one row per log source in the store's newest state, in the order their logs begin.

    Returns:
        ``log_source``: its identity, which is that of its content;
        ``path``: what it was called when it was last read; ``log_format``;
        ``lines`` = ``hits`` + ``rejects`` + ``skipped`` + ``erased``;
        ``bytes``: content read, decompressed;
        ``first``, ``last``: times of the earliest and the latest hit (Datetime, UTC), null
        where there is none;
        ``read_at``: when its newest lines were committed (Datetime, UTC), null where none were.

    Raises:
        StoreError: a table cannot be read.
    """
    head = store.head()
    known = (
        head.scan("sources")
        .sort("seen_at")
        .group_by("log_source")
        .agg(pl.col("path", "log_format").last())
    )
    read = (
        head.scan("ledger")
        .group_by("log_source")
        .agg(
            pl.col("lines", "hits", "rejects", "skipped", "erased").sum(),
            pl.col("to_offset").max().alias("bytes"),
            pl.col("committed_at").max().alias("read_at"),
        )
    )
    times = (
        head.scan("hits")
        .group_by("log_source")
        .agg(pl.col("ts").min().alias("first"), pl.col("ts").max().alias("last"))
    )
    counts = ("lines", "hits", "rejects", "skipped", "erased", "bytes")
    return (
        known.join(read, on="log_source", how="left")
        .join(times, on="log_source", how="left")
        .with_columns(pl.col(counts).fill_null(0))
        .select("log_source", "path", "log_format", *counts, "first", "last", "read_at")
        .sort("log_source")
        .collect()
    )
