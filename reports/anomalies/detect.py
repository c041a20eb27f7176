"""Days out of line and change points of any daily counts: a frame in, two frames out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from reports.anomalies.expected import Expected, expected
from reports.anomalies.steps import Floats
from reports.discovery import FALSE_DISCOVERIES, beyond_chance

DAYS: Final = pl.Schema(
    {
        "series": pl.String(),
        "day": pl.Date(),
        "value": pl.Int64(),
        "expected": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "p": pl.Float64(),
        "is_anomaly": pl.Boolean(),
    }
)
STEPS: Final = pl.Schema(
    {
        "series": pl.String(),
        "day": pl.Date(),
        **dict.fromkeys(
            (
                *("before", "after", "difference", "difference_low", "difference_high"),
                *("change", "change_low", "change_high"),
            ),
            pl.Float64(),
        ),
    }
)

LEAST_LEVEL: Final = 0.5
"""Fewer a day than this before a step, and how many times as many it is now says nothing."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What :func:`detect` found.

    Attributes:
        days: a row per series and day judged: ``value``; ``expected``, with the 95 % interval
            ``low`` to ``high`` of an ordinary day; ``p``; and ``is_anomaly`` (null where
            nothing can be said, as with fewer than three weeks of days).
        steps: a row per change point: its first ``day``; the mean of a week's days ``before``
            and ``after``, their ``difference`` and relative ``change``, with 95 % intervals.
    """

    days: pl.DataFrame
    steps: pl.DataFrame


def detect(
    frame: pl.DataFrame, *, since: date | None = None, level: float = FALSE_DISCOVERIES
) -> Findings:
    """Find days out of line and change points in series of daily counts.

    Where nothing happened in any series, there is an anomaly among all days judged with chance
    ``level``; else that part of the anomalies is false, on average (Benjamini and Hochberg,
    over all days and series). There is a change point in any series with chance ``level``,
    where none of them has one. How a day is judged: :mod:`reports.anomalies.expected`; change
    points: :mod:`reports.anomalies.steps`.

    Args:
        frame: ``day`` (Date), ``series`` (String; null is one, too) and ``value`` (an integer;
            null: not known), a row per series and day. A day without a row, between a series'
            first and last of any, has 0.
        since: first day to judge; those before tell what is usual.
        level: of false alarms.
    """
    if frame.is_empty():
        return Findings(pl.DataFrame(schema=DAYS), pl.DataFrame(schema=STEPS))
    first, last = frame.select(pl.min("day").alias("first"), pl.max("day").alias("last")).row(0)
    days = pl.select(pl.date_range(first, last, "1d").alias("day")).to_series()
    weekday = (days.dt.weekday() - 1).to_numpy().astype(np.int64)
    names = frame["series"].unique().sort()
    judged, steps = [], []
    for name in names:
        known = frame.filter(pl.col("series").eq_missing(name)).select(
            "day", pl.col("value").cast(pl.Float64).fill_null(float("nan"))
        )
        values = days.to_frame().join(known, on="day", how="left", maintain_order="left")
        counted = values["value"].fill_null(0.0).to_numpy()
        found = expected(counted, weekday, level / names.len())
        judged.append(_days(name, days, counted, found))
        steps.append(_steps(name, days, found))
    rows = pl.concat(judged).filter(pl.col("day") >= (since or first))
    rows = rows.with_columns(beyond_chance(pl.col("p"), level).alias("is_anomaly"))
    changes = pl.concat(steps).filter(pl.col("day") >= (since or first))
    return Findings(
        rows.select(DAYS.names()).sort("series", "day", nulls_last=False),
        changes.sort("series", "day", nulls_last=False),
    )


def _days(name: str | None, days: pl.Series, values: Floats, found: Expected) -> pl.DataFrame:
    columns = {
        "day": days,
        "value": values,
        "expected": found.expected,
        "low": found.low,
        "high": found.high,
        "p": found.p,
    }
    return (
        pl.DataFrame(columns, nan_to_null=True)
        .with_columns(series=pl.lit(name, pl.String))
        .select(*(pl.col(c).cast(DAYS[c]) for c in DAYS if c != "is_anomaly"))
    )


def _steps(name: str | None, days: pl.Series, found: Expected) -> pl.DataFrame:
    rows = [
        {
            "series": name,
            "day": days[step.day],
            "before": step.before,
            "after": step.after,
            "difference": step.after - step.before,
            "difference_low": step.difference_low,
            "difference_high": step.difference_high,
            "change": step.after / step.before - 1 if step.before >= LEAST_LEVEL else None,
            "change_low": step.change_low if step.before >= LEAST_LEVEL else None,
            "change_high": step.change_high if step.before >= LEAST_LEVEL else None,
        }
        for step in found.steps
    ]
    return pl.DataFrame(rows, schema=STEPS)
