"""What campaigns cost on each day, from whichever table knows it best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.cache import CACHE, key_of
from reports.query import Span
from weblog.store import Snapshot, layout

LINKS: Final = ("campaign", "source", "medium", "content", "keyword")
"""What a cost can be known of: what the links carry."""

FIGURES: Final = ("cost", "impressions", "clicks", "claimed")
"""What is known of a day: cost, times shown, and what the medium counts and claims."""

ORIGINS: Final = ("campaign_costs", "banners", "mailings", "campaigns")
"""Tables that tell a cost. Of each campaign the first that tells any is taken, banners and
mailings together: a campaign's cost in all is that of its days and parts, not one more."""

_RANKS: Final = dict(zip(ORIGINS, (0, 1, 1, 2), strict=True))
_SCHEMA: Final = pl.Schema(
    {
        "date": pl.Date(),
        **dict.fromkeys(LINKS, pl.String()),
        **dict.fromkeys(FIGURES, pl.Float64()),
        "origin": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs of a period.

    Attributes:
        days: ``date``, :data:`LINKS` (lower-cased as sessions have them; null: not known of which),
            :data:`FIGURES` (null: not known) and ``origin``.
        spread: campaigns of which only the cost in all is known, spread evenly over their days.
        undated: campaigns whose cost is known, but not their first or last day: left out.
    """

    days: pl.DataFrame
    spread: tuple[str, ...]
    undated: tuple[str, ...]


def costs(snapshot: Snapshot, span: Span | None, campaigns: tuple[str, ...] = ()) -> Costs:
    """Return what campaigns cost on the days of ``span``; of ``campaigns`` only, if any."""
    everything = _every_day(snapshot)
    if span is None:
        return Costs(everything.clear(), (), ())
    days = everything.filter(pl.col("date").is_between(*span))
    undated = _undated(snapshot, everything)
    if campaigns:
        days = days.filter(pl.col("campaign").is_in(campaigns))
        undated = tuple(name for name in undated if name in campaigns)
    spread = days.filter(pl.col("origin") == "campaigns")["campaign"].unique().sort()
    return Costs(days, tuple(spread), undated)


def _every_day(snapshot: Snapshot) -> pl.DataFrame:
    keys = [part for name in ORIGINS for part in key_of(snapshot, name)]
    return CACHE.get((*keys, "costs"), lambda: _read(snapshot))


def _read(snapshot: Snapshot) -> pl.DataFrame:
    parts = {
        "campaign_costs": _daily(snapshot),
        "banners": _banners(snapshot),
        "mailings": _mailings(snapshot),
        "campaigns": _spread(snapshot),
    }
    rows = pl.concat(
        [
            part.with_columns(
                *(pl.lit(None, pl.String).alias(name) for name in LINKS if name not in have),
                *(pl.lit(None, pl.Float64).alias(name) for name in FIGURES if name not in have),
                pl.lit(origin).alias("origin"),
            ).select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
            for origin, part in parts.items()
            if (have := part.collect_schema().names())
        ]
    )
    rank = pl.col("origin").replace_strict(_RANKS, return_dtype=pl.Int8)
    known = rank.filter(pl.col("cost").is_not_null()).min().over("campaign")
    return (
        rows.with_columns(pl.col(LINKS).str.to_lowercase())
        .filter(pl.col("campaign").is_not_null() & pl.col("date").is_not_null())
        .filter((rank == known) | known.is_null())
        .sort("date", *LINKS, "origin", *FIGURES, nulls_last=True)
        .collect()
    )


def _daily(snapshot: Snapshot) -> pl.LazyFrame:
    return snapshot.scan("campaign_costs").select(
        "date",
        *("campaign", "source", "medium", "content"),
        pl.col("term").alias("keyword"),
        *("cost", "impressions", "clicks"),
        pl.col("conversions").alias("claimed"),
    )


def _banners(snapshot: Snapshot) -> pl.LazyFrame:
    return snapshot.scan("banners").select(
        "date",
        "campaign",
        pl.col("portal").alias("source"),
        pl.col("banner").alias("content"),
        *("cost", "impressions", "clicks"),
    )


def _mailings(snapshot: Snapshot) -> pl.LazyFrame:
    zone = layout.time_zone(snapshot.folder) or "UTC"
    return snapshot.scan("mailings").select(
        pl.col("sent").dt.convert_time_zone(zone).dt.date().alias("date"),
        "campaign",
        pl.col("mailing").alias("content"),
        "cost",
    )


def _spread(snapshot: Snapshot) -> pl.LazyFrame:
    """Return a row per day of each campaign whose cost in all is known, with its part of it."""
    days = (pl.col("end") - pl.col("start")).dt.total_days() + 1
    return (
        snapshot.scan("campaigns")
        .filter(pl.col("cost").is_not_null(), days > 0)
        .select(
            "campaign",
            (pl.col("cost") / days).alias("cost"),
            pl.date_ranges("start", "end").alias("date"),
        )
        .explode("date")
    )


def _undated(snapshot: Snapshot, known: pl.DataFrame) -> tuple[str, ...]:
    """Return campaigns with a cost in all that no day has."""
    named = pl.col("campaign").str.to_lowercase()
    costing = snapshot.scan("campaigns").filter(pl.col("cost").is_not_null())
    names = costing.select(named).collect()["campaign"]
    told = known.filter(pl.col("cost").is_not_null())["campaign"]
    return tuple(names.filter(~names.is_in(told.unique().implode())).unique().sort())
