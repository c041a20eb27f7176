"""The stages of the relationship: what people were on each of some days, and who moved where.

People are visitors while nobody knows them, and customers once they are known. Functions of
tables; no disk, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import polars as pl

LADDER: Final = ("first-time anonymous", "anonymous", "member", "customer", "repeat customer")
"""The stages that lead up, in order."""

STAGES: Final = (*LADDER, "reactivated", "dormant", "churned")
NEW: Final = "(new)"
"""Where people come from who were not there before."""

RECOGNISED: Final = "(recognised)"
"""Where visitors go who turn out to be somebody already counted."""

_FIRST, _AGAIN, _MEMBER, _CUSTOMER, _REPEAT, _BACK, _DORMANT, _CHURNED = STAGES
_STAGE: Final = pl.Enum([*STAGES, NEW, RECOGNISED])
"""Stages of each person are numbers, not texts: there are as many as people and edges."""


def visitor_flows(visitors: pl.DataFrame, edges: Sequence[date]) -> pl.DataFrame:
    """Return the moves of visitors between one edge and the next, as long as they are unknown.

    Args:
        visitors: ``first`` and ``second`` (days of their first two sessions; the second may be
            null), ``known`` (the day of the first session of a customer, or null), and how many
            ``people`` that is true of.
        edges: the days, ascending, at whose start people are looked at.

    Returns:
        ``bucket`` (0 for what lies between the first two edges), ``stage``, ``stage_to``,
        ``people``. Who becomes known there is not in it (:func:`handed_over`).
    """
    days = ("first", "second", "known")
    kinds = (
        visitors.select(*(_bucket(visitors[name], edges) for name in days), "people")
        .group_by(days)
        .agg(pl.col("people").sum())
    )
    looks = pl.DataFrame({"bucket": range(len(edges) - 1)}, schema={"bucket": pl.Int64})
    now = pl.col("bucket")
    is_known = (pl.col("known") <= now).fill_null(value=False)
    before, after = (_unknown_stage(now + more) for more in (0, 1))
    was = pl.when(pl.col("first") < now).then(before).otherwise(pl.lit(NEW))
    return (
        kinds.join(looks, how="cross")
        .filter(pl.col("first") <= now, ~is_known)
        .select("bucket", was.alias("stage"), after.alias("stage_to"), "people")
        .group_by("bucket", "stage", "stage_to")
        .agg(pl.col("people").sum())
    )


def handed_over(visitors: pl.DataFrame, edges: Sequence[date]) -> pl.DataFrame:
    """Return the visitors who become known between two edges and were there at the first.

    Args:
        visitors: as :func:`visitor_flows`, with ``customer``, each known one by itself; others
            are left out.
        edges: as there.

    Returns:
        ``bucket``, ``customer``, ``stage`` at the edge before, and ``is_person``: of several
        browsers on which a customer becomes known between the same edges, the one first known.
    """
    known = visitors.filter(pl.col("known").is_not_null())
    now = pl.col("bucket")
    return (
        known.with_columns(
            _bucket(known["known"], edges).alias("bucket"),
            _bucket(known["first"], edges).alias("first_bucket"),
            _bucket(known["second"], edges).alias("second_bucket"),
        )
        .filter(now.is_between(0, len(edges) - 2), pl.col("first_bucket") < now)
        .with_columns(
            pl.when((pl.col("second_bucket") < now).fill_null(value=False))
            .then(pl.lit(_AGAIN))
            .otherwise(pl.lit(_FIRST))
            .cast(_STAGE)
            .alias("stage")
        )
        .sort("bucket", "customer", "known", "first", "stage")
        .select(
            "bucket",
            "customer",
            "stage",
            pl.struct("bucket", "customer").is_first_distinct().alias("is_person"),
        )
    )


def customer_stages(
    known: pl.DataFrame,
    visits: pl.DataFrame,
    purchases: pl.DataFrame,
    edges: Sequence[date],
    dormant_after: int,
) -> pl.DataFrame:
    """Return the stage of each customer known at the start of each of the ``edges``.

    Args:
        known: ``customer`` and ``since``, the day from which somebody knew of them.
        visits: ``customer`` and ``day``.
        purchases: ``customer``, ``purchased`` and ``ended`` (null while in force).
        edges: days, ascending.
        dormant_after: days without a visit.

    Returns:
        ``edge`` (its number, ascending), ``customer``, ``stage`` (categorical).
    """
    days = visits.unique().sort("customer", "day")
    is_theirs = pl.col("customer") == pl.col("customer").shift(1)
    gap = pl.when(is_theirs).then((pl.col("day") - pl.col("day").shift(1)).dt.total_days())
    returns = days.with_columns(gap.alias("gap")).filter(pl.col("gap") >= dormant_after)
    earlier = (edges[0] - timedelta(days=1)).replace(day=1)
    parts = []
    for number, (before, edge) in enumerate(zip([earlier, *edges], edges, strict=False)):
        bought = purchases.filter(pl.col("purchased") < edge)
        in_force = pl.col("ended").is_null() | (pl.col("ended") > edge)
        parts.append(
            known.filter(pl.col("since") < edge)
            .join(_last(days, edge), on="customer", how="left")
            .join(_counted(bought, in_force), on="customer", how="left")
            .join(
                returns.filter(pl.col("day") >= before, pl.col("day") < edge)
                .select("customer", is_back=pl.lit(value=True))
                .unique(),
                on="customer",
                how="left",
            )
            .select(
                pl.lit(number, pl.Int64).alias("edge"),
                "customer",
                _known_stage(edge, dormant_after).alias("stage"),
            )
        )
    return pl.concat(parts)


def customer_flows(stages: pl.DataFrame, handed: pl.DataFrame) -> pl.DataFrame:
    """Return the moves of customers, and of the visitors they were before.

    Args:
        stages: as :func:`customer_stages` returns them.
        handed: as :func:`handed_over` returns them.

    Returns:
        Columns as :func:`visitor_flows`. A customer who was not known at the edge before comes
        from the stage of the visitor handed over, if there was one, else from :data:`NEW`; all
        other visitors handed over go to :data:`RECOGNISED`.
    """
    buckets = pl.concat([stages["edge"] - 1, handed["bucket"]]).unique().sort()
    parts = [
        _moved(
            stages.filter(pl.col("edge") == bucket),
            stages.filter(pl.col("edge") == bucket + 1),
            handed.filter(pl.col("bucket") == bucket),
        )
        .group_by("stage", "stage_to")
        .agg(pl.len().cast(pl.Int64).alias("people"))
        .with_columns(pl.lit(bucket, pl.Int64).alias("bucket"))
        for bucket in buckets.filter(buckets >= 0)
    ]
    none = pl.DataFrame(schema={"stage": _STAGE, "stage_to": _STAGE, "people": pl.Int64})
    none = none.with_columns(pl.lit(None, pl.Int64).alias("bucket"))
    return pl.concat([none, *parts]).select(
        "bucket", pl.col("stage", "stage_to").cast(pl.String), "people"
    )


def _moved(before: pl.DataFrame, after: pl.DataFrame, handed: pl.DataFrame) -> pl.DataFrame:
    """Return ``stage`` and ``stage_to`` of everybody between two edges.

    Args:
        before: ``customer`` and ``stage`` at the one.
        after: the same at the other.
        handed: the visitors handed over between them.
    """
    person = handed.filter("is_person").select("customer", was="stage")
    both = (
        after.select("customer", stage_to="stage")
        .join(before.select("customer", "stage"), on="customer", how="left")
        .join(person, on="customer", how="left")
        .with_columns(pl.col("stage").is_null().alias("is_new"))
    )
    moved = both.select(pl.coalesce("stage", "was", pl.lit(NEW, _STAGE)).alias("stage"), "stage_to")
    arrived = both.filter("is_new").select("customer", "is_new")
    known = (
        handed.join(arrived, on="customer", how="left")
        .filter(~(pl.col("is_person") & pl.col("is_new").fill_null(value=False)))
        .select("stage", pl.lit(RECOGNISED, _STAGE).alias("stage_to"))
    )
    return pl.concat([moved, known])


def _bucket(days: pl.Series, edges: Sequence[date]) -> pl.Series:
    """Return between which edges a day lies: -1 before the first; null for no day."""
    found = pl.Series(edges, dtype=pl.Date).search_sorted(days.fill_null(edges[0]), side="right")
    place = pl.select(pl.when(days.is_not_null()).then(found.cast(pl.Int64) - 1)).to_series()
    return place.rename(days.name)


def _unknown_stage(edge: pl.Expr) -> pl.Expr:
    came_again = (pl.col("second") < edge).fill_null(value=False)
    return pl.when(came_again).then(pl.lit(_AGAIN)).otherwise(pl.lit(_FIRST))


def _last(days: pl.DataFrame, edge: date) -> pl.DataFrame:
    return (
        days.filter(pl.col("day") < edge)
        .group_by("customer")
        .agg(pl.col("day").max().alias("last"))
    )


def _counted(bought: pl.DataFrame, in_force: pl.Expr) -> pl.DataFrame:
    return bought.group_by("customer").agg(
        pl.len().cast(pl.Int64).alias("purchases"), in_force.any().alias("is_in_force")
    )


def _known_stage(edge: date, dormant_after: int) -> pl.Expr:
    away = (pl.lit(edge) - pl.col("last")).dt.total_days()
    bought = pl.col("purchases").fill_null(0)
    return (
        pl.when(pl.col("is_back").fill_null(value=False))
        .then(pl.lit(_BACK, _STAGE))
        .when((away >= dormant_after).fill_null(value=False))
        .then(pl.lit(_DORMANT, _STAGE))
        .when((bought > 0) & ~pl.col("is_in_force").fill_null(value=False))
        .then(pl.lit(_CHURNED, _STAGE))
        .when(bought > 1)
        .then(pl.lit(_REPEAT, _STAGE))
        .when(bought == 1)
        .then(pl.lit(_CUSTOMER, _STAGE))
        .otherwise(pl.lit(_MEMBER, _STAGE))
    )
