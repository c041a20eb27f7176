"""Creatives of one campaign against each other: what differs beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.ask import SMALL
from reports.clusters import SIDES, both_sums, differences, own_sums
from reports.discovery import beyond_chance

FEWEST_DAYS: Final = 14
"""Days of the media's reports below which how much one day differs from others is not known."""

_CREATIVE: Final = ("campaign", "banner")


@dataclass(frozen=True, slots=True)
class Compared:
    """A rate of creatives: ``n`` over ``d``, summed per ``cluster``, whose sums are independent."""

    name: str
    kind: str
    cluster: str
    n: str
    d: str


COMPARED: Final = (
    Compared("ctr", "ratio", "date", "clicks", "impressions"),
    Compared("arrival_rate", "ratio", "date", "sessions", "clicks"),
    Compared("conversion_rate", "rate", "visitor", "converted", "sessions"),
)
"""A medium tells no people apart: of its clicks, days are what varies by itself. So few of them
ask for Student's quantiles, which kind "ratio" has."""


def rivals(reported: pl.DataFrame, sessions: pl.DataFrame, limit: int | None) -> pl.DataFrame:
    """Return a row per measure and pair of creatives of a campaign.

    Args:
        reported: as :func:`reports.advertising.reported.reported` returns it.
        sessions: as :func:`reports.advertising.landed.sessions` does.
        limit: so many creatives of a campaign: those with most clicks, then most sessions.

    Returns:
        ``campaign``, ``measure``, ``cluster``, ``left_banner`` and ``right_banner`` (creatives, in
        alphabetical order), what :func:`reports.clusters.differences` says of them,
        ``same_place``, ``small`` and ``beyond_chance``.
    """
    kept = _most_clicked(reported, sessions, limit)
    parts = {"date": _by_day(reported, sessions), "visitor": _by_visitor(sessions)}
    rows = [
        _pairs(measure, parts[measure.cluster].join(kept, on=_CREATIVE)) for measure in COMPARED
    ]
    told = differences(pl.concat(rows)).join(
        _places(reported, sessions), on=["campaign", "left_banner", "right_banner"], how="left"
    )
    by_day = pl.col("cluster") == "date"
    few = pl.when(by_day).then(FEWEST_DAYS).otherwise(SMALL)
    # Clicks are rare among impressions: their number, not that of impressions, is what tells.
    told_by = pl.when(pl.col("measure") == "ctr").then(pl.min_horizontal("n1", "n2"))
    cases = told_by.otherwise(pl.min_horizontal("d1", "d2"))
    small = (pl.min_horizontal("visitors1", "visitors2") < few) | (cases < SMALL)
    return (
        told.with_columns(small=small, same_place=pl.col("same_place").fill_null(value=False))
        .with_columns(beyond_chance(pl.when(~pl.col("small")).then("p")))
        .sort("order", "campaign", "left_banner", "right_banner")
    )


def _most_clicked(
    reported: pl.DataFrame, sessions: pl.DataFrame, limit: int | None
) -> pl.DataFrame:
    """Return ``campaign`` and ``banner`` of the creatives to compare."""
    clicks = reported.group_by(_CREATIVE).agg(pl.col("clicks").sum())
    visits = sessions.group_by(_CREATIVE).agg(pl.len().alias("visits"))
    found = (
        clicks.join(visits, on=_CREATIVE, how="full", coalesce=True)
        .drop_nulls(_CREATIVE)
        .with_columns(pl.col("clicks", "visits").fill_null(0))
        .sort("clicks", "visits", "banner", "campaign", descending=[True, True, False, False])
    )
    place = pl.int_range(pl.len()).over("campaign")
    return found.filter(place < (limit or found.height)).select(_CREATIVE)


def _by_day(reported: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Return the sums of each day the medium reports a creative on."""
    told = reported.group_by(*_CREATIVE, "date").agg(pl.col("impressions", "clicks").sum())
    came = sessions.group_by(*_CREATIVE, "date").agg(pl.len().cast(pl.Int64).alias("sessions"))
    return told.join(came, on=[*_CREATIVE, "date"], how="left").with_columns(
        pl.col("sessions").fill_null(0)
    )


def _by_visitor(sessions: pl.DataFrame) -> pl.DataFrame:
    return sessions.group_by(*_CREATIVE, "visitor").agg(
        pl.len().cast(pl.Int64).alias("sessions"),
        (pl.col("conversions") > 0).sum().cast(pl.Int64).alias("converted"),
    )


def _pairs(measure: Compared, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the sums :func:`reports.clusters.differences` takes, of each pair of creatives."""
    n, d, cluster = measure.n, measure.d, measure.cluster
    told = rows.filter(pl.col(d) > 0).select(*_CREATIVE, cluster, n, d)
    own = told.group_by(_CREATIVE).agg(*own_sums(n, d), pl.len().cast(pl.Float64).alias("visitors"))
    of_pair = ["campaign", "left_banner", "right_banner"]
    both = (
        told.rename({"banner": "left_banner"})
        .join(told.rename({"banner": "right_banner"}), on=["campaign", cluster], suffix="_2")
        .filter(pl.col("left_banner") < pl.col("right_banner"))
        .group_by(of_pair)
        .agg(both_sums(n, d, "_2"))
    )
    left, right = (
        own.rename({name: name + s for name in own.columns if name not in _CREATIVE}) for s in SIDES
    )
    pairs = (
        left.rename({"banner": "left_banner"})
        .join(right.rename({"banner": "right_banner"}), on="campaign")
        .filter(pl.col("left_banner") < pl.col("right_banner"))
    )
    return pairs.join(both, on=of_pair, how="left").with_columns(
        pl.col("n1n2", "n1d2", "d1n2", "d1d2").fill_null(0.0),
        pl.lit(measure.name).alias("measure"),
        pl.lit(measure.kind).alias("kind"),
        pl.lit(cluster).alias("cluster"),
        pl.lit(COMPARED.index(measure)).alias("order"),
    )


def _places(reported: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Return of each pair whether both were shown in just the same places."""
    spot = pl.struct("portal", "position")
    rows = pl.concat(part.select(*_CREATIVE, "portal", "position") for part in (reported, sessions))
    where = (
        rows.unique()
        .sort("portal", "position", nulls_last=True)
        .group_by(_CREATIVE)
        .agg(spot.alias("places"))
    )
    pairs = where.rename({"banner": "left_banner"}).join(
        where.rename({"banner": "right_banner"}), on="campaign", suffix="_2"
    )
    return pairs.filter(pl.col("left_banner") < pl.col("right_banner")).select(
        *("campaign", "left_banner", "right_banner"),
        (pl.col("places") == pl.col("places_2")).alias("same_place"),
    )
