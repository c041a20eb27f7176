"""Banners by any of campaign, portal, position, banner and day: what they cost and brought."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from reports.advertising.reported import COUNTS, KEYS
from reports.ask import SMALL
from reports.intervals import wilson
from reports.measures import counts, quotient, quotients, roas

MEASURED = ("visitors", "new_visitors", "bounces", "converted", "conversions")


def totals(
    reported: pl.DataFrame,
    landings: pl.DataFrame,
    sessions: pl.DataFrame,
    by: Sequence[str],
    limit: int | None,
) -> pl.DataFrame:
    """Return a row per combination of ``by``: most clicks first, then most sessions.

    Args:
        reported: as :func:`reports.advertising.reported.reported` returns it.
        landings: as :func:`reports.advertising.landed.landings` does.
        sessions: as :func:`reports.advertising.landed.sessions` does, with ``customer`` of
            those in which somebody signed up, a number; without that column it is not known.
        by: some of :data:`KEYS`.
        limit: so many rows, and one more, ``is_other``, of all that is left.
    """
    parts = (reported, landings, sessions)
    kept = None if limit is None else _ranked(parts, by).head(limit)
    summed = [
        _grouped(part, by, kept, measures)
        for part, measures in zip(parts, (_reported(), _landed(), _visited(sessions)), strict=True)
    ]
    on = [*by, "is_other"]
    rows = summed[0]
    for part in summed[1:]:
        rows = rows.join(part, on=on, how="full", coalesce=True, nulls_equal=True)
    none = [name for name in KEYS if name not in by]
    rows = rows.with_columns(pl.lit(None, reported.schema[name]).alias(name) for name in none)
    return _quotients(rows).sort(
        "is_other", "clicks", "sessions", *by,
        descending=[False, True, True, *(False for _ in by)], nulls_last=True,
    )  # fmt: skip


def summed_if_known(name: str) -> pl.Expr:
    """Sum a column; null where none of its values is known."""
    known = pl.col(name)
    return pl.when(known.count() > 0).then(known.sum()).alias(name)


def _reported() -> list[pl.Expr]:
    return [summed_if_known(name) for name in COUNTS]


def _landed() -> list[pl.Expr]:
    robots = pl.col("n").filter(pl.col("who") == "robot").sum()
    return [pl.col("n").sum().alias("landings"), robots.alias("robot_landings")]


def _visited(sessions: pl.DataFrame) -> list[pl.Expr]:
    joined = pl.lit(None, pl.Int64)
    if "customer" in sessions.columns:
        joined = pl.col("customer").drop_nulls().n_unique().cast(pl.Int64)
    return [*counts("sessions", *MEASURED, "value"), joined.alias("signups")]


def _ranked(parts: Sequence[pl.DataFrame], by: Sequence[str]) -> pl.DataFrame:
    reported, _, sessions = parts
    clicks = reported.group_by(by).agg(pl.col("clicks").sum())
    visits = sessions.group_by(by).agg(pl.len().alias("n"))
    landed = parts[1].select(by).unique()
    rows = clicks.join(visits, on=list(by), how="full", coalesce=True, nulls_equal=True)
    rows = rows.join(landed, on=list(by), how="full", coalesce=True, nulls_equal=True)
    ranked = rows.with_columns(pl.col("clicks", "n").fill_null(0)).sort(
        "clicks", "n", *by, descending=[True, True, *(False for _ in by)], nulls_last=True
    )
    return ranked.select(by)


def _grouped(
    rows: pl.DataFrame, by: Sequence[str], kept: pl.DataFrame | None, measures: list[pl.Expr]
) -> pl.DataFrame:
    inside = pl.lit(value=False).alias("is_other")
    if kept is None:
        return rows.group_by(by).agg(measures).with_columns(inside)
    shown = rows.join(kept, on=list(by), how="semi", nulls_equal=True)
    found = shown.group_by(by).agg(measures).with_columns(inside)
    rest = rows.join(kept, on=list(by), how="anti", nulls_equal=True)
    if rest.is_empty():
        return found
    other = rest.select(measures).with_columns(pl.lit(value=True).alias("is_other"))
    return pl.concat([found, other], how="diagonal")


def _quotients(rows: pl.DataFrame) -> pl.DataFrame:
    """Add rates and what things cost; a count of sessions nobody made is 0."""
    counted = ["landings", "robot_landings", "sessions", *MEASURED, "value"]
    rows = rows.with_columns(pl.col(counted).fill_null(0))
    if rows["signups"].count():  # what is known of one row is of all
        rows = rows.with_columns(pl.col("signups").fill_null(0))
    of_clicks = wilson(pl.col("clicks"), pl.col("impressions"))
    # A medium can report more clicks than impressions; a share above 1 has no interval.
    sound = pl.col("clicks") <= pl.col("impressions")
    of_sessions = wilson(pl.col("converted"), pl.col("sessions"))
    left_at_once = wilson(pl.col("bounces"), pl.col("sessions"))
    return rows.with_columns(
        quotient("clicks", "impressions").alias("ctr"),
        *(
            pl.when(sound).then(end).alias(f"ctr_{name}")
            for name, end in zip(("low", "high"), of_clicks, strict=True)
        ),
        *quotients("bounce_rate", "conversion_rate"),
        *(
            end.alias(f"bounce_{name}")
            for name, end in zip(("low", "high"), left_at_once, strict=True)
        ),
        *(end.alias(name) for name, end in zip(("low", "high"), of_sessions, strict=True)),
        quotient("sessions", "clicks").alias("arrival_rate"),
        quotient("cost", "clicks").alias("cpc"),
        quotient("cost", "sessions").alias("cost_per_session"),
        quotient("cost", "signups").alias("cost_per_signup"),
        quotient("cost", "conversions").alias("cpa"),
        roas().alias("roas"),
        (pl.col("sessions") < SMALL).alias("small"),
    )
