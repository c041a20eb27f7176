"""Visits counted by their steps: what ``paths`` and ``flows`` rank, a row per different walk.

One pass of the compiled part folds, cuts and counts them; without it the same is found by the
frames of :mod:`reports.walks`, a row per visit, in some ten times the time.
"""

from __future__ import annotations

import ctypes
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from reports import runs
from reports.trail import Trail
from reports.visit_paths import Labels, PathQuestion, anchors, names_of, walked
from reports.walks import by_packed
from weblog.parse.library import library

Counts = npt.NDArray[np.int64]
Shown = npt.NDArray[np.uint32]

SUMS: Final = ("sessions", "cut_before", "cut_after", "cut", "looped", "converted")
_NO_STEP: Final = np.uint32(0xFFFFFFFF)
"""As in native.c."""


class _Stretches(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("walks", "whats")),
        ("count", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("labels", "anchors")),
        ("whats_end", ctypes.c_int64),
        ("won", ctypes.c_void_p),
        ("walks_end", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("folds", "met")),
        ("labels_end", ctypes.c_int64),
        *((name, ctypes.c_int32) for name in ("back", "ahead")),
    )


def walk_counts(
    trail: Trail,
    question: PathQuestion,
    labels: Labels,
    *,
    won: pl.Series | None = None,
    shown: Shown | None = None,
) -> pl.DataFrame:
    """Count the stretches asked about by their steps.

    Args:
        trail: of the sessions.
        question: which stretch, and how many steps.
        labels: of the steps.
        won: by number of session, whether it converted; None: not asked.
        shown: by column and label, the label it is shown as; None: each as itself.

    Returns:
        A row per different walk: the steps (:attr:`PathQuestion.columns`) as labels, null before
        the visit began and after it ended; ``sessions``; how many of them began before the steps
        shown (``cut_before``), went on beyond them (``cut_after``), either (``cut``); in which a
        loop was folded (``looped``); and that ``converted``.
    """
    if not runs.is_compiled():
        return _grouped(walked(trail, question, labels), question, labels, won, shown)
    columns, native = len(question.columns), library()
    found = native.weblog_tallies_new(columns, len(SUMS))
    if not found:
        raise MemoryError("no memory for the walks of visits")
    try:
        _walk(trail, question, labels, (won, shown, None), found)
        rows = native.weblog_tallies_count(found)
        read = np.empty((columns + len(SUMS), rows), dtype=np.uint32)
        native.weblog_tallies_read(found, read.ctypes.data)
    finally:
        native.weblog_tallies_free(found)
    walks = pl.DataFrame(
        {name: read[place] for place, name in enumerate((*question.columns, *SUMS))}
    )
    step = pl.col(question.columns)
    return walks.with_columns(pl.when(step != _NO_STEP).then(step), pl.col(SUMS).cast(pl.Int64))


def step_counts(trail: Trail, question: PathQuestion, labels: Labels) -> Counts:
    """Return by column of the steps and by label how many of the stretches have that step there."""
    met = np.zeros((len(question.columns), labels.count), dtype=np.int64)
    if runs.is_compiled():
        _walk(trail, question, labels, (None, None, met), None)
        return met
    walks = walked(trail, question, labels)
    for place, name in enumerate(question.columns):
        met[place] = runs.tally(walks[name].drop_nulls(), labels.count).to_numpy()
    return met


def _walk(
    trail: Trail,
    question: PathQuestion,
    labels: Labels,
    beside: tuple[pl.Series | None, Shown | None, Counts | None],
    found: int | None,
) -> None:
    won, shown, met = beside
    is_anchor = anchors(trail, question)
    known = labels.of(names_of(trail, question.level)).to_numpy()
    label = np.where((trail.whats["is_page"] | is_anchor).to_numpy(), known, _NO_STEP)
    anchored = None if question.anchor is None else is_anchor.to_numpy()
    winners = None if won is None else won.to_numpy()
    walks, whats = (trail.steps[name].to_numpy() for name in ("session", "what"))

    def at(array: npt.NDArray[np.generic] | None) -> int | None:
        return None if array is None else array.ctypes.data

    asked = _Stretches(
        at(walks), at(whats), len(walks), at(label), at(anchored), len(label),
        at(winners), 0 if winners is None else len(winners), at(shown), at(met), labels.count,
        question.depth if question.is_backward or question.around else 0,
        0 if question.is_backward else question.depth + bool(question.around),
    )  # fmt: skip
    if question.around:
        asked.back += 1
    done = library().weblog_count_walks(ctypes.addressof(asked), found)
    runs.check(done, len(walks))


def _grouped(
    walks: pl.DataFrame,
    question: PathQuestion,
    labels: Labels,
    won: pl.Series | None,
    shown: Shown | None,
) -> pl.DataFrame:
    if shown is not None:
        walks = walks.with_columns(
            pl.Series(shown[place]).gather(walks[name]).alias(name)
            for place, name in enumerate(question.columns)
        )
    no = pl.lit(value=False)
    after, before = pl.col("is_cut"), no
    if question.is_backward:
        after, before = no, after
    elif question.around:
        before = pl.col("is_cut_before")
    winner = no if won is None else won.gather(walks["walk"])
    flags = {
        "cut_before": before,
        "cut_after": after,
        "cut": before | after,
        "looped": pl.col("has_loop"),
        "converted": winner,
    }
    told = walks.with_columns(flag.alias(name) for name, flag in flags.items())
    keys = by_packed(question.columns, labels.count)
    beside = question.columns if [key.meta.output_name() for key in keys] == ["packed"] else ()
    return (
        told.group_by(keys)
        .agg(
            *(pl.first(name) for name in beside),
            pl.len().cast(pl.Int64).alias("sessions"),
            *(pl.col(name).sum().cast(pl.Int64) for name in flags),
        )
        .select(*question.columns, *SUMS)
    )
