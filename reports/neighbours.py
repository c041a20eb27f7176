"""What stands before or after each page of visits: counted in one pass, or by grouping pairs."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from reports import runs
from reports.trail import Trail
from reports.walks import without_repeats
from weblog.parse.library import library

MOST_PAIRS: Final = 1 << 24
"""More pairs of pages are grouped: each that can be takes four bytes."""

_NO_STEP: Final = np.uint32(0xFFFFFFFF)
"""As in native.c."""


def neighbours(
    trail: Trail, labels: pl.Series, wanted: pl.Series, *, is_back: bool
) -> pl.DataFrame:
    """Count the page views next to those that are wanted; the same in a row are one.

    Args:
        trail: of the sessions; its events are passed over.
        labels: by row of ``trail.whats``, u32 numbers from 0.
        wanted: labels, each once.
        is_back: those before are counted, not those after.

    Returns:
        ``label`` (wanted), ``beside`` (the label before or after it; null: none) and ``views``.
    """
    end = int(labels.max() or 0) + 1  # type: ignore[arg-type]
    is_few = (end + 1) * len(wanted) <= MOST_PAIRS
    if wanted.is_empty() or not (runs.is_compiled() and is_few):
        return _grouped(trail, labels, wanted, is_back=is_back)
    label = np.where(trail.whats["is_page"].to_numpy(), labels.to_numpy(), _NO_STEP)
    lines = np.full(end, _NO_STEP)
    lines[wanted.to_numpy()] = np.arange(len(wanted), dtype=np.uint32)
    pairs = np.zeros((len(wanted), end + 1), dtype=np.uint32)
    walks, whats = (trail.steps[name].to_numpy() for name in ("session", "what"))
    done = library().weblog_count_neighbours(
        walks.ctypes.data, whats.ctypes.data, len(walks), label.ctypes.data, len(label),
        lines.ctypes.data, end, len(wanted), is_back, pairs.ctypes.data,
    )  # fmt: skip
    runs.check(done, len(walks))
    line, beside = np.nonzero(pairs)
    found = pl.DataFrame(
        {
            "label": wanted.to_numpy()[line],
            "beside": beside.astype(np.uint32),
            "views": pairs[line, beside].astype(np.int64),
        }
    )
    is_one = pl.col("beside") != end
    return found.with_columns(pl.when(is_one).then("beside").alias("beside"))


def _grouped(trail: Trail, labels: pl.Series, wanted: pl.Series, *, is_back: bool) -> pl.DataFrame:
    steps = trail.pages.steps
    rows = without_repeats(
        steps.select(pl.col("session").alias("walk"), labels.gather(steps["what"]).alias("label"))
    )
    by = 1 if is_back else -1
    walk, label = pl.col("walk"), pl.col("label")
    beside = pl.when(walk == walk.shift(by)).then(label.shift(by)).alias("beside")
    return (
        rows.select("label", beside)
        .filter(label.is_in(wanted.implode()))
        .group_by("label", "beside")
        .agg(pl.len().cast(pl.Int64).alias("views"))
    )
