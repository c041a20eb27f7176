"""From the clicks a medium reports to people's sessions: what became of each click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from reports.advertising.lost import OF_PORTAL
from reports.advertising.reported import KEYS, TEXTS
from reports.advertising.totals import summed_if_known
from reports.intervals import difference, wilson

STEPS: Final = {
    "reported": "counted",
    "no_landing": "rest",
    "lost_parameter": "estimated",
    "failed": "counted",
    "robot": "counted",
    "internal": "counted",
    "repeated": "counted",
    "sessions": "counted",
}
"""Each step and how it is known, in order: reported is the sum of all that follow."""

_WHO: Final = ("failed", "robot", "internal")
_SEEN: Final = (*_WHO, "repeated", "sessions")


def gap(
    reported: pl.DataFrame,
    landings: pl.DataFrame,
    sessions: pl.DataFrame,
    lost: pl.DataFrame,
    by: Sequence[str],
) -> pl.DataFrame:
    """Return a row per combination of ``by`` and step, most clicks reported first.

    Args:
        reported: as :func:`reports.advertising.reported.reported` returns it.
        landings: as :func:`reports.advertising.landed.landings` does.
        sessions: as :func:`reports.advertising.landed.sessions` does, all of them.
        lost: as :func:`reports.advertising.lost.estimated` does.
        by: some of :data:`reports.advertising.reported.KEYS`.

    Returns:
        :data:`KEYS`, ``step``, ``known``, ``clicks``, ``low``, ``high`` (of clicks, where they
        are an estimate or rest on one), ``share`` of clicks reported, ``share_low`` and
        ``share_high``. Clicks of all steps but the first sum to those of the first.
    """
    told = reported.group_by(by).agg(summed_if_known("clicks").alias("reported"))
    asked_for = landings.group_by(by).agg(
        *(pl.col("n").filter(pl.col("who") == who).sum().alias(who) for who in _WHO),
        pl.col("n").filter(pl.col("who") == "person").sum().alias("people"),
    )
    visited = sessions.group_by(by).agg(pl.len().cast(pl.Int64).alias("sessions"))
    without = _shared_out(lost, reported, by)
    rows = told
    for part in (asked_for, visited, without):
        rows = rows.join(part, on=list(by), how="full", coalesce=True, nulls_equal=True)
    rows = rows.with_columns(pl.col(*_WHO, "people", "sessions").fill_null(0))
    rows = rows.with_columns(repeated=pl.col("people") - pl.col("sessions"))
    rows = _rest(rows).sort(
        "reported", "sessions", *by, descending=[True, True, *(False for _ in by)], nulls_last=True
    )
    steps = [_step(rows, by, place, name) for place, name in enumerate(STEPS)]
    dtypes = {"date": pl.Date(), **dict.fromkeys(TEXTS, pl.String())}
    return (
        pl.concat(steps)
        .sort("row", "place")
        .with_columns(pl.lit(None, dtypes[name]).alias(name) for name in KEYS if name not in by)
        .drop("row", "place")
    )


def _shared_out(lost: pl.DataFrame, reported: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return the lost of each row: those of a campaign on a portal in proportion to clicks.

    Half widths of independent estimates add as squares.
    """
    clicks = pl.col("clicks").fill_null(0)
    known = lost.drop_nulls("lost")
    parts = (
        reported.group_by([*{*by, *OF_PORTAL}])
        .agg(clicks.sum().alias("part"))
        .join(known, on=OF_PORTAL, nulls_equal=True)
        .with_columns(share=pl.col("part") / pl.col("part").sum().over(OF_PORTAL))
        .with_columns(pl.col("share").fill_nan(None).fill_null(0.0))
    )
    x, low, high = (pl.col(name) * pl.col("share") for name in ("lost", "lost_low", "lost_high"))
    return parts.group_by(by).agg(
        x.sum().alias("lost_parameter"),
        (x.sum() - ((x - low) ** 2).sum().sqrt()).clip(lower_bound=0.0).alias("lost_low"),
        (x.sum() + ((high - x) ** 2).sum().sqrt()).alias("lost_high"),
    )


def _rest(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``no_landing``: the clicks reported that are nothing else."""
    seen = pl.sum_horizontal(_SEEN)
    away = pl.col("reported") - seen
    return rows.with_columns(
        away.alias("away"),
        (away - pl.col("lost_parameter").fill_null(0.0)).alias("no_landing"),
        (away - pl.col("lost_high")).alias("rest_low"),
        (away - pl.col("lost_low")).alias("rest_high"),
    )


def _step(rows: pl.DataFrame, by: Sequence[str], place: int, name: str) -> pl.DataFrame:
    low = {"lost_parameter": "lost_low", "no_landing": "rest_low"}.get(name)
    high = {"lost_parameter": "lost_high", "no_landing": "rest_high"}.get(name)
    none = pl.lit(None, pl.Float64)
    share_low, share_high = _share_ends(name)
    whole = pl.when(pl.col("reported") > 0).then(pl.col("reported"))
    known = pl.lit(STEPS[name])
    if name == "lost_parameter":
        known = pl.when(pl.col(name).is_null()).then(pl.lit("unknown")).otherwise(known)
    elif name in {"reported", "no_landing"}:
        known = pl.when(pl.col("reported").is_null()).then(pl.lit("unknown")).otherwise(known)
    return rows.with_row_index("row").select(
        *("row", *by),
        pl.lit(place).alias("place"),
        pl.lit(name).alias("step"),
        known.alias("known"),
        pl.col(name).cast(pl.Float64).alias("clicks"),
        (pl.col(low) if low else none).cast(pl.Float64).alias("low"),
        (pl.col(high) if high else none).cast(pl.Float64).alias("high"),
        (pl.col(name) / whole).alias("share"),
        share_low.alias("share_low"),
        share_high.alias("share_high"),
    )


def _share_ends(name: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the ends of a share: Wilson's of what is counted, together with the estimate's."""
    whole = pl.when(pl.col("reported") > 0).then(pl.col("reported"))
    lost = tuple(pl.col(end) / whole for end in ("lost_low", "lost_high"))
    if name == "reported":
        return pl.lit(None, pl.Float64), pl.lit(None, pl.Float64)
    if name == "lost_parameter":
        return lost[0], lost[1]
    counted = pl.col("away" if name == "no_landing" else name)
    sound = counted.is_between(0, pl.col("reported")) & (pl.col(name) >= 0)
    low, high = wilson(counted, whole)
    if name == "no_landing":
        share = pl.col("lost_parameter") / whole
        with_lost = difference(counted / whole, share, ((low, high), (lost[0], lost[1])))
        seen = pl.col("lost_parameter").is_not_null()
        low = pl.when(seen).then(with_lost[0]).otherwise(low).clip(lower_bound=0.0)
        high = pl.when(seen).then(with_lost[1]).otherwise(high)
    return pl.when(sound).then(low), pl.when(sound).then(high)
