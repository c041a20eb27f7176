"""What the media report of banners, and which landings are whose."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.cache import CACHE, key_of
from reports.query import Filters, Span
from weblog.errors import UnknownNameError
from weblog.store import Snapshot

BY: Final = {
    "campaign": "campaign",
    "portal": "portal",
    "position": "position",
    "banner": "banner",
    "day": "date",
}
"""What rows can be told apart by, to its column."""

KEYS: Final = tuple(BY.values())
"""The columns that say whose day a row is."""

TEXTS: Final = ("campaign", "portal", "position", "banner")
COUNTS: Final = ("impressions", "clicks", "cost")

SCHEMA: Final = pl.Schema(
    {
        "date": pl.Date(),
        **dict.fromkeys(TEXTS, pl.String()),
        "impressions": pl.Int64(),
        "clicks": pl.Int64(),
        "cost": pl.Float64(),
    }
)


def columns_by(by: str) -> list[str]:
    """Return the columns named in ``by``, such as "portal, banner", in the order of :data:`BY`.

    Raises:
        UnknownNameError: one of them is none of :data:`BY`.
    """
    asked = [name.strip() for name in by.split(",")]
    for name in asked:
        if name not in BY:
            raise UnknownNameError("dimension of banners", name, list(BY))
    return [column for name, column in BY.items() if name in asked]


def all_reported(snapshot: Snapshot) -> pl.DataFrame:
    """Return table ``banners`` whole, as :data:`SCHEMA` says; empty while none is loaded.

    Campaign and banner are lower-cased, as the parameters of links are.
    """
    return CACHE.get(key_of(snapshot, "banners", "whole"), lambda: _read(snapshot))


def _read(snapshot: Snapshot) -> pl.DataFrame:
    rows = snapshot.scan("banners")
    if "position" not in rows.collect_schema():
        rows = rows.with_columns(position=pl.lit(None, pl.String))
    lowered = pl.col("campaign", "banner").str.to_lowercase()
    return rows.with_columns(lowered).select(SCHEMA.names()).cast(SCHEMA).collect()


def reported(whole: pl.DataFrame, span: Span | None, filters: Filters) -> pl.DataFrame:
    """Return the rows of a period that pass the filters on campaigns and sources (portals)."""
    inside = pl.lit(value=False) if span is None else pl.col("date").is_between(*span)
    return whole.filter(inside, passes(filters))


def passes(filters: Filters) -> pl.Expr:
    """Say which rows with ``campaign`` and ``portal`` pass the filters that banners can."""
    passed = pl.lit(value=True)
    if filters.campaigns:
        passed &= pl.col("campaign").is_in(filters.campaigns)
    if filters.sources:
        passed &= pl.col("portal").str.to_lowercase().is_in(filters.sources)
    return passed.fill_null(value=False)


def placed(rows: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """Add ``banner``, ``portal``, ``position`` and ``is_reported`` to links that were followed.

    A link names campaign, content and source. Where the media report such a banner on one
    portal only, that is its portal; on several, the one that is the link's source. What no
    medium reports has the source for its portal. The position is told where a banner has one
    position on its portal; a link does not say which of several was clicked.

    Args:
        rows: ``campaign``, ``content`` and ``source`` as texts, and any other columns.
        whole: as :func:`all_reported` returns it.
    """
    link = ["campaign", "banner"]
    named = pl.col("portal").drop_nulls().unique()
    alone = whole.group_by(link).agg(
        pl.when(named.len() == 1).then(named.first()).alias("only"), pl.lit(1).alias("there")
    )
    spelled = (
        whole.select(*link, "portal", source=pl.col("portal").str.to_lowercase())
        .drop_nulls()
        .sort("portal")
        .unique([*link, "source"], keep="first", maintain_order=True)
    )
    spots = whole.group_by(*link, "portal").agg(
        pl.when(pl.col("position").n_unique() == 1).then(pl.col("position").first())
    )
    return (
        rows.with_columns(banner=pl.col("content"))
        .join(alone, on=link, how="left", maintain_order="left", nulls_equal=True)
        .join(spelled, on=[*link, "source"], how="left", maintain_order="left")
        .with_columns(
            portal=pl.coalesce("only", "portal", "source"),
            is_reported=pl.col("there").is_not_null(),
        )
        .join(spots, on=[*link, "portal"], how="left", maintain_order="left", nulls_equal=True)
        .drop("only", "there")
    )
