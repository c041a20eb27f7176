"""What a mailing changed: two groups' rates, their difference and ratio, money, what it takes.

Functions of counts; no disk, no clock.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

import numpy as np
import polars as pl

from reports.ask import SMALL
from reports.audience.sample_size import detectable, needed
from reports.discovery import beyond_chance, two_sided
from reports.intervals import newcombe, wilson
from reports.mail.resampling import Values, difference_of_means
from reports.measures import quotient
from reports.ratios import koopman

LEAST_CONVERSIONS: Final = 5
"""Fewer conversions than this in both groups together: no conclusion."""

KEYS: Final = ["number", "name"]

VERDICTS: Final = ("more", "fewer", "not shown", "too few", "observational")
"""Beyond chance, up or down; may be chance; too few to say; nobody to compare with."""


def effects(counted: pl.DataFrame, mailings: list[str], resamples: int) -> pl.DataFrame:
    """Return a row per mailing and name: both groups, and what differs.

    Args:
        counted: as :func:`reports.mail.groups.histogram`.
        mailings: their names, by number.
        resamples: for the interval of value per customer; 0: none.

    Returns:
        ``number``, ``name``, and the columns of :func:`reports.mailing_effect` from ``written``
        to ``verdict``; those of the comparison null where there is nobody to compare with.
    """
    customers, control = pl.col("customers"), pl.col("is_control")

    def of(which: pl.Expr, amount: pl.Expr = customers) -> pl.Expr:
        return amount.filter(which).sum()

    money = pl.col("value") * customers
    summed = (
        counted.group_by(KEYS)
        .agg(
            of(~control).alias("written"),
            of(~control & pl.col("converted")).alias("written_converted"),
            of(control).alias("control"),
            of(control & pl.col("converted")).alias("control_converted"),
            of(~control, money).alias("written_sum"),
            of(control, money).alias("control_sum"),
        )
        .filter(pl.col("written") > 0)
        .sort(KEYS, nulls_last=True)
    )
    rated = _rated(summed)
    return _judged(rated.hstack(_money(rated, counted, mailings, resamples)).hstack(_sizes(rated)))


def _rated(summed: pl.DataFrame) -> pl.DataFrame:
    a, n = pl.col("written_converted"), pl.col("written")
    b, m = pl.col("control_converted"), pl.col("control")
    low, high = newcombe(a, n, b, m)
    pooled = (a + b) / (n + m)
    score = (a / n - b / m) / (pooled * (1 - pooled) * (1 / n + 1 / m)).sqrt()
    compared = (n > 0) & (m > 0)
    some = compared & (a + b > 0) & (a + b < n + m)
    written, held = wilson(a, n), wilson(b, m)
    ratios = koopman(summed, ("written_converted", "written"), ("control_converted", "control"))
    return (
        summed.with_columns(
            quotient("written_converted", "written").alias("written_rate"),
            written[0].alias("written_low"),
            written[1].alias("written_high"),
            quotient("control_converted", "control").alias("control_rate"),
            held[0].alias("control_low"),
            held[1].alias("control_high"),
            pl.when(compared).then(low).alias("difference_low"),
            pl.when(compared).then(high).alias("difference_high"),
            two_sided(pl.when(some).then(score)).alias("p"),
            ratios["low"].alias("ratio_low"),
            ratios["high"].alias("ratio_high"),
        )
        .with_columns(
            (pl.col("written_rate") - pl.col("control_rate")).alias("difference"),
            quotient("written_rate", "control_rate").alias("ratio"),
        )
        .with_columns(
            (pl.col(name) * n).alias(name.replace("difference", "extra"))
            for name in ("difference", "difference_low", "difference_high")
        )
        .with_columns(
            quotient("written_sum", "written").alias("written_value"),
            quotient("control_sum", "control").alias("control_value"),
        )
        .with_columns((pl.col("written_value") - pl.col("control_value")).alias("value_difference"))
    )


def _money(
    rated: pl.DataFrame, counted: pl.DataFrame, mailings: list[str], resamples: int
) -> pl.DataFrame:
    """Return the interval of the difference of value per customer; null where none varies."""
    ends: list[tuple[float, float] | None] = []
    parts = counted.partition_by(KEYS, as_dict=True) if resamples else {}
    for key in rated.select(KEYS).rows():
        part = parts.get(key)
        # The same row has the same interval whatever stands beside it.
        seed = crc32(f"{mailings[key[0]]}\n{key[1]}".encode())
        ends.append(None if part is None else _interval(part, seed, resamples))
    return pl.DataFrame(
        {
            name: pl.Series([None if end is None else end[at] for end in ends], dtype=pl.Float64)
            for at, name in enumerate(("value_low", "value_high"))
        }
    )


def _interval(part: pl.DataFrame, seed: int, resamples: int) -> tuple[float, float] | None:
    sides = []
    for is_control in (False, True):
        own = part.filter(pl.col("is_control") == is_control)
        by_value = own.group_by("value").agg(pl.col("customers").sum()).sort("value")
        values, counts = (by_value[name].cast(pl.Float64) for name in ("value", "customers"))
        sides.append(Values(np.asarray(values), np.asarray(counts)))
    if min(side.size for side in sides) == 0:
        return None
    return difference_of_means(sides[0], sides[1], seed, resamples)


def _sizes(rated: pl.DataFrame) -> pl.DataFrame:
    """Return what the groups can show, and how large they must be to show what was seen."""
    asked = rated.select("control_rate", "written", "control", "difference").rows()
    least = [
        None if base is None else detectable(base, written, control)
        for base, written, control, _ in asked
    ]
    sizes = [
        (None, None)
        if base is None or not lift
        else needed(base, lift, control / (written + control))
        for base, written, control, lift in asked
    ]
    return pl.DataFrame(
        {
            "detectable": pl.Series(least, dtype=pl.Float64),
            "needed_written": pl.Series([size for size, _ in sizes], dtype=pl.Int64),
            "needed_control": pl.Series([size for _, size in sizes], dtype=pl.Int64),
        }
    )


def _judged(rated: pl.DataFrame) -> pl.DataFrame:
    n, m = pl.col("written"), pl.col("control")
    conversions = pl.col("written_converted") + pl.col("control_converted")
    # Nothing is concluded of an observation: its rate is known as well as its customers allow.
    compared = m > 0
    small = (n < SMALL) | (compared & ((m < SMALL) | (conversions < LEAST_CONVERSIONS)))
    marked = rated.with_columns(small.alias("small"))
    found = beyond_chance(pl.when(~pl.col("small")).then("p")).fill_null(value=False)
    verdict = (
        pl.when(m == 0)
        .then(pl.lit("observational"))
        .when("small")
        .then(pl.lit("too few"))
        .when(~pl.col("beyond_chance"))
        .then(pl.lit("not shown"))
        .when(pl.col("difference") > 0)
        .then(pl.lit("more"))
        .otherwise(pl.lit("fewer"))
    )
    return marked.with_columns(found.alias("beyond_chance")).with_columns(verdict.alias("verdict"))
