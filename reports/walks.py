"""Visits as walks from step to step: repeats and loops folded, cut to a few steps.

A walk is a run of rows with the same ``walk``; each row is a step with a ``label``. Functions of
frames; no disk, no clock. What they do is said slowly in ``tests/support/slow_walks.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def without_repeats(rows: pl.DataFrame) -> pl.DataFrame:
    """Fold A A A to A: the first of several equal steps in a row stays."""
    label, walk = pl.col("label"), pl.col("walk")
    is_new = (label != label.shift(1)) | (walk != walk.shift(1))
    return rows.filter(is_new.fill_null(value=True))


def folded(rows: pl.DataFrame) -> pl.DataFrame:
    """Fold repeats, and steps that alternate.

    A A A becomes A. Of A B A B, where two steps alternate at least twice, whole repetitions go:
    A B A B becomes A B, and A B A B A becomes A B A, so that any two neighbours that are left
    were neighbours in the visit. A B A alone stays. Longer circles (A B C A B C) stay.

    Args:
        rows: ``walk`` (u32) and ``label`` (u32), each walk's rows together and in order.

    Returns:
        The rows that are left, with ``is_loop``: true on the second step of a loop folded.
    """
    steps = without_repeats(rows)
    label, walk = pl.col("label"), pl.col("walk")
    back = (label == label.shift(2)) & (walk == walk.shift(2))
    places = steps.select(back.fill_null(value=False).arg_true().alias("place"))["place"]
    place = pl.col("place")
    is_start = (place - place.shift(1) != 1).fill_null(value=True)
    # A run of m steps that each repeat the one before the last is a stretch of m + 2 steps.
    runs = (
        places.cast(pl.Int64)
        .to_frame()
        .with_columns(is_start.cum_sum().alias("run"))
        .with_columns(place.first().over("run").alias("first"), pl.len().over("run").alias("m"))
        .filter(pl.col("m") >= 2)
    )
    gone = runs.filter(place - pl.col("first") >= pl.col("m") % 2)["place"]
    marked = runs["first"].unique() - 1
    kept = pl.repeat(True, steps.height, eager=True).scatter(gone, False)
    loops = pl.repeat(False, steps.height, eager=True).scatter(marked, True)
    return steps.with_columns(loops.alias("is_loop")).filter(kept)


def up_to(rows: pl.DataFrame, is_end: pl.Series) -> pl.DataFrame:
    """Return the walks that have a row where ``is_end``, up to the first such row."""
    ends = _first_where(rows, is_end)
    return _joined(rows, ends).filter(pl.col("place") <= pl.col("anchor")).drop("place", "anchor")


def onwards(rows: pl.DataFrame, is_start: pl.Series) -> pl.DataFrame:
    """Return the walks that have a row where ``is_start``, from the first such row on."""
    starts = _first_where(rows, is_start)
    return _joined(rows, starts).filter(pl.col("place") >= pl.col("anchor")).drop("place", "anchor")


def _first_where(rows: pl.DataFrame, is_one: pl.Series) -> pl.DataFrame:
    found = rows.select("walk").with_row_index("anchor").filter(is_one)
    return found.unique("walk", keep="first", maintain_order=True)


def _joined(rows: pl.DataFrame, anchors: pl.DataFrame) -> pl.DataFrame:
    placed = rows.with_row_index("place")
    return placed.join(anchors, on="walk", how="inner", maintain_order="left")


def first_steps(rows: pl.DataFrame, depth: int) -> pl.DataFrame:
    """Return a row per walk with its first ``depth`` steps side by side.

    Returns:
        ``walk``; ``s0`` ... the labels, null beyond the walk's end; ``is_cut``: the walk goes on
        beyond them; ``has_loop``: a loop was folded among them.
    """
    return _beside(rows, depth, from_end=False)


def last_steps(rows: pl.DataFrame, depth: int) -> pl.DataFrame:
    """Return a row per walk with its last ``depth`` steps, the last as ``s0``, then backwards.

    Columns as of :func:`first_steps`.
    """
    return _beside(rows, depth, from_end=True)


def _beside(rows: pl.DataFrame, depth: int, *, from_end: bool) -> pl.DataFrame:
    walk = pl.col("walk")
    starts = rows.select((walk != walk.shift(1)).fill_null(value=True).arg_true())["walk"]
    starts = starts.cast(pl.Int64)
    lengths = pl.concat([starts.slice(1), pl.Series([rows.height], dtype=pl.Int64)]) - starts
    walks = pl.DataFrame(
        [rows["walk"].gather(starts), starts.alias("start"), lengths.alias("length")]
    ).with_columns((pl.col("start") + pl.col("length") - 1).alias("end"))
    columns: list[pl.Series] = []
    for number in range(depth):
        place = pl.col("end") - number if from_end else pl.col("start") + number
        at = walks.select(pl.when(pl.col("length") > number).then(place).alias("at"))["at"]
        columns.append(rows["label"].gather(at).alias(f"s{number}"))
    span = pl.min_horizontal("length", pl.lit(depth)) - 1
    near, far = (("end", -span), ("start", span))[not from_end]
    ends = walks.select(pl.col(near).alias("near"), (pl.col(near) + far).alias("far"))
    so_far = rows["is_loop"].cum_sum()
    # The second step of a loop is never a walk's first: what lies between tells of all.
    loops = so_far.gather(ends.max_horizontal()) > so_far.gather(ends.min_horizontal())
    cut = (walks["length"] > depth).alias("is_cut")
    return pl.DataFrame([walks["walk"], *columns, cut, loops.alias("has_loop")])


def by_packed(columns: Sequence[str], labels: int) -> list[pl.Expr]:
    """Return what to group walks by instead of their steps: one number for all, where it fits.

    Five columns of numbers are grouped seven times as slowly as one.

    Args:
        columns: of steps side by side.
        labels: how many labels there are; each label is below that.
    """
    if (labels + 1) ** len(columns) >= 1 << 64:
        return [pl.col(name) for name in columns]
    packed = pl.lit(0, pl.UInt64())
    for name in columns:
        packed = packed * (labels + 1) + (pl.col(name).cast(pl.UInt64) + 1).fill_null(0)
    return [packed.alias("packed")]
